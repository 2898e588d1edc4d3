"""The node kind that chooses the way by what is known of the person and by the answers."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.conditions import PROVING, Reading
from oklik.scenario.flow import Event
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    NodeBase,
    Part,
    Slug,
    Values,
    Visit,
    error,
    form_field,
    unexpected,
)
from oklik.scenario.kinds.timetable import Opening, opening_issues

Operator = Literal[
    "equals", "not_equals", "one_of", "contains", "less", "at_most", "more", "at_least", "filled", "empty"
]


OPERATORS = {
    "equals": ("равно", "equals"),
    "not_equals": ("не равно", "differs"),
    "one_of": ("одно из", "is one of"),
    "contains": ("содержит", "contains"),
    "less": ("меньше", "is less than"),
    "at_most": ("не больше", "is at most"),
    "more": ("больше", "is more than"),
    "at_least": ("не меньше", "is at least"),
    "filled": ("заполнено", "is filled"),
    "empty": ("пусто", "is empty"),
}


class Condition(Part):
    """One comparison of a field with a value."""

    field: Name = form_field(
        "Поле", "Field", "Столбец списка, переменная или ответ", "A column, a variable or an answer", widget="name"
    )
    op: Operator = form_field(
        "Сравнение", "Comparison", "Как сравнить", "How to compare", widget="choice", choices=OPERATORS
    )
    value: str = form_field("Значение", "Value", "С чем сравнить", "What to compare with", default="", max_length=200)
    values: tuple[str, ...] = form_field(
        "Значения",
        "Values",
        "Для сравнения «одно из»",
        "For the comparison “one of”",
        widget="list",
        default=(),
        max_length=100,
    )

    def holds(self, text: str, reading: Reading) -> bool:
        """Whether it is true of a field's text."""
        if self.op == "one_of":
            return any(reading.holds("equals", self.field, text, value) for value in self.values)
        return reading.holds(self.op, self.field, text, self.value)


class Case(Part):
    """A way with the conditions that open it."""

    exit: Slug = form_field("Исход", "Exit", "Куда вести", "Where to lead")
    match: Literal["all", "any"] = form_field(
        "Нужно",
        "Needed",
        "Все условия или хотя бы одно",
        "All conditions or any of them",
        widget="choice",
        choices={"all": ("все", "all"), "any": ("хотя бы одно", "any")},
        default="all",
    )
    conditions: tuple[Condition, ...] = form_field(
        "Условия",
        "Conditions",
        "Что должно быть верно",
        "What must be true",
        widget="conditions",
        default=(),
        max_length=20,
    )
    hours: tuple[Opening, ...] = form_field(
        "Время",
        "Hours",
        "Ещё одно условие: местное время человека попадает в одну из строк",
        "One condition more: the person's local time lies in one of the rows",
        widget="timetable",
        default=(),
        max_length=30,
    )

    def holds(self, values: Mapping[str, str], reading: Reading, now: dt.datetime) -> bool:
        """Whether it is true of these values at this local time."""
        truths = [item.holds(values.get(item.field, ""), reading) for item in self.conditions]
        if self.hours:
            truths.append(any(row.holds(now) for row in self.hours))
        return all(truths) if self.match == "all" else any(truths)

    def possible(self, values: Mapping[str, Values], reading: Reading) -> tuple[bool, bool]:
        """Whether it can be true and whether it can be false, when fields have these values, at any time."""
        joint = all if self.match == "all" else any
        truths = [
            {True, False} if options is None else {item.holds(text, reading) for text in options}
            for item in self.conditions
            for options in (values.get(item.field, ("",)),)
        ]
        truths += [{True, False}] if self.hours else []
        return joint(True in truth for truth in truths), not joint(False not in truth for truth in truths)


class BranchNode(NodeBase):
    """Chooses the way: the first case whose conditions are true, otherwise “else”.  The person hears nothing."""

    kind_title: ClassVar = {"ru": "Условие", "en": "Branch"}
    help_ru: ClassVar = "Выбирает путь: первый случай, условия которого верны, иначе «else». Человек ничего не слышит."
    icon: ClassVar = "arrows-split-2"
    family: ClassVar = "way"
    exits_from: ClassVar = ("cases", "exit")
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "branch",
        "cases": [{"exit": "large", "conditions": [{"field": "debt", "op": "more", "value": "10000"}]}],
        "exits": {"large": "agent", "else": "bye"},
    }

    kind: Literal["branch"]
    cases: tuple[Case, ...] = form_field(
        "Случаи", "Cases", "Проверяются по порядку", "Tried in order", widget="cases", max_length=30
    )

    def exits(self) -> tuple[Exit, ...]:
        """Those of the cases, and else."""
        chosen = dict.fromkeys(case.exit for case in self.cases if case.exit != "else")
        exits = (Exit(name=name, title={"ru": name, "en": name}) for name in chosen)
        return (*exits, Exit(name="else", title={"ru": "Иначе", "en": "Otherwise"}))

    def enter(self, visit: Visit) -> Move:
        """Take the first case that is true."""
        values, reading, now = visit.values, visit.reading, visit.now
        for case in self.cases:
            if case.holds(values, reading, now):
                return Leave(case.exit)
        return Leave("else")

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def open_exits(self, values: Mapping[str, Values], reading: Reading) -> tuple[str, ...]:
        """The cases that can be true, up to the first that must be."""
        exits: dict[str, None] = {}
        for case in self.cases:
            can_hold, can_fail = case.possible(values, reading)
            if can_hold:
                exits[case.exit] = None
            if not can_fail:
                return tuple(exits)
        return (*exits, "else")

    def reads(self) -> Iterable[tuple[str, str]]:
        """The fields of the conditions."""
        for index, case in enumerate(self.cases):
            for number, item in enumerate(case.conditions):
                yield f"cases.{index}.conditions.{number}.field", item.field

    def compares(self) -> Iterable[tuple[str, str]]:
        """The values of the conditions."""
        for case in self.cases:
            for item in case.conditions:
                for value in item.values if item.op == "one_of" else (item.value,):
                    if value:
                        yield item.field, value

    def looks_for(self) -> frozenset[str]:
        """The fields that a condition asks to be filled or empty."""
        conditions = (item for case in self.cases for item in case.conditions)
        return frozenset(item.field for item in conditions if item.op in {"filled", "empty"})

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The fields that must have a value, if this way was taken."""
        del known
        refuted: set[str] = set()  # fields that a failed case proves to be filled
        proofs: list[set[str]] = []
        for case in self.cases:
            if case.exit == exit_name:
                sure = {item.field for item in case.conditions if item.op in PROVING}
                whole = case.match == "all" or len(case.conditions) + bool(case.hours) == 1
                proofs.append(refuted | (sure if whole else set()))
            if all(item.op == "empty" for item in case.conditions) and (
                case.match == "any" or len(case.conditions) + bool(case.hours) == 1
            ):
                refuted |= {item.field for item in case.conditions}
        if exit_name == "else":
            proofs.append(refuted)
        return frozenset(set.intersection(*proofs)) if proofs else frozenset()

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """There are conditions, and what they compare with can be compared."""
        if not self.cases:
            yield error(name, "cases", "branch_empty", "В условии нет ни одного случая", "The branch has no cases")
        reading = Reading(about.types, about.languages[0])
        for index, case in enumerate(self.cases):
            place = f"cases.{index}"
            if not case.conditions and not case.hours:
                yield error(name, place, "branch_empty", "В случае нет ни одного условия", "The case has no conditions")
            yield from opening_issues(name, f"{place}.hours", case.hours)
            for number, item in enumerate(case.conditions):
                for value in item.values if item.op == "one_of" else (item.value,):
                    if not reading.readable(item.op if item.op != "one_of" else "equals", item.field, value):
                        ru = f"Значение «{value}» нельзя сравнить с полем «{item.field}»"
                        en = f"Value {value!r} cannot be compared with field {item.field}"
                        yield error(name, f"{place}.conditions.{number}.value", "condition_value_bad", ru, en)
                if item.op == "one_of" and not item.values:
                    ru, en = "Не перечислены значения для сравнения", "There are no values to compare with"
                    yield error(name, f"{place}.conditions.{number}.values", "condition_value_bad", ru, en)
