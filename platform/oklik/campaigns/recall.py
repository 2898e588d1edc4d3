"""Calls that a dialer has sent and the tables have forgotten: a database that was restored to an earlier state.

Each dialer keeps a journal of what it sends beside the database (worker.sent_journal).  What of it is not in the
tables is written into them again as it was before the call: an open attempt with its leg and the gate's word.  What
became of it is then found out as for any leg that nobody watched (reconcile.py): the switch is asked, and where nobody
can say it is `unknown`, which counts as a call.  So nobody who was called is called again for want of a row.  Wishes
not to be called any more are noted, too, and kept again.

A call whose target is not there any more, or belongs to somebody else by now (numbers of rows that are given out
anew), is kept as a contact made elsewhere: it counts for the caps of whoever has the number.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import lease, reconcile
from oklik.campaigns.lease import Holder
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.outside_contacts import OutsideContact, put_contacts
from oklik.campaigns.rows import run
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import Purpose

SOURCE = "sent"  # of contacts that stand for calls of ours
_ONE_AT_A_TIME = 0x6F6B6C696B0020


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="sent"):
    """A call to a person as the journal has it.

    at: campaign time of the claim.  number: E.164.  role: as in store.schema.Attempt.  epoch, core_uuid: the lease it
    was sent under and the run of the switch it was sent to.  ordered: a person had asked for it (order_rows).
    """

    uuid: UUID
    at: dt.datetime
    campaign_id: int
    target_id: int
    number: str
    caller_id: str
    trunk_id: int
    purpose: Purpose
    role: str | None = None
    epoch: int
    core_uuid: str
    ordered: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="wish"):
    """Somebody has said in a call that they want no more calls.  uuid: of the call; number: E.164."""

    uuid: UUID
    at: dt.datetime
    number: str


def forgotten(conn: Connection, sent: Sequence[Sent]) -> list[Sent]:
    """Give those of these calls of which the tables know nothing, in their order."""
    if not sent:
        return []
    known = set(
        run(
            conn,
            """SELECT uuid FROM attempt WHERE uuid = ANY(CAST(:uuids AS uuid[]))
               UNION ALL
               SELECT CAST(external_id AS uuid) FROM outside_contact
               WHERE source = :source AND external_id = ANY(CAST(:texts AS text[]))""",
            uuids=[one.uuid for one in sent],
            texts=[str(one.uuid) for one in sent],
            source=SOURCE,
        ).scalars()
    )
    return [one for one in sent if one.uuid not in known]


def forgotten_wishes(conn: Connection, wishes: Sequence[Wish]) -> list[Wish]:
    """Give those of these wishes of which the tables know nothing, in their order.

    A wish that was kept leaves its event for good, even where the number was taken off the list since.
    """
    if not wishes:
        return []
    known = set(
        run(
            conn,
            "SELECT call_uuid FROM stop_event WHERE call_uuid = ANY(CAST(:uuids AS uuid[]))",
            uuids=[wish.uuid for wish in wishes],
        ).scalars()
    )
    return [wish for wish in wishes if wish.uuid not in known]


def recall_wishes(conn: Connection, wishes: Sequence[Wish]) -> None:
    """Keep these wishes.  No lease is asked for, and keeping one twice changes nothing, as in opt_out."""
    for wish in wishes:
        opt_out(conn, wish.uuid, wish.number, wish.at)


def recall(conn: Connection, holder: Holder, sent: Sequence[Sent], now: dt.datetime) -> int:
    """Write these calls, of which the tables know nothing, into them; oldest first.  Gives how many are open now.

    Of several calls to one person all but the last are over, and so is whatever of theirs was open before: nobody is
    called while a call to them is open.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    # Two connections of one dialer find the same: the second one sees what the first has written.
    run(conn, "SELECT pg_advisory_xact_lock(:key)", key=_ONE_AT_A_TIME)
    sent = forgotten(conn, sent)
    person_of = _persons(conn, sent)
    away = [one for one in sent if one.uuid not in person_of]
    if away:
        put_contacts(conn, 0, [_elsewhere(one) for one in away], max(now, *(one.at for one in away)))
    waiting = [one for one in sent if one.uuid in person_of]
    while waiting:
        turn: dict[int, Sent] = {}
        for one in waiting:
            turn.setdefault(person_of[one.uuid], one)
        older = run(
            conn,
            "SELECT uuid FROM attempt WHERE open AND person_id = ANY(CAST(:persons AS bigint[])) ORDER BY started_at",
            persons=list(turn),
        ).scalars()
        reconcile.settle(conn, holder, gone=older, now=now)
        _write(conn, holder, list(turn.values()))
        written = {one.uuid for one in turn.values()}
        waiting = [one for one in waiting if one.uuid not in written]
    return len(set(person_of.values()))


def _persons(conn: Connection, sent: Sequence[Sent]) -> dict[UUID, int]:
    """Whose calls they are, by the targets; locked, as a claim does it.  Calls whose target is gone have nobody."""
    return {
        row.uuid: row.person_id
        for row in run(
            conn,
            """SELECT r.uuid, t.person_id
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, campaign_id bigint, target_id bigint, number text)
               JOIN target t ON t.id = r.target_id AND t.campaign_id = r.campaign_id
               JOIN contact c ON c.id = t.contact_id AND r.number = ANY(c.phones)
               JOIN person p ON p.id = t.person_id
               ORDER BY p.id
               FOR UPDATE OF t, p""",
            list(map(msgspec.structs.asdict, sent)),
        )
    }


def _elsewhere(one: Sent) -> OutsideContact:
    return OutsideContact(
        at=one.at,
        kind=OutsideKind.CALL,
        talk=True,
        purpose=one.purpose,
        number=one.number,
        source=SOURCE,
        external_id=str(one.uuid),
    )


def _write(conn: Connection, holder: Holder, sent: Sequence[Sent]) -> None:
    """The rows of an intent, of a person each; an order that it served is not served again."""
    run(
        conn,
        """WITH r AS (
               SELECT r.*, t.person_id, t.due, k.purpose AS held_purpose, k.as_messages
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, at timestamptz, campaign_id bigint, target_id bigint, number text, caller_id text,
                        trunk_id bigint, role text, epoch bigint, core_uuid text, ordered boolean)
               JOIN target t ON t.id = r.target_id
               JOIN campaign k ON k.id = r.campaign_id
           ), v AS (
               INSERT INTO verdict (target_id, call_uuid, at, allowed, rule, args)
               SELECT target_id, uuid, at, true, 'allowed', '{}' FROM r
               ON CONFLICT (call_uuid) DO NOTHING
           ), c AS (
               INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
                   trunk_id)
               SELECT uuid, 'person', uuid, :node, epoch, core_uuid, 'intent', number, caller_id, at, trunk_id FROM r
           ), t AS (
               UPDATE target SET state = 'dialing', reason = NULL, reason_args = NULL
               FROM r WHERE target.id = r.target_id
           ), o AS (
               UPDATE call_order SET state = 'claimed', rule = 'allowed', args = '{}', next_at = NULL,
                   call_uuid = r.uuid, due = r.due
               FROM r WHERE r.ordered AND call_order.id = (
                   SELECT min(x.id) FROM call_order x
                   WHERE x.state = 'asked' AND x.kind <> 'test' AND x.target_id = r.target_id AND x.ordered_at <= r.at)
           )
           INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, started_at, message, role)
           SELECT uuid, campaign_id, target_id, person_id, held_purpose,
               1 + (SELECT coalesce(max(a.n), 0) FROM attempt a WHERE a.target_id = r.target_id), at, as_messages, role
           FROM r""",
        list(map(msgspec.structs.asdict, sent)),
        node=holder.node,
    )
