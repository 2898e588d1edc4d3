"""The runs of the chaos suite in which the network or the switch fails, in their short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import deaths, events, links
from chaos.wire import Spoil

pytestmark = pytest.mark.heavy


def test_events_are_lost_doubled_and_out_of_order(tmp_path: Path, database_url: str, engine: Engine) -> None:
    chosen = [
        Spoil(seed=3, lose=0.02, window=50, double=0.2),
        Spoil(seed=3, lose=1.0, kinds=("CHANNEL_PARK", "CHANNEL_BRIDGE", "CHANNEL_HANGUP_COMPLETE")),
    ]
    for outcome in events.compare(tmp_path, database_url, engine, seed=3, chosen=chosen, contacts=25):
        assert outcome.kept, outcome
        assert outcome.told.lost


@pytest.mark.slow
def test_the_comparison_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A dialer that takes events as they come."""
    spoils = [Spoil(seed=2, lose=1.0, kinds=("CHANNEL_EXECUTE_COMPLETE",)), Spoil(seed=2, double=0.2)]
    lost, twice = events.compare(
        tmp_path, database_url, engine, seed=2, chosen=spoils, contacts=40, mutant="chaos.credulous"
    )
    assert len(lost.differ) >= 5, lost
    assert twice.differ, twice


@pytest.mark.slow
def test_the_order_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A dialer that throws away what comes behind a younger event."""
    [mixed] = events.compare(
        tmp_path, database_url, engine, seed=2, chosen=[Spoil(seed=2, window=50)], contacts=25, mutant="chaos.orderly"
    )
    assert len(mixed.differ) >= 5, mixed


@pytest.mark.slow
def test_events_are_late(tmp_path: Path, database_url: str, engine: Engine) -> None:
    [outcome] = events.compare(tmp_path, database_url, engine, seed=4, chosen=[Spoil(seed=4, late_s=60.0)], contacts=40)
    assert outcome.kept, outcome
    assert outcome.told.late > 300


def test_the_event_socket_is_cut(tmp_path: Path, database_url: str, engine: Engine) -> None:
    ended = links.cuts(tmp_path, database_url, engine, cuts=6, contacts=120, seed=2)
    assert ended.kept, ended


def test_the_event_socket_is_silent(tmp_path: Path, database_url: str, engine: Engine) -> None:
    ended = links.silence(tmp_path, database_url, engine, contacts=100, seed=2)
    assert ended.kept, ended


@pytest.mark.slow
@pytest.mark.parametrize("stalled", [False, True])
def test_the_event_socket_is_slow(tmp_path: Path, database_url: str, engine: Engine, stalled: bool) -> None:
    ended = links.slowness(tmp_path, database_url, engine, contacts=200, seed=2, seconds=12, stalled=stalled)
    assert ended.kept, ended


@pytest.mark.slow
def test_a_flood_of_foreign_events(tmp_path: Path, database_url: str, engine: Engine) -> None:
    ended = links.flood(tmp_path, database_url, engine, seed=2, seconds=3)
    assert ended.kept, ended


@pytest.mark.slow
def test_the_cuts_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A dialer that gives back what was up at a cut."""
    ended = links.cuts(tmp_path, database_url, engine, cuts=6, contacts=120, seed=2, mutant="chaos.forgetful")
    assert ended.verdict.twice >= 3, ended


def test_the_switch_dies(tmp_path: Path, database_url: str, engine: Engine) -> None:
    died = deaths.deaths(tmp_path, database_url, engine, times=2, live=20, seed=1, prompt_s=10.0)
    assert died.kept, died
    assert died.live


def test_the_dialer_dies_for_good(tmp_path: Path, database_url: str, engine: Engine) -> None:
    left = deaths.orphans(tmp_path, database_url, engine, live=10, deadman_s=6, mutant="chaos.nervous")
    assert left.kept, left


@pytest.mark.slow
def test_the_deaths_bite(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A dialer that gives back what was up, and one that sets no timer."""
    died = deaths.deaths(tmp_path, database_url, engine, times=2, live=20, seed=1, mutant="chaos.forgetful")
    assert died.soon, died
