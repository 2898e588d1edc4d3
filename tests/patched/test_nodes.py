"""Several machines on one database, in short form (see chaos.limits, chaos.orphans)."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos.limits import limits
from chaos.orphans import orphans
from chaos.split import split

pytestmark = pytest.mark.heavy


def test_three_nodes_never_pass_a_trunk_s_limits_though_dialers_are_killed(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = limits(tmp_path, database_url, engine, contacts=120, seed=1)
    assert outcome.within, outcome
    assert outcome.verdict.kept, outcome
    assert outcome.worked, outcome


@pytest.mark.slow
def test_three_dialers_that_share_nothing_pass_them(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = limits(tmp_path, database_url, engine, contacts=90, seed=2, mutant="chaos.selfish", kill=False)
    assert outcome.most["narrow"].channels > 7, outcome
    assert outcome.most["slow"].in_a_second > 7, outcome


def test_what_a_dead_dialer_left_open_is_settled_by_another_node_with_the_switch_s_word(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = orphans(tmp_path, database_url, engine, contacts=300, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_where_the_switch_died_too_calls_count_as_made_once_the_longest_is_over(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = orphans(tmp_path, database_url, engine, contacts=300, seed=2, with_switch=True)
    assert outcome.kept, outcome
    assert outcome.settled_s is not None
    assert outcome.settled_s >= 15, "the longest call"
    assert outcome.unknown > 0


@pytest.mark.slow
def test_an_heir_that_does_not_ask_the_switch_calls_people_twice(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = orphans(tmp_path, database_url, engine, contacts=300, seed=3, mutant="chaos.amnesia")
    assert outcome.twice >= 3, outcome


@pytest.mark.slow
def test_a_node_that_is_cut_off_from_the_database_sends_nothing_more(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    outcome = split(tmp_path, database_url, engine, contacts=24, seed=1)
    assert outcome.kept, outcome


@pytest.mark.slow
def test_the_cut_off_node_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    outcome = split(tmp_path, database_url, engine, contacts=24, seed=1, mutant="chaos.amnesia")
    assert outcome.verdict.twice, outcome
