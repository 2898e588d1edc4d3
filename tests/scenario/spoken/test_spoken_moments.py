"""Times of day, weekdays and near days, against tables by hand, num2words and the dictionary of pymorphy3."""

import datetime as dt
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from num2words import num2words
from spoken_saying import TODAY, forms, plain, refused, say

from oklik.scenario.spoken import parse_template
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.nouns import morphology
from oklik.scenario.spoken.values import read_time
from oklik.speech import phrasing

CASES = dict(zip(forms("nom gen dat acc ins prep"), "ngdaip", strict=True))
GRAMMEMES = dict(zip(CASES, forms("nomn gent datv accs ablt loct"), strict=True))
HOURS = (forms("час часа часу час часом часе"), forms("часы часов часам часы часами часах"))
MINUTES = (
    forms("минута минуты минуте минуту минутой минуте"),
    forms("минуты минут минутам минуты минутами минутах"),
)
FEMININE = {
    "один": "одна", "одного": "одной", "одному": "одной", "одним": "одной", "одном": "одной", "два": "две",
}  # fmt: skip


def number(value: int, case: str, *, feminine: bool = False) -> str:
    if value == 0:
        return forms("ноль нуля нулю ноль нулём нуле")[list(CASES).index(case)]
    words = num2words(value, lang="ru", case=CASES[case], animate=False).split()
    if feminine and case == "acc" and words[-1] == "один":
        words[-1] = "одну"
    elif feminine:
        words[-1] = FEMININE.get(words[-1], words[-1])
    return " ".join(words)


def noun(value: int, case: str, table: tuple[list[str], list[str]]) -> str:
    at, (one, many) = list(CASES).index(case), table
    if value % 10 == 1 and value != 11:
        return one[at]
    if value == 0:
        return many[1]
    if case not in ("nom", "acc"):
        return many[at]
    return one[1] if value % 10 in (2, 3, 4) and value not in (12, 13, 14) else many[1]


def by_hand(hour: int, minute: int, case: str, *, full: bool) -> str:
    """As an announcer says it, on a clock of 24 hours."""
    zero = "ноль " if minute < 10 else ""
    if minute == 0:
        return f"{number(hour, case)} {noun(hour, case, HOURS)}"
    minutes = zero + number(minute, case, feminine=True)
    if full or hour < 2:
        return f"{number(hour, case)} {noun(hour, case, HOURS)} {minutes} {noun(minute, case, MINUTES)}"
    return f"{number(hour, case)} {minutes}"


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(list(CASES)), st.booleans())
@example(0, 0, "gen", False)
@example(21, 21, "acc", False)
@example(1, 1, "ins", True)
@example(12, 12, "nom", True)
def test_times_in_every_case(hour: int, minute: int, case: str, full: bool) -> None:
    style = "full" if full else "short"
    said = say(f"{{{{ x | time('{case}', style='{style}') }}}}", f"{hour}:{minute:02}")
    assert plain(said) == plain(by_hand(hour, minute, case, full=full))


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(list(CASES)), st.booleans())
def test_a_clock_of_twelve_hours_tells_the_part_of_the_day(hour: int, minute: int, case: str, full: bool) -> None:
    style = "full" if full else "short"
    said = say(f"{{{{ x | time('{case}', clock='12', style='{style}') }}}}", f"{hour}:{minute:02}")
    parts = {"ночи": range(4), "утра": range(4, 12), "дня": range(12, 17), "вечера": range(17, 24)}
    words, _, part = said.rpartition(" ")
    assert hour in parts[part]
    twelve = hour % 12 or 12
    if twelve == 1:
        assert words.split()[0] == HOURS[0][list(CASES).index(case)]
    else:
        assert plain(words) == plain(by_hand(twelve, minute, case, full=full))


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(0, 59))
@example(0, 0)
@example(12, 0)
def test_english_times(hour: int, minute: int) -> None:
    said = say("{{ x | time }}", f"{hour}:{minute:02}", "en")
    if (hour, minute) in ((0, 0), (12, 0)):
        assert said == {0: "midnight", 12: "twelve noon"}[hour]
        return
    words = num2words(hour % 12 or 12, lang="en")
    if minute:
        words += f" {'oh ' if minute < 10 else ''}{num2words(minute, lang='en')}"
    assert said.startswith(words + " ")
    half = said.removeprefix(words + " ")
    assert half in ("in the morning", "in the afternoon", "in the evening", "at night")
    assert (half == "in the morning") == (1 <= hour < 12)


def test_english_times_of_twenty_four_hours() -> None:
    for value, words in (
        ("00:00", "midnight"),
        ("00:05", "zero oh five"),
        ("09:00", "oh nine hundred hours"),
        ("09:30", "oh nine thirty"),
        ("14:00", "fourteen hundred hours"),
        ("23:59", "twenty-three fifty-nine"),
    ):
        assert say("{{ x | time(clock='24') }}", value, "en") == words


@pytest.mark.parametrize("case", list(CASES))
def test_weekdays_as_the_dictionary_declines_them(case: str) -> None:
    names = forms("понедельник вторник среда четверг пятница суббота воскресенье")
    for day, name in enumerate(names, start=23):  # 23 November 2026 is a Monday
        parse = next(one for one in morphology().parse(name) if {"NOUN", "nomn", "sing"} in one.tag)
        expected = parse.inflect({"sing", GRAMMEMES[case]}).word
        assert say(f"{{{{ x | weekday('{case}') }}}}", f"{day}.11.2026") == expected
    assert say("{{ x | weekday }}", "2026-11-27", "en") == "Friday"


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_weekdays_are_those_of_the_calendar(day: dt.date) -> None:
    assert say("{{ x | weekday }}", day.isoformat(), "en") == day.strftime("%A")


@pytest.mark.parametrize("case", list(CASES))
def test_near_days_in_every_case(case: str) -> None:
    adverbs = {-2: "позавчера", -1: "вчера", 0: "сегодня", 1: "завтра", 2: "послезавтра"}
    for away in range(-5, 6):
        day = TODAY + dt.timedelta(days=away)
        said = say(f"{{{{ x | date('{case}', near='words') }}}}", day.isoformat())
        if away not in adverbs:
            assert said == say(f"{{{{ x | date('{case}') }}}}", day.isoformat())
        elif case in ("nom", "gen", "acc"):
            assert said == adverbs[away]
        else:
            stem = adverbs[away].removesuffix("я") + ("яшний" if away == 0 else "шний")
            (adjective,) = [one for one in morphology().parse(stem) if {"ADJF", "masc", "nomn"} in one.tag]
            noun_ = {"dat": "дню", "ins": "днём", "prep": "дне"}[case]
            assert said == f"{adjective.inflect({'masc', GRAMMEMES[case]}).word} {noun_}"
    assert say("{{ x | date(near='words') }}", TODAY.isoformat(), "en") == "today"
    assert say("{{ x | date(near='words') }}", "20.11.2026", "en") == "the day before yesterday"
    assert say("{{ x | date(near='words') }}", "20.12.2026", "en") == "the twentieth of December"


def test_the_days_of_other_words_are_known() -> None:
    template = parse_template("{{ x | date('gen', near='words') }}, {{ y | date }}, {{ x | weekday }}")
    near = template.days({"x": "31.12.2026", "y": "01.02.2026"}, TODAY)
    assert [str(day) for day in near[1:]] == ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]
    assert (near[0].year, len(near)) == (2026, 6)
    ordinary = [day for day in template.days({"x": "02.02.2026"}, TODAY) if abs((day - dt.date(2026, 2, 2)).days) > 2]
    assert len(ordinary) == 1, "a day on which it is just a date"
    assert template.days({"x": "скоро"}, TODAY) == ()
    assert parse_template("{{ x | date }}").days({"x": "31.12.2026"}, TODAY) == ()
    led = parse_template("{{ x | date(preposition='до', near='words') }}")
    assert len(led.days({"x": "31.12.2026"}, TODAY)) == 6


# -- reading ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("14:30", (14, 30)), ("9:05", (9, 5)), ("09:05:30", (9, 5, 30)), ("14.30", (14, 30)), ("14-30", (14, 30)),
        ("9-00", (9, 0)), ("14 ч", (14, 0)), ("14ч30", (14, 30)), ("14 ч. 5 мин.", (14, 5)), ("14 часов 30 минут",
        (14, 30)), ("1 час", (1, 0)), ("2 часа 1 минута", (2, 1)), ("2:30 pm", (14, 30)), ("2 PM", (14, 0)),
        ("12 am", (0, 0)), ("12:15 p.m.", (12, 15)), ("14h30", (14, 30)), (" 14:30 ", (14, 30)),
        ("24.11.2026 14:30", (14, 30)), ("24.11.2026 в 14:30", (14, 30)), ("24.11.2026, 14:30", (14, 30)),
        ("2026-11-24T14:30:00+03:00", (14, 30)), ("2026-11-24 14:30:00", (14, 30)), ("00:00", (0, 0)),
        ("23:59:59.9", (23, 59, 59)),
    ],
)  # fmt: skip
def test_times_as_lists_write_them(text: str, time: tuple[int, ...]) -> None:
    assert read_time(text) == dt.time(*time)


@pytest.mark.parametrize(
    "text",
    ["", "14", "1430", "24:00", "14:60", "14:3", "14.3", "с 10 до 12", "10-12", "10-15", "10:00-12:00", "13 pm", "0 am",
     "утром", "24.11.2026", "14:30 завтра", "٣:30", "-1:30", "14 ч 99 мин", "0.6041666", "14:30:"],
)  # fmt: skip
def test_times_that_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_time(text)
    assert caught.value.expected == "time"
    assert text == "" or "нужно: время, например «14:30»" in say("{{ x | time }}", text)


@settings(deadline=None)
@given(st.text(max_size=14) | st.from_regex(r"\d{1,2}[:. чh-]\d{0,2}( ?[ap]\.?m)?", fullmatch=True))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert isinstance(read_time(text), dt.time)
    except Unreadable as refusal:
        assert refusal.expected == "time"


@settings(deadline=None)
@given(st.times())
def test_times_survive_every_writing(time: dt.time) -> None:
    for pattern in ("%H:%M", "%H.%M", "%H:%M:00", "%H ч %M мин", "%I:%M %p", "05.06.2026 %H:%M"):
        assert read_time(time.strftime(pattern)) == dt.time(time.hour, time.minute)


# -- the words there are ----------------------------------------------------------------------------------------

LANGUAGE_WORDS = re.compile(r"[а-яё]+|[A-Za-z]+(?:-[a-z]+)?")


def words_of(said: set[str]) -> set[str]:
    """Their words, each of which must be one that a voice can be given alone, with nothing lost between them."""
    found = set()
    for text in said:
        single = phrasing.words(text)
        assert " ".join(word.text for word in single) == text.replace(",", "")
        assert all(word.is_plain and LANGUAGE_WORDS.fullmatch(word.text) for word in single), text
        found |= {word.text for word in single}
    return found


def test_times_are_made_of_few_words() -> None:
    for language, most in (("ru", 260), ("en", 55)):
        slots = ["time", "time(clock='12')", "time(clock='24')"]
        if language == "ru":
            slots = [f"time('{case}', clock='{clock}')" for case in CASES for clock in (12, 24)]
        said = {
            say(f"{{{{ x | {slot} }}}}", f"{hour}:{minute:02}", language)
            for slot in slots
            for hour in range(24)
            for minute in (*range(21), 30, 40, 51)
        }
        assert len(words_of(said)) <= most


def test_near_days_and_weekdays_are_made_of_plain_words() -> None:
    said = {
        say(f"{{{{ x | {slot} }}}}", f"{day}.11.2026")
        for case in CASES
        for slot in (f"weekday('{case}')", f"date('{case}', near='words')")
        for day in range(15, 30)
    }
    words_of(said | {say("{{ x | date(near='words') }}", f"{day}.11.2026", "en") for day in range(15, 30)})
    assert refused("{{ x | weekday(near='words') }}").position == 20, "an argument of another filter"
