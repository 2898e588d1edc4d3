"""Random calls in the words of the simulator: what people might do with a scenario, as a string of inputs.

The scenario is walked with the interpreter; what can happen at each instruction is asked of the explorer's `answers`,
which finds it in the definitions of instructions and events.  So a new node kind or instruction joins by itself, and a
new event needs one line in `_written`: how the simulator's string says it.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from oklik.scenario.document import Scenario
from oklik.scenario.errors import IllegalEvent
from oklik.scenario.exploring.answers import KEYS, answers
from oklik.scenario.flow import (
    Collect,
    Digits,
    Event,
    Hangup,
    HungUp,
    Instruction,
    NoInput,
    Played,
    Step,
    TransferEnded,
)
from oklik.scenario.interpreter import resume, start

MOST = 60  # inputs of a call; after them nothing more is pressed

# How often people do it at a single instruction; what is not named shares the rest, most of it sensible keys.
LEAVES, SILENT, MISTYPES = 0.03, 0.12, 0.12


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
) -> str:
    """One random call, to be given to `simulate` with the same contact, moment and person.

    surplus: how often an entry has keys beyond those that its question takes.
    """
    step = start(scenario, contact, now, language, holiday=holiday, who=who)
    items: list[str] = []
    dots = 0  # texts heard since the last input: only a hang-up must say so
    while step.instruction is not None and not isinstance(step.instruction, Hangup) and len(items) < MOST:
        asked = step.instruction
        step, event = _happens(scenario, step, contact, now.date(), rng)
        if isinstance(event, Played):
            dots += 1
        elif isinstance(asked, Collect) and asked.more:
            items[-1] += event.keys if isinstance(event, Digits) else ""
        else:
            if isinstance(event, HungUp) or rng.random() < 0.5:
                items += ["."] * dots
            dots = 0
            items.append(_written(event, asked, rng) + _too_much(asked, rng, surplus))
    return " ".join(items)


def _happens(
    scenario: Scenario, step: Step, contact: Mapping[str, str], today: dt.date, rng: random.Random
) -> tuple[Step, Event]:
    """Something that the instruction can be answered by, and the step it leads to."""
    assert step.instruction is not None
    while True:
        event = _chosen(step.instruction, tuple(contact.values()), today, rng)
        try:
            return resume(scenario, step.session, event), event
        except IllegalEvent:
            continue


def _chosen(asked: Instruction, values: Sequence[str], today: dt.date, rng: random.Random) -> Event:
    dice = rng.random()
    if dice < LEAVES and not getattr(asked, "more", False):
        return HungUp()
    if isinstance(asked, Collect):
        if dice < LEAVES + SILENT:
            return NoInput()
        if dice < LEAVES + SILENT + MISTYPES:
            keys = "".join(rng.choices(KEYS, k=rng.randint(1, asked.max_digits)))
            return _keyed(keys, asked)
    ends = [value[-length:] for value in values for length in range(2, 9)]  # the last digits of a contract, and so on
    possible = [event for event in answers(asked, ends, today) if not isinstance(event, HungUp | NoInput)]
    return rng.choice(possible)


def _keyed(keys: str, asked: Collect) -> Event:
    """What the switch makes of these keys."""
    for place, key in enumerate(keys):
        if key in asked.terminators:
            keys = keys[:place]
            break
    return Digits(keys=keys, complete=len(keys) >= asked.min_digits)


def _written(event: Event, asked: Instruction, rng: random.Random) -> str:
    """An event as the simulator's string has it."""
    match event:
        case Digits(keys=keys):
            assert isinstance(asked, Collect)
            ended = len(keys) < asked.max_digits and asked.terminators and (not keys or rng.random() < 0.7)
            return keys + (rng.choice(asked.terminators) if ended else "")
        case NoInput():
            return "-"
        case HungUp():
            return rng.choice(("x", "hangup"))
        case TransferEnded(outcome=outcome):
            return f"!{outcome}"
        case _:
            raise AssertionError(f"say here how the simulator's string has {type(event).__name__}")


def _too_much(asked: Instruction, rng: random.Random, chance: float) -> str:
    """Keys of somebody who goes on typing."""
    if not isinstance(asked, Collect) or rng.random() >= chance:
        return ""
    return "".join(rng.choices(KEYS, k=rng.randint(1, 3)))
