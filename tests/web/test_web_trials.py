"""Ring my phone with a draft: ordered without a campaign, heard as it stands, seen nowhere else."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from oklik.campaigns import scenario_drafts, trial_calls
from oklik.campaigns.list_removal import purge_lists
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.campaigns.trials_forgotten import TRIALS_KEPT_FOR, forget_trials
from oklik.campaigns.trunks import remove_trunk
from oklik.jobs.app import apply_schema
from oklik.jobs.tasks import defer_open_work
from oklik_web.openapi import document
from web.conftest import NOW, Api, Stopped
from web.test_web_scenarios import HELLO, changed, put

SPEC = json.loads(document())
pytestmark = pytest.mark.integration

PHONE = "+79161234567"
ASKS = {
    **HELLO,
    "columns": {"name": {"title": "Имя", "required": True}},
    "nodes": {
        **HELLO["nodes"],  # type: ignore[dict-item]
        "hello": {"kind": "play", "text": "Здравствуйте, {{ name }}!", "exits": {"done": "bye"}},
    },
}


@pytest.fixture
def made(api: Api, database_url: str) -> int:
    apply_schema(database_url)
    answer = api.post("/scenarios", {"name": "delivery", "title": "Доставка", "document": HELLO})
    assert answer.status_code == 200, answer.json
    return int(answer.json["id"])


@pytest.fixture
def phone(world: World) -> str:
    world.all("UPDATE trunk SET shared = true RETURNING id")
    add_phone(world.conn, NamedPhone(PHONE, "Анна", "user:root", NOW, "user:root", NOW))
    return PHONE


def spoken(world: World) -> dict[str, Any]:
    """The values of the newest trial."""
    found: dict[str, Any] = world.one(
        """SELECT k.fields FROM campaign c JOIN contact k ON k.list_id = c.list_id
           WHERE c.state = 'trial' ORDER BY c.id DESC LIMIT 1"""
    )
    return found


def test_a_draft_is_ordered_as_it_stands(api: Api, world: World, made: int, phone: str) -> None:
    told = api.get(f"/scenarios/{made}/test-call").json
    assert told["phones"] == [{"number": PHONE, "shown": "Анна · +7916•••••67"}]
    assert (told["trunks"], told["virtual"], told["dialer"]) == (["t"], True, False)
    put(api, made, 1, changed(x={"kind": "hangup"}))
    ordered = api.post(f"/scenarios/{made}/test-call", {"phone": phone, "revision": 2})
    assert ordered.status_code == 200, ordered.json
    assert (ordered.json["draft"], ordered.json["revision"], ordered.json["campaign"]) == (True, 2, None)
    document, groups = world.all("SELECT document, agent_groups FROM scenario_version WHERE trial_of = :s", s=made)[0]
    assert "x" in document["nodes"] and groups == []
    state = api.get(f"/scenarios/{made}/test-call/{ordered.json['order']}").json
    assert (state["state"], state["over"], state["path"], state["node"]) == ("asked", False, [], None)
    assert world.one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'oklik:prepare_prompts'") == 1
    back = api.post(f"/scenarios/{made}/test-call/{ordered.json['order']}/cancel")
    assert back.json["state"] == "cancelled"
    assert api.post(f"/scenarios/{made}/test-call/{ordered.json['order']}/cancel").status_code == 409


def test_what_is_spoken_is_the_chosen_contact(api: Api, world: World, made: int, phone: str) -> None:
    put(api, made, 1, ASKS)
    world.people(1)
    contact = world.one("SELECT max(id) FROM contact")
    address = f"/scenarios/{made}/test-call"
    assert api.post(address, {"phone": phone, "contact_id": contact}).status_code == 200
    assert spoken(world) == {"name": "Иван"}
    assert api.post(address, {"phone": phone, "contact": {"Имя": "Ольга"}}).status_code == 200
    assert spoken(world) == {"name": "Ольга"}
    assert api.post(address, {"phone": phone}).status_code == 200, "an ordinary person"
    assert spoken(world)["name"]
    both = api.post(address, {"phone": phone, "contact": {"Имя": "Ольга"}, "contact_id": contact})
    assert both.status_code == 422 and both.json["errors"][0]["field"] == "contact"
    assert api.post(address, {"phone": phone, "contact_id": 99999}).json["errors"][0]["field"] == "contact_id"
    assert api.post(address, {"phone": phone, "trunk": "no such line"}).status_code in {409, 422}


def test_what_cannot_be_heard_is_refused(api: Api, world: World, made: int, phone: str) -> None:
    address = f"/scenarios/{made}/test-call"
    put(api, made, 1, changed(hello={"kind": "play", "text": "", "exits": {"done": "nowhere"}}))
    refused = api.post(address, {"phone": phone})
    assert refused.status_code == 409 and "errors" in refused.json["detail"]
    newer = api.post(address, {"phone": phone, "revision": 1})
    assert newer.status_code == 409 and newer.json["errors"][0]["field"] == "revision"
    assert world.one("SELECT count(*) FROM campaign") == 0 == world.one("SELECT count(*) FROM call_order")


def test_a_trial_is_seen_nowhere(api: Api, world: World, made: int, phone: str, engine: Engine) -> None:
    before = api.get("/lists").json
    assert api.post(f"/scenarios/{made}/test-call", {"phone": phone}).status_code == 200
    hidden = world.one("SELECT id FROM campaign")
    assert api.get("/campaigns").json["campaigns"] == []
    reads = [path for path, told in SPEC["paths"].items() if "/campaigns/{campaign_id}" in path and "get" in told]
    places = {"campaign_id": hidden, "uuid": UUID(int=1)}
    found = {path: api.get(path.removeprefix("/api/v1").format(**places)).status_code for path in reads}
    assert len(found) > 10 and set(found.values()) == {404}, found
    assert api.post(f"/campaigns/{hidden}/start").status_code == 404
    assert api.post("/calls", {"kind": "test", "campaign": hidden, "number": phone}).status_code == 422
    assert api.get("/lists").json == before == api.get("/lists?deleted=true").json | before
    (listed,) = [one for one in api.get("/scenarios").json["scenarios"] if one["id"] == made]
    assert (listed["version"], listed["used_by"]) == (None, 0)
    assert api.get(f"/scenarios/{made}").json["versions"] == []
    (trunk,) = api.get("/trunks").json["trunks"]
    assert trunk["campaigns"] == 0
    assert world.one("SELECT count(*) FROM attempt") == 0
    assert defer_open_work(engine) <= 1, "its speech is made again where a worker died"


def test_trials_are_forgotten_and_hold_up_no_line(world: World, api: Api, made: int, phone: str) -> None:
    order = api.post(f"/scenarios/{made}/test-call", {"phone": phone}).json["order"]
    remains = "SELECT count(*) FROM scenario_version WHERE trial_of IS NOT NULL"
    assert forget_trials(world.conn, before=NOW + dt.timedelta(days=9)) == 0, "it is still to be made"
    api.post(f"/scenarios/{made}/test-call/{order}/cancel")
    assert forget_trials(world.conn, before=NOW - TRIALS_KEPT_FOR) == 0
    assert purge_lists(world.conn.engine, NOW + dt.timedelta(days=99)) == 0, "its list is not one that people deleted"
    remove_trunk(world.conn, "t")
    assert world.one(remains) == 0 == world.one("SELECT count(*) FROM contact_list WHERE deleted_at IS NOT NULL")


def test_another_scenario_knows_nothing_of_it(api: Api, world: World, made: int, phone: str) -> None:
    order = api.post(f"/scenarios/{made}/test-call", {"phone": phone}).json["order"]
    assert api.get(f"/scenarios/1/test-call/{order}").status_code == 404
    assert trial_calls.order_of(world.conn, made, order)
    assert scenario_drafts.look(world.conn, made) is not None


def test_speech_that_cannot_be_made_denies_it(api: Api, world: World, made: int, phone: str, clock: Stopped) -> None:
    """The gate waits for the speech, and says why there is none; with it the call is claimed, and is no attempt."""
    holder = world.holder()
    address = f"/scenarios/{made}/test-call"
    order = api.post(address, {"phone": phone}).json["order"]
    assert world.claim(holder, NOW, virtual=True) == []
    state = api.get(f"{address}/{order}").json
    assert (state["state"], state["sentence"]) == ("asked", "prompts are being made")
    world.all(
        "UPDATE target SET state = 'done', reason = 'prompt_failed', reason_args = '{\"detail\": \"x\"}' RETURNING id"
    )
    assert world.claim(holder, NOW, virtual=True) == []
    state = api.get(f"{address}/{order}").json
    assert (state["state"], state["over"]) == ("denied", True)
    assert "x" in state["sentence"]
    again = api.post(address, {"phone": phone}).json["order"]
    world.all("UPDATE target SET state = 'waiting' RETURNING id")
    (claimed,) = world.claim(holder, NOW, virtual=True)
    assert claimed.number == PHONE
    assert api.get(f"{address}/{again}").json["leg"] == "intent"
    assert world.one("SELECT count(*) FROM attempt") == 0
    world.invariants()
