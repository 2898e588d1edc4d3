"""A thousand people in five campaigns with four dialers, a thousand opt-outs, clocks that jump; and each rule off.

What may not happen is counted here, from the rows of attempts, by the calendar of the people's own zone; the program's
counters and verdicts are not asked.
"""

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import asking, lease
from oklik.campaigns.claim import claim
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.lease import Holder
from oklik.campaigns.opt_out import opt_out
from oklik.dialing import gate
from oklik.dialing.disposition import CallSummary
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from oklik.dialing.windows import WindowBook
from oklik.store.engine import make_engine
from support.patience import enough

pytestmark = pytest.mark.integration

DIALERS, CAMPAIGNS, PEOPLE = 4, 5, 1000
MOSCOW = dt.timezone(3 * HOUR)
# Called again at once, so that nothing but the gate holds anybody back.
EAGER = RetryPlan(
    max_attempts=50,
    other_hour=False,
    waits={outcome: Wait(after_s=(0,), most=50) for outcome in (OutcomeClass.NO_ANSWER, OutcomeClass.HUNG_UP)},
)
TALK = CallSummary(answered=True, talk_s=20.0)
SILENCE = CallSummary(cause="NO_ANSWER")


@pytest.fixture
def crowd(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=DIALERS)
    yield engine
    engine.dispose()


def found(engine: Engine, people: int, campaigns: int) -> list[Holder]:
    """Campaigns over the same people, and the dialers."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(people)
        for _ in range(campaigns):
            world.campaign(purpose="debt", retry=EAGER)
        return [lease.take(conn, f"fs{i}", owner="test", core_uuid="core") for i in range(DIALERS)]


class Called(NamedTuple):
    person: int
    at: dt.datetime
    ended: dt.datetime | None
    talk: bool


def calls(conn: Connection) -> list[Called]:
    rows = conn.execute(text("SELECT person_id, started_at, ended_at, talk FROM attempt WHERE consumed OR open"))
    return [Called(*row) for row in rows]


def over_limit(made: Sequence[Called]) -> Counter[str]:
    """How often each limit of 230-FZ, or of ours on calls that nobody answers, was broken."""
    counted: Counter[tuple[object, ...]] = Counter()
    for call in made:
        day = call.at.astimezone(MOSCOW).date()
        if call.talk:
            counted[call.person, "talks a day", day] += 1
            counted[call.person, "talks a week", day.isocalendar()[:2]] += 1
            counted[call.person, "talks a month", day.year, day.month] += 1
        else:
            counted[call.person, "unanswered a day", day] += 1
    limits = {"talks a day": 1, "talks a week": 2, "talks a month": 8, "unanswered a day": 4}
    broken = Counter(str(key[1]) for key, times in counted.items() if times > limits[str(key[1])])
    for person in {call.person for call in made}:
        spans = sorted((call.at, call.ended or call.at) for call in made if call.person == person)
        broken["too soon"] += sum(begun < end + 5 * MINUTE for (_, end), (begun, _) in pairwise(spans))
    return +broken


def hammer(engine: Engine, holders: Sequence[Holder], days: int, rounds: int, *, at_once: int, talks: float) -> None:
    """All dialers claim and finish side by side, so many times a day, from nine in the morning on."""

    def dial(holder: Holder, now: dt.datetime) -> None:
        with engine.begin() as conn:
            claimed = claim(conn, holder, now, at_once, virtual=False)
        dice = random.Random(f"{holder.node} {now}")
        ends = [Finished(one.uuid, now, TALK if dice.random() < talks else SILENCE) for one in claimed]
        with engine.begin() as conn:
            finish(conn, holder, ends, now)

    with ThreadPoolExecutor(DIALERS) as pool:
        for day in range(days):
            for turn in range(rounds):  # some of them within the time that everybody is left in peace
                now = NOON - 3 * HOUR + day * DAY + turn * 2 * MINUTE
                list(pool.map(dial, holders, [now] * DIALERS))


def test_a_thousand_people_in_five_campaigns_with_four_dialers(crowd: Engine) -> None:
    hammer(crowd, found(crowd, PEOPLE, CAMPAIGNS), days=3, rounds=9, at_once=100, talks=1.0)
    with crowd.begin() as conn:
        World(conn).invariants()
        made = calls(conn)
    assert over_limit(made) == {}
    assert Counter(Counter(call.person for call in made).values()) == {2: PEOPLE}, (
        "two talks a week, and nobody forgotten"
    )


def test_calls_that_nobody_answers_have_a_limit_of_their_own(crowd: Engine) -> None:
    hammer(crowd, found(crowd, 60, CAMPAIGNS), days=2, rounds=20, at_once=10, talks=0.3)
    with crowd.begin() as conn:
        World(conn).invariants()
        made = calls(conn)
    assert over_limit(made) == {}
    assert max(Counter(call.person for call in made).values()) > 2


def test_clocks_that_jump_call_nobody_too_often(crowd: Engine) -> None:
    """Forward by hours and days, and back: what lies ahead of a clock that was put back counts all the same."""
    holders = found(crowd, 40, CAMPAIGNS)
    dice = random.Random(11)
    now = NOON
    for _ in range(150):
        holder = dice.choice(holders)
        now += dice.choice((20 * MINUTE, HOUR, -HOUR, 3 * HOUR, -3 * HOUR, 9 * HOUR, DAY, DAY, -DAY))
        with crowd.begin() as conn:
            claimed = claim(conn, holder, now, dice.randint(1, 30), virtual=False)
        now += dt.timedelta(seconds=dice.randint(-90, 90))
        with crowd.begin() as conn:
            ends = [Finished(one.uuid, now, dice.choice((TALK, SILENCE))) for one in claimed]
            finish(conn, holder, ends, now)
    with crowd.begin() as conn:
        World(conn).invariants()
        made = calls(conn)
    assert len(made) > 100
    broken = over_limit(made)
    # The end of a call may lie before its beginning then, and a later one's beginning before both.
    broken.pop("too soon", None)
    assert broken == {}
    hours = {call.at.astimezone(MOSCOW).hour for call in made}
    assert min(hours) >= 8
    assert max(hours) < 22


# -- opting out ---------------------------------------------------------------------------------------------------


def race(engine: Engine, holders: Sequence[Holder], times: int) -> list[tuple[bool, str]]:
    """Whoever talked a moment ago opts out while another dialer claims the same person.

    Gives of each person whether there was a call, and the state that the target is in afterwards.
    """
    first, second = holders[:2]
    with engine.begin() as conn:
        conn.execute(text("UPDATE target SET due = :later WHERE campaign_id = 2"), {"later": NOON + DAY})
        talked = claim(conn, first, NOON, times, virtual=False)
        finish(conn, first, [Finished(one.uuid, NOON, SILENCE) for one in talked], NOON)
        conn.execute(text("UPDATE target SET state = 'done' WHERE campaign_id = 1"))
        # In the other campaign they fall due one after the other.
        conn.execute(
            text("UPDATE target SET due = :now + make_interval(secs => person_id) WHERE campaign_id = 2"),
            {"now": NOON + HOUR},
        )
    start = threading.Barrier(2)
    dice = random.Random(3)
    late = [(dice.choice((0, 0, 0.002)), dice.choice((0, 0, 0.002))) for _ in talked]
    called: set[int] = set()

    def claim_them() -> None:
        for one, (_, wait) in zip(talked, late, strict=True):
            now = NOON + HOUR + dt.timedelta(seconds=one.person_id)
            start.wait()
            threading.Event().wait(wait)
            with engine.begin() as conn:
                got = claim(conn, second, now, 5, virtual=False)
            called.update(each.person_id for each in got)
            start.wait()

    def opt_them_out() -> None:
        for one, (wait, _) in zip(talked, late, strict=True):
            start.wait()
            threading.Event().wait(wait)
            with engine.begin() as conn:
                opt_out(conn, one.uuid, one.number, NOON + HOUR)
            start.wait()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(claim_them), pool.submit(opt_them_out)]:
            done.result()
    with engine.begin() as conn:
        states = dict(conn.execute(text("SELECT person_id, state FROM target WHERE campaign_id = 2")).all())
    return [(one.person_id in called, states[one.person_id]) for one in sorted(talked, key=lambda one: one.person_id)]


@pytest.mark.seconds
@pytest.mark.heavy
def test_an_opt_out_and_a_claim_at_once_a_thousand_times(crowd: Engine) -> None:
    """Either the call was committed first, or it is not made: never both, and nothing comes after."""
    holders = found(crowd, PEOPLE, 2)
    came = Counter(race(crowd, holders, PEOPLE))
    assert set(came) <= {(True, "dialing"), (False, "done")}
    with crowd.begin() as conn:
        finish(conn, holders[1], [Finished(uuid, NOON + DAY, SILENCE) for uuid in open_calls(conn)], NOON + DAY)
        assert claim(conn, holders[1], NOON + 2 * DAY, PEOPLE, virtual=False) == []
        World(conn).invariants()
    enough(min(came.values()), 10, "both ways of the race")


def open_calls(conn: Connection) -> list[UUID]:
    return list(conn.execute(text("SELECT uuid FROM attempt WHERE open")).scalars())


# -- each rule, turned off, is noticed ------------------------------------------------------------------------------


def no_caps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "_reached", lambda *_: None)


def no_talks(patch: pytest.MonkeyPatch) -> None:
    """An answered call counts as none."""
    counted = gate._counted
    patch.setattr(gate, "_counted", lambda past, *rest: not past.talk and counted(past, *rest))


def other_campaigns_do_not_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "history_since", lambda now: now)


def no_gap(patch: pytest.MonkeyPatch) -> None:
    reached = gate._reached
    patch.setattr(gate, "_reached", lambda *asked: None if (got := reached(*asked)) and got[0] == "too_soon" else got)


@pytest.mark.parametrize(
    ("off", "talks", "noticed"),
    [
        (no_caps, 1.0, "talks a day"),
        (no_caps, 0.0, "unanswered a day"),
        (no_talks, 1.0, "talks a day"),
        (other_campaigns_do_not_count, 1.0, "talks a day"),
        (no_gap, 0.0, "too soon"),
    ],
)
def test_a_limit_that_is_off_is_noticed(
    crowd: Engine,
    monkeypatch: pytest.MonkeyPatch,
    off: Callable[[pytest.MonkeyPatch], None],
    talks: float,
    noticed: str,
) -> None:
    holders = found(crowd, 12, 2)
    off(monkeypatch)
    now = NOON
    for _ in range(8):
        for holder in holders[:2]:
            with crowd.begin() as conn:
                claimed = claim(conn, holder, now, 20, virtual=False)
                came = TALK if talks else SILENCE
                finish(conn, holder, [Finished(one.uuid, now, came) for one in claimed], now)
            now += MINUTE
    with crowd.begin() as conn:
        assert over_limit(calls(conn))[noticed]


def test_a_stop_list_that_is_off_is_noticed(crowd: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    holders = found(crowd, 20, 2)

    def deaf(*asked: Any, **named: Any) -> gate.Subject:
        return subject(*asked, **{**named, "suppressed": False})

    subject = asking.Subject
    monkeypatch.setattr(asking, "Subject", deaf)
    # What waits is ended by the opt-out itself: a list that comes later is what the stop list is for.
    race(crowd, holders, 20)
    with crowd.begin() as conn:
        conn.execute(text("UPDATE target SET state = 'waiting', due = :now WHERE state = 'done'"), {"now": NOON})
        assert claim(conn, holders[1], NOON + 2 * DAY, 20, virtual=False)


def test_a_window_that_is_off_is_noticed(crowd: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    holders = found(crowd, 5, 1)
    night = NOON + 12 * HOUR
    with crowd.begin() as conn:
        assert claim(conn, holders[0], night, 5, virtual=False) == []
        conn.execute(text("UPDATE target SET due = :now"), {"now": NOON})
    monkeypatch.setattr(WindowBook, "ask", lambda self, hours, zones, now, wish=None: (now, now + DAY))
    with crowd.begin() as conn:
        assert len(claim(conn, holders[0], night, 5, virtual=False)) == 5
