"""The database's primary dies and its standby takes its place, in short form (see chaos.failover)."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.failover import failover
from oklik.config import Settings
from oklik.doctor.database import connected, look
from support.replicas import replicas

pytestmark = pytest.mark.heavy


@pytest.fixture
def folder() -> Iterator[Path]:
    """Which the servers' user can reach, and whose name is short enough for a socket's."""
    made = Path(tempfile.mkdtemp(prefix="oklik-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_primary_that_waits_for_its_standby_dies_and_nothing_is_lost(folder: Path) -> None:
    outcome = failover(folder, contacts=200, seed=1, synchronous=True)
    assert outcome.verdict.kept, outcome
    assert outcome.held <= 24, "only what was claimed before"


@pytest.mark.slow
def test_one_that_does_not_wait_loses_claims_whose_calls_went_out(folder: Path) -> None:
    outcome = failover(folder, contacts=300, seed=1, synchronous=False)
    assert outcome.verdict.twice > 0, outcome


@pytest.mark.parametrize("synchronous", [True, False])
def test_the_doctor_tells_of_a_primary_that_does_not_wait(folder: Path, synchronous: bool) -> None:
    with replicas(folder, synchronous=synchronous) as pair:
        settings = Settings(database_url=pair.url)
        with connected(settings) as connection:
            found = {one.code for one in look(settings, connection, dt.datetime.now(dt.UTC))}
    assert ("database_unwaited" in found) is not synchronous
