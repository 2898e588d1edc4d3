"""Toll fraud by the API: hundreds of fraudsters' numbers on every path that takes numbers, and none is given a leg.

What may become a leg is refused (dial strings) or judged at the claim (people); what is only shown or noted rings
nobody.  Free text of a request is never part of a line to the switch.
"""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import NOON, World
from oklik.campaigns.trunks import all_trunks
from oklik.dialing.endpoint import endpoint, rung
from support.fraud import DEAR, EMERGENCY, FRAUD, SATELLITES
from web.conftest import Api

pytestmark = pytest.mark.integration

HONEST = "+79160000001"


def quick(api: Api) -> None:
    """More requests than a program is usually allowed."""
    api.client.application.config["OKLIK"].rate.most = 100_000


def trunk(name: str, dial_string: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "dial_string": dial_string, "channels": 1, "cps": 1, **more}


def test_no_dial_string_of_a_trunk_rings_another_number_than_the_one_that_was_judged(api: Api, engine: Engine) -> None:
    quick(api)
    for place, number in enumerate([*FRAUD[::4], *SATELLITES, *EMERGENCY]):
        digits = number.removeprefix("+")
        tried = [
            f"sofia/gateway/pstn/{number}",
            f"sofia/external/{number}@{{digits}}",
            f"sofia/gateway/{{digits}}/{number}",
            f"sofia/gateway/pstn/{{digits}}{digits}",
            f"sofia/gateway/pstn/+{digits}{{digits}}",
            f"sofia/gateway/pstn/00{digits}{{digits}}",
            f"sofia/gateway/pstn/810{digits}{{digits}}",
            f"user/{number}",
        ]
        # Before the number three to six digits are how a carrier tells lines apart.
        if len(digits) >= 7 or number in {"112", "911", "999", "101", "102", "103", "104", "01", "02", "03", "122"}:
            tried += [f"sofia/gateway/pstn/{digits}{{digits}}", f"sofia/external/{digits}{{number}}@10.0.0.1"]
        (wrong,) = {place % len(tried)}
        for dial_string in (tried[wrong], tried[-1]):
            answer = api.post("/trunks/add", trunk(f"{place}", dial_string))
            assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "dial_string"), dial_string
    with engine.connect() as conn:
        assert all_trunks(conn) == []
    for n, honest in enumerate(
        ("sofia/gateway/a/9{digits}", "sofia/external/00{digits}@10.0.0.1:5080", "user/{number}")
    ):
        assert api.post("/trunks/add", trunk(f"h{n}", honest)).status_code == 200
        assert rung(endpoint(honest, HONEST)).endswith(HONEST[1:]) or honest.startswith("user/")


def test_no_number_is_shown_that_costs_whoever_calls_it_back(api: Api, world: World, engine: Engine) -> None:
    quick(api)
    for number in {*DEAR, *SATELLITES}:
        answer = api.post("/trunks/set", {"name": "t", "caller_ids": [number]})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "caller_ids.0"), number
        answer = api.post("/trunks/set", {"name": "t", "verify": [number]})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "verify.0"), number
    for number in ("+74951234567", "88161234567", "900", "84951234567"):
        assert api.post("/trunks/set", {"name": "t", "caller_ids": [number]}).status_code == 200, number


def test_a_route_for_a_fraudsters_number_opens_nothing(api: Api, world: World) -> None:
    """A route says over which trunk; whether at all is said by the guard, in the claim."""
    quick(api)
    world.people(len(FRAUD))
    for row, number in enumerate(FRAUD, 1):
        world.conn.execute(text("UPDATE contact SET phones = ARRAY[:n] WHERE row_number = :r"), {"n": number, "r": row})
    routes = [number for number in FRAUD if len(number) >= 4]
    assert api.post("/trunks/set", {"name": "t", "routes": [*routes[:900], "*"]}).status_code == 200
    campaign = world.campaign()
    assert api.post(f"/campaigns/{campaign}/trunks", {"trunks": ["t"], "all": True}).status_code == 200
    holder = world.holder()
    for _ in range(3):
        assert world.claim(holder, NOON, limit=2000) == []
    assert world.one("SELECT count(*) FROM call") == 0
    told = api.get(f"/campaigns/{campaign}/why").json
    assert sum(one["count"] for one in told["entries"]) == told["rows"] == len(FRAUD)


@pytest.mark.heavy
def test_numbers_that_are_told_of_are_not_dialed(api: Api, world: World, engine: Engine) -> None:
    quick(api)
    world.people(1)
    campaign = world.campaign()
    contact = {"at": "2025-03-01T11:00:00+03:00", "kind": "sms", "talk": True, "purpose": "survey"}
    taken = 0
    for number in FRAUD:
        bodies = (
            ("/people/contacts/add", {"contacts": [{**contact, "number": number}]}),
            ("/people/remove", {"people": [{"number": number}], "everywhere": True}),
            ("/people/promises/settle", {"number": number, "how": "kept"}),
            ("/people/journal", {"number": number}),
            (f"/campaigns/{campaign}/plan", {"contact": number}),
            ("/numbering/look", {"number": number}),
        )
        for path, body in bodies[:: 1 if taken % 40 == 0 else 5]:
            answer = api.post(path, body)
            assert answer.status_code in (200, 404, 422), (path, number, answer.json)
        # "+8 816 ..." is how many write a number of home, and is read as one.
        assert answer.status_code == 422 or answer.json["refused"] or answer.json["number"].startswith("+7"), number
        taken += 1
    assert taken == len(FRAUD) >= 900
    (claimed,) = world.claim(world.holder(), NOON, limit=2000)
    assert claimed.number == HONEST
    assert world.one("SELECT count(*) FROM target") == 1
    assert world.one("SELECT count(*) FROM call") == 1


HOSTILE = (
    "x\nbgapi originate user/112 &park()",
    "{origination_caller_id_number=112}",
    "a}b{number}",
    "';system:reboot",
    "${system(reboot)}",
    "1|user/2",
    "1,user/2",
    "\u2028api",
    "&park()",
)


@pytest.mark.parametrize("text_", HOSTILE)
def test_free_text_is_never_a_part_of_a_line_to_the_switch(api: Api, world: World, text_: str) -> None:
    for change in (
        {"dial_string": f"sofia/gateway/pstn/{text_}{{number}}"},
        {"dial_string": f"sofia/{text_}/{{number}}@host"},
        {"dial_string": f"{text_}"},
        {"caller_ids": [text_]},
        {"verify": [text_]},
        {"routes": [text_]},
    ):
        answer = api.post("/trunks/set", {"name": "t", **change})
        assert answer.status_code == 422, change
        assert answer.json["errors"][0]["field"].split(".")[0] in change
    world.people(1)
    campaign = world.campaign()
    kept = trunk(text_.strip(), "sofia/gateway/pstn/{number}")
    assert api.post("/trunks/add", kept).status_code == 200, "a name may be anything: it goes nowhere"
    assert api.post(f"/campaigns/{campaign}/trunks", {"trunks": [text_.strip()]}).status_code == 200
    (claimed,) = world.claim(world.holder())
    assert (claimed.endpoint, claimed.caller_id) == (f"sofia/gateway/pstn/{HONEST}", "")
