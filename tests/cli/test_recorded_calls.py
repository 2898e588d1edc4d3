"""`oklik run --record`: links in the report, files beside it; `oklik campaign recordings`."""

import shutil
from pathlib import Path

import openpyxl
import pytest

from support.command import Desk, Workshop, command

pytestmark = pytest.mark.integration


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg")
@pytest.mark.heavy
def test_recorded_calls_lie_beside_the_report(desk: Desk, folder: Path) -> None:
    named = ("--record", "call", "--record-name", "звонки/{date}")
    arguments = desk.run(desk.people(6, first=400), folder / "o.xlsx", *named, "--speed", 20)
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
        assert file.parent == folder / "o_recordings" / "звонки"
        assert file.name.startswith("2026-11-2"), "all have one name, and are numbered"
        assert abs(row[at].value.total_seconds() - row[talk].value) <= 10, "a pause of the machine is 20 times as long"
    assert len(list((folder / "o_recordings").rglob("*.mp3"))) == len(answered)
    head, *people = openpyxl.load_workbook(folder / "o.xlsx")["Контакты"].iter_rows()
    at = [cell.value for cell in head].index("Запись")
    linked = {row[at].hyperlink.target for row in people if row[at].hyperlink}
    assert linked <= {row[titles.index("Запись")].hyperlink.target for row in answered}
    assert linked
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
        (("campaign", "recordings", "1", "--to", "x", "--name", "{phon}"), "поля {phon} нет; есть {campaign}, {date}"),
        (("campaign", "recordings", "1", "--name", "{phon}"), "--name: поля {phon} нет"),
        (("campaign", "recordings", "1"), "нужен --to"),
        (
            ("run", "s.yaml", "p.csv", "--report", "r.xlsx", "--record", "call", "--record-name", "{who}"),
            "--record-name: поля {who} нет; есть {campaign}",
        ),
        (
            ("run", "s.yaml", "p.csv", "--report", "r.xlsx", "--record-name", "{id}"),
            "--record-name: без --record",
        ),
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
