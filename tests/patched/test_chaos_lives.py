"""The chaos suite's runs about dialers that sleep, are replaced, or have a false clock, in their short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import pacing
from chaos.clocks import CPS, jumps
from chaos.deploy import restarts
from chaos.night import night
from chaos.zombie import pauses

pytestmark = pytest.mark.heavy


def test_a_dialer_that_slept_past_its_lease(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = pauses(tmp_path, database_url, engine, times=6, seed=1)
    assert outcome.kept, outcome
    assert outcome.pauses == 6


def test_the_pauses_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = pauses(tmp_path, database_url, engine, times=2, seed=1, mutant="chaos.unfenced")
    assert outcome.sent, outcome
    assert outcome.written, outcome


def test_rolling_restarts(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restarts(tmp_path, database_url, engine, times=2, seed=1, seconds=2)
    assert outcome.kept, outcome
    assert outcome.live >= 10, outcome


@pytest.mark.slow
def test_the_restarts_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = restarts(tmp_path, database_url, engine, times=2, seed=1, mutant="chaos.abrupt")
    assert outcome.dropped, outcome


def test_a_clock_that_jumps(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = jumps(tmp_path, database_url, engine, few=True)
    assert outcome.kept, outcome


def test_a_start_at_three_in_the_morning(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = night(tmp_path, database_url, engine)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_the_night_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = night(tmp_path, database_url, engine, mutant="chaos.sleepless")
    assert outcome.at_night, outcome


def test_calls_go_out_no_faster_than_allowed(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = pacing.pace(tmp_path, database_url, engine, calls=100, seed=1, restarts=2)
    assert outcome.within, outcome
    assert outcome.verdict.kept, outcome


@pytest.mark.slow
def test_the_pace_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = pacing.pace(tmp_path, database_url, engine, calls=100, seed=1, stills=2, mutant="chaos.premature")
    assert not outcome.within, outcome


@pytest.mark.slow
def test_the_jumps_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = jumps(tmp_path, database_url, engine, few=True, mutant="chaos.wall_time")
    assert outcome.most > CPS, outcome
