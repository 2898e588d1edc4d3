"""What a walk through a scenario has found, as values that msgspec turns into JSON."""

from typing import Literal

import msgspec

from oklik.scenario.errors import Sentence

Code = Literal["loose_end", "too_long", "idle_circle", "no_end", "unspeakable", "never_reached", "start_missing"]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One call.  keys: what the person does, as `oklik scenario simulate --keys` takes it; nodes: those entered.

    now, holiday, who: when the call was made, and the name by which lots are drawn for the person (`--who`).
    """

    contact: dict[str, str]
    language: str
    now: str
    holiday: bool
    who: str
    keys: str
    nodes: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong.  node: "" when it has no single place; way: the shortest call that comes to it, if there is one.

    code: loose_end (an exit that leads nowhere was taken), too_long (the step cap ended a call), idle_circle (a call
    goes round without a key), no_end (no end can be reached from here), unspeakable (a text cannot be spoken),
    never_reached (no call comes to the node), start_missing (there is no first node).
    """

    code: Code
    node: str
    text: Sentence
    way: Way | None = None


class Exploration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a walk has found.

    contacts: people tried; states: different places a call can stand at; steps: answers given to the interpreter;
    ways: different calls without circles, counted up to 10^12; complete: nothing was left out; cut: which bound stopped
    the walk; thinned: nodes where not every combination of values was tried; never_reached, not_taken: nodes, and
    [node, exit]; endings: how many endings of each kind were met; prompts: everything that can be heard, sorted.
    """

    scenario: str
    languages: tuple[str, ...]
    contacts: int
    states: int
    steps: int
    ways: int
    complete: bool
    cut: Literal["states", "time"] | None
    thinned: tuple[str, ...]
    longest_s: float
    longest: Way | None
    findings: tuple[Finding, ...]
    never_reached: tuple[str, ...]
    not_taken: tuple[tuple[str, str], ...]
    endings: dict[str, int]
    prompts: tuple[str, ...]
