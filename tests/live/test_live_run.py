"""`oklik run` from file to file on a real FreeSWITCH with SIPp as the callees: see README.md beside this file."""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from support.live_switch import SWITCH, guarded

pytestmark = pytest.mark.live

DIAL = os.environ.get("OKLIK_LIVE_RUN_DIAL", "sofia/gateway/pstn/{digits}")
SCENARIO = Path(__file__).parents[2] / "scenarios/debt-reminder/ru.yaml"
# last two digits of the number -> what becomes of the contact
EXPECTED = {
    "00": "busy",
    "01": "no_answer",
    "02": "invalid_number",
    "03": "line_fault",
    "04": "unreachable",
    "05": "hung_up",
    "06": "completed",
    "07": "rejected",
    "08": "no_input",
    "10": "transferred",
}


def noon_somewhere() -> str:
    """A zone in which it is about noon, so that the calling hours never stand in the way."""
    offset = 12 - dt.datetime.now(dt.UTC).hour
    return f"UTC{offset:+d}"


@pytest.mark.timeout(300)
@pytest.mark.skipif(not SWITCH, reason="OKLIK_LIVE_SWITCH is not set")
def test_a_list_becomes_a_report(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["ФИО", "Телефон", "Сумма долга", "Срок оплаты", "Часовой пояс"])
        for ending in EXPECTED:
            rows.writerow(["Иванов Иван Иванович", f"890723735{ending}", "1 500,50", "01.12.2030", noon_somewhere()])
    report = tmp_path / "report.xlsx"
    agents = ",".join(DIAL.replace("{digits}", number) for number in ("79990000000", "79990000051"))
    home = tmp_path / "home"
    command = [sys.executable, "-c", "from oklik.cli import main; main()", "run", SCENARIO, people, "--report", report]
    command += ["--switch", SWITCH, "--dial-string", DIAL, "--caller-id", "74951234567", "--no-retry", "--json"]
    command += ["--channels", "5", "--cps", "2", "--agents", f"collectors={agents}"]
    ended = subprocess.run(
        command,
        env=os.environ | {"OKLIK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("нет oklik.lua") == (0 if guarded() else 1), "what is less there is said once"
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["dispositions"] == dict.fromkeys(EXPECTED.values(), 1)
    assert told["attempts"] == len(EXPECTED)
    assert told["answers"]["intent"] == {"promise": 1, "agent": 1}
    head, *found = openpyxl.load_workbook(report)["Контакты"].iter_rows(values_only=True)
    by_number = {str(row[head.index("Телефон")])[-2:]: dict(zip(head, row, strict=True)) for row in found}
    assert by_number["06"]["Прослушано"] == 1, "the message was heard to its end"
    assert by_number["05"]["Кто завершил"] == "Абонент"
    assert by_number["08"]["Кто завершил"] == "Система"
    # They share a name, and each has a number of his own: nobody was dialed twice.
    attempts = list(openpyxl.load_workbook(report)["Попытки"].iter_rows(values_only=True, min_row=2))
    assert len({row[2] for row in attempts}) == len(attempts) == len(EXPECTED)
