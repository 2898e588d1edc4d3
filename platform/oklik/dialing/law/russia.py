"""Russia.

Debt: Federal Law 230-FZ, art. 7: talks at most once a day, twice a week, eight times a month; voice messages 2, 4 and
16; working days 8 to 22, days off and holidays 9 to 20, local time of the debtor.  An automatic agent is treated as a
talk since 1 February 2024 (467-FZ); whether a call that only speaks and takes keys is a talk or a voice message is not
settled, so the stricter count is the default and the other one a switch of the campaign, for its lawyer.  When an
unanswered attempt counts is not settled either: it has a cap of its own, ours.
Third persons (relatives, neighbours and so on) are called for a debt only with the debtor's consent (230-FZ, art. 4,
part 5); a guarantor is a debtor and needs none.
Advertising: Federal Law 38-FZ, art. 18: prior consent, and no dialing without a human.
Information, surveys, appointments: the law names no hours; polite ones, as polling companies use them.
"""

from oklik.dialing.hours import Hours, day_hours
from oklik.dialing.law.shapes import DEBTORS, Counts, Purpose, PurposeRules, per_calendar, unanswered_a_day

DEBT_HOURS = Hours(working=day_hours("08:00-22:00"), day_off=day_hours("09:00-20:00"), calendar="RU")
POLITE_HOURS = Hours(working=day_hours("09:00-21:00"), day_off=day_hours("10:00-20:00"), calendar="RU")

_POLITE_CAPS = (*per_calendar(Counts.TALK, day=2, week=5), unanswered_a_day(4))
# One survey that was taken is enough for a day; a person is not to be surveyed week after week.
_SURVEY_CAPS = (*per_calendar(Counts.TALK, day=1, week=2, month=4), unanswered_a_day(3))

RULES = (
    PurposeRules(Purpose.INFORMATIONAL, POLITE_HOURS, _POLITE_CAPS, "custom"),
    PurposeRules(Purpose.APPOINTMENT, POLITE_HOURS, _POLITE_CAPS, "custom"),
    PurposeRules(Purpose.SURVEY, POLITE_HOURS, _SURVEY_CAPS, "custom"),
    PurposeRules(
        Purpose.DEBT,
        DEBT_HOURS,
        (*per_calendar(Counts.TALK, day=1, week=2, month=8), unanswered_a_day(4)),
        "230-FZ art. 7",
        messages=(*per_calendar(Counts.MESSAGE, day=2, week=4, month=16), unanswered_a_day(4)),
        phones=DEBTORS,
    ),
    PurposeRules(Purpose.ADVERTISING, POLITE_HOURS, _SURVEY_CAPS, "38-FZ art. 18", consent=True, human=True),
)
