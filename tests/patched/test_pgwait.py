"""psycopg's wait in a patched process: calls go on while the database thinks."""

from collections.abc import Iterator

import gevent
import psycopg.errors
import psycopg.waiting
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from chaos.pgproxy import PgProxy
from oklik.store.engine import make_engine
from oklik.worker import pgwait
from support.patience import LONG_S, enough


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(psycopg.waiting, "wait", psycopg.waiting.wait)
    pgwait.install()
    yield


@pytest.mark.seconds
def test_other_greenlets_run_meanwhile(engine: Engine) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            gevent.sleep(0.01)
            ticks += 1

    ticking = gevent.spawn(tick)
    with engine.connect() as conn:
        conn.execute(text("SELECT pg_sleep(0.3)"))
    ticking.kill()
    enough(ticks, 10)


def test_much_goes_both_ways(engine: Engine) -> None:
    """More than the socket takes at once, so that writing has to wait, too."""
    much = "ы" * 4_000_000
    with engine.connect() as conn:
        assert conn.execute(text("SELECT CAST(:much AS text)"), {"much": much}).scalar_one() == much


def test_a_server_that_ends_the_connection_is_an_error_and_not_a_wait_for_ever(engine: Engine) -> None:
    with engine.connect() as one, engine.connect() as other:
        pid = one.execute(text("SELECT pg_backend_pid()")).scalar_one()
        waiting = gevent.spawn(one.execute, text("SELECT pg_sleep(30)"))
        gevent.sleep(0.05)
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(Exception, match="terminating connection"):
            waiting.get(timeout=LONG_S)
        one.invalidate()


def test_a_deadline_is_kept() -> None:
    near, far = gevent.socket.socketpair()

    def never() -> Iterator[int]:
        yield psycopg.waiting.Wait.R

    with near, far, pytest.raises(psycopg.errors.OperationalError):
        pgwait.wait_gevent(never(), near.fileno(), timeout=0.05)  # type: ignore[arg-type]


def test_a_server_that_never_answers_is_one_that_broke(database_url: str) -> None:
    """The connection stays open, and TCP sees nothing wrong."""
    pgwait.install(answer_s=0.5)
    proxy = PgProxy(database_url)
    engine = make_engine(proxy.url, pool_size=1)
    try:
        with engine.connect() as conn:
            assert conn.execute(text("SELECT 1")).scalar_one() == 1
            proxy.silent = True
            with gevent.Timeout(LONG_S), pytest.raises(OperationalError) as raised:
                conn.execute(text("SELECT 2"))
        assert raised.value.connection_invalidated
        proxy.silent = False
        with engine.connect() as conn:
            assert conn.execute(text("SELECT 3")).scalar_one() == 3
    finally:
        engine.dispose()
        proxy.close()
