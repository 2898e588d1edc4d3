"""The batch writer: in time, in order, through an outage, and around a row that the database will never take."""

import datetime as dt
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import gevent
import psycopg
import pytest
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError

from oklik.campaigns.lease import LeaseLost
from oklik.dialing.vocabulary import CallState
from oklik.scenario.flow import Entered
from oklik.telephony.port import CallEnded
from oklik.worker import writer as writer_module
from oklik.worker.host import Outcome
from oklik.worker.writer import Batch, BatchWriter, away
from support.patience import LONG_S, in_time, slowness

NOW = dt.datetime(2026, 3, 10, 7, 0, tzinfo=dt.UTC)
AWAY = OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))
REFUSED = DataError("INSERT", {}, Exception("value out of range"))


class Store:
    """Takes batches; `fail` may raise before it does."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.fail: Callable[[Batch], None] = lambda _: None

    def __call__(self, batch: Batch) -> None:
        self.fail(batch)
        self.batches.append(batch)

    def legs(self) -> list[str]:
        return [uuid for batch in self.batches for uuid in batch.uuids()]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def writer(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchWriter]:
    monkeypatch.setattr(writer_module, "RETRY_S", (0.005,))
    made = BatchWriter(store, collect_s=0.02)
    yield made
    store.fail = lambda _: None
    made.stop(LONG_S)


def outcome(uuid: str) -> Outcome:
    return Outcome(uuid=uuid, at=NOW, ended=CallEnded(cause="NORMAL_CLEARING"))


def test_many_calls_make_one_batch(writer: BatchWriter, store: Store) -> None:
    for n in range(50):
        writer.state(f"leg{n}", CallState.SENT, NOW)
        writer.state(f"leg{n}", CallState.ANSWERED, NOW)
        writer.facts(f"leg{n}", 0, (Entered(node="a", kind="play"),), NOW)
    last = writer.finish(outcome("leg0"))
    assert last.wait(LONG_S)
    assert len(store.batches) == 1
    assert set(store.batches[0].states["leg7"]) == {CallState.SENT, CallState.ANSWERED}


def test_who_waits_for_the_commit_waits_for_nothing_else(writer: BatchWriter, store: Store) -> None:
    """An opt-out does not sit out the time that others collect in, and is not durable before it is committed."""
    writer._collect_s = 60.0
    committing = gevent.event.Event()
    store.fail = lambda _: committing.wait(LONG_S)
    job: Any = SimpleNamespace(dial=SimpleNamespace(uuid="leg"), number="+79160000001")
    kept = writer.opt_out(job, NOW)
    assert writer.opted_out == {"+79160000001"}
    assert not kept.wait(0.02)
    committing.set()
    assert kept.wait(LONG_S)


def test_an_outage_loses_nothing_and_shows(writer: BatchWriter, store: Store) -> None:
    def gone(_: Batch) -> None:
        raise AWAY

    store.fail = gone
    first = writer.finish(outcome("leg1"))
    gevent.sleep(0.05)
    second = writer.finish(outcome("leg2"))
    gevent.sleep(0.05)
    assert not writer.healthy, "the dialer must claim nothing now"
    assert writer.lag_s > 0.05
    assert not first.is_set()
    store.fail = lambda _: None
    assert first.wait(LONG_S)
    assert second.wait(LONG_S)
    assert writer.healthy
    assert store.legs() == ["leg1", "leg2"]


def test_a_row_that_is_refused_for_good_takes_nobody_with_it(writer: BatchWriter, store: Store) -> None:
    def refuse(batch: Batch) -> None:
        if "poison" in batch.uuids():
            raise REFUSED

    store.fail = refuse
    for uuid in ("leg1", "poison", "leg2"):
        done = writer.finish(outcome(uuid))
    assert done.wait(LONG_S)
    assert store.legs() == ["leg1", "leg2"]
    assert writer.lost == ["poison"]
    assert writer.healthy


def test_a_bug_in_writing_does_not_end_the_writing(writer: BatchWriter, store: Store) -> None:
    def stumble(batch: Batch) -> None:
        if "poison" in batch.uuids():
            raise TypeError("not a JSON value")

    store.fail = stumble
    writer.finish(outcome("poison")).wait(LONG_S)
    assert writer.finish(outcome("leg1")).wait(LONG_S)
    assert store.legs() == ["leg1"]


def test_another_owner_of_the_node_ends_the_writing(writer: BatchWriter, store: Store) -> None:
    def taken_over(_: Batch) -> None:
        raise LeaseLost("taken over")

    store.fail = taken_over
    assert writer.finish(outcome("leg1")).wait(LONG_S)
    assert writer.fenced
    assert store.batches == []


def test_stop_writes_what_is_left(store: Store) -> None:
    writer = BatchWriter(store, collect_s=60.0)
    gevent.sleep(0)
    writer.finish(outcome("leg1"))
    assert writer.stop(LONG_S)
    assert store.legs() == ["leg1"]


def test_stop_does_not_wait_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "RETRY_S", (0.005,))
    writer = BatchWriter(store)

    def gone(_: Batch) -> None:
        raise AWAY

    store.fail = gone
    writer.finish(outcome("leg1"))
    assert not writer.stop(0.05)


@pytest.mark.seconds
def test_rows_are_on_their_way_within_a_tenth_of_a_second(store: Store) -> None:
    """What the writer itself adds, with the time it collects in."""
    writer = BatchWriter(store)
    for _ in range(5):
        writer.finish(outcome("leg")).wait(LONG_S)
    writer.stop(LONG_S)
    assert writer.worst_lag_s > 0
    in_time(writer.worst_lag_s, 0.1 * slowness())


def test_a_database_that_only_reads_is_away() -> None:
    """A standby, or a server closed for writing: what it refuses now it will take later."""
    assert away(InternalError("INSERT", {}, psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT")))
    assert away(OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file")))
    assert not away(IntegrityError("INSERT", {}, psycopg.errors.NotNullViolation("null value")))


TOO_MUCH = ("ProgramLimitExceeded", "StatementTooComplex", "TooManyColumns", "TooManyArguments")


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_beyond_a_limit_of_the_program_is_refused_and_not_tried_for_ever(
    writer: BatchWriter, store: Store, name: str
) -> None:
    beyond = getattr(psycopg.errors, name)
    assert issubclass(beyond, psycopg.OperationalError)  # as are those of a server that is away

    def refuse(batch: Batch) -> None:
        if "poison" in batch.uuids():
            raise OperationalError("INSERT", {}, beyond("index row requires 9000 bytes, maximum size is 8191"))

    store.fail = refuse
    for uuid in ("leg1", "poison", "leg2"):
        done = writer.finish(outcome(uuid))
    assert done.wait(LONG_S)
    assert store.legs() == ["leg1", "leg2"]
    assert writer.lost == ["poison"]
