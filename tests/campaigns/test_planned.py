"""A contact's calendar: what it foresees is what the dialer does, to the second."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.named_contact import NoSuchContact
from oklik.campaigns.planned import Planned, plan_of, to_json
from oklik.dialing.planning import RING_S
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from oklik.dialing.zones import tzinfo

pytestmark = pytest.mark.integration
RING = dt.timedelta(seconds=RING_S)
SECOND = dt.timedelta(seconds=1)
MOSCOW = tzinfo("Europe/Moscow")


def looked(conn: Connection, now: dt.datetime, given: str = "1") -> Planned:
    return plan_of(conn, 1, given, now)


def codes(planned: Planned) -> list[list[str]]:
    return [[step.code for step in call.steps] for call in planned.future.calls]


def clocks(planned: Planned) -> list[str]:
    return [call.at.astimezone(MOSCOW).strftime("%d %H:%M:%S") for call in planned.future.calls]


def dialed_as_foreseen(world: World, now: dt.datetime) -> None:
    """Let the dialer ask at the foreseen instants and a second before each; nobody answers."""
    holder = world.holder()
    future = looked(world.conn, now).future
    before = now
    for n, call in enumerate(future.calls):
        if call.at - SECOND > before:
            assert world.claim(holder, call.at - SECOND) == [], f"call {n} came before its time"
        (claimed,) = world.claim(holder, call.at)
        assert (claimed.number, claimed.legal_until) == (call.number, call.legal_until)
        # While it rings and after it, the rest of the calendar is still what it was.
        rest = [(one.at, one.number) for one in future.calls[n + 1 :]]
        assert [(one.at, one.number) for one in looked(world.conn, call.at).future.calls] == rest
        before = call.at + RING
        world.finish(holder, claimed, before, cause="NO_ANSWER")
        again = looked(world.conn, before).future
        assert [(one.at, one.number) for one in again.calls] == rest
        if rest:
            assert [step.code for step in again.calls[0].steps] == [step.code for step in future.calls[n + 1].steps]
    world.claim(holder, before + DAY)
    (target,) = world.all("SELECT state, reason FROM target")
    assert (target.state, target.reason) == ("done", future.reason)


def test_each_step_says_why(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan(max_attempts=5))
    planned = looked(world.conn, NOON)
    assert clocks(planned) == [
        "04 12:00:00",
        "04 13:00:00",
        "04 16:00:30",
        "05 17:00:00",
        "06 18:00:00",
    ]
    assert codes(planned) == [
        ["waiting"],
        ["plan", "other_hour"],
        ["plan"],
        ["plan", "other_hour"],
        ["plan", "other_hour"],
    ]
    assert (planned.future.reason, planned.future.args) == ("max_attempts", {"attempts": 5})
    assert (planned.zone, planned.certain, planned.state) == ("Europe/Moscow", True, "waiting")
    dialed_as_foreseen(world, NOON)


def test_hours_and_caps_are_steps_too(world: World) -> None:
    world.people(1, phones=2)
    quick = Wait(after_s=(600,), most=20)
    plan = RetryPlan(max_attempts=9, other_hour=False, waits={OutcomeClass.NO_ANSWER: quick})
    world.campaign(retry=plan, window=("10:00", "13:00"))
    planned = looked(world.conn, NOON - 5 * HOUR)
    assert codes(planned)[0] == ["waiting", "window"]
    assert "unanswered_day" in codes(planned)[4], "four unanswered calls a day"
    assert len(planned.future.calls) == 9
    assert [call.number[:5] for call in planned.future.calls][:3] == ["+7916", "+7926", "+7916"]
    dialed_as_foreseen(world, NOON - 5 * HOUR)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, 400),
    phones=st.integers(1, 3),
    zone=st.sampled_from([None, "МСК", "МСК+7", "America/New_York"]),
    purpose=st.sampled_from(["informational", "debt", "survey"]),
    window=st.sampled_from([None, ("10:00", "14:00")]),
    plan=st.builds(
        RetryPlan,
        max_attempts=st.integers(1, 6),
        other_hour=st.booleans(),
        waits=st.sampled_from([{}, {OutcomeClass.NO_ANSWER: Wait(after_s=(60, 1200), most=8)}]),
    ),
)
def test_the_dialer_calls_exactly_when_it_was_foreseen(engine: Engine, start: int, **how: Any) -> None:
    now = NOON + start * dt.timedelta(hours=2, minutes=17)
    with engine.connect() as conn:
        conn.execute(text("TRUNCATE project, person, trunk RESTART IDENTITY CASCADE"))  # rolled back at the end
        world = World(conn)
        world.base()
        world.people(1, zone=how["zone"], phones=how["phones"])
        world.campaign(purpose=how["purpose"], window=how["window"], retry=how["plan"])
        dialed_as_foreseen(world, now)
        conn.rollback()


def test_what_was_tried_is_told_whatever_the_campaign(world: World) -> None:
    world.people(1)
    world.campaign()
    other = world.campaign()
    holder = world.holder()
    (first,) = world.claim(holder, NOON, campaign_ids=[other])
    world.finish(holder, first, NOON + RING, cause="USER_BUSY")
    (second,) = world.claim(holder, NOON + HOUR, campaign_ids=[1])
    planned = looked(world.conn, NOON + HOUR + MINUTE)
    told = [(one.campaign, one.n, one.disposition) for one in planned.tried]
    assert told == [("c1", 1, "busy"), ("", 1, None)]
    assert planned.state == "dialing"
    assert planned.future.calls, "as if the call that is up will not be answered"
    world.finish(holder, second, NOON + HOUR + MINUTE, answered=True, talk_s=9.0, ended_reason="completed")
    planned = looked(world.conn, NOON + 2 * HOUR)
    assert (planned.state, planned.future.calls, planned.future.reason) == ("done", (), "reached")


def test_a_call_that_was_asked_for_comes_at_its_time_even_after_the_last_attempt(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan(max_attempts=1))
    holder = world.holder()
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, answered=True, talk_s=9.0, call_later_s=600)
    planned = looked(world.conn, NOON + 2 * MINUTE)
    assert [call.at for call in planned.future.calls] == [NOON + 11 * MINUTE], "in the same hour, for it was asked for"
    (second,) = world.claim(holder, NOON + 11 * MINUTE)
    world.finish(holder, second, NOON + 12 * MINUTE, cause="NORMAL_TEMPORARY_FAILURE", sip_status=503)
    assert world.target(second).wish, "a fault of the line does not undo the wish"
    (third,) = world.claim(holder, NOON + 20 * MINUTE)
    world.finish(holder, third, NOON + 21 * MINUTE, cause="NO_ANSWER")
    assert (world.target(third).state, world.target(third).wish) == ("done", False)


def test_a_pause_is_reckoned_with(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, cause="NO_ANSWER")
    (row,) = world.all("SELECT due FROM target")
    start, end = NOON + 5 * MINUTE, NOON + 3 * HOUR
    for kind, at in ((CommandKind.PAUSE, start), (CommandKind.RESUME, end)):
        commands.request(world.conn, 1, kind, at)
        (command,) = commands.pending(world.conn)
        if kind is CommandKind.RESUME:
            foreseen = looked(world.conn, end).future.calls[0].at
        commands.carry_out(world.conn, command, at)
    assert foreseen == row.due + (end - start) == world.one("SELECT due FROM target")


def test_a_contact_is_found_by_row_phone_and_key_and_a_refused_row_is_told(world: World) -> None:
    world.people(2, phones=2)
    world.campaign()
    world.all("INSERT INTO person_phone (person_id, number) VALUES (2, '+79260000002') RETURNING 1")
    for spelled in ("2", "+79160000002", "8 916 000-00-02", "89260000002"):
        assert looked(world.conn, NOON, spelled).row == 2
    world.all("UPDATE person SET key = '1:D-77', project_id = 1, own_key = 'D-77' WHERE id = 2 RETURNING 1")
    assert looked(world.conn, NOON, "D-77").row == 2
    world.all(
        "INSERT INTO rejected_row (list_id, row_number, code, detail, fields) VALUES (1, 9, 'letters', '8O', '{}') "
        "RETURNING 1"
    )
    with pytest.raises(NoSuchContact) as raised:
        looked(world.conn, NOON, "9")
    assert raised.value.rejected == "letters"
    with pytest.raises(NoSuchContact):
        looked(world.conn, NOON, "Иванов")


def test_it_travels_as_json(world: World) -> None:
    world.people(1)
    world.campaign()
    told = to_json(looked(world.conn, NOON))
    assert told["next"][1]["why"][0] == {"code": "plan", "at": "2025-03-04T09:30:30+00:00", "args": {}}
    assert told["end"]["reason"] == "max_attempts"
