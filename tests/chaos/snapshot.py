"""A database that is restored to an earlier state while the switch goes on: who was called since is not called again.

The copy is made and put in the database's place on the running server: its connections break, and what they find
when they are back is older.  The dialer either lives through it or is killed and started anew.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, create_engine, text

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, make_campaign, staged

BEFORE, SINCE, BETWEEN = 30, 40, 20  # calls before the copy, from it to its return, and from there to the next round


class Outcome(NamedTuple):
    """restored: so often.  forgotten: calls that the database did not know of any more, in all."""

    seed: int
    restored: int
    forgotten: int
    verdict: Verdict

    def __str__(self) -> str:
        return f"seed {self.seed}, restored {self.restored} times, {self.forgotten} calls forgotten; {self.verdict}"


def restores(folder: Path, database_url: str, engine: Engine, *, times: int, seed: int, mutant: str = "") -> Outcome:
    """A campaign in whose midst the database goes back so often; every second time the dialer is killed before."""
    contacts = (BEFORE + SINCE + BETWEEN) * times + 60
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"))
    forgotten = 0
    with staged(folder, database_url, population=PEOPLE, speed=20, channels=20, cps=100) as stage:
        settings = {**stage.settings, "sent": str(folder / "sent")}
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)

        def called(more: int) -> None:
            wanted = ledger.look().count["dial"] + more
            until(lambda: ledger.look().count["dial"] >= wanted or dialer.gone, every=0.005)

        try:
            dialer = nursery.dialer(settings)
            for n in range(times):
                called(BEFORE)
                copy = _Copy(engine)
                called(SINCE)
                if n % 2 == (seed + 1) % 2:
                    dialer.kill()
                known = ledger.look().count["dial"]
                forgotten += known - copy.put_back()
                if dialer.gone:
                    dialer = nursery.dialer(settings)
                called(BETWEEN)
            assert dialer.wait(max(LONG_S, contacts)) == 0
            return Outcome(seed, times, forgotten, verdict(engine, ledger))
        finally:
            nursery.close()


class _Copy:
    """The database as it is now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = str(engine.url.database)
        self._do(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name}")

    def put_back(self) -> int:
        """Let it be the database; gives the attempts that it knows."""
        self._do(
            f"ALTER DATABASE {self._name} RENAME TO {self._name}_old",
            f"ALTER DATABASE {self._name}_copy RENAME TO {self._name}",
            f"DROP DATABASE {self._name}_old",
        )
        with self._engine.connect() as conn:
            return int(conn.execute(text("SELECT count(*) FROM attempt")).scalar_one())

    def _do(self, *commands: str) -> None:
        """With nobody connected to it."""
        admin = create_engine(self._engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        self._engine.dispose()
        cut = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :n")
        try:
            with admin.connect() as conn:
                conn.execute(text(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false"))
                conn.execute(cut, {"n": self._name})
                for command in commands:
                    conn.execute(text(command))
                conn.execute(text(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true"))
        finally:
            admin.dispose()
