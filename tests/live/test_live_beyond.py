"""Requests and a plug-in in calls on a real FreeSWITCH: the answer is spoken, whoever hangs up meanwhile is noticed."""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openpyxl
import pytest

from support import plugin

pytestmark = pytest.mark.live

SWITCH = os.environ.get("OKLIK_LIVE_SWITCH", "")
DIAL = os.environ.get("OKLIK_LIVE_RUN_DIAL", "sofia/gateway/pstn/{digits}")
SCENARIO = """\
format: 1
name: balance
title: Баланс
languages: [ru]
purpose: informational
start: ask
nodes:
  ask:
    kind: request
    url: http://localhost:PORT/balance
    timeout_s: 12
    waiting: Секунду.
    answers: {sum: {path: balance, type: money, example: "1500.50"}}
    exits: {ok: choose, failed: sorry}
  choose:
    kind: hook
    hook: test.offer
    arguments: {debt: "{{ sum }}"}
    outcomes: [discount, nothing]
    timeout_s: 10
    answers: {percent: {type: number, example: "5"}}
    exits: {discount: told, nothing: sorry, failed: sorry}
  told:
    kind: play
    text: Ваш баланс {{ sum | money('RUB') }}, скидка {{ percent | count('процент') }}.
    message: true
    exits: {done: bye}
  sorry: {kind: hangup, outcome: no_input}
  bye: {kind: hangup}
"""
# last two digits of the number -> what becomes of the contact; 05 hangs up after three seconds, the answer takes six
EXPECTED = {"05": "hung_up", "08": "completed"}


class Slow(BaseHTTPRequestHandler):
    """Says a balance after a while."""

    def do_GET(self) -> None:
        time.sleep(6)
        body = b'{"balance": 1234.56}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.timeout(200)
@pytest.mark.skipif(not SWITCH, reason="OKLIK_LIVE_SWITCH is not set")
def test_an_answer_is_spoken_and_a_hang_up_meanwhile_is_noticed(tmp_path: Path, port: int) -> None:
    scenario, people, report = tmp_path / "s.yaml", tmp_path / "people.csv", tmp_path / "report.xlsx"
    scenario.write_text(SCENARIO.replace("PORT", str(port)), "utf-8")
    zone = f"UTC{12 - dt.datetime.now(dt.UTC).hour:+d}"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Имя", "Телефон", "Часовой пояс"])
        rows.writerows(["Иван", f"890723736{ending}", zone] for ending in EXPECTED)
    folder = tmp_path / "plugin"
    folder.mkdir()
    plugin.write(folder)
    path = os.pathsep.join((str(folder), *(part for part in sys.path if part)))
    command = [sys.executable, "-c", "from oklik.cli import main; main()", "run", scenario, people, "--report", report]
    command += ["--switch", SWITCH, "--dial-string", DIAL, "--caller-id", "74951234567", "--no-retry", "--json"]
    more = {"OKLIK_HOME": str(tmp_path / "home"), "OKLIK_REQUEST_HOSTS": f"http://localhost:{port}", "PYTHONPATH": path}
    ended = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])["dispositions"] == dict.fromkeys(EXPECTED.values(), 1)
    head, *found = openpyxl.load_workbook(report)["Контакты"].iter_rows(values_only=True)
    by_number = {str(row[head.index("Телефон")])[-2:]: dict(zip(head, row, strict=True)) for row in found}
    assert by_number["05"]["Кто завершил"] == "Абонент"
    assert by_number["08"]["Прослушано"] == 1
    talks = {number: row["Разговор, с"] for number, row in by_number.items() if "Разговор, с" in row}
    assert not talks or talks["05"] < 5
