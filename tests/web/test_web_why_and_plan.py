"""What the API says of a campaign: its ledger, a contact's calendar, the launch check."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from jobs.conftest import SCENARIO
from oklik.campaigns.preflight_requests import carry_out_preflight
from oklik.dialing.vocabulary import Disposition
from oklik.jobs.app import apply_schema
from oklik.reports.why import why
from oklik.scenario.document import load_text, to_json
from web.conftest import NOW, Api

pytestmark = pytest.mark.integration


def refuse_row_9(world: World) -> None:
    world.all(
        """INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
           VALUES (1, 9, 'no_phone', '', '{}') RETURNING id"""
    )


# -- why ---------------------------------------------------------------------------------------------------------------


def test_the_ledger_sums_to_the_list_and_says_why_in_both_languages(api: Api, world: World, engine: Engine) -> None:
    world.people(5)
    campaign = world.campaign()
    refuse_row_9(world)
    api.post("/stop-list/add", {"numbers": ["+79160000001"]})
    told = api.get(f"/campaigns/{campaign}/why").json
    assert told["rows"] == 6
    assert sum(one["count"] for one in told["entries"]) == 6
    with engine.connect() as conn:
        assert told == json.loads(json.dumps(why(conn, campaign, NOW).to_json("en")).replace("+00:00", "Z"))
    stopped = next(one for one in told["entries"] if one["code"] == "stop_list")
    assert (stopped["count"], stopped["sample"]) == (1, [{"row": 1, "number": "+7916•••••01"}])
    russian = api.get(f"/campaigns/{campaign}/why", Accept_Language="ru").json
    assert russian["headline"] != told["headline"]
    for one in russian["entries"]:
        assert one["sentence"]
        assert one["advice"]


def test_a_pause_is_seen_in_the_ledger_and_the_next_instant_is_told(api: Api, world: World) -> None:
    world.people(2)
    campaign = world.campaign()
    holder = world.holder()
    (first, _) = world.claim(holder)
    world.finish(holder, first, NOON, cause="NO_ANSWER")
    told = api.get(f"/campaigns/{campaign}/why").json
    (retry,) = [one for one in told["entries"] if one["section"] == "retry"]
    assert retry["next_at"] == world.target(first).due.isoformat().replace("+00:00", "Z")
    assert api.get("/campaigns/99/why").status_code == 404


# -- plan --------------------------------------------------------------------------------------------------------------


def test_the_calendar_of_a_contact(api: Api, world: World) -> None:
    world.people(2)
    campaign = world.campaign()
    holder = world.holder()
    (first, _) = world.claim(holder)
    world.finish(holder, first, NOON, cause="NO_ANSWER")
    by_row = api.post(f"/campaigns/{campaign}/plan", {"contact": "1"}).json
    assert by_row["numbers"] == ["+79160000001"]
    assert (by_row["zone_certain"], by_row["now"]) == (True, "2025-03-04T09:00:00Z")
    (tried,) = by_row["tried"]
    assert (tried["disposition"], tried["result"]) == (str(Disposition.NO_ANSWER), "No answer")
    assert by_row["next"], "more calls are planned"
    assert by_row["next"][0]["at"] == world.target(first).due.isoformat().replace("+00:00", "Z")
    assert all(step["sentence"] for call in by_row["next"] for step in call["why"])
    assert by_row["end"]["sentence"]
    by_number = api.post(f"/campaigns/{campaign}/plan", {"contact": "8 (916) 000-00-01"}).json
    assert by_number == by_row
    assert api.post(f"/campaigns/{campaign}/plan", {"contact": "1"}, Accept_Language="ru").json["end"] != by_row["end"]


def test_a_contact_or_campaign_that_is_not_there(api: Api, world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    refuse_row_9(world)
    nobody = api.post(f"/campaigns/{campaign}/plan", {"contact": "77"})
    assert (nobody.status_code, nobody.json["errors"][0]["field"]) == (404, "contact")
    assert "row 9 is not in the campaign" in api.post(f"/campaigns/{campaign}/plan", {"contact": "9"}).json["detail"]
    assert api.post("/campaigns/99/plan", {"contact": "1"}).status_code == 404
    for body, field in (({}, "contact"), ({"contact": ""}, "contact"), ({"contact": "a\0b"}, "contact")):
        answer = api.post(f"/campaigns/{campaign}/plan", body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


# -- the launch check --------------------------------------------------------------------------------------------------


@pytest.fixture
def checked(world: World, database_url: str) -> int:
    """A campaign over a scenario that can be read, with the tables of the jobs beside it."""
    apply_schema(database_url)
    document = json.dumps(to_json(load_text(SCENARIO, "reminder.yaml")), ensure_ascii=False)
    world.conn.execute(text("UPDATE scenario_version SET document = CAST(:d AS json)"), {"d": document})
    world.people(3)
    return world.campaign()


def test_a_launch_check_is_asked_for_made_by_a_job_and_read(api: Api, checked: int, engine: Engine) -> None:
    api.post("/stop-list/add", {"numbers": ["+79160000001"]})
    asked = api.post(f"/campaigns/{checked}/preflight", {})
    assert asked.status_code == 200, asked.json
    assert asked.json["at"] == "2025-03-04T09:00:00Z"
    path = f"/campaigns/preflights/{asked.json['id']}"
    waiting: Any = api.get(path).json
    assert (waiting["state"], waiting["progress"], waiting["result"]) == ("waiting", 0, None)
    with engine.connect() as conn:
        (job,) = conn.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'oklik:preflight'")).scalars()
    carry_out_preflight(engine, job["preflight_id"])
    done: Any = api.get(path, Accept_Language="ru").json
    assert (done["state"], done["progress"], done["error"]) == ("done", 1, None)
    result = done["result"]
    assert result["contacts"] == 3 == result["over"] + result["allowed"] + sum(b["contacts"] for b in result["blocked"])
    assert len(result["local_hours"]) == 7
    assert all(one["why"] for one in result["blocked"])


def test_a_check_for_another_moment_and_what_cannot_be_asked(api: Api, checked: int) -> None:
    at = "2025-03-08T23:30:00+03:00"
    asked = api.post(f"/campaigns/{checked}/preflight", {"at": at}).json
    assert api.get(f"/campaigns/preflights/{asked['id']}").json["at"] == "2025-03-08T20:30:00Z"
    for wrong in ("2099-01-01T00:00:00Z", "2025-03-08T23:30:00", "soon"):
        answer = api.post(f"/campaigns/{checked}/preflight", {"at": wrong})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "at"), wrong
    assert api.post("/campaigns/99/preflight", {}).status_code == 404
    assert api.get("/campaigns/preflights/99").status_code == 404


def test_nobody_fills_the_queue_with_checks(api: Api, checked: int) -> None:
    codes = [api.post(f"/campaigns/{checked}/preflight", {}).status_code for _ in range(7)]
    assert codes == [200] * 5 + [409] * 2
