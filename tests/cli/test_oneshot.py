"""`oklik run` on the virtual switch: its promises, and what it does when it is stopped, killed, or loses a child."""

import json
import os
import shlex
import signal
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import text

from oklik.display import SilentDisplay
from oklik.keeper import Keeper
from oklik.store.engine import make_engine
from oklik.watch import Stop, Watch
from oklik.wiring import Database
from support.command import ROOT, Desk, Ledger, Workshop, begin, child, command, end, processes
from support.patience import until

pytestmark = pytest.mark.integration

KEYS = ["contacts", "skipped", "attempts", "returned", "dispositions", "not_called", "answers", "report", "seconds"]
FAST = ("--speed", 200, "--channels", 20, "--cps", 20)
SLOW = ("--speed", 60, "--channels", 3, "--cps", 3, "--no-retry")


def test_a_small_list_is_called_and_reported(desk: Desk, folder: Path):
    """Twice at the same time: the same seed gives the same people, whatever else goes on."""
    ledger = Ledger(desk.home)
    contacts, report = desk.people(12), folder / "report.xlsx"
    running = [
        begin(*desk.run(contacts, report), home=desk.home),
        # The caller id makes another campaign of it, and nobody in the population looks at it.
        begin(*desk.run(contacts, folder / "e.xlsx", "--language", "en", "--caller-id", "100"), home=desk.home),
    ]
    ended, english = (end(one) for one in running)
    assert ended.code == 0, ended.err
    assert list(ended.summary) == KEYS
    assert ended.summary["contacts"] == 12
    assert ended.summary["skipped"] == 0
    assert sum(ended.summary["dispositions"].values()) == 12
    assert ended.summary["not_called"] == 0
    assert not any(line.startswith("Не позвонили") for line in ended.err)
    assert sum(ended.summary["answers"]["happy"].values()) > 0
    assert ended.summary["report"] == str(report)
    for name in ("contacts", "attempts", "dispositions", "answers"):
        assert ended.summary[name] == english.summary[name]
    assert report.read_bytes()[:2] == b"PK"
    assert {path.name for path in folder.iterdir()} == {"report.xlsx", "e.xlsx"}
    # Out of a terminal: lines on standard error, nothing but the object on standard output.
    assert len(ended.out.splitlines()) == 1
    assert ended.err[0].startswith("Виртуальный коммутатор: никому настоящему не звонят")
    assert any(line.startswith("Обзвон: ✓") for line in ended.err)
    assert english.err[0] == "Virtual switch: nobody real is called, time runs 200 times as fast"
    assert english.err[-1].startswith("Done in ")
    assert "\x1b" not in "".join(ended.err)
    assert len(ledger.dialed()) == ended.summary["attempts"] + english.summary["attempts"]
    assert desk.databases() == set()
    assert processes(desk.home) == {}


@pytest.mark.heavy
def test_the_demo_calls_the_example_list_and_connects_people_with_agents(desk: Desk, folder: Path):
    """The very words of the Makefile: with the agents that a rehearsal gives to a group that nobody named."""
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndemo:")[2].partition("\n\n")[0]
    _, *words = shlex.split(recipe.partition("$(BIN)/oklik")[2].replace("\\\n", " "))
    report = folder / "demo.xlsx"
    words[words.index("--report") + 1] = str(report)
    ended = command("run", *words, "--json", home=desk.home, cwd=ROOT)
    assert ended.code == 0, ended.err
    assert report.exists()
    assert ended.summary["contacts"] == sum(ended.summary["dispositions"].values()) + ended.summary["not_called"]
    assert ended.summary["dispositions"]["transferred"] > 0


@pytest.mark.heavy
def test_a_file_that_comes_during_the_calls_is_not_lost(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    report, contacts = folder / "r.xlsx", desk.people(20, first=91)
    running = begin(*desk.run(contacts, report, "--speed", 60), home=desk.home)
    until(ledger.dialed, "a call")
    report.write_text("mine")
    ended = end(running)
    assert ended.code == 1
    assert "r.xlsx: за время обзвона здесь появился чужой файл" in ended.err[-1]
    assert report.read_text() == "mine"
    called = len(ledger.dialed())

    again = command(*desk.run(contacts, folder / "other.xlsx"), home=desk.home)
    assert again.code == 0, again.err
    assert any(line.startswith("Этот обзвон закончен, а отчёта ещё нет") for line in again.err)
    assert (folder / "other.xlsx").exists()
    assert len(ledger.dialed()) == called
    assert desk.databases() == set()


@pytest.mark.heavy
def test_ctrl_c_ends_in_peace_and_the_same_command_goes_on(desk: Desk, folder: Path, workshop: Workshop):
    people = 150  # there must be some left when the second command has come up
    ledger = Ledger(desk.home)
    arguments = desk.run(desk.people(people, first=3), folder / "r.xlsx", *SLOW, "--speed", 20)
    running = begin(*arguments, home=desk.home)
    until(lambda: len(ledger.dialed()) >= 6, "six calls")
    second = workshop.command(*arguments, home=desk.home)  # the impatient
    assert second.code == 2
    assert second.err[-1].startswith("oklik: узел node1 уже ведёт другой процесс")
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    stopped = end(running)
    assert stopped.code == 1
    assert stopped.err[-1] == "Обзвон остановлен. Та же команда продолжит его с этого места"
    assert any(line.startswith("Останавливаюсь") for line in stopped.err)
    assert (folder / "r.xlsx").exists()
    called = ledger.dialed()
    assert 6 <= len(called) < people
    assert stopped.summary["attempts"] == len(called)
    assert processes(desk.home) == {}
    assert len(desk.databases()) == 1
    engine = make_engine(desk.server.url(*desk.databases()), pool_size=1)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT state FROM campaign")).scalars().all() == ["paused"]
    engine.dispose()
    assert (desk.home / "logs").stat().st_mode & 0o777 == 0o700

    ended = command(*arguments, *FAST, home=desk.home)
    assert ended.code == 0, ended.err
    assert any(line.startswith("Этот обзвон уже начат") for line in ended.err)
    assert set(Counter(ledger.dialed()).values()) == {1}
    assert len(ledger.dialed()) == ended.summary["attempts"] == people  # --no-retry: one each
    assert desk.databases() == set()


@pytest.mark.heavy
def test_killed_as_a_whole_it_leaves_nobody_and_goes_on(desk: Desk, folder: Path):
    ledger = Ledger(desk.home)
    arguments = desk.run(desk.people(30, first=4), folder / "r.xlsx", *SLOW)
    running = begin(*arguments, home=desk.home)
    until(lambda: len(ledger.dialed()) >= 6, "six calls")
    running.kill()
    end(running)
    assert not (folder / "r.xlsx").exists()
    # At once, while the orphans are still ending their calls.
    ended = command(*arguments, *FAST, home=desk.home)
    assert ended.code == 0, ended.err
    assert set(Counter(ledger.dialed()).values()) == {1}
    assert len(ledger.dialed()) == 30
    assert sum(ended.summary["dispositions"].values()) == 30
    until(lambda: not processes(desk.home), "the orphans are gone")


@pytest.mark.heavy
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


@pytest.mark.heavy
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


def test_a_second_request_hurries_the_dialer():
    stop, asked = Stop(), []
    stop.calls_are_made = True
    dialer = cast("Keeper", SimpleNamespace(terminate=lambda: asked.append("leave")))
    watch = Watch(
        cast("Database", None),
        1,
        dialer=dialer,
        others=(),
        stop=stop,
        display=SilentDisplay(),
        language="ru",
        rehearsed=True,
    )
    with stop.listening():
        for times in (1, 2):
            os.kill(os.getpid(), signal.SIGTERM)
            watch._obey()
            assert len(asked) == times
    stop.calls_are_made = False
    with stop.listening(), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def listed(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(["Имя;Телефон;Часовой пояс", *rows]) + "\n", "utf-8")
    return path


@pytest.mark.heavy
def test_a_window_reaches_mobiles_and_says_whom_it_cannot(desk: Desk, folder: Path, workshop: Workshop):
    """Ten in Moscow is a time when all of Russia may be called; four in the afternoon is none."""
    contacts = listed(folder, "Иван;+79169990001;", "Пётр;+79169990002;", "Яна;+79169990003;МСК+2")
    arguments = desk.run(contacts, folder / "r.xlsx", "--no-retry")
    day = workshop.command(*arguments, "--window", "10:00-19:00", home=desk.home)
    assert day.code == 0, day.err
    assert day.summary["not_called"] == 0
    assert sum(day.summary["dispositions"].values()) == 3
    evening = workshop.command(*arguments, "--window", "15:00-19:00", home=desk.home)
    assert evening.code == 0, evening.err
    assert any(line.startswith("Нельзя позвонить 2 из 3: ") and "--zone" in line for line in evening.err)
    assert any(line.startswith("Не позвонили: 2 — нет часа") and "(2)" in line for line in evening.err)
    assert evening.summary["not_called"] == 2
    assert sum(evening.summary["dispositions"].values()) == 1
    region = workshop.command(*arguments, "--window", "15:00-19:00", "--zone", "МСК+4", home=desk.home)
    assert region.code == 0, region.err
    assert region.summary["not_called"] == 0


@pytest.mark.heavy
def test_when_the_rules_let_nobody_be_called_that_is_no_success(desk: Desk, folder: Path, workshop: Workshop):
    """Every value is missing: there is a report, a line with the reason, and exit code 1."""
    contacts = listed(folder, ";+79169990011;МСК", ";+79169990012;МСК")
    scenario = folder / "named.yaml"
    text = (desk.files / "scenario.yaml").read_text("utf-8")
    scenario.write_text(text.replace("text: Вы довольны?", 'text: "{{ name }}, вы довольны?"\n    # '), "utf-8")
    arguments = desk.run(contacts, folder / "r.xlsx")
    arguments[1] = scenario
    ended = workshop.command(*arguments, home=desk.home)
    assert ended.code == 1, ended.err
    assert any(line.startswith("Не позвонили: 2 — нет значения: «Имя» (2)") for line in ended.err), ended.err
    assert ended.summary["not_called"] == 2
    assert ended.summary["dispositions"] == {}
