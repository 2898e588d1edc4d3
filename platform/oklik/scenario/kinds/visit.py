"""What a node sees of the world: the running session (`Visit`), and its scenario when it checks itself (`About`).

Both are only named here; the session is `interpreter`'s, the scenario `document`'s.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Protocol

from oklik.scenario.conditions import Reading
from oklik.scenario.flow import Collect, Fact, Say


class Visit(Protocol):
    """What a node sees of the running session; see `interpreter`."""

    node: str
    tries: int
    memo: Mapping[str, str]  # what the node must remember until it is left, such as an answer not yet confirmed

    @property
    def today(self) -> dt.date:
        """The date where the contact is."""

    @property
    def language(self) -> str:
        """The language that is spoken now."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The scenario's languages, the first is the default."""

    @property
    def values(self) -> Mapping[str, str]:
        """Contact fields and variables by name, texts."""

    @property
    def reading(self) -> Reading:
        """How the texts of fields are to be read in comparisons."""

    @property
    def now(self) -> dt.datetime:
        """The wall clock at the contact when the call began, to the minute."""

    @property
    def holiday(self) -> bool:
        """Whether it is a public holiday there."""

    def lot(self, ticket: str) -> float:
        """A number between 0 and 1, both left out: always the same for this person, scenario, node and ticket."""

    def say(self, *fields: str, given: Mapping[str, str] | None = None, language: str | None = None) -> tuple[Say, ...]:
        """The phrases of these fields as speech, one after the other; fields without a text give nothing.

        given: values that are spoken here and are not answers yet.  language: another than that of the call.
        """

    def prepared(self, make: Callable[..., Collect], *fields: str) -> Collect:
        """What `make(visit, *fields)` gives: made once for all calls where no phrase of the node holds a value.

        Only for a question that follows from the node, the language, these fields and the memo, and from nothing else.
        """

    def set(self, name: str, value: str) -> None:
        """Give a variable a value."""

    def write(self, column: str, value: str) -> None:
        """Give one of the contact's columns a value, if it fits there, and record it."""

    def note(self, fact: Fact) -> None:
        """Record a fact."""

    def speak(self, language: str) -> None:
        """Go on in another language of the scenario, and record it."""

    def mark(self, outcome: str, tags: tuple[str, ...]) -> None:
        """Judge the conversation: an outcome, or "" to leave it as it is, and tags; and record it."""


class About(Protocol):
    """What a node may know of its scenario when it checks itself."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, the first is the default."""

    @property
    def columns(self) -> Mapping[str, object]:
        """The contact's fields by name."""

    @property
    def types(self) -> Mapping[str, str]:
        """The column type of each contact field, and of each answer that is compared as one."""

    @property
    def names(self) -> frozenset[str]:
        """Everything that has a value: columns, variables, questions."""

    @property
    def settable(self) -> frozenset[str]:
        """The declared variables."""
