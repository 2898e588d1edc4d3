"""The dialer's loop and its reconcile on the scripted switch and a book in memory."""

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import gevent
import pytest
from sqlalchemy.exc import OperationalError

from oklik.agents.groups import Group
from oklik.campaigns.claim import Room
from oklik.campaigns.commands import Command, CommandKind
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.pulse import Pulse
from oklik.campaigns.running import Trunk
from oklik.clock import Clock
from oklik.dialing.machines import MachinePolicy, OnBeep
from oklik.scenario.document import from_json
from oklik.scenario.flow import Ended, Say, Transfer
from oklik.telephony.port import STALE_EPOCH, CallEnded, Dial, Fate, HangupBy, SwitchLost
from oklik.worker import call as call_module
from oklik.worker import dialer as dialer_module
from oklik.worker import stalls
from oklik.worker.agent_call import AgentCaller
from oklik.worker.call import PersonCall
from oklik.worker.clock import RehearsalClock, WallClock
from oklik.worker.dialer import Dialer
from oklik.worker.host import Job, Outcome
from oklik.worker.reconcile import OpenLeg
from oklik.worker.recordings import Recordings
from oklik.worker.writer import Batch
from support.fake_switch import FakeCall, FakeSwitch, Role
from support.loop import until_soon, when
from support.patience import LONG_S
from support.survey import survey

NOON = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
SURVEY = survey()


def job(**more: Any) -> Job:
    uuid = str(uuid4())
    kept: dict[str, Any] = {
        "campaign_id": 1,
        "target_id": 1,
        "dial": Dial(uuid=uuid, endpoint=f"to/{uuid}", caller_id="100", ring_s=1, max_s=60),
        "number": "+79160000001",
        "scenario": SURVEY,
        "contact": {"name": "Иван"},
        "now": NOON,
    }
    return Job(**{**kept, **more})


class Voice:
    def clips(self, parts: Sequence[Say]) -> SimpleNamespace:
        return SimpleNamespace(files=("/p/clip.wav",), ms=10)

    def has(self, says: object) -> bool:
        return False

    def music(self, own: object) -> str:
        return "/p/music.wav"

    def beep(self) -> SimpleNamespace:
        return self.clips(())


class Book:
    """dialer.Book in memory."""

    def __init__(self, *jobs: Job) -> None:
        self.waiting = deque(jobs)
        self.released: list[str] = []
        self.outcomes: list[Outcome] = []
        self.commands: list[Command] = []
        self.taken_out: list[int] = []
        self.looks = 0
        self.due: deque[dt.datetime] = deque()
        self.legs: list[OpenLeg] = []
        self.settled: dict[str, Fate] = {}
        self.claims = 0
        self.held: list[tuple[int, str]] = []
        self.owned = True
        self.pulses: list[Pulse] = []
        self.refused: set[str] = set()  # people who asked for peace elsewhere since the claim
        self.taken_over = False
        self.away: Exception | None = None
        self.doubted_at = 0.0
        self.on_claim: Callable[[], None] = lambda: None

    def claim(self, limit: int, now: dt.datetime, room: Room) -> tuple[list[Job], list[Outcome]]:
        self.claims += 1
        if self.due and self.due[0] <= now:
            self.due.popleft()
            self.waiting.append(job())
        taken = [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]
        self.on_claim()
        return taken, []

    def release(self, jobs: Sequence[Job], now: dt.datetime) -> None:
        self.released += [job.dial.uuid for job in jobs]

    def withdrawn(self, jobs: Sequence[Job], now: dt.datetime) -> set[str]:
        if self.taken_over:
            raise LeaseLost("taken over since the claim")
        return {one.dial.uuid for one in jobs} & self.refused

    def ask_again(self, one: Job, now: dt.datetime) -> str | None:
        return None

    def write(self, batch: Batch) -> None:
        if self.away is not None:
            raise self.away
        self.outcomes += batch.outcomes
        batch.allowed.update((leg.uuid, None) for leg in batch.legs)

    def orders(self) -> Sequence[Command]:
        return self.commands

    def removed(self) -> Sequence[int]:
        self.looks += 1
        return self.taken_out

    def carry_out(self, order: Command, now: dt.datetime) -> bool:
        self.commands.remove(order)
        return True

    def hold(self, campaign_id: int, reason: str, now: dt.datetime) -> None:
        self.held.append((campaign_id, reason))

    def next_due(self) -> dt.datetime | None:
        return self.due[0] if self.due else None

    def preparing(self) -> bool:
        return False

    def close_finished(self, now: dt.datetime) -> bool:
        return True

    def beat(self, pulse: Pulse) -> None:
        self.pulses.append(pulse)

    def owns_node(self) -> bool:
        return self.owned

    def agents(self, one: Job, group: str) -> Group:
        if self.away is not None:
            raise self.away
        return Group(group, ())

    def prompts(self, one: Job) -> Voice:
        return Voice()

    def open_legs(self, before: dt.datetime | None) -> Sequence[OpenLeg]:
        return self.legs

    def settle(self, fates: Mapping[str, Fate], now: dt.datetime) -> None:
        self.settled.update(fates)
        self.legs = [leg for leg in self.legs if leg.uuid not in fates]

    def note_core(self, core_uuid: str) -> None:
        pass


@pytest.fixture
def switch() -> FakeSwitch:
    return FakeSwitch()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer_module, "POLL_S", 0.01)
    monkeypatch.setattr(dialer_module, "WATCH_S", 0.02)


def rehearsal(speed: float = 50.0) -> RehearsalClock:
    return RehearsalClock(NOON, speed)


def dialer(book: Book, switch: FakeSwitch, clock: Clock | None = None, **more: Any) -> Dialer:
    return Dialer(
        switch=switch,  # type: ignore[arg-type]
        book=book,  # type: ignore[arg-type]
        clock=clock or rehearsal(),
        channels=more.pop("channels", 10),
        cps=more.pop("cps", 50.0),
        **more,
    )


def dial(book: Book, switch: FakeSwitch, clock: Clock | None = None, **more: Any) -> Dialer:
    made = dialer(book, switch, clock, until_done=more.pop("until_done", True), **more)
    with gevent.Timeout(LONG_S):
        assert made.run()
    return made


def test_everybody_is_called_and_written(switch: FakeSwitch) -> None:
    jobs = [job() for _ in range(25)]
    book = Book(*jobs)
    dial(book, switch)
    assert sorted(line.uuid for line in switch.ledger) == sorted(one.dial.uuid for one in jobs)
    assert sorted(outcome.uuid for outcome in book.outcomes) == sorted(one.dial.uuid for one in jobs)
    assert switch.closed


def test_a_helper_that_is_ended_amid_a_statement_ends(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its roll-back fails, for the connection is in mid-statement; that must not take the place of the order to end."""
    monkeypatch.setattr(dialer_module, "WATCH_S", 0.001)
    asked: list[str] = []

    def statement() -> bool:
        asked.append("lease")
        try:
            gevent.sleep(LONG_S)
        except gevent.GreenletExit:
            raise OperationalError("ROLLBACK", {}, Exception("another command is already in progress")) from None
        return True

    book = Book(job())
    monkeypatch.setattr(book, "owns_node", statement)
    book.on_claim = lambda: gevent.sleep(0.05) if book.claims == 1 else None
    dial(book, switch)
    assert asked == ["lease"]


def test_channels_are_never_exceeded(switch: FakeSwitch) -> None:
    most = 0

    def count() -> None:
        nonlocal most
        most = max(most, len(switch.live))

    book = Book(*(job() for _ in range(20)))
    watching = gevent.spawn(sample, count)
    dial(book, switch, channels=3)
    watching.kill()
    assert most == 3


def do_not_end(stuck: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Legs of these UUIDs stay up when they are told to end, as long as they are among them."""
    hangup = FakeCall.hangup

    def stays(self: FakeCall, cause: str = "NORMAL_CLEARING") -> None:
        if self.uuid not in stuck:
            hangup(self, cause)

    monkeypatch.setattr(FakeCall, "hangup", stays)


def test_a_leg_that_does_not_end_keeps_its_line(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came of its call is written in time; the next one is called when the switch says that the leg is gone."""
    jobs = [job() for _ in range(4)]
    stuck = {one.dial.uuid for one in jobs[:2]}
    early: list[Outcome] = []
    most = 0

    def count() -> None:
        nonlocal most
        most = max(most, len(switch.live))

    def let_go() -> None:
        until_soon(lambda: len(book.outcomes) == 2)
        gevent.sleep(0.1)
        early.extend(book.outcomes)
        stuck.clear()

    do_not_end(stuck, monkeypatch)
    monkeypatch.setattr(call_module, "END_S", 0.04)
    monkeypatch.setattr(dialer_module, "STUCK_S", 0.02)
    book = Book(*jobs)
    watching, waiting = gevent.spawn(sample, count), gevent.spawn(let_go)
    dial(book, switch, channels=2)
    watching.kill()
    waiting.get()
    assert most == 2
    assert [one.ended.cause for one in early] == ["LOST", "LOST"]
    assert len(book.outcomes) == 4


def test_a_leg_whose_agent_was_rung_first_keeps_its_line_too(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, others = job(agent="agent/1", group="sales"), [job() for _ in range(4)]
    stuck, most = {first.dial.uuid}, 0

    def count() -> None:
        nonlocal most
        most = max(most, len(switch.live))

    do_not_end(stuck, monkeypatch)
    monkeypatch.setattr(call_module, "SLACK_S", 0.1)
    monkeypatch.setattr(call_module, "END_S", 0.04)
    monkeypatch.setattr(dialer_module, "STUCK_S", 0.02)
    switch.roles[first.dial.endpoint] = Role(answers=None)
    switch.roles[first.agent] = Role(bridge_s=None)
    monkeypatch.setattr(dialer_module, "BEAT_S", 0.01)
    book = Book(first)
    made = dialer(book, switch, channels=2)
    watching, running = gevent.spawn(sample, count), gevent.spawn(made.run)
    until_soon(lambda: book.outcomes)
    book.waiting.extend(others)
    until_soon(lambda: len(book.outcomes) == 5)
    assert first.dial.uuid in switch.live
    watching.kill()
    assert (most, book.outcomes[0].ended.cause) == (2, "LOST")
    until_soon(lambda: book.pulses[-1].legs == 1)
    stuck.clear()
    until_soon(lambda: book.pulses[-1].legs == 0)
    made.leave()
    assert running.get()


def test_a_limit_that_is_lowered_while_the_agent_s_phone_rings_holds(switch: FakeSwitch) -> None:
    """The agent-first call knows the trunk as it was at its claim; what has been read of it since holds."""
    wide, narrow = Trunk(1, 2, 50.0), Trunk(1, 1, 50.0)
    up, first = job(trunk=wide), job(agent="agent/1", group="sales", trunk=wide)
    switch.roles[up.dial.endpoint] = Role(deaf=True)
    switch.roles[first.agent] = Role(ring_s=0.2)
    book = Book(up, first)
    made = dialer(book, switch)
    running = gevent.spawn(made.run)
    until_soon(lambda: {"agent/1", up.dial.endpoint} <= {line.endpoint for line in switch.ledger})
    made._room_of(narrow, 0)
    until_soon(lambda: book.outcomes)
    assert [(one.uuid, one.fault) for one in book.outcomes] == [(first.dial.uuid, "no line was free")]
    switch.live[up.dial.uuid].end("NORMAL_CLEARING", HangupBy.PERSON)
    made.leave()
    assert running.get()


def test_a_bug_of_ours_does_not_undo_what_was_said(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(PersonCall, "_end", breaks)
    switch.default = Role(keys=("1", "9"))
    book = Book(job())
    dial(book, switch)
    [outcome] = book.outcomes
    assert (outcome.fault, outcome.ended.cause, outcome.ended.answered) == ("a bug", "LOST", True)
    assert any(isinstance(fact, Ended) for fact in outcome.facts)


def sample(look: Callable[[], None]) -> None:
    while True:
        look()
        gevent.sleep(0.001)


def test_the_gate_is_asked_for_the_time_again_at_the_send(switch: FakeSwitch) -> None:
    """The calling hours of the first end between the claim and the send."""
    late, right = job(until=NOON), job(until=NOON + dt.timedelta(hours=1))
    book = Book(late, right)
    dial(book, switch)
    assert book.released == [late.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [right.dial.uuid]


RECORDS = from_json(
    {
        "format": 1,
        "name": "s",
        "title": "С",
        "languages": ["ru"],
        "purpose": "survey",
        "start": "q",
        "nodes": {
            "q": {"kind": "record", "text": "Что?", "question": "a", "exits": {"done": "z", "no_input": "z"}},
            "z": {"kind": "hangup"},
        },
    }
)


def test_nobody_is_called_for_a_campaign_that_cannot_record(switch: FakeSwitch, tmp_path: Path) -> None:
    silent, other = job(campaign_id=1, scenario=RECORDS), job(campaign_id=2)
    for recordings in (None, Recordings(tmp_path, switch)):  # type: ignore[arg-type]
        switch.writes = False
        book = Book(silent, other)
        dial(book, switch, recordings=recordings)
        assert book.held == [(1, "recordings_closed")]
        assert book.released == [silent.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [other.dial.uuid]
    switch.guarded.clear()
    switch.writes = True
    book = Book(silent)
    dial(book, switch, recordings=Recordings(tmp_path, switch))  # type: ignore[arg-type]
    assert book.held == []
    assert [outcome.uuid for outcome in book.outcomes] == [silent.dial.uuid]


def test_a_cut_amid_the_question_whether_it_can_write_holds_nothing_up_for_good(
    switch: FakeSwitch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def cut(path: str) -> bool:
        asked.append(path)
        if len(asked) == 1:
            raise SwitchLost("cut")
        Path(path).touch()
        return True

    monkeypatch.setattr(switch, "can_write", cut)
    first, second = job(scenario=RECORDS), job(scenario=RECORDS)
    book = Book(first)
    book.on_claim = lambda: book.waiting.append(second) if book.claims == 1 else None
    dial(book, switch, recordings=Recordings(tmp_path, switch))  # type: ignore[arg-type]
    assert (book.held, book.released) == ([], [first.dial.uuid])
    assert [line.uuid for line in switch.ledger] == [second.dial.uuid]


def test_nobody_is_called_by_a_campaign_that_goes_by_beeps_nobody_hears(switch: FakeSwitch) -> None:
    listening, other = job(campaign_id=1, machines=MachinePolicy(on_beep=OnBeep.HANG_UP)), job(campaign_id=2)
    switch.hears = False
    book = Book(listening, other)
    dial(book, switch)
    assert book.held == [(1, "beeps_unheard")]
    assert book.released == [listening.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [other.dial.uuid]
    switch.guarded.clear()
    switch.hears = True
    book = Book(listening)
    dial(book, switch)
    assert (book.held, [outcome.uuid for outcome in book.outcomes]) == ([], [listening.dial.uuid])


def test_a_pause_between_claim_and_send_holds(switch: FakeSwitch) -> None:
    paused, other = job(campaign_id=1), job(campaign_id=2)
    book = Book(paused, other)

    def pause() -> None:
        if book.claims == 1:
            book.commands.append(Command(1, 1, CommandKind.PAUSE, NOON))
            while book.commands:
                gevent.sleep(0.005)

    book.on_claim = pause
    dial(book, switch)
    assert book.released == [paused.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [other.dial.uuid]


def test_an_opt_out_between_claim_and_send_holds(switch: FakeSwitch) -> None:
    refused, other = job(number="+79160000002"), job()
    book = Book(refused, other)
    made: list[Dialer] = []

    def opt_out() -> None:
        if book.claims == 1:
            made[0].recorder.opt_out(job(number="+79160000002"), NOON)

    book.on_claim = opt_out
    clock = rehearsal()
    dialer = Dialer(switch=switch, book=book, clock=clock, channels=5, cps=50, until_done=True)  # type: ignore[arg-type]
    made.append(dialer)
    with gevent.Timeout(LONG_S):
        dialer.run()
    assert book.released == [refused.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [other.dial.uuid]


def test_people_taken_out_between_claim_and_send_are_not_called(switch: FakeSwitch) -> None:
    removed, other = job(target_id=5), job(target_id=6)
    book = Book(removed, other)

    def take_out() -> None:
        if book.claims == 1:
            book.taken_out.append(5)
            looks = book.looks
            while book.looks < looks + 2:
                gevent.sleep(0.005)

    book.on_claim = take_out
    dial(book, switch)
    assert book.released == [removed.dial.uuid]


def test_a_wish_from_elsewhere_holds_when_the_send_was_held_up(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim saw no stop list, then something took long; whoever asked for peace meanwhile is not called."""
    monkeypatch.setattr(dialer_module, "FRESH_S", 0.0)
    refused, other = job(), job()
    book = Book(refused, other)
    book.refused = {refused.dial.uuid}
    dial(book, switch)
    assert book.released == [refused.dial.uuid]
    assert [line.uuid for line in switch.ledger] == [other.dial.uuid]


def test_nothing_is_claimed_while_the_switch_is_away(switch: FakeSwitch) -> None:
    book = Book(job())
    book_claims = []

    def go_away() -> None:
        book_claims.append(book.claims)
        switch.cut()

    def come_back() -> None:
        gevent.sleep(0.1)
        book_claims.append(book.claims)
        switch.restore()

    gevent.spawn_later(0.005, go_away)  # the first reconcile finds it there
    gevent.spawn(come_back)
    dial(book, switch)
    assert book_claims[0] == book_claims[1] < book.claims
    assert len(switch.ledger) + len(book.released) == 1, "claimed just before that, it was given back"


def test_a_rehearsal_jumps_over_hours_in_which_nothing_is_due(switch: FakeSwitch) -> None:
    book = Book(job())
    book.due.extend([NOON + dt.timedelta(hours=3), NOON + dt.timedelta(days=1)])
    clock = rehearsal()
    dial(book, switch, clock)
    assert len(switch.ledger) == 3
    assert NOON + dt.timedelta(days=1) <= clock.now() < NOON + dt.timedelta(days=1, hours=1)


def test_it_does_not_jump_while_a_call_is_up(switch: FakeSwitch) -> None:
    one = job()
    switch.roles[one.dial.endpoint] = Role(ring_s=0.2)
    book = Book(one)
    book.due.append(NOON + dt.timedelta(hours=3))
    clock = rehearsal()
    seen = []
    gevent.spawn_later(0.15, lambda: seen.append(clock.now()))
    dial(book, switch, clock)
    assert seen[0] < NOON + dt.timedelta(hours=1)


def test_on_a_real_switch_time_is_never_put_forward(switch: FakeSwitch) -> None:
    switch.virtual = False
    book = Book()
    book.due.append(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3))
    dialer = Dialer(switch=switch, book=book, clock=WallClock(), channels=5, cps=50, until_done=True)  # type: ignore[arg-type]
    gevent.spawn_later(1.3, dialer.leave)
    with gevent.Timeout(LONG_S):
        dialer.run()
    assert switch.ledger == []
    assert book.due, "still waiting for its hour"


def test_the_queue_is_not_asked_for_every_call_that_ends(switch: FakeSwitch) -> None:
    """An empty queue and many live calls: looked at so often a second, whatever the calls do."""
    book = Book(*(job() for _ in range(40)))
    for one in book.waiting:
        switch.roles[one.dial.endpoint] = Role(keys=("1", "9"))
    dial(book, switch, channels=40, cps=1000)
    assert book.claims < 40


def test_a_loop_that_stood_still_is_told_of(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalls, "LOOK_S", 0.01)
    book = Book(*(job() for _ in range(5)))
    book.on_claim = lambda: time.sleep(0.3) if book.claims == 3 else None  # which gives nobody else a turn
    dial(book, switch, channels=1)
    assert book.pulses[-1].stalled_s > 0.2


def test_who_was_replaced_while_a_claim_was_held_up_sends_nothing(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer_module, "FRESH_S", 0.0)
    book = Book(job(), job())
    book.taken_over = True
    assert "taken over" in str(dial(book, switch).fault)
    assert switch.ledger == []
    assert switch.left_to_another


def test_a_slow_database_does_not_keep_calls_from_being_sent(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every claim takes longer than a call may wait behind it; the look before the sending counts, too."""
    monkeypatch.setattr(dialer_module, "FRESH_S", 0.0)
    monkeypatch.setattr(dialer_module, "STALE_S", 0.05)
    jobs = [job(), job()]
    book = Book(*jobs)
    book.on_claim = lambda: gevent.sleep(0.1)
    dial(book, switch)
    assert book.released == []
    assert len(switch.ledger) == 2


def test_a_claim_that_was_held_up_for_too_long_is_given_back(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer_module, "STALE_S", 0.05)
    old, young = [job() for _ in range(3)], job()
    book = Book(*old)

    def hold_up() -> None:
        if book.claims == 1:
            gevent.sleep(0.1)
            book.waiting.append(young)

    book.on_claim = hold_up
    dial(book, switch)
    assert book.released == [one.dial.uuid for one in old]
    assert [line.uuid for line in switch.ledger] == [young.dial.uuid]


# -- reconcile -----------------------------------------------------------------------------------------------


def left_behind(switch: FakeSwitch, role: Role | None = None) -> str:
    """A leg that an earlier dialer sent."""
    one = job().dial
    switch.roles[one.endpoint] = role or Role(ring_s=60)
    switch.originate(one)
    return one.uuid


@pytest.fixture
def left(switch: FakeSwitch) -> Iterator[dict[str, str]]:
    """Legs that an earlier dialer left: ringing, over, never sent, sent to an earlier run of the switch, no row."""
    found = {
        "live": left_behind(switch),
        "gone": left_behind(switch, Role(answers=False, ring_s=0)),
        "never": str(uuid4()),
        "earlier": str(uuid4()),
        "orphan": left_behind(switch),
    }
    gevent.sleep(0.02)
    yield found


def test_what_an_earlier_dialer_left_is_settled_by_the_switch_s_evidence(
    switch: FakeSwitch, left: dict[str, str]
) -> None:
    book = Book()
    book.legs = [OpenLeg(uuid=left[name], core_uuid=switch.core_uuid) for name in ("live", "gone", "never")]
    book.legs.append(OpenLeg(uuid=left["earlier"], core_uuid="an earlier run"))
    dial(book, switch)
    assert book.pulses[-1].unled == 2, "the live one and the orphan are told of"
    assert book.settled == {
        left["live"]: Fate.LIVE,
        left["gone"]: Fate.DIALED_AND_GONE,
        left["never"]: Fate.NEVER_DIALED,
        left["earlier"]: Fate.UNKNOWN,
    }
    assert switch.live == {}, "the live leg and the one without a row are hung up: nobody would talk to them"


def test_what_is_said_to_be_never_dialed_never_will_be(switch: FakeSwitch, left: dict[str, str]) -> None:
    """A command that was still on its way comes after the reconcile: the switch refuses it."""
    book = Book()
    book.legs = [OpenLeg(uuid=left["never"], core_uuid=switch.core_uuid)]
    dial(book, switch)
    before = len(switch.ledger)
    switch.originate(Dial(uuid=left["never"], endpoint="to/late", caller_id="100"))
    assert len(switch.ledger) == before


def test_without_the_guard_the_late_command_would_ring(switch: FakeSwitch, left: dict[str, str]) -> None:
    """The test above bites: a reconcile that only looks (uuid_exists) lets the late command through."""
    switch.fates = lambda uuids: dict.fromkeys(uuids, Fate.NEVER_DIALED)  # type: ignore[method-assign]
    book = Book()
    book.legs = [OpenLeg(uuid=left["never"], core_uuid=switch.core_uuid)]
    dial(book, switch)
    before = len(switch.ledger)
    switch.originate(Dial(uuid=left["never"], endpoint="to/late", caller_id="100"))
    assert len(switch.ledger) == before + 1


def test_an_audit_leaves_living_calls_alone(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer_module, "AUDIT_S", 0.02)
    jobs = [job() for _ in range(5)]
    for one in jobs:
        switch.roles[one.dial.endpoint] = Role(ring_s=0.15, keys=("1", "9"))
    book = Book(*jobs)
    book.legs = [OpenLeg(uuid=one.dial.uuid, core_uuid=switch.core_uuid) for one in jobs]

    def nothing_at_start() -> None:
        book.legs = [OpenLeg(uuid=one.dial.uuid, core_uuid=switch.core_uuid) for one in jobs]

    book.on_claim = nothing_at_start
    book.legs = []
    dial(book, switch)
    done = [outcome for outcome in book.outcomes if outcome.ended.answered]
    assert len(done) == 5, "none was hung up under the feet of its greenlet"


def test_who_has_lost_the_node_leaves_and_sends_nothing_more(switch: FakeSwitch) -> None:
    book = Book()
    made = Dialer(switch=switch, book=book, clock=rehearsal(), channels=5, cps=50)  # type: ignore[arg-type]
    book.owned = False
    with gevent.Timeout(LONG_S):
        made.run()
    assert made.fault is not None
    assert "taken over" in made.fault


def refused_call(_: Dialer, switch: FakeSwitch, book: Book) -> None:
    one = job()
    switch.roles[one.dial.endpoint] = Role(answers=False, cause=STALE_EPOCH, channel=False)
    book.waiting.append(one)


def refused_agent(made: Dialer, _: FakeSwitch, __: Book) -> None:
    made.recorder.agent_ended("an agent's leg", CallEnded(cause=STALE_EPOCH, channel=False, sent=False), NOON)


def refused_return(_: Dialer, switch: FakeSwitch, __: Book) -> None:
    switch.replaced = True


@pytest.mark.parametrize("refused", [refused_call, refused_agent, refused_return])
def test_whom_the_switch_refuses_for_a_newer_dialer_leaves_though_the_node_is_theirs(
    switch: FakeSwitch, refused: Callable[[Dialer, FakeSwitch, Book], None]
) -> None:
    """The next one comes with a higher epoch.  What was refused is written all the same: the node is still ours."""
    book = Book()
    made = Dialer(switch=switch, book=book, clock=rehearsal(), channels=5, cps=50)  # type: ignore[arg-type]
    refused(made, switch, book)
    with gevent.Timeout(LONG_S):
        made.run()
    assert made.fault is not None
    assert "newer dialer" in made.fault
    assert [one.ended.cause for one in book.outcomes] == [STALE_EPOCH] * (refused is refused_call)


def test_who_has_lost_the_node_leaves_its_calls_to_the_next_one_at_once(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer_module, "WATCH_S", 0.05)
    switch.play_s = 30
    book = Book(job())
    made = Dialer(switch=switch, book=book, clock=rehearsal(1.0), channels=5, cps=50)  # type: ignore[arg-type]
    when(lambda: talking(switch), lambda: setattr(book, "owned", False))
    with gevent.Timeout(15):
        made.run()
    assert len(switch.live) == 1, "nor is anybody hung up"
    assert switch.left_to_another, "the dead-man is the next one's"


# -- leaving, and the database away ------------------------------------------------------------------------------


def talking(switch: FakeSwitch) -> bool:
    """Somebody hears the first prompt."""
    return any(call.played for call in switch.calls)


@pytest.mark.parametrize("cut", [False, True], ids=["no cut", "a short cut"])
def test_a_short_cut_does_not_shorten_the_time_to_finish(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch, cut: bool
) -> None:
    monkeypatch.setattr(dialer_module, "CUT_S", 0.6)
    one = job()
    switch.play_s = 0.5
    book = Book(one)
    made = Dialer(switch=switch, book=book, clock=rehearsal(1.0), channels=5, cps=50, grace_s=30)  # type: ignore[arg-type]

    def leave() -> None:
        made.leave()
        if cut:
            gevent.spawn_later(0.05, switch.cut)
            gevent.spawn_later(0.1, switch.restore)

    when(lambda: talking(switch), leave)
    with gevent.Timeout(LONG_S):
        made.run()
    (outcome,) = book.outcomes
    assert isinstance(outcome.facts[-1], Ended), "the scenario went on to its end"


def test_a_switch_that_stays_away_is_not_waited_for_for_ever(
    switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer_module, "CUT_S", 0.2)
    monkeypatch.setattr(dialer_module, "KILL_S", 0.2)
    switch.play_s = 30
    made = Dialer(switch=switch, book=Book(job()), clock=rehearsal(1.0), channels=5, cps=50)  # type: ignore[arg-type]

    def leave() -> None:
        made.leave()
        gevent.spawn_later(0.05, switch.cut)

    when(lambda: talking(switch), leave)
    with gevent.Timeout(LONG_S):
        made.run()


def test_a_call_that_is_hung_up_to_leave_is_a_cancelled_one(switch: FakeSwitch) -> None:
    """And not one whose person put the phone down."""
    switch.play_s = 30
    book = Book(job())
    made = Dialer(switch=switch, book=book, clock=rehearsal(1.0), channels=5, cps=50)  # type: ignore[arg-type]

    def leave() -> None:
        made.leave()
        gevent.spawn_later(0.1, made.leave)

    when(lambda: talking(switch), leave)
    with gevent.Timeout(LONG_S):
        made.run()
    (outcome,) = book.outcomes
    assert outcome.cancelled
    assert outcome.ended.answered


def agent_leg(made: Dialer) -> str:
    """A leg to an agent that is up; nobody's transfer looks after it."""
    made._lines.begin(-10.0)
    wish = Transfer(node="n", group="sales", ring_s=1)
    caller = AgentCaller(made, job(), wish, tell=lambda _: None, check_person=lambda: None)
    leg = caller.dial("agent", 1)
    assert leg is not None
    return leg.uuid


def test_the_end_of_an_agent_s_leg_is_the_dialer_s_until_it_is_written(switch: FakeSwitch) -> None:
    """While the database is away: an audit that settled the leg would lose how it ended."""
    book = Book()
    made = Dialer(switch=switch, book=book, clock=WallClock(), channels=5, cps=50)  # type: ignore[arg-type]
    uuid = agent_leg(made)
    gevent.sleep(0.05)
    book.away = OperationalError("", {}, Exception("away"))
    switch.live[uuid].hangup()
    gevent.sleep(0.2)
    assert uuid not in switch.live
    assert uuid in made.known()
    book.away = None
    assert made.recorder.stop(LONG_S)
    assert uuid not in made.known()


def test_an_agent_s_leg_without_a_person_is_hung_up_at_the_end(switch: FakeSwitch) -> None:
    made = Dialer(switch=switch, book=Book(), clock=rehearsal(1.0), channels=5, cps=50, until_done=True)  # type: ignore[arg-type]
    agent_leg(made)
    with gevent.Timeout(LONG_S):
        made.run()
    assert switch.live == {}


def test_agents_of_a_group_when_the_database_is_away(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book()
    made = Dialer(switch=switch, book=book, clock=WallClock(), channels=5, cps=50)  # type: ignore[arg-type]
    assert made.agents(job(), "sales") == Group("sales", ())
    monkeypatch.setattr(dialer_module, "COMMIT_S", 0.05)
    book.away = OperationalError("", {}, Exception("away"))
    assert made.agents(job(), "sales") is None
    monkeypatch.setattr(book, "agents", lambda *_: gevent.sleep(60))
    assert made.agents(job(), "sales") is None


def test_the_dialer_tells_how_it_does_and_that_it_is_gone(switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer_module, "BEAT_S", 0.005)
    book = Book(*(job() for _ in range(30)))
    dial(book, switch, channels=3)
    states = [pulse.state for pulse in book.pulses]
    assert states[-1] == "gone"
    assert "gone" not in states[:-1]
    assert "no_line" in states
    assert max(pulse.legs for pulse in book.pulses) == 3
    assert {(pulse.channels, pulse.cps, pulse.speed) for pulse in book.pulses} == {(3, 50.0, 50.0)}
