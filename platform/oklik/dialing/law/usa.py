"""The United States of America.

Hours: 8 to 21 local time of the called party (47 CFR 64.1200(c)(1), 16 CFR 310.4(c), 12 CFR 1006.6(b)).
A prerecorded voice to a mobile phone needs prior express consent whatever it is for (47 U.S.C. 227(b)(1)(A)), and a
number does not tell a mobile from a landline, so consent is wanted for every purpose; for sales it must be written.
Debt: 12 CFR 1006.14(b)(2): no more than seven calls in seven days and none within seven days after a talk.  Nobody but
the consumer may be told of it (12 CFR 1006.6(d)); who stands surety is one.
Information: three calls in thirty days is what is exempt to homes without consent (47 CFR 64.1200(a)(3)); kept as the
cap with it, too, since more is hard to defend.  States have stricter rules of their own that are not here.
"""

from oklik.dialing.hours import Hours, day_hours
from oklik.dialing.law.shapes import DEBTORS, Cap, Counts, Period, Purpose, PurposeRules, unanswered_a_day

CALLED_HOURS = Hours(working=day_hours("08:00-21:00"), day_off=day_hours("08:00-21:00"), calendar="US")

_FEW = (Cap(Counts.ATTEMPT, Period.DAYS_30, 3), unanswered_a_day(2))

RULES = (
    PurposeRules(Purpose.INFORMATIONAL, CALLED_HOURS, _FEW, "47 CFR 64.1200", consent=True),
    PurposeRules(Purpose.SURVEY, CALLED_HOURS, _FEW, "47 CFR 64.1200", consent=True),
    PurposeRules(
        Purpose.APPOINTMENT,
        CALLED_HOURS,
        (Cap(Counts.ATTEMPT, Period.DAYS_1, 1), Cap(Counts.ATTEMPT, Period.DAYS_7, 3)),
        "47 CFR 64.1200(a)(9)(iv)",
        consent=True,
    ),
    PurposeRules(
        Purpose.DEBT,
        CALLED_HOURS,
        (Cap(Counts.ATTEMPT, Period.DAYS_7, 7), Cap(Counts.TALK, Period.DAYS_7, 1), unanswered_a_day(3)),
        "12 CFR 1006.14(b)(2)",
        consent=True,
        phones=DEBTORS,
    ),
    PurposeRules(Purpose.ADVERTISING, CALLED_HOURS, _FEW, "16 CFR 310.4, 47 CFR 64.1200", consent=True),
)
