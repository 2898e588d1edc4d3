"""What the kinds that take numbers by key have in common: the pause between digits, and limits of whole numbers.

Fields are made here and stand in the kinds, so that each keeps its own names and order.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from oklik.scenario.kinds.base import Issue, error, form_field

Words = tuple[str, str]  # Russian and English


def digit_timeout() -> Any:
    """The field of the silence that ends the input."""
    return form_field(
        "Между цифрами, с",
        "Between digits, s",
        "Тишина, после которой ввод окончен",
        "Silence that ends the input",
        widget="seconds",
        default=3.0,
        ge=0.5,
        le=15,
    )


def limit(title: Words, help_: Words, *, least: int, default: int | None = None) -> Any:
    """A field that holds the lower or the upper limit of a number.  least: the smallest that makes sense."""
    return form_field(*title, *help_, widget="number", default=default, ge=least)


def within(number: int | Decimal, low: int | None, high: int | None) -> bool:
    """Whether a number fits; None is no limit, but a number that is keyed in is never negative."""
    return (low or 0) <= number and (high is None or number <= high)


def top(high: int | None, digits: int) -> int:
    """The largest number that can be keyed in and is allowed."""
    most: int = 10**digits - 1
    return most if high is None else min(most, high)


def limit_issues(
    name: str, low: int | None, high: int | None, digits: int, fields: tuple[str, str, str]
) -> Iterator[Issue]:
    """Limits that leave nothing to key in, or name what cannot be.  fields: of the limits, and of the digits."""
    of_low, of_high, of_digits = fields
    if (high is not None and (low or 0) > high) or (low or 0) >= 10**digits:
        ru, en = "Ни одно число не подходит под границы", "No number fits the limits"
        yield error(name, of_low if high is None else of_high, "range_bad", ru, en)
    elif high is not None and high >= 10**digits:
        ru = f"Число {high} нельзя набрать: цифр не больше {digits}"
        en = f"{high} cannot be keyed in: at most {digits} digits are taken"
        yield error(name, of_digits, "range_bad", ru, en)
