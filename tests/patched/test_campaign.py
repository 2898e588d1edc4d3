"""Whole campaigns: dialer process, virtual switch process, PostgreSQL; the switch's ledger is the oracle."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from patched.people import talkers
from support.patience import enough, in_time
from support.stage import (
    TUESDAY,
    Stage,
    make_campaign,
    most_in_a_second,
    number,
    one,
    rows,
    staged,
    until,
)

RETRY = RetryPlan(
    max_attempts=2,
    waits={
        outcome: Wait(after_s=(2 * 3600,), most=1)
        for outcome in (OutcomeClass.BUSY, OutcomeClass.NO_ANSWER, OutcomeClass.MACHINE)
    },
    confirm_invalid=1,
)


def assert_sound(engine: Engine, stage: Stage) -> None:
    """What must hold after any campaign, whatever happened in it."""
    sent = Counter(
        dict(
            rows(
                engine,
                """SELECT c.number, count(*) FROM attempt a JOIN call c ON c.uuid = a.uuid
                   WHERE a.disposition <> 'not_sent' GROUP BY 1""",
            )
        )
    )
    people = Counter({n: times for n, times in stage.dials().items() if n.startswith("+7916")})
    assert people == sent, "every call at the switch is an attempt, and every attempt was a call"
    assert one(engine, "SELECT count(*) FROM attempt WHERE open OR disposition IS NULL") == 0
    assert one(engine, "SELECT count(*) FROM call WHERE state NOT IN ('final', 'not_sent', 'unknown')") == 0
    assert one(engine, "SELECT count(*) FROM target WHERE state <> 'done'") == 0
    assert one(engine, "SELECT count(*) FROM campaign WHERE state <> 'done'") == 0
    gaps = """SELECT count(*) FROM (SELECT attempt_uuid FROM step GROUP BY 1 HAVING max(seq) + 1 <> count(*)) x"""
    assert one(engine, gaps) == 0, "no fact is missing in the middle"
    told = "SELECT count(*) FROM outbox WHERE kind = 'attempt_final'"
    assert one(engine, told) == sum(sent.values()), "every result is told once"
    allowed = {str(uuid) for (uuid,) in rows(engine, "SELECT call_uuid FROM verdict WHERE allowed")}
    assert {line["uuid"] for line in stage.ledger("dial")} <= allowed, "no leg, an agent's neither, without an allow"


def test_a_campaign_with_all_kinds_of_people(tmp_path: Path, database_url: str, engine: Engine) -> None:
    plans: dict[str, Any] = {
        number(0): {"calls": [{"outcome": "busy"}, {"outcome": "answer"}]},
        number(1): {"outcome": "no_answer"},
        number(2): {"outcome": "invalid"},
        number(3): {"outcome": "answer", "leaves_s": 0.3},  # amid the message; on a busy machine before its beginning
        number(4): {"keys": ["-"]},
        number(5): {"keys": ["8"]},
        number(6): {"keys": ["2", "3"]},
        number(7): {"sip": 603},
        number(8): {"outcome": "busy"},
    }
    make_campaign(engine, tmp_path / "prompts", 60, retry=RETRY)
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=30) as stage:
        assert stage.dialer(ring_s=10).wait() == 0
        assert_sound(engine, stage)
        called = stage.dials()
    found = dict(
        rows(
            engine,
            """SELECT c.phones[1], t.disposition FROM target t JOIN contact c ON c.id = t.contact_id
               WHERE c.row_number <= 9""",
        )
    )
    assert found == {
        number(0): "completed",
        number(1): "no_answer",
        number(2): "invalid_number",
        number(3): "hung_up",
        number(4): "completed",  # the scenario has an end for those who press nothing
        number(5): "opted_out",
        number(6): "completed",
        number(7): "rejected",
        number(8): "busy",
    }
    assert {n: called[n] for n in map(number, range(10))} == {
        **{number(n): 1 for n in range(10)},
        **{number(n): 2 for n in (0, 1, 3, 7, 8)},  # by the plan above, or by the default one the next day
    }
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == 54
    assert dict(rows(engine, "SELECT value, count(*) FROM answer WHERE question = 'happy' GROUP BY 1")) == {
        "yes": 52,
        "no": 1,
    }
    assert one(engine, "SELECT number FROM suppression") == number(5)
    percents = rows(engine, "SELECT DISTINCT heard_percent FROM attempt WHERE disposition = 'completed'")
    assert percents == [(100,)]
    left_early = one(engine, "SELECT max(heard_percent) FROM attempt WHERE disposition = 'hung_up'")
    assert 0 <= left_early < 100
    check_times(engine)


def check_times(engine: Engine) -> None:
    """Times are campaign time, in order, and retries came hours later though the run took seconds."""
    bad = """SELECT count(*) FROM call WHERE state = 'final' AND NOT (
                 intent_at <= sent_at AND sent_at <= coalesce(ringing_at, sent_at)
                 AND coalesce(ringing_at, sent_at) <= coalesce(answered_at, ended_at)
                 AND coalesce(answered_at, sent_at) <= ended_at)"""
    assert one(engine, bad) == 0
    assert one(engine, "SELECT min(started_at) FROM attempt") >= TUESDAY
    again = one(
        engine,
        """SELECT min(b.started_at - a.ended_at) FROM attempt a JOIN attempt b
           ON b.target_id = a.target_id AND b.n = a.n + 1""",
    )
    assert dt.timedelta(hours=2) <= again < dt.timedelta(hours=4)


@pytest.mark.seconds
def test_limits_hold_in_every_rolling_second_even_over_a_restart(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    make_campaign(engine, tmp_path / "prompts", 60, seconds=0.1)
    leavers = {"leaver": {"share": 1, "leaves_s": [0.6, 1.0]}}
    people = talkers(ring_s=[0.05, 0.3], personas=leavers)
    how = {"population": people, "speed": 1.0, "channels": 14, "cps": 20.0}
    with staged(tmp_path, database_url, **how) as stage:
        first = stage.dialer()
        until(lambda: len(stage.ledger("dial")) >= 12)
        first.signal(9)
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert most_at_a_time(stage) <= 14
        most = most_in_a_second([line["t"] for line in stage.ledger("dial")])
        assert_within(most, 20)
        enough(most, 12, "the limit is used")
        enough(most_at_a_time(stage), 14)


def assert_within(most: int, cps: int) -> None:
    """What was dialed in a second, by the switch's clock: it reads one command a little later than another.

    A limit that is not kept shows far above it.
    """
    assert most <= cps * 1.5
    in_time(most, cps + 1, "calls of a second; the dialer's clock is not the switch's")


def most_at_a_time(stage: Stage) -> int:
    """The most legs, persons' and agents', between dial and end."""
    most = 0
    up: set[str] = set()
    for line in stage.ledger():
        if line["event"] == "dial":
            up.add(line["uuid"])
            most = max(most, len(up))
        elif line["event"] == "ended":
            up.discard(line["uuid"])
    return most


def test_a_poison_contact_ends_its_own_attempt_only(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """A prompt vanishes after the campaign was prepared: those who need it are hung up, nobody hears silence."""
    make_campaign(engine, tmp_path / "prompts", 12)
    with engine.begin() as conn:
        # the name of one contact is changed behind our back: its clip was never made
        conn.exec_driver_sql("""UPDATE contact SET fields = '{"Имя": "Ростислав"}' WHERE row_number = 4""")
    with staged(tmp_path, database_url, population=talkers()) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    faults = rows(
        engine,
        """SELECT c.number, a.disposition, a.fault FROM attempt a JOIN call c ON c.uuid = a.uuid
           WHERE a.fault IS NOT NULL""",
    )
    assert [(n, d) for n, d, _ in faults] == [(number(3), "line_fault")] * len(faults)
    assert faults
    assert "no clip" in faults[0][2]
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") == 11
