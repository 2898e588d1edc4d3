"""The same calls twice: thought through by the simulator, and really made by the dialer's call on the virtual switch.

The host of the calls is the least that `PersonCall` needs: a connected switch, a fast clock, the real prompt store with
an engine that only beeps, a recorder that forgets, other systems and agents who do what the call's stream has.  No
database, no campaign: those are tested elsewhere.
"""

import datetime as dt
import json
import random
import wave
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import msgspec
from gevent.event import Event
from gevent.pool import Pool

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiting
from oklik.campaigns.facts import summarise
from oklik.dialing.disposition import judge_call
from oklik.scenario import flow
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.exploring.contacts import built_contacts
from oklik.scenario.flow import Answered, Ended, Fact, Hook, Request, Say, TransferOutcome, Transferred, VoiceAnswered
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.prompts import all_prompts
from oklik.scenario.simulate import simulate
from oklik.speech.dictionary import Dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import Voice, default_voices
from oklik.telephony.freeswitch import FreeSwitch, connect, connection
from oklik.telephony.port import Dial
from oklik.worker.call import PersonCall
from oklik.worker.clock import RehearsalClock
from oklik.worker.host import Job, Outcome
from oklik.worker.recordings import Recordings
from support.keystreams import Stream, stream
from support.patience import LONG_S
from support.stage import PASSWORD, Process, Tone

TUESDAY = dt.datetime(
    2026, 3, 3, 12, tzinfo=dt.UTC
)  # the day for which prompts are made; calls are made on others, too
SPEED = 500.0  # of the switch and the people
PATIENCE = 20.0  # the dialer's: what it counts by itself, the wait for an agent above all, must outlast a busy machine
AT_ONCE = 50
MUSIC_S = 600
LEFT_S = 30  # real seconds within which somebody leaves who is to
CAMPAIGN = 1
PEOPLE = 4  # different contacts of a scenario
FACTS = tuple[Fact, ...]

# How the agents of a group behave whom the host names for the next transfer.
AGENTS: dict[str, dict[str, Any]] = {
    "1001": {"outcome": "answer", "talk_s": 5, "agent_ends": True, "ring_s": 1},
    "1002": {"outcome": "busy", "ring_s": 1},
    "1003": {"outcome": "no_answer"},
}
NOBODY = (("user/1002",), ("user/1003",), ("user/1002", "user/1003"))
# Groups by how the transfer is to end; None: the person leaves before that.
GROUPS: dict[TransferOutcome | None, tuple[tuple[str, ...], ...]] = {
    TransferOutcome.TALKED: (("user/1001",), ("user/1002", "user/1001")),
    TransferOutcome.NO_AGENT: NOBODY,
    TransferOutcome.FAILED: (("sofia/gateway/nosuch/1001",),),
    TransferOutcome.LEFT: NOBODY,
    None: NOBODY,
}


class Case(NamedTuple):
    """One call to be made."""

    scenario: Scenario
    contact: dict[str, str]
    now: dt.datetime
    language: str
    holiday: bool
    who: str
    stream: Stream
    number: str


COLUMNS: dict[str, Any] = {
    "name": {"title": "ФИО", "type": "name"},
    "debt": {"title": "Сумма", "type": "money"},
    "due": {"title": "Срок", "type": "date"},
    "contract": {"title": "Договор", "type": "digits"},
}


def alone(kind: type[NodeBase], **changes: Any) -> Scenario:
    """A scenario that asks somebody's name and then consists of the example of a kind, once and once more."""
    example = {name: value for name, value in kind.example.items() if name != "exits"} | changes
    exits = [exit_.name for exit_ in kind.model_validate({**example, "exits": {}}).exits()]
    nodes = {
        "hello": {"kind": "play", "text": {"ru": "Добрый день!", "en": "Hello!"}, "exits": {"done": "first"}},
        "first": {**example, "exits": dict.fromkeys(exits, "second")},
        "second": {**example, "exits": dict.fromkeys(exits, "bye")},
        "bye": {"kind": "hangup", "text": {"ru": "До свидания!", "en": "Goodbye!"}},
    }
    head = {"format": 1, "name": "alone", "title": "Один вид шага", "languages": ["ru", "en"], "purpose": "survey"}
    more = {"columns": COLUMNS, "variables": {"stage": {"value": "3"}, "days": {"value": "3"}}}
    return from_json({**head, **more, "start": "hello", "nodes": nodes})


class Account(NamedTuple):
    """What came of a call."""

    facts: FACTS
    disposition: str
    answers: dict[str, str]


def cases(scenario: Scenario, seed: str, count: int, numbers: Iterable[int], surplus: float = 0.0) -> list[Case]:
    """Random calls to a scenario, each language in turn.  surplus: as of `stream`."""
    made = []
    people = {each: built_contacts(scenario, each, TUESDAY.date())[:PEOPLE] for each in scenario.languages}
    for n, number in zip(range(count), numbers, strict=False):
        rng = random.Random(f"{seed}|{n}")
        language = scenario.languages[n % len(scenario.languages)]
        contact = rng.choice(people[language])
        now = TUESDAY + dt.timedelta(days=rng.randrange(7), hours=rng.randrange(-4, 10))
        holiday, who = rng.random() < 0.1, f"person {n}"
        does = stream(scenario, contact, now, language, rng, holiday=holiday, who=who, surplus=surplus)
        made.append(Case(scenario, contact, now, language, holiday, who, does, f"+7916{number:07}"))
    return made


def thought(case: Case) -> Account:
    """The call as the simulator has it."""
    lines = simulate(
        case.scenario, case.contact, case.stream.keys, case.now, case.language, holiday=case.holiday, who=case.who
    )
    *_, last = whole = list(lines)
    facts = tuple(msgspec.convert(fact, Fact) for line in whole for fact in line["facts"])
    account = _account(facts)
    assert account.answers == last["answers"]
    return account


def _untimed(fact: Fact) -> Fact:
    """Without what only a call has: seconds, and faults of lines."""
    if isinstance(fact, Transferred):
        return msgspec.structs.replace(fact, talk_s=0.0, fault="")
    return msgspec.structs.replace(fact, into_s=None, of_s=None) if isinstance(fact, Ended) else fact


def _account(facts: FACTS) -> Account:
    judged = judge_call(summarise(facts, answered=True))
    plain = tuple(_untimed(fact) for fact in facts)
    answers = {fact.question: fact.value for fact in facts if isinstance(fact, Answered | VoiceAnswered)}
    return Account(plain, str(judged.disposition), answers)


class Done:
    """Something that needs no waiting: a commit, a line."""

    given = True
    trunk = None

    def wait(self, timeout: float | None = None) -> bool:
        return True

    def take(self) -> bool:
        return True

    def arrived(self) -> None:
        pass

    def give_back(self) -> None:
        pass


class Recorder:
    """Forgets everything but which transfers are over; the call hands all of it back at its end."""

    def __init__(self) -> None:
        self.transferred: Counter[str] = Counter()

    def state(self, *_: object) -> None:
        pass

    def facts(self, uuid: str, first: int, facts: FACTS, at: dt.datetime) -> None:
        self.transferred[uuid] += sum(isinstance(fact, Transferred) for fact in facts)

    def recording(self, *_: object) -> None:
        pass

    def agent_ended(self, *_: object) -> None:
        pass

    def opt_out(self, *_: object) -> Done:
        return Done()

    def agent_leg(self, *_: object) -> Done:
        return Done()


class Store(PromptStore):
    """With music that does not run dry however fast the clock goes: the callee knows the end of a wait by its break."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "prompts", Voice(default_voices()[0], engine=Tone(0.3)), Dictionary({}))
        self._music = folder / "music.wav"
        with wave.open(str(self._music), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(8000)
            wav.writeframes(bytes(2 * 8000 * MUSIC_S))

    def music(self, own: Say | None = None) -> str:
        return str(self._music)


class Host:
    """See worker.host.Host."""

    def __init__(self, switch: FreeSwitch, store: PromptStore, folder: Path) -> None:
        self.switch = switch
        self.clock = RehearsalClock(TUESDAY, PATIENCE)
        self.recorder = Recorder()
        self.recordings = Recordings(folder, switch)
        self.agent_legs: set[str] = set()
        self.beyond = self
        self._store = store
        self._beyond: dict[str, tuple[Case, deque[flow.Event | None]]] = {}
        self._transfers: dict[str, tuple[TransferOutcome | None, ...]] = {}
        assert self.recordings.why_closed(CAMPAIGN) is None

    def prompts(self, job: Job) -> PromptStore:
        return self._store

    def fetch(self, instruction: Request | Hook, *, key: str, rehearsal: bool) -> flow.Event:
        """What the person's stream has; after its end, as the simulator does, the usual."""
        assert rehearsal
        case, answers = self._beyond[key[: len(str(uuid4()))]]
        answer = answers.popleft() if answers else case.scenario.nodes[instruction.node].trials({})[0]
        if answer is None:  # the person will not hear it
            Event().wait(LEFT_S)
            raise AssertionError("the person was to leave")
        return answer

    @property
    def waiting(self) -> Waiting:
        """Every call has agents of its own."""
        return Waiting()

    def agents(self, job: Job, group: str) -> Group:
        """Agents who end the transfer as the person's stream has it; at its end all transfers are answered."""
        return Group(group, self._endpoints(job), line=group)

    def phone(self, job: Job, number: str) -> Group:
        """The same, for one phone."""
        return Group("", self._endpoints(job)[-1:], line=number, number=number)

    def _endpoints(self, job: Job) -> tuple[str, ...]:
        endings, over = self._transfers[job.dial.uuid], self.recorder.transferred[job.dial.uuid]
        ending = endings[over] if over < len(endings) else TransferOutcome.TALKED
        return random.Random(f"{job.who}|{over}").choice(GROUPS[ending])

    def agent_line(self, trunk: object, *, fresh: bool = True) -> Done:
        return Done()

    def wait_connected(self) -> None:
        raise AssertionError("the connection to the switch broke")

    def make(self, case: Case) -> Account:
        """Make the call."""
        uuid = str(uuid4())
        dial = Dial(uuid=uuid, endpoint=f"sofia/gateway/pstn/{case.number}", caller_id="100", ring_s=60, max_s=14400)
        self._beyond[uuid] = case, deque(case.stream.beyond)
        self._transfers[uuid] = case.stream.transfers
        job = Job(
            campaign_id=CAMPAIGN,
            target_id=1,
            dial=dial,
            number=case.number,
            scenario=case.scenario,
            contact=case.contact,
            now=case.now,
            holiday=case.holiday,
            who=case.who,
            language=case.language,
        )
        outcome: Outcome = PersonCall(self, job).run()  # type: ignore[arg-type]
        faults = {fact.fault for fact in outcome.facts if isinstance(fact, Transferred)}
        assert outcome.fault is None or outcome.fault in faults, outcome.fault
        assert outcome.ended.answered
        return _account(outcome.facts)

    def make_all(self, wanted: Sequence[Case]) -> list[Account | BaseException]:
        """Make the calls, many at a time."""
        prepared = {(id(case.scenario), tuple(case.contact.items()), case.language): case for case in wanted}
        for case in prepared.values():
            self._store.ensure(all_prompts(case.scenario, case.contact, TUESDAY.date(), case.language))
        return Pool(AT_ONCE).map(self._make_safely, wanted)

    def _make_safely(self, case: Case) -> Account | BaseException:
        try:
            return self.make(case)
        except Exception as error:  # noqa: BLE001  whatever it is belongs to this call
            return error


def difference(case: Case, expected: Account, found: Account | BaseException) -> str | None:
    """Where the two part, in a line; None when they agree."""
    if found == expected:
        return None
    told = f"{case.language} {case.stream.keys!r} ({case.stream.script!r}) {case.contact} {case.now:%F %R} "
    told += f"holiday={case.holiday} {case.who}: "
    if isinstance(found, BaseException):
        return told + repr(found)
    for place, (ours, theirs) in enumerate(zip(expected.facts, found.facts, strict=False)):
        if ours != theirs:
            return told + f"fact {place}: simulated {ours}, called {theirs}"
    if len(expected.facts) != len(found.facts):
        return told + f"simulated {expected.facts[len(found.facts) :]}, called {found.facts[len(expected.facts) :]}"
    return told + f"simulated {expected[1:]}, called {found[1:]}"


def population(wanted: Iterable[Case], *, hasty: bool = False) -> dict[str, Any]:
    """Everybody does what his string says.  hasty: also the surplus of it."""
    people = {case.number: {"script": case.stream.script} for case in wanted}
    persona = {"share": 1, "think_s": [0.2, 0.6], "barge_in": 0.3, "hasty": hasty}
    return {"ring_s": 0.1, "refuse_s": 0.1, "personas": {"any": persona}, "numbers": {**AGENTS, **people}}


@contextmanager
def calling(folder: Path, people: Mapping[str, Any]):
    """A host with a virtual switch of its own, where these people live."""
    (folder / "people.json").write_text(json.dumps(people))
    arguments = ["oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--with-parent", "--sps", "10000"]
    arguments += ["--speed", str(SPEED), "--population", str(folder / "people.json")]
    switch = Process(arguments, folder / "switch.log")
    try:
        # Keys pressed in one instant are to be known in one, however much there is to read on a busy machine.
        with patch.object(connection, "RECEIVE", 1 << 20):
            port = connect(switch.said["host"], switch.said["port"], PASSWORD, node="parity", epoch=1, roots=["/"])
            yield Host(port, Store(folder), folder / "recordings")
            port.close()
    finally:
        switch.child.stdin.close()
        switch.child.wait(LONG_S)
