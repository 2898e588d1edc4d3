"""The lines of whole campaigns: storms of faults, the switch's own throttle, two dialers on one trunk."""

import socket
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from patched.people import TALKERS, talkers
from patched.test_campaign import assert_sound, most_at_a_time
from support.patience import in_time
from support.stage import PASSWORD, Stage, make_campaign, most_in_a_second, number, one, rows, staged, until

pytestmark = pytest.mark.heavy


def most_sessions(stage: Stage, n: int) -> None:
    """Tell the switch how many legs it takes at a time."""
    where = (stage.settings["switch_host"], stage.settings["switch_port"])
    with socket.create_connection(where, timeout=10) as line:
        line.sendall(f"auth {PASSWORD}\n\napi fsctl max_sessions {n}\n\n".encode())
        said = b""
        while b"max sessions" not in said:
            said += line.recv(4096)


# Faults are tried again after a minute, as often as the default plan has it.
SOON = RetryPlan(waits={OutcomeClass.LINE_FAULT: Wait(after_s=(60,), most=3)})


def test_a_storm_of_503_opens_the_breaker_and_costs_nobody_an_attempt(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    """The first calls of all are refused by the carrier; then it works again."""
    contacts, storm = 60, 10
    make_campaign(engine, tmp_path / "prompts", contacts, retry=SOON, seconds=0.1)
    plans = {number(n): {"calls": [{"sip": 503}, {"outcome": "answer"}]} for n in range(storm)}
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=8, channels=30) as stage:
        dialer = stage.dialer()
        seen = until(lambda: rows(engine, "SELECT state, next_at > at, calls, faults FROM trunk_health"))
        assert seen[0][:2] == ("open", True)
        assert seen[0][2] == seen[0][3] >= 8
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        dials = sorted(line["t"] for line in stage.ledger("dial"))
        assert "trunk 1: open" in stage.said_in_log()
        assert "trunk 1: ramp" in stage.said_in_log()
    pause = max(later - earlier for earlier, later in pairwise(dials))
    assert pause >= 25.0, "nothing goes while it is open"
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == contacts
    assert one(engine, "SELECT max(attempts) FROM target") == 1
    assert one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'line_fault' AND consumed") == 0


def test_without_the_breaker_everybody_would_be_dialed_into_the_storm(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    """A carrier that is down for good: a dozen calls find it out, not the whole list three times."""
    make_campaign(engine, tmp_path / "prompts", 80, retry=SOON, seconds=0.1)
    down = {**TALKERS["outcomes"], "answer": 0, "line_fault": 1}
    with staged(tmp_path, database_url, population=talkers(outcomes=down), speed=8, channels=5) as stage:
        stage.dialer()
        until(lambda: rows(engine, "SELECT 1 FROM trunk_health WHERE state = 'open'"))
        until(lambda: rows(engine, "SELECT 1 FROM trunk_health WHERE state = 'half_open'"))
        until(lambda: rows(engine, "SELECT 1 FROM trunk_health WHERE state = 'open' AND faults = 1"))
        assert len(stage.ledger("dial")) <= 8 + 5 + 3
    assert one(engine, "SELECT sum(attempts) FROM target") == 0


def test_a_number_that_alone_always_fails_is_given_up_soon(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """While others get through the fault is the number's; that takes the dialer's own word for it, or days."""
    make_campaign(engine, tmp_path / "prompts", 12, retry=SOON, seconds=0.1)
    plans = {number(0): {"sip": 503}}
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=20, channels=30) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    found = rows(engine, "SELECT own_fault, ended_at FROM attempt WHERE disposition = 'line_fault' ORDER BY n")
    assert [own for own, _ in found].count(True) == 4
    assert (found[-1][1] - found[0][1]).total_seconds() < 3600
    assert rows(engine, "SELECT reason, attempts FROM target WHERE disposition = 'line_fault'") == [("line_faults", 0)]


def test_what_the_switch_s_own_throttle_refuses_costs_no_attempt(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    make_campaign(engine, tmp_path / "prompts", 12, retry=SOON, seconds=0.1)
    with staged(tmp_path, database_url, population=talkers(), speed=20, channels=30, cps=30.0) as stage:
        most_sessions(stage, 3)
        dialer = stage.dialer()
        until(lambda: one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'line_fault'") >= 3)
        most_sessions(stage, 1000)
        assert dialer.wait() == 0
        assert stage.ledger("refused")
    refused = rows(engine, "SELECT DISTINCT consumed, talk FROM attempt WHERE disposition = 'line_fault'")
    assert refused == [(False, False)]
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed' AND attempts = 1") == 12


@pytest.mark.seconds
def test_two_dialers_on_one_trunk_keep_its_limits_together(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 80, seconds=0.1)
    with engine.begin() as conn:
        conn.execute(text("UPDATE trunk SET channels = 8, cps = 9"))
        conn.execute(text("UPDATE campaign SET state = 'paused'"))
    people = talkers(ring_s=[0.2, 0.6], personas={"leaver": {"share": 1, "leaves_s": [0.6, 1.0]}})
    with staged(tmp_path, database_url, population=people, speed=1, channels=100, cps=100.0) as stage:
        pair = [stage.dialer(node=node) for node in ("a", "b")]
        with engine.begin() as conn:
            conn.execute(text("UPDATE campaign SET state = 'running'"))
        for dialer in pair:
            assert dialer.wait() == 0
        assert_sound(engine, stage)
        most = most_in_a_second([line["t"] for line in stage.ledger("dial")])
        assert most_at_a_time(stage) <= 8
    nodes = dict(rows(engine, "SELECT node, count(*) FROM call GROUP BY 1"))
    assert min(nodes.get("a", 0), nodes.get("b", 0)) >= 5, "both have worked"
    assert one(engine, "SELECT count(*) FROM trunk_lease") == 0, "given back at the end"
    in_time(most, 9 + 1, "calls of a second; the dialers' clock is not the switch's")
