"""A dialer that dies at any moment: the next one goes on, nobody is called twice, nobody is lost."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine

from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time
from support.stage import make_campaign, number, rows, staged, until

CONTACTS = 50


@pytest.mark.seconds
def test_five_kills_in_one_campaign(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", CONTACTS)
    dice = random.Random(5)
    with staged(tmp_path, database_url, population=talkers(), speed=15, channels=10) as stage:
        for kill in range(1, 6):
            dialer = stage.dialer()
            kill_at = kill * 7 + dice.randrange(5)
            until(lambda kill_at=kill_at: len(stage.ledger("dial")) >= kill_at or stage.child_gone())
            dialer.signal(9)
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(CONTACTS)}
        by_timer = sum(line.get("cause") == "ALLOTTED_TIMEOUT" for line in stage.ledger("ended"))
    dispositions = dict(rows(engine, "SELECT disposition, count(*) FROM attempt GROUP BY 1"))
    assert dispositions.pop("completed") >= 1
    # Each kill hits at most the ten calls that were up; what was known of them is kept.
    assert sum(dispositions.values()) <= 5 * 10
    assert set(dispositions) <= {"unknown", "delivered", "partial", "hung_up", "not_sent"}
    in_time(by_timer, 1, "legs of a dead dialer are hung up by the next one, before the switch's timer of a minute")


def test_the_crash_test_bites(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """The same with a dialer that believes its tables instead of asking the switch: people are called twice."""
    make_campaign(engine, tmp_path / "prompts", 30)
    with staged(tmp_path, database_url, population=talkers(), speed=15, channels=10) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 15)
        dialer.signal(9)
        mutant = stage.dialer("support.mutant_worker")
        assert mutant.wait() == 0
        assert max(stage.dials().values()) == 2
