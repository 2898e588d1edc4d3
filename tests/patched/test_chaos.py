"""The chaos suite in its short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import matrix
from chaos.kills import storm

pytestmark = pytest.mark.heavy


def test_a_dialer_is_killed_again_and_again(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = storm(tmp_path, database_url, engine, kills=10, contacts=300, seed=1)
    assert outcome.verdict.kept, outcome
    assert outcome.kills >= 7
    assert outcome.verdict.results == 300


def test_the_storm_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A dialer that believes its tables instead of asking the switch calls people twice."""
    outcome = storm(tmp_path, database_url, engine, kills=6, contacts=300, seed=2, mutant="chaos.amnesia")
    assert outcome.verdict.twice >= 3, outcome


@pytest.mark.parametrize(
    "case",
    [
        matrix.Case("before_claim_commit", "stop", 1),  # its transaction holds the rows that others wait for
        pytest.param(matrix.Case("inside_send", "kill", 50), marks=pytest.mark.slow),
        pytest.param(matrix.Case("after_ack", "stop", 50), marks=pytest.mark.slow),
        matrix.Case("in_transfer", "cut", 50),
        pytest.param(matrix.Case("before_result_commit", "error", 50), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_fault_at_a_point(tmp_path: Path, database_url: str, engine: Engine, case: matrix.Case) -> None:
    ended = matrix.run(tmp_path, database_url, engine, case)
    assert ended.right, ended


@pytest.mark.slow
def test_the_points_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    ended = matrix.run(tmp_path, database_url, engine, matrix.Case("after_ack", "kill", 50), mutant="chaos.amnesia")
    assert ended.verdict.twice >= 3, ended
