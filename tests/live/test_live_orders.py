"""Calls at a person's order on a real FreeSWITCH: the agent's phone first, then the person's, and the two talk."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from live.test_live_return import api, until
from live.test_live_run import DIAL, SWITCH, noon_somewhere

pytestmark = [pytest.mark.live, pytest.mark.timeout(240), pytest.mark.skipif(not SWITCH, reason="no real switch")]

OKLIK: list[Any] = [sys.executable, "-c", "from oklik.cli import main; main()"]
SCENARIO = """
format: 1
name: ordered
title: По заказу
languages: [ru]
purpose: informational
start: ask
nodes:
  ask:
    kind: menu
    text: Добрый день. Оператор — ноль.
    options: {"0": {exit: agent}}
    exits: {agent: sales, no_input: bye}
  sales: {kind: transfer, group: sales, exits: {talked: bye, no_agent: bye}}
  bye: {kind: hangup}
"""
RINGING, PERSON, AGENT = "89072375501", "89072375605", "79990000050"


def test_the_agent_is_there_before_the_person_is_rung(tmp_path: Path) -> None:
    """One call in ten seconds: somebody who rings for long has the first, the order goes before the queue."""
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    people, report = tmp_path / "people.csv", tmp_path / "report.xlsx"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Телефон", "Часовой пояс"])
        rows.writerows([number, noon_somewhere()] for number in (RINGING, PERSON))
    command = [*OKLIK, "run", tmp_path / "scenario.yaml", people, "--report", report, "--switch", SWITCH, "--no-retry"]
    command += ["--dial-string", DIAL, "--caller-id", "74951234567", "--json", "--channels", "5", "--cps", "0.1"]
    command += ["--agents", f"sales={DIAL.replace('{digits}', AGENT)}"]
    environment = os.environ | {"OKLIK_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        until(lambda: RINGING[1:] in api("show channels"), 90)
        ask = [*OKLIK, "call", "agent-first", "--campaign", "1", "--contact", PERSON, "--agent", "sales", "--json"]
        ordered = subprocess.run(ask, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert ordered.returncode == 0, ordered.stdout + ordered.stderr
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
    told = json.loads(ordered.stdout.splitlines()[-1])
    assert (told["state"], told["rule"], told["disposition"]) == ("done", "allowed", "transferred")
    assert json.loads(out.splitlines()[-1])["dispositions"] == {"no_answer": 1, "transferred": 1}
    _, *found = openpyxl.load_workbook(report)["Попытки"].iter_rows(values_only=True)
    assert len(found) == 2, "nobody was called twice"
