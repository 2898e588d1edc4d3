"""Several machines on one database, in short form (see chaos.limits, chaos.orphans)."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos.limits import limits

pytestmark = pytest.mark.heavy


def test_three_nodes_never_pass_a_trunk_s_limits_though_dialers_are_killed(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = limits(tmp_path, database_url, engine, contacts=150, seed=1)
    assert outcome.within, outcome
    assert outcome.verdict.kept, outcome
    assert outcome.worked, outcome


def test_three_dialers_that_share_nothing_pass_them(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = limits(tmp_path, database_url, engine, contacts=90, seed=2, mutant="chaos.selfish", kill=False)
    assert outcome.most["narrow"].channels > 7, outcome
    assert outcome.most["slow"].in_a_second > 7, outcome
