"""The node kind that takes a number by keys."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from oklik.scenario.flow import Answered, Collect
from oklik.scenario.kinds.asking import AskingNode
from oklik.scenario.kinds.base import (
    MAX_VALUES,
    About,
    Exit,
    Issue,
    Leave,
    Name,
    Question,
    Text,
    Values,
    Visit,
    error,
    form_field,
    question_title,
    texts,
)
from oklik.scenario.substitute import fill, malformed, names

Terminator = Annotated[str, StringConstraints(pattern=r"^[*#]?$")]


class AskNode(AskingNode):
    """Asks for a number by keys: a mark from 0 to 10, a day, a meter reading, a contract number."""

    kind_title: ClassVar = {"ru": "Спросить число", "en": "Ask for a number"}
    help_ru: ClassVar = "Просит набрать число кнопками: оценку от 0 до 10, день, показание счётчика, номер договора."
    icon: ClassVar = "dialpad"
    example: ClassVar[dict[str, Any]] = {
        "kind": "ask",
        "title": {"ru": "Оценка", "en": "Mark"},
        "text": {
            "ru": "Оцените нас от 0 до 10 и нажмите решётку.",
            "en": "Please rate us from 0 to 10, then press the hash key.",
        },
        "question": "mark",
        "max_digits": 2,
        "min_value": 0,
        "max_value": 10,
        "exits": {"done": "bye", "no_input": "bye"},
    }

    kind: Literal["ask"]
    question: Name = form_field("Вопрос в отчёте", "Question in the report", "Имя ответа", "The answer's name")
    label: Text | None = form_field(
        "Вид в отчёте",
        "Look in the report",
        "Например «через {{ value }} дн.»; без него — само число",
        "Such as “in {{ value }} days”; without it, the number itself",
        default=None,
    )
    min_digits: int = form_field(
        "Цифр не меньше",
        "Digits at least",
        "Самый короткий ответ",
        "The shortest answer",
        widget="number",
        default=1,
        ge=1,
        le=32,
    )
    max_digits: int = form_field(
        "Цифр не больше",
        "Digits at most",
        "Самый длинный ответ",
        "The longest answer",
        widget="number",
        default=1,
        ge=1,
        le=32,
    )
    terminator: Terminator = form_field(
        "Кнопка конца ввода",
        "Terminator",
        "Решётка, звёздочка или ничего",
        "Hash, star or nothing",
        widget="key",
        default="#",
    )
    digit_timeout_s: float = form_field(
        "Между цифрами, с",
        "Between digits, s",
        "Тишина, после которой ввод окончен",
        "Silence that ends the input",
        widget="seconds",
        default=3.0,
        ge=0.5,
        le=15,
    )
    min_value: int | None = form_field(
        "Не меньше",
        "At least",
        "Наименьшее допустимое число",
        "The smallest number allowed",
        widget="number",
        default=None,
        ge=0,
    )
    max_value: int | None = form_field(
        "Не больше",
        "At most",
        "Наибольшее допустимое число",
        "The largest number allowed",
        widget="number",
        default=None,
        ge=0,
    )

    def keys(self) -> str:
        """All digits, the terminator and the repeat key."""
        return "0123456789" + "".join(dict.fromkeys(self.terminator + (self.repeat_key or "")))

    def exits(self) -> tuple[Exit, ...]:
        """Answered, and the ways out."""
        return (Exit(name="done", title={"ru": "Ответил", "en": "Answered"}, by_key=True), *self.way_outs())

    def collect(self, visit: Visit, *fields: str) -> Collect:
        """Ask for so many digits."""
        return Collect(
            node=visit.node,
            parts=visit.say(*fields, "text"),
            allowed=self.keys(),
            min_digits=self.min_digits,
            max_digits=self.max_digits,
            terminators=self.terminator,
            timeout_s=self.timeout_s,
            digit_timeout_s=self.digit_timeout_s,
            barge_in=self.barge_in,
        )

    def judge(self, visit: Visit, keys: str) -> Leave | None:
        """A number of the right length within the limits is the answer."""
        value = self._read(keys)
        if value is None:
            return None
        visit.set(self.question, value)
        label = fill(self._label(visit.languages).get(visit.languages[0], "{{ value }}"), {"value": value})
        visit.note(Answered(node=visit.node, question=self.question, value=value, label=label))
        return Leave("done")

    @property
    def _numeric(self) -> bool:
        return self.min_value is not None or self.max_value is not None

    def _read(self, keys: str) -> str | None:
        if not (keys.isascii() and keys.isdigit() and self.min_digits <= len(keys) <= self.max_digits):
            return None
        if not self._numeric:
            return keys  # a code or an account number: its leading zeros belong to it
        number = int(keys)
        low, high = self.min_value or 0, self.max_value
        return str(number) if low <= number and (high is None or number <= high) else None

    def _label(self, languages: tuple[str, ...]) -> dict[str, str]:
        return texts(self.label, languages) if self.label else {}

    def labels(self) -> Iterable[tuple[str, Text]]:
        """The look of the answer in the report."""
        return [("label", self.label)] if self.label else []

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """Every number within the limits, when they can be listed."""
        del values
        if self._numeric:
            top = 10**self.max_digits - 1
            span = range(self.min_value or 0, min(top, top if self.max_value is None else self.max_value) + 1)
            return {self.question: tuple(map(str, span)) if len(span) <= MAX_VALUES else None}
        lengths = range(self.min_digits, min(self.max_digits, 4) + 1)
        count = sum(10**length for length in lengths)
        if self.max_digits > 4 or count > MAX_VALUES:
            return {self.question: None}
        return {self.question: tuple(f"{n:0{length}d}" for length in lengths for n in range(10**length))}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """Answered."""
        del known
        return frozenset((self.question,)) if exit_name == "done" else frozenset()

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """A number; the report groups equal ones."""
        title = question_title(self, self.question, languages)
        return Question(name=self.question, node=name, title=title, options={}, kind="number")

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """The limits leave something to answer, keys differ, the label can be filled."""
        if self.min_digits > self.max_digits:
            ru, en = "Цифр «не меньше» больше, чем «не больше»", "min_digits is greater than max_digits"
            yield error(name, "max_digits", "range_bad", ru, en)
        low, high = self.min_value or 0, self.max_value
        if high is not None and (low > high or low >= 10**self.max_digits):
            ru, en = "Ни одно число не подходит под границы", "No number fits the limits"
            yield error(name, "max_value", "range_bad", ru, en)
        elif high is not None and high >= 10**self.max_digits:
            ru = f"Число {high} нельзя набрать: цифр не больше {self.max_digits}"
            en = f"{high} cannot be keyed in: at most {self.max_digits} digits are taken"
            yield error(name, "max_digits", "range_bad", ru, en)
        if self.repeat_key and (self.repeat_key == self.terminator or self.repeat_key.isdigit()):
            ru = "Кнопка повтора должна отличаться от цифр и от кнопки конца ввода"
            en = "The repeat key must differ from the digits and the terminator"
            yield error(name, "repeat_key", "keys_clash", ru, en)
        for label in texts(self.label, about.languages).values() if self.label else ():
            if malformed(label) is not None or set(names(label)) - {"value"}:
                ru = "В этом поле можно подставить только {{ value }}"
                en = "Only {{ value }} can be put into this field"
                yield error(name, "label", "template_bad", ru, en)
