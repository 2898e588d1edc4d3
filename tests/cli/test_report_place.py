"""Nothing that somebody has is lost by a report: neither the command's own input nor a file that is not ours."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from oklik.config import Settings
from oklik.failures import BadInput
from oklik.options import RunOptions
from oklik.report_place import check_report, may_replace
from oklik.reports.book import Book


def write_report(path: Path) -> Path:
    """A workbook as our reports are written."""
    book = Book(path, path.parent, title="Отчёт", heard_whole="", cut_mark="", page="")
    book.close()
    return path


def write_list(path: Path, creator: str = "") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"author": creator})
        book.add_worksheet().write(0, 0, "Телефон")
    return path


def edited(path: Path) -> Path:
    """The report after somebody has made notes in it."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = core.replace(b"<cp:lastModifiedBy>Oklik", b"<cp:lastModifiedBy>Anna")
    assert parts["docProps/core.xml"] != core
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def text(path: Path) -> Path:
    path.write_text("all I have")
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def cut(path: Path) -> Path:
    path.write_bytes(write_report(path).read_bytes()[:-100])
    return path


FOREIGN: list[Callable[[Path], Path]] = [
    write_list,
    lambda path: write_list(path, "Anna"),
    lambda path: edited(write_report(path)),
    text,
    cut,
]


def test_a_report_of_ours_is_replaced(tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    for there in (write_report, empty):
        there(report)
        check_report(report, [])
        report.unlink()
    check_report(report, [])


@pytest.mark.parametrize("there", FOREIGN)
def test_any_other_file_is_not(there: Callable[[Path], Path], tmp_path: Path) -> None:
    report = there(tmp_path / "report.xlsx")
    before = report.read_bytes()
    with pytest.raises(BadInput) as refused:
        check_report(report, [])
    assert refused.value.key == "report_foreign"
    assert "назовите отчёт иначе" in refused.value.text("ru")
    assert report.read_bytes() == before
    assert not may_replace(report)


@pytest.mark.parametrize("option", ["scenario", "contacts", "population", "voices", "OKLIK_VOICES"])
@pytest.mark.parametrize("link", ["itself", "symbolic", "hard", "roundabout"])
def test_an_input_is_never_the_report(option: str, link: str, tmp_path: Path) -> None:
    """Also when the list is an earlier report of ours, which else might be replaced."""
    paths = {name: tmp_path / f"{name}.xlsx" for name in ("scenario", "contacts", "population", "voices")}
    for path in paths.values():
        write_report(path)
    victim, report = paths[option if option in paths else "voices"], tmp_path / "report.xlsx"
    match link:
        case "itself":
            report = victim
        case "symbolic":
            report.symlink_to(victim)
        case "hard":
            report.hardlink_to(victim)
        case _:
            (tmp_path / "folder").mkdir()
            report = tmp_path / "folder" / ".." / victim.name
    settings = Settings(home=tmp_path, voices=paths["voices"])
    given: dict[str, object] = dict.fromkeys(
        ("switch", "caller_id", "window", "zone", "speed", "seed", "sheet", "phone_column", "voices")
    )
    given |= {**paths, "language": "ru", "agents": [], "retry": True, "channels": 1, "cps": 1.0, "max_minutes": 15}
    if option == "OKLIK_VOICES":
        given["voices"] = None
    dial_string = "sofia/gateway/pstn/{number}"
    with pytest.raises(BadInput) as refused:
        RunOptions.checked(settings, **given, report=report, dial_string=dial_string)
    assert refused.value.key == "report_is_input"
    assert victim.name in refused.value.text("ru")
    assert RunOptions.checked(settings, **given, report=tmp_path / "new.xlsx", dial_string=dial_string)
