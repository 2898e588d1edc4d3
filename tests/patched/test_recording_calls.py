"""Recorded calls of whole campaigns: what of them is on the disk, and that it is compressed afterwards."""

import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from oklik.campaigns.call_recordings import compress
from oklik.dialing.call_recording import Part
from patched.people import talkers
from patched.test_agents import WISHES, transferring
from support.patience import in_time, slowness
from support.stage import TUESDAY, make_campaign, number, rows, staged


def length(path: Path) -> tuple[int, float]:
    with wave.open(str(path)) as file:
        return file.getnchannels(), file.getnframes() / file.getframerate()


@pytest.mark.seconds
@pytest.mark.parametrize("part", [Part.CALL, Part.AGENT])
def test_calls_or_their_parts_with_agents_are_recorded(
    tmp_path: Path, database_url: str, engine: Engine, part: Part
) -> None:
    root = tmp_path / "calls"
    scenario = transferring("group: sales", "ring_s: 5", "wait_s: 0")
    make_campaign(engine, tmp_path / "prompts", 3, scenario=scenario, agents=("user/1001",), record=part)
    plans: dict[str, Any] = {**WISHES, number(1): {"keys": ["1"]}, number(2): {"outcome": "busy"}}
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=10) as stage:
        assert stage.dialer(recordings=str(root)).wait() == 0
    found = rows(
        engine,
        """SELECT c.number, c.talk_s, r.path, r.part, r.state, s.talk FROM call_recording r
           JOIN call c ON c.uuid = r.call_uuid
           LEFT JOIN (SELECT attempt_uuid, (fact->>'talk_s')::float8 AS talk FROM step
                      WHERE fact->>'type' = 'transferred') s ON s.attempt_uuid = c.uuid ORDER BY 1""",
    )
    assert [row.number for row in found] == ([number(0), number(1)] if part is Part.CALL else [number(0)])
    far: list[float] = []
    for row in found:
        channels, seconds = length(root / row.path)
        assert (row.part, row.state, channels) == (part, "raw", 2)
        expected = row.talk_s if part is Part.CALL else row.talk
        far.append(abs(seconds - expected))
    assert {path.name for path in root.rglob("*.wav")} == {Path(row.path).name for row in found}, "and nothing else"
    if shutil.which("ffmpeg"):
        assert compress(engine, root, TUESDAY) == len(found)
        for path, seconds in rows(engine, "SELECT path, seconds FROM call_recording WHERE state = 'ready'"):
            told = subprocess.run(
                ["ffprobe", "-v", "error", "-show_entries", "stream=channels,duration", "-of", "csv=p=0", root / path],
                capture_output=True, text=True, check=True,
            ).stdout.strip().split(",")  # fmt: skip
            assert told[0] == "2"
            assert abs(float(told[1]) - seconds) < 0.3
    in_time(max(far), 1.5 * slowness(), "campaign seconds between the file and the talk")
