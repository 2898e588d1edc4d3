"""What can be keyed in as an answer, and within which limits: codes, numbers, dates, amounts, phone numbers.

What the keys mean is read in `keyed`; asking and recording the answer is the business of the kind (`ask`).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import StringConstraints

from oklik.scenario import keyed
from oklik.scenario.kinds import ranges
from oklik.scenario.kinds.base import MAX_VALUES, Issue, Values, Visit, error, form_field
from oklik.scenario.kinds.confirming import ConfirmingNode

Terminator = Annotated[str, StringConstraints(pattern=r"^[*#]?$")]
AskType = Literal["digits", "number", "date", "amount", "phone"]
DATE_FORMATS = {"ddmm": ("День и месяц", "Day and month"), "ddmmyyyy": ("День, месяц, год", "Day, month, year")}
TYPES = {
    "digits": ("Цифры", "Digits"),
    "number": ("Число", "Number"),
    "date": ("Дата", "Date"),
    "amount": ("Сумма в рублях", "Amount in rubles"),
    "phone": ("Телефон", "Phone number"),
}


class TypedNode(ConfirmingNode):
    """Takes an answer of a type, within limits."""

    type: AskType = form_field(
        "Что набирают",
        "What is keyed in",
        "Копейки набирают после звёздочки; с границами цифры читаются как число",
        "Kopecks come after a star; digits with limits are read as a number",
        widget="choice",
        choices=TYPES,
        default="digits",
    )
    min_digits: int = form_field(
        "Цифр не меньше",
        "Digits at least",
        "Самый короткий ответ; для цифр и чисел",
        "The shortest answer; of digits and numbers",
        widget="number",
        default=1,
        ge=1,
        le=32,
    )
    max_digits: int = form_field(
        "Цифр не больше",
        "Digits at most",
        "Самый длинный ответ; для цифр и чисел, у суммы — рубли",
        "The longest answer; of digits and numbers, and of the rubles of an amount",
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
    digit_timeout_s: float = ranges.digit_timeout()
    min_value: int | None = ranges.limit(
        ("Не меньше", "At least"),
        ("Наименьшее допустимое число или сумма", "The smallest number or amount allowed"),
        least=0,
    )
    max_value: int | None = ranges.limit(
        ("Не больше", "At most"),
        ("Наибольшее допустимое число или сумма", "The largest number or amount allowed"),
        least=0,
    )

    date_format: Literal["ddmm", "ddmmyyyy"] = form_field(
        "Как набирают дату",
        "Date format",
        "Без года берётся ближайшая такая дата впереди",
        "Without a year it is the next such date",
        widget="choice",
        choices=DATE_FORMATS,
        default="ddmm",
    )
    earliest_days: int | None = form_field(
        "Дата не раньше, дней",
        "Earliest date, days",
        "Считая от сегодня: 0 — не в прошлом, 1 — с завтрашнего дня",
        "From today: 0 is not in the past, 1 is from tomorrow on",
        widget="number",
        default=None,
        ge=-40000,
        le=40000,
    )
    latest_days: int | None = form_field(
        "Дата не позже, дней",
        "Latest date, days",
        "Считая от сегодня: 14 — в ближайшие две недели",
        "From today: 14 is within two weeks",
        widget="number",
        default=None,
        ge=-40000,
        le=40000,
    )
    any_phone: bool = form_field(
        "Любой телефон",
        "Any phone",
        "Городские и других стран тоже; иначе только российский мобильный",
        "Also fixed lines and other countries; otherwise Russian mobiles only",
        widget="switch",
        default=False,
    )

    @property
    def length(self) -> tuple[int, int]:
        """How many keys the answer may have."""
        if self.type == "date":
            return (len(self.date_format),) * 2
        if self.type == "amount":
            return 1, self.max_digits + 3
        if self.type == "phone":
            return (5, 18) if self.any_phone else (10, 11)
        return self.min_digits, self.max_digits

    @property
    def numeric(self) -> bool:
        """Whether the digits are read as a number."""
        return self.type == "number" or self.min_value is not None or self.max_value is not None

    @property
    def _top(self) -> int:
        """The largest number or sum of rubles that can be keyed in and is allowed."""
        return ranges.top(self.max_value, self.max_digits)

    def read(self, visit: Visit, keys: str) -> str | None:
        """The answer as it is kept; None when the keys are none within the limits."""
        if self.type == "date":
            day = keyed.read_date(
                keys,
                visit.today,
                with_year=self.date_format == "ddmmyyyy",
                earliest=self.earliest_days,
                latest=self.latest_days,
            )
            return None if day is None else day.isoformat()
        if self.type == "phone":
            return keyed.read_phone(keys, mobile=not self.any_phone)
        if self.type == "amount":
            amount = keyed.read_amount(keys)
            return keyed.plain_amount(amount) if amount is not None and self._fits(amount) else None
        if not (keys.isascii() and keys.isdigit() and self.min_digits <= len(keys) <= self.max_digits):
            return None
        if not self.numeric:
            return keys  # a code or an account number: its leading zeros belong to it
        return str(int(keys)) if self._fits(int(keys)) else None

    def _fits(self, number: int | Decimal) -> bool:
        return ranges.within(number, self.min_value, self.max_value)

    def listed(self) -> Values:
        """Every answer within the limits, when they can be listed."""
        if self.type not in {"digits", "number"}:
            return None
        if self.numeric:
            span = range(self.min_value or 0, self._top + 1)
            few = span.stop - span.start <= MAX_VALUES  # its len() would not fit a number of nineteen digits
            return tuple(map(str, span)) if few else None
        lengths = range(self.min_digits, min(self.max_digits, 4) + 1)
        count = sum(10**length for length in lengths)
        if self.max_digits > 4 or count > MAX_VALUES:
            return None
        return tuple(f"{n:0{length}d}" for length in lengths for n in range(10**length))

    def sampled(self) -> tuple[str, ...]:
        """Samples of answers that cannot be listed; none of codes, for they are said digit by digit."""
        if self.type == "date":
            return keyed.date_samples()
        if self.type == "phone":
            return keyed.phone_samples(mobile=not self.any_phone)
        if self.type == "amount":
            return keyed.amount_samples(self._top)
        return keyed.number_samples(self._top) if self.numeric and self.listed() is None else ()

    def range_issues(self, name: str) -> Iterator[Issue]:
        """Limits that leave nothing to answer."""
        if self.min_digits > self.max_digits:
            ru, en = "Цифр «не меньше» больше, чем «не больше»", "min_digits is greater than max_digits"
            yield error(name, "max_digits", "range_bad", ru, en)
        fields = ("min_value", "max_value", "max_digits")
        yield from ranges.limit_issues(name, self.min_value, self.max_value, self.max_digits, fields)
        if None not in (self.earliest_days, self.latest_days) and (self.earliest_days or 0) > (self.latest_days or 0):
            ru, en = "Ни одна дата не подходит под границы", "No date fits the limits"
            yield error(name, "latest_days", "range_bad", ru, en)
