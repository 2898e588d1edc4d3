"""Serve calls that people have ordered, in the transaction that claims the others, and before them.

An ordered call needs a line like any other (limits, breakers, routes, budgets, verified numbers), and the gate judges
it under the lock of the person with its kind known (dialing.orders).  What it denies stays in the queue as it was.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import claim as claiming
from oklik.campaigns import gateways, lease
from oklik.campaigns.asking import Allowed, Known, judge_rows, subject_of
from oklik.campaigns.budget import Limited, Purse, Spending
from oklik.campaigns.call_orders import NOT_TESTED, expire
from oklik.campaigns.claim import Room
from oklik.campaigns.contact_fault import contact_fault
from oklik.campaigns.intents import Claimed, describe
from oklik.campaigns.lease import Holder
from oklik.campaigns.order_rows import TARGET, Ordered, intend, write_denial
from oklik.campaigns.placing import Placed, place
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running, Trunk, running
from oklik.campaigns.tester_phones import tried
from oklik.dialing.call_recording import Part
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.gate import BUSY_AGAIN, Deny, judge
from oklik.dialing.law.shapes import Role
from oklik.dialing.machines import DEFAULT
from oklik.dialing.orders import OrderKind, judge_test, policy_of_order
from oklik.dialing.sharing import Sharing, Slots
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import where

MOST_AT_ONCE = 20  # orders looked at in one transaction
_EVERY_STATE = ("draft", "running", "paused", "done", "stopped", "trial")
_UNLIMITED = Spending()
_book = WindowBook()


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
    """Claim what is ordered, then of what is due as many as there is room for; as claim.claim.  Raises LeaseLost."""
    first: list[Claimed] = []
    wanted: set[int] = set()  # trunks of which an order waits for a line: the next free one is its
    orders = _asked(conn, virtual=virtual, campaign_ids=campaign_ids, now=now) if limit > 0 else ()
    if orders:
        lease.check(conn, holder)
        ids = sorted({one.campaign_id for one in orders})
        campaigns = {
            one.id: one for one in running(conn, virtual, ids, book or _book, destinations, states=_EVERY_STATE)
        }
        limits = (Limited(one.id, one.minutes_day, one.money_day) for one in campaigns.values())
        ways = {way.trunk.id: way for one in campaigns.values() for way in one.ways}
        # Who has just filled in a trunk and orders a call wants to hear that one, not what the switch knew before.  A
        # dialer of one campaign leaves the switch's gateways as they are.
        unread = gateways.unread(conn, holder.node) if campaign_ids is None else set()
        free = {trunk: limit if room is None else room(way.trunk, 0) for trunk, way in ways.items()}
        free |= dict.fromkeys(ways.keys() & unread, 0)
        purse = Purse(conn, spending, limits, ways.values(), now)
        serving = _Serving(conn, holder, now, purse, free, unread, destinations)
        for one in orders:
            if len(first) < limit and _locked(conn, [one.id]):
                first += serving.serve(one, campaigns[one.campaign_id])
        wanted = serving.wanted
    used = Counter(one.trunk.id for one in first)

    def left(trunk: Trunk | None, kept: int) -> int:
        if trunk is not None and trunk.id in wanted:
            return 0
        takes = limit if room is None else room(trunk, kept)
        return max(0, takes - (len(first) if trunk is None else used[trunk.id]))

    rest = claiming.claim(
        conn,
        holder,
        now,
        limit - len(first),
        virtual=virtual,
        campaign_ids=campaign_ids,
        book=book,
        room=left if first or wanted else room,
        destinations=destinations,
        sharing=sharing,
        spending=spending,
    )
    return [*first, *rest] if first else rest


def _asked(
    conn: Connection, *, virtual: bool, campaign_ids: Sequence[int] | None, now: dt.datetime
) -> Sequence[Row[Any]]:
    """The oldest orders; those whose time is over are ended.

    More than there may be room for, and none is locked yet: one that is denied, or must wait, holds up no other one,
    and what has no room here is another dialer's to serve.
    """
    rows = run(
        conn,
        """SELECT o.id, o.kind, o.campaign_id, o.target_id, o.number, o.endpoint, o.agent_group, o.rule, o.deadline,
               c.state AS campaign_state
           FROM call_order o JOIN campaign c ON c.id = o.campaign_id
           WHERE o.state = 'asked' AND c.virtual = :virtual
             AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(CAST(:ids AS bigint[])))
           ORDER BY o.id LIMIT :most""",
        virtual=virtual,
        ids=None if campaign_ids is None else list(campaign_ids),
        most=MOST_AT_ONCE,
    ).all()
    if late := [row.id for row in rows if row.deadline < now]:
        expire(conn, _locked(conn, late))
    return [row for row in rows if row.deadline >= now]


def _locked(conn: Connection, orders: Sequence[int]) -> list[int]:
    """Those that nobody else serves at this moment, locked."""
    return list(
        run(
            conn,
            """SELECT id FROM call_order WHERE id = ANY(CAST(:orders AS bigint[])) AND state = 'asked'
               FOR UPDATE SKIP LOCKED""",
            orders=list(orders),
        ).scalars()
    )


class _Meant(NamedTuple):
    """An order with the locked target; a test locks nothing of it."""

    order: Row[Any]
    campaign: Running
    row: Row[Any]


class _Serving:
    """The orders of one transaction.  free: what each trunk takes yet; unread: those that must be read before."""

    def __init__(  # noqa: PLR0917  what a claim is given
        self,
        conn: Connection,
        holder: Holder,
        now: dt.datetime,
        purse: Purse,
        free: dict[int, int],
        unread: Collection[int],
        destinations: Destinations,
    ) -> None:
        self._conn, self._holder, self._now = conn, holder, now
        self._purse, self._free, self._destinations = purse, free, destinations
        self._unread = unread
        self.wanted: set[int] = set()  # trunks that an order waits for

    def serve(self, order: Row[Any], campaign: Running) -> list[Ordered]:
        """Serve one order; nothing is given where it is denied or must wait."""
        kind = OrderKind(order.kind)
        if kind is OrderKind.TEST:
            meant = _Meant(order, campaign, self._data(order.target_id))
            unspoken = self._unspoken(meant) if order.campaign_state == "trial" else False
            answer = unspoken if unspoken is not False else self._tested(meant)
        else:
            row = self._locked(order)
            if row is None:
                return []  # somebody holds the person or the target at this moment
            meant = _Meant(order, campaign, row)
            answer = self._judged(meant, kind)
        if answer is None:
            return []
        if isinstance(answer, Deny):
            self._deny(meant, answer)
            return []
        return self._placed(meant, kind, answer)

    # -- the gate --------------------------------------------------------------------------------------------------

    def _judged(self, meant: _Meant, kind: OrderKind) -> Allowed | Deny | None:
        """The gate's word on calling the person; None: it cannot be asked yet."""
        order, campaign, row = meant
        if order.campaign_state != "running":
            return Deny("campaign_state")
        if row.state == "dialing":
            return Deny("person_busy", {}, self._now + BUSY_AGAIN)
        if row.state == "preparing":
            self._waits(order, "preparing")
            return None
        asked = _with_policy(campaign, kind)
        if order.number in row.phones:
            row = row._replace(phone_index=row.phones.index(order.number))
        known = Known(self._conn, [(asked, [row])], self._now)
        allowed, denied = judge_rows(self._conn, asked, known, [row], self._now, 1)
        if denied:
            return denied[0][1]
        if allowed and row.state != "waiting":
            return Deny("contact_done")
        return allowed[0] if allowed else None

    def _tested(self, meant: _Meant) -> Allowed | Deny | None:
        """The gate's word on a test; None: somebody else holds the phone at this moment."""
        order, campaign, row = meant
        if order.campaign_state in NOT_TESTED:
            return Deny("campaign_state")
        number, now = order.number, self._now
        tester = tried(self._conn, number, now, routed=campaign.ways.take(number))
        if tester is None:
            return None
        answer = judge_test(tester, now, self._destinations)
        if isinstance(answer, Deny):
            return answer
        zones = where(row.zone, row.phones[0] if row.phones else number, campaign.base_zone, campaign.plan).zones
        return row, number, Role.OWN, zones, answer.until

    def _unspoken(self, meant: _Meant) -> Deny | Literal[False] | None:
        """What keeps a trial of a draft from being heard: made a moment ago, its speech may still be in the making."""
        order, _, row = meant
        if row.state == "waiting":
            return False
        why = run(self._conn, "SELECT reason, reason_args FROM target WHERE id = :id", id=order.target_id).one()
        if row.state == "done":
            return Deny(why.reason or "prompt_failed", why.reason_args or {"detail": ""})
        self._waits(order, why.reason or "preparing", why.reason_args)
        return None

    # -- a line and the intent ---------------------------------------------------------------------------------------

    def _placed(self, meant: _Meant, kind: OrderKind, allowed: Allowed) -> list[Ordered]:
        order, campaign, _ = meant
        slots: Slots = self._free
        places = place(campaign.id, campaign.ways, [allowed], slots, self._purse)
        for _, deny in places.denied:
            self._deny(meant, deny)
        if places.aside:
            trunks = {way.trunk.id for way, _ in campaign.ways.of(allowed[1])}
            read = trunks.difference(self._unread)  # no line that gets free helps with the others
            self._waits(order, "no_line" if read else "line_unread")
            self.wanted |= read
        try:
            claimed = [self._claimed(meant, kind, one) for one in places.placed]
        except Exception as error:  # noqa: BLE001  see asking.judge_rows
            self._deny(meant, contact_fault(self._conn, meant.row.id, error, self._now))
            return []
        for call, one in zip(claimed, places.placed, strict=True):
            if self._purse.bound:
                self._purse.keep([(call.uuid, campaign.id, call.trunk.id, one.price)])
            intend(self._conn, self._holder, call, _with_policy(campaign, kind).policy, order, meant.row.due, self._now)
        return claimed

    def _claimed(self, meant: _Meant, kind: OrderKind, placed: Placed) -> Ordered:
        order, campaign, target = meant
        test = kind is OrderKind.TEST
        return describe(
            Ordered,
            campaign,
            placed,
            self._now,
            n=target.n,
            machines=campaign.machines if kind is OrderKind.MANUAL else DEFAULT,
            record=str(Part.OFF) if test else campaign.record,
            kind=kind,
            agent=order.endpoint,
            group=order.agent_group,
        )

    def _deny(self, meant: _Meant, deny: Deny) -> None:
        write_denial(self._conn, meant.order, deny, self._now)
        run(self._conn, "UPDATE call_order SET state = 'denied' WHERE id = :order", order=meant.order.id)

    def _waits(self, order: Row[Any], why: str, args: Mapping[str, Any] | None = None) -> None:
        if order.rule != why:  # said once
            run(
                self._conn,
                "UPDATE call_order SET rule = :why, args = CAST(:args AS jsonb) WHERE id = :order",
                why=why,
                args=msgspec.json.encode(args or {}).decode(),
                order=order.id,
            )

    # -- rows ----------------------------------------------------------------------------------------------------

    def _locked(self, order: Row[Any]) -> Row[Any] | None:
        """The target and its person, locked; None: somebody else holds one of them."""
        found: Row[Any] | None = run(
            self._conn, f"{TARGET} FOR UPDATE OF t, p SKIP LOCKED", target=order.target_id
        ).first()
        return found

    def _data(self, target: int) -> Row[Any]:
        """The same without a lock, for nothing is done to them."""
        found: Row[Any] = run(self._conn, TARGET, target=target).one()
        return found


def ask_again(
    conn: Connection, uuid: UUID, now: dt.datetime, *, virtual: bool, destinations: Destinations = HOME
) -> str | None:
    """Ask the gate again for the person of an agent-first call, whose intent is committed and who was not rung yet.

    None: they may be called at this moment; else the rule that denies it, which is kept with the order.
    """
    order = run(
        conn,
        """SELECT o.id, o.kind, o.target_id, o.campaign_id, c.number
           FROM call_order o JOIN call c ON c.uuid = o.call_uuid WHERE o.call_uuid = :uuid""",
        uuid=uuid,
    ).one()
    target = run(conn, f"{TARGET} FOR UPDATE OF t, p", target=order.target_id).one()
    found = running(conn, virtual, [order.campaign_id], _book, destinations)
    deny: Deny | None = None
    if not found or target.removed is not None:
        deny = Deny("contact_done" if found else "campaign_state")
    else:
        campaign = _with_policy(found[0], OrderKind(order.kind))
        known = Known(conn, [(campaign, [target])], now)
        if target.root not in known.root:
            deny = Deny("person_busy", {}, now + BUSY_AGAIN)  # an import has just found out who it is
        else:
            # The open attempt is this very call.
            subject = replace(subject_of(campaign, known, target, order.number), busy=False)
            answer = judge(subject, campaign.policy, now, campaign.book)
            deny = answer if isinstance(answer, Deny) else None
    if deny is None:
        return None
    write_denial(conn, order, deny, now)
    return deny.rule


def _with_policy(campaign: Running, kind: OrderKind) -> Running:
    return msgspec.structs.replace(campaign, policy=policy_of_order(kind, campaign.policy))
