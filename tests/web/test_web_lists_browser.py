"""A messy Excel list in a real browser: from the dropped file to the edited cell."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import Engine

from oklik.campaigns.list_imports import carry_out_import
from oklik.jobs.app import apply_schema
from support.patience import until
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window
from web.conftest import NOW

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def messy(path: Path) -> Path:
    """As offices keep them: merged titles, an empty row, phones in every spelling, doubles, holes, floats."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "Должники"
    page.append(["ООО «Ромашка»: реестр на 01.03.2025"])
    page.merge_cells("A1:E1")
    page.append([None, None, "Контакты", None, None])
    page.merge_cells("C2:D2")
    page.append([])
    page.append(["№", "ФИО клиента", "Мобильный телефон", "Город", "Сумма долга"])
    page.append([1, "Иванов Иван Иванович", "8-916-123-45-67", "Омск", 12500.5])
    page.append([2, "Петрова-Ёлкина Анна", 79161234568.0, "Пермь", 300])
    page.append([3, "Сидоров Пётр", "+7 (916) 123 45 69", None, 7000])
    page.append([4, "Иванов И. И.", "89161234567", "Омск", 12500.5])
    page.append([5, "Без Телефона", None, "Омск", 10])
    page.append([6, "Буквы Вместо", "8916I23456O", "Омск", 10])
    page.append([7, "Кузнецова Ольга", "9161234570; 8 495 123-45-67", "Москва", "1 200,00 ₽"])
    page.append(["Итого", None, None, None, 32310.5])
    book.save(path)
    return path


def upload(page: Page, path: Path) -> None:
    """From the lists to what would come of the file."""
    page.get_by_role("link", name="Загрузить список").click()
    page.set_input_files("#file", path)
    page.get_by_text("Что получится").wait_for()


def begin(page: Page, engine: Engine) -> None:
    """Start the import, and carry it out as its job does."""
    page.get_by_role("button", name="Загрузить", exact=True).click()
    page.get_by_text("Ждёт своей очереди").wait_for()
    carry_out_import(engine, int(page.url.rpartition("/")[2]), now=NOW)


def test_a_messy_list_is_imported_and_worked_with(
    site: Site,
    window: Window,
    engine: Engine,
    database_url: str,
    tmp_path: Path,
) -> None:
    apply_schema(database_url)
    page = window.page
    window.sign_in(site.user("marketer"))
    window.open("/lists")
    page.get_by_text("Списков пока нет").wait_for()
    window.check()
    upload(page, messy(tmp_path / "Список должников.xlsx"))
    assert page.get_by_label("Что в столбце «Мобильный телефон»").input_value() == "own"
    assert page.locator("[name=header_row]").input_value() == "4"
    page.get_by_text("+79161234568").wait_for()
    page.get_by_text("возможно, О вместо нуля").wait_for()
    window.check()
    page.fill("#name", "Март")
    begin(page, engine)
    page.get_by_text("Список «Март» загружен").wait_for()
    window.check()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Скачать строки с ошибками").click()
    coming.value.save_as(tmp_path / "bad.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "bad.xlsx").active
    assert [row[0].value for row in list(sheet.rows)[1:]] == [8, 9, 10, 12]

    page.get_by_role("link", name="Открыть список").click()
    page.fill("#search", "елкина")
    until(lambda: page.locator("#rows tr").count() == 1)
    cell = page.get_by_role("button", name="Петрова-Ёлкина Анна")
    cell.click()
    field = page.locator(".ok-editing [name=value]")
    field.fill("Ёлкина Анна")
    field.press("Enter")
    page.get_by_role("button", name="Ёлкина Анна", exact=True).wait_for()
    window.check()
    page.get_by_role("link", name="Карточка, строка 6").click()
    page.get_by_text("Этому человеку ещё не звонили").wait_for()
    page.get_by_text("История изменений").wait_for()
    window.check()


def test_a_search_typed_before_the_scripts_are_there_is_heard(
    site: Site,
    window: Window,
    engine: Engine,
    database_url: str,
    tmp_path: Path,
) -> None:
    apply_schema(database_url)
    page = window.page
    window.sign_in(site.user("marketer"))
    window.open("/lists")
    upload(page, messy(tmp_path / "people.xlsx"))
    begin(page, engine)
    page.get_by_role("link", name="Открыть список").wait_for()

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx.js*", hold)
    page.get_by_role("link", name="Открыть список").click(no_wait_after=True)
    until(lambda: held or page.wait_for_timeout(20), "the script is asked for")
    page.locator("#search").press_sequentially("елкина")
    held[0].continue_()
    until(lambda: page.locator("#rows tr").count() == 1)
