"""Calls that people order: the order as a row, how it stands, and its end.

A dialer serves it in the transaction that claims calls (ordered.py), where the gate is asked; nobody else dials.  An
order that nobody serves within its time is never served later.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.named_contact import Named, NoSuchContact, named_contact
from oklik.campaigns.rows import run
from oklik.dialing.orders import OrderKind
from oklik.dialing.sentences import sentence

WITHIN_S = 60.0
_FOR_GOOD_S = 10 * 366 * 86_400.0
NOT_TESTED = ("stopped",)
"""States of a campaign in which it is not tested any more."""

MOST_TRIES = 3
"""So often a call that was claimed and not sent, for no fault that it would meet again, is claimed anew."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody orders.  target_id: who is called; of a test, whose data is spoken.

    number: E.164 of the phone to begin with ("": the one whose turn it is), of a test the tester's.  endpoint, group:
    whom to ring first and as whose agent.
    """

    kind: OrderKind
    campaign_id: int
    target_id: int
    by: str
    number: str = ""
    endpoint: str = ""
    group: str = ""


class OrderRefused(ValueError):
    """What is ordered does not exist.  text: one line in "ru" and "en"; str() gives the English one.

    field: contact or agent, what was named wrongly.
    """

    def __init__(self, ru: str, en: str, *, field: str = "contact") -> None:
        self.text = {"ru": ru, "en": en}
        self.field = field
        super().__init__(en)


class OrderSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How an order stands.  state: asked, denied, claimed, done, expired, cancelled, failed.

    rule, args, next_at: the gate's answer; while it is asked, what it waits for.  number: that was called or is to be.
    leg: of the call: intent, sent, ringing, answered, final, ...; disposition, talk_s: once it is over.
    fault: our own failure.  agent: the state of the leg to the agent and its cause, where one is rung first.
    """

    id: int
    kind: OrderKind
    campaign_id: int
    target_id: int
    by: str
    at: dt.datetime
    state: str
    rule: str | None
    args: dict[str, Any] | None
    next_at: dt.datetime | None
    number: str
    leg: str | None
    disposition: str | None
    talk_s: float | None
    fault: str | None
    agent: str | None
    agent_cause: str | None

    @property
    def over(self) -> bool:
        """Nothing more will become of it."""
        return self.state not in {"asked", "claimed"}

    def sentence(self, language: str) -> str | None:
        """Give the gate's answer in words, in ru or en; None where there is none to tell."""
        return sentence(self.rule, self.args, language) if self.rule else None

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names, the gate's answer also in words."""
        told = {language: self.sentence(language) for language in ("ru", "en")} if self.rule else None
        moments = {"at": self.at.isoformat(), "next_at": self.next_at.isoformat() if self.next_at else None}
        return msgspec.structs.asdict(self) | {"kind": str(self.kind)} | moments | {"sentence": told}


def meant(  # noqa: PLR0917  what a person says
    conn: Connection, kind: OrderKind, campaign_id: int, by: str, contact: str | None, number: str, agent: str
) -> Wanted:
    """Give the order that a person means.

    contact: as named_contact takes it, of a test None for the first of the list; number: of a test the phone to ring,
    E.164; agent: of an agent-first call, as find_agent takes it.  Raises OrderRefused.
    """
    if kind is OrderKind.TEST:
        target = first_contact(conn, campaign_id) if contact is None else _contact(conn, campaign_id, contact).target_id
        return Wanted(kind=kind, campaign_id=campaign_id, target_id=target, by=by, number=number)
    target, number = _contact(conn, campaign_id, contact or "")
    endpoint, group = find_agent(conn, campaign_id, agent) if kind is OrderKind.AGENT_FIRST else ("", "")
    return Wanted(
        kind=kind,
        campaign_id=campaign_id,
        target_id=target,
        by=by,
        number=number,
        endpoint=endpoint,
        group=group,
    )


def _contact(conn: Connection, campaign_id: int, given: str) -> Named:
    try:
        return named_contact(conn, campaign_id, given)
    except NoSuchContact as error:
        raise OrderRefused(error.text["ru"], error.text["en"]) from None


def order(conn: Connection, wanted: Wanted, now: dt.datetime, *, within_s: float | None = None) -> int:
    """Write an order and give its id.  now: campaign time; within_s: so long may it wait, WITHIN_S unless told.

    A rehearsal's clock runs ahead of ours, so there it waits until somebody takes it back.
    """
    if within_s is None:
        rehearsed = run(conn, "SELECT virtual FROM campaign WHERE id = :id", id=wanted.campaign_id).scalar_one()
        within_s = _FOR_GOOD_S if rehearsed else WITHIN_S
    return int(
        run(
            conn,
            """INSERT INTO call_order (kind, campaign_id, target_id, number, endpoint, agent_group, ordered_by,
                   ordered_at, deadline)
               VALUES (:kind, :campaign, :target, :number, :endpoint, :group, :by, :now, :deadline) RETURNING id""",
            kind=str(wanted.kind),
            campaign=wanted.campaign_id,
            target=wanted.target_id,
            number=wanted.number,
            endpoint=wanted.endpoint,
            group=wanted.group,
            by=wanted.by,
            now=now,
            deadline=now + dt.timedelta(seconds=within_s),
        ).scalar_one()
    )


def cancel(conn: Connection, order_id: int, state: str = "cancelled") -> bool:
    """Take back an order that nobody has served yet.  False: it was served, or was over before.

    state: cancelled, or expired where whoever asked has waited long enough.
    """
    return bool(
        run(
            conn,
            "UPDATE call_order SET state = :state WHERE id = :id AND state = 'asked' RETURNING id",
            id=order_id,
            state=state,
        ).first()
    )


def expire(conn: Connection, order_ids: Sequence[int]) -> None:
    """End orders whose time is over and which the caller has locked; others would be waited for in a circle."""
    run(
        conn,
        "UPDATE call_order SET state = 'expired' WHERE id = ANY(CAST(:ids AS bigint[])) AND state = 'asked'",
        ids=list(order_ids),
    )


def look(conn: Connection, order_id: int) -> OrderSeen | None:
    """Give how an order stands; None: there is none of that number."""
    row = run(
        conn,
        """SELECT o.id, o.kind, o.campaign_id, o.target_id, o.ordered_by AS by, o.ordered_at AS at, o.rule, o.args,
               o.next_at, coalesce(c.number, o.number) AS number, c.state AS leg, a.disposition, c.talk_s,
               coalesce(o.fault, a.fault) AS fault, g.state AS agent, g.cause AS agent_cause,
               CASE WHEN o.state = 'claimed' AND c.state IN ('final', 'not_sent', 'unknown') THEN 'done'
                   ELSE o.state END AS state
           FROM call_order o
           LEFT JOIN call c ON c.uuid = o.call_uuid
           LEFT JOIN attempt a ON a.uuid = o.call_uuid
           LEFT JOIN LATERAL (
               SELECT state, cause FROM call
               WHERE attempt_uuid = o.call_uuid AND call.kind = 'agent' AND o.kind = 'agent_first'
               ORDER BY intent_at LIMIT 1) g ON true
           WHERE o.id = :id""",
        id=order_id,
    ).first()
    return None if row is None else OrderSeen(**{**row._asdict(), "kind": OrderKind(row.kind)})


def not_sent(conn: Connection, uuids: Collection[UUID], now: dt.datetime, faults: Mapping[UUID, str]) -> None:
    """Give back the orders of these legs, which were not sent: to be claimed again, or failed.

    faults: what our side has against some of them; those, and calls that begin with an agent, are not tried again.  An
    order whose gate has changed its word (ordered.ask_again) is denied.
    A target that was called before its turn waits for that again.  For recheck.give_back.
    """
    given = run(
        conn,
        """UPDATE call_order SET tries = tries + 1,
               fault = coalesce(CAST(:faults AS jsonb) ->> CAST(call_uuid AS text), fault),
               state = CASE WHEN rule <> 'allowed' THEN 'denied'
                   WHEN kind = 'agent_first' OR tries + 1 >= :most
                   OR CAST(:faults AS jsonb) ->> CAST(call_uuid AS text) IS NOT NULL THEN 'failed' ELSE 'asked' END
           WHERE call_uuid = ANY(CAST(:uuids AS uuid[])) AND state = 'claimed'
           RETURNING id""",
        uuids=list(uuids),
        faults=msgspec.json.encode({str(uuid): fault for uuid, fault in faults.items()}).decode(),
        most=MOST_TRIES,
    ).scalars()
    if not given:
        return
    run(
        conn,
        """WITH o AS (
               SELECT kind, target_id, call_uuid, due FROM call_order WHERE id = ANY(CAST(:ids AS bigint[]))
           ), again AS (
               UPDATE call_order SET call_uuid = NULL WHERE id = ANY(CAST(:ids AS bigint[])) AND state = 'asked'
           ), leg AS (
               UPDATE call SET state = 'not_sent', ended_at = :now FROM o
               WHERE call.uuid = o.call_uuid AND call.kind = 'test' AND call.state NOT IN ('final', 'unknown')
           )
           UPDATE target SET due = o.due FROM o
           WHERE target.id = o.target_id AND o.kind <> 'test' AND target.state = 'waiting' AND target.due < o.due""",
        ids=given,
        now=now,
    )


def note_faults(conn: Connection, faults: Mapping[UUID, str]) -> None:
    """Keep why agents could not be had for these calls."""
    if faults:
        run(
            conn,
            """UPDATE call_order SET fault = r.fault
               FROM json_to_recordset(CAST(:rows AS json)) AS r(uuid uuid, fault text)
               WHERE call_order.call_uuid = r.uuid""",
            [{"uuid": uuid, "fault": fault} for uuid, fault in faults.items()],
        )


def first_contact(conn: Connection, campaign_id: int) -> int:
    """Give the target of the first contact of a campaign's list.  Raises OrderRefused where there is none."""
    found = run(
        conn,
        """SELECT t.id FROM target t JOIN contact k ON k.id = t.contact_id
           WHERE t.campaign_id = :campaign ORDER BY k.row_number LIMIT 1""",
        campaign=campaign_id,
    ).scalar()
    if found is None:
        raise OrderRefused("в кампании нет контактов", "the campaign has no contacts")
    return int(found)


def find_agent(conn: Connection, campaign_id: int, given: str) -> tuple[str, str]:
    """Give the phone (dial string) and the group of an agent of the campaign's project.

    given: the dial string, or the name of a group that has one agent.  Raises OrderRefused.
    """
    rows = run(
        conn,
        """SELECT m.endpoint, g.name FROM campaign c
           JOIN agent_group g ON g.project_id = c.project_id JOIN membership m ON m.group_id = g.id
           WHERE c.id = :campaign ORDER BY g.name, m.position""",
        campaign=campaign_id,
    ).all()
    by_phone = [row for row in rows if row.endpoint == given]
    by_name = [row for row in rows if row.name == given]
    found = by_phone or by_name
    if not found:
        known = ", ".join(dict.fromkeys(row.endpoint for row in rows)) or "—"
        raise OrderRefused(
            f"оператора «{given}» в группах этой кампании нет; есть: {known}",
            f"the campaign's groups have no agent {given!r}; there are: {known}",
            field="agent",
        )
    if not by_phone and len(by_name) > 1:
        known = ", ".join(row.endpoint for row in by_name)
        raise OrderRefused(
            f"в группе «{given}» несколько операторов, назовите телефон одного: {known}",
            f"group {given!r} has several agents, name the phone of one: {known}",
            field="agent",
        )
    return found[0].endpoint, found[0].name
