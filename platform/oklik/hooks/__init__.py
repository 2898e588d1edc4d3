"""For authors of plug-ins: a function that a scenario's `hook` node runs, with what it takes and gives, declared once.

    from collections.abc import Mapping
    from oklik.hooks import Hook, Result

    def choose(given: Mapping[str, str]) -> Result:
        return Result("discount", {"percent": 10})

    offer = Hook(choose, arguments=("debt",), exits=("discount", "nothing"), answers={"percent": "number"})

and in the package's metadata, under the name that scenarios use:

    [project.entry-points."oklik.hooks"]
    "scoring.offer" = "scoring:offer"

The function runs in a process of its own, one call at a time, and is killed when its time is up; what it prints goes
into the dialer's log.  Here is only what authors need; the processes are in `pool`, what they do in `child`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import get_args

from oklik.scenario.kinds.fetched import FetchedType

__all__ = ["GROUP", "Hook", "Result", "Value"]

GROUP = "oklik.hooks"
Value = str | int | float | bool | Decimal | dt.date | dt.time | None

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EXIT = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TYPES = get_args(FetchedType)


class Result:
    """By which exit to go on, and values for the scenario's variables; None is no value."""

    __slots__ = ("exit", "values")

    def __init__(self, exit: str, values: Mapping[str, Value] = MappingProxyType({})) -> None:  # noqa: A002  its name
        self.exit = exit
        self.values = dict(values)


class Hook:
    """A function and its declaration.  Raises ValueError for a declaration that no scenario could use."""

    def __init__(
        self,
        run: Callable[[Mapping[str, str]], Result],
        *,
        arguments: Iterable[str] = (),
        optional: Iterable[str] = (),
        exits: Iterable[str] = ("done",),
        answers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """run: takes texts by argument.  arguments: those it needs; optional: those that may be left out.

        exits: those it chooses from.  answers: the type of each value that it may give: text, number, money, date,
        time, digits, phone, choice.
        """
        self.run = run
        self.arguments: dict[str, bool] = dict.fromkeys(arguments, False) | dict.fromkeys(optional, True)
        self.exits = tuple(exits)
        self.answers = dict(answers)
        if not callable(run):
            raise ValueError("run must be a function")
        for name in (*self.arguments, *self.answers):
            if not _NAME.fullmatch(name):
                raise ValueError(f"not a name of an argument or answer: {name!r}")
        for name in self.exits:
            if not _EXIT.fullmatch(name) or name == "failed":
                raise ValueError(f"not a name of an exit: {name!r}")
        for name, kind in self.answers.items():
            if kind not in _TYPES:
                raise ValueError(f"answer {name}: no such type {kind!r}; there are {', '.join(_TYPES)}")
        if not self.exits:
            raise ValueError("a hook has at least one exit")
