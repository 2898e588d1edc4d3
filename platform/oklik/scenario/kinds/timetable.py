"""Rows of a timetable: days of the week with a time from and a time to, as `hours` and `branch` have them.

The clock and the calendar are the host's: here a local moment is only compared.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from oklik.scenario.kinds.base import Issue, Part, error, form_field

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Time = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

DAYS = {
    "mon": ("по понедельникам", "On Mondays"),
    "tue": ("по вторникам", "On Tuesdays"),
    "wed": ("по средам", "On Wednesdays"),
    "thu": ("по четвергам", "On Thursdays"),
    "fri": ("по пятницам", "On Fridays"),
    "sat": ("по субботам", "On Saturdays"),
    "sun": ("по воскресеньям", "On Sundays"),
}
_WEEK: tuple[str, ...] = get_args(Day)


class Opening(Part):
    """Some days of the week, and from when to when on each of them."""

    days: tuple[Day, ...] = form_field(
        "Дни",
        "Days",
        "По каким дням недели; без них — каждый день",
        "On which days of the week; every day when left out",
        widget="days",
        choices=DAYS,
        default=(),
        max_length=7,
    )
    begin: Time = form_field(
        "С", "From", "Местное время человека", "The person's local time", widget="time", alias="from"
    )
    end: Time = form_field(
        "До",
        "To",
        "Не включая эту минуту; раньше, чем «С», значит на следующий день",
        "That minute not included; earlier than “from” means on the next day",
        widget="time",
        alias="to",
    )

    def holds(self, now: dt.datetime) -> bool:
        """Whether a local moment lies in it."""
        time = f"{now:%H:%M}"
        if self.begin < self.end:
            return self._on(now) and self.begin <= time < self.end
        # Over midnight: the days are those on which it begins.
        return (self._on(now) and self.begin <= time) or (self._on(now - dt.timedelta(days=1)) and time < self.end)

    def _on(self, day: dt.datetime) -> bool:
        return not self.days or _WEEK[day.weekday()] in self.days


def opening_issues(name: str, place: str, openings: Sequence[Opening]) -> Iterator[Issue]:
    """Rows in which no moment, or every moment, would lie by mistake."""
    for index, row in enumerate(openings):
        if row.begin in (row.end, "24:00"):
            ru, en = "Время «С» и «До» не оставляет ни минуты", "The times from and to leave no minute"
            yield error(name, f"{place}.{index}.to", "range_bad", ru, en)
