"""Claim: take due targets out of the queue, ask the gate for each, and commit the intent to call those it allows.

All in the caller's one transaction, with target and person locked, so that two dialers never call one person and no
cap is passed by a race.  What the gate denies moves to its next legal moment, with the rule kept in a verdict.
Nothing is sent here; the UUIDs are sent after the commit, and recheck.py looks at the clock once more then.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from oklik.campaigns import lease
from oklik.campaigns.asking import Denied, Judged, Known, judge_rows
from oklik.campaigns.budget import Limited, Purse, Spending
from oklik.campaigns.contact_fault import contact_fault
from oklik.campaigns.intents import Claimed, Drawn, describe, intend, put_off
from oklik.campaigns.lease import Holder
from oklik.campaigns.placing import MOST_ASIDE, Aside, Places, place, put_aside
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running, Trunk, running, trunks_of_agents
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.sharing import Sharer, Sharing, Turns
from oklik.dialing.windows import WindowBook

# Denials cost little and must not starve the claim: so many targets are looked at in one transaction at most.
MOST_LOOKED_AT = 2_000
MOST_IN_ONE_LOOK = 500
_WIDER = 4
_SPARE = 10  # one more target is looked at for so many calls that are wanted

# With all lines taken by persons who wait for an agent nobody could ever be connected: so many stay free of them.
KEPT = 1

Room = Callable[[Trunk | None, int], int]
"""(trunk, or None for all together; lines that must stay free) -> how many calls may be sent now."""

_UNLIMITED = Spending()
_book = WindowBook()  # answers of a pure function: every claim of a process may share them


def claim(
    conn: Connection,
    holder: Holder,
    now: dt.datetime,
    limit: int,
    *,
    virtual: bool,
    campaign_ids: Sequence[int] | None = None,
    book: WindowBook | None = None,
    room: Room | None = None,
    destinations: Destinations = HOME,
    sharing: Sharing | None = None,
    spending: Spending = _UNLIMITED,
) -> list[Claimed]:
    """Claim up to `limit` calls of running campaigns (of these, or of all) and write their intents.

    limit: no more than half a second's sending, so that pause and opt-out hold soon.  virtual: the kind of switch at
    hand; a campaign of the other kind is never touched.  Campaigns share the trunks by their weights; sharing: whose
    turn it is, kept by the caller from claim to claim.  room: what the lines take now (None: any number).
    destinations: what this installation may dial; spending: what it may cost.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    campaigns = {one.id: one for one in running(conn, virtual, campaign_ids, book or _book, destinations)}
    every = list(campaigns.values())
    ways = {way.trunk.id: way for one in every for way in one.ways}
    if room is None:
        free = dict.fromkeys(ways, limit)
    else:
        limit = min(limit, room(None, KEPT if any(one.agents or one.numbers for one in every) else 0))
        through = trunks_of_agents(every)
        free = {trunk: room(way.trunk, KEPT if trunk in through else 0) for trunk, way in ways.items()}
    limits = (Limited(one.id, one.minutes_day, one.money_day) for one in every)
    hand = _Hand(conn, holder, now, Purse(conn, spending, limits, ways.values(), now))
    sharing = sharing or Sharing()
    claimed: list[Claimed] = []
    while campaigns and len(claimed) < limit:
        sharers = {who: Sharer(who, one.weight, tuple(w.trunk.id for w in one.ways)) for who, one in campaigns.items()}
        plan = sharing.plan(now.timestamp(), limit - len(claimed), list(sharers.values()), free)
        if not plan:
            break
        looks = {who: _Look(campaigns[who], turns) for who, turns in plan.items()}
        claimed += _claim_for(hand, looks)
        for who, look in looks.items():
            used = {trunk: n - look.slots[trunk] for trunk, n in plan[who].slots.items()}
            free = {trunk: room - used.get(trunk, 0) for trunk, room in free.items()}
            sharing.served(sharers[who], used, now.timestamp())
            if look.wanted:  # it has nobody more to call: the others may
                sharing.idle(sharers[who], [trunk for trunk, n in look.slots.items() if n])
                del campaigns[who]
    return claimed


class _Hand(NamedTuple):
    """What all claims of one transaction have in common."""

    conn: Connection
    holder: Holder
    now: dt.datetime
    purse: Purse


class _Look:
    """How far one campaign has come with its turns.

    wanted: calls that it may still have; slots: how many over each trunk; size: targets to look at next, 0: it has
    nobody more, or has looked at enough.
    """

    def __init__(self, campaign: Running, turns: Turns) -> None:
        self.campaign = campaign
        self.wanted = turns.n
        self.size = turns.n + turns.n // _SPARE  # a few are denied mostly, and another look costs more than their locks
        self.slots = dict(turns.slots)
        self._seen = self._aside = 0

    def seen(self, rows: int, judged: Judged, places: Places) -> None:
        """Count what came of the targets that were looked at, and say how many to look at next.

        Where nobody was allowed (a list whose hours are over), look further at once instead of in a thousand small
        claims; else at as many as it takes if the next ones are like these, for each that is looked at costs its locks.
        """
        allowed, denied = len(judged.allowed), len(judged.denied)
        last = rows < self.size and not places.aside
        self.wanted -= len(places.placed)
        self._seen += rows
        self._aside += len(places.aside)
        if last or not self.wanted or self._seen >= MOST_LOOKED_AT or self._aside >= MOST_ASIDE:
            self.size = 0
            return
        likely = self.size * _WIDER if not allowed else -(-self.wanted * (allowed + denied) // allowed)
        self.size = min(max(likely, self.wanted), MOST_IN_ONE_LOOK)


def _claim_for(hand: _Hand, looks: Mapping[int, _Look]) -> list[Claimed]:
    """Claim for these campaigns, each until its turns are used; whatever their number, each step asks once for all."""
    conn, holder, now, purse = hand
    claimed: list[Claimed] = []
    while open_ := [look for look in looks.values() if look.size]:
        rows = _lock_due(conn, open_, now)
        known = Known(conn, [(look.campaign, rows[look.campaign.id]) for look in open_], now)
        drawn: list[Drawn] = []
        denied: list[Denied] = []
        aside: list[Aside] = []
        for look in open_:
            campaign = look.campaign
            judged = judge_rows(conn, campaign, known, rows[campaign.id], now, look.wanted)
            places = place(campaign.id, campaign.ways, judged.allowed, look.slots, purse)
            known.release(places.unused)
            look.seen(len(rows[campaign.id]), judged, places)
            for one in places.placed:
                try:
                    drawn.append((describe(Claimed, campaign, one, now), campaign, one.price))
                except Exception as error:  # noqa: BLE001  see asking.judge_rows
                    known.release([one.allowed])
                    denied.append((one.allowed[0].id, contact_fault(conn, one.allowed[0].id, error, now)))
            denied += [*judged.denied, *places.denied]
            aside += places.aside
        if drawn:
            claimed += intend(conn, holder, now, purse, drawn)
        if denied:
            put_off(conn, denied, now)
        if aside:
            put_aside(conn, aside, now, holder.node)
    return claimed


def _lock_due(conn: Connection, looks: Sequence[_Look], now: dt.datetime) -> dict[int, list[Row[Any]]]:
    """Lock the targets that are due first, so many of each campaign as it wants to look at, and their persons."""
    rows: dict[int, list[Row[Any]]] = {look.campaign.id: [] for look in looks}
    for row in run(
        conn,
        """SELECT due.* FROM json_to_recordset(CAST(:rows AS json)) AS k(campaign bigint, size bigint),
           LATERAL (
               SELECT t.campaign_id, t.id, t.contact_id, t.person_id, p.id AS root, coalesce(p.own_key, p.key) AS key,
                   t.attempts, t.faults, t.prepared, t.phone_index, t.last_hours, t.wish,
                   c.phones, c.roles, c.fields, c.zone
               FROM target t
               JOIN person own ON own.id = t.person_id
               JOIN person p ON p.id = coalesce(own.same_as, own.id)
               JOIN contact c ON c.id = t.contact_id
               WHERE t.campaign_id = k.campaign AND t.state = 'waiting' AND t.due <= :now
               ORDER BY t.due, t.id
               LIMIT k.size
               FOR UPDATE OF t, p SKIP LOCKED) due""",
        [{"campaign": look.campaign.id, "size": look.size} for look in looks],
        now=now,
    ):
        rows[row.campaign_id].append(row)
    return rows
