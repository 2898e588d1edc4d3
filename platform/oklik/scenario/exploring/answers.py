"""Everything that can happen while an instruction is outstanding: keys, silence, an end, a failure, a hang-up.

All of it follows from the instruction's own fields and from the definitions of the events; which of these events the
instruction takes, the interpreter is asked.  So a new node kind, or a new event, is tried without a change here.
"""

import datetime as dt
import types
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from oklik.scenario.flow import Digits, Event, Instruction, Say

KEYS = "0123456789*#"
# Long entries that a question may take: a phone, a contract, an amount.
_LONG = ("9161234567", "89161234567", "1001", "1500")
_MOST_HINTS = 24
_KINDS: tuple[Any, ...] = get_args(Event)


def answers(
    instruction: Instruction, hints: Iterable[str], today: dt.date, beyond: Iterable[Event] = ()
) -> list[Event]:
    """The events to try, each once, in a fixed order.  hints: values that lead somewhere, if they can be keyed in.

    beyond: what may come from other systems, as the node tells.

    Some may not answer the instruction at all: the interpreter raises IllegalEvent for these.
    """
    found: list[Event] = [
        Digits(keys=keys, complete=complete) for keys, complete in _entries(instruction, hints, today)
    ]
    found += beyond
    for kind in _KINDS:
        if kind is not Digits:
            found += _built(kind, instruction)
    return list({msgspec.json.encode(event): event for event in found}.values())  # some hold a dict: no hash


def pressed(event: Event) -> bool:
    """Whether the event is the person's doing, without which it would not have come: a key."""
    return isinstance(event, Digits) and bool(event.keys)


def heard(instruction: Instruction | None) -> tuple[Say, ...]:
    """What the person hears: all speech of the instruction but the agent's whisper."""
    found: list[Say] = []
    for name in instruction.__struct_fields__ if instruction is not None else ():
        value = getattr(instruction, name)
        if isinstance(value, tuple) and name != "whisper":
            found += [item for item in value if isinstance(item, Say)]
    return tuple(found)


# -- keys -------------------------------------------------------------------------------------------------------


def _entries(instruction: Instruction, hints: Iterable[str], today: dt.date) -> Iterator[tuple[str, bool]]:
    allowed: str | None = getattr(instruction, "allowed", None)
    if allowed is None:
        for key in _named_keys(instruction):
            yield key, True
        return
    low: int = getattr(instruction, "min_digits", 1)
    high: int = getattr(instruction, "max_digits", 1)
    ends: str = getattr(instruction, "terminators", "")
    plain = [key for key in allowed if key not in ends]
    wrong = next((key for key in KEYS if key not in allowed and key not in ends), None)
    if ends:
        yield "", False
    for key in (*plain, *((wrong,) if wrong else ())):
        yield key, low <= 1
    if high > 1 and plain:
        for keys in _longer(low, high, "".join(plain), hints, today):
            yield keys, len(keys) >= low


def _longer(low: int, high: int, plain: str, hints: Iterable[str], today: dt.date) -> Iterator[str]:
    """Entries of several keys: the shortest and the longest, and what may be meant by one."""
    near = [today + dt.timedelta(days=away) for away in (3, -3)]  # a promise is kept later, a payment was made before
    dates = [day.strftime(form) for day in near for form in ("%d%m", "%d%m%y", "%d%m%Y")]
    edges = [digit * length for length in dict.fromkeys((low, high)) for digit in (plain[0], plain[-1])]
    fitting = (hint for hint in hints if hint.isascii() and hint.isdigit() and 1 < len(hint) <= high)
    few = [hint for _, hint in zip(range(_MOST_HINTS), fitting, strict=False)]
    tens = [str(n) for n in (10, 12, 15, 30)]
    for keys in dict.fromkeys((*edges, *tens, *dates, *_LONG, *few)):
        if 1 < len(keys) <= high and set(keys) <= set(plain):
            yield keys


def _named_keys(instruction: Instruction) -> Iterator[str]:
    """Fields of an instruction that hold keys, such as one that ends a recording, and a key that is none of them."""
    named: dict[str, None] = {}
    for name in instruction.__struct_fields__:
        value = getattr(instruction, name)
        if isinstance(value, str) and "key" in name and set(value) <= set(KEYS):
            named |= dict.fromkeys(value)
    yield from named
    yield next(key for key in (*KEYS, "") if key not in named)


# -- other events -----------------------------------------------------------------------------------------------


def _built(kind: Any, instruction: Instruction) -> Iterator[Event]:
    """Every event of this kind that can make a difference: all choices, defaults for the rest.

    A length of time is nothing, and as much as the instruction allows, where it has a limit.
    """
    longest: int | None = getattr(instruction, "max_s", None)
    lengths = {float: (0.0, float(longest))} if longest is not None else {}
    fields = {
        name: _choices(hint) or lengths.get(hint) or (_plain(hint),)
        for name, required, hint in _fields(kind)
        if required or _choices(hint) or hint in lengths
    }
    for chosen in product(*fields.values()):
        yield kind(**dict(zip(fields, chosen, strict=True)))


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool, Any], ...]:
    """Name, whether it is required, and type, of the fields of an event."""
    hints = get_type_hints(kind)
    return tuple((field.name, field.required, hints[field.name]) for field in msgspec.structs.fields(kind))


def _choices(hint: Any) -> tuple[Any, ...]:
    if hint is bool:
        return False, True
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(hint)
    return get_args(hint) if get_origin(hint) is Literal else ()


def _plain(hint: Any) -> Any:
    """Some value of a type of which any will do."""
    if get_origin(hint) in (Union, types.UnionType):
        return None if type(None) in get_args(hint) else _plain(get_args(hint)[0])
    made = {str: "1", int: 1, float: 1.0, dict: {}, list: [], tuple: (), frozenset: frozenset()}
    return made.get(get_origin(hint) or hint)
