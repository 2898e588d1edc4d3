"""Going through a list, or a part of it, for the launch check: who may be called now, and who when.

Rows that are plain (preflight_scan) and alike to zones and gate in their numbers and the text of their zone are one:
the first of them is asked for as everybody else is (asking.subjects_of), and its answer holds for the others.  All
others are asked for one by one.  The verdict is always that of the very gate; here is only counted.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.asking import choose, subjects_of
from oklik.campaigns.preflight_groups import Outlook
from oklik.campaigns.preflight_merge import SAMPLE, Barred, Drawn, Part, Unsure
from oklik.campaigns.preflight_scan import EVERYBODY, Kind, Slim, Span, Sweep, slim_rows, whole_rows
from oklik.campaigns.running import Running, running
from oklik.dialing.destinations import HOME, RUSSIAN_MOBILE, Destinations, nature
from oklik.dialing.forecast import Sampled
from oklik.dialing.gate import Allow, Deny, Subject
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import Where, ZoneRule, where

_MOST_SPOTS = 20_000  # a column of zones may hold anything
_MOBILE = "+79000000000"

Done = Callable[[int], None]
"""Takes how many contacts are done."""


def go_through(
    conn: Connection,
    sweep: Sweep,
    span: Span = EVERYBODY,
    *,
    destinations: Destinations = HOME,
    done: Done = lambda _: None,
) -> Part:
    """Go through a span of the list.  conn: in a transaction of one snapshot."""
    (campaign,) = running(conn, sweep.virtual, [sweep.campaign_id], WindowBook(), destinations, at_rest=True)
    walk = _Walk(conn, campaign, sweep)
    for batch in slim_rows(conn, sweep, span):
        walk.take(batch)
        done(walk.contacts)
    return walk.told()


class _Reply(NamedTuple):
    """What the gate was asked for, and what it said."""

    subject: Subject
    answer: Allow | Deny


class _Spot:
    """Rows with the same text of a zone and with numbers alike.  reply: to those of them that are plain; None: nobody
    has asked for one yet."""

    __slots__ = ("contacts", "number", "phones", "reply", "where")

    def __init__(self, place: Where, number: str, phones: int) -> None:
        self.where, self.number, self.phones = place, number, phones
        self.contacts = 0
        self.reply: _Reply | None = None


class _Tally:
    """Contacts denied by a rule with the same args."""

    __slots__ = ("args", "contacts", "next_at", "rule")

    def __init__(self, rule: str, args: dict[str, Any]) -> None:
        self.rule, self.args, self.contacts = rule, args, 0
        self.next_at: dt.datetime | None = None


# All of a subject that is not taken from the row's numbers and zone, as it is where nothing is known.
_known = attrgetter(
    "history", "busy", "suppressed", "consent", "attempts", "hours", "wish", "role", "others", "promised"
)
_NOTHING = _known(Subject("", frozenset()))


class _Walk:
    """One who goes through a list, and what they have seen of it."""

    def __init__(self, conn: Connection, campaign: Running, sweep: Sweep) -> None:
        self._conn, self._campaign, self._sweep, self._now = conn, campaign, sweep, sweep.now
        self._outlook = Outlook(campaign.policy, sweep.now, sweep.days)
        self.contacts = 0
        self._over = self._allowed = self._reachable = 0
        self._spots: dict[tuple[str | None, Hashable], _Spot] = {}
        # Mobiles of Russia are all alike, unless the public register or the trunks' routes tell them apart.
        one_way = not any(way.routed.routes for way in campaign.ways)
        self._mobile = self._look(_MOBILE) if one_way and not len(campaign.plan) else None
        self._rules: Counter[ZoneRule] = Counter()
        self._unsure: dict[tuple[Hashable, ...], Unsure] = {}
        self._barred: dict[tuple[Hashable, ...], _Tally] = {}
        self._sample: list[tuple[int, int, Sampled]] = []
        self._last_lot = 2**63  # of a full sample

    def take(self, batch: Sequence[Slim]) -> None:
        """Go through some rows of the list."""
        self.contacts += len(batch)
        spots, place = self._spots, self._place
        alike: defaultdict[tuple[_Spot, dt.datetime | None], list[tuple[int, int]]] = defaultdict(list)
        draws: dict[int, int] = {}  # of those who are asked for one by one
        first: dict[int, _Spot] = {}
        for contact, draw, zone, phone, phones, later, kind in batch:
            at = place(phone) if phones is None else (*map(place, phones),)
            spot = spots.get((zone, at))
            if spot is None:
                spot = self._new_spot(zone, at, phones or [phone])
            spot.contacts += 1
            if kind == Kind.PLAIN and spot.reply is not None:
                alike[spot, later].append((draw, contact))
            elif kind != Kind.OVER:
                draws[contact] = draw
                if kind == Kind.PLAIN:
                    first[contact] = spot
            else:
                self._over += 1
        for (spot, later), lots in alike.items():
            if spot.reply is not None:
                self._count(spot.reply, later or self._now, lots, phones=spot.phones)
        if draws:
            self._ask_for(draws, first)
        if len(spots) > _MOST_SPOTS:
            self._close_spots()

    def _place(self, number: str) -> Hashable:
        """All that zones, gate and trunks see of a number; equal for numbers that are alike to them."""
        if self._mobile is not None and nature(number) is RUSSIAN_MOBILE:
            return self._mobile
        return self._look(number)

    def _look(self, number: str) -> Hashable:
        campaign = self._campaign
        unnamed = where(None, number, campaign.base_zone, campaign.plan)
        return unnamed, self._outlook.nature(number), campaign.ways.take(number)

    def _new_spot(self, zone: str | None, at: Hashable, phones: Sequence[str]) -> _Spot:
        place = where(zone, phones[0], self._campaign.base_zone, self._campaign.plan)
        spot = self._spots[zone, at] = _Spot(place, phones[0], len(phones))
        return spot

    def _ask_for(self, draws: dict[int, int], first: dict[int, _Spot]) -> None:
        rows = whole_rows(self._conn, self._sweep, list(draws))
        for row, subjects in subjects_of(self._conn, self._campaign, rows, self._now):
            reply = _Reply(*choose(subjects, self._outlook.answer))
            contact = row.contact_id
            lots, phones = [(draws[contact], contact)], len(row.phones)
            self._count(reply, max(row.due, self._now), lots, phones=phones, attempts=row.attempts)
            spot = first.get(contact)
            if spot is not None and _known(reply.subject) == _NOTHING:
                spot.reply = reply

    def _count(
        self, reply: _Reply, due: dt.datetime, lots: list[tuple[int, int]], *, phones: int, attempts: int = 0
    ) -> None:
        """Count contacts with the same answer; lots: of each of them."""
        subject, answer = reply
        if isinstance(answer, Deny):
            self._bar(answer.rule, answer.args, answer.next_at, len(lots))
        elif due > self._now:
            self._bar("retry" if attempts else "waiting", {"attempt": "…"} if attempts else {}, due, len(lots))
        else:
            self._allowed += len(lots)
        if self._outlook.take(subject, answer, due, len(lots)):
            self._reachable += len(lots)
            sampled, last = Sampled(subject, due, phones), self._last_lot
            self._sample += [(*lot, sampled) for lot in lots if lot[0] <= last]
            if len(self._sample) > 2 * SAMPLE:
                self._keep_lowest()

    def _bar(self, rule: str, args: dict[str, Any], next_at: dt.datetime | None, contacts: int) -> None:
        if "number" in args:
            args = args | {"number": "…"}  # whose number it is is nobody's business
        key = (rule, *args.items())
        known = self._barred.get(key)
        if known is None:
            known = self._barred[key] = _Tally(rule, args)
        known.contacts += contacts
        if next_at is not None and (known.next_at is None or next_at < known.next_at):
            known.next_at = next_at

    def _keep_lowest(self) -> None:
        self._sample.sort(key=lambda one: one[:2])
        del self._sample[SAMPLE:]
        if len(self._sample) == SAMPLE:
            self._last_lot = self._sample[-1][0]

    def _close_spots(self) -> None:
        """Count which rule told the zones of those seen so far, and forget them."""
        for spot in self._spots.values():
            zones, rule = spot.where
            self._rules[rule] += spot.contacts
            if rule is ZoneRule.POSSIBLE:
                told = tuple(sorted(zones)), self._campaign.policy.country(spot.number)
                before = self._unsure.get(told)
                self._unsure[told] = Unsure(*told, spot.number, spot.contacts + (before.contacts if before else 0))
        self._spots.clear()

    def told(self) -> Part:
        """Sum up."""
        self._close_spots()
        self._keep_lowest()
        outlook = self._outlook
        return Part(
            contacts=self.contacts,
            over=self._over,
            allowed=self._allowed,
            reachable=self._reachable,
            rules=dict(self._rules),
            unsure=list(self._unsure.values()),
            barred=[Barred(one.rule, one.args, one.contacts, one.next_at) for one in self._barred.values()],
            hours=outlook.by_hour(),
            local_hours=outlook.by_local_hour(),
            ends=dict(outlook.ends()),
            sample=[Drawn((draw, contact), one) for draw, contact, one in self._sample],
        )
