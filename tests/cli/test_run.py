"""`oklik run` on the virtual switch: its promises, and what it does when it is stopped, killed, or loses a child."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from cli.conftest import Desk, Ledger, begin, child, command, end, processes, until

pytestmark = pytest.mark.integration

KEYS = ["contacts", "skipped", "attempts", "dispositions", "answers", "report", "seconds"]
SLOW = ("--speed", 60, "--channels", 3, "--cps", 3, "--no-retry")


def test_a_small_list_is_called_and_reported(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    report = folder / "report.xlsx"
    ended = command(*desk.run(desk.people(12), report), home=desk.home)
    assert ended.code == 0, ended.err
    assert list(ended.summary) == KEYS
    assert ended.summary["contacts"] == 12
    assert ended.summary["skipped"] == 0
    assert sum(ended.summary["dispositions"].values()) == 12
    assert sum(ended.summary["answers"]["happy"].values()) > 0
    assert ended.summary["report"] == str(report)
    assert report.read_bytes()[:2] == b"PK"
    assert [line.name for line in folder.iterdir()] == ["report.xlsx"]
    # Out of a terminal: lines on standard error, nothing but the object on standard output.
    assert len(ended.out.splitlines()) == 1
    assert any(line.startswith("Виртуальный коммутатор") for line in ended.err)
    assert any(line.startswith("Обзвон: ✓") for line in ended.err)
    assert "\x1b" not in "".join(ended.err)
    assert len(ledger.dialed()) == ended.summary["attempts"]
    assert desk.databases() == set()
    assert processes(desk.home) == {}


def test_the_same_seed_gives_the_same_people(desk: Desk, folder: Path):
    contacts = desk.people(12, first=2)
    # The caller id makes two campaigns of them, and nobody in the population looks at it.
    running = [
        begin(
            *desk.run(contacts, folder / f"{number}.xlsx", "--no-retry", "--language", "en", "--caller-id", number),
            home=desk.home,
        )
        for number in (100, 200)
    ]
    first, second = (end(one) for one in running)
    for name in ("contacts", "attempts", "dispositions", "answers"):
        assert first.summary[name] == second.summary[name]
    assert first.summary["attempts"] == 12  # one each: nobody is called again
    assert first.err[0] == "Virtual switch: nobody real is called, time runs 200 times as fast"
    assert first.err[-1].startswith("Done in ")


def test_ctrl_c_ends_in_peace_and_the_same_command_goes_on(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    arguments = desk.run(desk.people(30, first=3), folder / "r.xlsx", *SLOW)
    running = begin(*arguments, home=desk.home)
    until(lambda: len(ledger.dialed()) >= 6, "six calls")
    running.send_signal(signal.SIGINT)
    stopped = end(running)
    assert stopped.code == 1
    assert stopped.err[-1] == "Обзвон остановлен. Та же команда продолжит его с этого места"
    assert any(line.startswith("Останавливаюсь") for line in stopped.err)
    assert (folder / "r.xlsx").exists()
    called = ledger.dialed()
    assert 6 <= len(called) < 30
    assert stopped.summary["attempts"] == len(called)
    assert processes(desk.home) == {}
    assert len(desk.databases()) == 1

    ended = command(*arguments, "--channels", 20, "--cps", 20, "--speed", 200, home=desk.home)  # faster now
    assert ended.code == 0, ended.err
    assert any(line.startswith("Этот обзвон уже начат") for line in ended.err)
    assert set(Counter(ledger.dialed()).values()) == {1}
    assert len(ledger.dialed()) == ended.summary["attempts"] == 30
    assert desk.databases() == set()


def test_killed_as_a_whole_it_leaves_nobody_and_goes_on(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    arguments = desk.run(desk.people(30, first=4), folder / "r.xlsx", *SLOW)
    running = begin(*arguments, home=desk.home)
    until(lambda: len(ledger.dialed()) >= 6, "six calls")
    running.kill()
    end(running)
    assert not (folder / "r.xlsx").exists()
    # At once, while the orphans are still ending their calls.
    ended = command(*arguments, "--channels", 20, "--cps", 20, "--speed", 200, home=desk.home)
    assert ended.code == 0, ended.err
    assert set(Counter(ledger.dialed()).values()) == {1}
    assert len(ledger.dialed()) == 30
    assert sum(ended.summary["dispositions"].values()) == 30
    until(lambda: not processes(desk.home), "the orphans are gone", timeout=15)


def test_killed_as_a_whole_its_children_end_by_themselves(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    running = begin(*desk.run(desk.people(30, first=6), folder / "r.xlsx", *SLOW), home=desk.home)
    until(lambda: len(ledger.dialed()) >= 6, "six calls")
    running.kill()
    end(running)
    until(lambda: not processes(desk.home), "the children are gone", timeout=15)
    assert len(ledger.dialed()) < 30
    assert not (folder / "r.xlsx").exists()


def test_children_that_die_are_started_again(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    running = begin(*desk.run(desk.people(40, first=5), folder / "r.xlsx", *SLOW), home=desk.home)
    for calls, module in ((4, "oklik.worker"), (8, "oklik.jobs"), (12, "oklik.telephony.virtual")):
        until(lambda calls=calls: len(ledger.dialed()) >= calls, f"{calls} calls")
        os.kill(until(lambda module=module: child(desk.home, module), module), signal.SIGKILL)
    ended = end(running)
    assert ended.code == 0, ended.err
    again = [line for line in ended.err if "запущен снова" in line]
    assert sorted(again) == [f"{name} запущен снова" for name in ("dialer", "jobs", "virtual switch")]
    assert set(Counter(ledger.dialed()).values()) == {1}
    assert len(ledger.dialed()) == 40
    assert sum(ended.summary["dispositions"].values()) == 40


def test_it_gives_up_when_the_voice_breaks_down(desk: Desk, folder: Path):
    def broken(name: str) -> Path:
        """A voice that speaks the trial and nothing else."""
        counter, speaker, voices = folder / f"{name}.count", folder / f"{name}.sh", folder / f"{name}.yaml"
        speaker.write_text(
            f"#!/bin/sh\necho >> {counter}\n[ $(wc -l < {counter}) = 1 ] || exit 1\nexec espeak-ng --stdout Test\n"
        )
        speaker.chmod(0o755)
        voice = {"kind": "command", "name": name, "local": True, "languages": {"ru": "ru"}}
        voices.write_text(json.dumps({"voices": [voice | {"arguments": [str(speaker)]}]}))
        return voices

    # With so few contacts it might be their texts; with more it is the voice.
    lists = {"few": desk.people(5, first=8), "many": desk.people(12, first=8)}
    running = {
        name: begin(
            *desk.run(contacts, folder / f"{name}.xlsx", "--voices", broken(name), "--caller-id", "100"), home=desk.home
        )
        for name, contacts in lists.items()
    }
    few, many = end(running["few"]), end(running["many"])
    assert (few.code, many.code) == (1, 1)
    assert "Не озвучены, а потому не вызваны: 5. Почему — в отчёте" in few.err
    assert any(line.startswith("Голос не работает, озвучить остальных нечем: ") for line in many.err), many.err
    assert many.err[-1] == "Та же команда продолжит обзвон с этого места"
    assert few.summary["attempts"] == many.summary["attempts"] == 0
    assert processes(desk.home) == {}


def test_a_second_one_of_the_same_does_not_disturb_the_first(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    arguments = desk.run(desk.people(200, first=9), folder / "r.xlsx", *SLOW)
    running = begin(*arguments, home=desk.home)
    until(ledger.dialed, "a call")
    second = command(*arguments, home=desk.home)
    assert second.code == 2
    assert second.err[-1].startswith("oklik: узел node1 уже ведёт другой процесс")
    assert running.poll() is None
    for _ in range(2):  # the second time: no waiting for those who talk
        running.send_signal(signal.SIGTERM)
    assert end(running).code == 1
    assert set(Counter(ledger.dialed()).values()) == {1}
