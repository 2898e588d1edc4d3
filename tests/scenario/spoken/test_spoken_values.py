"""Reading list values: every usual spelling, and nothing guessed."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.scenario.spoken.errors import EXPECTED, Unreadable
from oklik.scenario.spoken.values import read_date, read_money, read_number

NBSP, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 345,50 ₽", "12345.50"), ("12345.5", "12345.50"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"),
        (f"12{NBSP}345,50{NBSP}₽", "12345.50"), (f"1{THIN}234{THIN}567", "1234567"), ("5000 руб.", "5000"),
        ("5000 рублей", "5000"), ("5000р", "5000"), ("5000 р.", "5000"), ("RUB 5000", "5000"), ("₽5000", "5000"),
        ("123 руб. 45 коп.", "123.45"), ("123р 5к", "123.05"), ("1 234 рубля 5 копеек", "1234.05"),
        ("-5", "-5"), ("−5,1", "-5.10"), ("(100)", "-100"), ("+7", "7"), ("0", "0"), ("0,125", "0.13"),
        ("12345.499999999996", "12345.50"), ("0.30000000000000004", "0.30"), ("1'234'567.8", "1234567.80"),
        ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("1234.567", "1234.57"), (",5", "0.50"),
        ("  77  ", "77"), ("1.234.567,89", "1234567.89"), ("007", "7"),
    ],
)  # fmt: skip
def test_money_as_lists_write_it(text: str, value: str) -> None:
    assert read_money(text, "RUB", "ru") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("$1,234.50", "USD", "1234.50"), ("1234 долл.", "USD", "1234"), ("5 USD", "USD", "5"), ("€7", "EUR", "7"),
        ("7 евро", "EUR", "7"), ("9 000 тг", "KZT", "9000"), ("9000 ₸", "KZT", "9000"), ("5 бел. руб.", "BYN", "5"),
        ("5 руб. 20 коп.", "BYN", "5.20"), ("5 BYN", "BYN", "5"), ("-$5", "USD", "-5"), ("$-5", "USD", "-5"),
    ],
)  # fmt: skip
def test_money_in_other_currencies(text: str, currency: str, value: str) -> None:
    assert read_money(text, currency, "ru") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234", "money_ambiguous"), ("1.234", "money_ambiguous"), ("12.345 ₽", "money_ambiguous"),
        ("$5", "money_currency"), ("5 евро", "money_currency"), ("много", "money"), ("12 34", "money"),
        ("1 2345", "money"), ("12,34,5", "money"), ("1.23,456.7", "money"), ("1e5", "money"), ("5-6", "money"),
        ("--5", "money"), ("₽", "money"), ("-", "money"), ("٣٤", "money"), ("1" * 50, "money"), ("=1+1", "money"),
        ("1000000000000", "money_large"), ("nan", "money"), ("#Н/Д", "money"), ("½", "money"),
        ("1.234,5,6", "money"),
    ],
)  # fmt: skip
def test_money_that_is_refused(text: str, expected: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_money(text, "RUB", "ru")
    assert caught.value.expected == expected


def test_a_lone_comma_before_three_digits_groups_in_english_only() -> None:
    assert read_money("1,234", "USD", "en") == 1234
    assert read_number("1,234", "en") == 1234
    assert read_number("1,234", "ru") == Decimal("1.234")
    assert read_number("1.234", "ru") == read_number("1.234", "en") == Decimal("1.234")
    with pytest.raises(Unreadable):
        read_money("1.234", "USD", "en")


@settings(deadline=None)
@given(st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2), st.sampled_from(" \u00a0\u202f'"))
def test_money_survives_every_grouping(value: Decimal, group: str) -> None:
    for written in (f"{value}", f"{value:,}".replace(",", group), f"{value:,}".replace(",", group).replace(".", ",")):
        assert read_money(written + " ₽", "RUB", "ru") == value
    assert read_money(f"{value:,}", "USD", "en") == value
    swapped = f"{value:,}".translate({ord(","): ".", ord("."): ","})
    assert read_money(swapped, "EUR", "ru") == value


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (
        lambda: read_money(text, "RUB", "ru"),
        lambda: read_money(text, "USD", "en"),
        lambda: read_number(text, "ru"),
        lambda: read_date(text),
    ):
        try:
            read()
        except Unreadable as refused:
            assert refused.expected in EXPECTED


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 200", "1200"), ("2,5", "2.5"), ("-3", "-3"), ("0", "0"), ("5.0", "5"), ("1000000,25", "1000000.25"),
     ("0.1234567", "0.123457")],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert read_number(text, "ru") == Decimal(value)


@pytest.mark.parametrize("text", ["", "пять", "5 шт", "1 2", "inf", "1_000", "10^3", "1000000000000"])
def test_numbers_that_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_number(text, "ru")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.12.2026", (2026, 12, 31)), ("2026-12-31", (2026, 12, 31)), ("2026-12-31 00:00:00", (2026, 12, 31)),
        ("31/12/26", (2026, 12, 31)), ("1.2.26", (2026, 2, 1)), ("31.12.2026 г.", (2026, 12, 31)),
        ("31 декабря 2026 г.", (2026, 12, 31)), ("1 мая 1999", (1999, 5, 1)), ("3rd of March 2027", (2027, 3, 3)),
        ("2026-12-31T10:20:30Z", (2026, 12, 31)), ("31.12.69", (2069, 12, 31)), ("31.12.70", (1970, 12, 31)),
        ("29.02.2028", (2028, 2, 29)), (" 31-12-2026  9:05 ", (2026, 12, 31)), ("2026/1/2", (2026, 1, 2)),
    ],
)  # fmt: skip
def test_dates(text: str, day: tuple[int, int, int]) -> None:
    assert read_date(text) == dt.date(*day)


@pytest.mark.parametrize(
    "text",
    ["", "29.02.2026", "12/31/2026", "31.12", "46022", "завтра", "31.13.2026", "0000-00-00", "31.12-2026",
     "1 мартобря 2026", "31.12.20266", "00.01.2026", "31.12.1800", "2026-12-31 lunch"],
)  # fmt: skip
def test_dates_that_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_date(text)
    assert caught.value.expected == "date"


@settings(deadline=None)
@given(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)))
def test_dates_survive_every_writing(day: dt.date) -> None:
    for pattern in ("%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d", "%Y-%m-%d 00:00:00", "%d-%m-%Y"):
        assert read_date(day.strftime(pattern)) == day
