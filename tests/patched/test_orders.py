"""Pause, resume, stop and opt-out while a campaign runs, and processes that come and go."""

import datetime as dt
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.campaigns.commands import CommandKind, request
from oklik.ordering import By, ask
from oklik.reports.why import Ledger, why
from oklik.reports.why_words import Section
from oklik.scenario.document import load_text
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.patience import in_time, slowness
from support.stage import TUESDAY, Stage, make_campaign, number, one, staged, until
from support.survey import SURVEY

LATER = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)  # no deadline for what is asked here


def order(engine: Engine, campaign: int, kind: CommandKind) -> float:
    """Ask for it; the wall time at which the asking was committed."""
    with engine.begin() as conn:
        request(conn, campaign, kind, LATER)
    return time.time()


def last_dialed(stage: Stage) -> float:
    """The wall time of the last call."""
    return max(line["real"] for line in stage.ledger("dial"))


@pytest.mark.seconds
def test_a_pause_holds_within_a_second_and_a_resume_goes_on(tmp_path: Path, database_url: str, engine: Engine) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 40)
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 10)
        paused = order(engine, campaign, CommandKind.PAUSE)
        slow = slowness()
        until(lambda: one(engine, "SELECT result FROM command") == "done")
        until(lambda: one(engine, "SELECT count(*) FROM attempt WHERE open") == 0)
        time.sleep(0.5)
        done, last = len(stage.ledger("dial")), last_dialed(stage)
        assert done < 40, "there was something left to pause"
        assert one(engine, "SELECT state FROM campaign") == "paused"
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == done, "live calls finish"
        order(engine, campaign, CommandKind.RESUME)
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(40)}
        in_time(last - paused, slow, "the last call after the order")


@pytest.mark.seconds
def test_a_stop_ends_the_campaign_for_good(tmp_path: Path, database_url: str, engine: Engine) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 40)
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 10)
        stopped = order(engine, campaign, CommandKind.STOP)
        slow = slowness()
        assert dialer.wait() == 0
        called = len(stage.ledger("dial"))
        assert one(engine, "SELECT state FROM campaign") == "stopped"
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == called
        assert one(engine, "SELECT count(*) FROM target WHERE reason = 'stopped'") == 40 - called
        assert one(engine, "SELECT count(*) FROM attempt WHERE open") == 0
        in_time(last_dialed(stage) - stopped, slow, "the last call after the order")


def test_an_opt_out_holds_in_every_campaign_at_once(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """The same people are on the list of a second campaign, of another purpose, that would call them next."""
    make_campaign(engine, tmp_path / "prompts", 10)
    other = load_text(SURVEY.replace("purpose: survey", "purpose: informational"), "other.yaml")
    later = TUESDAY + dt.timedelta(hours=2)
    make_campaign(engine, tmp_path / "prompts", 10, name="second", scenario=other, now=later)
    refusers = {number(n): {"keys": ["8"]} for n in (2, 5)}
    with staged(tmp_path, database_url, population=talkers(numbers=refusers)) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 if n in (2, 5) else 2 for n in range(10)}
    assert one(engine, "SELECT count(*) FROM target WHERE reason = 'stop_list'") == 2


@pytest.mark.seconds
def test_on_sigterm_live_calls_finish(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 40)
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("answered")) >= 10)
        dialer.signal(15)
        leaving, slow = time.time(), slowness()
        assert dialer.wait() == 0
        called, last = len(stage.ledger("dial")), last_dialed(stage)
        assert called < 40
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == called
        assert one(engine, "SELECT count(*) FROM attempt WHERE open") == 0, "nothing is left to the reconcile"
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(40)}
        in_time(last - leaving, slow, "the last call after the signal")


def test_a_second_sigterm_hangs_up(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 6, seconds=30)
    with staged(tmp_path, database_url, population=talkers(), speed=1, channels=8) as stage:
        dialer = stage.dialer()
        until(lambda: len(stage.ledger("answered")) >= 6)
        dialer.signal(15)
        time.sleep(0.3)
        assert dialer.child.poll() is None, "the calls have a minute to go"
        dialer.signal(15)
        assert dialer.wait() == 0
        assert len(stage.ledger("ended")) == 6
        assert one(engine, "SELECT count(*) FROM attempt WHERE open") == 0
        assert one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'cancelled'") == 6, "nobody has left us"
        assert "cannot" not in stage.said_in_log()
        assert "can't" not in stage.said_in_log()


def test_a_dialer_whose_parent_is_gone_leaves(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 3)
    with staged(tmp_path, database_url, population=talkers()) as stage:
        dialer = stage.dialer(until_done=False)
        until(lambda: one(engine, "SELECT count(*) FROM campaign WHERE state = 'done'") == 1)
        assert dialer.child.poll() is None, "a service stays"
        assert dialer.child.stdin is not None
        dialer.child.stdin.close()
        assert dialer.wait() == 0


def test_a_node_that_is_taken_over_is_left_alone(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 60)
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=8) as stage:
        first = stage.dialer(cps=0.5, until_done=False)  # something is left when the second one has come up
        until(lambda: len(stage.ledger("dial")) >= 4)
        second = stage.dialer()
        assert first.wait() == 1
        assert second.wait() == 0
        assert "taken over" in stage.said_in_log() or "newer dialer" in stage.said_in_log()
        assert_sound(engine, stage)
        assert stage.dials() == {number(n): 1 for n in range(60)}


def test_the_dialer_s_pulse_tells_why_nothing_is_dialed(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """Two lines for forty people: those whose time has come wait for a line; then a pause, by the command's own way."""
    campaign = make_campaign(engine, tmp_path / "prompts", 40)

    def look() -> Ledger:
        with engine.connect() as conn:
            found = why(conn, campaign, dt.datetime.now(dt.UTC))
        assert found.total == found.rows == 40
        return found

    def due() -> str:
        return next((entry.code for entry in look().of(Section.DUE)), "")

    assert due() == "no_dialer"
    with staged(tmp_path, database_url, population=talkers(), speed=8, channels=2) as stage:
        dialer = stage.dialer()
        until(lambda: due() == "no_line")
        assert sum(entry.count for entry in look().of(Section.CALLING)) >= 1
        ordered = ask(engine, campaign, CommandKind.PAUSE, wall=lambda: dt.datetime.now(dt.UTC))
        assert (ordered.result, ordered.by) == ("done", By.DIALER)
        assert due() == "campaign_paused"
        assert one(engine, "SELECT paused_at IS NOT NULL FROM campaign")
        assert ask(engine, campaign, CommandKind.STOP, wall=lambda: dt.datetime.now(dt.UTC)).by is By.DIALER
        assert dialer.wait() == 0
    assert {seen.state for seen in look().dialers} == {"gone"}
    assert sum(entry.count for entry in look().of(Section.STOPPED)) > 0
