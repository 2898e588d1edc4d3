"""Any value in any slot: words that can be clips, or a refusal in a sentence; never a brace or a crash."""

import datetime as dt
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spoken_saying import TODAY, forms, say

from oklik.scenario.spoken import FILTERS, SpokenError, parse_template
from oklik.speech import phrasing

CASES = forms("nom gen dat acc ins prep")
RUSSIAN = [
    *(f"money('{code}', '{case}')" for code in ("RUB", "USD", "EUR", "KZT", "BYN") for case in CASES),
    *(f"number('{case}', '{gender}')" for case in CASES for gender in "mfn"),
    *(f"ordinal('{case}', '{gender}')" for case in CASES for gender in "mfn"),
    *(f"count('рабочий день', '{case}')" for case in CASES),
    *(f"count('лайк|лайка|лайков', '{case}')" for case in ("nom", "gen", "acc")),
    *(f"date('{case}', near='words', year='{year}')" for case in CASES for year in ("auto", "always", "never")),
    *(f"time('{case}', clock='{clock}', style='{style}')"
      for case in CASES for clock in (12, 24) for style in ("short", "full")),
    *(f"weekday('{case}')" for case in CASES),
    *(f"{name}(preposition='{word}')"
      for name in ("number", "ordinal", "weekday", "time", "money('RUB'", "count('день'")
      for word in ("в", "с", "к", "о", "до", "от", "после", "на")),
]  # fmt: skip
RUSSIAN = [slot.replace("'(preposition", "', preposition") for slot in RUSSIAN]
BOTH = [
    "money('RUB', kopecks='always')", "money('USD')", "number", "ordinal", "date", "date(near='words')", "weekday",
    "time", "time(clock='12')", "time(clock='24')", "phone", "digits", "digits(group='2')",
    "digits(group='3', read='numbers')", "digits(read='numbers')",
]  # fmt: skip
ENGLISH = [*BOTH, "count('day')", "count('goose', plural='geese')"]

number = st.one_of(st.integers(-10, 130), st.integers(-(10**9), 10**9), st.integers(10**11, 10**13)).map(str)
amount = st.decimals(-(10**6), 10**6, places=2).map(str)
day = st.dates(dt.date(1890, 1, 1), dt.date(2210, 1, 1)).map(lambda one: one.strftime("%d.%m.%Y"))
near = st.integers(-4, 4).map(lambda away: (TODAY + dt.timedelta(days=away)).isoformat())
time = st.times().map(lambda one: one.strftime("%H:%M"))
code = st.text("0123456789АБВЩЪЫЬabcXYZ-/ №", max_size=14)
value = st.one_of(number, amount, day, near, time, code, st.text(max_size=10), st.just("{{ x }}"))
_PAUSES = re.compile("[,.:;]")


@pytest.mark.parametrize(("language", "slots"), [("ru", RUSSIAN + BOTH), ("en", ENGLISH)])
@settings(max_examples=400, deadline=None)
@given(data=st.data(), text=value)
def test_any_value_is_words_or_a_refusal(language: str, slots: list[str], data: st.DataObject, text: str) -> None:
    template = parse_template("{{ x | %s }}" % data.draw(st.sampled_from(slots)))  # noqa: UP031
    template.check(language)
    try:
        (piece,) = template.speak({"x": text}, language=language, today=TODAY, personal=())
    except SpokenError as error:
        for told in (error.text("ru"), error.text("en")):
            assert told
            assert "\n" not in told
        return
    assert piece.composed
    single = phrasing.words(piece.text)
    assert all(word.is_plain for word in single), piece.text
    assert " ".join(word.text for word in single) == " ".join(_PAUSES.sub("", piece.text).split())


def test_every_filter_of_numbers_and_days_was_tried() -> None:
    tried = {re.match(r"\w+", slot)[0] for slot in [*RUSSIAN, *BOTH]}  # type: ignore[index]
    assert tried == {name for name, kind in FILTERS.items()} - {"name", "surname", "gender"}


@pytest.mark.parametrize(
    ("slot", "text", "ru"),
    [
        ("digits(group='2')", "12345", "один, два три, четыре пять"),
        ("digits(group='4')", "1234-5678-90", "один два, три четыре пять шесть, семь восемь девять ноль"),
        ("digits(group='3', read='numbers')", "001042900", "ноль ноль один, ноль сорок два, девятьсот"),
        ("digits(read='numbers')", "12-00-7", "двенадцать, ноль ноль, семь"),
        ("digits(read='numbers')", "А123ВС77", "а сто двадцать три вэ эс семьдесят семь"),
        ("digits(read='numbers')", "12345", "один два три четыре пять"),
        ("digits(group=2, read='digits')", "4207", "четыре два, ноль семь"),
    ],
)
def test_digits_in_groups(slot: str, text: str, ru: str) -> None:
    assert say(f"{{{{ x | {slot} }}}}", text) == ru


def test_digits_in_groups_in_english() -> None:
    assert say("{{ x | digits(group='2', read='numbers') }}", "420700", "en") == "forty-two, zero seven, zero zero"
    assert say("{{ x | digits(group='3') }}", "AB1234", "en") == "A B one, two three four"


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789", min_size=1, max_size=40), st.sampled_from([2, 3, 4]))
@example("0", 2)
def test_grouping_loses_no_digit_and_leaves_the_last_group_whole(text: str, group: int) -> None:
    names = forms("ноль один два три четыре пять шесть семь восемь девять")
    groups = say(f"{{{{ x | digits(group='{group}') }}}}", text).split(", ")
    assert [names.index(word) for part in groups for word in part.split()] == [int(digit) for digit in text]
    assert all(len(part.split()) == group for part in groups[1:])
    assert 1 <= len(groups[0].split()) <= group


def test_a_digit_that_is_no_number_is_not_read_as_one() -> None:
    """«²» is a digit to Python and yet no number."""
    template = parse_template("{{ x | digits(group='3', read='numbers') }}")
    with pytest.raises(SpokenError):
        template.speak({"x": "12²"}, language="en", today=TODAY, personal=())
