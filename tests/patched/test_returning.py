"""People call back: the virtual switch's population does, the dialer answers, and the ledger knows of both."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait
from patched.people import talkers
from support.stage import make_campaign, number, one, rows, staged, until

RETRY = RetryPlan(
    max_attempts=2,
    waits={outcome: Wait(after_s=(4 * 3600,), most=1) for outcome in (OutcomeClass.BUSY, OutcomeClass.NO_ANSWER)},
)


def test_who_was_called_in_vain_calls_back_and_is_done(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """They call while others are still being called; two of them hang up at once, and are called again."""
    back: dict[str, Any] = {"outcome": "busy", "returns_s": 1}
    plans = {
        **{number(n): back for n in range(8)},
        number(8): {"outcome": "no_answer", "returns_s": 1, "leaves_s": 0.1},
        **{number(n): {"leaves_s": 60, "keys": ["-"]} for n in range(20, 30)},  # to whom the dialer talks meanwhile
    }
    make_campaign(engine, tmp_path / "prompts", 30, retry=RETRY)
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=10) as stage:
        assert stage.dialer(ring_s=3).wait() == 0
        came = {line["number"] for line in stage.ledger("inbound")}
        assert came >= {number(n) for n in range(8)}
        assert all(line["dialed"] == "74950000001" for line in stage.ledger("inbound"))
        called = stage.dials()
    returned = rows(
        engine,
        """SELECT c.number, a.disposition, a.consumed, c.kind, c.state FROM attempt a JOIN call c ON c.uuid = a.uuid
           WHERE a.direction = 'in' AND a.disposition <> 'not_sent' ORDER BY 1""",
    )
    first = {row[0]: tuple(row[1:]) for row in returned}
    assert {first[number(n)] for n in range(8)} == {("completed", False, "inbound", "final")}
    assert {called[number(n)] for n in range(8)} == {1}, "no more retries for whom the scenario was completed"
    assert first[number(8)][0] == "hung_up"
    assert called[number(8)] == 2, "who heard nothing is called again"
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'completed'") >= 19
    assert one(engine, "SELECT count(*) FROM answer w JOIN attempt a ON a.uuid = w.attempt_uuid WHERE direction = 'in'")
    assert one(engine, "SELECT count(*) FROM attempt WHERE open") == 0
    assert one(engine, "SELECT count(*) FROM campaign WHERE state <> 'done'") == 0
    assert one(engine, "SELECT count(*) FROM call WHERE state NOT IN ('final', 'not_sent', 'unknown')") == 0


def test_strangers_and_those_we_ring_at_this_moment(tmp_path: Path, database_url: str, engine: Engine) -> None:
    plans = {
        number(0): {"outcome": "no_answer"},
        number(1): {"leaves_s": 30, "keys": ["-"]},
        "+79990000000": {"keys": ["9"]},
    }
    make_campaign(engine, tmp_path / "prompts", 2, retry=RETRY)
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=5) as stage:
        dialer = stage.dialer(ring_s=100)
        until(lambda: len(stage.ledger("ringing")) == 2 and stage.ledger("answered"))

        def call_in(caller: str) -> None:
            from oklik.telephony.freeswitch.connection import Link

            link = Link(
                stage.settings["switch_host"],
                stage.settings["switch_port"],
                "stage-password-of-some-length",
                on_event=lambda _: None,
                on_lost=lambda *_: None,
            )
            link.open()
            assert link.ask(f"api virtual_call {caller} 74950000001\n\n".encode()).ok
            link.leave()

        def how(caller: str) -> Any:
            def ended() -> Any:
                mine = [line["uuid"] for line in stage.ledger("inbound") if line["number"] == caller]
                return next((line for line in stage.ledger("ended") if line["uuid"] in mine), None)

            return until(ended)

        call_in(number(1))
        busy = how(number(1))
        assert (busy["answered"], busy["cause"]) == (False, "USER_BUSY"), "they talk with us already"
        call_in(number(0))
        call_in("+79990000000")
        assert how("+79990000000")["answered"]
        assert how(number(0))["answered"]
        given_up = next(line for line in stage.ledger("ended") if line["number"] == number(0))
        assert (given_up["answered"], given_up["cause"]) == (False, "NORMAL_CLEARING"), "our own call makes way"
        assert dialer.wait() == 0
    assert rows(
        engine,
        """SELECT a.direction, a.disposition FROM attempt a JOIN call c ON c.uuid = a.uuid
           WHERE c.number = :n ORDER BY a.n""",
        n=number(0),
    )[:2] == [("out", "cancelled"), ("in", "completed")]
    assert rows(engine, "SELECT number FROM suppression") == [("+79990000000",)]
    assert one(engine, "SELECT state FROM call WHERE kind = 'inbound' AND number = '+79990000000'") == "final"
    answered = sorted((line["t"], line["uuid"]) for line in stage.ledger("answered"))
    assert answered
