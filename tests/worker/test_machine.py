"""Calls that a machine takes: what is broken off, what is left, and what a key undoes."""

import datetime as dt
from uuid import uuid4

import gevent

from oklik.dialing.machines import MachinePolicy, OnBeep
from oklik.scenario.document import from_json
from oklik.scenario.flow import BeepHeard, MessageHeard
from oklik.telephony.port import Dial, HangupBy, Playback
from oklik.worker.call import PersonCall
from oklik.worker.host import Job, Outcome
from support.fake_switch import Role
from worker.test_call import Host, host_with

SCENARIO = from_json(
    {
        "format": 1,
        "name": "s",
        "title": "С",
        "languages": ["ru"],
        "purpose": "informational",
        "start": "hello",
        "nodes": {
            "hello": {"kind": "play", "text": "Здравствуйте!", "exits": {"done": "gate"}},
            "gate": {
                "kind": "menu",
                "text": "Нажмите один.",
                "options": {"1": {"exit": "yes", "label": "Да"}},
                "exits": {"yes": "tell", "no_input": "tell"},
            },
            "tell": {"kind": "play", "text": "Заказ готов.", "message": True, "exits": {"done": "more"}},
            "more": {"kind": "play", "text": "До свидания!", "exits": {"done": "bye"}},
            "bye": {"kind": "hangup"},
        },
    }
)
TELL = "/p/Заказ готов..wav"


def job(policy: MachinePolicy) -> Job:
    return Job(
        campaign_id=1,
        target_id=1,
        dial=Dial(uuid=str(uuid4()), endpoint="person", caller_id="100", ring_s=1, max_s=60),
        number="+79161234567",
        scenario=SCENARIO,
        contact={},
        now=dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC),
        machines=policy,
    )


def talk(role: Role, on_beep: OnBeep, **more: object) -> tuple[Outcome, Host]:
    host = host_with(role)
    host.switch.play_s = 0.05
    with gevent.Timeout(10):
        call = PersonCall(host, job(MachinePolicy(on_beep=on_beep, **more)))  # type: ignore[arg-type]
        return call.run(), host


def heard(host: Host) -> list[str]:
    (leg,) = host.switch.calls
    return [file for one in leg.played if isinstance(one, Playback) for file in one.files]


def beeps(outcome: Outcome) -> list[BeepHeard]:
    return [fact for fact in outcome.facts if isinstance(fact, BeepHeard)]


def test_at_the_beep_the_call_is_hung_up() -> None:
    outcome, host = talk(Role(beeps_at=0.02), OnBeep.HANG_UP)
    assert outcome.ended.by is HangupBy.US
    assert outcome.signs.beeped
    assert outcome.fault is None
    assert TELL not in heard(host)
    assert [(fact.node, fact.hertz) for fact in beeps(outcome)] == [("hello", 1000)]


def test_at_the_beep_the_message_is_said_from_its_beginning_and_nothing_else() -> None:
    outcome, host = talk(Role(beeps_at=0.08), OnBeep.LEAVE_MESSAGE)  # in the middle of the question
    assert heard(host)[-1] == TELL
    assert "/p/До свидания!.wav" not in heard(host)
    assert outcome.heard_percent == 100
    assert sum(isinstance(fact, MessageHeard) for fact in outcome.facts) == 1
    seqs = [seq for seq, _ in host.recorder.steps]
    assert seqs == list(range(len(outcome.facts))), "facts of both parts of the call are numbered through"


def test_a_beep_that_is_only_noted_changes_nothing() -> None:
    outcome, host = talk(Role(beeps_at=0.02), OnBeep.NOTE)
    assert heard(host)[-1] == "/p/До свидания!.wav"
    assert outcome.signs.beep_s is not None
    assert len(beeps(outcome)) == 1


def test_nobody_listens_where_beeps_are_ignored() -> None:
    outcome, host = talk(Role(beeps_at=0.02), OnBeep.IGNORE)
    assert host.switch.calls[0].beep_handler is None
    assert outcome.signs.beep_s is None


def test_after_a_key_there_is_no_beep() -> None:
    outcome, host = talk(Role(keys=("1",), beeps_at=0.13), OnBeep.HANG_UP)  # while the message is said
    assert outcome.signs.key_s is not None
    assert not outcome.signs.beeped
    assert heard(host)[-1] == "/p/До свидания!.wav"


def test_the_switch_listens_no_longer_than_the_campaign_says() -> None:
    host = host_with(Role(beeps_at=0.2))
    host.switch.play_s = 0.1
    short = MachinePolicy(on_beep=OnBeep.HANG_UP, listen_s=3)
    host.clock = _Fast()  # type: ignore[assignment]
    with gevent.Timeout(10):
        outcome = PersonCall(host, job(short)).run()  # type: ignore[arg-type]
    assert outcome.signs.beep_s is None


class _Fast:
    """A clock in which three seconds are a twentieth of one."""

    speed = 60.0

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)

    def real_s(self, seconds: float) -> float:
        return seconds / self.speed
