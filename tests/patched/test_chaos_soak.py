"""The soak of the chaos suite in its short form: too short for caches to be full, long enough to see a hoard."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos.soak import FILES, HOARD_MB, soak

pytestmark = pytest.mark.heavy


def test_a_day_in_short(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = soak(tmp_path, database_url, engine, calls=1_500, seed=1, cut_every_s=4.0, broken_every_s=5.0)
    assert outcome.verdict.kept, outcome
    assert outcome.broken, outcome
    assert outcome.cuts, outcome
    assert outcome.files <= FILES, outcome
    assert outcome.slope_mb < HOARD_MB, outcome


def test_the_soak_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = soak(tmp_path, database_url, engine, calls=800, seed=1, mutant="chaos.hoarding")
    assert outcome.slope_mb > HOARD_MB, outcome
