"""The node kind that judges the conversation for the report."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from oklik.scenario.flow import Event
from oklik.scenario.kinds.base import (
    DONE,
    About,
    Exit,
    Issue,
    Leave,
    Move,
    NodeBase,
    Visit,
    error,
    form_field,
    unexpected,
)

Tag = Annotated[str, StringConstraints(pattern=r"^\S(.{0,58}\S)?$")]
# Not opted_out: the report would promise what only the opt_out node does.
Outcome = Literal["keep", "completed", "no_input", "wrong_person", "declined", "no_agent"]


class MarkNode(NodeBase):
    """Says for the report what has come of the conversation so far: its outcome, and tags.  The person hears nothing.

    The outcome holds if the person hangs up later or the call ends as completed; an end with another outcome of its own
    goes before it, and so does a later mark. Tags of a call add up.
    """

    kind_title: ClassVar = {"ru": "Отметить", "en": "Mark"}
    help_ru: ClassVar = (
        "Говорит отчёту, что уже вышло из разговора: итог и метки. Человек ничего не слышит. Итог действует, если "
        "человек потом положит трубку или сценарий закончится итогом «Пройден»; другой итог в конце и более поздняя "
        "отметка важнее. Метки звонка складываются."
    )
    icon: ClassVar = "tag"
    family: ClassVar = "way"
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "mark",
        "outcome": "completed",
        "tags": ["VIP", "перезвонить весной"],
        "exits": {"done": "bye"},
    }

    kind: Literal["mark"]
    outcome: Outcome = form_field(
        "Итог",
        "Outcome",
        "Чем считать разговор, даже если человек положит трубку",
        "What the conversation counts as, even when the person hangs up",
        widget="choice",
        choices={
            "keep": ("Не менять", "Leave as it is"),
            "completed": ("Пройден", "Completed"),
            "no_input": ("Не ответил", "No answer"),
            "wrong_person": ("Не тот человек", "Wrong person"),
            "declined": ("Отказался отвечать", "Declined to answer"),
            "no_agent": ("Оператор не ответил", "No agent"),
        },
        default="keep",
    )
    tags_: tuple[Tag, ...] = form_field(
        "Метки",
        "Tags",
        "Слова для отчёта: стоят в строке контакта",
        "Words for the report: they stand in the contact's row",
        widget="list",
        default=(),
        max_length=20,
        alias="tags",
    )

    def exits(self) -> tuple[Exit, ...]:
        """One way on."""
        return (DONE,)

    def enter(self, visit: Visit) -> Move:
        """Note it and go on."""
        visit.mark("" if self.outcome == "keep" else self.outcome, self.tags())
        return Leave("done")

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def tags(self) -> tuple[str, ...]:
        """Those given here, each once."""
        return tuple(dict.fromkeys(self.tags_))

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """It says something."""
        del about
        if self.outcome == "keep" and not self.tags_:
            ru, en = "Нет ни итога, ни меток: шаг ничего не отмечает", "Neither outcome nor tags: nothing is marked"
            yield error(name, "tags", "mark_empty", ru, en)
