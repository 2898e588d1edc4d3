"""The chaos suite's database runs in their short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import outage
from chaos.commits import cuts
from chaos.snapshot import restores

pytestmark = pytest.mark.heavy


def test_a_commit_of_which_nobody_knows(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = cuts(tmp_path, database_url, engine, cuts=20, contacts=150, seed=1)
    assert outcome.verdict.kept, outcome
    assert outcome.before >= 5
    assert outcome.after >= 5


@pytest.mark.slow
def test_the_counts_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = cuts(tmp_path, database_url, engine, cuts=20, contacts=150, seed=1, mutant="chaos.forthright")
    assert outcome.verdict.miscounted, outcome


@pytest.mark.slow
def test_the_cuts_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = cuts(tmp_path, database_url, engine, cuts=20, contacts=150, seed=1, mutant="chaos.hasty")
    assert outcome.verdict.twice >= 1, outcome


def test_a_restored_database(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restores(tmp_path, database_url, engine, times=2, seed=1)
    assert outcome.verdict.kept, outcome
    assert outcome.forgotten >= 40, outcome


@pytest.mark.slow
def test_the_restores_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restores(tmp_path, database_url, engine, times=2, seed=1, mutant="chaos.unread")
    assert outcome.verdict.twice >= 20, outcome


def test_a_database_that_is_stopped(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    outcome = outage.down(tmp_path, times=1, seed=1)
    assert outcome.kept, outcome
    assert outcome.live >= 5, outcome


@pytest.mark.slow
def test_the_outages_bite(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    outcome = outage.down(tmp_path, times=2, seed=1, mutant="chaos.careless")
    assert not outcome.kept, outcome


@pytest.mark.slow
def test_a_database_that_is_closed_for_writing(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = outage.read_only(tmp_path, database_url, engine, times=2, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path, database_url: str, engine: Engine) -> None:
    if not outage.can_mount():
        pytest.skip("only who may mount a small disk can fill one up")
    outcome = outage.full(tmp_path, database_url, engine, times=2, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_a_slow_database(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = outage.slow(tmp_path, database_url, engine, delay_s=0.5, slow_s=15, contacts=60, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_a_slow_database_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = outage.slow(
        tmp_path, database_url, engine, delay_s=0.5, slow_s=5, contacts=40, seed=1, mutant="chaos.blocking"
    )
    assert not outcome.kept, outcome


@pytest.mark.slow
def test_a_silent_database(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = outage.silent(tmp_path, database_url, engine, times=2, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_the_silence_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = outage.silent(tmp_path, database_url, engine, times=1, seed=1, mutant="chaos.patient")
    assert not outcome.kept, outcome
