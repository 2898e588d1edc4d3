"""The node kind that takes a mark on a scale by one or two keys."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Answered, Collect, Digits, Event, NoInput
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    Question,
    Values,
    Visit,
    error,
    form_field,
    question_title,
)

ONE = "1"
TEN = 10


class RateNode(AskingNode):
    """Asks for a mark on a scale, such as 0–10 or 1–5.

    One key is enough; where the scale has a ten, it waits a little for a zero after a one.
    """

    kind_title: ClassVar = {"ru": "Спросить оценку", "en": "Ask for a mark"}
    help_ru: ClassVar = (
        "Спрашивает оценку по шкале, например 0–10 или 1–5. Достаточно одной кнопки; если на шкале есть десять, "
        "после единицы немного ждёт нуля."
    )
    icon: ClassVar = "stars"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "rate",
        "title": {"ru": "Готовность рекомендовать", "en": "Would recommend"},
        "text": {
            "ru": "Порекомендуете ли вы нас друзьям? Наберите число от 0 до 10.",
            "en": "How likely are you to recommend us to a friend? Press a number from zero to ten.",
        },
        "question": "nps",
        "low": 0,
        "high": 10,
        "exits": {"done": "bye", "no_input": "bye"},
    }

    kind: Literal["rate"]
    question: Name = form_field(
        "Вопрос в отчёте",
        "Question in the report",
        "Имя ответа; у шкалы 0–10 с именем nps отчёт считает NPS",
        "The answer's name; for a scale 0–10 called nps the report works out the NPS",
    )
    low: int = form_field(
        "Шкала от", "Scale from", "Самая низкая оценка", "The lowest mark", widget="number", default=1, ge=0, le=9
    )
    high: int = form_field(
        "Шкала до", "Scale to", "Самая высокая оценка", "The highest mark", widget="number", default=5, ge=1, le=TEN
    )
    digit_timeout_s: float = form_field(
        "Ждать нуля, с",
        "Wait for the zero, s",
        "Сколько ждать нуля после единицы, если на шкале есть десять",
        "How long to wait for a zero after a one, where the scale has a ten",
        widget="seconds",
        default=2.0,
        ge=1,
        le=10,
    )

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of the scale."""
        return tuple(map(str, range(self.low, self.high + 1)))

    def keys(self) -> str:
        """The first digits of the marks and the repeat key."""
        return "".join(dict.fromkeys(mark[0] for mark in self.marks)) + (self.repeat_key or "")

    def exits(self) -> tuple[Exit, ...]:
        """Answered, and the ways out."""
        return (Exit(name="done", title={"ru": "Ответил", "en": "Answered"}, by_key=True), *self.way_outs())

    def resume(self, visit: Visit, event: Event) -> Move:
        """After a 1 silence or a terminator means one; otherwise as any question."""
        if not visit.memo or not isinstance(event, Digits | NoInput):
            return super().resume(visit, event)
        more = event.keys.strip("*#") if isinstance(event, Digits) else ""
        move = super().resume(visit, Digits(keys=ONE + more))
        visit.memo = {}
        return move

    def judge(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """A mark of the scale is the answer; a first 1 may still become a ten."""
        if keys == ONE and self.high == TEN and not visit.memo:
            visit.memo = {"first": ONE}
            return self._zero(visit)
        if keys not in self.marks:
            return None
        visit.set(self.question, keys)
        visit.note(Answered(node=visit.node, question=self.question, value=keys, label=keys))
        return Leave("done")

    def _zero(self, visit: Visit) -> Collect:
        """Take one key more, without a word."""
        return Collect(
            node=visit.node,
            parts=(),
            allowed="0",
            terminators="#",
            timeout_s=self.digit_timeout_s,
            digit_timeout_s=self.digit_timeout_s,
            more=True,
        )

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """The marks."""
        del values
        return {self.question: self.marks}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Answered."""
        del known
        return frozenset((self.question,)) if exit_name == "done" else frozenset()

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """A number; every mark is shown, also one that nobody gave."""
        title = question_title(self, self.question, languages)
        options = {mark: dict.fromkeys(languages, mark) for mark in self.marks}
        return Question(name=self.question, node=name, title=title, options=options, kind="number")

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """A scale of two marks at least; no key means two things."""
        del about
        if self.low >= self.high:
            ru, en = "Шкала пуста: «от» должно быть меньше, чем «до»", "The scale is empty: low must be less than high"
            yield error(name, "high", "range_bad", ru, en)
        if self.repeat_key and self.repeat_key.isdigit():
            ru = "Кнопка повтора должна отличаться от цифр: человек, ошибившись, нажмёт любую"
            en = "The repeat key must not be a digit: people press any of them by mistake"
            yield error(name, "repeat_key", "keys_clash", ru, en)
