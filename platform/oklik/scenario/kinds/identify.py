"""The node kind that makes sure the right person listens before anything private is said."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import RightParty
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import About, Exit, Issue, Key, Leave, Visit, form_field


class IdentifyNode(AskingNode):
    """Right-party check: asks whether the person is the one we call.

    Nothing private can be spoken before the answer "yes": the checker refuses such a scenario.
    """

    kind_title: ClassVar = {"ru": "Проверить, кто у телефона", "en": "Right-party check"}
    help_ru: ClassVar = (
        "Спрашивает, тот ли человек взял трубку. Пока он не ответил «да», ничего личного сказать нельзя: "
        "проверка не пропустит такой сценарий."
    )
    icon: ClassVar = "user-check"
    example: ClassVar[dict[str, Any]] = {
        "kind": "identify",
        "text": {
            "ru": "Вы {{ name | name }}? Да — нажмите 1, нет — 2, не знаете такого человека — 3.",
            "en": "Am I speaking to {{ name | name }}? Yes — press 1, no — press 2, wrong number — press 3.",
        },
        "exits": {"confirmed": "amount", "other": "bye", "wrong_number": "bye", "no_input": "bye"},
    }

    kind: Literal["identify"]
    yes: Key = form_field(
        "Кнопка «да»", "Key for yes", "Это тот человек", "It is the person", widget="key", default="1"
    )
    no: Key = form_field(
        "Кнопка «нет»", "Key for no", "Трубку взял другой", "Somebody else has answered", widget="key", default="2"
    )
    unknown: Key | None = form_field(
        "Кнопка «не знаю такого»",
        "Key for wrong number",
        "Номер чужой: больше сюда не звонить",
        "The number is somebody else's: do not call it again",
        widget="key",
        default="3",
    )

    def keys(self) -> str:
        """The keys of the answers and the repeat key."""
        return self.yes + self.no + (self.unknown or "") + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """Confirmed, somebody else, wrong number if it is offered, and nobody said."""
        wrong = (Exit(name="wrong_number", title={"ru": "Не знают такого", "en": "Wrong number"}, by_key=True),)
        return (
            Exit(name="confirmed", title={"ru": "Да, это он", "en": "Right person"}, by_key=True),
            Exit(name="other", title={"ru": "Это другой", "en": "Somebody else"}, by_key=True),
            *(wrong if self.unknown else ()),
            *self.way_outs(),
        )

    def judge(self, visit: Visit, keys: str) -> Leave | None:
        """Note who listens; only a plain yes opens what is private."""
        result = {self.unknown: "wrong_number", self.no: "other", self.yes: "confirmed"}.get(keys)
        if result is None:
            return None
        visit.note(RightParty(node=visit.node, result=result))
        return Leave(result)

    def confirms(self, exit_name: str) -> bool | None:
        """Asking again and getting no yes takes an earlier yes back."""
        return exit_name == "confirmed"

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """One meaning a key."""
        del about
        keys = [("yes", self.yes), ("no", self.no), ("unknown", self.unknown), ("repeat_key", self.repeat_key)]
        yield from self.check_keys(name, [(field_name, key) for field_name, key in keys if key])
