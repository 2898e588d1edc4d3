"""Answers by voice in the report: their length, a link to the file beside it, and files that travel with it."""

import os
import stat
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import Connection, Engine, text

from oklik import recordings_beside
from oklik.recordings_beside import folder_of, put_beside
from oklik.reports import book as book_module
from oklik.reports.excel import write_report
from oklik.reports.rows import recordings
from oklik.reports.summary import summary
from oklik.scenario.document import from_json
from reports.town import START, Town

pytestmark = pytest.mark.integration

SCENARIO = from_json(
    {
        "format": 1,
        "name": "s",
        "title": "С",
        "languages": ["ru"],
        "purpose": "survey",
        "start": "q",
        "nodes": {
            "q": {
                "kind": "record",
                "title": "Отзыв",
                "text": "Что?",
                "question": "comment",
                "exits": {"done": "z", "no_input": "z"},
            },
            "z": {"kind": "hangup"},
        },
    }
)


def voice_town(connection: Connection, people: int = 3) -> Town:
    """A campaign in which everybody but the last one spoke, the first one twice."""
    town = Town(connection, SCENARIO)
    for n in range(people):
        target = town.person(disposition="completed")
        if n == people - 1:
            town.attempt(target, "no_input")
            continue
        for attempt in (1, 2) if n == 0 else (1,):
            town.attempt(target, "completed", n=attempt, answers={"comment": (f"{4 + attempt}.0", "")})
            uuid = UUID(int=town._calls)
            connection.execute(
                text(
                    """INSERT INTO recording (attempt_uuid, question, node, take, path, seconds, bytes, sha256, at)
                       VALUES (:u, 'comment', 'q', 1, :path, :seconds, 10, 'x', :at)"""
                ),
                {"u": uuid, "path": f"campaign-1/{uuid}-comment-1.wav", "seconds": 6.6 + attempt, "at": START},
            )
    return town


def cells(path: Path) -> list[Any]:
    head, *body = openpyxl.load_workbook(path)["Контакты"].iter_rows()
    at = [cell.value for cell in head].index("Отзыв")
    return [row[at] for row in body]


def test_each_answer_is_its_length_and_a_link(connection: Connection, tmp_path: Path) -> None:
    town = voice_town(connection)
    path = tmp_path / "o.xlsx"
    write_report(connection, town.id, path, recordings="o_recordings")
    first, second, silent = cells(path)
    # The last attempt's, by its file's length: what was said was two seconds shorter.
    assert (first.value.seconds, first.number_format) == (9, "[m]:ss")
    assert first.hyperlink.target == f"o_recordings\\{UUID(int=2)}-comment-1.wav"
    assert second.hyperlink.target == f"o_recordings\\{UUID(int=3)}-comment-1.wav"
    assert (silent.value, silent.hyperlink) == (None, None)


def test_without_files_beside_it_nothing_is_linked_to(connection: Connection, tmp_path: Path) -> None:
    town = voice_town(connection)
    write_report(connection, town.id, tmp_path / "o.xlsx")
    assert [cell.hyperlink for cell in cells(tmp_path / "o.xlsx")] == [None] * 3
    assert cells(tmp_path / "o.xlsx")[0].value.seconds == 9


def test_a_recording_whose_row_was_lost_still_has_its_length(connection: Connection, tmp_path: Path) -> None:
    town = voice_town(connection)
    connection.execute(text("DELETE FROM recording"))
    write_report(connection, town.id, tmp_path / "o.xlsx", recordings="o_recordings")
    first = cells(tmp_path / "o.xlsx")[0]
    assert (first.value.seconds, first.hyperlink) == (6, None)


def test_a_name_with_signs_of_an_address_in_it(connection: Connection, tmp_path: Path) -> None:
    town = voice_town(connection)
    path = tmp_path / "o.xlsx"
    write_report(connection, town.id, path, recordings="Отчёт #1 100% [a]_recordings")
    with zipfile.ZipFile(path) as parts:
        links = parts.read("xl/worksheets/_rels/sheet2.xml.rels").decode()
    assert 'Target="Отчёт%20%231%20100%25%20%5Ba%5D_recordings\\' in links
    assert "location" not in zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml").decode()


def test_more_links_than_excel_takes(connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "LINKS_MAX", 1)
    town = voice_town(connection, 4)
    write_report(connection, town.id, tmp_path / "o.xlsx", recordings="o_recordings")
    found = cells(tmp_path / "o.xlsx")
    assert [cell.hyperlink is not None for cell in found] == [True, False, False, False]
    assert found[1].value.seconds == 8


def test_the_summary_counts_them(connection: Connection, tmp_path: Path) -> None:
    town = voice_town(connection)
    assert summary(connection, town.id)["answers"] == {"comment": {"recorded": 2}}
    write_report(connection, town.id, tmp_path / "o.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["Сводка"]
    told = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    assert "Вопрос: Отзыв" in told
    assert any(one.startswith("Ответили 2 из 3") for one in told)
    assert not any("recorded" in one or "7.0" in one for one in told)


# -- the files --------------------------------------------------------------------------------------------------


@pytest.fixture
def spoken(engine: Engine, tmp_path: Path) -> tuple[int, Path]:
    """A campaign in the database, and the folder where the switch has written."""
    with engine.begin() as connection:
        town = voice_town(connection)
        paths = recordings(connection, town.id)
    source = tmp_path / "voice-answers"
    for path in paths:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(path.encode())
    return town.id, source


def test_the_files_lie_beside_the_report(engine: Engine, spoken: tuple[int, Path], tmp_path: Path) -> None:
    campaign, source = spoken
    report = tmp_path / "отчёт.xlsx"
    before = os.umask(0o022)
    try:
        found = put_beside(engine, campaign, source, report)
    finally:
        os.umask(before)
    assert found is not None
    assert (found.folder, found.copied, found.missing, found.why) == (tmp_path / "отчёт_recordings", 3, 0, None)
    names = sorted(path.name for path in found.folder.iterdir())
    assert names == [f"{UUID(int=n)}-comment-1.wav" for n in (1, 2, 3)]
    assert (found.folder / names[0]).read_bytes() == f"campaign-1/{names[0]}".encode()
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o750, "nobody but the owner and his group"
    assert stat.S_IMODE((found.folder / names[0]).stat().st_mode) == 0o640


def test_a_second_time_copies_only_what_is_not_there(
    engine: Engine, spoken: tuple[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, source = spoken
    report = tmp_path / "o.xlsx"
    put_beside(engine, campaign, source, report)
    foreign = folder_of(report) / "notes.txt"
    foreign.write_text("mine")
    (folder_of(report) / f"{UUID(int=1)}-comment-1.wav").unlink()
    copied: list[object] = []
    real = recordings_beside.shutil.copyfileobj
    monkeypatch.setattr(recordings_beside.shutil, "copyfileobj", lambda a, b: (copied.append(a), real(a, b)))
    found = put_beside(engine, campaign, source, report)
    assert found is not None
    assert (found.copied, len(copied), foreign.read_text()) == (3, 1, "mine")


def test_a_file_that_is_gone_is_told_and_holds_up_nothing(
    engine: Engine, spoken: tuple[int, Path], tmp_path: Path
) -> None:
    campaign, source = spoken
    next(source.rglob("*.wav")).unlink()
    found = put_beside(engine, campaign, source, tmp_path / "o.xlsx")
    assert found is not None
    assert (found.copied, found.missing) == (2, 1)
    assert found.why == {"ru": "нет такого файла или папки", "en": "no such file or folder"}
    assert not [path for path in found.folder.iterdir() if path.name.startswith(".")]


def test_a_file_is_in_the_way_of_the_folder(engine: Engine, spoken: tuple[int, Path], tmp_path: Path) -> None:
    campaign, source = spoken
    folder_of(tmp_path / "o.xlsx").write_text("a file")
    found = put_beside(engine, campaign, source, tmp_path / "o.xlsx")
    assert found is not None
    assert (found.copied, found.missing) == (0, 3)


def test_without_answers_there_is_no_folder(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        town = Town(connection, SCENARIO)
    assert put_beside(engine, town.id, tmp_path, tmp_path / "o.xlsx") is None
    assert list(tmp_path.iterdir()) == []
