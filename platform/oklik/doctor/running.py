"""What runs: is somebody dialing where campaigns want calls, does the job worker work, is anything stuck.

The counts here are nought in a healthy installation, whatever happened to its processes: each of them is a promise of
the protocol (an attempt always ends, a result reaches the outside), looked at from behind.
"""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from oklik.campaigns.invariants import INVARIANTS
from oklik.campaigns.pulse import STALL_S
from oklik.doctor.finding import Finding, bad, good, note, warn
from oklik.messages import both

PLACE = "running"
BEAT_S = 15.0  # seconds without a beat after which a dialer is taken for gone
STUCK_S = 60.0  # beyond a call's longest duration
LONGEST_S = 14_400  # of a call, see telephony.port.Dial
LOOK_S = 30  # for each of the questions to whole tables
_CANCELED = "57014"  # SQLSTATE query_canceled: it took too long
NAMED = 3  # of what is against a rule
LATE_MIN = 15  # minutes that a job may wait


def look(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    """Look.  now: by this machine's clock.  Raises SQLAlchemyError."""
    yield from _dialers(connection, now)
    yield from _jobs(connection, now)
    yield from _stuck(connection, now)
    yield from _invariants(connection)


def _dialers(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    rows = connection.execute(text("SELECT * FROM dialer_state ORDER BY node")).all()
    alive = 0
    for row in rows:
        age = (now - row.beat_at).total_seconds()
        if row.state == "gone":
            continue
        if age > BEAT_S:
            yield warn(PLACE, "dialer_silent", node=row.node, minutes=max(1, round(age / 60)))
        else:
            alive += 1
            yield good(PLACE, "dialer", node=row.node, legs=row.legs)
            if row.stalled_s > STALL_S:
                yield warn(PLACE, "dialer_stalled", node=row.node, seconds=f"{row.stalled_s:.0f}")
            if row.unled:
                yield note(PLACE, "dialer_unled", node=row.node, n=row.unled)
    wanting = connection.execute(text("SELECT count(*) FROM campaign WHERE state = 'running'")).scalar_one()
    if wanting and not alive:
        yield bad(PLACE, "dialer_none", n=wanting)
    elif not rows:
        yield note(PLACE, "dialer_never")


def _jobs(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
        return
    late = connection.execute(
        text(
            """SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'todo'
               AND coalesce(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id))
                   < :since"""
        ),
        {"since": now - dt.timedelta(minutes=LATE_MIN)},
    ).scalar_one()
    if late:
        yield warn(PLACE, "jobs_late", n=late, minutes=LATE_MIN)
    failed = connection.execute(
        text(
            """SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'failed' AND EXISTS (
                   SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > :since)"""
        ),
        {"since": now - dt.timedelta(days=1)},
    ).scalar_one()
    if failed:
        yield warn(PLACE, "jobs_failed", n=failed)


def _stuck(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    """Attempts that are open though no call can last so long.  Campaign time runs ahead in rehearsals: not behind."""
    stuck = connection.execute(
        text("SELECT count(*) FROM attempt WHERE open AND started_at < :before"),
        {"before": now - dt.timedelta(seconds=LONGEST_S + STUCK_S)},
    ).scalar_one()
    if stuck:
        yield bad(PLACE, "attempts_stuck", n=stuck)
    else:
        yield good(PLACE, "attempts_good")


def _invariants(connection: Connection) -> Iterator[Finding]:
    """What must always be true of the tables, whatever happened to any process."""
    broken = False
    for code, statement in INVARIANTS.items():
        what = both(f"doctor_rule_{code}")
        try:
            with connection.begin_nested():
                connection.execute(text(f"SET LOCAL statement_timeout = '{round(1000 * LOOK_S)}'"))
                found = connection.execute(text(f"{statement} LIMIT 1001")).scalars().all()
                connection.execute(text("SET LOCAL statement_timeout TO DEFAULT"))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _CANCELED:
                raise
            broken = True
            yield note(PLACE, "rule_unseen", what=what, seconds=LOOK_S)
            continue
        if found:
            broken = True
            n = "> 1000" if len(found) > 1000 else len(found)
            yield bad(PLACE, "rule_broken", what=what, n=n, names=", ".join(str(one) for one in found[:NAMED]))
    if not broken:
        yield good(PLACE, "rules_good", n=len(INVARIANTS))
