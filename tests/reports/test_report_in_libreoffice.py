"""The report opened by an office program that is not ours."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Connection

from oklik.reports.excel import write_report
from reports.town import Town, populate

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed"),
]


def convert(path: Path, target: str, folder: Path) -> None:
    profile = folder / "profile"
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", target, "--outdir",
         str(folder), str(path)],
        check=True, capture_output=True, timeout=400, env=os.environ | {"HOME": str(folder)},
    )  # fmt: skip


def test_libreoffice_reads_every_sheet(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.1)
    town.person({"ФИО": "=1/0", "Комментарий": "+7 916 000-00-00"}, disposition="busy")
    path = tmp_path / "report.xlsx"
    write_report(connection, town.id, path)
    # -1: every sheet into a file of its own; 44,34,76: comma, quote, UTF-8
    convert(path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", tmp_path)
    texts = {
        name: (tmp_path / f"report-{name}.csv").read_text()
        for name in ("Сводка", "Контакты", "Попытки", "Отклонённые строки")
    }
    for name, content in texts.items():
        for error in ("#DIV/0!", "#NAME?", "#REF!", "#VALUE!", "Err:5", "#N/A"):
            assert error not in content, name
    rows = list(csv.DictReader(texts["Контакты"].splitlines()))
    assert rows[-1]["ФИО"] == "=1/0"
    assert rows[-1]["Комментарий"] == "+7 916 000-00-00"
    assert rows[0]["Телефон"] == "8 (916) 001-01-01"
    assert "Сценарий пройден" in texts["Сводка"]


def test_libreoffice_prints_it(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    populate(town, 0.1)
    path = tmp_path / "report.xlsx"
    write_report(connection, town.id, path)
    convert(path, "pdf", tmp_path)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
