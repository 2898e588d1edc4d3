"""The node kind that gives a variable or a column of the contact a value."""

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
    """Remembers a value in a variable, for conditions, texts and the report, or writes it into the contact's column.

    Give one of the two. A column keeps the value after the call: the next call to this person sees it, and so does the
    report, with what stood there before; the list's own file stays as it is. A value that does not fit the column's
    type is not written. A column that is only written may be missing in the list: `required: false`. The person hears
    nothing.
    """

    kind_title: ClassVar = {"ru": "Запомнить", "en": "Set a value"}
    help_ru: ClassVar = (
        "Запоминает значение в переменной — для условий дальше, для текстов и отчёта — или записывает его в столбец "
        "контакта. Нужно что-то одно. Столбец хранит значение и после звонка: его увидит следующий звонок этому "
        "человеку и покажет отчёт, вместе с тем, что было раньше; файл списка не меняется. Значение, которое не "
        "подходит к типу столбца, не записывается. Столбца, в который только пишут, в списке может и не быть: "
        "required: false. Человек ничего не слышит."
    )
    icon: ClassVar = "variable"
    family: ClassVar = "way"
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "set",
        "variable": "stage",
        "value": "promised {{ days }}",
        "exits": {"done": "bye"},
    }

    kind: Literal["set"]
    variable: Name | None = form_field(
        "Переменная",
        "Variable",
        "Одна из переменных сценария",
        "One of the scenario's variables",
        widget="name",
        default=None,
    )
    column: Name | None = form_field(
        "Столбец",
        "Column",
        "Один из столбцов сценария: значение останется у контакта и после звонка",
        "One of the scenario's columns: the contact keeps the value after the call",
        widget="name",
        default=None,
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
        if self.column is not None:
            visit.write(self.column, value)
        elif self.variable is not None:
            visit.set(self.variable, value)
            visit.note(VariableSet(node=visit.node, name=self.variable, value=value))
        return Leave("done")

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def writes(self) -> str | None:
        """The column."""
        return self.column

    def reads(self) -> Iterable[tuple[str, str]]:
        """The names in the value."""
        return [("value", name) for name in names(self.value)]

    def derives(self) -> Mapping[str, tuple[str, ...]]:
        """The variable or column carries what its value is made of."""
        return {name: names(self.value) for name in self._targets()}

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The value for every combination of what it is made of."""
        return {name: possible(self.value, values) for name in self._targets()}

    def copies(self) -> Mapping[str, str]:
        """What the value is, when it is one name and nothing else."""
        used = names(self.value)
        alone = len(used) == 1 and fill(self.value, {}) == "" and fill(self.value, {used[0]: "x"}) == "x"
        return dict.fromkeys(self._targets(), used[0]) if alone else {}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The variable or column has a value, unless all it is made of may be empty."""
        del exit_name
        return frozenset(self._targets()) if surely_filled(self.value, known) else frozenset()

    def _targets(self) -> tuple[str, ...]:
        """What gets the value: one of the two; of a draft with both the column."""
        name = self.column or self.variable
        return (name,) if name else ()

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The variable or column is declared and the value can be filled."""
        if (self.variable is None) == (self.column is None):
            ru = "Нужно что-то одно: переменная или столбец"
            en = "One of the two is needed: a variable or a column"
            yield error(name, None, "set_what", ru, en)
        if self.variable is not None and self.variable not in about.settable:
            ru = f"Переменная «{self.variable}» не объявлена в сценарии"
            en = f"Variable {self.variable} is not declared in the scenario"
            yield error(name, "variable", "name_unknown", ru, en)
        if self.column is not None and self.column not in about.columns:
            ru, en = f"Нет столбца «{self.column}»", f"There is no column {self.column!r}"
            yield error(name, "column", "name_unknown", ru, en)
        yield from filling_issues(name, "value", self.value)
