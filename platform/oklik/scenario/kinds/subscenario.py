"""The node kind that calls another scenario and goes on by the exit with which that one returns.

How the called scenario's nodes come into the calling one is the business of `linking`; in the linked scenario this node
only leads to the first of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from oklik.scenario.flow import Event, VariableSet
from oklik.scenario.kinds.base import (
    MAX_VALUES,
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    NodeBase,
    Slug,
    Values,
    Visit,
    form_field,
    unexpected,
)
from oklik.scenario.kinds.filling import filling_issues, possible, surely_filled
from oklik.scenario.substitute import fill, names

BEGIN = "begin"
Filled = Annotated[str, StringConstraints(max_length=500)]


class SubscenarioNode(NodeBase):
    """Calls another scenario, such as a check of who answers that many scenarios share, and goes on when it returns.

    The called scenario stands under `subscenarios` in this document, or in a file beside it: NAME.yaml or
    NAME/scenario.yaml. It gives control back by a `return`; the names of its returns are the exits here. If it hangs up
    instead, the call is over. Columns, variables and answers are shared by name: the called scenario reads and sets the
    same ones. It may be called several times; its variables keep what they got in between.
    """

    kind_title: ClassVar = {"ru": "Подсценарий", "en": "Subscenario"}
    help_ru: ClassVar = (
        "Вызывает другой сценарий — например, общую для многих проверку, кто ответил, — и идёт дальше, когда тот "
        "вернётся. Вызванный сценарий стоит в этом же документе под именем в subscenarios или в файле рядом: ИМЯ.yaml "
        "или ИМЯ/scenario.yaml. Управление он отдаёт шагом «Возврат»; имена его возвратов — исходы этого шага. Если он "
        "кладёт трубку, звонок окончен. Столбцы, переменные и ответы у них общие, по именам: вызванный сценарий читает "
        "и меняет те же самые. Вызвать его можно несколько раз; его переменные между вызовами сохраняются."
    )
    icon: ClassVar = "layers-subtract"
    family: ClassVar = "end"
    exits_from: ClassVar = ("scenario", "")
    silent: ClassVar = True
    seam: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "subscenario",
        "scenario": "who-answers",
        "with": {"stage": "for {{ name }}"},
        "exits": {"done": "debt", "stranger": "bye"},
    }

    kind: Literal["subscenario"]
    scenario: Slug = form_field(
        "Сценарий", "Scenario", "Имя вызываемого сценария", "The name of the scenario that is called", widget="scenario"
    )
    given: dict[Name, Filled] = form_field(
        "С чем",
        "With",
        "Значения его переменных на время вызова и дальше: имя и текст; {{ имя }} подставляет столбец или ответ",
        "Values that its variables get at the call: name and text; {{ name }} puts in a column or an answer",
        widget="values",
        default={},
        max_length=20,
        alias="with",
    )

    def calls(self) -> str | None:
        """The other scenario."""
        return self.scenario

    def linked(self, targets: Mapping[str, str]) -> NodeBase:
        """The way into the called scenario."""
        fields = {name: getattr(self, name) for name in SubscenarioNode.model_fields}
        return Entrance.model_construct(**{**fields, "targets": dict(targets)})

    def exits(self) -> tuple[Exit, ...]:
        """By themselves unknown: those that are connected."""
        return tuple(Exit(name=name, title={"ru": name, "en": name}) for name in self.targets)

    def enter(self, visit: Visit) -> Move:
        """Give the variables their values, all as things stood before, and begin."""
        filled = {name: fill(text, visit.values) for name, text in self.given.items()}
        for name, value in filled.items():
            visit.set(name, value)
            visit.note(VariableSet(node=visit.node, name=name, value=value))
        return Leave(BEGIN)

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def reads(self) -> Iterable[tuple[str, str]]:
        """The names in the values."""
        return [(f"with.{name}", used) for name, text in self.given.items() for used in names(text)]

    def derives(self) -> Mapping[str, tuple[str, ...]]:
        """Each variable carries what its value is made of."""
        return {name: names(text) for name, text in self.given.items()}

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The values for every combination of what they are made of; they share what one node may cost to follow."""
        most = MAX_VALUES // max(1, len(self.given))
        return {name: possible(text, values, most) for name, text in self.given.items()}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The variables whose value cannot be empty."""
        del exit_name
        return frozenset(name for name, text in self.given.items() if surely_filled(text, known))

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The values can be filled; what concerns both scenarios is checked where both are known."""
        del about
        for variable, text in self.given.items():
            yield from filling_issues(name, f"with.{variable}", text)


class Entrance(SubscenarioNode):
    """The calling node in a linked scenario: its one way leads to the first node of the called one."""

    def exits(self) -> tuple[Exit, ...]:
        """Into the called scenario; that it has a beginning is checked with the call."""
        return (Exit(name=BEGIN, title={"ru": "Вызов", "en": "Call"}, shares=BEGIN),)
