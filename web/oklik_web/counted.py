"""Ledger, progress and live figures of a campaign as requests give them: of large ones as they are kept (kept.py).

The state is always the present one: whoever has pressed "pause" sees it at once.  All raise NoResultFound.
"""

import msgspec

from oklik.campaigns.progress import Progress, progress
from oklik.campaigns.rows import run
from oklik.dialing.machines import MachinePolicy
from oklik.reports.live import Live, live
from oklik.reports.machines import MachineReport, machine_report
from oklik.reports.why import Ledger, why
from oklik_web.kept import Kept
from oklik_web.running import Running
from oklik_web.whom import SNAPSHOT


def ledger_of(app: Running, kept: Kept, campaign_id: int) -> Ledger:
    """Say where every row of a campaign stands."""
    state, held = _state(app, campaign_id)

    def read() -> Ledger:
        with app.engine.connect().execution_options(**SNAPSHOT) as conn, conn.begin():
            return why(conn, campaign_id, app.clock.now())

    found = kept.get(("why", campaign_id), read, lambda one: one.rows)
    return msgspec.structs.replace(found, state=state, held=held)


def live_of(app: Running, kept: Kept, campaign_id: int) -> Live:
    """Give a campaign at this moment."""
    state, held = _state(app, campaign_id)

    def read() -> Live:
        with app.engine.connect().execution_options(**SNAPSHOT) as conn, conn.begin():
            return live(conn, campaign_id, app.clock.now())

    found = kept.get(("live", campaign_id), read, lambda one: one.ledger.rows)
    return msgspec.structs.replace(found, ledger=msgspec.structs.replace(found.ledger, state=state, held=held))


def progress_of(app: Running, kept: Kept, campaign_id: int, language: str) -> Progress:
    """Say how far a campaign is, in a language."""
    state, _ = _state(app, campaign_id)

    def read() -> Progress:
        with app.engine.connect() as conn, conn.begin():
            return progress(conn, campaign_id, now=app.clock.now(), language=language)

    found = kept.get(("progress", campaign_id, language), read, lambda one: one.contacts)
    return msgspec.structs.replace(found, state=state)


def machines_of(app: Running, kept: Kept, campaign_id: int, policy: MachinePolicy) -> MachineReport:
    """Say who was at the phone.  policy: the campaign's present one, by which signs are read."""

    def read() -> MachineReport:
        with app.engine.connect().execution_options(**SNAPSHOT) as conn, conn.begin():
            return machine_report(conn, campaign_id)

    return kept.get(("machines", campaign_id, policy), read, lambda one: one.answered)


def _state(app: Running, campaign_id: int) -> tuple[str, str | None]:
    with app.engine.connect() as conn:
        row = run(conn, "SELECT state, held FROM campaign WHERE id = :id", id=campaign_id).one()
    return row.state, row.held
