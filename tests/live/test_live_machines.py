"""Answering machines on a real FreeSWITCH: the beep is heard and the message left, people are talked to as ever.

The callees are in machines.xml, played by a SIPp of our own: see README.md beside this file.
"""

import audioop
import csv
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from test_live_run import SWITCH, noon_somewhere

from support.sipp import DIAL, NEEDS_SIPP, SAMPLE, played

PACKET = 160  # samples of 20 ms
SCENARIO = """\
format: 1
name: machines
title: Заказ
languages: [ru]
purpose: informational
start: hello
nodes:
  hello: {kind: play, text: Здравствуйте., exits: {done: ask}}
  ask: {kind: menu, text: Нажмите один., timeout_s: 5, tries: 2, options: {"1": {exit: yes, label: Да}},
        exits: {"yes": tell, no_input: none}}
  tell: {kind: play, text: Ваш заказ готов к выдаче., message: true, exits: {done: bye}}
  bye: {kind: hangup}
  none: {kind: hangup, outcome: no_input}
"""

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(170),
    pytest.mark.skipif(not SWITCH, reason="OKLIK_LIVE_SWITCH is not set"),
    NEEDS_SIPP,
]


def a_law(samples: np.ndarray) -> bytes:
    """16-bit samples as G.711 A-law."""
    return audioop.lin2alaw(samples.astype("<i2").tobytes(), 2)


def pcap(path: Path, sound: bytes) -> None:
    """RTP packets of A-law as SIPp plays them: Ethernet, IP, UDP, RTP, one each 20 ms."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for n in range(len(sound) // PACKET):
            rtp = struct.pack(">BBHII", 0x80, 8, n, n * PACKET, 1) + sound[n * PACKET : (n + 1) * PACKET]
            udp = struct.pack(">HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), n, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
            frame = bytes(12) + b"\x08\0" + ip + udp
            seconds, micros = divmod(n * 20_000, 1_000_000)
            file.write(struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame)


def first_seconds(sample: Path, seconds: float) -> bytes:
    """The speech of a pcap's first packets."""
    data, at, sound = sample.read_bytes(), 24, b""
    while at < len(data) and len(sound) < 8000 * seconds:
        length = struct.unpack_from("<I", data, at + 8)[0]
        sound += data[at + 16 + length - PACKET : at + 16 + length]
        at += 16 + length
    return sound


@pytest.fixture
def callees(tmp_path: Path) -> Iterator[int]:
    """The port on which they are called."""
    pcap(tmp_path / "speech.pcap", first_seconds(SAMPLE, 4.0))
    pcap(tmp_path / "beep.pcap", a_law(12000 * np.sin(np.arange(4800) * 2 * np.pi * 1000 / 8000)))
    with played(Path(__file__).with_name("machines.xml"), tmp_path, media_port=32000) as port:
        yield port


def test_the_message_is_left_after_the_beep_and_people_are_asked(tmp_path: Path, callees: int) -> None:
    people, scenario, report = tmp_path / "people.csv", tmp_path / "machines.yaml", tmp_path / "report.xlsx"
    scenario.write_text(SCENARIO, "utf-8")
    with people.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(["Телефон", "Часовой пояс"])
        lines.writerows([f"890723735{ending}", noon_somewhere()] for ending in ("31", "32", "33"))
    environment = os.environ | {"OKLIK_HOME": str(tmp_path / "home")}

    def oklik(*arguments: object) -> str:
        command = [sys.executable, "-c", "from oklik.cli import main; main()", *map(str, arguments)]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()[-1]

    told = json.loads(
        oklik(
            *("run", scenario, people, "--report", report, "--switch", SWITCH, "--no-retry", "--json"),
            *("--dial-string", f"{DIAL}{callees}", "--caller-id", "74951234567", "--channels", "5", "--cps", "5"),
            *("--machines", "leave-message"),
        )
    )
    assert told["dispositions"] == {"completed": 1, "machine": 1, "no_input": 1}
    head, *found = openpyxl.load_workbook(report)["Контакты"].iter_rows(values_only=True)
    outcomes = {str(row[head.index("Телефон")])[-2:]: row for row in found}
    assert "Автоответчик" in outcomes["31"]
    signs = json.loads(oklik("campaign", "machines", "1", "--json"))
    assert (signs["answered"], signs["keyed"], signs["beeped"], signs["messages"]) == (3, 1, 1, 1)
