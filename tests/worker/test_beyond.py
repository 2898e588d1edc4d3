"""What a call asks of other systems and plug-ins: the way by the answer, the wait, the hang-up meanwhile."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import gevent
import pytest
from test_call import Host as CallHost

from oklik.scenario.document import Scenario, from_json
from oklik.scenario.flow import Ended, Hook, HookEnded, HookRun, Left, Request, Requested, Responded
from oklik.telephony.port import Dial, HangupBy, Playback
from oklik.worker.beyond import Beyond
from oklik.worker.call import PersonCall
from oklik.worker.host import Job, Outcome
from support.fake_switch import FakeSwitch, Role
from support.patience import LONG_S, in_time

HEAD = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "survey", "start": "ask"}
STATUS = {"path": "status", "type": "choice", "values": ["active", "closed"], "example": "active"}
BY_STATUS = [{"exit": "closed", "conditions": [{"field": "status", "op": "equals", "value": "closed"}]}]
END = {"kind": "hangup"}


def scenario(node: dict[str, Any], **more: Any) -> Scenario:
    branch = {"kind": "branch", "cases": BY_STATUS, "exits": {"closed": "closed", "else": "active"}}
    exits = (
        {"ok": "branch", "failed": "failed"} if node["kind"] == "request" else {"done": "branch", "failed": "failed"}
    )
    nodes = {"ask": {**node, "exits": exits}, "branch": branch, "closed": END, "active": END, "failed": END, **more}
    return from_json({**HEAD, "nodes": nodes})


REQUEST = {"kind": "request", "url": "https://crm.example.com/", "answers": {"status": STATUS}, "timeout_s": 2}
HOOK = {"kind": "hook", "hook": "a.b", "answers": {"status": {k: v for k, v in STATUS.items() if k != "path"}}}
WAITING = {"waiting": "Секунду."}


class Host(CallHost):
    def __init__(self, switch: FakeSwitch, beyond: Beyond) -> None:
        super().__init__(switch)
        self.beyond = beyond


class Sender:
    """Answers by a function; keys: under which each request came."""

    def __init__(self, answer: Callable[[Request], Responded]) -> None:
        self._answer = answer
        self.keys: list[str] = []
        self.rehearsals: list[bool] = []
        self.dropped = 0

    def send(self, request: Request, *, key: str, rehearsal: bool = False) -> Responded:
        self.keys.append(key)
        self.rehearsals.append(rehearsal)
        try:
            return self._answer(request)
        except gevent.GreenletExit:
            self.dropped += 1
            raise


class Runner:
    def __init__(self, answer: Callable[[Hook], HookEnded]) -> None:
        self.run = answer


def talk(beyond: Beyond, told: Scenario, role: Role = Role()) -> tuple[Outcome, Host]:  # noqa: B008
    host = Host(FakeSwitch(roles={"person": role}), beyond)
    dial = Dial(uuid=str(uuid4()), endpoint="person", caller_id="100", ring_s=1, max_s=60)
    now = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
    job = Job(campaign_id=1, target_id=1, dial=dial, number="+79161234567", scenario=told, contact={}, now=now)
    with gevent.Timeout(LONG_S):
        return PersonCall(host, job).run(), host  # type: ignore[arg-type]


def way(outcome: Outcome) -> list[str]:
    return [fact.exit for fact in outcome.facts if isinstance(fact, Left)]


def answering(**values: str) -> Sender:
    return Sender(lambda _: Responded(ok=True, status=200, values=values))


@pytest.mark.parametrize(("status", "to"), [("active", "else"), ("closed", "closed")])
@pytest.mark.parametrize("waiting", [{}, WAITING])
def test_the_way_goes_by_the_answer(status: str, to: str, waiting: dict[str, str]) -> None:
    sender = answering(status=status)
    outcome, host = talk(Beyond(sender), scenario({**REQUEST, **waiting}))
    assert way(outcome) == ["ok", to]
    assert [fact for fact in outcome.facts if isinstance(fact, Requested)] == [
        Requested(node="ask", ok=True, status=200)
    ]
    assert outcome.fault is None
    said = [item.files for item in host.switch.calls[0].played if isinstance(item, Playback)]
    assert said == ([("/p/Секунду..wav",)] if waiting else [])
    assert sender.rehearsals == [True], "the scripted switch is a virtual one"


def test_a_plug_in_chooses_the_way() -> None:
    runner = Runner(lambda hook: HookEnded(ok=True, exit="done", values={"status": "closed"}))
    outcome, _ = talk(Beyond(None, runner), scenario(HOOK))
    assert way(outcome) == ["done", "closed"]
    assert HookRun(node="ask", hook="a.b", ok=True) in outcome.facts


@pytest.mark.parametrize("node", [REQUEST, HOOK])
def test_a_dialer_without_them_says_so_to_the_scenario(node: dict[str, Any]) -> None:
    outcome, _ = talk(Beyond(), scenario(node))
    assert way(outcome) == ["failed"]
    assert any(getattr(fact, "fault", "").endswith("here") for fact in outcome.facts)


@pytest.mark.parametrize("node", [REQUEST, HOOK])
def test_what_breaks_there_does_not_break_the_call(node: dict[str, Any]) -> None:
    def broken(_: object) -> Any:
        raise RuntimeError("a fault\nin two lines")

    outcome, _ = talk(Beyond(Sender(broken), Runner(broken)), scenario(node))
    assert way(outcome) == ["failed"]
    assert outcome.fault is None
    assert any("a fault" in getattr(fact, "fault", "") for fact in outcome.facts)


def test_an_answer_that_does_not_fit_is_no_answer() -> None:
    outcome, _ = talk(Beyond(answering(status="open")), scenario(REQUEST))
    assert way(outcome) == ["failed"]
    fault = "status: not a choice, or out of its limits"
    assert Requested(node="ask", ok=False, status=200, fault=fault) in outcome.facts


def test_each_visit_has_a_key_of_its_own() -> None:
    menu = {
        "kind": "menu",
        "text": "?",
        "options": {"1": {"exit": "more"}},
        "exits": {"more": "ask", "no_input": "end"},
    }
    sender = answering(status="active")
    outcome, _ = talk(Beyond(sender), scenario(REQUEST, active=menu, end=END), Role(keys=("1", "1", "")))
    uuid = outcome.uuid
    assert sender.keys == [f"{uuid}-ask-1", f"{uuid}-ask-2", f"{uuid}-ask-3"]


# -- while one waits ----------------------------------------------------------------------------------------------


def slowly(_: object) -> Any:
    gevent.sleep(15)
    return Responded(ok=True, values={"status": "active"})


@pytest.mark.seconds
@pytest.mark.parametrize("node", [REQUEST, {**REQUEST, **WAITING}, HOOK, {**HOOK, **WAITING}])
@pytest.mark.parametrize("leaves", [{"leaves_after": 0.1}, {"leaves_at": 0}])
def test_whoever_hangs_up_meanwhile_is_noticed_at_once(node: dict[str, Any], leaves: dict[str, Any]) -> None:
    if "waiting" not in node and "leaves_at" in leaves:
        leaves = {"leaves_after": 0.02}
    sender = Sender(slowly)
    began = time.monotonic()
    outcome, _ = talk(Beyond(sender, Runner(slowly)), scenario(node), Role(**leaves))
    spent = time.monotonic() - began
    assert [fact.reason for fact in outcome.facts if isinstance(fact, Ended)] == ["hung_up"]
    assert (outcome.ended.cause, outcome.ended.by) == ("NORMAL_CLEARING", HangupBy.PERSON)
    assert outcome.fault is None
    assert way(outcome) == []
    gevent.sleep(0)
    assert sender.dropped == (node["kind"] == "request"), "nobody waits for that answer any more"
    in_time(spent, 7, "the answer takes 15")


@pytest.mark.parametrize("node", [REQUEST, {**REQUEST, **WAITING}])
def test_whoever_waits_longer_hears_music_until_the_answer(
    node: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oklik.worker.beyond.QUIET_S", 0.05)

    def soon(_: object) -> Responded:
        gevent.sleep(0.5)
        return Responded(ok=True, values={"status": "closed"})

    outcome, host = talk(Beyond(Sender(soon)), scenario(node, closed={"kind": "hangup", "text": "Всё."}))
    assert way(outcome) == ["ok", "closed"]
    (leg,) = host.switch.calls
    music = [ticket for ticket in leg.tickets if ticket.instruction == Playback(files=("/p/music.wav",), loops=0)]
    assert len(music) == 1
    assert music[0].cancelled.is_set()
    assert leg.tickets[-1] is not music[0], "what comes next is heard alone"


def test_an_answer_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends keeps the time; if it does not, the person is not left in silence."""
    monkeypatch.setattr("oklik.worker.beyond.SLACK_S", -1.5)
    outcome, _ = talk(Beyond(Sender(slowly)), scenario(REQUEST))
    assert way(outcome) == ["failed"]


def test_a_broken_connection_to_the_switch_does_not_lose_the_answer() -> None:
    host = Host(FakeSwitch(roles={"person": Role()}), Beyond(None))

    def cut(_: object) -> Responded:
        host.switch.cut()
        gevent.sleep(0.3)
        host.switch.restore()
        return Responded(ok=True, status=200, values={"status": "closed"})

    host.beyond = Beyond(Sender(cut))
    dial = Dial(uuid=str(uuid4()), endpoint="person", caller_id="100", ring_s=1, max_s=60)
    now = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
    told = scenario(REQUEST)
    job = Job(campaign_id=1, target_id=1, dial=dial, number="+79161234567", scenario=told, contact={}, now=now)
    with gevent.Timeout(LONG_S):
        outcome = PersonCall(host, job).run()  # type: ignore[arg-type]
    assert way(outcome) == ["ok", "closed"]
