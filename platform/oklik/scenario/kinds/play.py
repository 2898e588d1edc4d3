"""The node kind that speaks a text and goes on."""

from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, MessageHeard, Play, Played
from oklik.scenario.kinds.base import (
    DONE,
    Exit,
    Leave,
    Move,
    NodeBase,
    Phrase,
    Text,
    Visit,
    form_field,
    unexpected,
)


class PlayNode(NodeBase):
    """Speaks a text to its end and goes on.  Mark the text that the call is for as the message."""

    kind_title: ClassVar = {"ru": "Сказать", "en": "Say"}
    help_ru: ClassVar = "Произносит текст до конца и идёт дальше. Отметьте текст, ради которого звонок, как сообщение."
    icon: ClassVar = "volume"
    example: ClassVar[dict[str, Any]] = {
        "kind": "play",
        "text": {"ru": "Ваш заказ готов к выдаче.", "en": "Your order is ready to collect."},
        "message": True,
        "exits": {"done": "bye"},
    }

    kind: Literal["play"]
    text: Text = form_field("Текст", "Text", "Что услышит человек", "What the person hears", widget="speech")
    message: bool = form_field(
        "Это сообщение",
        "This is the message",
        "Дослушал до конца — значит, сообщение доставлено",
        "Heard to the end means that the message was delivered",
        widget="switch",
        default=False,
    )

    def exits(self) -> tuple[Exit, ...]:
        """One way on."""
        return (DONE,)

    def enter(self, visit: Visit) -> Move:
        """Speak."""
        return Play(node=visit.node, parts=visit.say("text"), message=self.message)

    def resume(self, visit: Visit, event: Event) -> Move:
        """Spoken to the end."""
        if not isinstance(event, Played):
            raise unexpected(visit.node, event)
        if self.message:
            visit.note(MessageHeard(node=visit.node))
        return Leave("done")

    def phrases(self) -> tuple[Phrase, ...]:
        """The text."""
        return (Phrase(field="text", text=self.text, message=self.message),)
