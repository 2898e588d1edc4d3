"""The packed numbering plan in the database, which every process loads once and again when it has changed.

What it is made of, and when, is the importer's affair (campaigns.numbering); what it says, that of dialing.numbering.
"""

import hashlib

from sqlalchemy import Connection, text

from oklik.dialing.numbering import NO_PLAN, NumberingPlan

PLAN_VERSION = "(SELECT version FROM numbering_plan)"
"""The version of the plan, for a query that is asked anyway; what it gives goes to plan_of."""
_KEPT = 2  # the present plan, and the one before it for those that are reading still

_plans: dict[str, NumberingPlan] = {}


def plan_of(conn: Connection, version: str | None) -> NumberingPlan:
    """Give the plan of a version just read; None: no register has been imported.

    The version is a digest of the plan, so it holds for whatever database a process asks.
    """
    if version is None:
        return NO_PLAN
    known = _plans.get(version)
    if known is not None:
        return known
    row = conn.execute(text("SELECT version, packed FROM numbering_plan")).one_or_none()
    if row is None:
        return NO_PLAN
    plan = _plans[row.version] = NumberingPlan.unpack(row.packed)
    for old in list(_plans)[:-_KEPT]:
        del _plans[old]
    return plan


def current_plan(conn: Connection) -> NumberingPlan:
    """Give the plan as it is now."""
    return plan_of(conn, conn.execute(text(f"SELECT {PLAN_VERSION}")).scalar())


def packed_plan(conn: Connection) -> bytes | None:
    """Give the plan as it is kept; None: there is none."""
    packed: bytes | None = conn.execute(text("SELECT packed FROM numbering_plan")).scalar()
    return packed


def put_plan(conn: Connection, packed: bytes) -> None:
    """Make this the plan of the database.  packed: NumberingPlan.pack()."""
    conn.execute(
        text(
            """INSERT INTO numbering_plan (version, packed) VALUES (:version, :packed)
               ON CONFLICT (single) DO UPDATE SET version = excluded.version, packed = excluded.packed"""
        ),
        {"version": hashlib.sha256(packed).hexdigest(), "packed": packed},
    )
