"""A value that another system gives in mid-call: of which type it must be, what it then is, and all the words it needs.

Whatever comes from outside is judged here before a scenario believes it.  What is accepted has one plain form for
each type, the same in which answers keyed in are kept, so that conditions and spoken texts treat both alike.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import StringConstraints

from oklik.scenario import keyed
from oklik.scenario.kinds.base import MAX_VALUES, Issue, Part, Values, error, form_field
from oklik.scenario.kinds.fields import personal_field, private_field
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.values import read_date, read_time
from oklik.scenario.substitute import MAX_LENGTH

FetchedType = Literal["text", "number", "money", "date", "time", "digits", "phone", "choice"]
TYPES = {
    "text": ("Текст (только для условий)", "Text (for conditions only)"),
    "number": ("Целое число", "Whole number"),
    "money": ("Сумма", "Amount of money"),
    "date": ("Дата", "Date"),
    "time": ("Время", "Time of day"),
    "digits": ("Цифры", "Digits"),
    "phone": ("Телефон", "Phone number"),
    "choice": ("Одно из значений", "One of the values"),
}
# As which type of column a value is compared and may be spoken.
_COMPARED = {name: name for name in ("number", "money", "date", "time", "phone", "digits")}
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,30})?")
_LIMIT = 999_999_999  # larger numbers are not told from each other by ear

OneOf = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]


class Fetched(Part):
    """A value of an answer, and the variable's rules for it."""

    type: FetchedType = form_field(
        "Тип", "Type", "Каким должно быть значение", "What the value must be", widget="choice", choices=TYPES
    )
    values: tuple[OneOf, ...] = form_field(
        "Значения",
        "Values",
        "Для типа «одно из значений»: все возможные, как их присылает система",
        "For a choice: all that are possible, as the system sends them",
        widget="list",
        default=(),
        max_length=100,
    )
    min: int | None = form_field(
        "Не меньше",
        "At least",
        "Число или сумма; меньшее считается ошибкой; без границы — 0",
        "A number or an amount; less than that is a failure; 0 if it is left out",
        widget="number",
        default=None,
        ge=-_LIMIT,
        le=_LIMIT,
    )
    max: int | None = form_field(
        "Не больше",
        "At most",
        "Число или сумма; большее считается ошибкой",
        "A number or an amount; more than that is a failure",
        widget="number",
        default=None,
        ge=-_LIMIT,
        le=_LIMIT,
    )
    example: str = form_field(
        "Пример",
        "Example",
        "Что приходит обычно: с ним работают симулятор и обход",
        "What usually comes: the simulator and the walk work with it",
        max_length=200,
    )
    default: str | None = form_field(
        "Если нет",
        "Without it",
        "Что взять, когда значения нет или оно не годится; пусто — оставить без значения; не указано — это сбой",
        "What to take when the value is missing or does not fit; empty leaves it empty; left out, it is a failure",
        default=None,
        max_length=200,
    )
    private: bool = private_field()
    personal: bool = personal_field()

    @property
    def limits(self) -> tuple[int, int]:
        """The smallest and the largest number allowed."""
        low = min(0, self.max or 0) if self.min is None else self.min
        return low, _LIMIT if self.max is None else self.max

    @property
    def compared(self) -> str | None:
        """The type of column that it is compared as; None for words."""
        return _COMPARED.get(self.type)

    def read(self, text: str) -> str | None:
        """The value in its plain form; None when it is none of the type, or nothing."""
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_LENGTH]
        if not text:
            return None
        match self.type:
            case "text":
                return text
            case "choice":
                return text if text in self.values else None
            case "number":
                return self._number(text)
            case "money":
                return self._money(text)
            case "date":
                return _date(text)
            case "time":
                return _time(text)
            case "digits":
                return text if text.isascii() and text.isdigit() and len(text) <= 32 else None
        digits = "".join(char for char in text if char not in "+-() ")
        return keyed.read_phone(digits, mobile=False) if len(digits) <= 20 else None

    def _number(self, text: str) -> str | None:
        number = _decimal(text)
        if number is None or number != number.to_integral_value() or not self._fits(number):
            return None
        return str(int(number))

    def _money(self, text: str) -> str | None:
        amount = _decimal(text)
        if amount is None or amount != round(amount, 2) or not self._fits(amount):
            return None
        return keyed.plain_amount(abs(round(amount, 2)) if not amount else round(amount, 2))

    def _fits(self, number: Decimal) -> bool:
        low, high = self.limits
        return low <= number <= high

    @property
    def stand_in(self) -> str | None:
        """What is taken when nothing fit comes; None: then it is a failure."""
        return None if self.default is None else self.read(self.default) or ""

    def listed(self) -> Values:
        """Every value that it can have, when they can be listed; "" for none."""
        found: Values = None
        if self.type == "choice":
            found = self.values
        elif self.type == "number" and self.limits[1] - self.limits[0] < MAX_VALUES:
            found = tuple(map(str, range(self.limits[0], self.limits[1] + 1)))
        if found is None or self.default is None:
            return found
        return tuple(dict.fromkeys((*found, self.stand_in or "")))

    def sampled(self) -> tuple[str, ...]:
        """Of what cannot be listed: samples that together need every word; none of codes, said digit by digit."""
        low, high = self.limits
        most = max(abs(low), abs(high))
        if self.type == "number":
            return _signed(keyed.number_samples(most), low) if self.listed() is None else ()
        if self.type == "money":
            return _signed(keyed.amount_samples(most), low)
        if self.type == "date":
            return keyed.date_samples()
        if self.type == "time":
            return _time_samples()
        return keyed.phone_samples(mobile=False) if self.type == "phone" else ()

    def trials(self) -> tuple[str, ...]:
        """Values that may lead somewhere else than the example; "" for none."""
        missing = () if self.default is None else ("",)
        return (*(self.values if self.type == "choice" else ()), *missing)

    def issues(self, name: str, place: str) -> Iterator[Issue]:
        """What is wrong with its rules."""
        if self.type == "choice" and not self.values:
            ru, en = "Не перечислены возможные значения", "The possible values are not listed"
            yield error(name, f"{place}.values", "answer_values_bad", ru, en)
        elif self.type != "choice" and self.values:
            ru, en = "Список значений бывает только у типа choice", "Only a choice has a list of values"
            yield error(name, f"{place}.values", "answer_values_bad", ru, en)
        if self.type not in {"number", "money"} and (self.min is not None or self.max is not None):
            field = "min" if self.min is not None else "max"
            ru, en = "Границы бывают у типов number и money", "Only a number and an amount can have limits"
            yield error(name, f"{place}.{field}", "limits_unfit", ru, en)
            return
        if self.limits[0] > self.limits[1]:
            ru, en = "Ни одно число не подходит под границы", "No number fits the limits"
            yield error(name, f"{place}.max", "range_bad", ru, en)
            return
        if self.read(self.example) is None:
            ru = f"Пример «{self.example}» не подходит под тип {self.type} и границы"
            en = f"The example {self.example!r} does not fit the type {self.type} and the limits"
            yield error(name, f"{place}.example", "answer_example_bad", ru, en)
        if self.default and self.read(self.default) is None:
            ru = f"Значение «{self.default}» на случай, если ответа нет, не подходит под тип {self.type}"
            en = f"The value {self.default!r} that stands in does not fit the type {self.type}"
            yield error(name, f"{place}.default", "answer_example_bad", ru, en)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def _date(text: str) -> str | None:
    try:
        return read_date(text).isoformat()
    except Unreadable:
        return None


def _time(text: str) -> str | None:
    try:
        return f"{read_time(text):%H:%M}"
    except Unreadable:
        return None


def _signed(samples: tuple[str, ...], low: int) -> tuple[str, ...]:
    """With the word for less than nothing, where it can come."""
    return samples if low >= 0 or not samples else (*samples, f"-{samples[-1]}")


@lru_cache(maxsize=1)
def _time_samples() -> tuple[str, ...]:
    """Every hour, and every minute of one hour of the morning and one of the afternoon."""
    minutes = [dt.time(hour, minute) for hour in (0, 1, 13) for minute in range(60)]
    return tuple(f"{time:%H:%M}" for time in dict.fromkeys((*(dt.time(hour) for hour in range(24)), *minutes)))
