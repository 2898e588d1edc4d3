"""What users of other dialers complained of, once each; and that each of these checks fails without its rule.

Retries that came at night or after a wish for peace, a wait that was not kept, another caller id the second time, hours
by the server's clock, "Monday to Friday" that led to Saturday, retries that were counted apart and never ended.
"""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns import asking, claim, commands, intents
from oklik.campaigns import finish as finishing
from oklik.campaigns.commands import CommandKind
from oklik.dialing import gate, retry, windows
from oklik.dialing.retry import OutcomeClass, Retry, RetryPlan, Wait

pytestmark = pytest.mark.integration

SILENCE = {"cause": "NO_ANSWER"}
# Called again after half an hour, at whatever hour that is.
SOON = RetryPlan(
    max_attempts=3,
    other_hour=False,
    waits={one: Wait(after_s=(1800,), most=9) for one in (OutcomeClass.NO_ANSWER, OutcomeClass.HUNG_UP)},
)
FRIDAY = dt.datetime(2025, 3, 14, 0, 0, tzinfo=dt.timezone(3 * HOUR))  # in Moscow; no holiday is near
MONDAY = FRIDAY + dt.timedelta(days=3)
OFFICE = {"from": "09:00", "to": "17:00", "weekdays": [1, 2, 3, 4, 5]}


def begin(world: World, *, plan: RetryPlan = SOON, window: dict[str, Any] | None = None, zone: str = "МСК") -> Any:
    """One person, one campaign, a dialer."""
    world.people(1, zone=zone)
    world.campaign(retry=plan)
    if window:
        put = text('UPDATE campaign SET "window" = CAST(:w AS jsonb)')
        world.conn.execute(put, {"w": json.dumps(window)})
    return world.holder()


def due(world: World) -> dt.datetime:
    found = world.one("SELECT due FROM target")
    assert isinstance(found, dt.datetime)
    return found


def the_wait_before_a_retry_is_kept(world: World) -> None:
    holder = begin(world)
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, **SILENCE)
    assert world.claim(holder, NOON + 30 * MINUTE) == []
    assert len(world.claim(holder, NOON + 31 * MINUTE)) == 1


def a_retry_never_comes_at_night(world: World) -> None:
    """The delay ends after the hours: the retry is put off by whoever plans it, and asked for again before the call."""
    evening = NOON + 8 * HOUR + 50 * MINUTE  # 20:50 in Moscow
    holder = begin(world)
    (first,) = world.claim(holder, evening)
    world.finish(holder, first, evening + MINUTE, **SILENCE)
    world.conn.execute(text("UPDATE target SET due = :now"), {"now": evening + 31 * MINUTE})
    assert world.claim(holder, evening + 31 * MINUTE) == []
    assert due(world) == NOON + 21 * HOUR, "nine the next morning"


def friday_night_leads_to_monday(world: World) -> None:
    holder = begin(world, window=OFFICE)
    world.conn.execute(text("UPDATE target SET due = :now"), {"now": FRIDAY + 23 * HOUR})
    assert world.claim(holder, FRIDAY + 23 * HOUR) == []
    assert due(world) == MONDAY + 9 * HOUR
    assert world.claim(holder, MONDAY + 9 * HOUR - MINUTE) == []
    assert len(world.claim(holder, MONDAY + 9 * HOUR)) == 1


def a_retry_of_friday_evening_comes_on_monday(world: World) -> None:
    holder = begin(world, window=OFFICE)
    (first,) = world.claim(holder, FRIDAY + 16 * HOUR + 50 * MINUTE)
    world.finish(holder, first, FRIDAY + 16 * HOUR + 51 * MINUTE, **SILENCE)
    assert due(world) == MONDAY + 9 * HOUR


def who_wants_peace_between_two_calls_gets_it(world: World) -> None:
    """By another way than a call: an import, the page, a colleague."""
    holder = begin(world)
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, **SILENCE)
    put = text("INSERT INTO suppression (number, source, added_at) VALUES ('+79160000001', 'import', :now)")
    world.conn.execute(put, {"now": NOON + 2 * MINUTE})
    assert world.claim(holder, NOON + HOUR) == []
    assert world.one("SELECT reason FROM target") == "stop_list"


def a_paused_campaign_makes_no_retries(world: World) -> None:
    holder = begin(world)
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, **SILENCE)
    order(world, CommandKind.PAUSE)
    assert world.claim(holder, NOON + HOUR) == []
    order(world, CommandKind.RESUME)
    assert len(world.claim(holder, NOON + HOUR)) == 1


def order(world: World, kind: CommandKind) -> None:
    commands.request(world.conn, 1, kind, NOON)
    (asked,) = commands.pending(world.conn)
    assert commands.carry_out(world.conn, asked, NOON) == "done"


def a_person_sees_the_same_number_every_time(world: World) -> None:
    world.people(20)
    for _ in range(2):
        world.campaign(retry=SOON)
    holder = world.holder()
    seen: dict[int, set[str]] = {}
    for turn in range(3):
        now = NOON + turn * HOUR
        claimed = world.claim(holder, now, limit=20)
        assert len(claimed) == 20
        for one in claimed:
            seen.setdefault(one.person_id, set()).add(one.caller_id)
            world.finish(holder, one, now + MINUTE, **SILENCE)
    assert {len(numbers) for numbers in seen.values()} == {1}
    assert len(set.union(*seen.values())) == 2, "both are used"


def all_retries_share_one_budget(world: World) -> None:
    """Not so many for those who did not answer and as many again for those who left early."""
    holder = begin(world)
    now = NOON
    for summary in (SILENCE, {"answered": True, "talk_s": 3.0}, SILENCE, SILENCE):
        for claimed in world.claim(holder, now):
            world.finish(holder, claimed, now + MINUTE, **summary)
        now += HOUR
    assert world.one("SELECT count(*) FROM attempt") == 3
    assert world.one("SELECT state FROM target") == "done"


def a_dead_number_is_not_called_for_ever(world: World) -> None:
    holder = begin(world, plan=RetryPlan(max_attempts=9))
    for turn in range(6):
        now = NOON + turn * dt.timedelta(days=1)
        for claimed in world.claim(holder, now):
            world.finish(holder, claimed, now + MINUTE, cause="UNALLOCATED_NUMBER", sip_status=404, q850=1)
    assert world.one("SELECT count(*) FROM attempt") == 2, "once to be sure"


CHECKS: tuple[Callable[[World], None], ...] = (
    the_wait_before_a_retry_is_kept,
    a_retry_never_comes_at_night,
    friday_night_leads_to_monday,
    a_retry_of_friday_evening_comes_on_monday,
    who_wants_peace_between_two_calls_gets_it,
    a_paused_campaign_makes_no_retries,
    a_person_sees_the_same_number_every_time,
    all_retries_share_one_budget,
    a_dead_number_is_not_called_for_ever,
)


@pytest.fixture(params=["UTC", "America/New_York"])
def _server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the server stands makes no difference."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that were kept under other rules."""
    for module in (claim, finishing):
        monkeypatch.setattr(module, "_book", windows.WindowBook())


@pytest.mark.usefixtures("_server")
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_others_did_wrong(world: World, check: Callable[[World], None]) -> None:
    check(world)


# -- each rule, turned off, is noticed ------------------------------------------------------------------------------


def retries_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finishing, "next_call", lambda plan, tried, *, now, **_: Retry(now, tried[-1].phone))
    patch.setattr(gate, "_reached", lambda *_: None)


def no_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(windows.WindowBook, "ask", lambda self, hours, zones, now, wish=None: (now, now + HOUR))


def the_weekday_of_today(patch: pytest.MonkeyPatch) -> None:
    """As the arithmetic was that led from Friday night to Saturday: the next day is taken for a day like this one."""
    open_hours = windows.Hours.of

    def of(self: windows.Hours, day: dt.date) -> Any:
        return open_hours(self, day - dt.timedelta(days=1) if day.weekday() == 5 else day)

    patch.setattr(windows.Hours, "of", of)


def a_stop_list_for_first_calls_only(patch: pytest.MonkeyPatch) -> None:
    subject = asking.Subject
    patch.setattr(
        asking, "Subject", lambda **of: subject(**{**of, "suppressed": of["suppressed"] and not of["attempts"]})
    )


def pauses_for_first_calls_only(patch: pytest.MonkeyPatch) -> None:
    running = claim.running

    def all_of_them(conn: Any, *rest: Any) -> Any:
        conn.execute(text("UPDATE campaign SET state = 'running' WHERE state = 'paused'"))
        return running(conn, *rest)

    patch.setattr(claim, "running", all_of_them)


def caller_ids_in_turn(patch: pytest.MonkeyPatch) -> None:
    turn = iter(range(1000))
    patch.setattr(intents, "pick_caller_id", lambda numbers, _: numbers[next(turn) // 3 % len(numbers)])


def budgets_apart(patch: pytest.MonkeyPatch) -> None:
    def apart(plan: RetryPlan, tried: Any, **rest: Any) -> Any:
        same = [one for one in tried if one.outcome is tried[-1].outcome]
        return retry.next_call(plan, same, **rest)

    patch.setattr(finishing, "next_call", apart)
    judge = asking.judge

    def never_spent(subject: gate.Subject, *rest: Any) -> Any:
        return judge(asking.Subject(subject.number, subject.zones, subject.history), *rest)

    patch.setattr(asking, "judge", never_spent)


def any_failure_is_tried_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(retry, "_dead", lambda *_: set())
    more = {**retry.DEFAULT_WAITS, OutcomeClass.INVALID_NUMBER: Wait(after_s=(3600,), most=50)}
    patch.setattr(retry, "DEFAULT_WAITS", more)


@pytest.mark.parametrize(
    ("check", "off"),
    [
        (the_wait_before_a_retry_is_kept, retries_at_once),
        (a_retry_never_comes_at_night, no_hours),
        (friday_night_leads_to_monday, no_hours),
        (friday_night_leads_to_monday, the_weekday_of_today),
        (a_retry_of_friday_evening_comes_on_monday, the_weekday_of_today),
        (who_wants_peace_between_two_calls_gets_it, a_stop_list_for_first_calls_only),
        (a_paused_campaign_makes_no_retries, pauses_for_first_calls_only),
        (a_person_sees_the_same_number_every_time, caller_ids_in_turn),
        (all_retries_share_one_budget, budgets_apart),
        (a_dead_number_is_not_called_for_ever, any_failure_is_tried_again),
    ],
    ids=lambda one: one.__name__,
)
def test_the_check_fails_without_the_rule(
    world: World, monkeypatch: pytest.MonkeyPatch, check: Callable[[World], None], off: Callable[..., None]
) -> None:
    off(monkeypatch)
    with pytest.raises(AssertionError):
        check(world)
