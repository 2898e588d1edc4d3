"""The launch check: a dry run over the whole list of a campaign, in whatever state it is.  Nothing is changed.

Every contact goes by the very gate that the claim asks (asking.subjects_of, alike ones judged once, see
preflight_groups); what else can be wrong with a list is counted beside it (preflight_facts), and how long it will take
is foreseen from a sample (dialing.forecast).  Whom a law forbids to call is said by the tables of dialing.law, which
are no legal advice.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from oklik.campaigns.asking import choose, subjects_of
from oklik.campaigns.preflight_cost import cost_of
from oklik.campaigns.preflight_facts import (
    Duplicates,
    Head,
    Speech,
    Unfilled,
    duplicates,
    head_of,
    rates,
    speech,
    unfilled,
)
from oklik.campaigns.preflight_groups import Outlook
from oklik.campaigns.preflight_result import Blocked, FirstStop, HourOf, Preflight, Prices, Unplaced
from oklik.campaigns.running import Running, running
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.forecast import Forecast, Lines, Sampled, forecast
from oklik.dialing.gate import Allow, Deny
from oklik.dialing.outlook import HOUR, stretches, total
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import ZoneRule, where

BATCH = 5_000
SAMPLE = 1_000  # people of the forecast
DAYS = 7
_WEEK = dt.timedelta(days=7)
_LIST_SHARE = 0.9  # of the work is going through the list

Progress = Callable[[float], None]
"""Takes how much is done, 0 to 1."""


def preflight(
    conn: Connection,
    campaign_id: int,
    now: dt.datetime,
    *,
    days: int = DAYS,
    destinations: Destinations = HOME,
    prices: Prices = Prices(),  # noqa: B008  immutable
    currency: str = "RUB",
    progress: Progress = lambda _: None,
) -> Preflight:
    """Check a campaign for a moment of campaign time.  conn: in a transaction of one snapshot, so that sums agree.

    prices: win over the lines'; currency: of all prices, ISO 4217.
    Raises sqlalchemy's NoResultFound when there is no campaign of this id.
    """
    head = head_of(conn, campaign_id)
    (campaign,) = running(conn, head.virtual, [campaign_id], WindowBook(), destinations, at_rest=True)
    seen = _Seen(campaign, head, now.astimezone(dt.UTC), days)
    done = 0
    for batch in _batches(conn, head, seen.now):
        seen.take(conn, batch)
        done += len(batch)
        progress(_LIST_SHARE * done / max(head.contacts, 1))
    plan, usual = RetryPlan.from_json(head.retry), rates(conn, head, now)
    lines = Lines(sum(way.trunk.channels for way in campaign.ways), sum(way.trunk.cps for way in campaign.ways))
    foreseen = forecast(seen.sample, seen.reachable, campaign.policy, plan, usual, lines, seen.now, seed=head.id)
    found = seen.told(
        head, foreseen, duplicates(conn, head), unfilled(conn, head), speech(conn, head), prices, currency
    )
    progress(1.0)
    return found


_FROM_TARGETS = """
SELECT t.id, t.contact_id, t.person_id, coalesce(own.same_as, own.id) AS root, t.attempts, t.phone_index, t.state,
    t.due, t.reason, t.last_hours, t.wish, c.phones, c.roles, c.zone
FROM target t JOIN contact c ON c.id = t.contact_id JOIN person own ON own.id = t.person_id
WHERE t.campaign_id = :campaign"""
_FROM_LIST = """
SELECT c.id, c.id AS contact_id, c.person_id, coalesce(own.same_as, own.id) AS root, 0 AS attempts, 0 AS phone_index,
    'preparing' AS state, CAST(:now AS timestamptz) AS due, NULL AS reason,
    CAST('[]' AS jsonb) AS last_hours, false AS wish, c.phones, c.roles, c.zone
FROM contact c JOIN person own ON own.id = c.person_id
WHERE c.list_id = :list"""


def _batches(conn: Connection, head: Head, now: dt.datetime) -> Iterator[Sequence[Row[Any]]]:
    """All targets, or all contacts of the list where there are none yet, by a cursor of the server's."""
    statement = _FROM_TARGETS if head.launched else _FROM_LIST
    told = {"campaign": head.id} if head.launched else {"list": head.list_id, "now": now}
    with conn.execute(text(statement), told, execution_options={"yield_per": BATCH}) as result:
        yield from result.partitions(BATCH)


class _Tally:
    """Contacts denied by a rule.  args: of one of them; whose number it is is nobody's business."""

    __slots__ = ("args", "contacts", "next_at")

    def __init__(self, args: dict[str, Any]) -> None:
        self.args, self.contacts = args, 0
        self.next_at: dt.datetime | None = None


class _Seen:
    """What was seen of the list so far."""

    def __init__(self, campaign: Running, head: Head, now: dt.datetime, days: int) -> None:
        self.now, self._days, self._campaign = now, days, campaign
        self._outlook = Outlook(campaign.policy, now, days)
        self._chance = random.Random(head.id)  # noqa: S311  a fair sample, the same each time
        self.sample: list[Sampled] = []
        self.contacts = self.over = self.allowed = self.reachable = 0
        self.rules: Counter[ZoneRule] = Counter()
        self._unplaced: Counter[frozenset[str]] = Counter()
        self._own: set[str] = set()  # cells that tell the zone
        self._examples: dict[frozenset[str], str] = {}  # a number of each
        self._blocked: dict[str, _Tally] = {}

    def take(self, conn: Connection, batch: Sequence[Row[Any]]) -> None:
        """Go through some rows of the list."""
        self.contacts += len(batch)
        base, plan = self._campaign.base_zone, self._campaign.plan
        own = self._own
        for row in batch:
            zone = row.zone
            if zone in own:
                self.rules[ZoneRule.OWN] += 1
                continue
            zones, rule = where(zone, row.phones[0], base, plan)
            self.rules[rule] += 1
            if rule is ZoneRule.OWN:
                own.add(zone)
            elif rule is ZoneRule.POSSIBLE:
                self._unplaced[zones] += 1
                self._examples.setdefault(zones, row.phones[0])
        open_ = [row for row in batch if row.state != "done"]
        self.over += len(batch) - len(open_)
        outlook = self._outlook
        for row, subjects in subjects_of(conn, self._campaign, open_, self.now) if open_ else ():
            subject, answer = choose(subjects, outlook.answer)
            self._count(answer, row)
            if outlook.take(subject, answer, row.due):
                self.reachable += 1
                self._draw(Sampled(subject, row.due, len(row.phones)))

    def _count(self, answer: Allow | Deny, row: Row[Any]) -> None:
        if isinstance(answer, Deny):
            self._block(answer.rule, answer.args, answer.next_at)
        elif row.due > self.now:
            self._block("retry" if row.attempts else "waiting", {"attempt": "…"} if row.attempts else {}, row.due)
        else:
            self.allowed += 1

    def _block(self, rule: str, args: dict[str, Any], next_at: dt.datetime | None) -> None:
        known = self._blocked.get(rule)
        if known is None:
            known = self._blocked[rule] = _Tally(args | {"number": "…"} if "number" in args else args)
        known.contacts += 1
        if next_at is not None and (known.next_at is None or next_at < known.next_at):
            known.next_at = next_at

    def _draw(self, sampled: Sampled) -> None:
        """Keep a fair sample of all that come by."""
        if len(self.sample) < SAMPLE:
            self.sample.append(sampled)
        elif (place := int(self._chance.random() * self.reachable)) < SAMPLE:
            self.sample[place] = sampled

    def told(  # noqa: PLR0917  what was found, each by its name
        self,
        head: Head,
        foreseen: Forecast,
        twice: Duplicates,
        empty: list[Unfilled],
        spoken: Speech,
        prices: Prices,
        currency: str,
    ) -> Preflight:
        """Sum up."""
        outlook = self._outlook
        stop = outlook.first_stop()
        return Preflight(
            campaign_id=head.id,
            name=head.name,
            state=head.state,
            purpose=head.purpose,
            zone=head.zone,
            virtual=head.virtual,
            at=self.now,
            days=self._days,
            contacts=self.contacts,
            over=self.over,
            allowed=self.allowed,
            blocked=[
                Blocked(rule, one.args, one.contacts, one.next_at)
                for rule, one in sorted(self._blocked.items(), key=lambda item: (-item[1].contacts, item[0]))
            ],
            reachable=self.reachable,
            hours=[HourOf(outlook.start + n * HOUR, count) for n, count in enumerate(outlook.by_hour())],
            local_hours=outlook.by_local_hour(),
            first_stop=FirstStop(*stop) if stop else None,
            zone_rules={rule: self.rules[rule] for rule in ZoneRule if self.rules[rule]},
            unplaced=self._told_unplaced(),
            duplicates=twice,
            unfilled=empty,
            speech=spoken,
            forecast=foreseen,
            cost=cost_of(self._campaign.ways, (one.subject.number for one in self.sample), foreseen, prices, currency),
        )

    def _told_unplaced(self) -> Unplaced | None:
        if not self._unplaced:
            return None
        ((zones, _),) = self._unplaced.most_common(1)
        policy, book, number = self._campaign.policy, WindowBook(), self._examples[zones]

        def hours(which: frozenset[str]) -> float:
            found = stretches(lambda moment: policy.ask(number, which, moment, book), self.now, self.now + _WEEK)
            return round(total(found) / HOUR, 1)

        n = self.rules[ZoneRule.POSSIBLE]
        return Unplaced(n, hours(zones), hours(frozenset({policy.zone})))
