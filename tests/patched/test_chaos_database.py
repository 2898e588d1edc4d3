"""The chaos suite's database runs in their short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos.commits import cuts
from chaos.snapshot import restores

pytestmark = pytest.mark.heavy


def test_a_commit_of_which_nobody_knows(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = cuts(tmp_path, database_url, engine, cuts=20, contacts=150, seed=1)
    assert outcome.verdict.kept, outcome
    assert outcome.before >= 5
    assert outcome.after >= 5


def test_the_cuts_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = cuts(tmp_path, database_url, engine, cuts=20, contacts=150, seed=1, mutant="chaos.hasty")
    assert outcome.verdict.twice >= 1, outcome


def test_a_restored_database(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restores(tmp_path, database_url, engine, times=2, seed=1)
    assert outcome.verdict.kept, outcome
    assert outcome.forgotten >= 40, outcome


def test_the_restores_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restores(tmp_path, database_url, engine, times=2, seed=1, mutant="chaos.trusting")
    assert outcome.verdict.twice >= 20, outcome
