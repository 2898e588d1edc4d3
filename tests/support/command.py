"""The real command in a process of its own, with a home of its own; one PostgreSQL for all rehearsals of a session."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oklik.store.postgres import EmbeddedPostgres
from support.patience import LONG_S

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from oklik.cli import main; main()"]
SCENARIO = """\
format: 1
name: short
title: Короткий опрос
languages: [ru]
purpose: survey
start: question
columns:
  name: {title: Имя, type: text}
nodes:
  question:
    kind: menu
    text: Вы довольны? Да — один, нет — два.
    question: happy
    options:
      1: {exit: end, value: "yes", label: Да}
      2: {exit: end, value: "no", label: Нет}
    exits: {end: bye, no_input: bye}
  bye:
    kind: hangup
    text: Спасибо.
"""
POPULATION = """\
outcomes: {answer: 7, no_answer: 1, busy: 1, unreachable: 0, invalid: 1, machine: 0, rejected: 0, line_fault: 0}
personas: {calm: {share: 1}}
"""


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: list[str]

    @property
    def summary(self) -> dict[str, Any]:
        """The object that --json prints last."""
        return json.loads(self.out.strip().splitlines()[-1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of a user without any setting of ours but the home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKLIK_")}
    ours = {"PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT / 'web'}", "OKLIK_HOME": str(home)}
    return {**kept, **ours, "OKLIK_WEB": "127.0.0.1:0", **more}  # several of them run at once


def begin(*arguments: object, home: Path, cwd: Path | None = None, **more: str) -> "subprocess.Popen[str]":
    """Start the command and go on."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment(home, **more),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: "subprocess.Popen[str]", timeout: float = LONG_S) -> Ended:
    """Wait for it."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        pytest.fail(f"the command does not end: {err}")
    return Ended(process.returncode, out, err.splitlines())


def command(*arguments: object, home: Path, cwd: Path | None = None, **more: str) -> Ended:
    """Run the command to its end."""
    return end(begin(*arguments, home=home, cwd=cwd, **more))


class Workshop:
    """Runs commands in forks of a process that has loaded the code already.  May be used by several threads."""

    def __init__(self) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked_command.py")],
            env=environment(Path("/nowhere")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turn = threading.Lock()
        self._ends: dict[int, Ended] = {}
        self._told = threading.Condition()
        self._number = 0
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def command(self, *arguments: object, home: Path, cwd: Path = ROOT, **more: str) -> Ended:
        """As the function of this name."""
        assert self._mother.stdin is not None
        order = {
            "arguments": [str(one) for one in arguments],
            "environment": environment(home, **more),
            "cwd": str(cwd),
        }
        with self._turn:
            self._number += 1
            number = self._number
            self._mother.stdin.write(json.dumps(order | {"number": number}) + "\n")
            self._mother.stdin.flush()
        with self._told:
            assert self._told.wait_for(lambda: number in self._ends, timeout=LONG_S), "the command does not end"
            return self._ends.pop(number)

    def _listen(self) -> None:
        assert self._mother.stdout is not None
        for line in self._mother.stdout:
            told = json.loads(line)
            with self._told:
                self._ends[told["number"]] = Ended(told["code"], told["out"], told["err"].splitlines())
                self._told.notify_all()

    def close(self) -> None:
        """End the mother process."""
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait(LONG_S)
        self._listener.join(LONG_S)
        self._mother.stdout.close()


def processes(home: Path) -> dict[int, str]:
    """Processes that work for a home, by their environment: number -> command line."""
    found = {}
    for place in Path("/proc").iterdir():
        if not place.name.isdigit() or int(place.name) == os.getpid():
            continue
        try:
            if f"OKLIK_HOME={home}\0".encode() in (place / "environ").read_bytes():
                found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def child(home: Path, module: str) -> int | None:
    """The process of one of our modules."""
    return next((pid for pid, line in processes(home).items() if f" -m {module}" in line), None)


def web_address(home: Path) -> str | None:
    """Where the web process listens, from its sockets; None while it does not."""
    pid = child(home, "oklik_web")
    return None if pid is None else _listens(Path(f"/proc/{pid}"))


def _listens(process: Path) -> str | None:
    held = set()
    with suppress(OSError):  # it ends just now
        for descriptor in process.joinpath("fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                held.add(str(descriptor.readlink()))
        for row in process.joinpath("net/tcp").read_text("ascii").splitlines()[1:]:
            words = row.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in held:
                return f"http://127.0.0.1:{int(words[1].rpartition(':')[2], 16)}/"
    return None


class Ledger:
    """What the virtual switches of a home have dialed since this object was made."""

    def __init__(self, home: Path) -> None:
        self._path = home / "logs" / "virtual-switch.ledger"
        self._begins = self._path.stat().st_size if self._path.exists() else 0

    def dialed(self) -> list[str]:
        """Numbers in the order they were dialed."""
        return self.numbers("dial")

    def numbers(self, event: str) -> list[str]:
        """Numbers of the events of a kind, in their order."""
        return [line["number"] for line in self._lines() if line["event"] == event]

    def taken(self) -> set[str]:
        """The legs of those who called us and were answered."""
        lines = self._lines()
        inbound = {line["uuid"] for line in lines if line["event"] == "inbound"}
        return {line["uuid"] for line in lines if line["event"] == "answered"} & inbound

    def _lines(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._begins)
            whole = [line for line in file.read().split(b"\n")[:-1] if line]
        return [json.loads(line) for line in whole]


@dataclass(frozen=True)
class Desk:
    """A home, and files to run: scenario.yaml, people.csv, population.yaml."""

    home: Path
    files: Path
    server: EmbeddedPostgres

    def run(self, contacts: Path, report: Path, *more: object) -> list[object]:
        """The arguments of a run on the virtual switch."""
        population = ("--population", self.files / "population.yaml")
        fast = ("--speed", 200, "--channels", 20, "--cps", 20, "--seed", 5)
        return ["run", self.files / "scenario.yaml", contacts, "--report", report, "--json", *population, *fast, *more]

    def people(self, count: int, *, first: int = 1) -> Path:
        """A list of people whose numbers no other list has, if `first` is told apart."""
        path = self.files / f"people-{first}-{count}.csv"
        rows = [f"Человек {n};+7916{first:03d}{n:04d}" for n in range(count)]
        path.write_text("\n".join(["Имя;Телефон", *rows]) + "\n", "utf-8")
        return path

    def databases(self) -> set[str]:
        """Rehearsals that are there."""
        return {str(name) for name in self.server._databases() if str(name).startswith("rehearsal_")}
