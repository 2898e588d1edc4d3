"""Files of answers by voice: what is said in them, where they lie, and who can look into the folder."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from oklik.scenario.flow import VoiceAnswered
from oklik.speech.beep import beep
from oklik.telephony.port import SwitchError, SwitchLost
from oklik.worker.recordings import RecordingError, Recordings, Takes, measure
from support.fake_switch import FakeSwitch, write_hum

UUID = "0b6a3c0e-7a51-4f0e-9d0c-6a0d6f7c1a11"


def recordings(root: Path, switch: FakeSwitch | None = None) -> Recordings:
    return Recordings(root / "voice-answers", switch or FakeSwitch())  # type: ignore[arg-type]


def takes(root: Path) -> Takes:
    found = recordings(root)
    assert found.why_closed(7) is None
    return Takes(found, 7, UUID)


# -- what is in a file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spoken", "seconds"), [(2.0, 6.0), (6.0, 6.0), (0.3, 3.0)])
def test_it_is_measured_to_the_last_that_was_said(tmp_path: Path, spoken: float, seconds: float) -> None:
    path = tmp_path / "a.wav"
    write_hum(path, spoken, seconds)
    found = measure(path)
    assert abs(found.spoken_s - spoken) <= 0.05
    assert found.seconds == seconds
    assert found.bytes == path.stat().st_size
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("spoken", [0.0, 0.15])
def test_silence_and_a_click_are_nothing_said(tmp_path: Path, spoken: float) -> None:
    write_hum(tmp_path / "a.wav", spoken, 5.0)
    assert measure(tmp_path / "a.wav").spoken_s == 0.0


def test_an_empty_recording_is_nothing_said(tmp_path: Path) -> None:
    write_hum(tmp_path / "a.wav", 0, 0)
    assert (measure(tmp_path / "a.wav").seconds, measure(tmp_path / "a.wav").spoken_s) == (0.0, 0.0)


def test_the_beep_is_half_a_second_and_not_loud() -> None:
    sound = beep()
    assert len(sound) == 4000
    assert abs(sound).max() <= 0.25
    assert abs(sound[0]) < 0.01 > abs(sound[-1])


# -- the takes of a call ----------------------------------------------------------------------------------------


def answer(take: int, question: str = "comment") -> VoiceAnswered:
    return VoiceAnswered(node="q", question=question, take=take, seconds=2.0)


def say(found: Takes, take: int, seconds: float = 2.0, question: str = "comment") -> Path:
    path = Path(found.begin(question, take))
    write_hum(path, seconds, seconds + 1)
    found.measure(question, take)
    return path


def test_names_are_of_ids_alone_and_no_file_is_used_twice(tmp_path: Path) -> None:
    found = takes(tmp_path)
    names = [Path(found.begin("comment", take)).name for take in (1, 1, 2)]
    assert names == [f"{UUID}-comment-{n}.wav" for n in (1, 2, 3)]


def test_only_what_was_sent_is_left(tmp_path: Path) -> None:
    found = takes(tmp_path)
    first, second = say(found, 1), say(found, 2)
    found.begin("comment", 3)  # whoever leaves amid the words leaves no file
    kept = found.keep(answer(2))
    assert kept.path == f"campaign-7/{second.name}"
    assert (kept.seconds, kept.bytes) == (3.0, second.stat().st_size)
    found.drop_the_rest()
    assert (first.exists(), second.exists()) == (False, True)


def test_of_two_answers_to_one_question_the_last_one_stands(tmp_path: Path) -> None:
    """A scenario may come to the same node again: then take 1 is another file."""
    found = takes(tmp_path)
    first = say(found, 1)
    found.keep(answer(1))
    other = say(found, 1, question="other")
    found.keep(answer(1, "other"))
    again = say(found, 1)
    found.keep(answer(1))
    found.drop_the_rest()
    assert (first.exists(), other.exists(), again.exists()) == (False, True, True)


def test_a_second_try_that_fails_does_not_cost_the_first(tmp_path: Path) -> None:
    found = takes(tmp_path)
    first = say(found, 1)
    found.keep(answer(1))
    silent = say(found, 1, 0.0)
    found.drop_the_rest()
    assert (first.exists(), silent.exists()) == (True, False)


def test_a_file_that_cannot_be_deleted_changes_nothing(tmp_path: Path) -> None:
    found = takes(tmp_path)
    stuck = Path(found.begin("comment", 1))
    stuck.mkdir()  # whatever it is that cannot be unlinked
    other = say(found, 2)
    found.drop_the_rest()
    assert (stuck.exists(), other.exists()) == (True, False)


def test_a_file_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    found = takes(tmp_path)
    path = Path(found.begin("comment", 1))
    for data in (None, b"", b"RIFF", b"no sound at all, but long enough to be read as the head of some file"):
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(RecordingError, match="cannot be read"):
            found.measure("comment", 1)


# -- the folder -------------------------------------------------------------------------------------------------


def test_the_switch_is_asked_once_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    switch = FakeSwitch()
    found = recordings(tmp_path, switch)
    assert found.why_closed(7) is None
    assert found.why_closed(7) is None
    (asked,) = switch.asked_to_write
    assert Path(asked).parent == found.folder(7)
    assert list(found.folder(7).iterdir()) == []
    found.doubt(7)
    switch.writes = False
    assert "cannot make recordings" in (found.why_closed(7) or "")
    switch.writes = True
    assert found.why_closed(7) is None, "a no is not remembered"


def test_nobody_else_can_look_into_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        found = recordings(tmp_path)
        found.why_closed(7)
    finally:
        os.umask(before)
    assert stat.S_IMODE(found.folder(7).stat().st_mode) == 0o700
    assert stat.S_IMODE(found.root.stat().st_mode) == 0o711


def test_a_group_that_is_handed_down_may_write(tmp_path: Path) -> None:
    root = tmp_path / "voice-answers"
    root.mkdir()
    root.chmod(0o2770)
    found = recordings(tmp_path)
    assert found.why_closed(7) is None
    mode = stat.S_IMODE(found.folder(7).stat().st_mode)
    assert mode & 0o777 == 0o770
    assert found.folder(7).stat().st_gid == root.stat().st_gid


def test_a_file_that_we_cannot_read_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = recordings(tmp_path)
    assert "Permission denied" in (found.why_closed(7) or "")
    assert list(found.folder(7).iterdir()) == []


def test_a_folder_that_cannot_be_made_closes_it(tmp_path: Path) -> None:
    (tmp_path / "voice-answers").write_text("a file is in the way")
    assert "File exists" in (recordings(tmp_path).why_closed(7) or "")


def test_a_guard_that_does_not_know_the_question_closes_it_and_a_cut_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = FakeSwitch()

    def older(_: str) -> bool:
        raise SwitchError("the guard script oklik.lua is older than this dialer")

    monkeypatch.setattr(switch, "can_write", older)
    assert "older" in (recordings(tmp_path, switch).why_closed(7) or "")
    monkeypatch.undo()
    switch.down = True
    with pytest.raises(SwitchLost):
        recordings(tmp_path, switch).why_closed(7)
