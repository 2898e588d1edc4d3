"""Who drives a switch node: the lease and its epoch, the fence against a dialer that was thought dead.

Every use case that writes for a node calls check() first, in its own transaction.  The row stays locked for the
length of that transaction, so whoever takes the node over waits for it and then sees all it has committed.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from oklik.campaigns.rows import run

_CHECKED = "oklik.lease"  # in a connection's notes: the transaction that has locked the lease, and for whom


class LeaseLost(Exception):
    """Another dialer has taken the node over; this one must stop and write nothing more."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A dialer's claim to a node.  core_uuid: the run of the switch it talks to."""

    node: str
    epoch: int
    core_uuid: str = ""


def take(conn: Connection, node: str, *, owner: str, core_uuid: str, at_least: int = 1) -> Holder:
    """Take a node over, from nobody or from whoever had it.  owner: for people, e.g. host and process number.

    at_least: the epoch is no lower than this.  A dialer gives the Unix time: the switch remembers epochs too, and a
    fresh or restored database would otherwise begin below them and be refused until the switch is restarted.
    """
    conn.info.pop(_CHECKED, None)
    epoch = run(
        conn,
        """INSERT INTO node_lease (node, epoch, owner, core_uuid) VALUES (:node, :least, :owner, :core)
           ON CONFLICT (node) DO UPDATE SET epoch = greatest(node_lease.epoch + 1, :least), owner = excluded.owner,
               core_uuid = excluded.core_uuid
           RETURNING epoch""",
        node=node,
        owner=owner,
        core=core_uuid,
        least=at_least,
    ).scalar_one()
    return Holder(node, int(epoch), core_uuid)


def check(conn: Connection, holder: Holder) -> None:
    """Make sure the node is still ours and stays so until this transaction ends.  Raises LeaseLost.

    Several use cases may share a transaction; only the first one asks the database.
    """
    checked = (conn.get_transaction(), holder)
    if checked[0] is not None and conn.info.get(_CHECKED) == checked:
        return
    if not holds(conn, holder, lock=True):
        raise LeaseLost(f"switch node {holder.node!r} was taken over; epoch {holder.epoch} is over")
    conn.info[_CHECKED] = (conn.get_transaction(), holder)


def holds(conn: Connection, holder: Holder, *, lock: bool = False) -> bool:
    """Say whether the node is ours at this moment."""
    statement = (
        "SELECT epoch FROM node_lease WHERE node = :node FOR SHARE"
        if lock
        else "SELECT epoch FROM node_lease WHERE node = :node"
    )
    return bool(run(conn, statement, node=holder.node).scalar() == holder.epoch)


def note_core(conn: Connection, holder: Holder, core_uuid: str) -> Holder:
    """Write down that the switch was restarted and give the holder that claims from now on.  Raises LeaseLost."""
    check(conn, holder)
    run(
        conn,
        "UPDATE node_lease SET core_uuid = :core WHERE node = :node AND core_uuid <> :core",
        node=holder.node,
        core=core_uuid,
    )
    return Holder(holder.node, holder.epoch, core_uuid)
