"""In a real browser: a campaign from its three steps to the report, called by a dialer on the virtual switch."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from oklik.campaigns import presets
from oklik.campaigns.audit import Actor, note
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.run_settings import RunSettings
from oklik.jobs.app import apply_schema
from oklik.scenario.document import load_text
from support.command import SCENARIO
from support.patience import LONG_S
from support.postgres import *  # noqa: F403
from support.stage import Process, staged
from support.web_site import *  # noqa: F403
from support.web_site import CHEAP_SETTINGS, PHONE, Site, Window

pytestmark = [pytest.mark.integration, pytest.mark.browser]
PEOPLE = 8
NOBODY = dict.fromkeys(("no_answer", "busy", "unreachable", "invalid", "machine", "rejected", "line_fault"), 0)
POPULATION = {"outcomes": {"answer": 1, **NOBODY}, "personas": {"calm": {"share": 1}}}


@pytest.fixture
def site(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """All processes that `oklik up` starts, on this test's database."""
    apply_schema(database_url)
    files = {"reports": str(tmp_path / "reports"), "incoming": str(tmp_path / "incoming")}
    prompts, log = str(tmp_path / "prompts"), tmp_path / "web.log"
    with staged(tmp_path, database_url, population=POPULATION, speed=30.0) as stage:
        stage.dialer(until_done=False, start=dt.datetime.now(dt.UTC).isoformat())
        jobs = Process(
            ["oklik.jobs"], tmp_path / "jobs.log", {"database_url": database_url, "prompts": prompts, **files}
        )
        own = {"database_url": database_url, "port": 0, "prompts": prompts}
        web = Process(["oklik_web"], log, {**own, **files, **CHEAP_SETTINGS})
        yield Site(engine, f"http://127.0.0.1:{web.said['port']}", log)
        for process in (web, jobs):
            process.signal(15)
            process.wait(30)
            process.end()


def put(engine: Engine, folder: Path) -> None:
    """A list and a published scenario; how they are made is the business of others."""
    now = dt.datetime.now(dt.UTC)
    path = folder / "people.csv"
    rows = (f"Иван;+7916{n:07d};Europe/Moscow" for n in range(1, PEOPLE + 1))
    path.write_text("Имя;Телефон;Часовой пояс\n" + "\n".join(rows), "utf-8")
    imported = import_contacts(engine, "Опросы", "Клиенты", path, now=now)
    with engine.begin() as conn:
        publish_scenario(conn, imported.project_id, load_text(SCENARIO, "s.yaml"), now)


def look_at_the_funnel_and_the_tables(window: Window) -> None:
    """The drawing with its numbers, a call in full, the tables; the filter stands in the address."""
    page: Any = window.page
    first = page.locator(".react-flow__node").first
    first.locator(".of-step-count", has_text=str(PEOPLE)).wait_for()
    first.click()
    page.locator(".of-panel").get_by_role("button", name="Звонки, дошедшие сюда").click()
    page.locator(".of-chip").wait_for()
    assert "node=" in page.url
    window.open(page.url.removeprefix(window.url))  # the filter stands in the address
    page.locator(".of-chip").wait_for()
    page.locator("[data-calls] tr").nth(PEOPLE - 1).click()
    page.locator(".of-way li").first.wait_for()
    window.check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Таблица", exact=True).click()
    assert page.locator("[data-funnel] tr").first.locator("td").nth(1).inner_text() == str(PEOPLE)
    window.check()
    page.locator("[data-rows=contacts]").click()
    page.locator("[data-contacts] tr").nth(PEOPLE - 1).wait_for()
    assert page.locator(".of-chip").is_visible(), "of those who were at the step"
    with page.expect_response(lambda answer: "/contacts?" in answer.url) as asked:
        page.locator("th[data-sort=row] button").click()
    assert "node=" in asked.value.url


def test_a_preset_that_somebody_else_saves_meanwhile(site: Site, window: Window) -> None:
    now = dt.datetime.now(dt.UTC)
    with site.engine.begin() as conn:
        made = presets.add_preset(conn, "Опросы", RunSettings(), "user:anna", now)
    page: Any = window.page
    window.sign_in(site.user("supervisor"))
    window.open(f"/settings/presets/{made}")
    page.locator("#name").fill("Мои опросы")
    page.locator("#pilot-size").fill("7")
    with site.engine.begin() as conn:
        presets.save_preset(conn, made, "Опросы весны", RunSettings(), "user:anna", now)
        note(conn, Actor("user:anna", "api"), "presets.save", "Опросы весны", {}, now)
    page.get_by_role("button", name="Сохранить").click()
    page.locator("#fault", has_text="Пока вы правили, это сохранил anna").wait_for()
    assert (page.locator("#name").input_value(), page.locator("#pilot-size").input_value()) == ("Мои опросы", "7")
    window.faults.clear()  # the browser writes of the answer 409
    page.get_by_role("button", name="Сохранить").click()
    page.wait_for_url("**/settings/presets/")
    with site.engine.connect() as conn:
        (kept,) = presets.all_presets(conn)
    assert (kept.name, kept.settings["pilot"]) == ("Мои опросы", 7)


@pytest.mark.heavy
def test_a_campaign_from_its_three_steps_to_the_report(site: Site, window: Window, tmp_path: Path) -> None:
    put(site.engine, tmp_path)
    page: Any = window.page
    page.set_default_timeout(1000 * LONG_S)
    window.sign_in(site.user("supervisor"))
    window.open("/campaigns/")
    page.get_by_text("Кампаний пока нет").wait_for()
    window.check()
    page.get_by_role("link", name="Новая кампания").first.click()
    page.locator("#name").fill("Довольны ли вы")
    page.get_by_text("Открыть настройки").click()
    page.locator("#max_attempts").fill("1")
    window.check()
    page.get_by_role("button", name="Создать черновик").click()

    page.get_by_role("heading", name="Перед запуском").wait_for()
    page.get_by_text("обновляется само").wait_for()
    window.check()
    page.locator("#size").fill("2")
    page.get_by_role("button", name="Начать пробу").click()
    page.get_by_text("Проба закончена").first.wait_for()
    assert page.locator('[data-live="attempts"]').inner_text() == "2"
    page.get_by_role("button", name="Обзвонить остальных").click()
    page.locator('[data-live="state_words"]', has_text="завершена").wait_for()
    assert page.locator('[data-live="done"]').inner_text() == str(PEOPLE)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a phone"
    window.check()

    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Итоги").click()
    page.locator("[data-calls] tr").nth(PEOPLE - 1).wait_for()
    assert page.locator('[data-result="answered"]').inner_text() == str(PEOPLE)
    look_at_the_funnel_and_the_tables(window)
    with page.expect_download() as download:
        page.get_by_role("button", name="Скачать Excel").click()
    report = tmp_path / "report.xlsx"
    download.value.save_as(report)
    book = openpyxl.load_workbook(report)
    assert book.sheetnames[:2] == ["Сводка", "Контакты"]
    assert book["Контакты"].max_row == PEOPLE + 1

    others = ("/campaigns/", "/campaigns/standing", "/campaigns/standing/new", "/campaigns/1/check")
    for path in (*others, "/settings/presets/", "/settings/presets/new"):
        window.open(path)
        window.check()
