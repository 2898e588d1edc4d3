"""Every usual spelling of a phone comes to E.164; what would ring a stranger is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.phones import read_phones
from oklik.dialing.rejections import Rejection, sentence

ONE = "+79123456789"


@pytest.mark.parametrize(
    "text",
    [
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "79123456789",
        "79123456789.0",
        "89123456789,00",
        "9123456789",
        "8.912.345.67.89",
        "8-912-345-67-89",
        "+7\u00a0912\u2011345\u201367\u201489",
        "\u200e+7 (912) 345\u221267\u221289\ufeff",
        "８９１２３４５６７８９",
        "+7 912 345 67 89 доб. 12",
        "8 912 345 67 89 (доб. 123)",
        "+79123456789x5",
        "моб. 8 912 345 67 89 (Мама)",
        "тел.89123456789",
        "т89123456789",
        "8 912 345 67 89 Иван",
        "Иван: 8 912 345 67 89",
        "'89123456789",
        '="79123456789"',
        "7.9123456789E+10",
        "7,9123456789E+10",
        "+8 (912) 345-67-89",
        "+7 8 912 345 67 89",
        "8-8-912-345-67-89"[2:],
        "0079123456789",
        "8~10 7 912 345 67 89".replace("~", ""),
        "8 912 345-67-89; 8 912 345 67 89",
    ],
)
def test_spellings(text: str) -> None:
    assert read_phones(text) == ((ONE,), ())


@pytest.mark.parametrize(
    "text",
    [
        "8 912 345-67-89, 8 913 111-22-33",
        "89123456789 89131112233",
        "+7 912 345 67 89+7 913 111 22 33",
        "8 912 345-67-89 / 913 111 22 33",
        "8 912 345-67-89\n8 913 111-22-33",
        "8 912 345 67 89 или 8 913 111 22 33",
        "моб. 8 912 345 67 89, раб. 8 913 111 22 33 доб. 4",
    ],
)
def test_two_numbers_in_a_cell(text: str) -> None:
    assert read_phones(text) == ((ONE, "+79131112233"), ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8 (495) 123-45-67", "+74951234567"),
        ("(847) 312-34-56", "+78473123456"),
        ("8 800 555-35-35", "+78005553535"),
        ("8 701 234 56 78", "+77012345678"),
        ("+375 29 123-45-67", "+375291234567"),
        ("375291234567", "+375291234567"),
        ("8-10-375-29-123-45-67", "+375291234567"),
        ("+49 30 901820", "+4930901820"),
        ("+84951234567", "+84951234567"),  # Viet Nam, not a Russian number with a plus before its 8
        ("+81 3 1234 5678", "+81312345678"),
    ],
)
def test_fixed_lines_and_foreign_numbers(text: str, number: str) -> None:
    assert read_phones(text) == ((number,), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8 912 345 67 8О", Rejection.LETTERS),  # Cyrillic О
        ("89I23456789", Rejection.LETTERS),
        ("8-9О0-123-45-67", Rejection.LETTERS),
        ("8 912 О 345 67 89", Rejection.LETTERS),
        ("8912345678", Rejection.TOO_SHORT),
        ("8 912 345 678", Rejection.TOO_SHORT),
        ("8 (473) 123-45-6", Rejection.TOO_SHORT),
        ("123-45-67", Rejection.TOO_SHORT),
        ("7", Rejection.TOO_SHORT),
        ("+7 912 345 67", Rejection.TOO_SHORT),
        ("8 912 345 67 89 0", Rejection.TOO_LONG),
        ("+7 912 345 67 89 0", Rejection.TOO_LONG),
        ("112", Rejection.SHORT_CODE),
        ("0890", Rejection.SHORT_CODE),
        ("12345678901", Rejection.UNASSIGNED),  # not an American: without a plus it is an error of typing
        ("8 (000) 000-00-00", Rejection.UNASSIGNED),
        ("70000000000", Rejection.UNASSIGNED),
        ("8 809 123 45 67", Rejection.PREMIUM),
        ("+44 909 879 1234", Rejection.PREMIUM),
        ("7,91235E+10", Rejection.ROUNDED),
        ("7.912345678E+10", Rejection.ROUNDED),
        ("факс 8 495 123-45-67", Rejection.FAX),
    ],
)
def test_refusals(text: str, code: Rejection) -> None:
    cell = read_phones(text)
    assert cell.numbers == ()
    assert [bad.code for bad in cell.bad] == [code]
    assert text[:4] in sentence(code, cell.bad[0].text)


@pytest.mark.parametrize("text", ["", " ", "-", "нет", "б/н", "уточнить у жены", "n/a"])
def test_cells_without_a_number(text: str) -> None:
    assert read_phones(text) == ((), ())


def test_a_good_number_beside_a_bad_one() -> None:
    cell = read_phones("89123456789, 345-67-89")
    assert cell.numbers == (ONE,)
    assert cell.bad == ((Rejection.TOO_SHORT, "345-67-89"),)


def test_other_countries_by_their_own_rules() -> None:
    assert read_phones("030 901820", "DE").numbers == ("+4930901820",)
    assert read_phones("(212) 736-5000", "US").numbers == ("+12127365000",)
    assert read_phones("+7 912 345-67-89", "US").numbers == (ONE,)


def test_the_quick_way_agrees_with_the_tables() -> None:
    import phonenumbers

    for code in range(900, 1000):
        number = phonenumbers.parse(f"+7{code}1234567", None)
        assert phonenumbers.is_valid_number(number), code


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    cell = read_phones(text)
    assert all(number.startswith("+") and number[1:].isdecimal() and 8 <= len(number) <= 16 for number in cell.numbers)


@given(st.from_regex(r"9[0-9]{9}", fullmatch=True), st.sampled_from(["8", "+7", "7", ""]), st.text("- ()", max_size=3))
def test_separators_never_change_a_number(national: str, prefix: str, between: str) -> None:
    text = f"{prefix}{between}{national[:3]}{between}{national[3:6]}-{national[6:8]} {national[8:]}"
    assert read_phones(text).numbers == (f"+7{national}",)


def test_every_reason_has_both_languages() -> None:
    for code in Rejection:
        assert sentence(code, "7") != sentence(code, "7", "en")
    assert sentence("later", "x") == "later: x"
