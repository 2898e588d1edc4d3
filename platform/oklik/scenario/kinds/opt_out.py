"""The node kind that takes the person off the lists."""

from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, HungUp, OptedOut, Play, Played
from oklik.scenario.kinds.base import (
    DONE,
    Exit,
    Leave,
    Move,
    NodeBase,
    Phrase,
    Reason,
    Text,
    Visit,
    form_field,
    unexpected,
)


class OptOutNode(NodeBase):
    """Puts the person on the stop list at once, before a word is said: nobody calls this number again."""

    kind_title: ClassVar = {"ru": "Больше не звонить", "en": "Opt out"}
    help_ru: ClassVar = "Сразу, ещё до подтверждения, вносит человека в стоп-лист: больше по этому номеру не звонят."
    icon: ClassVar = "phone-off"
    family: ClassVar = "people"
    opts_out: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "opt_out",
        "text": {"ru": "Больше мы вам не позвоним.", "en": "We will not call you again."},
        "exits": {"done": "bye"},
    }

    kind: Literal["opt_out"]
    text: Text | None = form_field(
        "Подтверждение",
        "Confirmation",
        "Что услышит человек; можно не говорить ничего",
        "What the person hears; may be left empty",
        widget="speech",
        default=None,
    )

    def exits(self) -> tuple[Exit, ...]:
        """One way on."""
        return (DONE,)

    def enter(self, visit: Visit) -> Move:
        """The wish is noted before anything else happens."""
        visit.note(OptedOut(node=visit.node))
        if self.text is None:
            return Leave("done")
        return Play(node=visit.node, parts=visit.say("text"))

    def resume(self, visit: Visit, event: Event) -> Move:
        """Confirmed."""
        if not isinstance(event, Played):
            raise unexpected(visit.node, event)
        return Leave("done")

    def hung_up(self, visit: Visit, event: HungUp) -> Reason:
        """The person got what was wanted."""
        del visit, event
        return "opted_out"

    def phrases(self) -> tuple[Phrase, ...]:
        """The confirmation."""
        return (Phrase(field="text", text=self.text),) if self.text is not None else ()
