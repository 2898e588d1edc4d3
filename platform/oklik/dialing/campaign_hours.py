"""A campaign's own calling hours: a window of the day, breaks in it, weekdays, days on which it does not call.

Data of the campaign, kept as JSON.  They narrow the legal hours and never widen them; by whose clock they are read is
the gate's affair.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from oklik.dialing.hours import DAY_MINUTES, DayHours, Hours, Span, parse_span

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
MOST_BREAKS = 8
MOST_BLOCKED = 400


class Stretch(BaseModel):
    """From one time of day to a later one; "24:00" ends a day."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        parse_span(self.start, self.end)
        return self

    def span(self) -> Span:
        """Give it in minutes."""
        return parse_span(self.start, self.end)


class CampaignHours(Stretch):
    """The window with what is left out of it.

    breaks: such as a lunch hour.  weekdays: 1 Monday to 7 Sunday, as ISO 8601 counts; empty: every day.
    blocked: local dates.
    """

    breaks: tuple[Stretch, ...] = Field(default=(), max_length=MOST_BREAKS)
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    blocked: tuple[dt.date, ...] = Field(default=(), max_length=MOST_BLOCKED)

    @model_validator(mode="after")
    def _open_at_all(self) -> Self:
        if not self._day():
            raise ValueError("the breaks leave nothing of the calling hours")
        return self

    def _day(self) -> DayHours:
        left = DayHours((self.span(),))
        for pause in self.breaks:
            gap = pause.span()
            left = left.narrowed(DayHours((Span(0, gap.start), Span(gap.end, DAY_MINUTES))))
        return left

    def hours(self) -> Hours:
        """Give them in the form that windows are computed with."""
        days = frozenset(day - 1 for day in self.weekdays) or None
        return Hours.every_day(*self._day().spans, blocked=frozenset(self.blocked), weekdays=days)


def plain(window: tuple[str, str] | None) -> Hours | None:
    """Give the hours of a bare window ("HH:MM", "HH:MM").  Raises ValueError in one line."""
    return None if window is None else Hours.every_day(parse_span(*window))


def from_json(kept: Mapping[str, Any] | None) -> Hours | None:
    """Give the hours of a campaign's row; None: it has none.  Raises pydantic.ValidationError."""
    return None if kept is None else CampaignHours.model_validate(kept).hours()
