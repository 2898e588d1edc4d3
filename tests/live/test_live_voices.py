"""Answers by voice through the real dialer on a real FreeSWITCH: what ends them, who hangs up, and whose file it is.

The people are in speakers.xml, played by a SIPp of our own: see README.md beside this file.
"""

import csv
import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from test_live_run import SWITCH, noon_somewhere

from support.sipp import DIAL, NEEDS_SIPP, played

SCENARIO = """\
format: 1
name: voices
title: Отзыв
languages: [ru]
purpose: survey
start: q
nodes:
  q: {kind: record, text: Да., question: comment, max_s: 12, silence_s: 3, tries: 1, exits: {done: z, no_input: n}}
  z: {kind: hangup}
  n: {kind: hangup, outcome: no_input}
"""
# last two digits of the number -> outcome, and between how many seconds the file is long
EXPECTED = {
    "21": ("completed", 7.5, 11.0),
    "22": ("completed", 9.0, 12.6),
    "23": ("completed", 10.0, 13.0),
    "24": ("partial", 3.0, 7.0),
    "25": ("no_input", None, None),
}

pytestmark = [
    pytest.mark.live,
    pytest.mark.script,
    pytest.mark.timeout(170),
    pytest.mark.skipif(not SWITCH, reason="OKLIK_LIVE_SWITCH is not set"),
    NEEDS_SIPP,
]


@pytest.fixture
def speakers(tmp_path: Path) -> Iterator[int]:
    """The port on which they are called."""
    with played(Path(__file__).with_name("speakers.xml"), tmp_path, media_port=31000) as port:
        yield port


def test_what_people_say_lies_beside_the_report(tmp_path: Path, speakers: int) -> None:
    people, scenario, report = tmp_path / "people.csv", tmp_path / "voices.yaml", tmp_path / "report.xlsx"
    scenario.write_text(SCENARIO, "utf-8")
    with people.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(["Телефон", "Часовой пояс"])
        lines.writerows([f"890723735{ending}", noon_somewhere()] for ending in EXPECTED)
    home = tmp_path / "home"
    command = [sys.executable, "-c", "from oklik.cli import main; main()", "run", scenario, people, "--report", report]
    command += ["--switch", SWITCH, "--dial-string", f"{DIAL}{speakers}", "--caller-id", "74951234567", "--no-retry"]
    command += ["--json", "--channels", "5", "--cps", "5"]
    ended = subprocess.run(
        command, env=os.environ | {"OKLIK_HOME": str(home)}, capture_output=True, text=True, timeout=150, check=False
    )
    assert ended.returncode == 0, ended.stderr
    head, *found = openpyxl.load_workbook(report)["Контакты"].iter_rows()
    names = [cell.value for cell in head]
    by_number = {str(row[names.index("Телефон")].value)[-2:]: row[names.index("comment")] for row in found}
    lengths = {}
    for ending, cell in by_number.items():
        if cell.hyperlink is not None:
            with wave.open(str(tmp_path / cell.hyperlink.target.replace("\\", "/"))) as sound:
                lengths[ending] = sound.getnframes() / sound.getframerate()
    assert lengths.keys() == {ending for ending, (_, low, _) in EXPECTED.items() if low is not None}
    for ending, seconds in lengths.items():
        _, low, high = EXPECTED[ending]
        assert low is not None
        assert high is not None
        assert low <= seconds <= high, (ending, lengths)
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["answers"] == {"comment": {"recorded": 4}}
    assert told["dispositions"] == {"completed": 3, "partial": 1, "no_input": 1}
    kept = {path.name for path in (home / "voice-answers").rglob("*.wav")}
    assert kept == {path.name for path in (tmp_path / "report_recordings").iterdir()}, "nothing else was left behind"
