"""People by the API: taken out in mid-campaign, contacts told, promises settled, the journal."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, text

from campaigns.people_town import TALK, Town
from campaigns.world import DAY, HOUR, NOON
from oklik.campaigns import recheck
from oklik.campaigns.removal import still_up
from web.conftest import Api, Stopped

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
HEAD = "ID должника;Договор;Телефон"
PROMISE = {**TALK, "promised": (dt.date(2025, 3, 6), "1500")}


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def audit(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT action, subject, details FROM audit_entry ORDER BY id")))


# -- removal -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", [{"key": "7"}, {"number": "8 916 000-00-02"}, {"number": D}, {"contract": "К-2"}, {"key": "7", "number": ""}]
)
def test_who_has_paid_is_not_called_any_more_by_whatever_they_are_named(
    api: Api, town: Town, engine: Engine, who: dict[str, str]
) -> None:
    campaign = town.called(HEAD, f"7;К-1;{A}, {D}", f"7;К-2;{B}", f"8;К-3;{C}")
    who = {name: value for name, value in who.items() if value}
    answer = api.post("/people/remove", {"people": [who, {"key": "nobody"}]})
    assert answer.status_code == 200, answer.json
    assert answer.json == {"people": 1, "ended": 2, "up": 0, "nobody": [{"place": 1, "who": "nobody"}]}
    assert town.call() == [C]
    assert town.reasons(campaign) == ["removed_paid", "removed_paid", "reached"]
    (entry,) = audit(engine)
    assert (entry.action, entry.details["ended"], entry.details["reason"]) == ("people.remove", 2, "paid")


def test_a_bankrupt_is_called_by_no_campaign_until_that_is_taken_back(api: Api, town: Town, engine: Engine) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    with engine.begin() as conn:
        conn.execute(text("UPDATE target SET prepared = '-'"))  # no speech is to be made
    assert api.post("/people/remove", {"people": [{"key": "7"}], "reason": "bankrupt"}).json["ended"] == 1
    assert town.call() == []
    with engine.connect() as conn:
        assert conn.execute(text("SELECT recorded_by FROM exclusion")).scalars().all() == ["token:crm"]
    wrong = api.post("/people/readmit", {"key": "7"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "reason")
    back = api.post("/people/readmit", {"key": "7", "reason": "суд отказал"})
    assert (back.status_code, back.json) == (200, {"returned": 1, "over": 0})
    assert town.call() == [A]
    assert api.post("/people/readmit", {"key": "7", "reason": "ещё раз"}).status_code == 409
    assert [entry.action for entry in audit(engine)] == ["people.remove", "people.readmit"]


def test_the_last_look_before_the_send_refuses_who_was_claimed_already(api: Api, town: Town) -> None:
    """What a dialer has claimed and not sent is asked for several times a second: see recheck.still_allowed."""
    campaign = town.called("Телефон", A, B)
    claimed = town.claim()
    assert all(recheck.still_allowed(one, NOON) for one in claimed)
    assert api.post("/people/remove", {"people": [{"number": A}]}).json["up"] == 1
    with town.engine.begin() as conn:
        removed = still_up(conn)
    allowed = {one.number: recheck.still_allowed(one, NOON, removed=removed) for one in claimed}
    assert allowed == {A: False, B: True}
    with town.engine.begin() as conn:
        recheck.give_back(conn, [one.uuid for one in claimed if one.number == A], NOON)
    assert town.reasons(campaign)[0] == "removed_paid"
    assert A not in [one.number for one in town.claim(NOON + HOUR)]


def test_of_one_campaign_a_project_or_everywhere(api: Api, town: Town) -> None:
    first, second = (town.called(HEAD, f"7;К-1;{A}") for _ in range(2))
    third = town.campaign(town.load(HEAD, f"7;К-1;{A}", project="other"))
    who = {"people": [{"key": "7"}], "reason": "dispute"}
    unclear = api.post("/people/remove", who)
    assert (unclear.status_code, unclear.json["errors"][0]["field"]) == (422, "project")
    assert api.post("/people/remove", {**who, "campaign": first}).json["ended"] == 1
    assert api.post("/people/remove", {**who, "project": "p"}).json["ended"] == 1
    assert (town.reasons(second), town.reasons(third)) == (["removed_dispute"], [None])
    assert api.post("/people/remove", {**who, "everywhere": True}).json["ended"] == 1
    assert api.post("/people/remove", {**who, "everywhere": True}).json["ended"] == 0, "twice changes nothing"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "people"),
        ({"people": []}, "people"),
        ({"people": [{"key": "1"}] * 1001}, "people"),
        ({"people": [{"key": "1"}, {}]}, "people.1.key"),
        ({"people": [{"key": "1", "number": A}]}, "people.0.key"),
        ({"people": [{"key": "7"}, {"number": "112"}]}, "people.1.number"),
        ({"people": [{"key": "7\0"}]}, "people.0.key"),
        ({"people": [{"name": "x"}]}, "people.0.name"),
        ({"people": [{"key": "7"}], "reason": "tired"}, "reason"),
        ({"people": [{"key": "7"}], "campaign": 99}, "campaign"),
        ({"people": [{"key": "7"}], "campaign": 0}, "campaign"),
        ({"people": [{"key": "7"}], "project": "none such"}, "project"),
        ({"people": [{"key": "7"}], "campaign": 1, "everywhere": True}, "everywhere"),
    ],
)
def test_a_removal_that_cannot_be_meant_names_the_field(api: Api, town: Town, body: Any, field: str) -> None:
    campaign = town.called(HEAD, f"7;К-1;{A}")
    answer = api.post("/people/remove", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert town.reasons(campaign) == [None], "all or nothing"


def test_a_removal_that_comes_again_is_done_once(api: Api, town: Town, engine: Engine) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    body = {"people": [{"key": "7"}]}
    first, again = (api.post("/people/remove", body, Idempotency_Key="k").json for _ in range(2))
    assert first == again == {"people": 1, "ended": 1, "up": 0, "nobody": []}
    assert len(audit(engine)) == 1


# -- contacts made elsewhere -------------------------------------------------------------------------------------------


SMS = {"at": "2025-03-04T11:00:00+03:00", "kind": "call", "talk": True, "purpose": "debt"}


def test_contacts_made_elsewhere_count(api: Api, town: Town, engine: Engine) -> None:
    campaign = town.called(HEAD, f"7;К-1;{A}", f"8;К-2;{B}")
    body = {"contacts": [{**SMS, "key": "7", "external_id": "1c-1", "seconds": 40, "source": "1C"}]}
    assert api.post("/people/contacts/add", body).json == {"added": 1, "known": 0}
    assert api.post("/people/contacts/add", body).json == {"added": 0, "known": 1}
    assert town.call() == [B], "one talk a day: the law's cap is reached by 1C's call"
    assert town.reasons(campaign)[0] == "talks_day"
    assert [one.action for one in audit(engine)] == ["people.contacts.add"] * 2


def test_a_contact_with_somebody_unknown_is_kept_for_when_they_come(api: Api, town: Town) -> None:
    told = [{**SMS, "number": C}, {**SMS, "number": C, "kind": "sms"}]
    assert api.post("/people/contacts/add", {"contacts": told}).json == {"added": 2, "known": 0}
    town.called("Телефон", C)
    assert town.call() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": None}, "contacts.1.key"),
        ({"number": "112", "key": None}, "contacts.1.number"),
        ({"at": "2025-03-04T13:00:00+03:00"}, "contacts.1.at"),
        ({"at": "2025-03-04T11:00:00"}, "contacts.1.at"),
        ({"kind": "pigeon"}, "contacts.1.kind"),
        ({"purpose": "fun"}, "contacts.1.purpose"),
        ({"talk": None}, "contacts.1.talk"),
        ({"seconds": -1}, "contacts.1.seconds"),
        ({"note": "x" * 1001}, "contacts.1.note"),
        ({"source": "\0"}, "contacts.1.source"),
    ],
)
def test_a_contact_that_cannot_be_kept_names_the_field(
    api: Api, town: Town, change: dict[str, Any], field: str
) -> None:
    good = {**SMS, "key": "7"}
    answer = api.post("/people/contacts/add", {"contacts": [good, {**good, **change}]})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), answer.json
    assert town.column("SELECT count(*) FROM outside_contact") == [0]


# -- promises ----------------------------------------------------------------------------------------------------------


def test_promises_are_shown_and_settled(api: Api, town: Town, engine: Engine, clock: Stopped) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    assert town.call(**PROMISE) == [A]
    other = town.called(HEAD, f"7;К-2;{B}")
    assert town.call(NOON + DAY) == []
    assert town.reasons(other) == ["promise"]
    (one,) = api.post("/people/promises/list", {"key": "7"}).json["promises"]
    assert (one["date"], one["amount"], one["state"], one["settled_at"]) == ("2025-03-06", "1500", "open", None)
    clock.moment = NOON + DAY
    assert api.post("/people/promises/settle", {"number": A, "how": "kept"}).json == {"settled": 1}
    assert town.call(NOON + DAY) == [B]
    assert api.post("/people/promises/settle", {"key": "7", "how": "kept"}).json == {"settled": 0}
    assert api.post("/people/promises/list", {"key": "7"}).json["promises"][0]["state"] == "kept"
    assert [one.action for one in audit(engine)] == ["people.promises.settle"] * 2


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"how": "kept"}, 422, "key"),
        ({"key": "7", "number": A, "how": "kept"}, 422, "key"),
        ({"key": "7", "how": "forgotten"}, 422, "how"),
        ({"number": "01", "how": "kept"}, 422, "number"),
        ({"key": "7", "project": "none such", "how": "kept"}, 422, "project"),
        ({"key": "70", "how": "kept"}, 404, None),
        ({"key": "7", "how": "kept"}, 409, None),
    ],
)
def test_whose_promise_is_not_clear(api: Api, town: Town, body: Any, status: int, field: str | None) -> None:
    town.load(HEAD, f"7;К-1;{A}")
    town.load(HEAD, f"7;К-1;{B}", project="other")
    answer = api.post("/people/promises/settle", body)
    assert answer.status_code == status, answer.json
    if field:
        assert answer.json["errors"][0]["field"] == field
    if status == 409:
        assert "7 (p)" in answer.json["detail"]


# -- the journal -------------------------------------------------------------------------------------------------------


def test_the_journal_as_json_and_as_the_file_that_is_printed(api: Api, town: Town) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    town.call(**PROMISE)
    api.post("/people/contacts/add", {"contacts": [{**SMS, "key": "7", "kind": "sms", "source": "1C"}]})
    told = api.post("/people/journal", {"key": "7"}).json
    assert (told["person"], told["numbers"], told["zone"]) == ("7 (p)", {A: "own"}, "Europe/Moscow")
    assert [(one["kind"], one["ours"], one["source"]) for one in told["contacts"]] == [
        ("sms", False, "1C"),
        ("call", True, "c0"),
    ]
    assert told["contacts"][1]["at"] == {"local": "2025-03-04T12:00:00+03:00", "utc": "2025-03-04T09:00:00Z"}
    assert told["contacts"][1]["allowed"] is not None
    assert [one["kind"] for one in told["wishes"]] == ["promise"]
    assert api.post("/people/journal", {"key": "7", "since": "2025-03-05"}).json["contacts"] == []
    assert api.post("/people/journal", {"number": A}).json["contacts"] == told["contacts"]
    answer = api.post("/people/journal/file", {"key": "7"}, Accept_Language="ru")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="journal.xlsx"'
    sheets = openpyxl.load_workbook(BytesIO(answer.data))
    values = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any(A in str(value) for value in values)


@pytest.mark.parametrize("path", ["/people/journal", "/people/journal/file"])
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "key"),
        ({"key": "7", "since": "2025-03-05", "until": "2025-03-04"}, 422, "since"),
        ({"key": "7", "since": "yesterday"}, 422, "since"),
        ({"number": "12"}, 422, "number"),
        ({"number": "+79169999999"}, 404, None),
    ],
)
def test_whose_journal_is_not_clear(api: Api, path: str, body: Any, status: int, field: str | None) -> None:
    answer = api.post(path, body)
    assert answer.status_code == status, answer.json
    if field:
        assert answer.json["errors"][0]["field"] == field
