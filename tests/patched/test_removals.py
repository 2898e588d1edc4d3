"""People who have paid are taken out while their campaign runs: the switch's ledger says who was dialed and when."""

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.campaigns.removal import Reason, Who, remove
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time, slowness
from support.stage import TUESDAY, make_campaign, number, one, staged, until

PAID = [number(n) for n in range(0, 40, 2)]


@pytest.mark.seconds
def test_who_has_paid_is_not_dialed_a_second_later(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 40)
    make_campaign(engine, tmp_path / "prompts", 40, name="second")
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 10)
        with engine.begin() as conn:
            done = remove(conn, [Who(number=paid) for paid in PAID], Reason.PAID, TUESDAY)
        committed, slow = time.time(), slowness()
        assert done.people == len(PAID)
        assert dialer.wait() == 0
        later = [line for line in stage.ledger("dial") if line["real"] > committed]
        assert {line["number"] for line in later} - set(PAID), "the others were still called"
        dials = stage.dials()
        assert {person for person in dials if person not in PAID} == {number(n) for n in range(1, 40, 2)}
        assert_sound(engine, stage)
    left = one(engine, "SELECT count(*) FROM target WHERE reason = 'removed_paid'")
    assert left >= done.ended
    assert one(engine, "SELECT count(*) FROM target WHERE state <> 'done'") == 0
    last = max((line["real"] - committed for line in later if line["number"] in PAID), default=0.0)
    in_time(last, slow, "the last call to somebody who had paid")
