"""People who have paid are taken out while their campaign runs: the switch's ledger says who was dialed and when."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.campaigns import tokens
from oklik.campaigns.removal import Reason, Who, remove
from oklik.campaigns.tokens import Scope
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time, slowness
from support.stage import TUESDAY, make_campaign, number, one, staged, until

PAID = [number(n) for n in range(0, 40, 2)]


def by_the_use_case(engine: Engine) -> int:
    with engine.begin() as conn:
        done = remove(conn, [Who(number=paid) for paid in PAID], Reason.PAID, TUESDAY)
    assert done.people == len(PAID)
    return done.ended


def by_the_api(engine: Engine) -> int:
    with engine.begin() as conn:
        token = tokens.create(conn, "crm", [str(Scope.PEOPLE_WRITE)], TUESDAY)
    client = create_app(engine, WebSettings()).test_client()
    body = {"people": [{"number": paid} for paid in PAID], "everywhere": True}
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/api/v1/people/remove", json=body, headers=headers)
    assert answer.status_code == 200, answer.json
    assert answer.json["people"] == len(PAID)
    return int(answer.json["ended"])


@pytest.mark.seconds
@pytest.mark.parametrize("way", [by_the_use_case, by_the_api])
def test_who_has_paid_is_not_dialed_a_second_later(
    tmp_path: Path, database_url: str, engine: Engine, way: Callable[[Engine], int]
) -> None:
    make_campaign(engine, tmp_path / "prompts", 40)
    make_campaign(engine, tmp_path / "prompts", 40, name="second")
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 10)
        ended = way(engine)
        committed, slow = time.time(), slowness()
        assert dialer.wait() == 0
        later = [line for line in stage.ledger("dial") if line["real"] > committed]
        assert {line["number"] for line in later} - set(PAID), "the others were still called"
        dials = stage.dials()
        assert {person for person in dials if person not in PAID} == {number(n) for n in range(1, 40, 2)}
        assert_sound(engine, stage)
    left = one(engine, "SELECT count(*) FROM target WHERE reason = 'removed_paid'")
    assert left >= ended
    assert one(engine, "SELECT count(*) FROM target WHERE state <> 'done'") == 0
    last = max((line["real"] - committed for line in later if line["number"] in PAID), default=0.0)
    in_time(last, slow, "the last call to somebody who had paid")
