"""The virtual switch as a process: how it is started, what it says, how it ends."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oklik.telephony.virtual.__main__ import main
from support.patience import LONG_S

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[2]
PASSWORD = "process-password"


def start(*arguments: str, password: str | None = PASSWORD) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "platform")}
    environment.pop("OKLIK_SWITCH_PASSWORD", None)
    if password is not None:
        environment["OKLIK_SWITCH_PASSWORD"] = password
    return subprocess.Popen(
        [sys.executable, "-m", "oklik.telephony.virtual", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, object]]]:
    process = start("--listen", "127.0.0.1:0", "--with-parent", "--speed", "50", "--ledger", str(tmp_path / "l"))
    assert process.stdout is not None
    with process:
        yield process, json.loads(process.stdout.readline())
        process.kill()


def test_it_listens_says_where_and_ends_with_its_parent(switch):
    process, ready = switch
    assert set(ready) == {"host", "port", "core_uuid", "pid"}
    assert ready["pid"] == process.pid
    with (
        socket.create_connection((ready["host"], ready["port"]), timeout=LONG_S) as client,
        client.makefile("rb") as stream,
    ):
        assert stream.readline() == b"Content-Type: auth/request\n"
        client.sendall(f"auth {PASSWORD}\n\napi global_getvar core_uuid\n\nexit\n\n".encode())
        heard = stream.read().decode()  # to the end: it closes after exit
    assert "+OK accepted" in heard
    assert str(ready["core_uuid"]) in heard
    assert heard.endswith("http://www.cluecon.com/\n")
    process.stdin.close()
    assert process.wait(LONG_S) == 0


def test_a_call_runs_at_the_speed_that_was_asked_for(switch, tmp_path: Path):
    _, ready = switch
    with (
        socket.create_connection((ready["host"], ready["port"]), timeout=LONG_S) as client,
        client.makefile("rb") as stream,
    ):
        client.sendall(f"auth {PASSWORD}\n\nevent plain CHANNEL_HANGUP_COMPLETE\n\n".encode())
        client.sendall(b"bgapi originate {origination_uuid=u1}null/x &sleep(5000)\n\n")
        seconds = next(int(line.split()[1]) for line in stream if line.startswith(b"variable_billsec"))
    assert 4 <= seconds <= 30  # a tenth of a second of ours, five of its own (and what a busy machine adds)
    lines = [json.loads(line) for line in (tmp_path / "l").read_text().splitlines()]
    assert [x["event"] for x in lines] == ["dial", "ended"]
    assert lines[1]["real"] - lines[0]["real"] < (lines[1]["t"] - lines[0]["t"]) / 10


@pytest.mark.parametrize(
    ("arguments", "password", "told"),
    [
        (("--listen", "127.0.0.1:0"), None, "set OKLIK_SWITCH_PASSWORD"),
        (("--listen", "127.0.0.1:0"), "", "set OKLIK_SWITCH_PASSWORD"),
        (("--listen", "nowhere"), PASSWORD, "is not HOST:PORT"),
        (("--listen", "127.0.0.1:0", "--speed", "0"), PASSWORD, "is not a number above 0"),
        (("--listen", "127.0.0.1:0", "--population", "/nowhere/p.yaml"), PASSWORD, "cannot be read"),
        (("--listen", "127.0.0.1:0", "--ledger", "/nowhere/ledger"), PASSWORD, "cannot be written"),
        (("--listen", "192.0.2.1:1"), PASSWORD, "cannot listen on 192.0.2.1:1"),
    ],
)
def test_bad_input_is_told_in_one_line_with_exit_code_2(
    arguments: tuple[str, ...],
    password: str | None,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(sys, "argv", ["virtual", *arguments])
    monkeypatch.delenv("OKLIK_SWITCH_PASSWORD", raising=False)
    if password is not None:
        monkeypatch.setenv("OKLIK_SWITCH_PASSWORD", password)
    try:
        code = main()
    except SystemExit as leaving:  # argparse
        code = leaving.code
    assert code == 2
    error = capsys.readouterr().err.strip().split("\n")
    assert told in error[-1]
