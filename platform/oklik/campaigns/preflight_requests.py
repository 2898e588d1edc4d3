"""Launch checks in the background: asked for by whoever wants one, carried out by a job, looked at while it works.

A request is a row; its job goes into the queue in the same transaction.  What is found is kept with it as JSON.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.preflight import Through, at_one_go, preflight
from oklik.campaigns.preflight_result import Preflight
from oklik.campaigns.rows import run
from oklik.dialing.destinations import HOME, Destinations
from oklik.store.deferring import PREFLIGHT, defer

_STEP = 0.01  # progress is written when so much more is done


class NoSuchPreflight(LookupError):
    """There is no launch check of this id."""


class PreflightAborted(Exception):
    """The work was broken off because it was told to stop; the request waits for another worker."""


class PreflightState(msgspec.Struct, frozen=True):
    """A launch check that was asked for.

    state: waiting, running, done, failed.  progress: 0 to 1.  result: when it is done; error: one line when it failed.
    """

    id: int
    campaign_id: int
    state: str
    progress: float
    at: dt.datetime
    result: Preflight | None
    error: str | None

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        rest = msgspec.structs.asdict(self) | {"result": None, "at": self.at.isoformat()}
        return rest | {"result": self.result.to_json() if self.result else None}


def request_preflight(conn: Connection, campaign_id: int, now: dt.datetime) -> int:
    """Ask for a launch check of a campaign for a moment of campaign time; gives the id to look it up by.

    Raises sqlalchemy's NoResultFound when there is no campaign of this id.
    """
    if run(conn, "SELECT 1 FROM campaign WHERE id = :id", id=campaign_id).first() is None:
        raise NoResultFound(f"there is no campaign {campaign_id}")
    preflight_id = int(
        run(
            conn,
            "INSERT INTO preflight (campaign_id, at, state) VALUES (:campaign, :now, 'waiting') RETURNING id",
            campaign=campaign_id,
            now=now,
        ).scalar_one()
    )
    defer(conn, PREFLIGHT, preflight_id=preflight_id)
    return preflight_id


def waiting_preflights(conn: Connection, campaign_id: int) -> int:
    """How many launch checks of a campaign nobody has begun."""
    return int(
        run(
            conn,
            "SELECT count(*) FROM preflight WHERE campaign_id = :campaign AND state = 'waiting'",
            campaign=campaign_id,
        ).scalar_one()
    )


def preflight_state(conn: Connection, preflight_id: int) -> PreflightState:
    """Look how far a launch check is.  Raises NoSuchPreflight."""
    row = run(
        conn,
        "SELECT id, campaign_id, state, progress, at, result, error FROM preflight WHERE id = :id",
        id=preflight_id,
    ).one_or_none()
    if row is None:
        raise NoSuchPreflight(f"there is no launch check {preflight_id}")
    result = None if row.result is None else Preflight.from_json(row.result)
    return PreflightState(row.id, row.campaign_id, row.state, row.progress, row.at, result, row.error)


def carry_out_preflight(
    engine: Engine,
    preflight_id: int,
    *,
    destinations: Destinations = HOME,
    currency: str = "RUB",
    should_stop: Callable[[], bool] = lambda: False,
    through: Through = at_one_go,
) -> None:
    """Make a launch check that was asked for.  Raises PreflightAborted when told to stop.

    currency: of all prices; through: as of preflight(), which see.
    """
    with engine.begin() as conn:
        row = run(
            conn,
            """UPDATE preflight SET state = 'running', progress = 0, error = NULL
               WHERE id = :id AND state <> 'done' RETURNING campaign_id, at""",
            id=preflight_id,
        ).one_or_none()
    if row is None:
        return
    written = 0.0

    def progress(share: float) -> None:
        nonlocal written
        if should_stop():
            raise PreflightAborted
        if share >= written + _STEP:
            written = share
            with engine.begin() as conn:
                run(conn, "UPDATE preflight SET progress = :share WHERE id = :id", share=share, id=preflight_id)

    try:
        how = {"destinations": destinations, "currency": currency, "progress": progress, "through": through}
        found = check_campaign(engine, row.campaign_id, row.at, **how)
    except PreflightAborted:
        _end(engine, preflight_id, "waiting")
        raise
    except Exception as error:
        _end(engine, preflight_id, "failed", error=" ".join(str(error).split()) or type(error).__name__)
        raise
    _end(engine, preflight_id, "done", result=found)


def check_campaign(engine: Engine, campaign_id: int, now: dt.datetime, **more: Any) -> Preflight:
    """Make a launch check at once, in one read-only snapshot.  more: as preflight() takes them."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as conn, conn.begin():
        return preflight(conn, campaign_id, now, **more)


def _end(
    engine: Engine, preflight_id: int, state: str, *, result: Preflight | None = None, error: str | None = None
) -> None:
    with engine.begin() as conn:
        run(
            conn,
            """UPDATE preflight SET state = :state, result = CAST(:result AS jsonb), error = :error,
                   progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END
               WHERE id = :id""",
            id=preflight_id,
            state=state,
            result=None if result is None else msgspec.json.encode(result.to_json()).decode(),
            error=error,
        )
