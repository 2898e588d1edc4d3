"""Channels that are kept for calls to us, as the virtual switch's ledger sees them: its every moment is looked at."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from oklik.telephony.freeswitch.connection import Link
from patched.people import talkers
from support.stage import PASSWORD, Stage, make_campaign, one, staged, until

CHANNELS, KEPT = 6, 2


def call_in(stage: Stage, *callers: str) -> None:
    link = Link(
        stage.settings["switch_host"],
        stage.settings["switch_port"],
        PASSWORD,
        on_event=lambda _: None,
        on_lost=lambda *_: None,
    )
    link.open()
    for caller in callers:
        assert link.ask(f"api virtual_call {caller} 74950000001\n\n".encode()).ok
    link.leave()


def up_at_each_moment(stage: Stage) -> list[tuple[int, int]]:
    """(our calls, calls to us that were taken) after each line of the ledger."""
    ours, theirs, came, moments = set[str](), set[str](), set[str](), []
    for line in stage.ledger():
        uuid = str(line.get("uuid"))
        if line["event"] == "dial":
            ours.add(uuid)
        elif line["event"] == "inbound":
            came.add(uuid)
        elif line["event"] == "answered" and uuid in came:
            theirs.add(uuid)
        elif line["event"] == "ended":
            ours.discard(uuid)
            theirs.discard(uuid)
        moments.append((len(ours), len(theirs)))
    return moments


def test_calls_to_us_find_a_line_while_ours_take_all_of_theirs(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    callers = [f"+7999000000{n}" for n in range(4)]
    quiet: dict[str, Any] = {"leaves_s": 300, "keys": ["-"]}
    people = talkers(
        numbers=dict.fromkeys(callers, quiet),
        personas={"silent": {"share": 1, "leaves_s": [300, 400]}},
        answers={},
    )
    make_campaign(engine, tmp_path / "prompts", 20, seconds=30.0)
    with engine.begin() as conn:
        conn.execute(text("UPDATE trunk SET channels = :c, reserved_inbound = :k"), {"c": CHANNELS, "k": KEPT})
    with staged(tmp_path, database_url, population=people, speed=1, channels=50) as stage:
        stage.dialer()
        until(lambda: len(stage.ledger("answered")) >= CHANNELS - KEPT)
        call_in(stage, *callers)

        def fates() -> Any:
            came = {line["uuid"]: line["number"] for line in stage.ledger("inbound")}
            taken = {came[line["uuid"]] for line in stage.ledger("answered") if line["uuid"] in came}
            away = [line for line in stage.ledger("ended") if line["uuid"] in came and not line["answered"]]
            return (taken, away) if len(taken) + len(away) >= len(callers) else None

        taken, away = until(fates)
        moments = up_at_each_moment(stage)
    assert KEPT <= len(taken) < len(callers), "they find a line, and one more only where a call of ours has ended"
    assert {line["cause"] for line in away} == {"USER_BUSY"}, "and nobody beyond the trunk's channels does"
    assert max(ours for ours, _ in moments) == CHANNELS - KEPT
    assert max(ours + theirs for ours, theirs in moments) == CHANNELS
    assert any(ours == CHANNELS - KEPT and theirs for ours, theirs in moments)
    lines = one(
        engine, "SELECT count(*) FROM call WHERE kind = 'inbound' AND trunk_id IS NOT NULL AND state <> 'not_sent'"
    )
    assert lines == len(taken)
