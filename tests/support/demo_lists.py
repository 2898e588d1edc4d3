"""Lists of the demo: the large one as the ready example has it, a messy one by hand, a segment, the stop list."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import Engine, text

from oklik.campaigns import segments, stop_list
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.list_cells import edit_cell
from oklik.campaigns.list_uploads import keep_upload
from oklik.campaigns.list_words import index_list
from oklik.campaigns.segments import Condition, Definition

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "examples" / "debtors.xlsx"
TITLES = 3  # rows of the example up to its header
PROJECT = "Работа с клиентами"
ROWS = (
    ("Иванов Иван Иванович", "8-916-123-45-67", "Омск", 12500.5),
    ("Петрова-Ёлкина Анна", 79161234568.0, "Пермь", 300),
    ("Сидоров Пётр", "+7 (916) 123 45 69", None, 7000),
    ("Иванов И. И.", "89161234567", "Омск", 12500.5),
    ("Без Телефона", None, "Казань", 10),
    ("Константинопольская Александра", "8916I23456O", "Уфа", 10),
    ("Кузнецова Ольга", "9161234570; 8 495 123-45-67", "Москва", "1 200,00 ₽"),
)


def messy(path: Path) -> Path:
    """An Excel file with titles above its header."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "Должники"
    page.append(["ООО «Ромашка»: реестр на 01.03.2026"])
    page.append([])
    page.append(["№", "ФИО", "Мобильный телефон", "Город", "Сумма долга", "Срок оплаты"])
    for number, row in enumerate(ROWS, 1):
        page.append([number, *row, f"{10 + number}.03.2026"])
    book.save(path)
    return path


def shortened(path: Path, people: int) -> Path:
    """The example's table with fewer people."""
    book = openpyxl.load_workbook(EXAMPLE)
    page: Any = book.active
    page.delete_rows(TITLES + people + 1, page.max_row)
    book.save(path)
    return path


def fill_lists(engine: Engine, now: dt.datetime, people: int) -> dict[str, Any]:
    """The lists, an import at its second step, a segment, numbers on the stop list."""
    with tempfile.TemporaryDirectory() as folder:
        large = shortened(Path(folder) / "Должники 2026-03.xlsx", people)
        path = messy(Path(folder) / "Реестр должников.xlsx")
        debtors = import_contacts(engine, PROJECT, "Должники, март", large, now=now - dt.timedelta(days=3))
        few = import_contacts(engine, PROJECT, "Новые договоры, 12 марта", path, now=now - dt.timedelta(hours=1))
        with engine.begin() as conn:
            upload = keep_upload(conn, path, "Реестр должников.xlsx", digest="", by="user:vera", now=now)
    for one in (debtors.list_id, few.list_id):
        index_list(engine, one, now=now)
    with engine.begin() as conn:
        ids = conn.execute(
            text("SELECT id FROM contact WHERE list_id = :id ORDER BY id"), {"id": few.list_id}
        ).scalars()
        edit_cell(conn, ids.first(), "Город", "Томск", by="user:vera", now=now)
        money = Definition((Condition("Сумма долга", "more", "10000", "money"),))
        segment = segments.save_segment(conn, debtors.list_id, "Крупные долги", money, by="user:vera", now=now)
        for number, reason, who in (
            ("+79161234569", "обращение № 17", "user:boris"),
            ("+79161234570", "просил не звонить", "user:vera"),
            ("+79072373536", "банкротство, дело А40-118/26", "user:boris"),
        ):
            stop_list.put(conn, [number], source="web", reason=reason, recorded_by=who, now=now)
    return {"list": debtors.list_id, "few": few.list_id, "upload": upload, "segment": segment, "people": people}
