"""What the API does: stop list, consents, proof, campaigns; each change with its audit entry, each repeat done once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from campaigns.world import World
from oklik.campaigns import commands, stop_list
from web.conftest import NOW, Api, Stopped

pytestmark = pytest.mark.integration

NUMBER, SECOND = "+79160000001", "+79160000002"


def audit(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT who, via, action, subject, details FROM audit_entry ORDER BY id")))


def test_health_needs_no_token(api: Api) -> None:
    answer = api.client.get("/api/v1/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_stop_list(api: Api, world: World, engine: Engine) -> None:
    world.people(2)
    world.campaign()
    world.campaign()
    world.all("UPDATE target SET prepared = 'g 2025' RETURNING 1")
    answer = api.post("/stop-list/add", {"numbers": ["8 (916) 000-00-01"], "source": "site", "reason": "asked"})
    assert (answer.status_code, answer.json) == (200, {"added": [NUMBER], "known": [], "calls_ended": 2})
    found = api.post("/stop-list/check", {"number": NUMBER}).json
    assert (found["silent"], found["since"]) == (True, "2025-03-04T09:00:00Z")
    assert api.post("/stop-list/check", {"number": SECOND}).json["silent"] is False
    found = api.post("/stop-list/remove", {"number": NUMBER, "reason": "a mistake"}).json
    assert [(one["kind"], one["recorded_by"]) for one in found["history"]] == [
        ("added", "token:crm"),
        ("removed", "token:crm"),
    ]
    assert world.one("SELECT count(*) FROM target WHERE state = 'waiting'") == 4, "what it had ended goes on"
    answer = api.post("/stop-list/remove", {"number": NUMBER, "reason": "again"})
    assert (answer.status_code, answer.json["detail"]) == (409, f"{NUMBER} is not on the stop list")
    assert [(one.who, one.via, one.action) for one in audit(engine)] == [
        ("token:crm", "api", "stop_list.add"),
        ("token:crm", "api", "stop_list.remove"),
    ]
    assert audit(engine)[0].details["numbers"] == [NUMBER]


def test_all_numbers_or_none(api: Api, engine: Engine) -> None:
    answer = api.post("/stop-list/add", {"numbers": [NUMBER, "112"]})
    assert answer.status_code == 422
    assert "112" in answer.json["detail"]
    assert answer.json["errors"][0]["field"] == "numbers.1"
    assert api.post("/stop-list/check", {"number": NUMBER}).json["silent"] is False
    assert audit(engine) == []


CONSENT = {
    "number": NUMBER,
    "purpose": "advertising",
    "source": "site",
    "given_at": "2025-03-01T12:00:00+03:00",
    "text_version": "v1",
    "text": "I agree.",
}


def test_consents(api: Api, engine: Engine, clock: Stopped) -> None:
    nobody = {"returned": 0, "over": 0}
    assert api.post("/consents/add", {"consents": [CONSENT]}).json == {"added": 1, "known": 0, **nobody}
    assert api.post("/consents/add", {"consents": [CONSENT]}).json == {"added": 0, "known": 1, **nobody}
    (one,) = api.post("/consents/list", {"number": NUMBER}).json["consents"]
    assert (one["holds"], one["given_at"], one["text"]) == (True, "2025-03-01T09:00:00Z", "I agree.")
    (gone,) = api.post("/consents/revoke", {"number": NUMBER, "source": "letter"}).json["consents"]
    assert (gone["holds"], gone["revoked_source"], gone["revoked_by"]) == (False, "letter", "token:crm")
    answer = api.post("/consents/revoke", {"number": NUMBER, "source": "letter"})
    assert answer.status_code == 422
    assert "no consent holds" in answer.json["detail"]
    assert [one.action for one in audit(engine)] == ["consents.add", "consents.add", "consents.revoke"]


def test_a_late_consent_brings_back_whom_it_covers(api: Api, world: World, engine: Engine) -> None:
    world.people(2)
    for state in ("running", "done"):
        world.campaign(purpose="advertising", state=state)
    world.all("UPDATE target SET state = 'done', reason = 'no_consent' RETURNING 1")
    told = api.post("/consents/add", {"consents": [CONSENT, {**CONSENT, "purpose": "third_persons"}]})
    assert told.json == {"added": 2, "known": 0, "returned": 1, "over": 1}
    assert world.all("SELECT campaign_id FROM target WHERE state = 'waiting'") == [(1,)]
    gone = api.post("/consents/revoke", {"number": NUMBER, "source": "letter", "purpose": "third_persons"}).json
    assert [one["purpose"] for one in gone["consents"]] == ["third_persons"]
    wrong = api.post("/consents/add", {"consents": [{**CONSENT, "purpose": "third"}]})
    assert (wrong.status_code, "purpose" in wrong.json["detail"]) == (422, True)


def test_the_proof(api: Api) -> None:
    api.post("/consents/add", {"consents": [CONSENT]})
    api.post("/stop-list/add", {"numbers": [NUMBER], "reason": "asked"})
    told = api.post("/proof", {"number": NUMBER}).json
    assert told["listed_since"] == "2025-03-04T09:00:00Z"
    assert [one["text"] for one in told["consents"]] == ["I agree."]
    assert [one["reason"] for one in told["stop_list"]] == ["asked"]
    assert (told["calls"], told["refusals"], told["exclusions"]) == ([], [], [])


def test_the_proof_says_refusals_in_words(api: Api, world: World) -> None:
    world.people(1)
    world.campaign()
    api.post("/stop-list/add", {"numbers": [NUMBER]})
    (refused,) = api.post("/proof", {"number": NUMBER}, Accept_Language="ru").json["refusals"]
    assert refused["why"] == "номер в стоп-листе: человек просил не звонить"


def test_campaigns_and_their_commands(api: Api, world: World, engine: Engine) -> None:
    world.people(2)
    campaign = world.campaign()
    (listed,) = api.get("/campaigns").json["campaigns"]
    assert (listed["id"], listed["state"], listed["targets"], listed["done"]) == (campaign, "running", 2, 0)
    state = api.get(f"/campaigns/{campaign}").json
    assert (state["contacts"], state["waiting"], state["dispositions"]) == (2, 2, {})
    asked = api.post(f"/campaigns/{campaign}/pause")
    assert (asked.status_code, asked.json["kind"], asked.json["result"]) == (200, "pause", None)
    with engine.begin() as conn:
        (command,) = commands.pending(conn)
        assert commands.carry_out(conn, command, NOW) == "done"
    assert api.get(f"/campaigns/commands/{asked.json['id']}").json["result"] == "done"
    assert api.get(f"/campaigns/{campaign}").json["state"] == "paused"
    world.all("UPDATE campaign SET state = 'done' RETURNING 1")
    answer = api.post(f"/campaigns/{campaign}/resume")
    assert answer.status_code == 409
    assert "done" in answer.json["detail"]
    for path in ("/campaigns/99", "/campaigns/commands/99"):
        assert api.get(path).status_code == 404
    assert api.post("/campaigns/99/stop").status_code == 404
    assert [(one.action, one.subject) for one in audit(engine)] == [("campaigns.pause", str(campaign))]


def test_a_rehearsal_s_command_does_not_expire_by_the_wall_s_clock(api: Api, world: World, engine: Engine) -> None:
    world.people(1)
    api.post(f"/campaigns/{world.campaign(virtual=True)}/pause")
    api.post(f"/campaigns/{world.campaign()}/pause")
    with engine.connect() as conn:
        rehearsed, real = commands.pending(conn)
    assert (rehearsed.deadline - NOW).days > 365
    assert (real.deadline - NOW).total_seconds() == 60


# -- repeats --


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(api: Api, engine: Engine) -> None:
    body = {"numbers": [NUMBER], "source": "site"}
    first = api.post("/stop-list/add", body, Idempotency_Key="k-1")
    assert first.json["added"] == [NUMBER]
    again = api.post("/stop-list/add", body, Idempotency_Key="k-1")
    assert (again.status_code, again.json) == (200, first.json)
    assert len(audit(engine)) == 1
    other = api.post("/stop-list/add", {**body, "reason": "x"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json["detail"]) == (409, "this Idempotency-Key came with another request before")


class _Tangled(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(("times", "status"), [(1, 200), (4, 200), (5, 503)])
def test_a_change_that_met_a_dialer_s_in_a_circle_is_done_again_and_once(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch, times: int, status: int
) -> None:
    left = [OperationalError("UPDATE", {}, _Tangled("deadlock detected"))] * times
    put = stop_list.put

    def tangled(*args: Any, **more: Any) -> Any:
        done = put(*args, **more)
        if left:
            raise left.pop()
        return done

    monkeypatch.setattr(stop_list, "put", tangled)
    answer = api.post("/stop-list/add", {"numbers": [NUMBER]}, Idempotency_Key="k-1")
    assert answer.status_code == status
    assert len(audit(engine)) == (status == 200)
    if status == 200:
        assert answer.json["added"] == [NUMBER], "what was rolled back is not known already"


def test_other_faults_of_the_database_are_told_at_once(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def away(*_: Any, **__: Any) -> Any:
        asked.append(1)
        raise OperationalError("UPDATE", {}, Exception("the server has gone"))

    monkeypatch.setattr(stop_list, "put", away)
    assert api.post("/stop-list/add", {"numbers": [NUMBER]}).status_code == 503
    assert len(asked) == 1


def test_a_failed_request_may_be_sent_again_with_its_key(api: Api) -> None:
    assert api.post("/stop-list/remove", {"number": NUMBER, "reason": "x"}, Idempotency_Key="k-1").status_code == 409
    api.post("/stop-list/add", {"numbers": [NUMBER]})
    assert api.post("/stop-list/remove", {"number": NUMBER, "reason": "x"}, Idempotency_Key="k-1").status_code == 200


def test_a_key_is_forgotten_after_a_day(api: Api, engine: Engine, clock: Stopped) -> None:
    body = {"numbers": [NUMBER]}
    api.post("/stop-list/add", body, Idempotency_Key="k-1")
    clock.moment = NOW.replace(day=6)
    assert api.post("/stop-list/add", body, Idempotency_Key="k-1").json["known"] == [NUMBER]


def test_eight_at_once_with_one_key_do_it_once(api: Api, engine: Engine) -> None:
    body = {"numbers": [NUMBER]}

    def ask(_: int) -> str:
        client = api.client.application.test_client()
        return json.dumps(Api(client, api.token).post("/stop-list/add", body, Idempotency_Key="k-1").json)

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(8)))
    assert len(answers) == 1
    assert len(audit(engine)) == 1


@pytest.mark.parametrize("key", ["", "два", "a b", "x" * 129])
def test_a_key_has_a_shape(api: Api, key: str) -> None:
    headers = api.headers({}) | {"Idempotency-Key": key.encode().decode("latin-1")}
    answer = api.client.post("/api/v1/stop-list/add", json={"numbers": [NUMBER]}, headers=headers)
    assert answer.status_code == 422
