"""The European Union, as far as its members have nothing stricter here; and France, which has.

Recorded marketing needs prior consent (Directive 2002/58/EC, art. 13(1)).  Hours and caps are ours: working days 9 to
20, Saturdays 10 to 18, nothing on Sundays and holidays.
France: decree 2022-1313: Monday to Friday 10 to 13 and 14 to 20, no holidays, four calls in thirty days.
"""

import dataclasses

from oklik.dialing.hours import CLOSED, Hours, day_hours
from oklik.dialing.law.shapes import Cap, Counts, Period, Purpose, PurposeRules, per_calendar, unanswered_a_day

# ISO codes; France has a table of its own.
MEMBERS = tuple(
    "AT,BE,BG,HR,CY,CZ,DK,EE,FI,DE,GR,HU,IE,IT,LV,LT,LU,MT,NL,PL,PT,RO,SK,SI,ES,SE".split(",")  # noqa: SIM905
)

_CAPS = (*per_calendar(Counts.TALK, day=1, week=2, month=4), unanswered_a_day(2))
_FRENCH_CAPS = (Cap(Counts.ATTEMPT, Period.DAYS_30, 4), *_CAPS)


def _hours(country: str) -> Hours:
    return Hours(working=day_hours("09:00-20:00"), saturday=day_hours("10:00-18:00"), day_off=CLOSED, calendar=country)


def _rules(hours: Hours, caps: tuple[Cap, ...], source: str) -> tuple[PurposeRules, ...]:
    plain = tuple(PurposeRules(purpose, hours, caps, source) for purpose in Purpose)
    return tuple(
        dataclasses.replace(rules, consent=True, source=f"2002/58/EC art. 13(1), {source}")
        if rules.purpose is Purpose.ADVERTISING
        else rules
        for rules in plain
    )


def member(country: str) -> tuple[PurposeRules, ...]:
    """Give the rules of a member without rules of its own here."""
    return _rules(_hours(country), _CAPS, "custom")


FRANCE = _rules(
    Hours(working=day_hours("10:00-13:00", "14:00-20:00"), day_off=CLOSED, calendar="FR"),
    _FRENCH_CAPS,
    "décret 2022-1313",
)
