"""A call that somebody tries out step by step: what was done so far in, where the call stands now out.

A call is what it began with and the moves since; it is played from the beginning each time (`play_out`), by the same
interpreter as a live one, so that nothing has to be kept open and any process can answer.  What the person does is
written as the keys of `simulate`, so that a call which was tried out can be kept as a golden run.
Texts without a question are taken as heard to their end; who hangs up says how many of them were.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

import msgspec

from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError, Sentence
from oklik.scenario.flow import (
    Collect,
    Ended,
    Entered,
    Fact,
    Hangup,
    Hook,
    Instruction,
    Left,
    Play,
    Played,
    PlayRecording,
    Record,
    Request,
    Say,
    Session,
    Step,
    Transfer,
)
from oklik.scenario.interpreter import resume, start
from oklik.scenario.left_message import MessageError, message_node
from oklik.scenario.limits import within_limits
from oklik.scenario.simulate import Inputs

KINDS = ("key", "silence", "hangup", "machine", "transfer", "voice", "request", "clock")
MACHINE = "machine"


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What a call began with.  now: the wall clock at the contact; holiday: one there; who: as `interpreter.start`."""

    contact: dict[str, str]
    language: str
    now: dt.datetime
    holiday: bool = False
    who: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done: items of `simulate`, keys that are not enough yet, another time, a machine's beep."""

    do: Literal["items", "typed", "clock", "machine"]
    items: str = ""
    now: dt.datetime | None = None
    holiday: bool = False


class Said(msgspec.Struct, frozen=True):
    """A text that was heard, or is heard now.  node: whose; recording: of this call, so there is no text."""

    node: str
    parts: tuple[Say, ...]
    recording: bool = False


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call stands.

    said: all texts so far; since: how many of them were there before the last move; asked: the instruction that waits,
    None when it is over; accepts: kinds of moves that are possible now, out of KINDS; typed: keys that are not enough.
    path: nodes in order; outcome: why it ended, MACHINE where a machine answered; fault: why it cannot go on.
    heard: how many texts of the last stretch were taken as heard.
    """

    said: tuple[Said, ...]
    since: int
    asked: Instruction | None
    session: Session | None
    facts: tuple[Fact, ...]
    path: tuple[str, ...]
    accepts: tuple[str, ...]
    typed: str
    outcome: str | None
    fault: Sentence | None
    heard: int

    @property
    def over(self) -> bool:
        """Nothing more can be done."""
        return not self.accepts


def play_out(scenario: Scenario, begun: Begun, moves: Sequence[Move]) -> State:
    """Play a call.  Raises KeysError for moves that do not fit it, which those made by `moved` always do."""
    call = _Call(scenario, begun)
    try:
        within_limits(scenario, begun.contact, begun.language)
        call.go(moves)
    except PromptError as error:
        call.fault = {code: error.describe(code) for code in ("ru", "en")}
        call.asked = None
    return call.state()


def golden_keys(moves: Sequence[Move]) -> str | None:
    """The keys of a golden run; None where the call cannot be written so (a machine, another time in its middle)."""
    if any(move.do in {"clock", "machine"} for move in moves):
        return None
    return " ".join(move.items for move in moves)


class _Call:
    """A call while it is played."""

    def __init__(self, scenario: Scenario, begun: Begun) -> None:
        self._scenario, self._begun = scenario, begun
        self.asked: Instruction | None = None
        self.fault: Sentence | None = None
        self._session: Session | None = None
        self._said: list[Said] = []
        self._facts: list[Fact] = []
        self._since = self._heard = 0
        self._typed = ""
        self._outcome: str | None = None
        self._untouched = True

    def go(self, moves: Sequence[Move]) -> None:
        begun, waiting = self._begun, list(moves)
        inputs = Inputs("", self._scenario)
        self._feed(inputs, waiting)
        self._take(
            start(self._scenario, begun.contact, begun.now, begun.language, holiday=begun.holiday, who=begun.who)
        )
        while self.asked is not None and not isinstance(self.asked, Hangup):
            while inputs.waits(self.asked):
                if not waiting:
                    return
                move = waiting.pop(0)
                self._since, self._heard = len(self._said), 0
                if move.do == "machine":
                    self._machine()
                    return
                self._other_time(move)
                self._feed(inputs, waiting)
            self._answer(inputs)

    def _feed(self, inputs: Inputs, waiting: list[Move]) -> None:
        """Hand over what the person does up to the next move that is none of theirs."""
        while waiting and waiting[0].do in {"items", "typed"}:
            move = waiting.pop(0)
            if move.do == "typed":
                self._typed = move.items
            else:
                inputs.add(move.items)
            self._untouched = False

    def _answer(self, inputs: Inputs) -> None:
        """Let the outstanding instruction be answered."""
        assert self.asked is not None and self._session is not None
        asked = self.asked
        by_itself = isinstance(asked, Play | PlayRecording)
        if not by_itself:
            self._since, self._heard = len(self._said), 0
        event = inputs.next(asked, self._scenario.nodes[asked.node])
        self._heard += by_itself
        self._take(resume(self._scenario, self._session, event))

    def _take(self, step: Step) -> None:
        self._session, self.asked = step.session, step.instruction
        self._facts += step.facts
        self._hear(self.asked)
        ended = next((fact.reason for fact in step.facts if isinstance(fact, Ended)), None)
        if ended is not None:
            self._outcome, self.asked = ended, None

    def _hear(self, asked: Instruction | None) -> None:
        if isinstance(asked, PlayRecording):
            self._said.append(Said(asked.node, (), recording=True))
        elif (parts := _parts(asked)) and asked is not None:
            self._said.append(Said(asked.node, parts))

    def _other_time(self, move: Move) -> None:
        assert self._session is not None and move.now is not None
        self._session = msgspec.structs.replace(
            self._session, today=move.now.date().isoformat(), time=f"{move.now:%H:%M}", holiday=move.holiday
        )

    def _machine(self) -> None:
        """A machine beeped: it gets the message, if the scenario has one that may be left."""
        begun = self._begun
        self._outcome, self.asked = MACHINE, None
        with suppress(MessageError):
            node = message_node(self._scenario)
            assert self._session is not None
            step = start(
                self._scenario, begun.contact, begun.now, self._session.language,
                holiday=begun.holiday, who=begun.who, at=node,
            )  # fmt: skip
            self._facts += step.facts
            while isinstance(step.instruction, Play) and step.session.node == node:
                self._hear(step.instruction)
                step = resume(self._scenario, step.session, Played())
                self._facts += step.facts

    def state(self) -> State:
        return State(
            said=tuple(self._said),
            since=len(self._said) if self._typed and isinstance(self.asked, Collect) else self._since,
            asked=self.asked,
            session=self._session,
            facts=tuple(self._facts),
            path=tuple(fact.node for fact in self._facts if isinstance(fact, Entered)),
            accepts=self._accepts(),
            typed=self._typed if isinstance(self.asked, Collect) else "",
            outcome=self._outcome,
            fault=self.fault,
            heard=self._heard,
        )

    def _accepts(self) -> tuple[str, ...]:
        """What is possible now, in the order of KINDS."""
        asked = self.asked
        if asked is None or self.fault is not None:
            return ()
        found = {"hangup", "clock"}
        if isinstance(asked, Collect):
            found |= {"key", "silence"}
        elif isinstance(asked, Transfer):
            found |= {"transfer"} | ({"key"} if asked.leave_key else set())
        elif isinstance(asked, Record):
            found |= {"voice", "silence"}
        elif isinstance(asked, Request | Hook):
            found |= {"request"}
        if self._untouched and not any(isinstance(fact, Left) and self._beyond(fact.node) for fact in self._facts):
            found |= {"machine"}
        return tuple(kind for kind in KINDS if kind in found)

    def _beyond(self, node: str) -> bool:
        """Whether only a human gets past a node, so that no machine is listened for any more."""
        return self._scenario.nodes[node].records


def _parts(asked: Instruction | None) -> tuple[Say, ...]:
    if isinstance(asked, Play | Collect | Record):
        return asked.parts
    if isinstance(asked, Transfer | Request | Hook):
        return asked.waiting
    return ()


def whisper_of(asked: Instruction | None) -> tuple[Say, ...]:
    """What the agent of a transfer hears first."""
    return asked.whisper if isinstance(asked, Transfer) else ()


def brief(asked: Instruction | None) -> Mapping[str, Any] | None:
    """An instruction without its texts."""
    if asked is None:
        return None
    plain: dict[str, Any] = msgspec.to_builtins(asked)
    return {name: value for name, value in plain.items() if name not in {"parts", "waiting", "whisper", "music"}}
