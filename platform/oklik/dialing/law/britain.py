"""The United Kingdom.

Recorded marketing needs prior consent (PECR, reg. 19).  No law names hours or counts; persistent misuse is judged by
Ofcom as a whole, so hours and caps are polite ones of ours, with Sundays and bank holidays shorter.
"""

from oklik.dialing.hours import Hours, day_hours
from oklik.dialing.law.shapes import Counts, Purpose, PurposeRules, per_calendar, unanswered_a_day

POLITE_HOURS = Hours(
    working=day_hours("09:00-20:00"),
    saturday=day_hours("10:00-18:00"),
    day_off=day_hours("10:00-17:00"),
    calendar="GB",
)
_CAPS = (*per_calendar(Counts.TALK, day=1, week=3), unanswered_a_day(3))

RULES = (
    *(
        PurposeRules(purpose, POLITE_HOURS, _CAPS, "custom")
        for purpose in (Purpose.INFORMATIONAL, Purpose.APPOINTMENT, Purpose.SURVEY, Purpose.DEBT)
    ),
    PurposeRules(Purpose.ADVERTISING, POLITE_HOURS, _CAPS, "PECR reg. 19", consent=True),
)
