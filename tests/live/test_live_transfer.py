"""Transfers of `oklik run` on a real FreeSWITCH: to a number, left by a key, over by the limit; and early keys."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from live.test_live_run import DIAL, SWITCH, noon_somewhere

pytestmark = [pytest.mark.live, pytest.mark.timeout(200), pytest.mark.skipif(not SWITCH, reason="no real switch")]

SCENARIO = """
format: 1
name: transfers
title: Переводы
languages: [ru]
purpose: informational
start: ask
columns:
  way: {title: Путь}
  manager: {title: Менеджер, type: phone}
nodes:
  ask:
    kind: menu
    text: Добрый день. Оператор — ноль.
    options: {"0": {exit: agent}, "1": {exit: survey}}
    exits: {agent: which, survey: second, no_input: bye}
  second:
    kind: menu
    text: Спасибо. Второй вопрос. Пять или шесть?
    question: second
    early_keys: keep
    tries: 1
    options: {"5": {exit: next, label: Пять}, "6": {exit: next, label: Шесть}}
    exits: {next: bye, no_input: nobody}
  which:
    kind: branch
    cases:
      - {exit: number, conditions: [{field: way, op: equals, value: number}]}
      - {exit: key, conditions: [{field: way, op: equals, value: key}]}
    exits: {number: manager, key: waits, else: limited}
  manager:
    kind: transfer
    number: manager
    exits: {talked: bye, no_agent: nobody}
  waits:
    kind: transfer
    group: absent
    ring_s: 20
    leave_key: "*"
    waiting: Ждите. Не ждать — звёздочка.
    position: Вы {{ position | ordinal }} в очереди.
    exits: {talked: nobody, no_agent: nobody, left: gone}
  limited:
    kind: transfer
    group: out
    ring_s: 5
    wait_s: 14
    exits: {talked: bye, no_agent: nobody}
  gone: {kind: hangup, outcome: declined}
  nobody: {kind: hangup, outcome: no_agent}
  bye: {kind: hangup}
"""
# number's ending -> the way it takes, and what becomes of the contact
PEOPLE = {
    "1162": ("number", "transferred"),
    "2262": ("key", "declined"),
    "3362": ("limit", "no_agent"),
    "4461": ("", "completed"),
}


def test_ways_of_a_transfer_and_early_keys(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    people = tmp_path / "people.csv"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Телефон", "Путь", "Менеджер", "Часовой пояс"])
        for ending, (way, _) in PEOPLE.items():
            rows.writerow([f"8907237{ending}", way, "8 999 000-00-51" if way == "number" else "", noon_somewhere()])
    command: list[Any] = [sys.executable, "-c", "from oklik.cli import main; main()", "run"]
    command += [tmp_path / "scenario.yaml", people, "--report", tmp_path / "report.xlsx", "--switch", SWITCH]
    command += ["--dial-string", DIAL, "--caller-id", "74951234567", "--no-retry", "--json", "--channels", "9"]
    absent = DIAL.replace("{digits}", "79990000001")
    command += ["--cps", "3", "--agents", f"absent={absent}", "--agents", f"out={absent.replace('0001', '1101')}"]
    environment = os.environ | {"OKLIK_HOME": str(tmp_path / "home")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["dispositions"] == {result: 1 for _, result in PEOPLE.values()}, ended.stderr
    assert told["answers"]["second"] == {"5": 1}, "pressed in one breath with the first answer"
    assert told["attempts"] == len(PEOPLE)
