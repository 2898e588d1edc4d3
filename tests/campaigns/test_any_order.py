"""Claims, ends, wishes for peace, pauses, crashes and clocks that jump, in any order, on a real PostgreSQL.

Each claimed call is judged by a model that keeps its own diary.  It takes the figures of the law from the tables, but
neither hours nor caps nor zones are computed by the program: a day is a weekday or a weekend (the weeks have no
holidays in them), a clock is the system's, and everything that counts is counted again from the diary.
At the end all campaigns are worked off: nobody may be left over.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from campaigns.world import DAY, HOUR, MINUTE, World
from oklik.campaigns import asking, call_orders, claim, commands, ordered, reconcile
from oklik.campaigns import finish as finishing
from oklik.campaigns.call_orders import Wanted
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.opt_out import opt_out
from oklik.dialing import gate, windows
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import Counts, Period
from oklik.dialing.orders import OrderKind
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from oklik.dialing.zones import RUSSIA

pytestmark = pytest.mark.integration

UTC = dt.UTC
# Weeks without holidays, with a change of clocks: Berlin's in March and October, New York's in March.
WEEKS = [dt.datetime(2025, month, day, 7, 30, tzinfo=UTC) for month, day in ((3, 27), (10, 23), (3, 6))]
SPAN = 7 * DAY
ZONES = ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kamchatka", None, None]
PURPOSES = ["debt", "informational", "survey"]
WINDOW = ("10:00", "14:00")  # of the survey
EAGER = RetryPlan(
    max_attempts=6,
    other_hour=False,
    waits={
        one: Wait(after_s=(0,), most=9) for one in (OutcomeClass.NO_ANSWER, OutcomeClass.HUNG_UP, OutcomeClass.BUSY)
    },
)
ENDS: dict[str, dict[str, Any]] = {
    "talk": {"answered": True, "talk_s": 9.0},
    "done": {"answered": True, "talk_s": 9.0, "ended_reason": "completed"},
    "silence": {"cause": "NO_ANSWER"},
    "busy": {"cause": "USER_BUSY", "sip_status": 486, "q850": 17},
    "fault": {"cause": "NORMAL_TEMPORARY_FAILURE", "sip_status": 503, "q850": 41},
    "not sent": {"sent": False, "cause": "LOST"},
}
TALKS, SILENT = {"talk", "done", "unknown"}, {"silence", "busy"}


@dataclass
class Entry:
    """A call in the diary.  came: None while it is open."""

    person: int
    purpose: str
    at: dt.datetime
    number: str
    campaign: int
    ended: dt.datetime | None = None
    came: str | None = None


class Diary:
    """What was done, and whether one more call is within the rules."""

    def __init__(self) -> None:
        self.calls: dict[UUID, Entry] = {}
        self.peace: set[int] = set()
        self.paused: set[int] = set()

    def objection(self, one: Entry) -> str:
        """Why this call ought not to be; "" when it may."""
        if one.campaign in self.paused:
            return "its campaign is paused"
        if one.person in self.peace:
            return "the person wants peace"
        theirs = [call for call in self.calls.values() if call.person == one.person]
        if any(call.came is None for call in theirs):
            return "the person is on another call"
        rules = rules_of(one.purpose)
        known = ZONES[one.person - 1]
        for zone in [known] if known else sorted(RUSSIA):
            if not self._open(one.at, rules.hours, zone):
                return f"it is the wrong hour in {zone}"
        here = one.at.astimezone(ZoneInfo(known or "Europe/Moscow"))
        if one.purpose == "survey" and not 10 <= here.hour < 14:
            return "it is outside the campaign's window"
        counted = [call for call in theirs if call.came in TALKS | SILENT]
        gap = dt.timedelta(seconds=rules.gap_s)
        if any(one.at < (call.ended or call.at) + gap for call in counted):
            return "the person is to be left in peace for a while"
        for cap in rules.caps:
            wanted = TALKS if cap.counts is Counts.TALK else SILENT
            same = [
                call
                for call in counted
                if call.came in wanted and (not cap.same_purpose or call.purpose == one.purpose)
            ]
            for zone in [known] if known else sorted(RUSSIA):
                times = sum(_named(call.at, cap.period, zone) == _named(one.at, cap.period, zone) for call in same)
                if times >= cap.limit:
                    return f"{times} {cap.rule}"
        return ""

    @staticmethod
    def _open(at: dt.datetime, hours: windows.Hours, zone: str) -> bool:
        local = at.astimezone(ZoneInfo(zone))
        kind = hours.day_off if local.weekday() >= 5 else hours.working
        minute = local.hour * 60 + local.minute
        return not local.fold and any(span.start <= minute < span.end for span in kind.spans)


def _named(at: dt.datetime, period: Period, zone: str) -> object:
    """The calendar's name of the day, week or month."""
    local = at.astimezone(ZoneInfo(zone))
    return {
        Period.DAY: local.date(),
        Period.WEEK: local.isocalendar()[:2],
        Period.MONTH: (local.year, local.month),
    }[period]


class AnyOrder(RuleBasedStateMachine):
    """The campaigns of `prepared`, in a transaction that is never committed."""

    def __init__(self, engine: Engine, *, to_the_end: bool) -> None:
        super().__init__()
        self.to_the_end = to_the_end
        self.conn = engine.connect()
        self.world = World(self.conn)
        self.diary = Diary()
        self.holder = self.world.holder()
        self.wrong = ""

    @initialize(start=st.sampled_from(WEEKS))
    def begin(self, start: dt.datetime) -> None:
        self.start = self.now = start
        self.conn.execute(text("UPDATE target SET due = :due"), {"due": start - DAY})

    # -- what happens ---------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 4, 6, 40, 200, 700, 1300, 2900, -3, -70, -1500]))
    def the_clock_goes_on_or_jumps(self, minutes: int) -> None:
        self.now = min(max(self.now + minutes * MINUTE, self.start), self.start + SPAN)

    @rule(limit=st.integers(1, 9))
    def claim(self, limit: int) -> None:
        try:
            claimed = self.world.claim(self.holder, self.now, limit)
        except IntegrityError:
            self.wrong = "the table refuses it"
            raise
        for one in claimed:
            self._note(one, judged=True)

    @rule(
        campaign=st.integers(1, len(PURPOSES)),
        person=st.integers(1, len(ZONES)),
        kind=st.sampled_from([OrderKind.MANUAL, OrderKind.AGENT_FIRST]),
    )
    def somebody_orders_a_call(self, campaign: int, person: int, kind: OrderKind) -> None:
        target = (campaign - 1) * len(ZONES) + person
        wanted = Wanted(kind=kind, campaign_id=campaign, target_id=target, by="user:anna")
        asked = call_orders.order(self.conn, wanted, self.now)
        self.claim(self.world.one("SELECT count(*) FROM call_order WHERE state = 'asked'"))  # some came back unsent
        seen = call_orders.look(self.conn, asked)
        assert seen is not None
        assert seen.state in {"claimed", "denied"}, "it is answered at once"

    @rule(
        hours=st.sampled_from([1, 2, 5, 9, 13, 16]), limit=st.integers(3, 18), came=st.sampled_from(["silence", "busy"])
    )
    def an_hour_later_nobody_answers(self, hours: int, limit: int, came: str) -> None:
        self.the_clock_goes_on_or_jumps(60 * hours)
        self.claim(limit)
        for uuid in self._open():
            self._end(uuid, came, self.now)

    @precondition(lambda self: self._open())
    @rule(data=st.data(), came=st.sampled_from(sorted(ENDS)), later=st.integers(0, 90))
    def a_call_ends(self, data: st.DataObject, came: str, later: int) -> None:
        self._end(data.draw(st.sampled_from(self._open())), came, self.now + dt.timedelta(seconds=later))

    @precondition(lambda self: self.diary.calls)
    @rule(data=st.data())
    def somebody_who_was_called_wants_peace(self, data: st.DataObject) -> None:
        uuid = data.draw(st.sampled_from(list(self.diary.calls)))
        opt_out(self.conn, uuid, self.diary.calls[uuid].number, self.now)
        self.diary.peace.add(self.diary.calls[uuid].person)

    @rule(person=st.integers(1, len(ZONES)))
    def a_number_is_put_on_the_stop_list(self, person: int) -> None:
        if len(self.diary.peace) > 2:
            return
        put = (
            """INSERT INTO suppression (number, source, added_at) VALUES (:n, 'import', :now) ON CONFLICT DO NOTHING"""
        )
        self.conn.execute(text(put), {"n": f"+7916{person:07}", "now": self.now})
        self.diary.peace.add(person)

    @rule(campaign=st.integers(1, len(PURPOSES)))
    def pause_or_resume(self, campaign: int) -> None:
        paused = campaign in self.diary.paused
        self._order(campaign, CommandKind.RESUME if paused else CommandKind.PAUSE)
        self.diary.paused ^= {campaign}

    @rule(data=st.data())
    def the_dialer_crashes_and_comes_back(self, data: st.DataObject) -> None:
        old, self.holder = self.holder, self.world.holder()
        with pytest.raises(LeaseLost):
            self.world.claim(old, self.now)
        assert {leg.uuid for leg in reconcile.open_legs(self.conn, "fs1")} == set(self._open())
        never = {uuid for uuid in self._open() if data.draw(st.booleans())}
        gone = set(self._open()) - never
        reconcile.settle(self.conn, self.holder, never_dialed=never, gone=gone, now=self.now)
        for uuid in never | gone:
            self._close(uuid, "not sent" if uuid in never else "unknown", self.now)

    # -- the end ------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "now") and not self.wrong:
                self.world.invariants()
                if self.to_the_end:
                    self._work_off()
                    self.world.invariants()
        finally:
            self.conn.rollback()
            self.conn.close()

    def _work_off(self) -> None:
        """Everybody who is called is spoken to, at all hours of three weeks: then nothing is left."""
        for campaign in sorted(self.diary.paused):
            self._order(campaign, CommandKind.RESUME)
        self.now = self.start + SPAN
        for uuid in self._open():
            self._end(uuid, "done", self.now)
        for _ in range(21):
            for hours in (3, 5, 7.5, 8.5):  # somewhere it is late morning
                self.now += hours * HOUR
                for one in self.world.claim(self.holder, self.now, 30):
                    self._note(one, judged=False)
                    self._end(one.uuid, "done", self.now)
            if not self.world.one("SELECT count(*) FROM target WHERE state <> 'done'"):
                return
        left = self.world.all("SELECT id, state, due, reason FROM target WHERE state <> 'done'")
        raise AssertionError(f"left over: {left}")

    # -- small things -------------------------------------------------------------------------------------------------

    def _open(self) -> list[UUID]:
        return [uuid for uuid, entry in self.diary.calls.items() if entry.came is None]

    def _note(self, one: Claimed, *, judged: bool) -> None:
        entry = Entry(one.person_id, PURPOSES[one.campaign_id - 1], self.now, one.number, one.campaign_id)
        self.wrong = self.diary.objection(entry) if judged else ""
        self.diary.calls[one.uuid] = entry
        assert not self.wrong, f"{entry}: {self.wrong}"

    def _end(self, uuid: UUID, came: str, at: dt.datetime) -> None:
        self.world.finish(self.holder, uuid, at, **ENDS[came])
        self._close(uuid, came, at)

    def _close(self, uuid: UUID, came: str, at: dt.datetime) -> None:
        self.diary.calls[uuid].came, self.diary.calls[uuid].ended = came, at

    def _order(self, campaign: int, kind: CommandKind) -> None:
        commands.request(self.conn, campaign, kind, self.now)
        (asked,) = commands.pending(self.conn)
        assert commands.carry_out(self.conn, asked, self.now) == "done"


@pytest.fixture
def prepared(engine: Engine) -> Engine:
    """Six people, two of them in a place unknown, and three campaigns over all of them."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(len(ZONES))
        for person, zone in enumerate(ZONES, 1):
            conn.execute(text("UPDATE contact SET zone = :z WHERE person_id = :p"), {"z": zone, "p": person})
        for purpose in PURPOSES:
            world.campaign(purpose=purpose, retry=EAGER, window=WINDOW if purpose == "survey" else None)
    return engine


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answers that were kept under other rules."""
    for module in (claim, finishing, ordered):
        monkeypatch.setattr(module, "_book", windows.WindowBook())


def run(engine: Engine, examples: int, steps: int, *, to_the_end: bool = True) -> None:
    run_state_machine_as_test(
        lambda: AnyOrder(engine, to_the_end=to_the_end),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_any_order(prepared: Engine) -> None:
    run(prepared, examples=12, steps=40)


@pytest.mark.slow
def test_in_very_many_orders(prepared: Engine) -> None:
    run(prepared, examples=1500, steps=60)


# -- each rule, turned off, is noticed ------------------------------------------------------------------------------


def no_caps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "_reached", lambda *_: None)


def no_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(windows.WindowBook, "ask", lambda self, hours, zones, now, wish=None: (now, now + DAY))


def one_zone_is_enough(patch: pytest.MonkeyPatch) -> None:
    clocks = windows._clocks
    patch.setattr(windows, "_clocks", lambda hours, zones, wish: clocks(hours, sorted(zones)[:1], wish))


def no_stop_list(patch: pytest.MonkeyPatch) -> None:
    subject = asking.Subject
    patch.setattr(asking, "Subject", lambda **of: subject(**{**of, "suppressed": False}))


def two_calls_at_once(patch: pytest.MonkeyPatch) -> None:
    """Noticed by the table's own index, before it comes to the diary."""
    subject = asking.Subject
    patch.setattr(asking, "Subject", lambda **of: subject(**{**of, "busy": False}))


def crashed_calls_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "settle", lambda conn, holder, **_: {})


@pytest.mark.parametrize(
    ("off", "noticed"),
    [
        (no_caps, "_day|_week|in peace for a while"),
        (no_hours, "wrong hour"),
        (one_zone_is_enough, "wrong hour"),
        (no_stop_list, "wants peace"),
        (two_calls_at_once, "another call|unique"),
        (crashed_calls_are_forgotten, "assert"),
    ],
)
def test_a_rule_that_is_off_is_noticed(
    prepared: Engine, monkeypatch: pytest.MonkeyPatch, off: Callable[[pytest.MonkeyPatch], None], noticed: str
) -> None:
    off(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError), match=noticed):
        run(prepared, examples=200, steps=40, to_the_end=False)
