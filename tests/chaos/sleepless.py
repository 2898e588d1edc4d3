"""A mutant: it is always the right hour to call."""

import datetime as dt
from typing import Any

from oklik.dialing.gate import Policy


def ask_by(_: Policy, __: Any, ___: Any, now: dt.datetime, *____: Any) -> tuple[dt.datetime, dt.datetime]:
    """From now on, for an hour."""
    return now, now + dt.timedelta(hours=1)


Policy.ask_by = ask_by  # type: ignore[method-assign]
