"""Wishes that come from outside the calls, by command, API or import, while real dialer processes are at work."""

import datetime as dt
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from oklik.campaigns import consents, stop_list
from oklik.campaigns.consents import Given
from oklik.scenario.document import load_text
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time, slowness
from support.stage import TUESDAY, Stage, make_campaign, number, one, staged, until
from support.survey import SURVEY

PEOPLE = 30


def last_after(stage: Stage, instant: float, numbers: set[str]) -> float:
    """Real seconds from an instant to the last dialing of these numbers; 0.0: none came after it."""
    found = (line["real"] - instant for line in stage.ledger("dial") if line["number"] in numbers)
    return max(0.0, *found)


@pytest.mark.seconds
def test_a_stop_list_from_outside_holds_within_a_second_in_every_campaign(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    """A second campaign of another purpose has the same people; half of them ask for peace in the middle of both."""
    make_campaign(engine, tmp_path / "prompts", PEOPLE)
    other = load_text(SURVEY.replace("purpose: survey", "purpose: informational"), "other.yaml")
    make_campaign(engine, tmp_path / "prompts", PEOPLE, name="second", scenario=other)
    silent = {number(n) for n in range(0, PEOPLE, 2)}
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 10)
        with engine.begin() as conn:
            done = stop_list.put(conn, sorted(silent), source="file", recorded_by="test", now=TUESDAY)
        stopped, slow = time.time(), slowness()
        assert done.targets > PEOPLE / 2, "there was something left to stop"
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        dials = stage.dials()
        last = last_after(stage, stopped, silent)
        assert {dials[number(n)] for n in range(1, PEOPLE, 2)} == {2}, "the others are called in both"
        assert sum(dials[one_] for one_ in silent) == 2 * len(silent) - done.targets
    assert one(engine, "SELECT count(*) FROM target WHERE reason = 'stop_list'") == done.targets
    in_time(last, slow, "the last call after the wish")


@pytest.mark.seconds
def test_a_consent_taken_back_holds_within_a_second(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """Americans, who are called with their consent only."""
    make_campaign(engine, tmp_path / "prompts", PEOPLE)
    people = [f"+1212555{n:04d}" for n in range(1, PEOPLE + 1)]
    with engine.begin() as conn:
        conn.execute(text("UPDATE person SET key = '+1212555' || right(key, 4)"))
        conn.execute(
            text("UPDATE contact SET phones = ARRAY['+1212555' || right(phones[1], 4)], zone = 'America/New_York'")
        )
        how = {"purpose": "survey", "source": "site", "text_version": "v1", "given_at": TUESDAY - dt.timedelta(days=1)}
        given = [Given(number=one_, **how) for one_ in people]  # type: ignore[arg-type]
        consents.add(conn, given, recorded_by="test", now=TUESDAY)
    silent = set(people[::2])
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        noon = TUESDAY + dt.timedelta(hours=9)
        dialer = stage.dialer(destinations="RU, US", start=noon.isoformat())
        until(lambda: len(stage.ledger("dial")) >= 10)
        with engine.begin() as conn:
            for number_ in sorted(silent):
                consents.revoke(conn, number_, source="letter", recorded_by="test", now=noon)
        revoked, slow = time.time(), slowness()
        assert dialer.wait() == 0
        last = last_after(stage, revoked, silent)
        dials = stage.dials()
        assert {dials[one_] for one_ in people[1::2]} == {1}, "the others are called"
        assert sum(dials[one_] for one_ in silent) < len(silent), "there was somebody left to be spared"
    spared = len(silent) - sum(dials[one_] for one_ in silent)
    assert one(engine, "SELECT count(*) FROM target WHERE reason = 'no_consent'") == spared
    in_time(last, slow, "the last call after the wish")


def test_a_late_consent_is_dialed_by_a_dialer_that_runs(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """Half of the Americans have not consented when their turn comes; then they do, and are called like the others."""
    make_campaign(engine, tmp_path / "prompts", PEOPLE)
    people = [f"+1212555{n:04d}" for n in range(1, PEOPLE + 1)]
    how = {"purpose": "survey", "source": "site", "text_version": "v1", "given_at": TUESDAY - dt.timedelta(days=1)}
    given = {one_: Given(number=one_, **how) for one_ in people}  # type: ignore[arg-type]
    with engine.begin() as conn:
        conn.execute(text("UPDATE person SET key = '+1212555' || right(key, 4)"))
        conn.execute(
            text("UPDATE contact SET phones = ARRAY['+1212555' || right(phones[1], 4)], zone = 'America/New_York'")
        )
        consents.add(conn, [given[one_] for one_ in people[::2]], recorded_by="test", now=TUESDAY)
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=2) as stage:
        noon = TUESDAY + dt.timedelta(hours=9)
        dialer = stage.dialer(destinations="RU, US", start=noon.isoformat())
        until(lambda: one(engine, "SELECT count(*) FROM target WHERE reason = 'no_consent'") >= 3)
        with engine.begin() as conn:
            late = consents.add(conn, [given[one_] for one_ in people[1::2]], recorded_by="test", now=noon)
        assert late.returned.back >= 3
        assert dialer.wait() == 0
        assert [stage.dials()[one_] for one_ in people] == [1] * PEOPLE
    assert one(engine, "SELECT count(*) FROM target WHERE reason = 'no_consent'") == 0
