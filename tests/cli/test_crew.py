"""What the children are told, and what they keep to themselves."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from oklik import crew as crew_module
from oklik.config import Settings
from oklik.crew import Crew
from oklik.jobs import worker
from oklik.options import SwitchAddress
from oklik.processes import start
from oklik.scenario.document import load_file
from oklik.wiring import Database, pick_voice
from oklik.worker.settings import read_settings
from support.command import ROOT


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The settings of children, none of which is started."""
    seen: list[dict[str, Any]] = []

    def note(name: str, arguments: list[str], *, settings: dict[str, Any], **_: Any) -> Any:
        seen.append(settings)
        return SimpleNamespace(await_ready=lambda _s: {}, terminate=lambda: None, stop=lambda *_, **__: 0)

    monkeypatch.setattr(crew_module, "start", note)
    return seen


@pytest.mark.parametrize(
    ("max_s", "virtual", "grace_s"), [(14_400, False, 14_400), (14_400, True, 20), (60, False, 60)]
)
def test_the_longest_call_is_the_dialer_s_and_may_end_in_peace(
    told: list[dict[str, Any]], tmp_path: Path, max_s: int, virtual: bool, grace_s: float
):
    settings = Settings(home=tmp_path)
    crew = Crew(settings, cast("Database", SimpleNamespace(url="url")), virtual=virtual)
    crew.start_dialer(SwitchAddress("h", 1, "p"), channels=1, cps=1, max_s=max_s)
    assert (told[0]["max_s"], told[0]["grace_s"]) == (max_s, grace_s)
    crew.start_dialer(SwitchAddress("h", 1, "p"), channels=1, cps=1)
    assert told[1]["max_s"] == 900


@pytest.mark.parametrize("own", [None, Path("own")])
def test_the_dialer_is_told_where_answers_by_voice_go(told: list[dict[str, Any]], tmp_path: Path, own: Path | None):
    """Those of a rehearsal lie apart: its database counts its campaigns from one."""
    database = cast("Database", SimpleNamespace(url="url"))
    Crew(Settings(home=tmp_path), database, virtual=True, recordings=own).start_dialer(
        SwitchAddress("h", 1, "p"), channels=1, cps=1
    )
    assert told[0]["recordings"] == str(own.absolute() if own else tmp_path / "voice-answers")


@pytest.mark.parametrize("virtual", [False, True], ids=["a real switch", "the virtual one"])
def test_what_is_sent_is_noted_where_real_people_are_called(told: list[dict[str, Any]], tmp_path: Path, virtual: bool):
    crew = Crew(Settings(home=tmp_path), cast("Database", SimpleNamespace(url="url")), virtual=virtual)
    crew.start_dialer(SwitchAddress("h", 1, "p"), channels=1, cps=1)
    assert read_settings(msgspec.json.encode(told[0])).sent == ("" if virtual else str(tmp_path / "sent"))


def test_the_dialer_is_told_whom_scenarios_may_ask(told: list[dict[str, Any]], tmp_path: Path):
    for settings in (Settings(request_hosts="crm.example.com", request_ca=Path("own.pem")), Settings()):
        crew = Crew(settings, cast("Database", SimpleNamespace(url="url")), virtual=True)
        crew.start_dialer(SwitchAddress("h", 1, "p"), channels=1, cps=1)
    read = [read_settings(msgspec.json.encode(line)) for line in told]
    assert [(one.request_hosts, one.request_ca) for one in read] == [
        ("crm.example.com", str(Path("own.pem").absolute())),
        ("", None),
    ]


@pytest.mark.parametrize("recordings", [None, Path("recorded")])
def test_the_worker_of_jobs_is_told_where_recordings_lie(
    told: list[dict[str, Any]], tmp_path: Path, recordings: Path | None
):
    settings = Settings(home=tmp_path, recordings=recordings)
    Crew(settings, cast("Database", SimpleNamespace(url="url")), virtual=True).start_jobs()
    read = msgspec.convert(told[0], worker.JobsSettings)
    assert read.recordings == (str(recordings.absolute()) if recordings else None)


def test_a_campaign_pins_what_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "greeting.wav").write_bytes(b"sound")
    seen: list[Any] = []
    monkeypatch.setattr("oklik.speech.voices.choose_voice", lambda *_, **told: seen.append(told["recordings"]))
    scenario = load_file(ROOT / "scenarios/debt-reminder/ru.yaml")
    pick_voice(Settings(recordings=tmp_path), scenario, None)
    pick_voice(Settings(), scenario, None)
    assert [list(found) for found in seen] == [["ru/greeting"], []]


def test_logs_are_for_our_own_user(tmp_path: Path):
    log = tmp_path / "logs" / "child.log"
    log.parent.mkdir(mode=0o755)
    start("child", ["this"], log=log).stop(5)
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_the_dictionary_s_chatter_is_not_logged(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=SimpleNamespace(readline=lambda: b"nonsense")))
    assert worker.main() == 2
    assert not logging.getLogger("pymorphy3.opencorpora_dict.wrapper").isEnabledFor(logging.INFO)
