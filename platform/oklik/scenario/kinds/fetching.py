"""The common part of the kinds that wait for something beyond the call: another system, a function of a plug-in.

The host fetches; here is what the values that come mean, and what the checker, the simulator and the walk may know of
them.  Whatever does not fit is a failure of the node, never an error.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from oklik.scenario.flow import VariableSet
from oklik.scenario.kinds.base import (
    About,
    Issue,
    NodeBase,
    Phrase,
    Text,
    Values,
    Visit,
    form_field,
    warning,
)
from oklik.scenario.kinds.fetched import Fetched

FAILED = "failed"
PATIENT_S = 3.0  # of silence, after which people think that the line is dead
MOST_TRIALS = 400  # of one node
_MOST_VALUES = 40  # of one variable
_FAULT = 200


class FetchingNode(NodeBase):
    """Waits for values from beyond, while the person listens."""

    answered: ClassVar = False

    waiting: Text | None = form_field(
        "Пока ждём",
        "While waiting",
        "Говорится человеку, пока идёт запрос: «Секунду, проверяю»",
        "Said to the person meanwhile: “One moment, let me check”",
        widget="speech",
        default=None,
    )

    @property
    def wanted(self) -> Mapping[str, Fetched]:
        """The variables that get a value, with their rules."""
        raise NotImplementedError

    @property
    def patience_s(self) -> float:
        """How long it may take."""
        raise NotImplementedError

    def taken(self, visit: Visit, values: Mapping[str, str]) -> str:
        """Give the variables these values, all or none; returns what did not fit, "" when all is well."""
        read: dict[str, str] = {}
        for name, rules in self.wanted.items():
            value = rules.read(values.get(name, ""))
            if value is None:
                value = rules.stand_in
            if value is None:
                return f"{name}: {'no value' if not values.get(name) else f'not a {rules.type}, or out of its limits'}"
            read[name] = value
        for name, value in read.items():
            visit.set(name, value)
            visit.note(VariableSet(node=visit.node, name=name, value=value))
        return ""

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """What the person hears meanwhile."""
        return () if self.waiting is None else (Phrase(field="waiting", text=self.waiting),)

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The variables, with what can be listed."""
        del values
        return {name: rules.listed() for name, rules in self.wanted.items()}

    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """Of those that cannot be listed."""
        sampled = {name: rules.sampled() for name, rules in self.wanted.items()}
        return {name: found for name, found in sampled.items() if found}

    def answer_types(self) -> Mapping[str, str]:
        """The types that the variables were declared with."""
        compared = {name: rules.compared for name, rules in self.wanted.items()}
        return {name: kind for name, kind in compared.items() if kind is not None}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Everything that has no empty stand-in, unless it failed."""
        del known
        sure = frozenset(name for name, rules in self.wanted.items() if rules.stand_in != "")
        return sure if exit_name != FAILED else frozenset()

    def private(self) -> frozenset[str]:
        """The variables marked so."""
        return frozenset(name for name, rules in self.wanted.items() if rules.private)

    def personal(self) -> frozenset[str]:
        """The variables marked so, and the private ones."""
        return frozenset(name for name, rules in self.wanted.items() if rules.personal or rules.private)

    def usual(self) -> dict[str, str]:
        """What usually comes."""
        return {name: rules.example for name, rules in self.wanted.items()}

    def unusual(self, values: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
        """The usual with one value changed to each that may lead elsewhere."""
        usual = self.usual()
        for name, rules in self.wanted.items():
            compared = [value for value in values.get(name, ()) if rules.read(value) is not None]
            for value in list(dict.fromkeys((*compared, *rules.trials())))[:_MOST_VALUES]:
                if value != usual[name]:
                    yield {**usual, name: value}

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The rules make sense, and nobody waits in silence."""
        del about
        for variable, rules in self.wanted.items():
            yield from rules.issues(name, f"answers.{variable}")
        if self.patience_s > PATIENT_S and self.waiting is None:
            ru = f"Человек может ждать молча {self.patience_s:g} с и решит, что связь пропала: скажите что-нибудь"
            en = f"The person may wait {self.patience_s:g} s in silence and think the line is dead: say something"
            yield warning(name, "waiting", "waiting_missing", ru, en)


def fault_line(fault: str) -> str:
    """One short line."""
    return " ".join(fault.split())[:_FAULT]
