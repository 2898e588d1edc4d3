"""What a dialer noted beside the database comes back into it with the first use of each new connection."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from campaigns.world import NOON, World
from oklik.campaigns import lease
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.recall import Sent, Wish
from oklik.dialing.law.shapes import Purpose
from oklik.worker import sent_journal
from oklik.worker.book import StoreBook
from oklik.worker.sent_journal import SentJournal
from oklik.worker.settings import DialerSettings
from oklik.worker.writer import Batch, OptOut
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration

PEOPLE = 12


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SentJournal]:
    made = SentJournal(tmp_path / "sent")
    yield made
    made.close()


Open = Callable[[], StoreBook]


@pytest.fixture
def begin(engine: Engine, journal: SentJournal) -> Iterator[Open]:
    """Another process of the same dialer's."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(PEOPLE)
        world.campaign()
        holder = lease.take(conn, "node1", owner="test", core_uuid="core")
    settings = DialerSettings(database_url="", switch_host="", switch_port=0, prompts="")
    made: list[StoreBook] = []

    def new() -> StoreBook:
        made.append(StoreBook(engine, settings, virtual=False, holder=holder, journal=journal))
        return made[-1]

    yield new
    for book in made:
        book.close()


@pytest.fixture
def book(begin: Open) -> StoreBook:
    return begin()


def sent(target: int) -> Sent:
    return Sent(
        uuid=uuid4(),
        at=NOON + dt.timedelta(seconds=target),
        campaign_id=1,
        target_id=target,
        number=f"+7916{target:07d}",
        caller_id="74950000001",
        trunk_id=1,
        purpose=Purpose.INFORMATIONAL,
        epoch=1,
        core_uuid="core",
    )


def attempts(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT uuid FROM attempt WHERE open ORDER BY target_id")).scalars())


def test_at_the_start_and_after_each_break(book: StoreBook, journal: SentJournal, engine: Engine) -> None:
    first = [sent(n) for n in (1, 2, 3)]
    journal.note(first)
    book.remember()
    assert attempts(engine) == [one.uuid for one in first]
    assert book.doubted_at > 0, "the reconcile has something to look after"
    fourth = sent(4)
    journal.note([fourth])
    book.remember()
    assert len(attempts(engine)) == 3, "a connection that is known is not asked again"
    with engine.connect() as conn:  # as at the return of a database
        cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
        conn.execute(text(f"{cut} AND pid <> pg_backend_pid()"))
    with pytest.raises(OperationalError):
        book.close_finished(NOON)
    book.close_finished(NOON)
    assert attempts(engine)[-1] == fourth.uuid


def test_only_the_end_of_the_journal_is_read(
    begin: Open, journal: SentJournal, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_journal, "BLOCK_BYTES", 600)
    everybody = [sent(n) for n in range(1, PEOPLE + 1)]
    journal.note(everybody)
    begin().remember()
    with engine.begin() as conn:  # the last four are lost, and one long before, which no backup does
        lost = [everybody[n].uuid for n in (0, 8, 9, 10, 11)]
        for table, column in (("verdict", "call_uuid"), ("attempt", "uuid"), ("call", "uuid")):
            conn.execute(text(f"DELETE FROM {table} WHERE {column} = ANY(:lost)"), {"lost": lost})
    begin().remember()
    assert attempts(engine) == [one.uuid for one in everybody[1:]]


def test_a_wish_is_noted_before_the_database_is_asked(
    begin: Open, journal: SentJournal, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = begin()
    book.remember()
    job: Any = SimpleNamespace(dial=SimpleNamespace(uuid=str(uuid4())), number="+79160000003")
    batch = Batch(opt_outs=[OptOut(job, NOON)], born=1.0)

    def away(*_: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as broken:
        broken.setattr("oklik.worker.book.opt_out", away)
        broken.setattr("oklik.campaigns.recall.opt_out", away)
        for _ in range(2):
            with pytest.raises(OSError, match="away"):
                book.write(batch)
    (noted,) = next(journal.newest())
    assert isinstance(noted, Wish)
    assert noted.number == job.number
    begin().remember()
    with engine.connect() as conn:
        assert conn.execute(text("SELECT number FROM suppression")).scalars().all() == [job.number]


def test_a_closed_book_holds_no_connection(engine: Engine, book: StoreBook) -> None:
    book.orders()
    book.remember()
    assert engine.pool.checkedout() == 2  # type: ignore[attr-defined]
    book.close()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    book.remember()


def test_a_node_that_was_taken_over_since_the_claim_is_noticed_before_the_sending(begin: Open, engine: Engine) -> None:
    book = begin()
    assert book.withdrawn([], NOON) == set()
    with engine.begin() as conn:
        lease.take(conn, "node1", owner="another", core_uuid="core")
    with pytest.raises(LeaseLost):
        book.withdrawn([], NOON)
