"""Trunks, the way with machines and the numbering register by the API."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.test_campaign_machines import NONE, PLAIN
from campaigns.world import NOON, World
from oklik.campaigns.line_health import Health, publish
from oklik.campaigns.numbering import import_numbering
from oklik.campaigns.pulse import Pulse, PulseState, beat
from oklik.scenario.document import Scenario, to_json
from web.conftest import NOW, Api

pytestmark = pytest.mark.integration

MTS = {"name": "МТС", "dial_string": "sofia/gateway/mts/{digits}", "channels": 9, "cps": 2.5}


def audit(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT who, action, subject, details FROM audit_entry ORDER BY id")))


def test_a_trunk_is_made_changed_shown_and_taken_away(api: Api, engine: Engine) -> None:
    given = {"caller_ids": ["74951112233"], "routes": ["+7=1.2"], "money_day": 1500.5}
    made = api.post("/trunks/add", {**MTS, **given, "minute_price": 2.5, "attempt_price": 0, "extensions": ["1XX"]})
    assert made.status_code == 200, made.json
    assert (made.json["caller_ids"], made.json["routes"]) == ({"74951112233": None}, ["+7=1.2"])
    assert (made.json["money_day"], made.json["shared"], made.json["state"]) == ("1500.5", True, "closed")
    assert (made.json["minute_price"], made.json["attempt_price"], made.json["extensions"]) == ("2.5", "0", ["1XX"])
    changed = api.post(
        "/trunks/set",
        {"name": "МТС", "verify": ["74951112233"], "channels": 4, "reserved_inbound": 1, "without_routes": ["+7"]},
    ).json
    assert (changed["channels"], changed["reserved_inbound"], changed["cps"]) == (4, 1, 2.5)
    assert (changed["caller_ids"], changed["routes"]) == ({"74951112233": "token:crm"}, [])
    assert api.get("/trunks").json["trunks"] == [changed]
    assert api.post("/trunks/remove", {"name": "МТС"}).json == {"name": "МТС"}
    assert api.get("/trunks").json == {"trunks": []}
    assert [(one.who, one.action, one.subject) for one in audit(engine)] == [
        ("token:crm", f"trunks.{what}", "МТС") for what in ("add", "set", "remove")
    ]


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        ("add", {"name": ""}, (422, "name")),
        ("add", {"name": "t"}, (409, "name")),
        ("add", {"dial_string": "sofia/gateway/x/1"}, (422, "dial_string")),
        ("add", {"dial_string": None}, (422, "dial_string")),
        ("add", {"channels": 0}, (422, "channels")),
        ("add", {"cps": 0}, (422, "cps")),
        ("add", {"cps": "NaN"}, (422, "cps")),
        ("add", {"reserved_inbound": 10}, (422, "reserved_inbound")),
        ("add", {"weight": 0}, (422, "weight")),
        ("add", {"money_day": "much"}, (422, "money_day")),
        ("add", {"money_day": "Infinity"}, (422, "money_day")),
        ("add", {"minutes_day": 1.5}, (422, "minutes_day")),
        ("add", {"caller_ids": ["74951112233", "Bank"]}, (422, "caller_ids.1")),
        ("add", {"caller_ids": ["1\0"]}, (422, "caller_ids")),
        ("add", {"routes": ["+7", "Moscow!"]}, (422, "routes.1")),
        ("add", {"minute_price": -1}, (422, "minute_price")),
        ("add", {"extensions": ["1XX", "Bank"]}, (422, "extensions.1")),
        ("add", {"tenant": 1}, (422, "tenant")),
        ("set", {"name": "none", "channels": 1}, (404, "name")),
        ("set", {"verify": ["74950000009"]}, (422, "verify")),
        ("set", {"channels": 5, "reserved_inbound": 6}, (422, "reserved_inbound")),
        ("remove", {"name": "none"}, (404, "name")),
    ],
)
def test_what_is_wrong_with_a_trunk_is_named(
    api: Api, world: World, path: str, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    body: dict[str, Any] = MTS if path == "add" else {"name": "t"}
    answer = api.post(f"/trunks/{path}", {**body, **change})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == expected, answer.json
    (trunk,) = api.get("/trunks").json["trunks"]
    assert (trunk["name"], trunk["channels"]) == ("t", 100), "nothing was half done"


def test_a_trunk_in_use_stays_and_a_campaign_is_given_others(api: Api, world: World, engine: Engine) -> None:
    world.people(1)
    campaign = world.campaign()
    assert api.post("/trunks/remove", {"name": "t"}).status_code == 409
    api.post("/trunks/add", {**MTS, "caller_ids": ["74951112233"]})
    body = {"trunks": ["МТС", "t"], "weight": 2, "minutes_day": 100}
    refused = api.post(f"/campaigns/{campaign}/trunks", body)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "trunks"), (
        "nobody has verified the number"
    )
    api.post("/trunks/set", {"name": "МТС", "verify": ["74951112233"]})
    used = api.post(f"/campaigns/{campaign}/trunks", body)
    assert used.json == {"campaign_id": campaign, "trunks": ["МТС", "t"], "all": False, "weight": 2.0} | {
        "minutes_day": 100,
        "money_day": None,
    }
    assert api.get(f"/campaigns/{campaign}/trunks").json == used.json
    assert api.get("/campaigns/99/trunks").status_code == 404
    (claimed,) = world.claim(world.holder())
    assert claimed.endpoint.startswith("sofia/gateway/")
    assert world.one("SELECT weight FROM campaign") == 2
    assert api.post(f"/campaigns/{campaign}/trunks", {"trunks": ["none"]}).json["errors"][0]["field"] == "trunks"
    assert api.post(f"/campaigns/{campaign}/trunks", {}).status_code == 422
    assert api.post("/campaigns/99/trunks", body).status_code == 404
    assert audit(engine)[-1].action == "trunks.use"


def test_how_the_trunks_do(api: Api, world: World) -> None:
    def pulse(legs: int) -> Pulse:
        return Pulse(
            at=NOW,
            speed=1.0,
            state=PulseState.DIALING,
            legs=legs,
            channels=100,
            cps=50,
            trunks={1: (legs, "no_line")},
        )

    with world.conn.engine.begin() as conn:
        beat(conn, "n1", pulse(3), NOW, virtual=False)
        beat(conn, "n2", pulse(4), NOW, virtual=False)
        beat(conn, "gone", pulse(9), NOW.replace(hour=8), virtual=False)
        publish(conn, "n1", [Health(1, "open", NOON, 20, 15)], NOW)
    (told,) = api.get("/trunks/health").json["trunks"]
    assert (told["name"], told["channels"], told["in_use"]) == ("t", 100, 7), "who is silent has no calls"
    assert told["waits_for"] == {"n1": "no_line", "n2": "no_line"}
    (breaker,) = told["breakers"]
    assert (breaker["node"], breaker["state"], breaker["calls"], breaker["faults"]) == ("n1", "open", 20, 15)
    assert api.get("/trunks").json["trunks"][0]["state"] == "open"


# -- machines ----------------------------------------------------------------------------------------------------------


def speaking(world: World, scenario: Scenario) -> int:
    document = json.dumps(to_json(scenario), ensure_ascii=False)
    world.conn.execute(text("UPDATE scenario_version SET document = CAST(:d AS json)"), {"d": document})
    world.people(1)
    return world.campaign()


def put(api: Api, campaign: int, body: Any) -> Any:
    return api.client.put(f"/api/v1/campaigns/{campaign}/machines", json=body, headers=api.headers({}))


def test_the_way_with_machines_is_shown_and_changed(api: Api, world: World, engine: Engine) -> None:
    campaign = speaking(world, PLAIN)
    told = api.get(f"/campaigns/{campaign}/machines").json
    assert (told["policy"]["on_beep"], told["answered"], told["false_alarms"]) == ("ignore", 0, None)
    assert told["told"]
    wanted = {"on_beep": "leave_message", "listen_s": 30, "key_gate": True, "false_answer_s": 0.5}
    changed = put(api, campaign, wanted)
    assert (changed.status_code, changed.json) == (200, {**wanted, "early_unreachable": False})
    assert api.get(f"/campaigns/{campaign}/machines").json["policy"] == changed.json
    (claimed,) = world.claim(world.holder())
    assert claimed.machines.to_json() == changed.json, "the next call goes by it"
    assert put(api, campaign, {}).json["on_beep"] == "ignore"
    assert world.one("SELECT machines FROM campaign") is None
    assert [(one.action, one.details["after"]["on_beep"]) for one in audit(engine)] == [
        ("campaigns.machines", "leave_message"),
        ("campaigns.machines", "ignore"),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"on_beep": "sing"}, "on_beep"),
        ({"on_beep": "leave_message"}, "on_beep"),
        ({"listen_s": 2}, "listen_s"),
        ({"false_answer_s": 6}, "false_answer_s"),
        ({"key_gate": "perhaps"}, "key_gate"),
        ({"beep": True}, "beep"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_and_nothing_changes(api: Api, world: World, body: Any, field: str) -> None:
    campaign = speaking(world, NONE)
    answer = put(api, campaign, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert world.one("SELECT machines FROM campaign") is None
    assert put(api, 99, {}).status_code == 404
    assert api.get("/campaigns/99/machines").status_code == 404


# -- numbering ---------------------------------------------------------------------------------------------------------


def test_the_register_and_what_decides_for_a_number(api: Api, world: World, engine: Engine) -> None:
    assert api.get("/numbering").json == {"version": None, "ranges": 0, "files": []}
    before = api.post("/numbering/look", {"number": "8 900 030 00 00"}).json
    assert (before["rule"], len(before["zones"]) > 5, before["refused"]) == ("possible", True, None)
    based = api.post("/numbering/look", {"number": "8 900 030 00 00", "zone": "Омская область"}).json
    assert (based["rule"], based["zones"]) == ("base", ["Asia/Omsk"])
    import_numbering(engine, Path(__file__).parents[1] / "numbering" / "DEF-9xx.csv", NOON)
    register = api.get("/numbering").json
    assert [(one["name"], one["ranges"], one["imported_at"]) for one in register["files"]] == [
        ("DEF-9xx", 7, "2025-03-04T09:00:00Z")
    ]
    assert register["version"]
    told = api.post("/numbering/look", {"number": "8 900 030 00 00"}).json
    assert (told["number"], told["rule"], told["zones"]) == ("+79000300000", "plan", ["Asia/Yekaterinburg"])
    assert (told["region"], told["told"]) == ("Свердловская обл.", "The numbering register decides")
    abroad = api.post("/numbering/look", {"number": "+44 20 7123 4567"}).json
    assert (abroad["country"], abroad["refused"]["rule"]) == ("GB", "destination_abroad")
    assert abroad["refused"]["why"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "number"),
        ({"number": "112"}, "number"),
        ({"number": "8 916 000-00-01, 8 916 000-00-02"}, "number"),
        ({"number": "8 916 000-00-01", "zone": "Atlantis"}, "zone"),
    ],
)
def test_what_cannot_be_looked_up_names_the_field(api: Api, body: Any, field: str) -> None:
    answer = api.post("/numbering/look", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
