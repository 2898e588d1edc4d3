"""The node kind that arranges another call."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from oklik.scenario.flow import CallLater, Event, Play, Played
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import (
    DONE,
    About,
    Exit,
    Issue,
    Key,
    Leave,
    Move,
    Visit,
    form_field,
    unexpected,
)

Minutes = Annotated[int, Field(ge=5, le=60 * 24 * 60)]


class CallLaterNode(AskingNode):
    """Arranges another call: after a fixed time, or when the person says by a key.  Calling hours still hold."""

    kind_title: ClassVar = {"ru": "Перезвонить позже", "en": "Call later"}
    help_ru: ClassVar = (
        "Договаривается о другом звонке: через заданное время или через столько, сколько человек выберет кнопкой. "
        "Звонок всё равно будет только в разрешённые часы."
    )
    icon: ClassVar = "phone-outgoing"
    family: ClassVar = "people"
    example: ClassVar[dict[str, Any]] = {
        "kind": "call_later",
        "text": {
            "ru": "Перезвонить через час — нажмите 1, завтра в это же время — 2.",
            "en": "To be called in an hour, press 1; tomorrow at this time, press 2.",
        },
        "options": {"1": 60, "2": 1440},
        "exits": {"done": "bye", "no_input": "bye"},
    }

    kind: Literal["call_later"]
    minutes: Minutes = form_field(
        "Через сколько минут",
        "After, minutes",
        "Если кнопок выбора нет: текст произносится, и договорённость есть",
        "When there are no keys to choose by: the text is said, and the call is arranged",
        widget="number",
        default=60,
    )
    options: dict[Key, Minutes] = form_field(
        "Кнопки",
        "Keys",
        "Через сколько минут перезвонить по каждой кнопке",
        "After how many minutes each key wants the call",
        widget="options",
        default={},
        max_length=11,
    )

    def keys(self) -> str:
        """The keys on offer and the repeat key."""
        return "".join(self.options) + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """Arranged; with keys also the ways out of a question."""
        if not self.options:
            return (DONE,)
        return (Exit(name="done", title={"ru": "Договорились", "en": "Arranged"}, by_key=True), *self.way_outs())

    def enter(self, visit: Visit) -> Move:
        """Ask; or note the call first, so that who hangs up amid the words is called all the same."""
        if self.options:
            return super().enter(visit)
        self._arrange(visit, self.minutes)
        return Play(node=visit.node, parts=visit.say("text"))

    def resume(self, visit: Visit, event: Event) -> Move:
        """Take the key, or the end of the words."""
        if self.options:
            return super().resume(visit, event)
        if not isinstance(event, Played):
            raise unexpected(visit.node, event)
        return Leave("done")

    def judge(self, visit: Visit, keys: str) -> Leave | None:
        """Note when."""
        if keys not in self.options:
            return None
        self._arrange(visit, self.options[keys])
        return Leave("done")

    def _arrange(self, visit: Visit, minutes: int) -> None:
        visit.note(CallLater(node=visit.node, after_s=minutes * 60))

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """One meaning a key."""
        del about
        repeat = [("repeat_key", self.repeat_key)] if self.repeat_key else []
        yield from self.check_keys(name, [*((f"options.{key}", key) for key in self.options), *repeat])
