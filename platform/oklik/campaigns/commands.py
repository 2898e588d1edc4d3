"""What people ask of a running campaign: pause, resume, stop.  Asked as rows, carried out by the dialer.

The row is the only way in: the web and the command line write it, a dialer reads it, stops sending, changes the
campaign's state and notes the result.
"""

import datetime as dt
from enum import StrEnum

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class CommandKind(StrEnum):
    """pause keeps everything as it is; stop ends the campaign for good: what was not called is done."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class Command(msgspec.Struct, frozen=True):
    """A command that nobody has carried out yet."""

    id: int
    campaign_id: int
    kind: CommandKind
    deadline: dt.datetime


def request(conn: Connection, campaign_id: int, kind: CommandKind, now: dt.datetime, *, within_s: float = 60.0) -> int:
    """Write a command and give its id.  A dialer that sees it later than within_s leaves it undone ("expired")."""
    return int(
        run(
            conn,
            """INSERT INTO command (campaign_id, kind, created_at, deadline)
               VALUES (:campaign, :kind, :now, :deadline) RETURNING id""",
            campaign=campaign_id,
            kind=str(kind),
            now=now,
            deadline=now + dt.timedelta(seconds=within_s),
        ).scalar_one()
    )


def pending(conn: Connection) -> list[Command]:
    """Give the commands without a result, oldest first."""
    rows = run(conn, "SELECT id, campaign_id, kind, deadline FROM command WHERE result IS NULL ORDER BY id")
    return [Command(row.id, row.campaign_id, CommandKind(row.kind), row.deadline) for row in rows]


def halt(conn: Connection, command: Command, now: dt.datetime) -> None:
    """Do the first half of a stop, in a transaction of its own before carry_out: the campaign is stopped.

    It waits for claims and ends of calls that have read the campaign as running, and whoever comes after it reads it
    as stopped.  So the targets that carry_out then ends are all there will be.
    """
    allowed_from, to = _MOVES[CommandKind.STOP]
    run(
        conn,
        """SELECT c.id FROM command m JOIN campaign c ON c.id = m.campaign_id
           WHERE m.id = :id AND m.result IS NULL FOR UPDATE OF c""",
        id=command.id,
    )
    run(
        conn,
        """UPDATE campaign SET state = :to, ended_at = :now
           WHERE id = (SELECT campaign_id FROM command WHERE id = :id AND result IS NULL AND deadline >= :now)
             AND state = ANY(CAST(:allowed AS text[])) AND state <> :to""",
        to=to,
        now=now,
        id=command.id,
        allowed=sorted(allowed_from),
    )


def result_of(conn: Connection, command_id: int) -> str | None:
    """What became of a command; None: nobody has carried it out yet."""
    found: str | None = run(conn, "SELECT result FROM command WHERE id = :id", id=command_id).scalar_one()
    return found


def withdraw(conn: Connection, command_id: int) -> str | None:
    """Take back a command that nobody has carried out, so that it cannot hold later; gives its result.

    None: a stop that halt() has begun, which whoever began it brings to its end.
    """
    run(
        conn,
        """UPDATE command m SET result = 'expired' FROM campaign c
           WHERE m.id = :id AND m.result IS NULL AND c.id = m.campaign_id
             AND NOT (m.kind = 'stop' AND c.state = 'stopped')""",
        id=command_id,
    )
    return result_of(conn, command_id)


def carry_out(conn: Connection, command: Command, now: dt.datetime) -> str:
    """Change the campaign's state and note the result, which is given: done, expired, or refused with the state.

    Carrying it out twice gives the first result.  The dialer drops what it has claimed and not sent by itself.
    A stop that halt() has begun is finished even if its time is over by now.
    """
    # Claims lock targets first and then, by a foreign key, the campaign's key: that lock is not to be barred here.
    row = run(
        conn,
        """SELECT m.result, c.state FROM command m JOIN campaign c ON c.id = m.campaign_id
           WHERE m.id = :id FOR UPDATE OF m FOR NO KEY UPDATE OF c""",
        id=command.id,
    ).one()
    if row.result is not None:
        return str(row.result)
    allowed_from, to = _MOVES[command.kind]
    if now > command.deadline and not (command.kind is CommandKind.STOP and row.state == to):
        result = "expired"
    elif row.state not in allowed_from:
        result = f"refused: {row.state}"
    else:
        result = "done"
        if command.kind is CommandKind.RESUME:
            thaw(conn, command.campaign_id, now)
        run(
            conn,
            """UPDATE campaign SET state = :to, held = NULL,
                   paused_at = CASE WHEN :to = 'paused' THEN
                       CASE WHEN state = 'running' THEN CAST(:now AS timestamptz) ELSE paused_at END END,
                   ended_at = CASE WHEN :to <> 'stopped' OR state = 'stopped' THEN ended_at
                       ELSE CAST(:now AS timestamptz) END
               WHERE id = :campaign""",
            to=to,
            now=now,
            campaign=command.campaign_id,
        )
        if command.kind is CommandKind.STOP:
            run(
                conn,
                """UPDATE target SET state = 'done', reason = 'stopped', reason_args = NULL
                   WHERE campaign_id = :campaign AND state IN ('preparing', 'waiting')""",
                campaign=command.campaign_id,
            )
    run(conn, "UPDATE command SET result = :result WHERE id = :id", result=result, id=command.id)
    return result


NO_RECORDINGS = "recordings_closed"  # the switch cannot write where the campaign's recordings are to lie
UNREADABLE = "version_unreadable"  # the version of its scenario cannot be read (any more)
NO_BEEPS = "beeps_unheard"  # the switch cannot recognise the beep of a machine, and the campaign goes by it


def hold(conn: Connection, campaign_id: int, reason: str | None, now: dt.datetime | None = None) -> None:
    """Pause a running campaign that cannot go on; a resume, or the same command again, tries anew.

    reason: None where people want it so.  now: from when on retries stand still, see thaw; None: they do not.
    """
    run(
        conn,
        """UPDATE campaign SET state = 'paused', held = :reason, paused_at = CAST(:now AS timestamptz)
           WHERE id = :id AND state = 'running'""",
        id=campaign_id,
        reason=reason,
        now=now,
    )


def thaw(conn: Connection, campaign_id: int, now: dt.datetime) -> int:
    """Move on the retries whose time came while the campaign was paused; gives how many.

    Time has stood still for them: what was left of a wait when the pause began begins to run now, so they come as far
    apart as they would have, and not all at once.  What is due later than now keeps its time, as does a call that the
    person asked for, and whoever was never called: those wait for nothing but a line.  The gate then finds the hours.
    """
    return run(
        conn,
        """UPDATE target t SET due = t.due + (CAST(:now AS timestamptz) - c.paused_at)
           FROM campaign c
           WHERE c.id = :id AND t.campaign_id = c.id AND t.state = 'waiting'
             AND t.due > c.paused_at AND t.due <= :now AND t.attempts + t.faults > 0 AND NOT t.wish""",
        id=campaign_id,
        now=now,
    ).rowcount


def why_held(conn: Connection, campaign_id: int) -> str | None:
    """Why the campaign was paused by the dialer itself; None where people did so, or nobody did."""
    found: str | None = run(
        conn, "SELECT held FROM campaign WHERE id = :id AND state = 'paused'", id=campaign_id
    ).scalar()
    return found


_MOVES: dict[CommandKind, tuple[frozenset[str], str]] = {
    CommandKind.PAUSE: (frozenset({"running", "paused"}), "paused"),
    CommandKind.RESUME: (frozenset({"running", "paused"}), "running"),
    CommandKind.STOP: (frozenset({"draft", "running", "paused", "stopped"}), "stopped"),
}


class Asked(msgspec.Struct, frozen=True):
    """A command, carried out or not.  result: None until a dialer has seen it."""

    id: int
    campaign_id: int
    kind: str
    result: str | None


def state_of(conn: Connection, campaign_id: int) -> str | None:
    """Give a campaign's state; None where there is no such campaign (that of a trial is nobody's)."""
    found: str | None = run(
        conn, "SELECT state FROM campaign WHERE id = :id AND state <> 'trial'", id=campaign_id
    ).scalar()
    return found


def possible(kind: CommandKind, state: str) -> bool:
    """Say whether a command makes sense for a campaign in this state."""
    return state in _MOVES[kind][0]


def ask(conn: Connection, campaign_id: int, kind: CommandKind, now: dt.datetime) -> int:
    """Write a command of somebody who lives by the wall's clock, as `request` does, and give its id.

    A rehearsal's clock runs ahead of it, so there the command waits for as long as it takes.
    """
    virtual = run(conn, "SELECT virtual FROM campaign WHERE id = :id", id=campaign_id).scalar_one()
    return request(conn, campaign_id, kind, now, within_s=_FOR_GOOD_S if virtual else _PATIENCE_S)


def look(conn: Connection, command_id: int) -> Asked | None:
    """Give a command with its result."""
    row = run(conn, "SELECT id, campaign_id, kind, result FROM command WHERE id = :id", id=command_id).first()
    return None if row is None else Asked(*row)


_PATIENCE_S = 60.0
_FOR_GOOD_S = 10 * 366 * 86_400.0
