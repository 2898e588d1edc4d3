"""`oklik run` with a scenario that records: the files beside the report, and a switch that cannot record."""

import shutil
import wave
from pathlib import Path

import openpyxl
import pytest

from oklik.config import Settings
from oklik.failures import BadInput
from oklik.options import SwitchAddress
from oklik.telephony.port import Probed, SwitchRefused
from oklik.wiring import reach
from support.command import Desk, command

SCENARIO = """\
format: 1
name: voices
title: Отзыв
languages: [ru]
purpose: survey
start: q
nodes:
  q: {kind: record, text: Что скажете?, question: comment, exits: {done: z, no_input: n}}
  z: {kind: hangup}
  n: {kind: hangup, outcome: no_input}
"""


@pytest.mark.integration
@pytest.mark.heavy
def test_the_recordings_lie_beside_the_report(desk: Desk, folder: Path) -> None:
    scenario = folder / "voices.yaml"
    scenario.write_text(SCENARIO, "utf-8")
    arguments = desk.run(desk.people(8, first=77), folder / "o.xlsx")
    arguments[1] = scenario
    ended = command(*arguments, home=desk.home)
    assert ended.code == 0, ended.err
    spoken = ended.summary["answers"]["comment"]["recorded"]
    assert spoken > 0
    assert any(line == f"Записи: {spoken}, в папке {folder / 'o_recordings'}" for line in ended.err)
    head, *body = openpyxl.load_workbook(folder / "o.xlsx")["Контакты"].iter_rows()
    at = [cell.value for cell in head].index("comment")
    linked = [row[at] for row in body if row[at].hyperlink is not None]
    assert len(linked) == spoken
    for cell in linked:
        with wave.open(str(folder / cell.hyperlink.target.replace("\\", "/"))) as sound:
            assert abs(sound.getnframes() / sound.getframerate() - cell.value.total_seconds()) <= 0.51
    assert list((desk.home / "voice-answers").rglob("*.wav")) == [], "a rehearsal leaves nobody's voice behind"


def test_a_switch_that_cannot_record_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def probe(*_: object, **what: object) -> Probed:
        asked.append(what)
        if what["new_file"] is not None:
            raise SwitchRefused("it cannot", "new_file")
        return Probed(virtual=False)

    monkeypatch.setattr("oklik.telephony.freeswitch.probe.probe", probe)
    settings = Settings(home=tmp_path / "home")
    address = SwitchAddress("127.0.0.1", 8021, "secret")
    assert not reach(settings, address).virtual
    with pytest.raises(BadInput) as refused:
        reach(settings, address, records=True)
    assert str(settings.voice_answers) in refused.value.text("ru")
    assert "записать" in refused.value.text("ru")
    asked_for = Path(str(asked[-1]["new_file"]))
    assert asked_for.parent.parent == settings.voice_answers, "in a folder as those of the campaigns will be"
    assert not settings.voice_answers.exists(), "a question leaves nothing behind"


def test_a_file_that_we_could_not_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch says that it has made it, and it is not there for us: another machine, a closed group."""
    monkeypatch.setattr("oklik.telephony.freeswitch.probe.probe", lambda *_, **__: Probed(virtual=False))
    with pytest.raises(BadInput) as refused:
        reach(Settings(home=tmp_path / "home"), SwitchAddress("127.0.0.1", 8021, "secret"), records=True)
    assert "voice-answers" in refused.value.text("en")


@pytest.mark.integration
@pytest.mark.heavy
def test_a_run_that_cannot_record_stops_and_says_why_and_goes_on_later(desk: Desk, folder: Path) -> None:
    """Nobody is asked to speak into nothing: a file lies where the folder should be, then it does not."""
    scenario, in_the_way = folder / "voices.yaml", desk.home / "voice-answers"
    scenario.write_text(SCENARIO, "utf-8")
    arguments = desk.run(desk.people(3, first=78), folder / "o.xlsx", "--no-retry")
    arguments[1] = scenario
    shutil.rmtree(in_the_way, ignore_errors=True)
    in_the_way.write_text("a file")
    try:
        stopped = command(*arguments, home=desk.home)
    finally:
        in_the_way.unlink()
    assert stopped.code == 1
    assert any("не может записывать ответы голосом" in line for line in stopped.err), stopped.err
    assert stopped.err[-1] == "Та же команда продолжит обзвон с этого места"
    assert stopped.summary["attempts"] == 0
    again = command(*arguments, home=desk.home)
    assert again.code == 0, again.err
    assert again.summary["attempts"] > 0
