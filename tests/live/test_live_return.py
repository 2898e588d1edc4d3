"""People who call back during `oklik run` on a real FreeSWITCH, a stranger, and one who finds no dialer there."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest

from live.test_live_run import DIAL, SWITCH, noon_somewhere
from support.callers import call_us

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(170),
    pytest.mark.skipif(not SWITCH, reason="OKLIK_LIVE_SWITCH is not set"),
    pytest.mark.skipif(shutil.which("sipp") is None, reason="SIPp"),
]

SCENARIO = """
format: 1
name: returning
title: Уведомление
languages: [ru]
purpose: informational
start: told
nodes:
  told: {kind: play, text: "Добрый день. Ваш заказ готов, приходите.", message: true, exits: {done: bye}}
  bye: {kind: hangup}
"""
OURS = "74951234567"
BUSY, RINGING = "79072374500", "79072374601"  # what their endings do: see callees.xml


def api(command: str) -> str:
    """Ask the switch."""
    where = urlsplit(SWITCH)
    with socket.create_connection((where.hostname, where.port or 8021), 5) as link:
        link.sendall(f"auth {unquote(where.password or '')}\n\napi {command}\n\n".encode())
        file, length = link.makefile("rb"), 0
        while not (length := length or 0):
            line = file.readline().decode()
            if line.lower().startswith("content-length:"):
                length = int(line.split(":")[1])
        file.readline()
        return file.read(length).decode()


def until(what: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def volume(file: Path, channel: str) -> float:
    """Mean loudness of a channel in dB, while we speak: the switch's last packets at the hang-up are anything."""
    how = f"atrim=0:4,pan=mono|c0={channel},volumedetect"
    ask = ["ffmpeg", "-hide_banner", "-i", file, "-af", how, "-f", "null", "-"]
    told = subprocess.run(ask, capture_output=True, text=True, check=True).stderr
    return float(told.partition("mean_volume: ")[2].split()[0])


@pytest.mark.script
def test_who_calls_back_hears_the_campaign_and_is_done(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, "utf-8")
    people, report = tmp_path / "people.csv", tmp_path / "report.xlsx"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Телефон", "Часовой пояс"])
        for number in (BUSY, RINGING):
            rows.writerow([number, noon_somewhere()])
    command: list[Any] = [sys.executable, "-c", "from oklik.cli import main; main()", "run"]
    command += [tmp_path / "scenario.yaml", people, "--report", report, "--switch", SWITCH, "--record", "call"]
    command += ["--dial-string", DIAL, "--caller-id", OURS, "--no-retry", "--json"]
    process = subprocess.Popen(
        command, env=os.environ | {"OKLIK_HOME": str(tmp_path / "home")}, stdout=subprocess.PIPE, text=True
    )
    callers = []
    try:
        until(lambda: RINGING[1:] in api("show channels"), 90)
        time.sleep(1)
        callers += [call_us(tmp_path, BUSY, OURS), call_us(tmp_path, "79990000008", OURS)]
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert callers[0].wait(10) == 0, "we ended the call in order"
    finally:
        for one in (process, *callers):
            one.kill()
            one.wait()
    told = json.loads(out.splitlines()[-1])
    assert (told["attempts"], told["returned"]) == (2, 1)
    assert told["dispositions"] == {"completed": 1, "no_answer": 1}
    head, *found = openpyxl.load_workbook(report)["Попытки"].iter_rows()
    titles = [cell.value for cell in head]
    (back,) = [row for row in found if row[titles.index("Кто звонил")].value == "Абонент"]
    assert back[titles.index("Прослушано")].value == 1
    file_of_call = tmp_path / back[titles.index("Запись")].hyperlink.target.replace("\\", "/")
    person, robot = volume(file_of_call, "FL"), volume(file_of_call, "FR")
    assert person < -60 < -40 < robot, "the person, who said nothing, is at the left"


def test_with_no_dialer_there_a_polite_sentence_is_played(tmp_path: Path) -> None:
    caller = call_us(tmp_path, "79990000008", OURS)
    try:
        until(lambda: "nobody-ru.wav" in api("show channels"), 40)
        assert caller.wait(30) == 0
    finally:
        caller.kill()
        caller.wait()
