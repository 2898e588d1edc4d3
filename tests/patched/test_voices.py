"""Answers by voice of whole campaigns: dialer and virtual switch as processes, their files and rows."""

import hashlib
import wave
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from oklik.scenario.document import Scenario, from_json
from patched.people import talkers
from support.stage import make_campaign, number, one, rows, staged, until

HEAD: dict[str, Any] = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "survey", "start": "q"}
NODES: dict[str, Any] = {
    "q": {
        "kind": "record",
        "text": "Что скажете?",
        "question": "comment",
        "max_s": 20,
        "silence_s": 2,
        "end_key": None,
        "tries": 2,
        "review": "Прослушать, заново, отправить.",
        "exits": {"done": "z", "no_input": "none"},
    },
    "z": {"kind": "hangup"},
    "none": {"kind": "hangup", "outcome": "no_input"},
}
PEOPLE: dict[str, Any] = {
    "personas": {"calm": {"share": 1, "think_s": [0.2, 0.5], "speaks_s": [5.0, 5.0]}},
    "answers": {"123": {"3": 1}, "1280": {"1": 1}, "0123456789": {"9": 1}},
}


def scenario() -> Scenario:
    return from_json({**HEAD, "columns": {"name": {"title": "Имя"}}, "nodes": NODES})


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def test_what_people_said_is_there_and_nothing_else(tmp_path: Path, database_url: str, engine: Engine) -> None:
    root = tmp_path / "voices"
    plans: dict[str, Any] = {
        number(0): {"keys": ["2", "3"]},  # once more, then sent
        number(1): {"keys": ["1", "3"]},  # heard, then sent
        number(2): {"leaves_s": 5.0},  # amid the sentence: words and beep take one second
        number(3): {"leaves_s": 0.3},  # before it began
        number(4): {"keys": ["-"]},  # says nothing at all
    }
    campaign = make_campaign(engine, tmp_path / "prompts", 8, scenario=scenario())
    with staged(tmp_path, database_url, population=talkers(numbers=plans, **PEOPLE), speed=5) as stage:
        assert stage.dialer(recordings=str(root)).wait() == 0
    kept = rows(
        engine,
        """SELECT c.number, r.path, r.seconds, r.bytes, r.sha256, r.take, r.node, w.value FROM recording r
           JOIN call c ON c.uuid = r.attempt_uuid
           JOIN answer w ON w.attempt_uuid = r.attempt_uuid AND w.question = r.question""",
    )
    assert {row.number for row in kept} == {number(n) for n in (0, 1, 2, 5, 6, 7)}
    for row in kept:
        data = (root / row.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row.bytes, row.sha256)
        assert abs(seconds_of(root / row.path) - row.seconds) < 0.01
        if row.number != number(2):
            assert abs(float(row.value) - 5.0) <= 0.2, "as long as the person spoke"
            assert 6.8 <= row.seconds <= 7.6, "and the silence that ended it"
        assert (row.take, row.node) == (2 if row.number == number(0) else 1, "q")
    assert 1.0 <= next(row.seconds for row in kept if row.number == number(2)) < 5.0
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert there == {row.path for row in kept}, "takes that were not sent are deleted"
    found = dict(rows(engine, "SELECT c.phones[1], t.disposition FROM target t JOIN contact c ON c.id = t.contact_id"))
    assert found[number(2)] == "partial", "who hangs up after speaking has answered"
    assert found[number(3)] == "hung_up"
    assert found[number(4)] == "no_input"
    assert one(engine, "SELECT count(*) FROM attempt WHERE fault IS NOT NULL") == 0
    assert {row.path.split("/")[0] for row in kept} == {f"campaign-{campaign}"}


def test_nobody_is_called_while_the_switch_cannot_record(tmp_path: Path, database_url: str, engine: Engine) -> None:
    root = tmp_path / "voices"
    root.write_text("a file where the folder should be")
    campaign = make_campaign(engine, tmp_path / "prompts", 3, scenario=scenario())
    other = make_campaign(engine, tmp_path / "prompts", 4, name="other")  # records nothing; the same people
    with staged(tmp_path, database_url, population=talkers(**PEOPLE), speed=20) as stage:
        dialer = stage.dialer(recordings=str(root))
        until(lambda: one(engine, "SELECT state FROM campaign WHERE id = :id", id=other) == "done")
        assert one(engine, "SELECT state || ' ' || held FROM campaign WHERE id = :id", id=campaign) == (
            "paused recordings_closed"
        )
        sent = "SELECT count(*) FROM attempt WHERE campaign_id = :id AND disposition IS DISTINCT FROM 'not_sent'"
        assert one(engine, sent, id=campaign) == 0
        assert "is paused" in stage.said_in_log()
        dialer.signal(15)
        assert dialer.wait() == 0
        root.unlink()
        with engine.begin() as conn:
            conn.exec_driver_sql("UPDATE campaign SET state = 'running', held = NULL WHERE id = %s", (campaign,))
        assert stage.dialer(recordings=str(root)).wait() == 0
    assert one(engine, "SELECT count(*) FROM recording") == 3
