"""Nobody is recorded without being told so first, and no campaign that records calls unrecorded."""

from pathlib import Path

import gevent
import msgspec
import pytest
from test_call import Host, Recorder, host_with, job

from oklik.campaigns.call_recordings import warning
from oklik.dialing.call_recording import Part
from oklik.telephony.port import Playback
from oklik.worker.call import PersonCall
from oklik.worker.host import CallFile, Outcome
from oklik.worker.recordings import Recordings
from support.fake_switch import Role

TOLD = Playback(files=(f"/p/{warning('ru').text}.wav",))


class Keeping(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[CallFile] = []

    def call_recording(self, file: CallFile) -> None:
        self.files.append(file)


def talk(root: Path, part: Part, role: Role, **how: bool) -> tuple[Host, Keeping, Outcome]:
    host = host_with(role)
    host.recorder = keeping = Keeping()
    host.recordings = Recordings(root, host.switch)  # type: ignore[attr-defined, arg-type]
    host.switch.writes = how.get("writes", True)
    with gevent.Timeout(10):
        return host, keeping, PersonCall(host, msgspec.structs.replace(job(), record=part)).run()  # type: ignore[arg-type]


def test_a_recorded_call_begins_with_the_warning_and_it_is_on_the_record(tmp_path: Path) -> None:
    host, keeping, outcome = talk(tmp_path, Part.CALL, Role(keys=("1", "9")))
    assert outcome.fault is None
    assert host.switch.calls[0].played[0] == TOLD
    path = str(tmp_path / f"campaign-1/{outcome.uuid}-call-1.wav")
    assert host.switch.recorded == [("begin", path, 0)]
    (file,) = keeping.files
    assert (file.part, file.n, file.path) == (Part.CALL, 1, f"campaign-1/{outcome.uuid}-call-1.wav")


def test_where_only_agents_are_recorded_it_is_said_all_the_same(tmp_path: Path) -> None:
    host, keeping, _ = talk(tmp_path, Part.AGENT, Role(keys=("1", "9")))
    assert host.switch.calls[0].played[0] == TOLD
    assert (host.switch.recorded, keeping.files) == ([], [])


def test_without_a_recording_nothing_is_said_of_it(tmp_path: Path) -> None:
    host, _, _ = talk(tmp_path, Part.OFF, Role(keys=("1", "9")))
    assert TOLD not in host.switch.calls[0].played


def test_a_call_that_cannot_be_recorded_is_not_made(tmp_path: Path) -> None:
    host, _, outcome = talk(tmp_path, Part.CALL, Role(keys=("1", "9")), writes=False)
    assert host.switch.calls[0].played == []
    assert outcome.facts == ()
    assert "cannot be recorded" in str(outcome.fault)


@pytest.mark.parametrize("part", [Part.CALL, Part.AGENT])
def test_without_its_warning_nobody_is_recorded(tmp_path: Path, part: Part) -> None:
    host = host_with(Role())
    host.voice.missing = "записывается"
    host.recorder = Keeping()
    host.recordings = Recordings(tmp_path, host.switch)  # type: ignore[attr-defined, arg-type]
    with gevent.Timeout(10):
        outcome = PersonCall(host, msgspec.structs.replace(job(), record=part)).run()  # type: ignore[arg-type]
    assert host.switch.calls[0].played == []
    assert outcome.fault == "no clip for a prompt"
