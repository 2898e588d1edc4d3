"""Starts a dialer: database, lease of the switch node, switch, clock; then runs it until it is told to leave.

Says one line of JSON on standard output when it dials, or {"error": ...} when it cannot begin.  Exit codes: 0 left
in order, 1 something failed on the way, 2 it was told something wrong (settings, password, addresses).
SIGTERM or SIGINT: no new calls, live calls finish; a second one hangs them up.  Must run patched (see __main__).
"""

import datetime as dt
import gc
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import gevent
import gevent.os
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from oklik.campaigns.budget import Spending
from oklik.campaigns.inheriting import Silent
from oklik.campaigns.installation import database_name
from oklik.campaigns.lease import Holder
from oklik.campaigns.trunk_tests import LONGEST_S
from oklik.clock import Clock
from oklik.dialing.destinations import parse_destinations
from oklik.hooks.pool import HookPool
from oklik.outside.client import Outside
from oklik.outside.hosts import AllowedHosts, BadHosts
from oklik.store.engine import make_engine
from oklik.store.revisions import TablesNewer, check_known
from oklik.telephony.freeswitch import FreeSwitch, connect
from oklik.telephony.freeswitch.probe import run_of
from oklik.telephony.port import Switch, SwitchError, SwitchRefused, SwitchUnreachable
from oklik.worker import pgwait
from oklik.worker.beyond import Beyond
from oklik.worker.book import StoreBook, last_instant, take_lease
from oklik.worker.clock import RehearsalClock, WallClock
from oklik.worker.dialer import Dialer
from oklik.worker.gateways import GatewayWatch
from oklik.worker.heir import Heir
from oklik.worker.parts import StoredParts
from oklik.worker.recordings import Recordings
from oklik.worker.sent_journal import SentJournal
from oklik.worker.settings import DialerSettings, SettingsError, read_settings
from oklik.worker.trunk_tests import TrunkTests
from oklik.worker.writer import one_line

log = logging.getLogger(__name__)

DONE, FAILED, BAD_INPUT = 0, 1, 2
ANSWER_S = 30.0  # real seconds for an answer of the database: far more than any statement of ours takes
ASLEEP_S = 10.0  # far more than our loop ever stands still
CONNECTIONS = 12  # nine that are kept (Kept), and audits and calls that ask for agents


def main(arguments: Sequence[str]) -> int:
    """Read the settings and run; returns the exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # it tells of every dictionary it loads
    try:
        data = Path(arguments[0]).read_bytes() if arguments else sys.stdin.buffer.readline()
        settings = read_settings(data)
        return run_dialer(settings, until=None if arguments else _stdin_closed)
    except (SettingsError, SwitchRefused, SwitchUnreachable, TablesNewer) as error:
        return _cannot(str(error), BAD_INPUT)
    except OSError as error:
        return _cannot(f"{error.filename or 'dialer'}: {error.strerror or error}", BAD_INPUT)
    except SwitchError as error:
        return _cannot(str(error), FAILED)
    except SQLAlchemyError as error:
        return _cannot(f"database: {one_line(error)}", FAILED)


def run_dialer(settings: DialerSettings, *, until: Callable[[], None] | None = None) -> int:
    """Run one dialer to its end; `until` is a function that returns when the dialer should leave.

    Raises SwitchRefused, SwitchUnreachable, SettingsError, TablesNewer, and SQLAlchemy's errors while starting.
    """
    pgwait.install(answer_s=ANSWER_S)
    outside = _outside(settings)
    hooks = HookPool()
    engine = _engine(settings)
    try:
        dialer, switch, ready, holder = _open(engine, settings, Beyond(outside, hooks))
        heir = _heir(engine, settings, dialer, switch, holder)
        heir.tell()  # before anything of this node can be open
        # What was imported stays for good: without this every full collection would walk through all of it.
        gc.collect()
        gc.freeze()
        # What dies after it has outlived two collections waits for a full one, and Python puts that off until a quarter
        # more is there than at the last one: which was of all that is frozen now.
        gc.collect()
        gc.set_threshold(20_000, 10, 5)
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, dialer.leave)
        if until is not None:
            gevent.spawn(until).link_value(lambda _: dialer.leave())
        _say({"ready": True, "pid": os.getpid(), **ready})
        # A dialer of a single command leaves the switch as it is.
        watch = GatewayWatch(engine, switch, settings.node) if settings.campaign_id is None else None
        tests = _tests(engine, settings, dialer, switch) if settings.campaign_id is None else None
        watching = [gevent.spawn(one.run) for one in (watch, tests, heir) if one is not None]
        watching.append(gevent.spawn(heir.keep_telling))
        try:
            written = dialer.run()
        finally:
            gevent.killall(watching)
    finally:
        engine.dispose()
        hooks.close()
        outside.close()
    if not written:
        log.error("some results could not be written: the database is away; the next start finds them out")
    return DONE if written and dialer.fault is None else FAILED


def _engine(settings: DialerSettings) -> Engine:
    """The database of these settings; nothing connects yet.  Raises SettingsError."""
    application = f"oklik dialer {settings.node}"
    try:
        return make_engine(settings.database_url, pool_size=CONNECTIONS, application=application, asleep_s=ASLEEP_S)
    except (ValueError, ArgumentError) as error:
        raise SettingsError(f"database_url: {one_line(error)}") from None


def _outside(settings: DialerSettings) -> Outside:
    """Whom scenarios may ask.  Raises SettingsError."""
    try:
        ca_file = Path(settings.request_ca) if settings.request_ca else None
        return Outside(AllowedHosts.read(settings.request_hosts), ca_file=ca_file)
    except BadHosts as error:
        raise SettingsError(f"dialer settings: request_hosts: {error}") from None
    except OSError as error:
        raise SettingsError(f"dialer settings: request_ca: {error.strerror or error}") from None


def _open(
    engine: Engine, settings: DialerSettings, beyond: Beyond
) -> tuple[Dialer, FreeSwitch, dict[str, object], Holder]:
    """A dialer with the node's lease, its connection to its switch, and what is said of it."""
    with engine.connect() as conn:  # a keeper of before an upgrade by another node starts it again and again
        check_known(conn)
    holder = take_lease(engine, settings.node, _owner())
    journal = _journal(engine, settings)
    switch = connect(
        settings.switch_host,
        settings.switch_port,
        settings.password(),
        node=settings.node,
        epoch=holder.epoch,
        roots=[folder for folder in (settings.prompts, settings.recordings) if folder],
    )
    try:
        book = StoreBook(engine, settings, virtual=switch.virtual, holder=holder, journal=journal)
        book.remember()
        dialer = Dialer(
            switch=switch,
            book=book,
            recordings=Recordings(Path(settings.recordings), switch) if settings.recordings else None,
            clock=_clock(settings, switch, last_instant(engine)),
            channels=settings.channels,
            cps=settings.cps,
            until_done=settings.until_done,
            grace_s=settings.grace_s,
            beyond=beyond,
            parts=StoredParts(engine, settings.node),
        )
    except BaseException:
        switch.close()
        raise
    return dialer, switch, {"node": settings.node, "epoch": holder.epoch, "virtual": switch.virtual}, holder


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _heir(engine: Engine, settings: DialerSettings, dialer: Dialer, switch: FreeSwitch, holder: Holder) -> Heir:
    """Who settles what dialers of other nodes have left open; their switches take our password, or are not asked."""

    def ask_run(one: Silent) -> str:
        return run_of(one.host, one.port, settings.password())

    def reach(one: Silent, epoch: int) -> FreeSwitch:
        return connect(one.host, one.port, settings.password(), node=one.node, epoch=epoch, virtual=switch.virtual)

    return Heir(
        engine,
        settings,
        holder,
        dialer.clock,
        ask_run=ask_run,
        connect=reach,
        virtual=switch.virtual,
        owner=_owner(),
    )


def _journal(engine: Engine, settings: DialerSettings) -> SentJournal | None:
    """The journal of what this node sends from this database, if one is kept.  Raises OSError."""
    if not settings.sent:
        return None
    with engine.begin() as conn:
        name = database_name(conn)
    return SentJournal(Path(settings.sent) / settings.node / name)


def _tests(engine: Engine, settings: DialerSettings, dialer: Dialer, switch: FreeSwitch) -> TrunkTests:
    """Who serves test calls of trunks."""
    spending = Spending(
        minutes_day=settings.minutes_day,
        money_day=settings.money_day,
        zone=settings.zone,
        call_minutes=-(-LONGEST_S // 60),
    )
    holder = Holder(settings.node, switch.epoch, switch.core_uuid)
    return TrunkTests(
        engine, dialer, holder, Path(settings.prompts), parse_destinations(settings.destinations), spending
    )


def _clock(settings: DialerSettings, switch: Switch, last: dt.datetime | None) -> Clock:
    """Wall time on a real switch; on a virtual one never before an instant that the database has seen."""
    if switch.virtual:
        start = settings.start or dt.datetime.now(dt.UTC)
        return RehearsalClock(max(start, last) if last else start, settings.speed)
    if settings.speed != 1.0 or settings.start is not None:
        raise SettingsError("speed and start are for the virtual switch only: a real one calls real people")
    return WallClock()


def _stdin_closed() -> None:
    """Return when whoever started us is gone."""
    descriptor = sys.stdin.fileno()
    gevent.os.make_nonblocking(descriptor)
    while gevent.os.nb_read(descriptor, 4096):
        pass


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _cannot(error: str, code: int) -> int:
    log.error(error)
    _say({"error": error})
    return code
