"""Answers by voice in a call, on the scripted switch with the real interpreter and real files."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import msgspec
import pytest
from test_call import Host, Recorder, Voice, job, of_type, restore_when_down

from oklik.scenario.document import from_json
from oklik.scenario.flow import Ended, Silence, VoiceAnswered
from oklik.telephony.port import Playback, Record
from oklik.worker.call import PersonCall
from oklik.worker.host import Outcome
from oklik.worker.recordings import Kept, Recordings
from support.fake_switch import FakeSwitch, Role

HEAD: dict[str, Any] = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "survey", "start": "q"}
ASK: dict[str, Any] = {"kind": "record", "text": "Что?", "question": "comment", "exits": {"done": "z", "no_input": "z"}}
MENU = {**ASK, "review": "Один, два, три."}


class Speaking(Voice):
    def beep(self) -> SimpleNamespace:
        return SimpleNamespace(files=("/p/beep.wav",), ms=10)


class Keeping(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Kept] = []
        self.steps_before: list[int] = []

    def recording(self, uuid: str, kept: Kept, at: object) -> None:
        self.kept.append(kept)
        self.steps_before.append(len(self.steps))


class Desk(Host):
    def __init__(self, root: Path, role: Role) -> None:
        super().__init__(FakeSwitch(roles={"person": role}))
        self.voice = Speaking()
        self.recorder = Keeping()
        self.recordings = Recordings(root / "voices", self.switch)  # type: ignore[arg-type]
        self.closed_before = self.recordings.why_closed(1)

    @property
    def kept(self) -> list[Kept]:
        return self.recorder.kept  # type: ignore[attr-defined, no-any-return]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.recordings.folder(1).iterdir())


def talk(desk: Desk, node: dict[str, Any] = ASK) -> Outcome:
    scenario = from_json({**HEAD, "nodes": {"q": node, "z": {"kind": "hangup"}}})
    with gevent.Timeout(10):
        return PersonCall(desk, msgspec.structs.replace(job(), scenario=scenario)).run()  # type: ignore[arg-type]


def answers(outcome: Outcome) -> list[tuple[int, float]]:
    return [(fact.take, fact.seconds) for fact in of_type(outcome, VoiceAnswered)]


def test_what_is_said_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(3.0,)))
    outcome = talk(desk)
    assert outcome.fault is None
    assert answers(outcome) == [(1, 3.0)]
    (kept,) = desk.kept
    assert (kept.node, kept.question, kept.take, kept.seconds) == ("q", "comment", 1, 3.5)
    assert (desk.recordings.root / kept.path).stat().st_size == kept.bytes
    assert desk.files() == [f"{outcome.uuid}-comment-1.wav"]
    told = desk.recorder.steps[: desk.recorder.steps_before[0]]  # type: ignore[attr-defined]
    assert any(isinstance(fact, VoiceAnswered) for _, fact in told), "one transaction with its fact"


def test_nobody_speaks_longer_than_there_is_time(tmp_path: Path) -> None:
    """A switch notices the end of the time a little late, and whoever speaks on is recorded until then."""
    desk = Desk(tmp_path, Role(says=(5.5,)))
    assert answers(talk(desk, {**ASK, "max_s": 5})) == [(1, 5.0)]
    assert desk.kept[0].seconds == 6.0, "the file is as long as it is"
    left = Desk(tmp_path / "left", Role(says=(5.5,), leaves_at=1))
    assert answers(talk(left, {**ASK, "max_s": 5})) == [(1, 5.0)]


def test_the_words_and_the_beep_come_before_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(3.0,)))
    talk(desk, {**ASK, "max_s": 90, "silence_s": 3, "end_key": "*"})
    words, take = desk.switch.calls[0].played[:2]
    assert words == Playback(files=("/p/Что?.wav", "/p/beep.wav"))
    assert isinstance(take, Record)
    assert (take.max_s, take.silence_s, take.terminators) == (90, 3, "*")
    plain = Desk(tmp_path / "other", Role(says=(3.0,)))
    talk(plain, {**ASK, "beep": False, "end_key": None})
    words, take = plain.switch.calls[0].played[:2]
    assert words == Playback(files=("/p/Что?.wav",))
    assert isinstance(take, Record)
    assert take.terminators == ""


def test_a_recording_of_silence_is_no_answer_and_is_deleted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(0.0, 0.0)))
    outcome = talk(desk, {**ASK, "tries": 2})
    assert answers(outcome) == []
    assert len(of_type(outcome, Silence)) == 2
    assert desk.files() == []
    assert desk.kept == []


def test_hearing_it_and_recording_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(3.0, 5.0), keys=("1", "2", "3")))
    outcome = talk(desk, MENU)
    assert answers(outcome) == [(2, 5.0)]
    played = desk.switch.calls[0].played
    first = next(one for one in played if isinstance(one, Record))
    heard = played[played.index(first) + 2]
    assert heard == Playback(files=(first.path,))
    assert desk.files() == [f"{outcome.uuid}-comment-2.wav"], "the take that was not sent is deleted"


@pytest.mark.parametrize(("says", "kept"), [((4.0,), [(1, 4.0)]), ((0.4,), []), ((0.0,), [])])
def test_who_hangs_up_while_speaking(tmp_path: Path, says: tuple[float, ...], kept: list[tuple[int, float]]) -> None:
    desk = Desk(tmp_path, Role(says=says, leaves_at=1))
    outcome = talk(desk)
    assert answers(outcome) == kept
    assert [fact.reason for fact in of_type(outcome, Ended)] == ["hung_up"]
    assert len(desk.files()) == len(kept) == len(desk.kept)
    assert outcome.fault is None


def test_who_hangs_up_amid_the_words_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(4.0,), leaves_at=0))
    assert answers(talk(desk)) == []
    assert desk.files() == []


def test_after_a_cut_the_person_is_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(9.0, 4.0), cut_at=1))
    helping = gevent.spawn(restore_when_down, desk)
    outcome = talk(desk)
    helping.kill()
    assert answers(outcome) == [(1, 4.0)]
    kinds = [type(one) for one in desk.switch.calls[0].played]
    assert kinds == [Playback, Record, Playback, Record]
    assert len(desk.files()) == 1


def test_a_switch_that_cannot_make_the_file_is_our_fault_and_is_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Role(says=(4.0,)))
    desk.recordings.folder(1).rmdir()
    outcome = talk(desk)
    assert outcome.fault == "the switch could not make the file of a recording"
    assert answers(outcome) == []
    desk.recordings.why_closed(1)
    assert len(desk.switch.asked_to_write) == 2


def test_a_recording_that_cannot_be_read_ends_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, Role(says=(4.0,)))
    monkeypatch.setattr("oklik.worker.recordings.measure", refuse)
    outcome = talk(desk)
    assert "cannot be read" in (outcome.fault or "")
    assert desk.files() == []
    monkeypatch.undo()
    desk.recordings.why_closed(1)
    assert len(desk.switch.asked_to_write) == 2, "it is not believed any more"


def refuse(_: Path) -> None:
    raise PermissionError(13, "Permission denied")
