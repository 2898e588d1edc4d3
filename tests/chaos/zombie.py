"""Dialers that sleep past their lease and wake up when another one drives the node: they send and write nothing.

Each round stops the dialer that drives the node (SIGSTOP), lets another one take over, and wakes the first one up
after one, three or ten times the time in which it looks at its lease.  Every dialer signs in to the database under a
name of its own, and triggers note under which name each row was written: a row of a zombie would show.
"""

import random
import signal
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Forked, Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.quick_lease import LOOK_S
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, Stage, make_campaign, staged

TIMES = (1, 3, 10)
ENDS_S = 1.0  # the promise: it ends so soon after it woke up
_TABLES = ("attempt", "call", "target", "verdict", "step", "answer", "outbox")
_PASSWORD = "zombie-password-of-some-length"


class Outcome(NamedTuple):
    """pauses: of dialers that were replaced in their sleep.  sent, written: by them afterwards, calls and rows.

    slowest_s: from waking up to the end of the process, at most.
    """

    seed: int
    pauses: int
    sent: int
    written: int
    slowest_s: float
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """All of it."""
        return self.verdict.kept and not self.sent and not self.written and self.slowest_s <= ENDS_S

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {'KEPT' if self.kept else 'BROKEN'}: {self.pauses} pauses, {self.sent} calls sent and "
            f"{self.written} rows written by zombies, which ended within {self.slowest_s:.2f} s; {self.verdict}"
        )


def pauses(folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """A campaign whose dialer is stopped, replaced and woken up so often."""
    dice = random.Random(seed)
    contacts = 60 * times + 60  # on a slow machine more are called in a round
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"))
    _watch(engine)
    sent = written = 0
    slowest_s = 0.0
    with staged(folder, database_url, population=PEOPLE, speed=20, channels=10, cps=40) as stage:
        # A mutant that goes on calling would call everybody in the shortest pause.
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, "chaos.quick_lease", mutant)
        ledger = Tail(stage.ledger_file)
        names = _Names(engine, database_url)
        try:
            dialer, name = _begin(nursery, stage, names)
            done = 0
            while done < times and not dialer.gone:
                wanted = ledger.look().count["dial"] + 10
                until(lambda w=wanted, d=dialer: ledger.look().count["dial"] >= w or d.gone, every=0.002)
                time.sleep(dice.uniform(0, 0.05))
                if dialer.gone:
                    break
                dialer.signal(signal.SIGSTOP)
                zombie, of = dialer, name
                until(lambda z=zombie: z.gone or z.asleep, every=0.002)
                stopped = time.monotonic()
                dialer, name = _begin(nursery, stage, names)
                pause_s = LOOK_S * TIMES[done % len(TIMES)]
                until(
                    lambda d=dialer, s=stopped, p=pause_s: (d.ready or d.gone) and time.monotonic() > s + p, every=0.005
                )
                before = time.time()
                woke = time.monotonic()
                zombie.signal(signal.SIGCONT)
                try:
                    zombie.wait(5.0 if mutant else LONG_S)
                except AssertionError:
                    zombie.kill()  # a mutant that would go on for good
                slowest_s = max(slowest_s, time.monotonic() - woke)
                written += _written(engine, of, before)
                sent += _sent(engine, stage, of, before)
                done += 1
            for _ in range(5):
                if dialer.wait(max(LONG_S, contacts)) == 0:
                    break
                dialer, name = _begin(nursery, stage, names)
            return Outcome(seed, done, sent, written, slowest_s, verdict(engine, ledger))
        finally:
            nursery.close()
            names.forget()


class _Names:
    """Roles of the database, one for each dialer."""

    def __init__(self, engine: Engine, database_url: str) -> None:
        self._engine, self._url = engine, make_url(database_url)
        self._made: list[str] = []

    def new(self) -> tuple[str, str]:
        """A name, and the database's URL under it."""
        name = f"{self._url.database}_dialer_{len(self._made) + 1}"
        with self._engine.begin() as conn:
            conn.execute(text(f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{_PASSWORD}'"))
        self._made.append(name)
        return name, self._url.set(username=name, password=_PASSWORD).render_as_string(hide_password=False)

    def forget(self) -> None:
        """They are the server's, not the database's."""
        with self._engine.begin() as conn:
            for name in self._made:
                conn.execute(text(f"DROP ROLE {name}"))


def _begin(nursery: Nursery, stage: Stage, names: _Names) -> tuple[Forked, str]:
    name, url = names.new()
    return nursery.dialer({**stage.settings, "database_url": url}), name


def _watch(engine: Engine) -> None:
    """Have every row that calls are written in leave a note of who wrote it, in the same transaction."""
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE witness (who text, at timestamptz, what text, leg text)")
        conn.exec_driver_sql(
            """CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN
                   INSERT INTO witness VALUES (session_user, clock_timestamp(), TG_OP || ' ' || TG_TABLE_NAME,
                       to_jsonb(NEW) ->> 'uuid');
                   RETURN NEW;
               END $$"""
        )
        for table in _TABLES:
            conn.exec_driver_sql(
                f"CREATE TRIGGER witness AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION witness()"
            )


def _written(engine: Engine, who: str, since: float) -> int:
    """Rows that somebody has written since an instant of real time."""
    with engine.connect() as conn:
        found = conn.execute(
            text("SELECT count(*) FROM witness WHERE who = :who AND at > to_timestamp(:since)"),
            {"who": who, "since": since},
        )
        return int(found.scalar_one())


def _sent(engine: Engine, stage: Stage, who: str, since: float) -> int:
    """Calls that the switch has dialed since then and whose intent somebody has written."""
    dialed = [line["uuid"] for line in stage.ledger("dial") if line["real"] > since]
    with engine.connect() as conn:
        found = conn.execute(
            text(
                """SELECT count(*) FROM witness
                   WHERE who = :who AND what = 'INSERT attempt' AND leg = ANY(CAST(:legs AS text[]))"""
            ),
            {"who": who, "legs": dialed},
        )
        return int(found.scalar_one())
