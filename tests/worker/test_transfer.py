"""Transfers on the scripted switch: every ending, and no leg left behind."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from types import SimpleNamespace
from uuid import uuid4

import gevent
import pytest
from msgspec.structs import replace

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiting
from oklik.campaigns.running import Trunk
from oklik.scenario.flow import Event, HungUp, Say, Transfer, TransferEnded, TransferOutcome
from oklik.telephony.port import Answer, CallEnded, Dial, Gather, HangupBy, Playback, SwitchError
from oklik.worker import agent_call, transfer
from oklik.worker.clock import WallClock
from oklik.worker.host import AgentLeg
from oklik.worker.lines import AgentLine, Lines
from oklik.worker.writer import Batch, LegPermission
from support.fake_switch import FakeCall, FakeSwitch, Role
from support.loop import until_soon, when
from support.patience import LONG_S, enough, in_time

TRUNK = Trunk(1, 100, 100.0)
ASK = Transfer(node="to_agent", group="sales", ring_s=1, wait_s=0)
ACCEPT = replace(ASK, accept_key="1", whisper=(Say(text="клиент", language="ru"),))


def place(number: int) -> tuple[Say, ...]:
    return (Say(text=f"place-{number}", language="ru"),)


class Voice:
    def clips(self, parts: Sequence[Say]) -> SimpleNamespace:
        return SimpleNamespace(files=tuple(f"/p/{part.text}.wav" for part in parts), ms=10 * len(parts))

    def music(self, own: Say | None) -> str:
        return f"/p/{own.recording}.wav" if own else "/p/music.wav"


@dataclass
class Book:
    """Notes what would be written; commits=False: the database is away; allows=False: the gate says no."""

    commits: bool = True
    allows: bool = True
    legs: list[str] = field(default_factory=list)
    ended: dict[str, CallEnded] = field(default_factory=dict)
    states: list[tuple[str, str]] = field(default_factory=list)
    on_written: Callable[[str], None] = lambda _: None

    def agent_leg(self, leg: AgentLeg) -> LegPermission:
        self.legs.append(leg.uuid)
        assert (leg.group, leg.number) in {("sales", ""), ("", "+74951234567")}
        batch = Batch(allowed={leg.uuid: TRUNK} if self.allows else {})
        if self.commits:
            batch.done.set()
        return LegPermission(batch, leg.uuid)

    def agent_ended(self, uuid: str, ended: CallEnded, at: dt.datetime) -> None:
        self.ended[uuid] = ended
        self.on_written(uuid)

    def state(self, uuid: str, state: str, at: dt.datetime) -> None:
        self.states.append((uuid, state))


class Host:
    def __init__(self, switch: FakeSwitch, agents: Sequence[str]) -> None:
        self.switch = switch
        self.clock = WallClock()
        self.recorder = Book()
        self.agent_legs: set[str] = set()
        self.recorder.on_written = self.agent_legs.discard
        self.database_away = False
        self.lines = Lines(channels=100, cps=100)
        self.waiting = Waiting()
        self.endpoints = tuple(agents)

    def wait_connected(self) -> None:
        while not self.switch.connected:
            gevent.sleep(0.005)

    def prompts(self, job: object) -> Voice:
        return Voice()

    def agents(self, job: object, group: str) -> Group | None:
        assert group == "sales"
        return None if self.database_away else Group("sales", self.endpoints, "1/sales")

    def phone(self, job: object, number: str) -> Group | None:
        return None if self.database_away else Group("", (f"trunk/{number}",), number, number)

    def agent_line(self, trunk: Trunk | None, *, fresh: bool = True) -> AgentLine:
        assert trunk == TRUNK
        return AgentLine(self.lines, trunk, monotonic, lambda: None, fresh=fresh)


@dataclass
class Scene:
    switch: FakeSwitch
    person: FakeCall
    host: Host
    job: SimpleNamespace

    def run(self, ask: Transfer = ASK) -> Event:
        with gevent.Timeout(LONG_S):
            event = transfer.run(self.host, self.job, self.person, ask, place)  # type: ignore[arg-type]
        gevent.sleep(0.005)
        return event

    def another(self, ask: Transfer = ASK, role: Role | None = None) -> gevent.Greenlet:
        """One more person with the same wish, in a greenlet of their own."""
        self.switch.roles["another"] = role or Role()
        dial = Dial(uuid=str(uuid4()), endpoint="another", caller_id="100", max_s=60)
        call = self.switch.originate(dial)
        while not isinstance(call.wait(LONG_S), Answer):
            pass
        job = SimpleNamespace(dial=dial, record="off")
        return gevent.spawn(transfer.run, self.host, job, call, ask, place)  # type: ignore[arg-type]

    def leave(self) -> None:
        self.person.end("NORMAL_CLEARING", HangupBy.PERSON)

    def short_cut(self) -> None:
        """The connection to the switch breaks and is there again soon."""
        self.switch.cut()
        gevent.sleep(0.03)
        self.switch.restore()

    def agent_calls(self) -> list[str]:
        return [line.endpoint for line in self.switch.ledger[1:]]

    def assert_no_leg_left(self) -> None:
        assert set(self.switch.live) <= {self.person.uuid}
        assert not self.host.agent_legs
        assert self.host.lines.idle
        assert self.host.lines.room(monotonic() + 10) == self.host.lines.room(monotonic() + 10, TRUNK) == 100
        assert set(self.host.recorder.ended) == {line.uuid for line in self.switch.ledger[1:]}


@pytest.fixture
def scene() -> Iterator[Scene]:
    yield stage(Role(), {"a": Role(), "b": Role()})


def assert_failed(event: Event, why: str = "") -> None:
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.FAILED
    assert why in event.fault
    assert event.fault


def outcome(event: Event) -> TransferOutcome:
    assert isinstance(event, TransferEnded)
    return event.outcome


def stage(person: Role, agents: dict[str, Role]) -> Scene:
    switch = FakeSwitch(roles={"person": person, **agents})
    dial = Dial(uuid=str(uuid4()), endpoint="person", caller_id="100", max_s=60)
    call = switch.originate(dial)
    while not isinstance(call.wait(LONG_S), Answer):
        pass
    return Scene(switch, call, Host(switch, list(agents)), SimpleNamespace(dial=dial, record="off"))


def test_the_first_agent_takes_it_and_the_person_is_back_afterwards(scene: Scene) -> None:
    event = scene.run()
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    assert 0.015 < event.talk_s < LONG_S
    assert scene.agent_calls() == ["a"]
    assert scene.person.played == [Playback(files=("/p/music.wav",), loops=0)]
    assert scene.person.uuid in scene.switch.live
    scene.assert_no_leg_left()


def test_agents_are_rung_in_order_until_one_takes_it() -> None:
    scene = stage(Role(), {"busy": Role(answers=False), "absent": Role(answers=None), "there": Role()})
    event = scene.run()
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    assert scene.agent_calls() == ["busy", "absent", "there"]
    scene.assert_no_leg_left()


def test_nobody_takes_it() -> None:
    scene = stage(Role(), {"a": Role(answers=False), "b": Role(answers=False, cause="NO_USER_RESPONSE")})
    assert scene.run() == TransferEnded(outcome=TransferOutcome.NO_AGENT)
    assert scene.agent_calls() == ["a", "b"]
    assert scene.person.uuid in scene.switch.live, "the scenario goes on with the person"
    assert scene.person.tickets[-1].result.ready(), "and the music has ended"
    scene.assert_no_leg_left()


def test_a_group_without_agents() -> None:
    scene = stage(Role(), {})
    assert scene.run() == TransferEnded(outcome=TransferOutcome.NO_AGENT)
    assert scene.person.played == []


def test_our_own_failure_is_told_from_absent_agents() -> None:
    gone = Role(channel=False, cause="INVALID_GATEWAY")
    scene = stage(Role(), {"a": gone, "b": gone})
    assert_failed(scene.run())
    scene = stage(Role(), {"a": gone, "b": Role(answers=False)})
    assert scene.run() == TransferEnded(outcome=TransferOutcome.NO_AGENT)


def test_a_dial_string_that_the_switch_does_not_take_is_our_failure(scene: Scene) -> None:
    def refuse(dial: Dial, on_taken: object = None) -> FakeCall:
        raise SwitchError("not a dial string")

    scene.switch.originate = refuse  # type: ignore[method-assign]
    assert_failed(scene.run())
    assert not any(ended.sent for ended in scene.host.recorder.ended.values())
    assert not scene.host.agent_legs


def test_no_leg_is_dialed_before_its_row_is_committed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_call, "COMMIT_S", 0.01)
    scene.host.recorder.commits = False
    assert_failed(scene.run())
    assert scene.agent_calls() == []
    assert len(scene.host.recorder.legs) == 2


def test_no_leg_is_dialed_when_the_gate_says_no(scene: Scene) -> None:
    scene.host.recorder.allows = False
    assert_failed(scene.run())
    assert scene.agent_calls() == []
    assert {ended.sent for ended in scene.host.recorder.ended.values()} == {False}
    assert not scene.host.agent_legs


def test_a_database_that_is_away_is_a_failed_transfer_and_not_a_dropped_call(scene: Scene) -> None:
    scene.host.database_away = True
    assert_failed(scene.run())
    assert scene.person.uuid in scene.switch.live


def test_a_leg_waits_until_a_line_is_free(scene: Scene) -> None:
    lines = scene.host.lines = Lines(channels=1, cps=100)
    assert lines.grant(None, monotonic())
    gevent.spawn_later(0.1, lines.release, None)
    began = monotonic()
    assert scene.run() == TransferEnded(outcome=TransferOutcome.TALKED, talk_s=pytest.approx(0.0, abs=LONG_S))
    assert scene.switch.ledger[1].at - began >= 0.1


@pytest.mark.seconds
def test_without_a_line_nobody_is_rung_and_nobody_waits_for_ever(scene: Scene) -> None:
    lines = scene.host.lines = Lines(channels=1, cps=100)
    assert lines.grant(None, monotonic())
    began = monotonic()
    assert_failed(scene.run())
    spent = monotonic() - began
    assert scene.agent_calls() == []
    assert lines.idle
    assert spent >= 1.0
    in_time(spent, 1.8, "a second in all, whatever the number of agents")


def test_who_leaves_while_waiting_for_a_line_gives_up_the_place() -> None:
    scene = stage(Role(leaves_after=0.15), {"a": Role()})
    lines = scene.host.lines = Lines(channels=1, cps=100)
    assert lines.grant(None, monotonic())
    assert scene.run() == HungUp()
    assert scene.agent_calls() == []
    assert lines.idle


def test_the_accept_key_lets_the_agent_in() -> None:
    scene = stage(Role(), {"a": Role(keys=("1",))})
    event = scene.run(ACCEPT)
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    question = scene.switch.calls[1].played[0]
    assert isinstance(question, Gather)
    assert question.files == ("/p/клиент.wav",)
    assert question.allowed == "1"


def test_a_voicemail_does_not_get_the_person() -> None:
    scene = stage(Role(), {"voicemail": Role(keys=("",)), "wrong": Role(keys=("7",)), "human": Role(keys=("1",))})
    event = scene.run(ACCEPT)
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    voicemail, wrong = scene.switch.calls[1:3]
    assert voicemail.bridged is None
    assert wrong.bridged is None
    scene.assert_no_leg_left()


def test_without_a_key_any_answer_takes_the_person() -> None:
    """The guard bites: the same voicemail without the accept key gets the person."""
    scene = stage(Role(), {"voicemail": Role(keys=("",))})
    scene.run(ASK)
    assert scene.switch.calls[1].bridged is scene.person


def test_the_person_leaves_while_an_agent_rings() -> None:
    scene = stage(Role(), {"a": Role(ring_s=LONG_S), "b": Role()})
    when(scene.agent_calls, scene.leave)
    assert scene.run(replace(ASK, ring_s=60)) == HungUp()
    assert scene.agent_calls() == ["a"], "no further agent is bothered"
    scene.assert_no_leg_left()
    ended = next(iter(scene.host.recorder.ended.values()))
    assert (ended.by, ended.answered) == (HangupBy.US, False)


def test_the_person_leaves_before_the_next_agent_is_dialed(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = stage(Role(), {"a": Role(), "b": Role()})
    commit = scene.host.recorder.agent_leg

    def leave_meanwhile(leg: AgentLeg) -> LegPermission:
        scene.person.end("NORMAL_CLEARING", HangupBy.PERSON)
        gevent.sleep(0.005)
        return commit(leg)

    scene.host.recorder.agent_leg = leave_meanwhile  # type: ignore[method-assign]
    assert scene.run() == HungUp()
    assert scene.agent_calls() == []
    assert not scene.host.agent_legs
    assert not next(iter(scene.host.recorder.ended.values())).sent


def test_the_person_leaves_while_the_agent_is_asked() -> None:
    scene = stage(Role(), {"a": Role(deaf=True)})
    when(lambda: [call for call in scene.switch.calls[1:] if call.played], scene.leave)
    assert scene.run(ACCEPT) == HungUp()
    scene.assert_no_leg_left()


def test_the_person_leaves_during_the_talk() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=None)})
    when(lambda: scene.person.bridged, scene.leave)
    assert scene.run() == HungUp(talked=True)
    scene.assert_no_leg_left()


def test_the_agent_slips_away_before_the_bridge() -> None:
    scene = stage(Role(), {"a": Role(), "b": Role()})
    bridge = scene.switch.bridge

    def slip(person: FakeCall, agent: FakeCall, deadline_s: float) -> None:
        if agent.dial.endpoint == "a":
            agent.end("NORMAL_CLEARING", HangupBy.PERSON)
        bridge(person, agent, deadline_s)

    scene.switch.bridge = slip  # type: ignore[method-assign]
    event = scene.run()
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    assert scene.agent_calls() == ["a", "b"]
    music = [played for played in scene.person.played if isinstance(played, Playback)]
    assert len(music) == 2, "the person hears music again until the next agent is there"


def test_the_prompt_of_waiting_comes_before_the_music(scene: Scene) -> None:
    ask = replace(ASK, waiting=(Say(text="соединяю", language="ru"),))
    scene.run(ask)
    assert [played.files for played in scene.person.played] == [("/p/соединяю.wav",), ("/p/music.wav",)]


def test_a_switch_without_the_music_is_an_error_not_silence() -> None:
    scene = stage(Role(refuse_files=True), {"a": Role(ring_s=0.5)})
    with pytest.raises(Exception, match="the switch refused the music"):
        scene.run()
    gevent.sleep(0.005)
    scene.assert_no_leg_left()


def test_a_cut_while_an_agent_rings_ends_the_transfer_but_not_the_call() -> None:
    scene = stage(Role(), {"a": Role(ring_s=LONG_S)})
    when(scene.agent_calls, scene.short_cut)
    assert_failed(scene.run(replace(ASK, ring_s=60)))
    assert scene.person.uuid in scene.switch.live
    scene.assert_no_leg_left()


def test_two_who_talk_are_not_disturbed_by_a_cut() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=None)})

    def cut_and_go_on() -> None:
        gevent.sleep(0.05)
        scene.short_cut()
        gevent.sleep(0.05)
        scene.switch.calls[1].end("NORMAL_CLEARING", HangupBy.PERSON)

    when(lambda: scene.person.bridged, cut_and_go_on)
    event = scene.run()
    assert isinstance(event, TransferEnded)
    assert event.outcome is TransferOutcome.TALKED
    assert event.talk_s > 0.1
    scene.assert_no_leg_left()


# -- rounds -----------------------------------------------------------------------------------------------------

PATIENT = replace(ASK, wait_s=1)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds follow each other at once."""
    monkeypatch.setattr(transfer, "BETWEEN_ROUNDS_S", 0.02)


@pytest.mark.usefixtures("hasty")
def test_agents_are_rung_again_until_one_takes_it() -> None:
    scene = stage(Role(), {"a": Role(answers=False), "b": Role(answers=False)})

    def come_back() -> None:
        scene.switch.roles["b"] = Role()

    when(lambda: len(scene.agent_calls()) >= 2, come_back)
    assert outcome(scene.run(replace(PATIENT, wait_s=60))) is TransferOutcome.TALKED
    calls = scene.agent_calls()
    assert len(calls) >= 4
    assert calls == ["a", "b"] * (len(calls) // 2), "round after round, in order"
    assert len(scene.person.played) == 1, "the music goes on through all rounds"
    scene.assert_no_leg_left()


@pytest.mark.usefixtures("hasty")
@pytest.mark.seconds
def test_the_limit_of_waiting_ends_it() -> None:
    scene = stage(Role(), {"a": Role(answers=False)})
    began = monotonic()
    assert scene.run(PATIENT) == TransferEnded(outcome=TransferOutcome.NO_AGENT)
    spent = monotonic() - began
    scene.assert_no_leg_left()
    assert spent >= 1.0
    in_time(spent, 1.8)
    enough(len(scene.agent_calls()), 6)


@pytest.mark.usefixtures("hasty")
def test_a_round_that_our_side_failed_is_not_repeated() -> None:
    scene = stage(Role(), {"a": Role(channel=False, cause="INVALID_GATEWAY")})
    assert_failed(scene.run(replace(PATIENT, wait_s=60)))
    assert scene.agent_calls() == ["a"]


@pytest.mark.usefixtures("hasty")
def test_agents_may_come_while_somebody_waits() -> None:
    scene = stage(Role(), {"a": Role(answers=False)})

    def come() -> None:
        scene.host.endpoints = ("a", "new")

    gevent.spawn_later(0.05, come)
    assert outcome(scene.run(replace(PATIENT, wait_s=60))) is TransferOutcome.TALKED
    assert scene.agent_calls()[-1] == "new"


# -- the line ---------------------------------------------------------------------------------------------------


def test_an_agent_who_talks_is_not_rung_for_others() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=None)})
    other = scene.another(PATIENT)
    until_soon(lambda: scene.switch.calls[-1].bridged)
    assert scene.run(ASK) == TransferEnded(outcome=TransferOutcome.NO_AGENT), "one round, and the only agent talks"
    scene.switch.roles["a"] = Role()
    gevent.spawn_later(0.02, scene.switch.calls[-1].end, "NORMAL_CLEARING", HangupBy.PERSON)
    assert outcome(scene.run(replace(PATIENT, wait_s=60))) is TransferOutcome.TALKED, (
        "who waits gets them when they are free"
    )
    assert outcome(other.get()) is TransferOutcome.TALKED
    assert [line.endpoint for line in scene.switch.ledger].count("a") == 2


def test_who_came_first_is_served_first() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=0.05)})
    served: list[int] = []
    waiting = []
    for number in range(5):
        greenlet = scene.another(replace(ASK, wait_s=60))
        greenlet.link(lambda _, number=number: served.append(number))
        waiting.append(greenlet)
        gevent.sleep(0.005)
    gevent.joinall(waiting, timeout=LONG_S)
    assert served == [0, 1, 2, 3, 4]
    assert {outcome(one.get()) for one in waiting} == {TransferOutcome.TALKED}


def said_places(scene: Scene) -> list[str]:
    return [played.files[0] for played in scene.person.played if isinstance(played, Playback) and played.loops]


@pytest.mark.seconds
def test_the_place_is_told_when_it_changes() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=0.1)})
    told = replace(PATIENT, wait_s=5, position_every_s=1)
    scene.host.clock = SimpleNamespace(speed=100.0, real_s=lambda s: s / 100, now=scene.host.clock.now)
    others = []
    for _ in range(3):
        others.append(scene.another(replace(told, wait_s=6000)))
        gevent.sleep(0.01)
    assert outcome(scene.run(replace(told, wait_s=6000))) is TransferOutcome.TALKED
    said = said_places(scene)
    assert said == sorted(said, reverse=True)
    enough(len(said), 3, "each of the three, unless this process stood still meanwhile")
    gevent.joinall(others, timeout=LONG_S)


@pytest.mark.seconds
def test_the_place_is_not_told_too_often_and_not_without_need() -> None:
    scene = stage(Role(), {"a": Role(bridge_s=0.05)})
    others = []
    for _ in range(3):
        others.append(scene.another(replace(PATIENT, wait_s=60)))
        gevent.sleep(0.005)
    assert outcome(scene.run(replace(PATIENT, wait_s=60, position_every_s=60))) is TransferOutcome.TALKED
    said = said_places(scene)
    assert len(said) <= 1, "the changes came too soon after it"
    enough(said.count("/p/place-3.wav"), 1, "unless others were served before it came to wait")
    scene = stage(Role(), {"a": Role()})
    assert outcome(scene.run(replace(PATIENT, position_every_s=30))) is TransferOutcome.TALKED
    assert said_places(scene) == [], "who is served at once hears no place"
    gevent.joinall(others, timeout=LONG_S)


# -- the key to leave, the music ----------------------------------------------------------------------------------


def test_who_presses_the_key_waits_no_more_and_is_still_there() -> None:
    scene = stage(Role(presses=(0.5, "*")), {"a": Role(ring_s=LONG_S), "b": Role()})
    assert scene.run(replace(PATIENT, ring_s=60, wait_s=60, leave_key="*")) == TransferEnded(
        outcome=TransferOutcome.LEFT
    )
    assert scene.agent_calls() == ["a"], "no further agent is bothered"
    assert scene.person.uuid in scene.switch.live
    scene.assert_no_leg_left()


def test_the_key_is_heard_while_the_first_text_is_spoken() -> None:
    scene = stage(Role(presses=(0.001, "*")), {"a": Role()})
    ask = replace(PATIENT, leave_key="*", waiting=(Say(text="ждите", language="ru"),))
    assert scene.run(ask) == TransferEnded(outcome=TransferOutcome.LEFT)
    assert scene.agent_calls() == []


def test_another_key_ends_nothing() -> None:
    scene = stage(Role(presses=(0.001, "5")), {"a": Role(ring_s=0.05)})
    assert outcome(scene.run(replace(PATIENT, leave_key="*"))) is TransferOutcome.TALKED


def test_music_of_its_own() -> None:
    scene = stage(Role(), {"a": Role()})
    scene.run(replace(ASK, music=Say(text="", language="ru", recording="waltz")))
    assert scene.person.played == [Playback(files=("/p/waltz.wav",), loops=0)]


# -- a number -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["+74951234567", "8 (495) 123-45-67", "74951234567"])
def test_a_number_is_rung_through_the_campaign_s_line(number: str) -> None:
    scene = stage(Role(), {})
    scene.switch.roles["trunk/+74951234567"] = Role()
    assert outcome(scene.run(replace(ASK, group="", number=number))) is TransferOutcome.TALKED
    assert scene.agent_calls() == ["trunk/+74951234567"]
    scene.assert_no_leg_left()


@pytest.mark.parametrize(
    ("number", "why"),
    [("", "empty"), ("позже", "empty"), ("112", "short_code"), ("8 809 123-45-67", "premium"), ("+7916", "too_short")],
)
def test_a_number_that_cannot_be_called_is_a_failure_with_its_reason(number: str, why: str) -> None:
    scene = stage(Role(), {})
    assert_failed(scene.run(replace(ASK, group="", number=number)), why)
    assert scene.agent_calls() == []
    assert scene.person.uuid in scene.switch.live


def test_a_number_that_is_busy_is_rung_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "BETWEEN_ROUNDS_S", 0.02)
    scene = stage(Role(), {})
    scene.switch.roles["trunk/+74951234567"] = Role(answers=False)
    assert outcome(scene.run(replace(PATIENT, group="", number="+74951234567"))) is TransferOutcome.NO_AGENT
    assert len(scene.agent_calls()) > 2
