"""The node kind that speaks a text and goes on."""

from functools import cached_property
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

_FIELDS = ("before", "text", "after")


class PlayNode(NodeBase):
    """Speaks a text to its end and goes on.  Mark the text that the call is for as the message.

    What may be missed stands in `before` and `after`: the message counts as delivered once `text` was heard to its end,
    even if the person hangs up during the rest.
    """

    kind_title: ClassVar = {"ru": "Сказать", "en": "Say"}
    help_ru: ClassVar = (
        "Произносит текст до конца и идёт дальше. Отметьте текст, ради которого звонок, как сообщение. Что можно и не "
        "дослушать, стоит в «до» и «после»: сообщение доставлено, когда до конца прозвучал сам текст, даже если дальше "
        "человек положил трубку."
    )
    icon: ClassVar = "volume"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "play",
        "text": {"ru": "Ваш заказ готов к выдаче.", "en": "Your order is ready to collect."},
        "message": True,
        "after": {"ru": "Мы работаем с девяти до шести.", "en": "We are open from nine to six."},
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
    before: Text | None = form_field(
        "До",
        "Before",
        "Звучит перед текстом и в нём не считается: приветствие, от чьего имени звонок",
        "Said before the text and no part of it: a greeting, who is calling",
        widget="speech",
        default=None,
    )
    after: Text | None = form_field(
        "После",
        "After",
        "Звучит после текста; дослушивать не обязательно: часы работы, прощание",
        "Said after the text; need not be heard: opening hours, a farewell",
        widget="speech",
        default=None,
    )

    def exits(self) -> tuple[Exit, ...]:
        """One way on."""
        return (DONE,)

    def enter(self, visit: Visit) -> Move:
        """Begin to speak."""
        return self._speak(visit, self._said[0])

    def resume(self, visit: Visit, event: Event) -> Move:
        """Spoken to the end: the next piece, or on."""
        if not isinstance(event, Played):
            raise unexpected(visit.node, event)
        said = self._said
        now = visit.memo.get("said", said[0])
        if now == "text" and self.message:
            visit.note(MessageHeard(node=visit.node))
        rest = said[said.index(now) + 1 :]
        return self._speak(visit, rest[0]) if rest else Leave("done")

    @cached_property
    def _said(self) -> tuple[str, ...]:
        """The fields that have a text, in the order in which they are heard."""
        return tuple(name for name in _FIELDS if getattr(self, name) is not None)

    def _speak(self, visit: Visit, name: str) -> Play:
        """A piece by itself, so that the switch can say how much of the message was heard."""
        if len(self._said) > 1:
            visit.memo = {"said": name}
        return Play(node=visit.node, parts=visit.say(name), message=self.message and name == "text")

    def phrases(self) -> tuple[Phrase, ...]:
        """The text, and what is said around it."""
        around = (("before", self.before), ("after", self.after))
        return (
            Phrase(field="text", text=self.text, message=self.message),
            *(Phrase(field=name, text=text) for name, text in around if text is not None),
        )
