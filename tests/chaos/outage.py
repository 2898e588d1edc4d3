"""A database that is stopped, full, closed for writing, or slow, while calls are up.

What is promised: live calls go on to their end and leave whole results, nobody new is called meanwhile, results are
there ten seconds after the database is, and no event waits for it.
"""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import Engine, create_engine, text

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.pgproxy import PgProxy
from oklik.scenario.document import load_text
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

BACK_S = 10.0  # the promise: results are complete so long after the database is back
READY_S = 60.0  # until some are called again and talk
SENT_S = 0.5  # what was claimed before is sent within this
LAG_S = 1.0  # the promise: no event waits longer
USUAL = 10  # calls on a quick database, to compare with
LIVE = 8  # calls that are up when it happens
EVERYBODY = PEOPLE | {"outcomes": PEOPLE["outcomes"] | {"answer": 1.0, "busy": 0.0}}


class Outcome(NamedTuple):
    """times: outages.  live: calls that were up when they began.  new: people called while there was no database.

    back_s: the longest time from its return to the last result of who hung up meanwhile.  noticed: outages of which
    the dialer has told.  holds: nobody may be called meanwhile.
    """

    seed: int
    times: int
    live: int
    new: int
    back_s: float
    noticed: int
    holds: bool
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it; a call whose end nobody saw would be one that did not go on."""
        whole = self.verdict.kept and not self.verdict.unknown
        return whole and not (self.holds and self.new) and self.back_s < BACK_S and self.noticed == self.times

    def __str__(self) -> str:
        said = "KEPT" if self.kept else "BROKEN"
        return (
            f"seed {self.seed}, {said}: away {self.times} times (noticed {self.noticed}) with {self.live} live calls "
            f"in all, {self.new} called meanwhile, results at most {self.back_s:.1f} s after its return; {self.verdict}"
        )


class _Away(NamedTuple):
    """How a database goes away and comes back; holds: as Outcome's.  least_s: for so long at least."""

    go: Callable[[], None]
    back: Callable[[], None]
    holds: bool = True
    least_s: float = 2 * SENT_S


def outages(
    folder: Path, database_url: str, engine: Engine, way: Callable[[], _Away], *mutants: str, times: int, seed: int
) -> Outcome:
    """A campaign in whose midst the database is away so often."""
    dice = random.Random(seed)
    contacts = 70 * times + 60
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"), seconds=2)
    away = way()
    live = new = noticed = 0
    back_s = 0.0
    log = folder / "dialer.log"
    with staged(folder, database_url, population=EVERYBODY, speed=5, channels=30, cps=30) as stage:
        nursery = Nursery(log, ENVIRONMENT, *mutants)
        ledger = Tail(stage.ledger_file)

        def ready(begun: int) -> bool:
            return ledger.look().count["dial"] >= begun and _up(ledger) >= LIVE

        try:
            dialer = nursery.dialer(stage.settings)
            for _ in range(times):
                begun = ledger.look().count["dial"] + 30
                over = time.monotonic() + READY_S
                time.sleep(dice.uniform(0, 0.1))
                until(lambda b=begun, o=over: ready(b) or dialer.gone or time.monotonic() > o, every=0.005)
                if not dialer.gone and time.monotonic() > over:
                    back_s = READY_S  # it has not come back to its work since the last time
                    dialer.kill()
                if dialer.gone:
                    break
                said = log.stat().st_size
                # Counted before it goes: a stopped server hangs up on everybody at once, and may then write for long.
                live += _up(ledger)
                talking = _uuids(stage, "answered") - _uuids(stage, "ended")
                away.go()
                gone_at = time.time()
                # Until all of them have come to their ends by themselves.
                until(lambda t=talking: t <= _uuids(stage, "ended") or dialer.gone)
                until(lambda g=gone_at: time.time() > g + away.least_s)
                new += sum(at > gone_at + SENT_S for at in _dialed_at(stage))
                noticed += "the database is away" in log.read_text("utf-8", "replace")[said:]
                ended = sorted(_uuids(stage, "ended"))
                away.back()
                began = time.monotonic()
                over = began + 2 * BACK_S
                until(lambda e=ended, o=over: _results(engine, e) or dialer.gone or time.monotonic() > o)
                back_s = max(back_s, time.monotonic() - began)
                if back_s > BACK_S:
                    dialer.kill()  # the next one may do better
            _finish(nursery, dialer, stage, contacts)
            return Outcome(seed, times, live, new, back_s, noticed, away.holds, verdict(engine, ledger))
        finally:
            nursery.close()


def _up(ledger: Tail) -> int:
    return ledger.count["answered"] - ledger.count["ended"]


def _uuids(stage: Stage, event: str) -> set[str]:
    return {line["uuid"] for line in stage.ledger(event)}


def _dialed_at(stage: Stage) -> list[float]:
    return [float(line["real"]) for line in stage.ledger("dial")]


def _results(engine: Engine, uuids: list[str]) -> bool:
    with engine.connect() as conn:
        found = conn.execute(
            text("SELECT count(*) FROM attempt WHERE NOT open AND uuid = ANY(CAST(:u AS uuid[]))"), {"u": uuids}
        ).scalar_one()
    return bool(found == len(uuids))


def _finish(nursery: Nursery, dialer: Forked, stage: Stage, contacts: int) -> None:
    """To the end of the campaign, with another dialer if a mutant has cost this one its life."""
    for _ in range(5):
        if dialer.wait(max(LONG_S, contacts)) == 0:
            return
        dialer = nursery.dialer(stage.settings)
    raise AssertionError("dialers go on dying")


# -- stopped --------------------------------------------------------------------------------------------------


def down(folder: Path, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """The server is stopped, or crashes, by turns.  It is one of this run's own, and a durable one."""
    server = EmbeddedPostgres(folder / "database", folder / "cache", with_parent=True)
    with server as url:
        upgrade(url)
        engine = make_engine(url, pool_size=2)
        turn = iter(range(times))

        def go() -> None:
            engine.dispose()
            pid = server.pid()
            assert pid is not None
            if next(turn) % 2:
                os.kill(pid, signal.SIGQUIT)  # no checkpoint, nobody is asked: it recovers at its start
                until(lambda: server.pid() is None, "the server crashes")
            server.stop()

        def back() -> None:
            server.start()

        try:
            return outages(folder, url, engine, lambda: _Away(go, back), mutant, times=times, seed=seed)
        finally:
            engine.dispose()


# -- silent ---------------------------------------------------------------------------------------------------


def silent(folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """Everything that is said to it, or by it, is swallowed on the way; no connection breaks.

    An answer is waited for a second here instead of half a minute.
    """
    proxy = PgProxy(database_url)

    def set_to(*, swallow: bool) -> None:
        proxy.silent = swallow

    way = _Away(lambda: set_to(swallow=True), lambda: set_to(swallow=False), least_s=3.0)
    modules = ("chaos.quick_answer", mutant)
    try:
        return outages(folder, proxy.url, engine, lambda: way, *modules, times=times, seed=seed)
    finally:
        proxy.close()


# -- closed for writing ---------------------------------------------------------------------------------------


def read_only(folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """Every transaction is a reading one, as on a standby."""
    return outages(folder, database_url, engine, lambda: _closed(engine), mutant, times=times, seed=seed)


def _closed(engine: Engine) -> _Away:
    def switch(*, on: bool) -> None:
        admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        engine.dispose()
        name = engine.url.database
        try:
            with admin.connect() as conn:
                conn.execute(
                    text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if on else "off"}')
                )
                conn.execute(
                    text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :n"),
                    {"n": name},
                )
        finally:
            admin.dispose()

    return _Away(lambda: switch(on=True), lambda: switch(on=False))


# -- full -----------------------------------------------------------------------------------------------------

SMALL_MB = 64


def can_mount() -> bool:
    """May this process mount a small disk?  Root may, in most places."""
    if os.geteuid() != 0:
        return False
    try:
        with _small_disk():
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def _small_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="oklik-small-"))
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", folder], check=True, capture_output=True
        )
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def full(folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """The disk of its tables is full: rows that need a new page find none, others still find their place.

    Nobody is promised a call or none while that lasts; the results are promised once there is room again.
    """
    with _small_disk() as small:
        _move(engine, small)
        ballast = small / "ballast"

        def go() -> None:
            with ballast.open("wb") as file:
                try:
                    while True:
                        file.write(b"\0" * 8192)
                        file.flush()
                except OSError:
                    return

        try:
            return outages(
                folder,
                database_url,
                engine,
                lambda: _Away(go, ballast.unlink, holds=False),
                mutant,
                times=times,
                seed=seed,
            )
        finally:
            ballast.unlink(missing_ok=True)
            _move(engine, None)


def _move(engine: Engine, disk: Path | None) -> None:
    """Let the database's tables lie on that disk; None: where they lay before."""
    admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    engine.dispose()
    name = engine.url.database
    try:
        with admin.connect() as conn:
            if disk is not None:
                owner = Path(str(conn.execute(text("SHOW data_directory")).scalar_one())).stat()
                os.chown(disk, owner.st_uid, owner.st_gid)
                disk.chmod(0o700)
                conn.execute(text(f"CREATE TABLESPACE small LOCATION '{disk}'"))
            conn.execute(
                text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
            )
            conn.execute(text(f'ALTER DATABASE "{name}" SET TABLESPACE {"small" if disk else "pg_default"}'))
            if disk is None:
                conn.execute(text("DROP TABLESPACE small"))
    finally:
        admin.dispose()


# -- slow -----------------------------------------------------------------------------------------------------


class Slow(NamedTuple):
    """answers: of the database that were held back.  usual_s, worst_s: a call on a quick and on the slow database.

    lag_s: how much longer the longest call took for it: from its answer to our hanging up nothing asks the database.
    """

    seed: int
    answers: int
    usual_s: float
    worst_s: float
    verdict: Verdict

    @property
    def lag_s(self) -> float:
        """As above."""
        return self.worst_s - self.usual_s

    @property
    def kept(self) -> bool:
        """All of it."""
        return self.verdict.kept and not self.verdict.unknown and self.lag_s < LAG_S

    def __str__(self) -> str:
        said = "KEPT" if self.kept else "BROKEN"
        return (
            f"seed {self.seed}, {said}: {self.answers} answers held back, calls of {self.usual_s:.2f} s took "
            f"{self.lag_s:.2f} s more at most; {self.verdict}"
        )


def slow(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    delay_s: float,
    slow_s: float,
    contacts: int,
    seed: int,
    mutant: str = "",
) -> Slow:
    """A campaign whose database takes so long for each answer, after its first calls, for slow_s at most."""
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"), seconds=2)
    with staged(folder, database_url, population=EVERYBODY, speed=5, channels=20, cps=30) as stage:
        proxy = PgProxy(database_url)
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        try:
            dialer = nursery.dialer({**stage.settings, "database_url": proxy.url})
            until(lambda: ledger.look().count["ended"] >= USUAL)
            usual = median(_talks(stage).values())
            known = set(_talks(stage))
            proxy.delay_s = delay_s
            over = time.monotonic() + slow_s
            until(lambda: time.monotonic() > over or dialer.gone)
            proxy.delay_s = 0.0
            assert dialer.wait(max(LONG_S, contacts)) == 0
            worst = max(took for uuid, took in _talks(stage).items() if uuid not in known)
            return Slow(seed, proxy.answers, usual, worst, verdict(engine, ledger))
        finally:
            nursery.close()
            proxy.close()


def _talks(stage: Stage) -> dict[str, float]:
    """Real seconds from the answer to the end, by call."""
    answered = {line["uuid"]: line["real"] for line in stage.ledger("answered")}
    return {
        line["uuid"]: line["real"] - answered[line["uuid"]]
        for line in stage.ledger("ended")
        if line["uuid"] in answered
    }
