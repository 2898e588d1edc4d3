"""The node kind that ends the call."""

from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, Hangup, HungUp, Play, Played
from oklik.scenario.kinds.base import Exit, Move, NodeBase, Phrase, Reason, Text, Visit, form_field, unexpected


class HangupNode(NodeBase):
    """Says goodbye, if you like, and ends the call.  The outcome goes to the report."""

    kind_title: ClassVar = {"ru": "Закончить звонок", "en": "Hang up"}
    help_ru: ClassVar = "Прощается, если нужно, и заканчивает звонок. Итог попадает в отчёт."
    icon: ClassVar = "phone-x"
    family: ClassVar = "end"
    example: ClassVar[dict[str, Any]] = {
        "kind": "hangup",
        "text": {"ru": "Спасибо, до свидания!", "en": "Thank you, goodbye!"},
    }

    kind: Literal["hangup"]
    text: Text | None = form_field(
        "Прощание",
        "Farewell",
        "Что сказать напоследок",
        "What to say last",
        widget="speech",
        default=None,
    )
    outcome: Literal["completed", "no_input", "wrong_person", "declined", "opted_out", "no_agent"] = form_field(
        "Итог",
        "Outcome",
        "Чем кончился разговор",
        "How the conversation ended",
        widget="choice",
        choices={
            "completed": ("Пройден", "Completed"),
            "no_input": ("Не ответил", "No answer"),
            "wrong_person": ("Не тот человек", "Wrong person"),
            "declined": ("Отказался отвечать", "Declined to answer"),
            "opted_out": ("Отказался от звонков", "Opted out"),
            "no_agent": ("Оператор не ответил", "No agent"),
        },
        default="completed",
    )

    def exits(self) -> tuple[Exit, ...]:
        """None: the call ends here."""
        return ()

    def ends(self) -> Reason | None:
        """The outcome."""
        return self.outcome

    def enter(self, visit: Visit) -> Move:
        """Say goodbye first, if there is something to say."""
        if self.text is not None:
            return Play(node=visit.node, parts=visit.say("text"))
        return Hangup(node=visit.node)

    def resume(self, visit: Visit, event: Event) -> Move:
        """Goodbye was said."""
        if not isinstance(event, Played):
            raise unexpected(visit.node, event)
        return Hangup(node=visit.node)

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """Whoever leaves during the goodbye has reached this end."""
        del visit, event
        return self.outcome

    def phrases(self) -> tuple[Phrase, ...]:
        """The farewell."""
        return (Phrase(field="text", text=self.text),) if self.text is not None else ()
