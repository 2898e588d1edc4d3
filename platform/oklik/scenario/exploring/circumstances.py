"""What a call does not decide and meets all the same: the hour, the day, a holiday, the lot that is drawn for a person.

The walk begins with an ordinary noon.  Others follow only while nodes that nobody hears, which may look at such things,
have exits that no call has taken.
"""

import datetime as dt
from typing import NamedTuple


class Circumstance(NamedTuple):
    """When a call is made, and to whom: as `interpreter.start` takes it.  who: stands for the person in lots."""

    now: dt.datetime
    holiday: bool
    who: str


def circumstances(today: dt.date) -> list[Circumstance]:
    """An ordinary noon first; then nights, evenings, a holiday, each day of the week, each hour."""
    moments = [(today, hour, False) for hour in (12, 3, 20)] + [(today, 12, True)]
    moments += [(today + dt.timedelta(days=days), 12, False) for days in range(1, 7)]
    moments += [(today, hour, False) for hour in range(24)]
    return [
        Circumstance(dt.datetime.combine(day, dt.time(hour)), holiday, str(number))
        for number, (day, hour, holiday) in enumerate(moments)
    ]
