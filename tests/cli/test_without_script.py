"""A switch without the guard's script: who begins is told once what is less there, and why nothing can be recorded."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from oklik.config import Settings
from oklik.failures import BadInput
from oklik.messages import switch_there
from oklik.options import SwitchAddress
from oklik.telephony.port import Probed
from oklik.wiring import reach
from support.command import Desk, begin, end
from support.patience import until
from support.switch_lab import PASSWORD, virtual_process

SPOKEN = {"ru": "нет oklik.lua", "en": "oklik.lua is not there"}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[SwitchAddress]:
    """A virtual switch without Lua."""
    with virtual_process(tmp_path, 100.0, "--without-lua") as said:
        yield SwitchAddress(str(said["host"]), int(str(said["port"])), PASSWORD)


@pytest.mark.integration
def test_it_is_found_out_and_a_recording_names_the_reason(folder: Path, bare: SwitchAddress) -> None:
    settings = Settings(home=folder / "home")
    assert reach(settings, bare) == Probed(virtual=True, guarded=False)
    with pytest.raises(BadInput) as refused:
        reach(settings, bare, records=True)
    assert refused.value.key == "switch_guard_records"
    assert "для записи на коммутаторе" in refused.value.text("ru")
    assert "for recording the switch" in refused.value.text("en")


def test_with_the_script_nothing_is_said_of_it() -> None:
    for language, words in SPOKEN.items():
        (line,) = switch_there(language, "host:8021", virtual=False, guarded=True)
        assert words not in line
        first, second = switch_there(language, "host:8021", virtual=False, guarded=False)
        assert first == line
        assert words in second


def told(lines: list[str], language: str) -> int:
    """How often it is said."""
    return sum(SPOKEN[language] in line for line in lines)


@pytest.mark.integration
@pytest.mark.heavy
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_run_says_it_once(desk: Desk, folder: Path, bare: SwitchAddress, language: str) -> None:
    node = f"n{uuid4().hex[:8]}"
    people = desk.people(2, first=70 if language == "ru" else 71)
    options: list[Any] = ["--switch", f"esl://{bare.where}", "--language", language, "--channels", 2, "--no-retry"]
    arguments = [
        "run",
        desk.files / "scenario.yaml",
        people,
        "--report",
        folder / f"{language}.xlsx",
        "--json",
        *options,
    ]
    ended = end(begin(*arguments, home=desk.home, OKLIK_SWITCH_PASSWORD=PASSWORD, OKLIK_NODE=node))
    assert ended.code == 0, ended.err
    assert sum(ended.summary["dispositions"].values()) == 2
    assert told(ended.err, language) == 1, ended.err


@pytest.mark.integration
@pytest.mark.heavy
def test_oklik_that_is_up_says_it_once(desk: Desk, folder: Path, bare: SwitchAddress) -> None:
    url = desk.server.create_database("bare")
    where = {"OKLIK_SWITCH": f"esl://{bare.where}", "OKLIK_SWITCH_PASSWORD": PASSWORD}
    running = begin("up", home=desk.home, OKLIK_DATABASE_URL=url, OKLIK_NODE="bare", **where)
    try:
        assert running.stderr is not None
        heard: list[str] = []
        until(lambda: heard.append(running.stderr.readline()) or "Ctrl-C" in heard[-1], "it is up")
        os.kill(running.pid, signal.SIGTERM)
        heard += end(running).err
    finally:
        running.kill()
        running.wait()
        desk.server.drop_database("bare")
    assert told(heard, "ru") == 1, heard
