"""`oklik run --record`: links in the report, files beside it; `oklik campaign recordings`."""

import shutil
from pathlib import Path

import openpyxl
import pytest

from support.command import Desk, Workshop, command

pytestmark = pytest.mark.integration


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg")
def test_recorded_calls_lie_beside_the_report(desk: Desk, folder: Path) -> None:
    arguments = desk.run(desk.people(6, first=400), folder / "o.xlsx", "--record", "call", "--speed", 20)
    ended = command(*arguments, home=desk.home)
    assert ended.code == 0, ended.err
    head, *body = openpyxl.load_workbook(folder / "o.xlsx")["Попытки"].iter_rows()
    titles = [cell.value for cell in head]
    at, talk = titles.index("Запись"), titles.index("Разговор, с")
    answered = [row for row in body if row[talk].value is not None]
    assert answered
    for row in answered:
        file = folder / row[at].hyperlink.target.replace("\\", "/").replace("%20", " ")
        assert file.is_file()
        assert file.suffix == ".mp3"
        assert file.parent == folder / "o_recordings"
        assert abs(row[at].value.total_seconds() - row[talk].value) <= 10, "a pause of the machine is 20 times as long"
    assert len(list((folder / "o_recordings").iterdir())) == len(answered)
    assert f"Записи: {len(answered)}, в папке {folder / 'o_recordings'}" in ended.err
    assert any(line.startswith("Сжатие записей: ✓") for line in ended.err)
    assert not list((desk.home / "voice-answers").rglob("*.mp3")), "a rehearsal leaves nobody's voice behind"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("run", "s.yaml", "p.csv", "--report", "r.xlsx", "--record", "all"),
            "--record all: нужно off, call или agent",
        ),
        (("campaign", "recordings", "1", "--to", "x", "--name", "{phone}"), "нужно поле {id}"),
        (("campaign", "recordings", "1", "--to", "x", "--name", "../{id}"), "не внутрь папки"),
        (("campaign", "recordings", "1", "--to", "x", "--from", "вчера"), "--from вчера"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    workshop: Workshop, folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    (folder / "s.yaml").write_text("x")
    (folder / "p.csv").write_text("x")
    ended = workshop.command(*arguments, home=folder / "home", cwd=folder)
    assert ended.code == 2
    assert told in ended.err[-1]
