"""The launch check: a dry run over the whole list of a campaign, in whatever state it is.  Nothing is changed.

Every contact goes by the very gate that the claim asks (asking.subjects_of, alike ones asked for once, see
preflight_part); what else can be wrong with a list is counted beside it (preflight_facts), and how long it will take
is foreseen from a sample (dialing.forecast).  Whom a law forbids to call is said by the tables of dialing.law, which
are no legal advice.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from oklik.campaigns.preflight_cost import cost_of
from oklik.campaigns.preflight_facts import Head, duplicates, head_of, rates, speech, unfilled
from oklik.campaigns.preflight_merge import Barred, Part, Unsure, merge
from oklik.campaigns.preflight_part import Done, go_through
from oklik.campaigns.preflight_result import Blocked, FirstStop, HourOf, Preflight, Prices, Unplaced
from oklik.campaigns.preflight_scan import Sweep
from oklik.campaigns.running import Running, running
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.forecast import Forecast, Lines, forecast
from oklik.dialing.outlook import HOUR, hour_start, stretches, total
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import ZoneRule, tzinfo

DAYS = 7
_WEEK = dt.timedelta(days=7)
_LIST_SHARE = 0.9  # of the work is going through the list

Progress = Callable[[float], None]
"""Takes how much is done, 0 to 1."""
Through = Callable[[Connection, Sweep, int, Destinations, Done], Sequence[Part]]
"""Goes through a list of so many contacts, by parts or as a whole; Done takes how many of all are done, again and again
while it lasts, and whatever it raises breaks it off."""


def at_one_go(conn: Connection, sweep: Sweep, contacts: int, destinations: Destinations, done: Done) -> list[Part]:  # noqa: ARG001
    """Go through the list in this process."""
    return [go_through(conn, sweep, destinations=destinations, done=done)]


def preflight(
    conn: Connection,
    campaign_id: int,
    now: dt.datetime,
    *,
    days: int = DAYS,
    destinations: Destinations = HOME,
    prices: Prices = Prices(),  # noqa: B008  immutable
    currency: str = "RUB",
    through: Through = at_one_go,
    progress: Progress = lambda _: None,
) -> Preflight:
    """Check a campaign for a moment of campaign time.  conn: in a transaction of one snapshot, so that sums agree.

    prices: win over the lines'; currency: of all prices, ISO 4217.
    through: by whom the list is gone through.
    Raises sqlalchemy's NoResultFound when there is no campaign of this id.
    """
    head = head_of(conn, campaign_id)
    (campaign,) = running(conn, head.virtual, [campaign_id], WindowBook(), destinations, at_rest=True)
    sweep = Sweep(head.id, head.list_id, head.launched, head.virtual, head.purpose, now.astimezone(dt.UTC), days)

    def done(contacts: int) -> None:
        progress(_LIST_SHARE * contacts / max(head.contacts, 1))

    whole = merge(through(conn, sweep, head.contacts, destinations, done))
    plan, usual = RetryPlan.from_json(head.retry), rates(conn, head, now)
    sample = [drawn.one for drawn in whole.sample]
    lines = Lines(sum(way.trunk.channels for way in campaign.ways), sum(way.trunk.cps for way in campaign.ways))
    foreseen = forecast(sample, whole.reachable, campaign.policy, plan, usual, lines, sweep.now, seed=head.id)
    found = Preflight(
        **_told(head, campaign, sweep, whole, foreseen),
        duplicates=duplicates(conn, head),
        unfilled=unfilled(conn, head),
        speech=speech(conn, head),
        cost=cost_of(campaign.ways, (one.subject.number for one in sample), foreseen, prices, currency),
    )
    progress(1.0)
    return found


def _told(head: Head, campaign: Running, sweep: Sweep, whole: Part, foreseen: Forecast) -> dict[str, Any]:
    """What going through the list has told, by the names of Preflight's fields."""
    start = hour_start(sweep.now, tzinfo(campaign.policy.zone))
    stop = min(whole.ends.items(), default=None)
    return {
        "campaign_id": head.id,
        "name": head.name,
        "state": head.state,
        "purpose": head.purpose,
        "zone": head.zone,
        "virtual": head.virtual,
        "at": sweep.now,
        "days": sweep.days,
        "contacts": whole.contacts,
        "over": whole.over,
        "allowed": whole.allowed,
        "blocked": _blocked(whole.barred),
        "reachable": whole.reachable,
        "hours": [HourOf(start + n * HOUR, count) for n, count in enumerate(whole.hours)],
        "local_hours": whole.local_hours,
        "first_stop": FirstStop(*stop) if stop else None,
        "zone_rules": {rule: whole.rules[rule] for rule in ZoneRule if whole.rules.get(rule)},
        "unplaced": _unplaced(campaign, whole.unsure, sweep.now),
        "forecast": foreseen,
    }


def _blocked(barred: Sequence[Barred]) -> list[Blocked]:
    """By rule, most contacts first; args: those of the most of them (barred has them in that order)."""
    found: dict[str, Blocked] = {}
    for one in barred:
        known = found.get(one.rule, Blocked(one.rule, one.args, 0, None))
        first = min((at for at in (known.next_at, one.next_at) if at is not None), default=None)
        found[one.rule] = Blocked(one.rule, known.args, known.contacts + one.contacts, first)
    return sorted(found.values(), key=lambda one: (-one.contacts, one.rule))


def _unplaced(campaign: Running, unsure: Sequence[Unsure], now: dt.datetime) -> Unplaced | None:
    if not unsure:
        return None
    policy, book, most = campaign.policy, WindowBook(), unsure[0]

    def hours(which: frozenset[str]) -> float:
        found = stretches(lambda moment: policy.ask(most.number, which, moment, book), now, now + _WEEK)
        return round(total(found) / HOUR, 1)

    usual = hours(frozenset({policy.zone}))
    return Unplaced(sum(one.contacts for one in unsure), hours(frozenset(most.zones)), usual)
