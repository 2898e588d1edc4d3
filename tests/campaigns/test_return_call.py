"""Who calls us, and what the rows say before and after."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import reconcile
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.return_call import Busy, Ring, Stranger, receive
from oklik.dialing.disposition import CallSummary

pytestmark = pytest.mark.integration

OURS = "84950000001"


@pytest.fixture(autouse=True)
def somebody(world: World) -> None:
    world.people(2)


def call(world: World, holder: Holder, caller: str, now: dt.datetime, dialed: str = OURS, **more: Any) -> Any:
    how: dict[str, Any] = {"virtual": False, "ready": lambda _: True, "greets": lambda _: True}
    ring = Ring(uuid=uuid4(), caller=caller, dialed=dialed, at=now)
    return receive(world.conn, holder, ring, **(how | more))


def missed(world: World, holder: Holder, now: dt.datetime = NOON, **claim: Any) -> Claimed:
    """One call that nobody answered."""
    (claimed,) = world.claim(holder, now, 1, **claim)
    world.finish(holder, claimed, now + MINUTE, cause="NO_ANSWER")
    return claimed


def attempt(world: World, uuid: UUID) -> Any:
    return world.all("SELECT * FROM attempt WHERE uuid = :u", u=uuid)[0]


def end(world: World, holder: Holder, one: Claimed | Stranger, now: dt.datetime, **summary: Any) -> None:
    told = CallSummary(**({"answered": True, "talk_s": 20.0} | summary))
    finish(world.conn, holder, [Finished(one.uuid, now, told, isinstance(one, Stranger))], now)


@pytest.mark.parametrize("spelled", ["+{}", "{}", "8{short}", "{short}"])
def test_a_person_is_known_by_the_number_however_it_is_spelled(world: World, spelled: str) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    digits = ours.number.removeprefix("+")
    found = call(world, holder, spelled.format(digits, short=digits[1:]), NOON + HOUR)
    assert isinstance(found, Claimed)
    assert (found.target_id, found.contact_id, found.fields) == (ours.target_id, ours.contact_id, ours.fields)
    assert (found.number, found.n) == (ours.number, 2)
    row = attempt(world, found.uuid)
    assert (row.direction, row.consumed, row.open, row.n) == ("in", False, True, 2)
    leg = world.all("SELECT * FROM call WHERE uuid = :u", u=found.uuid)[0]
    assert (leg.kind, leg.number, leg.caller_id, leg.state) == ("inbound", ours.number, "+74950000001", "intent")


def test_a_completed_return_call_ends_the_contacts_target(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    assert world.target(ours).state == "waiting"
    found = call(world, holder, ours.number, NOON + HOUR)
    end(world, holder, found, NOON + HOUR + MINUTE, ended_reason="completed")
    target = world.target(ours)
    assert (target.state, target.disposition, target.reason, target.attempts) == ("done", "completed", "reached", 1)
    row = attempt(world, found.uuid)
    assert (row.disposition, row.talk, row.consumed, row.open) == ("completed", True, False, False)
    assert world.one("SELECT count(*) FROM outbox WHERE attempt_uuid = :u", u=found.uuid) == 1
    world.invariants()


@pytest.mark.parametrize("summary", [{}, {"answered": False, "cause": "ORIGINATOR_CANCEL"}, {"cause": "LOST"}])
def test_one_in_which_nothing_was_said_changes_nothing(world: World, summary: dict[str, Any]) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    before = world.target(ours)
    found = call(world, holder, ours.number, NOON + HOUR)
    end(world, holder, found, NOON + HOUR + MINUTE, **summary)
    after = world.target(ours)
    kept = ("state", "due", "reason", "reason_args", "attempts", "phone_index", "last_hours")
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
    world.invariants()


def test_the_wish_for_a_later_call_is_kept(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    found = call(world, holder, ours.number, NOON + HOUR)
    end(world, holder, found, NOON + HOUR, call_later_s=7200)
    target = world.target(ours)
    assert (target.state, target.due) == ("waiting", NOON + 3 * HOUR)


def test_a_later_retry_counts_our_own_calls_only(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    end(world, holder, call(world, holder, ours.number, NOON + MINUTE), NOON + MINUTE)  # hung up
    again = missed(world, holder, NOON + 2 * HOUR)
    while again.target_id != ours.target_id:
        again = missed(world, holder, NOON + 2 * HOUR)
    target = world.target(ours)
    assert (target.state, target.attempts, target.disposition) == ("waiting", 2, "hung_up")
    assert target.due >= NOON + 5 * HOUR, "the second wait of those who did not answer"


def test_a_talk_in_a_return_call_counts_for_the_caps(world: World) -> None:
    world.campaign(purpose="debt")
    holder = world.holder()
    ours = missed(world, holder)
    end(world, holder, call(world, holder, ours.number, NOON + 10 * MINUTE), NOON + 11 * MINUTE)
    world.conn.execute(text("UPDATE target SET due = :now WHERE id = :id"), {"now": NOON, "id": ours.target_id})
    world.claim(holder, NOON + HOUR, 10)
    assert world.target(ours).reason == "talks_day"


def test_nobody_is_spoken_to_twice_at_a_time(world: World) -> None:
    world.campaign()
    holder = world.holder()
    (ours,) = world.claim(holder, NOON, 1)
    assert call(world, holder, ours.number, NOON) == Busy(ours.uuid)
    world.finish(holder, ours, NOON + MINUTE, cause="USER_BUSY")
    found = call(world, holder, ours.number, NOON + MINUTE)
    assert isinstance(found, Claimed)
    world.conn.execute(text("UPDATE target SET due = :now"), {"now": NOON})
    assert ours.target_id not in {one.target_id for one in world.claim(holder, NOON + 10 * MINUTE, 10)}
    assert world.target(ours).reason == "person_busy"
    assert call(world, holder, ours.number, NOON + MINUTE) == Busy(found.uuid)


def test_the_campaign_is_told_by_the_number_they_dialed_else_the_latest(world: World) -> None:
    first = world.campaign()
    holder = world.holder()
    world.conn.execute(text("DELETE FROM caller_id WHERE number = '74950000002'"))
    ours = missed(world, holder, campaign_ids=[first])
    second = world.campaign()
    world.conn.execute(text("UPDATE caller_id SET number = '74950000002'"))
    later = NOON + 2 * HOUR
    world.claim(holder, later, 10, campaign_ids=[second])
    for row in world.all("SELECT uuid FROM attempt WHERE open"):
        world.finish(holder, row.uuid, later + MINUTE, cause="NO_ANSWER")

    def campaign(dialed: str) -> int:
        found = call(world, holder, ours.number, later + HOUR, dialed)
        end(world, holder, found, later + HOUR)
        return int(found.campaign_id)

    assert [campaign(n) for n in ("+74950000001", "74950000002", "+78120000000", "sip-user")] == [
        *(first, second, second, second)
    ]


def test_a_campaign_of_long_ago_or_stopped_is_not_meant(world: World) -> None:
    campaign = world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    assert isinstance(call(world, holder, ours.number, NOON + 8 * DAY), Stranger)
    world.conn.execute(text("UPDATE campaign SET state = 'stopped' WHERE id = :id"), {"id": campaign})
    assert isinstance(call(world, holder, ours.number, NOON + HOUR), Stranger)


def test_who_wants_peace_hears_no_campaign(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    world.conn.execute(
        text("INSERT INTO suppression (number, source, added_at) VALUES (:n, 'import', :t)"),
        {"n": ours.number, "t": NOON},
    )
    assert isinstance(call(world, holder, ours.number, NOON + HOUR), Stranger)


def test_without_the_campaigns_speech_they_are_greeted_as_strangers(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    assert isinstance(call(world, holder, ours.number, NOON + HOUR, ready=lambda _: False), Stranger)
    silent = {"ready": lambda _: False, "greets": lambda _: False}
    before = world.one("SELECT count(*) FROM call")
    assert call(world, holder, ours.number, NOON + HOUR, **silent) is None
    assert world.one("SELECT count(*) FROM call") == before


@pytest.mark.parametrize("caller", ["+79990000000", "anonymous", "", "1'; DROP TABLE call; --"])
def test_strangers_leave_a_leg_and_nothing_else(world: World, caller: str) -> None:
    campaign = world.campaign()
    holder = world.holder()
    found = call(world, holder, caller, NOON)
    assert isinstance(found, Stranger)
    assert (found.campaign_id, found.number) == (campaign, caller if caller.startswith("+") else "")
    end(world, holder, found, NOON + MINUTE, ended_reason="no_input")
    leg = world.all("SELECT * FROM call WHERE uuid = :u", u=found.uuid)[0]
    assert (leg.kind, leg.state, leg.talk_s) == ("inbound", "final", 20.0)
    assert world.one("SELECT count(*) FROM attempt") == 0


def test_a_call_that_was_gone_before_it_was_taken_leaves_no_trace_in_the_plan(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    before = world.target(ours)
    known = call(world, holder, ours.number, NOON + HOUR)
    stranger = call(world, holder, "+79990000000", NOON + HOUR)
    for one in (known, stranger):
        end(world, holder, one, NOON + HOUR, answered=False, sent=False, channel=False, cause="OKLIK_NOT_TAKEN")
        assert world.one("SELECT state FROM call WHERE uuid = :u", u=one.uuid) == "not_sent"
    assert attempt(world, known.uuid).disposition == "not_sent"
    assert attempt(world, known.uuid).fault is None
    assert world.target(ours) == before


def test_whatever_a_dialer_that_died_left_open_is_settled(world: World) -> None:
    world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    known = call(world, holder, ours.number, NOON + HOUR)
    stranger = call(world, holder, "+79990000000", NOON + HOUR)
    assert {leg.uuid for leg in reconcile.open_legs(world.conn, holder.node)} == {known.uuid, stranger.uuid}
    reconcile.settle(world.conn, holder, gone=[known.uuid, stranger.uuid], now=NOON + 2 * HOUR)
    assert not reconcile.open_legs(world.conn, holder.node)
    assert attempt(world, known.uuid).disposition == "unknown"
    assert world.target(ours).state == "waiting"
    world.invariants()


def test_the_campaigns_own_scenario_for_callers(world: World) -> None:
    campaign = world.campaign()
    holder = world.holder()
    ours = missed(world, holder)
    version = world.one(
        """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
           VALUES (1, 2, 'e', '{}', '2025-01-01T00:00Z') RETURNING id"""
    )
    world.conn.execute(
        text("UPDATE campaign SET return_scenario_version_id = :v WHERE id = :id"), {"v": version, "id": campaign}
    )
    assert call(world, holder, ours.number, NOON + HOUR).scenario_version_id == version
