"""Switch nodes whose dialer has gone for good: which ones they are, and how another dialer comes to speak for them.

What a dead dialer has left open holds people up: they are never called again, and the channels of those calls are kept
free for them.  The next dialer of the node settles all of it (reconcile.py); where none comes, a dialer of another node
does.  Here is what it needs for that: a sign of life that each dialer writes, and the lease, taken only from whoever
had it when the silence was noticed.  How long a silence must be, and what the switch says, is the worker's affair.
"""

import datetime as dt

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A node of others' with open legs.

    told_at: its dialer's last sign of life: only whether it changes says anything, for machines' clocks differ.
    host, port: of its switch, as its own dialer reaches it.  longest_s: no call of its dialer lasts longer, ringing
    included.  epoch, core_uuid: of its lease.
    """

    node: str
    told_at: dt.datetime
    host: str
    port: int
    longest_s: int
    epoch: int
    core_uuid: str


def tell(
    conn: Connection, holder: Holder, at: dt.datetime, *, host: str, port: int, longest_s: int, virtual: bool
) -> None:
    """Write a sign of life; who has lost the node writes none.  at: real time; the others as in Silent."""
    run(
        conn,
        """INSERT INTO node_sign (node, told_at, host, port, longest_s, virtual)
           SELECT :node, :at, :host, :port, :longest, :virtual
           WHERE EXISTS (SELECT FROM node_lease WHERE node = :node AND epoch = :epoch)
           ON CONFLICT (node) DO UPDATE SET told_at = excluded.told_at, host = excluded.host, port = excluded.port,
               longest_s = excluded.longest_s, virtual = excluded.virtual""",
        node=holder.node,
        epoch=holder.epoch,
        at=at,
        host=host,
        port=port,
        longest=longest_s,
        virtual=virtual,
    )


def others_open(conn: Connection, node: str, *, virtual: bool) -> list[Silent]:
    """Give the other nodes, of this kind of switch, that have open legs; most of them live."""
    rows = run(
        conn,
        """SELECT s.node, s.told_at, s.host, s.port, s.longest_s, l.epoch, l.core_uuid
           FROM node_sign s JOIN node_lease l ON l.node = s.node
           WHERE s.node <> :node AND s.virtual = :virtual AND EXISTS (
               SELECT FROM call c WHERE c.node = s.node AND c.state NOT IN ('final', 'not_sent', 'unknown'))
           ORDER BY s.node""",
        node=node,
        virtual=virtual,
    )
    return [Silent(**row._asdict()) for row in rows]


def inherit(conn: Connection, silent: Silent, *, owner: str, epoch: int) -> Holder | None:
    """Take the node's lease, if nobody has meanwhile and its dialer has given no sign of life since.

    owner, epoch: as lease.take's, epoch above the present one.
    """
    taken = run(
        conn,
        """UPDATE node_lease SET epoch = :new, owner = :owner WHERE node = :node AND epoch = :epoch
           AND EXISTS (SELECT FROM node_sign s WHERE s.node = :node AND s.told_at = :told)""",
        node=silent.node,
        epoch=silent.epoch,
        told=silent.told_at,
        new=epoch,
        owner=owner,
    ).rowcount
    return Holder(silent.node, epoch, silent.core_uuid) if taken else None
