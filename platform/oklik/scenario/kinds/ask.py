"""The node kind that takes an answer keyed in digit by digit: a code, a number, a date, an amount, a phone number.

Types and limits lie in `typed`, what the keys mean in `keyed`, reading back in `confirming`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario import keyed
from oklik.scenario.flow import Answered, Collect
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Leave,
    Name,
    Phrase,
    Question,
    Text,
    Values,
    Visit,
    error,
    first_text,
    form_field,
    question_title,
    texts,
)
from oklik.scenario.kinds.typed import TypedNode
from oklik.scenario.substitute import fill, malformed, names

# As what an answer stands in the report; digits and numbers as numbers.
_SHOWN: dict[str, Literal["money", "date", "text"]] = {"amount": "money", "date": "date", "phone": "text"}


class AskNode(TypedNode):
    """Asks for an answer by keys: a meter reading, a contract number, a date, an amount in rubles, a phone number.

    With `confirm` it reads the answer back: 1 takes it, 2 asks again.
    """

    kind_title: ClassVar = {"ru": "Спросить кнопками", "en": "Ask for digits"}
    help_ru: ClassVar = (
        "Просит набрать ответ кнопками: показание счётчика, номер договора, дату, сумму в рублях, телефон. "
        "С текстом проверки произносит набранное: 1 — верно, 2 — ввести снова."
    )
    icon: ClassVar = "dialpad"
    family: ClassVar = "talk"
    example: ClassVar[dict[str, Any]] = {
        "kind": "ask",
        "title": {"ru": "Показание счётчика", "en": "Meter reading"},
        "text": {
            "ru": "Наберите показание счётчика и нажмите решётку.",
            "en": "Please enter the meter reading, then press the hash key.",
        },
        "question": "reading",
        "type": "number",
        "max_digits": 6,
        "confirm": {
            "ru": "Вы ввели {{ reading | number }}. Верно — нажмите 1, ввести снова — 2.",
            "en": "You entered {{ reading | number }}. If this is right, press 1. To enter it again, press 2.",
        },
        "exits": {"done": "bye", "no_input": "bye"},
    }

    kind: Literal["ask"]
    question: Name = form_field("Вопрос в отчёте", "Question in the report", "Имя ответа", "The answer's name")
    confirm: Text | None = form_field(
        "Проверка",
        "Read back",
        "Произносит набранное и просит нажать 1, если верно, или 2, чтобы ввести снова",
        "Says what was keyed in and asks for 1 if it is right or 2 to enter it again",
        widget="speech",
        default=None,
    )
    label: Text | None = form_field(
        "Вид в отчёте",
        "Look in the report",
        "Например «через {{ value }} дн.»; без него — само число",
        "Such as “in {{ value }} days”; without it, the number itself",
        default=None,
    )
    # -- asking --

    def keys(self) -> str:
        """All digits, the star of an amount, the terminator and the repeat key."""
        star = "*" if self.type == "amount" else ""
        return "0123456789" + "".join(dict.fromkeys(star + self.terminator + (self.repeat_key or "")))

    def exits(self) -> tuple[Exit, ...]:
        """Answered, and the ways out."""
        return (Exit(name="done", title={"ru": "Ответил", "en": "Answered"}, by_key=True), *self.way_outs())

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask for so many digits, or whether they are right."""
        if visit.memo:
            return self.read_back(visit)
        least, most = self.length
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "text"),
            allowed=self.keys(),
            min_digits=least,
            max_digits=most,
            terminators=self.terminator,
            timeout_s=self.timeout_s,
            digit_timeout_s=self.digit_timeout_s,
            barge_in=self.barge_in,
            early=self.early,
        )

    def judge(self, visit: Visit, keys: str) -> Leave | Collect | None:
        """What can be read within the limits is the answer, once it is confirmed if that is wanted."""
        if visit.memo:
            return self.judge_confirmation(visit, keys)
        value = self.read(visit, keys)
        if value is None:
            return None
        given = {self.question: value}
        if self.confirm is not None:
            return self.ask_next(visit, given)
        visit.memo = given
        return self.take(visit)

    def take(self, visit: Visit) -> Leave:
        """It is the answer now."""
        value = visit.memo[self.question]
        shown = keyed.shown_date(value) if self.type == "date" else value
        visit.set(self.question, value)
        look = first_text(self.label, visit.languages)
        label = fill(look, {"value": shown}) if look else shown
        visit.note(Answered(node=visit.node, question=self.question, value=value, label=label))
        return Leave("done")

    # -- what others ask --

    def phrases(self) -> tuple[Phrase, ...]:
        """Also the reading back."""
        if self.confirm is None:
            return super().phrases()
        return (*super().phrases(), Phrase(field="confirm", text=self.confirm, gives=(self.question,)))

    def labels(self) -> Iterable[tuple[str, Text]]:
        """The look of the answer in the report."""
        return [("label", self.label)] if self.label else []

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """Every answer within the limits, when they can be listed."""
        del values
        return {self.question: self.listed()}

    def samples(self) -> Mapping[str, tuple[str, ...]]:
        """Of what cannot be listed."""
        found = self.sampled()
        return {self.question: found} if found else {}

    def answer_types(self) -> Mapping[str, str]:
        """Dates are compared as dates; all else is compared as it is."""
        return {self.question: "date"} if self.type == "date" else {}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Answered."""
        del known
        return frozenset((self.question,)) if exit_name == "done" else frozenset()

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """What was keyed in; the report groups equal ones."""
        title = question_title(self, self.question, languages)
        return Question(name=self.question, node=name, title=title, options={}, kind=_SHOWN.get(self.type, "number"))

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The limits leave something to answer, keys differ, the label can be filled."""
        yield from self.range_issues(name)
        keys = (self.repeat_key or "") + self.terminator
        star = self.type == "amount" and "*" in keys
        if star or (self.repeat_key and (self.repeat_key == self.terminator or self.repeat_key.isdigit())):
            ru = "Кнопка повтора должна отличаться от цифр и от кнопки конца ввода"
            en = "The repeat key must differ from the digits and the terminator"
            if star:
                ru = "Звёздочка отделяет копейки: для повтора и конца ввода нужна другая кнопка"
                en = "The star parts the kopecks: repeating and ending the input need another key"
            yield error(name, "repeat_key" if self.repeat_key else "terminator", "keys_clash", ru, en)
        for label in texts(self.label, about.languages).values() if self.label else ():
            if malformed(label) is not None or set(names(label)) - {"value"}:
                ru = "В этом поле можно подставить только {{ value }}"
                en = "Only {{ value }} can be put into this field"
                yield error(name, "label", "template_bad", ru, en)
