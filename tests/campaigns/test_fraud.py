"""Five hundred fraudsters' numbers on every path a number can take: none is ever given a leg.

Here up to the row that must be there before a switch hears of a leg; the switch's own ledger is the oracle in
tests/patched/test_fraud.py.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import text

from campaigns.test_launching import prepared
from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns import agent_leg
from oklik.campaigns.agent_leg import AgentLeg
from oklik.campaigns.intents import Claimed
from oklik.campaigns.launch import LaunchRefused, launch, put_group
from oklik.campaigns.trunks import Change, TrunkRefused, add_trunk, set_trunk
from oklik.dialing.destinations import HOME, BadDestinations, Destinations, parse_destinations
from oklik.dialing.endpoint import endpoint, number_through
from oklik.dialing.phones import read_phones
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from support.fraud import EMERGENCY, FRAUD, spelled

pytestmark = pytest.mark.integration
GOOD = "+79161234567"
TRUNKS = (
    "sofia/gateway/pstn/{number}",
    "sofia/gateway/pstn/{digits}",
    "sofia/gateway/pstn/{national}",
    "sofia/external/{number}@sip.carrier.example",
)


def test_there_are_five_hundred_and_more() -> None:
    assert len(FRAUD) >= 500


def with_phones(world: World, phones: Sequence[Sequence[str]]) -> None:
    """A contact for each row of numbers, all waiting in one campaign."""
    world.people(len(phones))
    for row, numbers in enumerate(phones, 1):
        world.conn.execute(
            text("UPDATE contact SET phones = CAST(:p AS text[]) WHERE row_number = :r"),
            {"p": list(numbers), "r": row},
        )


def all_claims(world: World, now: dt.datetime = NOON) -> list[Claimed]:
    holder, claimed = world.holder(), []
    for _ in range(5):
        claimed += world.claim(holder, now, limit=2000)
    return claimed


def test_the_first_call_of_a_list(world: World) -> None:
    with_phones(world, [[number] for number in FRAUD])
    world.campaign()
    assert all_claims(world) == []
    assert world.one("SELECT count(*) FROM call") == 0
    rules = {row[0] for row in world.all("SELECT DISTINCT reason FROM target WHERE state = 'done'")}
    assert all(rule.startswith("destination_") or rule == "bad_number" for rule in rules), rules
    assert world.one("SELECT count(*) FROM target WHERE state = 'waiting'") == 0


def test_several_phones_only_the_honest_one_is_called(world: World) -> None:
    world.people(len(FRAUD))
    world.conn.execute(text("UPDATE contact SET phones = ARRAY['+7902' || right(phones[1], 7)]"))
    for row, number in enumerate(FRAUD, 1):
        world.conn.execute(
            text("UPDATE contact SET phones = ARRAY[:n] || phones || ARRAY[:n] WHERE row_number = :r"),
            {"n": number, "r": row},
        )
    world.campaign()
    claimed = all_claims(world)
    assert len(claimed) == len(FRAUD)
    assert {one.number[:5] for one in claimed} == {"+7902"}


def test_a_retry_never_moves_on_to_one(world: World) -> None:
    numbers = FRAUD[::10]
    with_phones(world, [[f"+7902{n:07}", number] for n, number in enumerate(numbers)])
    world.campaign(retry=RetryPlan(waits={OutcomeClass.NO_ANSWER: Wait(after_s=(600,), most=9)}, other_hour=False))
    first = all_claims(world)
    assert len(first) == len(numbers)
    holder = world.holder()
    for one in first:
        world.finish(holder, one, NOON + MINUTE, cause="NO_ANSWER")
    assert {row[0] for row in world.all("SELECT DISTINCT phone_index FROM target")} == {1}, "the next one's turn"
    again = all_claims(world, NOON + HOUR)
    assert {one.number[:5] for one in again} <= {"+7902"}


def test_one_that_was_opened_by_mistake_and_closed_again_is_not_called_again(world: World) -> None:
    """The guard is asked at every claim, not at the import."""
    with_phones(world, [["+375291234567"]])
    world.campaign(retry=RetryPlan(waits={OutcomeClass.BUSY: Wait(after_s=(600,), most=9)}))
    holder = world.holder()
    (one,) = world.claim(holder, destinations=parse_destinations("RU, BY"))
    world.finish(holder, one, NOON, cause="USER_BUSY", q850=17, sip_status=486)
    assert all_claims(world, NOON + 2 * HOUR) == []


def person_on_the_line(world: World) -> Claimed:
    world.people(1)
    world.campaign()
    (claimed,) = world.claim(world.holder())
    return claimed


def given(world: World, claimed: Claimed, legs: Sequence[AgentLeg], opened: Destinations = HOME) -> int:
    """How many of these legs may be dialed."""
    holder = world.holder()
    found = agent_leg.intend(world.conn, holder, legs, opened)
    assert world.one("SELECT count(*) FROM call WHERE kind = 'agent'") == len(found)
    assert world.one("SELECT count(*) FROM verdict WHERE NOT allowed") == len(legs) - len(found)
    world.finish(holder, claimed, NOON, cause="NO_ANSWER")
    return len(found)


@pytest.mark.parametrize("opened", [HOME, parse_destinations("RU, US, CA, GB")])
def test_transfers_to_a_number_however_it_came(world: World, opened: Destinations) -> None:
    """Fixed in the scenario, from a column, keyed in: all of them are one text that the same code reads."""
    claimed = person_on_the_line(world)
    safe = {number for number in FRAUD if opened.refuses(number) is None}
    assert not safe or opened is not HOME
    read = {one for number in FRAUD[::5] for typed in spelled(number) for one in read_phones(typed).numbers}
    bad = [number for number in {*FRAUD, *read} - safe if opened.refuses(number) is not None]
    assert {*FRAUD} - safe <= {*bad}
    legs = [_leg(claimed, number, TRUNKS[0]) for number in bad]
    assert given(world, claimed, legs, opened) == 0


def test_no_spelling_of_one_reads_as_it(world: World) -> None:
    """However it is typed, what comes out is refused, or is another number, and that one of home."""
    for number in FRAUD[::3]:
        for typed in spelled(number):
            for found in read_phones(typed).numbers:
                assert HOME.refuses(found) is not None or found.startswith("+7"), (typed, found)


def _leg(claimed: Claimed, number: str, dial_string: str, uuid: object = None) -> AgentLeg:
    try:
        where = endpoint(dial_string, number)
    except ValueError:
        where = dial_string.replace("{number}", number)
    return AgentLeg(uuid4(), claimed.uuid, "", where, "", NOON, number)


def test_a_leg_whose_number_and_dial_string_differ(world: World) -> None:
    """Who names an honest number and rings another."""
    claimed = person_on_the_line(world)
    legs = [
        AgentLeg(uuid4(), claimed.uuid, "", f"sofia/gateway/pstn/{number}", "", NOON, GOOD) for number in FRAUD[::3]
    ]
    assert given(world, claimed, legs) == 0


def outside_phones() -> list[str]:
    """Agents' phones outside, through any gateway or host, known to us or not."""
    found = []
    for number in FRAUD:
        digits = number[1:]
        if len(digits) < 7:
            continue  # an extension by its form
        found += [
            f"sofia/gateway/pstn/{number}",
            f"sofia/gateway/pstn/{digits}",
            f"sofia/gateway/other/810{digits}",
            f"sofia/gateway/other/00{digits}",
            f"sofia/external/{digits}@sip.carrier.example",
            f"sofia/external/{number}@10.0.0.1:5080",
        ]
    found += [f"sofia/gateway/pstn/{code}" for code in EMERGENCY if HOME.emergency(code)]
    return found


def test_agents_phones_outside(world: World) -> None:
    claimed = person_on_the_line(world)
    phones = [one for one in outside_phones() if not _honest(one)][::2]
    assert len(phones) >= 1500
    put_group(world.conn, 1, "sales", phones)
    legs = [AgentLeg(uuid4(), claimed.uuid, "sales", phone, "", NOON) for phone in phones]
    assert given(world, claimed, legs) == 0


SHORT_CODES = [*EMERGENCY, "7010", "4647", "0500", "550", "1234", "115599"]


def test_short_numbers_through_lines_are_refused_behind_a_pbx_they_are_extensions(world: World) -> None:
    claimed = person_on_the_line(world)
    barred = [f"sofia/gateway/pstn/{code}" for code in SHORT_CODES]
    pbx = [f"sofia/gateway/pbx/{code}" for code in SHORT_CODES if not HOME.emergency(code)]
    put_group(world.conn, 1, "sales", [*barred, *pbx])
    legs = [AgentLeg(uuid4(), claimed.uuid, "sales", phone, "", NOON) for phone in (*barred, *pbx)]
    assert given(world, claimed, legs) == len(pbx)
    rules = dict(world.all("SELECT rule, count(*) FROM verdict WHERE NOT allowed GROUP BY 1"))
    emergency = sum(HOME.emergency(code) for code in SHORT_CODES)
    assert rules == {"destination_short": emergency, "destination_extension": len(SHORT_CODES) - emergency}


def test_an_extension_behind_a_line_rings_once_the_line_says_so(world: World) -> None:
    claimed = person_on_the_line(world)
    phones = ["sofia/gateway/pstn/105", "sofia/gateway/pstn/112", "sofia/gateway/pstn/205"]
    put_group(world.conn, 1, "sales", phones)
    world.one("UPDATE trunk SET extensions = '{1XX}' RETURNING 1")
    legs = [AgentLeg(uuid4(), claimed.uuid, "sales", phone, "", NOON) for phone in phones]
    assert given(world, claimed, legs) == 1
    assert world.all("SELECT number FROM call WHERE kind = 'agent'") == [("sofia/gateway/pstn/105",)]


def _refused(phone: str, world: World) -> str:
    wanted = prepared(world, agent_groups={"sales": [phone]})
    with pytest.raises(LaunchRefused) as told:
        launch(world.conn, wanted, NOON)
    assert world.one("SELECT count(*) FROM membership") == world.one("SELECT count(*) FROM campaign") == 0
    return told.value.text["ru"]


@pytest.mark.parametrize(
    ("phone", "says"),
    [
        ("sofia/gateway/pstn/7010", "«sofia/gateway/pstn/7010»: короткий номер 7010"),
        ("sofia/gateway/t/0911", "короткий номер 0911"),
        ("sofia/gateway/anything/112", "короткий или экстренный номер 112"),
        ("sofia/gateway/anything/+78091234567", "платный номер +78091234567"),
        ("sofia/external/8-10-8816-1234567@host.example", "нет ни в одном плане"),
    ],
)
def test_agents_with_such_phones_are_not_written_down(world: World, phone: str, says: str) -> None:
    world.one("UPDATE trunk SET dial_string = 'sofia/gateway/t/{number}' RETURNING 1")
    assert says in _refused(phone, world)


def test_a_gateway_of_agents_extensions_becomes_no_trunk_by_mistake(world: World) -> None:
    put_group(world.conn, 1, "sales", ["sofia/gateway/pbx/105", "user/1001"])
    wanted = Change(dial_string="sofia/gateway/pbx/{number}", channels=3, cps=1.0)
    with pytest.raises(TrunkRefused, match="sofia/gateway/pbx/105") as told:
        add_trunk(world.conn, "pbx", wanted, NOON)
    assert "\n" not in told.value.text["ru"]
    assert "--extension" in told.value.command
    assert world.one("SELECT count(*) FROM trunk") == 1
    with pytest.raises(TrunkRefused, match="sofia/gateway/pbx/105"):
        set_trunk(world.conn, "t", Change(dial_string="sofia/gateway/pbx/{number}"), NOON)
    add_trunk(world.conn, "pbx", msgspec.structs.replace(wanted, extensions=["1XX"]), NOON)
    with pytest.raises(TrunkRefused, match="sofia/gateway/pbx/105"):
        set_trunk(world.conn, "pbx", Change(without_extensions=["1XX"]), NOON)


@pytest.mark.parametrize("dial_string", ["sofia/external/112@{digits}.example", "sofia/gateway/{digits}/112"])
def test_a_dial_string_that_rings_something_else_than_the_number_is_refused(world: World, dial_string: str) -> None:
    with pytest.raises(TrunkRefused):
        add_trunk(world.conn, "x", Change(dial_string=dial_string, channels=3, cps=1.0), NOON)


def _honest(phone: str) -> bool:
    """Eleven digits with an eight or a seven in front are a number of home, whatever they were made of."""
    number = number_through("sofia/gateway/pstn/{digits}", phone)
    return bool(number) and HOME.refuses(number) is None


def test_honest_phones_of_agents_still_ring(world: World) -> None:
    claimed = person_on_the_line(world)
    phones = ["user/1001", "sofia/gateway/pstn/+79161234567", "sofia/gateway/pbx/105", "sofia/internal/2003@10.0.0.9"]
    phones += ["sofia/external/89161234567@sip.carrier.example"]
    put_group(world.conn, 1, "sales", phones)
    legs = [AgentLeg(uuid4(), claimed.uuid, "sales", phone, "", NOON) for phone in phones]
    assert given(world, claimed, legs) == len(phones)


def test_plus_one_is_no_country() -> None:
    with pytest.raises(BadDestinations, match="is no country code"):
        parse_destinations("RU, +1")
    opened = parse_destinations("RU, US, CA")
    assert opened.refuses("+12125550123") is None
    for number in ("+12844561234", "+16494561234", "+18764561234", "+19005551234"):
        assert opened.refuses(number) is not None
