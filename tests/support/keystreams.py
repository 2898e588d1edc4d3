"""Random calls: what people might do with a scenario, as a string of inputs, and what other systems and agents do then.

The scenario is walked with the interpreter; what can happen at each instruction is asked of the explorer's `answers`,
which finds it in the definitions of instructions and events.  So a new node kind or instruction joins by itself, and a
new event needs one line in `_item`: how the simulator's string says it.
"""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from oklik.scenario.beyond import meant, word
from oklik.scenario.document import Scenario
from oklik.scenario.errors import IllegalEvent
from oklik.scenario.exploring.answers import KEYS, answers
from oklik.scenario.flow import (
    Collect,
    Digits,
    Event,
    Hangup,
    Hook,
    HookEnded,
    HungUp,
    Instruction,
    NoInput,
    Played,
    Record,
    Recorded,
    RecordingEnd,
    Request,
    Responded,
    Step,
    Transfer,
    TransferEnded,
    TransferOutcome,
)
from oklik.scenario.interpreter import resume, start
from oklik.scenario.kinds.base import NodeBase

MOST = 60  # inputs of a call; after them nothing more is pressed

# How often people do it at a single instruction; what is not named shares the rest, most of it sensible keys.
LEAVES, SILENT, MISTYPES = 0.03, 0.12, 0.12
LEAVES_RECORDED = 0.12  # where one is recorded: some have said what they wanted


class Stream(NamedTuple):
    """A random call.

    keys: to be given to `simulate`.  script: the same for a person on the virtual switch (`virtual.scripted`), who does
    not see requests, hears every text (`.`), and leaves the wait for an agent by a key.
    beyond: what other systems and plug-ins answer, in order; None: the person leaves before that.
    transfers: how they end, in order; None: the person leaves before that.
    """

    keys: str
    script: str
    beyond: tuple[Event | None, ...]
    transfers: tuple[TransferOutcome | None, ...]


def stream(
    scenario: Scenario,
    contact: Mapping[str, str],
    now: dt.datetime,
    language: str,
    rng: random.Random,
    *,
    holiday: bool = False,
    who: str = "",
    surplus: float = 0.0,
) -> Stream:
    """One random call, for the same contact, moment and person.

    surplus: how often an entry has keys beyond those that its question takes.
    """
    step = start(scenario, contact, now, language, holiday=holiday, who=who)
    made = _Making(rng, surplus)
    while step.instruction is not None and not isinstance(step.instruction, Hangup) and len(made.keys) < MOST:
        event = made.early(step.instruction)
        if event is None:
            event = _happens(scenario, step, tuple(contact.values()), now.date(), rng)
            event = made.does(event, step.instruction, scenario.nodes[step.instruction.node])
        step = resume(scenario, step.session, event)
    return Stream(" ".join(made.keys), " ".join(made.script), tuple(made.beyond), tuple(made.transfers))


# -- what happens -------------------------------------------------------------------------------------------------


def _happens(scenario: Scenario, step: Step, values: Sequence[str], today: dt.date, rng: random.Random) -> Event:
    """Something that the instruction can be answered by.

    The dice for leaving are thrown once: not again for each event that is none here, or nobody would stay.
    """
    asked = step.instruction
    assert asked is not None
    dice = rng.random()
    more = isinstance(asked, Collect) and asked.more
    if dice < (LEAVES_RECORDED if isinstance(asked, Record) else LEAVES) and not more:
        return HungUp()
    if isinstance(asked, Collect):
        if dice < LEAVES + SILENT:
            return NoInput()
        if dice < LEAVES + SILENT + MISTYPES:
            return _keyed("".join(rng.choices(KEYS, k=rng.randint(1, asked.max_digits))), asked)[0]
    possible = list(_possible(asked, scenario.nodes[asked.node], values, today, rng))
    rng.shuffle(possible)
    for event in possible:
        try:
            resume(scenario, step.session, event)
        except IllegalEvent:
            continue
        return event
    raise AssertionError(f"nothing answers {asked}")


def _possible(
    asked: Instruction, node: NodeBase, values: Sequence[str], today: dt.date, rng: random.Random
) -> Iterator[Event]:
    """What can be said in the simulator's string, but for leaving and silence."""
    ends = [value[-length:] for value in values for length in range(2, 9)]  # the last digits of a contract, and so on
    for event in answers(asked, ends, today, node.trials({})):
        match event:
            case HungUp() | NoInput():
                pass
            case Digits(keys=keys) if isinstance(asked, Collect):
                if set(keys) <= set(asked.allowed):  # who mistypes is thrown for before
                    yield event
            case Recorded() if isinstance(asked, Record):
                seconds = min(_speech(asked, rng), float(asked.max_s)) if event.seconds else 0.0
                yield Recorded(seconds=seconds, by=RecordingEnd.KEY)
            case TransferEnded(outcome=TransferOutcome.LEFT):
                if isinstance(asked, Transfer) and asked.leave_key is not None:
                    yield event
            case Responded() | HookEnded():
                told = meant(word(event), asked, node) if isinstance(asked, Request | Hook) else None
                if told is not None:
                    yield told
            case _:
                yield event


def _speech(asked: Record, rng: random.Random) -> float:
    """Seconds that somebody speaks who is recorded; now and then longer than there is time."""
    return rng.choice((0.5, 1.0, 1.5, float(rng.randint(2, 12)), float(rng.randint(2, asked.max_s + 5))))


def _keyed(keys: str, asked: Collect) -> tuple[Digits, str]:
    """What the switch makes of these keys, and those that it leaves."""
    rest = ""
    for place, key in enumerate(keys):
        if key in asked.terminators:
            keys, rest = keys[:place], keys[place + 1 :]
            break
        if place + 1 == asked.max_digits:
            keys, rest = keys[: place + 1], keys[place + 1 :]
            break
    return Digits(keys=keys, complete=len(keys) >= asked.min_digits), rest


# -- how it is written --------------------------------------------------------------------------------------------


class _Making:
    """A stream as it grows."""

    def __init__(self, rng: random.Random, surplus: float) -> None:
        self.keys: list[str] = []
        self.script: list[str] = []
        self.beyond: list[Event | None] = []
        self.transfers: list[TransferOutcome | None] = []
        self._rng = rng
        self._surplus = surplus
        self._dots = 0  # texts heard since the last input: in the simulator's string only a hang-up must say so
        self._rest = ""  # keys that no question has had yet
        self._entry = 0  # the place of the last keys in the script
        self._heard = False  # something was said since they were pressed

    def early(self, asked: Instruction) -> Digits | None:
        """What keys pressed before make of a question; None where there are none, or they do not count.

        Whoever has begun an answer so adds nothing to it.
        """
        if not isinstance(asked, Collect) or not (asked.early or asked.more) or not self._rest:
            return None
        keys = self._rest
        event, self._rest = _keyed(keys, asked)
        enough = len(keys) >= asked.max_digits or any(key in asked.terminators for key in keys)
        spoken = not asked.barge_in and bool(asked.parts)
        if enough and spoken:
            self._text()
        elif not enough and not asked.more:
            self._input("-", "-" if self._heard or spoken else None)
        return event

    def does(self, event: Event, asked: Instruction, node: NodeBase) -> Event:
        """Write it down.  Returns it as it is with what the person does besides."""
        if isinstance(event, Played):
            self._text()
            return event
        if not isinstance(asked, Request | Hook):
            self._rest = ""
        if isinstance(asked, Collect) and asked.more:
            if isinstance(event, Digits):
                self.keys[-1] += event.keys
                self.script[self._entry] += event.keys
            return event
        if isinstance(event, Digits) and isinstance(asked, Collect):
            typed = self._typed(event, asked)
            self._input(typed, typed)
            self._entry = len(self.script) - 1
            event, self._rest = _keyed(typed, asked)
            self._heard = False
            return event
        self._input(*self._item(event, asked, node))
        return event

    def _text(self) -> None:
        self._dots += 1
        self._heard = True
        self.script.append(".")

    def _input(self, keys: str, script: str | None) -> None:
        if keys in {"x", "hangup"} or keys.endswith("x") or self._rng.random() < 0.5:
            self.keys += ["."] * self._dots
        self._dots = 0
        self.keys.append(keys)
        self.script += script.split() if script else []

    def _typed(self, event: Digits, asked: Collect) -> str:
        keys, rng = event.keys, self._rng
        ended = len(keys) < asked.max_digits and asked.terminators and (not keys or rng.random() < 0.7)
        typed = keys + (rng.choice(asked.terminators) if ended else "")
        more = rng.random() < self._surplus
        return typed + ("".join(rng.choices(KEYS, k=rng.randint(1, 3))) if more else "")

    def _item(self, event: Event, asked: Instruction, node: NodeBase) -> tuple[str, str | None]:
        """An event as the simulator's string has it, and what the person does for it."""
        if isinstance(asked, Transfer):
            self.transfers.append(event.outcome if isinstance(event, TransferEnded) else None)
        if isinstance(asked, Request | Hook):
            self.beyond.append(None if isinstance(event, HungUp) else event)
        match event:
            case NoInput():
                return "-", "-"
            case Recorded(seconds=seconds) if isinstance(asked, Record):
                longer = self._rng.randint(0, 5) if seconds == asked.max_s else 0
                item = f"~{seconds + longer:g}" if seconds else "-"
                return item, item
            case HungUp() if isinstance(asked, Record) and asked.max_s > 1 and self._rng.random() < 0.7:
                item = f"~{self._rng.randint(1, asked.max_s - 1)}x"
                return item, item
            case HungUp():
                return self._rng.choice(("x", "hangup")), "x"
            case TransferEnded(outcome=outcome) if isinstance(asked, Transfer):
                return self._transferred(outcome, asked)
            case Responded() | HookEnded() if isinstance(asked, Request | Hook):
                if asked.waiting:
                    self._heard = True
                usual = event == node.trials({})[0] and self._rng.random() < 0.5
                return word(event).partition(":")[0] if usual else word(event), "." if asked.waiting else None
            case _:
                raise AssertionError(f"say here how the simulator's string has {type(event).__name__}")

    def _transferred(self, outcome: TransferOutcome, asked: Transfer) -> tuple[str, str]:
        if outcome is TransferOutcome.LEFT:
            assert asked.leave_key is not None
            return self._rng.choice(("!left", asked.leave_key)), f"!{asked.leave_key}"
        # Who waits in vain is told their place once, which breaks off the music as the end of the wait does.
        told = outcome is TransferOutcome.NO_AGENT and asked.position_every_s and asked.wait_s
        return f"!{outcome}", f"!place !{outcome}" if told else f"!{outcome}"
