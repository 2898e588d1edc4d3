"""The whole way of a marketer in one real browser: from an empty canvas to the report on a colleague's screen.

Each part has a closer test of its own (editor, lists, runs); here it is that they fit together.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import expect

from support.patience import LONG_S
from support.postgres import *  # noqa: F403
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window
from web.test_web_browser_editor import draw, make, step
from web.test_web_browser_runs import pytestmark, site  # noqa: F401  the processes of `oklik up`
from web.test_web_lists_browser import messy

CALLED = 4  # of the messy list's eight rows
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"  # its first sheet in UTF-8
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def test_from_an_empty_canvas_to_the_report(site: Site, window: Window, tmp_path: Path) -> None:  # noqa: F811
    page: Any = window.page
    page.set_default_timeout(1000 * LONG_S)
    window.sign_in(site.user("marketer"))
    expect(page.get_by_role("heading", name="Первая кампания")).to_be_visible()
    scenario(window)
    contacts(page, window, messy(tmp_path / "Список должников.xlsx"))
    campaign(page, window)
    report = tmp_path / "report.xlsx"
    with page.expect_download() as download:
        page.get_by_role("button", name="Скачать Excel").click()
    download.value.save_as(report)
    opened(report)
    window.open("/")
    expect(page.get_by_role("heading", name="Завершённые кампании")).to_be_visible()


def scenario(window: Window) -> None:
    """Drawn, heard, tried out with keys, published."""
    page = window.page
    make(window)
    draw(page)
    with page.expect_response("**/api/v1/speech") as spoken:
        page.locator(".oe-panel").get_by_role("button", name="Слушать").first.click()
    assert spoken.value.ok, spoken.value.text()
    page.get_by_role("tab", name="Звонок").click()
    page.get_by_role("button", name="Позвонить", exact=True).click()
    expect(page.locator(".oe-step.is-current")).to_contain_text("Придёте на приём")
    expect(step(page, "menu")).to_be_visible()
    page.locator('.oe-keypad [data-key="2"]').click()
    expect(page.locator(".oe-transcript")).to_contain_text("Жаль")
    page.get_by_role("button", name="Опубликовать").click()
    page.locator("dialog.oe-modal").get_by_role("button", name="Опубликовать").click()
    expect(page.locator(".oe-notice")).to_contain_text("версия 1")


def contacts(page: Any, window: Window, path: Path) -> None:
    """The messy file, taken as it is."""
    window.open("/lists/import")
    page.set_input_files("#file", path)
    page.get_by_text("Что получится").wait_for()
    page.fill("#name", "Март")
    page.get_by_role("button", name="Загрузить", exact=True).click()
    page.get_by_text("Список «Март» загружен").wait_for()


def campaign(page: Any, window: Window) -> None:
    """Three steps, the launch, and to the end of it on the live page."""
    window.open("/campaigns/new")
    page.locator("#name").fill("Придёте ли вы, март")
    page.get_by_text("Открыть настройки").click()
    page.locator("#max_attempts").fill("1")
    page.get_by_role("button", name="Создать черновик").click()
    page.get_by_role("heading", name="Перед запуском").wait_for()
    page.get_by_role("button", name="Запустить").click()
    page.locator("dialog#ask").get_by_role("button", name="Запустить").click()
    page.locator('[data-live="state_words"]', has_text="завершена").wait_for()
    assert page.locator('[data-live="answered"]').inner_text() == str(CALLED)
    page.get_by_role("link", name="Итоги").click()
    page.locator("[data-calls] tr").nth(CALLED - 1).wait_for()


def opened(report: Path) -> None:
    """A spreadsheet reads it, and so does LibreOffice where it is installed."""
    book = openpyxl.load_workbook(report)
    assert book.sheetnames[:2] == ["Сводка", "Контакты"]
    people: Any = book["Контакты"]
    told = [[str(cell.value) for cell in row] for row in people.rows]
    assert "ФИО клиента" in told[0]
    assert len(told) == CALLED + 1
    assert sum("Сценарий пройден" in row for row in told) == CALLED
    if OFFICE:
        arguments = [f"-env:UserInstallation=file://{report.parent}/office", "--headless", "--convert-to", AS_CSV]
        arguments += ["--outdir", str(report.parent), str(report)]
        subprocess.run([OFFICE, *arguments], check=True, capture_output=True, timeout=LONG_S)
        told_there = report.with_suffix(".csv").read_text("utf-8")
        assert "Придёте ли вы" in told_there
        assert f"Всего,{CALLED},100.0%" in told_there
