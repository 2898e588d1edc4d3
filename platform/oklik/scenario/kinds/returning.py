"""The node kind that gives control back to the scenario by which this one was called."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, Hangup, HungUp
from oklik.scenario.kinds.base import Exit, Leave, Move, NodeBase, Reason, Slug, Visit, form_field, unexpected


class ReturnNode(NodeBase):
    """Goes back to the scenario that called this one, which goes on by the exit of this name.

    Where nobody has called, the call ends here as completed.
    """

    kind_title: ClassVar = {"ru": "Возврат", "en": "Return"}
    help_ru: ClassVar = (
        "Возвращается в сценарий, который вызвал этот; тот идёт дальше по исходу с этим именем. Если никто не вызывал, "
        "звонок здесь кончается как пройденный."
    )
    icon: ClassVar = "corner-up-left"
    family: ClassVar = "end"
    silent: ClassVar = True
    seam: ClassVar = True
    example: ClassVar[dict[str, Any]] = {"kind": "return", "exit": "stranger"}

    kind: Literal["return"]
    exit: Slug = form_field(
        "Исход",
        "Exit",
        "По какому исходу пойдёт дальше вызвавший сценарий",
        "By which exit the calling scenario goes on",
        default="done",
    )

    def returns(self) -> str | None:
        """The exit of the calling node."""
        return self.exit

    def linked(self, targets: Mapping[str, str]) -> NodeBase:
        """The way back into the calling scenario."""
        fields = {name: getattr(self, name) for name in ReturnNode.model_fields}
        return WayBack.model_construct(**{**fields, "targets": dict(targets)})

    def exits(self) -> tuple[Exit, ...]:
        """None of its own: where it goes on is drawn at the calling node."""
        return ()

    def enter(self, visit: Visit) -> Move:
        """There is nothing to go back to."""
        return Hangup(node=visit.node)

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """All that this scenario wanted was done."""
        del visit, event
        return "completed"

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)


class WayBack(ReturnNode):
    """A return in a linked scenario: its one way leads to where the calling node's exit leads."""

    def exits(self) -> tuple[Exit, ...]:
        """Back; that the calling node has connected it is checked with the call."""
        return (Exit(name=self.exit, title={"ru": self.exit, "en": self.exit}, shares=self.exit),)

    def enter(self, visit: Visit) -> Move:
        """Go back."""
        del visit
        return Leave(self.exit)
