"""A pilot: the first people of a list are called, then the campaign pauses by itself and shows what came of it.

Whoever is not among the first stays out of the queue: `preparing` with the reason `pilot`, so that stop, removal and
stop list hold for them as for anybody.  The pilot is over when each of the first was called once, or never will be;
their further calls are made when the campaign goes on.
"""

import datetime as dt

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.campaign_drafts import start
from oklik.campaigns.rows import run
from oklik.store.deferring import PREPARE_PROMPTS, defer

REASON = "pilot"
"""Of a target that waits for the end of the pilot."""
OVER = "pilot_done"
"""Why a campaign is held whose pilot is over, as commands.hold says it."""


class Pilot(msgspec.Struct, frozen=True):
    """How a pilot stands.  size: as it was begun; called: of the first people; left: those that wait for its end."""

    size: int
    called: int
    left: int
    over: bool


class NoPilot(Exception):
    """The campaign has no pilot that could be ended.  state: the campaign's."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"no pilot; the campaign is {state}")


def begin_pilot(conn: Connection, campaign_id: int, size: int, now: dt.datetime) -> None:
    """Start a draft with its first `size` people, in the order of the list.  Raises as campaign_drafts.start."""
    start(conn, campaign_id, now)
    run(
        conn,
        """UPDATE target SET state = 'preparing', reason = :reason, reason_args = NULL
           WHERE campaign_id = :id AND state IN ('preparing', 'waiting') AND id NOT IN (
               SELECT t.id FROM target t JOIN contact k ON k.id = t.contact_id
               WHERE t.campaign_id = :id AND t.state IN ('preparing', 'waiting')
               ORDER BY k.row_number, t.id LIMIT :size)""",
        id=campaign_id,
        size=size,
        reason=REASON,
    )
    run(conn, "UPDATE campaign SET pilot = :size WHERE id = :id", size=size, id=campaign_id)


def go_on(conn: Connection, campaign_id: int) -> int:
    """End a pilot, over or not, and call all the others; gives how many they are.  Raises NoPilot, NoResultFound."""
    row = run(conn, "SELECT state, pilot FROM campaign WHERE id = :id FOR NO KEY UPDATE", id=campaign_id).one()
    if row.pilot is None or row.state not in {"running", "paused"}:
        raise NoPilot(row.state)
    left = run(
        conn,
        """UPDATE target SET state = CASE WHEN prepared IS NULL THEN 'preparing' ELSE 'waiting' END, reason = NULL
           WHERE campaign_id = :id AND state = 'preparing' AND reason = :reason""",
        id=campaign_id,
        reason=REASON,
    ).rowcount
    run(
        conn,
        "UPDATE campaign SET state = 'running', held = NULL, paused_at = NULL, pilot = NULL WHERE id = :id",
        id=campaign_id,
    )
    defer(conn, PREPARE_PROMPTS, only_one=f"{PREPARE_PROMPTS} {campaign_id}", campaign_id=campaign_id)
    return left


def finished(conn: Connection, *, virtual: bool) -> list[int]:
    """Give the running campaigns whose pilot is over while others wait.  Reading only: asked every second."""
    return run(
        conn,
        """SELECT c.id FROM campaign c WHERE c.state = 'running' AND c.virtual = :virtual AND c.pilot IS NOT NULL
               AND NOT EXISTS (SELECT FROM target t WHERE t.campaign_id = c.id AND t.state = 'dialing')
               AND NOT EXISTS (SELECT FROM target t WHERE t.campaign_id = c.id AND t.state = 'waiting'
                                 AND t.attempts + t.faults = 0)
               AND NOT EXISTS (SELECT FROM target t WHERE t.campaign_id = c.id AND t.state = 'preparing'
                                 AND t.attempts + t.faults = 0 AND t.reason IS DISTINCT FROM :reason)
               AND EXISTS (SELECT FROM target t WHERE t.campaign_id = c.id AND t.state = 'preparing'
                             AND t.reason = :reason)""",
        virtual=virtual,
        reason=REASON,
    ).scalars()


def pilot_of(conn: Connection, campaign_id: int) -> Pilot | None:
    """Give the pilot of a campaign; None where there is none.  Raises NoResultFound."""
    row = run(conn, "SELECT pilot, held FROM campaign WHERE id = :id", id=campaign_id).one()
    if row.pilot is None:
        return None
    counted = run(
        conn,
        """SELECT count(*) FILTER (WHERE reason = :reason AND state = 'preparing') AS left,
               count(*) FILTER (WHERE attempts + faults > 0) AS called
           FROM target WHERE campaign_id = :id""",
        id=campaign_id,
        reason=REASON,
    ).one()
    return Pilot(int(row.pilot), counted.called, counted.left, row.held == OVER)
