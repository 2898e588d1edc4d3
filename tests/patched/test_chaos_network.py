"""The runs of the chaos suite in which the network or the switch fails, in their short form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import events
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
    spoil = Spoil(seed=2, lose=1.0, kinds=("CHANNEL_EXECUTE_COMPLETE",))
    [outcome] = events.compare(
        tmp_path, database_url, engine, seed=2, chosen=[spoil], contacts=12, mutant="chaos.credulous"
    )
    assert len(outcome.differ) >= 5, outcome


@pytest.mark.slow
def test_events_are_late(tmp_path: Path, database_url: str, engine: Engine) -> None:
    [outcome] = events.compare(tmp_path, database_url, engine, seed=4, chosen=[Spoil(seed=4, late_s=60.0)], contacts=40)
    assert outcome.kept, outcome
    assert outcome.told.late > 300
