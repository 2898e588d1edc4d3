"""The node kind that gives a variable a value."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, VariableSet
from oklik.scenario.kinds.base import (
    DONE,
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    NodeBase,
    Values,
    Visit,
    error,
    form_field,
    unexpected,
)
from oklik.scenario.kinds.filling import filling_issues, possible, surely_filled
from oklik.scenario.substitute import fill, names


class SetNode(NodeBase):
    """Remembers a value in a variable, for conditions, texts and the report.  The person hears nothing."""

    kind_title: ClassVar = {"ru": "Запомнить", "en": "Set a variable"}
    help_ru: ClassVar = (
        "Запоминает значение в переменной: для условий дальше, для текстов и отчёта. Человек ничего не слышит."
    )
    icon: ClassVar = "variable"
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "set",
        "variable": "stage",
        "value": "promised {{ days }}",
        "exits": {"done": "bye"},
    }

    kind: Literal["set"]
    variable: Name = form_field(
        "Переменная", "Variable", "Одна из переменных сценария", "One of the scenario's variables", widget="name"
    )
    value: str = form_field(
        "Значение",
        "Value",
        "Текст; {{ имя }} подставляет столбец или ответ",
        "A text; {{ name }} puts in a column or an answer",
        max_length=500,
    )

    def exits(self) -> tuple[Exit, ...]:
        """One way on."""
        return (DONE,)

    def enter(self, visit: Visit) -> Move:
        """Set it and go on."""
        value = fill(self.value, visit.values)
        visit.set(self.variable, value)
        visit.note(VariableSet(node=visit.node, name=self.variable, value=value))
        return Leave("done")

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def reads(self) -> Iterable[tuple[str, str]]:
        """The names in the value."""
        return [("value", name) for name in names(self.value)]

    def derives(self) -> Mapping[str, tuple[str, ...]]:
        """The variable carries what its value is made of."""
        return {self.variable: names(self.value)}

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The value for every combination of what it is made of."""
        return {self.variable: possible(self.value, values)}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The variable has a value, unless all it is made of may be empty."""
        del exit_name
        return frozenset((self.variable,)) if surely_filled(self.value, known) else frozenset()

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The variable is declared and the value can be filled."""
        if self.variable not in about.settable:
            ru = f"Переменная «{self.variable}» не объявлена в сценарии"
            en = f"Variable {self.variable} is not declared in the scenario"
            yield error(name, "variable", "name_unknown", ru, en)
        yield from filling_issues(name, "value", self.value)
