"""Calls that people order by the API: written as orders, served by a claim, and never rung without the gate's word."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from oklik.campaigns.launch import put_group
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from support.fraud import FRAUD
from web.conftest import Api

pytestmark = pytest.mark.integration
PERSON, PHONE = "+79160000001", "+79039990001"


def committed(engine: Engine, do: Any) -> Any:
    with engine.begin() as conn:
        return do(World(conn))


@pytest.fixture
def campaign(api: Api, world: World) -> int:
    world.people(3)
    return world.campaign()


def test_an_order_is_served_before_the_queue_and_told(api: Api, campaign: int, engine: Engine) -> None:
    made = api.post("/calls", {"kind": "manual", "campaign": campaign, "contact": "8 916 000-00-03"})
    assert made.status_code == 200, made.json
    assert (made.json["state"], made.json["over"], made.json["number"]) == ("asked", False, "+79160000003")
    assert made.json["by"] == "token:crm"
    (call, *_) = committed(engine, lambda world: world.claim(world.holder(), NOON, 1))
    assert call.number == "+79160000003"
    seen = api.get(f"/calls/{made.json['id']}").json
    assert (seen["state"], seen["leg"], seen["rule"]) == ("claimed", "intent", "allowed")
    late = api.post(f"/calls/{made.json['id']}/cancel")
    assert (late.status_code, "is over" in late.json["detail"]) == (409, True)
    with engine.connect() as conn:
        assert conn.execute(text("SELECT action FROM audit_entry")).scalars().all() == ["calls.order"]


def test_a_denial_is_told_with_its_sentence(api: Api, campaign: int, engine: Engine) -> None:
    made = api.post("/calls", {"kind": "manual", "campaign": campaign, "contact": PERSON}).json
    with engine.begin() as conn:
        conn.execute(
            text("INSERT INTO suppression (number, source, added_at) VALUES (:n, 'x', :now)"),
            {"n": PERSON, "now": NOON},
        )
    committed(engine, lambda world: world.claim(world.holder(), NOON, 1))
    seen = api.get(f"/calls/{made['id']}").json
    assert (seen["state"], seen["over"], seen["rule"]) == ("denied", True, "stop_list")
    assert seen["sentence"]
    russian = api.get(f"/calls/{made['id']}", Accept_Language="ru").json["sentence"]
    assert russian
    assert russian != seen["sentence"]


def test_who_is_not_served_yet_can_be_taken_back(api: Api, campaign: int, engine: Engine) -> None:
    made = api.post("/calls", {"kind": "manual", "campaign": campaign, "contact": PERSON}).json
    assert api.post(f"/calls/{made['id']}/cancel").json["state"] == "cancelled"
    assert api.post(f"/calls/{made['id']}/cancel").status_code == 409
    assert api.get("/calls/999").status_code == 404


def test_a_test_rings_only_a_phone_that_an_administrator_has_named(api: Api, campaign: int, engine: Engine) -> None:
    order = {"kind": "test", "campaign": campaign, "number": PHONE}
    first = api.post("/calls", order).json
    committed(engine, lambda world: world.claim(world.holder(), NOON, 1))
    assert api.get(f"/calls/{first['id']}").json["state"] == "denied"
    with engine.begin() as conn:
        add_phone(conn, NamedPhone(PHONE, "Анна", "user:root", NOON, "x", NOON))
    second = api.post("/calls", order).json
    (call, *_) = committed(engine, lambda world: world.claim(world.holder(), NOON, 1))
    assert call.number == PHONE
    assert api.get(f"/calls/{second['id']}").json["state"] == "claimed"


def test_an_agent_is_rung_first(api: Api, campaign: int, engine: Engine) -> None:
    with engine.begin() as conn:
        put_group(conn, 1, "sales", ["user/101"])
    order = {"kind": "agent_first", "campaign": campaign, "contact": PERSON, "agent": "user/101"}
    made = api.post("/calls", order)
    assert made.status_code == 200, made.json
    (call, *_) = committed(engine, lambda world: world.claim(world.holder(), NOON, 1))
    assert (call.number, call.agent, call.group) == (PERSON, "user/101", "sales")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "robbery"}, "kind"),
        ({"contact": None}, "contact"),
        ({"contact": "nobody"}, "contact"),
        ({"campaign": 77}, "campaign"),
        ({"kind": "test", "contact": None}, "number"),
        ({"kind": "test", "number": "112"}, "number"),
        ({"kind": "agent_first"}, "agent"),
        ({"kind": "agent_first", "agent": "sofia/gateway/x/+79990000001"}, "agent"),
        ({"endpoint": "user/1"}, "endpoint"),
    ],
)
def test_what_cannot_be_meant_names_the_field(
    api: Api, campaign: int, engine: Engine, change: dict[str, Any], expected: str
) -> None:
    body = {"kind": "manual", "campaign": campaign, "contact": PERSON, **change}
    answer = api.post("/calls", {name: value for name, value in body.items() if value is not None})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, expected), answer.json
    with engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM call_order")).scalar() == 0


@pytest.mark.parametrize("number", FRAUD[::40])
def test_no_fraudster_is_rung_by_an_order(api: Api, campaign: int, engine: Engine, number: str) -> None:
    with engine.begin() as conn:
        add_phone(conn, NamedPhone(number, "x", "user:root", NOON, "x", NOON))
        conn.execute(text("UPDATE contact SET phones = ARRAY[:n] WHERE id = 1"), {"n": number})
        conn.execute(text("UPDATE target SET state = 'done' WHERE id > 1"))
    for order in ({"kind": "test", "number": number}, {"kind": "manual", "contact": number}):
        api.post("/calls", {"campaign": campaign, **order})
    assert committed(engine, lambda world: world.claim(world.holder(), NOON, 9)) == []
