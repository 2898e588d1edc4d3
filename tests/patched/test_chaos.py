"""The chaos suite in its short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import matrix
from chaos.kills import storm
from chaos.recovery import CALLS_S, KNOWN_S, recovery
from chaos.stuck import CHANNELS, stuck
from support.patience import in_time

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
@pytest.mark.parametrize("control", matrix.CONTROLS, ids=lambda one: f"{one.mutant} {one.case}")
def test_the_points_bite(tmp_path: Path, database_url: str, engine: Engine, control: matrix.Control) -> None:
    ended = matrix.run(tmp_path, database_url, engine, control.case, mutant=control.mutant)
    assert ended.counts[control.breaks], ended


@pytest.mark.seconds
def test_a_hundred_calls_are_known_of_and_the_next_one_is_made(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = recovery(tmp_path, database_url, engine, live=100)
    in_time(outcome.known_s, KNOWN_S, str(outcome))
    in_time(outcome.calls_s, CALLS_S, str(outcome))
    assert outcome.verdict.kept, outcome
    assert outcome.left >= 100


@pytest.mark.slow
def test_the_recovery_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = recovery(tmp_path, database_url, engine, live=100, mutant="chaos.pondering")
    assert not outcome.kept, outcome


def test_a_channel_that_does_not_end_is_taken(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = stuck(tmp_path, database_url, engine, contacts=60)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_the_stuck_channels_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = stuck(tmp_path, database_url, engine, contacts=150, mutant="chaos.generous")
    assert outcome.most > CHANNELS, outcome
