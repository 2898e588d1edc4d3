"""The calendar of `oklik campaign plan`: days by hours with what may be, was and will be called, then every call.

All times are the contact's, where its zone is known, else the campaign's; the head says which.
"""

import datetime as dt
from collections.abc import Iterator

from oklik.campaigns.planned import Planned, TriedCall
from oklik.dialing.planning import Foreseen, Why
from oklik.dialing.zones import tzinfo
from oklik.messages import say
from oklik.reports import words

CLOSED, LEGAL, TRIED, ELSEWHERE = "·", "░", "●", "○"
_MOST_DAYS = 21
_NAMED = "123456789abcdefghijklmnopqrstuvwxyz"


def lines(planned: Planned, language: str) -> Iterator[str]:
    """Give the lines that are printed."""
    clock = "plan_clock_own" if planned.certain else "plan_clock_campaign"
    numbers = ", ".join(planned.numbers)
    yield say("plan_head", language, row=planned.row, numbers=numbers)
    yield say(clock, language, zone=planned.zone, now=_when(planned, planned.now))
    if planned.campaign_state != "running":
        yield say("plan_not_running", language, state=say(f"state_{planned.campaign_state}", language))
    yield ""
    yield from _calendar(planned, language)
    yield ""
    for call in planned.tried:
        yield _tried(planned, call, language)
    if planned.state == "dialing":
        yield say("plan_dialing", language)
    for n, foreseen in enumerate(planned.future.calls):
        yield _foreseen(planned, n, foreseen, language)
    why = words.reason(planned.future.reason, planned.future.args, language) or ""
    why = why[:1].lower() + why[1:]
    yield say("plan_then" if planned.future.calls else "plan_no_more", language, why=why)


def _local(planned: Planned, moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(tzinfo(planned.zone))


def _when(planned: Planned, moment: dt.datetime) -> str:
    return _local(planned, moment).strftime("%d.%m.%Y %H:%M")


def _calendar(planned: Planned, language: str) -> Iterator[str]:
    marks = _marks(planned)
    days = sorted({day for day, _ in marks} | {_local(planned, planned.now).date()})
    last = min(days[-1], days[0] + dt.timedelta(days=_MOST_DAYS - 1))
    shown = [days[0] + dt.timedelta(days=n) for n in range((last - days[0]).days + 1)]
    cells = {(day, hour): marks.get((day, hour)) or _shade(planned, day, hour) for day in shown for hour in range(24)}
    open_hours = [hour for (_, hour), cell in cells.items() if cell != CLOSED] or [9, 20]
    hours = range(min(open_hours), max(open_hours) + 1)
    yield " " * 9 + " ".join(f"{hour:02}" for hour in hours)
    names = say("plan_weekdays", language).split()
    for day in shown:
        row = "  ".join(cells[day, hour] for hour in hours)
        yield f"{names[day.weekday()]} {day:%d.%m} {row}"
    yield say("plan_legend", language, legal=LEGAL, closed=CLOSED, tried=TRIED, elsewhere=ELSEWHERE)


def _marks(planned: Planned) -> dict[tuple[dt.date, int], str]:
    """What stands in an hour; a call that is to come before one that was made."""
    marks: dict[tuple[dt.date, int], str] = {}
    for call in planned.tried:
        at = _local(planned, call.at)
        if call.campaign == "" or (at.date(), at.hour) not in marks:
            marks[at.date(), at.hour] = ELSEWHERE if call.campaign else TRIED
    for n, foreseen in enumerate(planned.future.calls):
        at = _local(planned, foreseen.at)
        marks[at.date(), at.hour] = _NAMED[n % len(_NAMED)]
    return marks


def _shade(planned: Planned, day: dt.date, hour: int) -> str:
    start = dt.datetime.combine(day, dt.time(hour), tzinfo(planned.zone)).astimezone(dt.UTC)
    return LEGAL if planned.hour_is_legal(start) else CLOSED


def _tried(planned: Planned, call: TriedCall, language: str) -> str:
    outcome = words.disposition_names(language).get(call.disposition or "?", say("plan_up", language))
    mark = ELSEWHERE if call.campaign else TRIED
    campaign = say("plan_elsewhere", language, name=call.campaign) if call.campaign else ""
    return f"{mark} {_when(planned, call.at)}  {call.number}  {outcome}{campaign}"


def _foreseen(planned: Planned, n: int, call: Foreseen, language: str) -> str:
    steps = " → ".join(step_words(planned, step, language) for step in call.steps)
    return f"{_NAMED[n % len(_NAMED)]} {_when(planned, call.at)}  {call.number}  {steps}"


_STEPS = ("plan", "wish", "at_once", "hours", "other_hour", "waiting")


def step_words(planned: Planned, step: Why, language: str) -> str:
    """Say why a call comes when it does: one step of the reasoning, by the calendar's clock."""
    at = _local(planned, step.at).strftime("%d.%m %H:%M")
    if step.code in _STEPS:
        return say(f"plan_step_{step.code}", language, at=at)
    told = words.reason(step.code, step.args, language) or step.code
    return say("plan_step_rule", language, at=at, rule=told[:1].lower() + told[1:])
