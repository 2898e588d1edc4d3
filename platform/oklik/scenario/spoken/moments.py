"""Times of day, weekdays and near days in words, Russian and English; dates proper are in russian and english.

In Russian minutes are counted as the feminine «минута» even where the word is left out: «четырнадцать двадцать одна».
In English the part of the day is said in words: voices make «a.m.» an article or a pause.
"""

import datetime as dt
from functools import lru_cache

from oklik.scenario.spoken import english
from oklik.scenario.spoken.grammar import Case, Forms, Gender, Noun
from oklik.scenario.spoken.russian import cardinal, counted


def _forms(text: str) -> Forms:
    nom, gen, dat, acc, ins, prep = text.split("|") if "|" in text else text.split()
    return nom, gen, dat, acc, ins, prep


HOUR = Noun(_forms("час часа часу час часом часе"), "часа", _forms("часы часов часам часы часами часах"), Gender.MASC)
MINUTE = Noun(
    _forms("минута минуты минуте минуту минутой минуте"),
    "минуты",
    _forms("минуты минут минутам минуты минутами минутах"),
    Gender.FEM,
)
WEEKDAYS = tuple(
    _forms(line)
    for line in (
        "понедельник понедельника понедельнику понедельник понедельником понедельнике",
        "вторник вторника вторнику вторник вторником вторнике",
        "среда среды среде среду средой среде",
        "четверг четверга четвергу четверг четвергом четверге",
        "пятница пятницы пятнице пятницу пятницей пятнице",
        "суббота субботы субботе субботу субботой субботе",
        "воскресенье воскресенья воскресенью воскресенье воскресеньем воскресенье",
    )
)
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

NEAR = range(-2, 3)  # days from today that have a word of their own
_NEAR_WORDS = ("позавчера", "вчера", "сегодня", "завтра", "послезавтра")
_NEAR_STEMS = ("позавчерашн", "вчерашн", "сегодняшн", "завтрашн", "послезавтрашн")
_NEAR_ENDINGS = _forms("ий день|его дня|ему дню|ий день|им днём|ем дне")
_NEAR_EN = ("the day before yesterday", "yesterday", "today", "tomorrow", "the day after tomorrow")


# -- times ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def time_words(hour: int, minute: int, case: Case = Case.NOM, *, half_day: bool = False, full: bool = False) -> str:
    """«четырнадцать тридцать», full: «четырнадцать часов тридцать минут», half_day: «два тридцать дня»."""
    part = f" {_part_of_day(hour)}" if half_day else ""
    if half_day:
        hour = hour % 12 or 12
    elif hour < 2:
        full = True  # «ноль тридцать» is a soldier's, and «час тридцать» mostly half past one in the afternoon
    alone = half_day and hour == 1  # «час дня»
    hours = HOUR.singular[case] if alone else counted(hour, HOUR, case)
    if not minute:
        return hours + part
    if not full and not alone:
        hours = cardinal(hour, case)
    zero = "ноль " if minute < 10 else ""  # never declined: «до пятнадцати ноль пяти»
    minutes = counted(minute, MINUTE, case) if full else cardinal(minute, case, Gender.FEM)
    return f"{hours} {zero}{minutes}{part}"


def _part_of_day(hour: int) -> str:
    return "ночи" if hour < 4 else "утра" if hour < 12 else "дня" if hour < 17 else "вечера"


@lru_cache(maxsize=4096)
def time_words_en(hour: int, minute: int, *, half_day: bool = True) -> str:
    """«two thirty in the afternoon», «twelve noon», «midnight»; without half_day «fourteen thirty»."""
    minutes = f"{'oh ' if minute < 10 else ''}{english.cardinal(minute)}"
    if not half_day:
        early = "oh " if 0 < hour < 10 else ""
        if not minute:
            return f"{early}{english.cardinal(hour)} hundred hours" if hour else "midnight"
        return f"{early}{english.cardinal(hour)} {minutes}"
    if not minute and hour in (0, 12):
        return "twelve noon" if hour else "midnight"
    words = english.cardinal(hour % 12 or 12)
    return f"{words} {minutes} {_part_of_day_en(hour)}" if minute else f"{words} {_part_of_day_en(hour)}"


def _part_of_day_en(hour: int) -> str:
    if hour == 0 or hour >= 21:
        return "at night"
    return "in the morning" if hour < 12 else "in the afternoon" if hour < 17 else "in the evening"


# -- days -------------------------------------------------------------------------------------------------------


def near_words(day: dt.date, today: dt.date, case: Case, *, governed: bool) -> str | None:
    """«завтра»; None for a day that is not near.

    governed: a preposition stands before it, «с завтрашнего дня».  Without one the genitive tells when something
    happens («ждём вас пятого мая»), and then it is the adverb that is said.
    """
    away = (day - today).days
    if away not in NEAR:
        return None
    at = NEAR.index(away)
    adverb = case in (Case.NOM, Case.ACC) or (case is Case.GEN and not governed)
    return _NEAR_WORDS[at] if adverb else _NEAR_STEMS[at] + _NEAR_ENDINGS[case]


def near_words_en(day: dt.date, today: dt.date) -> str | None:
    """«tomorrow»; None for a day that is not near."""
    away = (day - today).days
    return _NEAR_EN[NEAR.index(away)] if away in NEAR else None
