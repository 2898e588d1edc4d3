"""One call from the first byte to the last fact, on the scripted switch with the real interpreter."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import uuid4

import gevent
import msgspec
import pytest
from gevent.event import Event as Flag

from oklik.dialing.vocabulary import CallState
from oklik.scenario.document import from_json
from oklik.scenario.flow import Answered, Ended, Fact, Left, MessageHeard, OptedOut, Say, Silence
from oklik.telephony.freeswitch import driver, recovery
from oklik.telephony.port import Dial, Gather, HangupBy, SwitchError
from oklik.worker import call as call_module
from oklik.worker import instructing
from oklik.worker.call import PersonCall
from oklik.worker.clock import WallClock
from oklik.worker.host import Job, LeftOpen, Outcome
from support.fake_switch import FakeSwitch, Role
from support.patience import LONG_S
from support.survey import survey

SCENARIO = survey()


class Voice:
    missing = ""

    def clips(self, parts: Sequence[Say]) -> SimpleNamespace:
        if self.missing and any(self.missing in part.text for part in parts):
            raise LookupError("no clip for a prompt")
        return SimpleNamespace(files=tuple(f"/p/{part.text}.wav" for part in parts), ms=10 * len(parts))

    def music(self, own: object) -> str:
        return "/p/music.wav"


@dataclass
class Recorder:
    states: list[CallState] = field(default_factory=list)
    steps: list[tuple[int, Fact]] = field(default_factory=list)
    opt_outs: list[str] = field(default_factory=list)
    durable: Flag = field(default_factory=Flag)

    def state(self, uuid: str, state: CallState, at: dt.datetime) -> None:
        self.states.append(state)

    def facts(self, uuid: str, first_seq: int, facts: Sequence[Fact], at: dt.datetime) -> None:
        self.steps.extend(enumerate(facts, first_seq))

    def opt_out(self, job: Job, at: dt.datetime) -> Flag:
        self.opt_outs.append(job.number)
        return self.durable


class Host:
    def __init__(self, switch: FakeSwitch) -> None:
        self.switch = switch
        self.clock = WallClock()
        self.recorder = Recorder()
        self.voice = Voice()
        self.agent_legs: set[str] = set()
        self.leaving = False

    def prompts(self, job: Job) -> Voice:
        return self.voice

    def agents(self, job: Job, group: str) -> Sequence[str]:
        return ()

    def wait_connected(self) -> None:
        while not self.switch.connected:
            if self.leaving:
                raise LeftOpen
            gevent.sleep(0.005)


def job() -> Job:
    return Job(
        campaign_id=1,
        target_id=1,
        dial=Dial(uuid=str(uuid4()), endpoint="person", caller_id="100", ring_s=1, max_s=60),
        number="+79161234567",
        scenario=SCENARIO,
        contact={"name": "Иван"},
        now=dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC),
    )


def host_with(role: Role) -> Host:
    return Host(FakeSwitch(roles={"person": role}))


def talk(host: Host) -> Outcome:
    with gevent.Timeout(LONG_S):
        return PersonCall(host, job()).run()  # type: ignore[arg-type]


def of_type(outcome: Outcome, kind: type) -> list[Fact]:
    return [fact for fact in outcome.facts if isinstance(fact, kind)]


def test_a_mark_of_ten_is_taken_key_by_key() -> None:
    rate = {"kind": "rate", "text": "Оценка?", "question": "mark", "low": 0, "high": 10}
    head = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "survey", "start": "a"}
    nodes = {"a": {**rate, "exits": {"done": "z", "no_input": "z"}}, "z": {"kind": "hangup"}}
    scenario = from_json({**head, "nodes": nodes})
    for keys, mark in ((("1", "0"), "10"), (("1", ""), "1"), (("7", "0"), "7")):
        host = host_with(Role(keys=keys))
        with gevent.Timeout(LONG_S):
            outcome = PersonCall(host, msgspec.structs.replace(job(), scenario=scenario)).run()  # type: ignore[arg-type]
        assert [fact.value for fact in of_type(outcome, Answered)] == [mark]
        assert outcome.fault is None


def test_a_survey_is_heard_and_answered() -> None:
    host = host_with(Role(keys=("1", "9")))
    outcome = talk(host)
    assert [(fact.question, fact.value) for fact in of_type(outcome, Answered)] == [("happy", "yes"), ("mark", "9")]
    assert of_type(outcome, Ended)[0].reason == "completed"
    assert outcome.heard_percent == 100
    assert outcome.fault is None
    assert (outcome.ended.cause, outcome.ended.by, outcome.ended.answered) == ("NORMAL_CLEARING", HangupBy.US, True)
    assert host.recorder.states == [CallState.SENT, CallState.RINGING, CallState.ANSWERED]
    assert [seq for seq, _ in host.recorder.steps] == list(range(len(outcome.facts)))
    assert tuple(fact for _, fact in host.recorder.steps) == outcome.facts


def test_a_question_reaches_the_switch_whole() -> None:
    host = host_with(Role(keys=("1", "9")))
    talk(host)
    menu = host.switch.calls[0].played[1]
    assert isinstance(menu, Gather)
    assert menu.files == ("/p/Вы довольны? Да — один, нет — два.wav",) or len(menu.files) == 1
    assert (menu.min_digits, menu.max_digits, set(menu.allowed) >= set("1280"), menu.barge_in) == (1, 1, True, True)


def test_silence_is_no_input() -> None:
    outcome = talk(host_with(Role()))
    assert of_type(outcome, Silence)
    assert of_type(outcome, Ended)
    assert not of_type(outcome, Answered)


@pytest.mark.parametrize(
    ("role", "cause", "channel"),
    [
        (Role(answers=False), "USER_BUSY", True),
        (Role(answers=None), "NO_ANSWER", True),
        (Role(channel=False, cause="INVALID_GATEWAY"), "INVALID_GATEWAY", False),
    ],
)
def test_who_does_not_answer(role: Role, cause: str, channel: bool) -> None:
    host = host_with(role)
    outcome = talk(host)
    assert (outcome.ended.cause, outcome.ended.channel, outcome.ended.answered) == (cause, channel, False)
    assert outcome.facts == ()
    assert outcome.heard_percent is None
    assert outcome.ended.sent


def test_what_was_heard_is_measured_when_the_person_leaves_in_the_message() -> None:
    host = host_with(Role(leaves_at=0))
    host.switch.play_s = 0.01
    outcome = talk(host)
    assert outcome.heard_percent is not None
    assert 1 <= outcome.heard_percent <= 99
    assert not of_type(outcome, MessageHeard)
    assert of_type(outcome, Ended)[0].reason == "hung_up"
    assert outcome.ended.by is HangupBy.PERSON


class LongVoice(Voice):
    def clips(self, parts: Sequence[Say]) -> SimpleNamespace:
        return SimpleNamespace(files=super().clips(parts).files, ms=12_000)


@pytest.mark.parametrize("leaves_at", [0, 1])  # in the message, in the question
def test_the_end_tells_where_in_the_prompt_the_person_left(leaves_at: int) -> None:
    host = host_with(Role(leaves_at=leaves_at))
    host.voice = LongVoice()
    ended = of_type(talk(host), Ended)[0]
    assert ended.of_s == 12.0
    assert ended.into_s is not None
    assert 0 <= ended.into_s < 12


def test_what_follows_the_message_need_not_be_heard() -> None:
    said = {"before": "Здравствуйте!", "text": "Заказ готов.", "after": "Мы работаем до шести."}
    nodes = {
        "a": {"kind": "play", **said, "message": True, "exits": {"done": "z"}},
        "z": {"kind": "hangup"},
    }
    head = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "informational", "start": "a"}
    scenario = from_json({**head, "nodes": nodes})
    for leaves_at, percent, delivered in ((0, None, 0), (2, 100, 1), (None, 100, 1)):
        host = host_with(Role(leaves_at=leaves_at))
        with gevent.Timeout(LONG_S):
            outcome = PersonCall(host, msgspec.structs.replace(job(), scenario=scenario)).run()  # type: ignore[arg-type]
        assert outcome.heard_percent == percent
        assert len(of_type(outcome, MessageHeard)) == delivered
        assert of_type(outcome, Ended)[0].reason == ("completed" if leaves_at is None else "hung_up")


def test_leaving_in_a_question_ends_the_session() -> None:
    outcome = talk(host_with(Role(leaves_at=1)))
    assert outcome.heard_percent == 100
    assert of_type(outcome, Ended)[0].reason == "hung_up"


def test_an_opt_out_is_durable_before_a_word_is_said() -> None:
    host = host_with(Role(keys=("8",)))
    running = gevent.spawn(talk, host)
    for _ in range(1000):
        if host.recorder.opt_outs:
            break
        gevent.sleep(0.005)
    assert host.recorder.opt_outs == ["+79161234567"]
    gevent.sleep(0.05)  # time enough to go on, if it did not wait
    call = host.switch.calls[0]
    assert len(call.played) == 2, "the confirmation waits for the database"
    host.recorder.durable.set()
    outcome = running.get(timeout=LONG_S)
    assert of_type(outcome, OptedOut)
    assert len(call.played) == 3


def test_a_person_does_not_wait_for_ever_for_our_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_module, "DURABLE_S", 0.01)
    outcome = talk(host_with(Role(keys=("8",))))
    assert of_type(outcome, Ended)
    assert outcome.fault is None


def test_a_missing_prompt_ends_the_call_with_a_fault_and_no_silence() -> None:
    host = host_with(Role(keys=("1", "9")))
    host.voice.missing = "Оцените"
    outcome = talk(host)
    assert outcome.fault == "no clip for a prompt"
    assert outcome.ended.by is HangupBy.US
    assert len(of_type(outcome, Answered)) == 1, "what was answered before is kept"
    assert len(host.switch.calls[0].played) == 2


def test_a_file_the_switch_has_not_ends_the_call_with_a_fault() -> None:
    outcome = talk(host_with(Role(refuse_files=True)))
    assert outcome.fault is not None
    assert "FILE NOT FOUND" in outcome.fault


def test_a_zombie_channel_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_module, "SLACK_S", 0.02)
    outcome = talk(host_with(Role(deaf=True)))
    assert outcome.fault is not None
    assert "did not end" in outcome.fault
    assert outcome.ended.by is HangupBy.US


def test_a_leg_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_module, "END_S", 0.04)
    host = host_with(Role(keys=("1", "9")))
    monkeypatch.setattr("support.fake_switch.FakeCall.hangup", lambda self, cause="": None)
    outcome = talk(host)
    assert outcome.ended.cause == "LOST"
    assert outcome.ended.answered
    assert outcome.fault == "the switch did not end the call"


def test_a_uuid_that_the_guard_has_seen_is_not_dialed_and_counts_as_a_call() -> None:
    """Should a UUID ever be sent twice, the guard sees to it that no phone rings; nobody knows what the first did."""
    host = host_with(Role(keys=("1", "9")))
    one = job()
    PersonCall(host, one).run()  # type: ignore[arg-type]
    again = PersonCall(host, one).run()  # type: ignore[arg-type]
    assert (again.ended.cause, again.ended.sent, again.ended.answered) == ("LOST", True, False)
    assert len(host.switch.ledger) == 1


def test_without_a_connection_nothing_is_sent() -> None:
    host = host_with(Role())
    host.switch.down = True
    outcome = talk(host)
    assert not outcome.ended.sent
    assert host.switch.ledger == []
    assert host.recorder.states == []


def test_a_dial_string_that_the_switch_does_not_take_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: FakeSwitch, dial: Dial, on_taken: object) -> None:
        raise SwitchError("not a dial string")

    monkeypatch.setattr(FakeSwitch, "originate", refuse)
    outcome = talk(host_with(Role()))
    assert (outcome.ended.channel, outcome.ended.sent, outcome.fault) == (False, True, "not a dial string")


def cut_while_ringing(host: Host, *, busy: bool) -> None:
    """The connection breaks once the number rings; the leg goes on, or is refused while nobody looks."""
    while CallState.RINGING not in host.recorder.states:
        gevent.sleep(0.002)
    host.switch.cut()
    (call,) = host.switch.calls
    if busy:
        call.end("USER_BUSY", HangupBy.PERSON, sip_status=486)
    gevent.sleep(0.02)
    host.switch.restore()


def test_a_cut_while_ringing_is_waited_out() -> None:
    host = host_with(Role(ring_s=0.5, keys=("1", "9")))
    gevent.spawn(cut_while_ringing, host, busy=False)
    outcome = talk(host)
    assert of_type(outcome, Ended)[0].reason == "completed"
    assert outcome.fault is None
    assert len(host.switch.ledger) == 1


def test_a_leg_that_ended_during_a_cut_is_unknown() -> None:
    host = host_with(Role(ring_s=30, answers=False))
    gevent.spawn(cut_while_ringing, host, busy=True)
    outcome = talk(host)
    assert (outcome.ended.cause, outcome.ended.answered, outcome.ended.sent) == ("LOST", False, True)


def test_a_talk_goes_on_after_a_cut_with_the_same_prompt() -> None:
    host = host_with(Role(keys=("1", "", "9"), cut_at=2))
    restorer = gevent.spawn(restore_when_down, host)
    outcome = talk(host)
    restorer.join()
    assert [fact.value for fact in of_type(outcome, Answered)] == ["yes", "9"]
    played = host.switch.calls[0].played
    assert played[2] == played[3], "the question that was cut is asked again"


def restore_when_down(host: Host) -> None:
    while not host.switch.down:
        gevent.sleep(0.002)
    gevent.sleep(0.02)
    host.switch.restore()


def test_a_person_who_left_during_a_cut_keeps_what_was_answered() -> None:
    host = host_with(Role(keys=("1",), cut_at=2))

    def leave_and_restore() -> None:
        while not host.switch.down:
            gevent.sleep(0.002)
        host.switch.calls[0].end("NORMAL_CLEARING", HangupBy.PERSON)
        host.switch.restore()

    gevent.spawn(leave_and_restore)
    outcome = talk(host)
    assert (outcome.ended.cause, outcome.ended.answered) == ("LOST", True)
    assert outcome.ended.talk_s > 0
    assert outcome.heard_percent == 100
    assert len(of_type(outcome, Answered)) == 1


def test_a_cut_in_the_message_keeps_how_much_was_heard() -> None:
    host = host_with(Role(cut_at=0))
    host.switch.play_s = 0.03

    def leave_and_restore() -> None:
        while not host.switch.down:
            gevent.sleep(0.002)
        host.switch.calls[0].end("NORMAL_CLEARING", HangupBy.PERSON)
        host.switch.restore()

    gevent.spawn(leave_and_restore)
    outcome = talk(host)
    assert outcome.heard_percent is not None
    assert 1 <= outcome.heard_percent <= 99


def test_a_dialer_that_leaves_during_a_cut_leaves_the_attempt_open() -> None:
    host = host_with(Role(ring_s=5.0))
    host.leaving = True
    gevent.spawn_later(0.03, host.switch.cut)
    with pytest.raises(LeftOpen):
        talk(host)


def test_the_moment_and_the_lot_reach_the_scenario() -> None:
    ways = [{"exit": "a", "label": "A"}, {"exit": "b", "label": "B"}]
    schedule = [{"from": "20:00", "to": "21:00"}]
    nodes = {
        "h": {"kind": "hours", "schedule": schedule, "exits": {"open": "s", "closed": "s", "holiday": "s"}},
        "s": {"kind": "split", "question": "v", "ways": ways, "exits": {"a": "bye", "b": "bye"}},
        "bye": {"kind": "hangup"},
    }
    head = {"format": 1, "name": "ways", "title": "Пути", "languages": ["ru"], "purpose": "survey", "start": "h"}
    scenario = from_json(head | {"nodes": nodes})

    def ways_of(moment: dt.datetime, holiday: bool, who: str) -> tuple[str, ...]:
        host = host_with(Role())
        told = {"scenario": scenario, "now": moment, "holiday": holiday, "who": who}
        with gevent.Timeout(LONG_S):
            outcome = PersonCall(host, msgspec.structs.replace(job(), **told)).run()  # type: ignore[arg-type]
        return tuple(fact.exit for fact in of_type(outcome, Left))

    evening = dt.datetime(2026, 3, 10, 20, 30, tzinfo=dt.UTC)
    assert ways_of(evening, False, "x")[0] == "open"
    assert ways_of(evening.replace(hour=21), False, "x")[0] == "closed"
    assert ways_of(evening, True, "x")[0] == "holiday"
    assert {ways_of(evening, False, str(who))[1] for who in range(8)} == {"a", "b"}


def test_who_waits_for_an_answer_gives_up_after_the_driver_has_looked_for_one() -> None:
    """Else a leg whose word of the answer was lost, rung for a second or two, ends as one that nobody took."""
    looked_s = recovery.QUIET_S + driver.AUDIT_EVERY_S
    assert looked_s + 3.0 < instructing.SLACK_S
