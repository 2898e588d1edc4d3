"""The filters of days and clocks: date, weekday, time.  Those of numbers and names are in `filters`."""

import datetime as dt
from dataclasses import dataclass

from oklik.scenario.spoken import english, moments, russian
from oklik.scenario.spoken.arguments import BadArgument
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.filters import Context, Filter
from oklik.scenario.spoken.grammar import Case
from oklik.scenario.spoken.values import read_date, read_time


@dataclass(frozen=True)
class Date(Filter):
    """date([case][, year='auto'|'always'|'never'][, near='words'|'date']).

    year: auto speaks it only when it is not this year's.  near: words says «завтра» for tomorrow.  governed: a
    preposition stands before it.
    """

    case: Case
    year: str = "auto"
    near: bool = False
    governed: bool = False

    def speak(self, text: str, context: Context) -> str:
        """«тридцать первое декабря», «the thirty-first of December», «завтра»."""
        day = read_date(text)
        year = self.year == "always" or (self.year == "auto" and day.year != context.today.year)
        if context.language == "en":
            near = moments.near_words_en(day, context.today) if self.near else None
            return near or english.date_words(day, year=year)
        near = moments.near_words(day, context.today, self.case, governed=self.governed) if self.near else None
        return near or russian.date_words(day, self.case, year=year)

    def days(self, text: str, today: dt.date) -> tuple[dt.date, ...]:
        """The days near to the date, on which it is said by a word, and one of this year that is not."""
        if not self.near:
            return ()
        try:
            day = read_date(text)
        except Unreadable:
            return ()
        near = tuple(day - dt.timedelta(days=away) for away in moments.NEAR)
        ordinary = next(one for month in (2, 8) if (one := dt.date(today.year, month, 1)) not in near)
        return (*near, ordinary)


@dataclass(frozen=True)
class Weekday(Filter):
    """weekday([case]): the day of the week of a date."""

    case: Case

    def speak(self, text: str, context: Context) -> str:
        """«среду», «Wednesday»."""
        at = read_date(text).weekday()
        return moments.WEEKDAYS_EN[at] if context.language == "en" else moments.WEEKDAYS[at][self.case]


@dataclass(frozen=True)
class Time(Filter):
    """time([case][, clock='24'|'12'][, style='short'|'full']): a time of day; seconds are not said.

    clock: None for what is usual in the language: 24 in Russian, 12 in English.
    """

    case: Case
    clock: str | None
    full: bool

    def check(self, language: str) -> None:
        """The full style is a Russian one."""
        if self.full and language == "en":
            raise BadArgument(
                None, "style='full' is for Russian only", "style='full' («часов», «минут») — только для русского"
            )

    def speak(self, text: str, context: Context) -> str:
        """«четырнадцать тридцать», «two thirty in the afternoon»."""
        time = read_time(text)
        if context.language == "en":
            return moments.time_words_en(time.hour, time.minute, half_day=self.clock != "24")
        return moments.time_words(time.hour, time.minute, self.case, half_day=self.clock == "12", full=self.full)
