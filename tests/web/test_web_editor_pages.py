"""The pages of scenarios and prompts: the list with its gallery, the editor's place, the library with its history."""

import hashlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from oklik.campaigns import prompt_library
from oklik.speech.intake import Taken
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window
from web.conftest import NOW
from web.pages import Browser, account


def put(engine: Engine, wav: bytes, key: str = "greeting", *, clipped: bool = False) -> None:
    taken = Taken(wav=wav, duration_ms=1200, clipped=clipped, levelled_db=3.5, trimmed_ms=400)
    with engine.begin() as conn:
        prompt_library.put(conn, "ru", key, taken, f"{hashlib.md5(wav).hexdigest()[:4]}.wav", "user:x", NOW)


@pytest.fixture
def browser(client: FlaskClient, engine: Engine) -> Browser:
    account(engine, "anna")
    made = Browser(client)
    made.sign_in("anna")
    return made


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def test_a_ready_scenario_becomes_ones_own(browser: Browser) -> None:
    page = text_of(browser.get("/scenarios", Accept_Language="ru"))
    assert "Сценариев пока нет" in page and "template=delivery" in page
    assert 'value="Доставка заказа"' in text_of(browser.get("/scenarios/new?template=delivery"))
    made = browser.post("/scenarios/new", template="delivery", title="Наша доставка", name="delivery")
    assert made.status_code == 303 and made.location == "/scenarios/1"
    assert "Наша доставка" in text_of(browser.get("/scenarios"))
    assert 'value="delivery-2"' in text_of(browser.get("/scenarios/new?template=delivery"))


def test_the_editor_has_its_place(browser: Browser) -> None:
    browser.get("/scenarios/new")
    browser.post("/scenarios/new", template="", title="<script>alert(1)</script>", name="mine")
    page = text_of(browser.get("/scenarios/1"))
    assert '<div id="editor" data-scenario="1" data-home="/scenarios"' in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert browser.get("/scenarios/2").status_code == 404


@pytest.mark.parametrize(
    ("title", "name", "told"),
    [("", "x", "заполните"), ("x", "Имя", "строчные латинские"), ("x" * 201, "x", "не больше")],
)
def test_a_name_that_will_not_do_is_told_at_its_field(browser: Browser, title: str, name: str, told: str) -> None:
    browser.get("/scenarios/new")
    refused = browser.post("/scenarios/new", template="", title=title, name=name)
    assert refused.status_code == 422 and told in refused.get_data(as_text=True)


def test_the_list_is_searched(browser: Browser) -> None:
    browser.get("/scenarios/new")
    for name in ("first", "second"):
        browser.post("/scenarios/new", template="", title=f"Сценарий {name}", name=name)
    page = text_of(browser.get("/scenarios?q=FIRST"))
    assert "Сценарий first" in page and "Сценарий second" not in page
    assert "ничего нет" in text_of(browser.get("/scenarios?q=%3Cb%3E")) and "<b>" not in text_of(
        browser.get("/scenarios?q=%3Cb%3E")
    )


def test_an_old_version_of_a_prompt_comes_back(browser: Browser, engine: Engine) -> None:
    assert "Записанных фраз пока нет" in text_of(browser.get("/prompts"))
    put(engine, b"one")
    put(engine, b"two", clipped=True)
    page = text_of(browser.get("/prompts"))
    assert "greeting" in page and "Перегружена" in page and "1,2" in page
    assert "version=1" in text_of(browser.get("/prompts/ru/greeting"))
    assert browser.post("/prompts/ru/greeting/restore", version="1").status_code == 303
    assert "возвращена версия 1" in text_of(browser.get("/prompts/ru/greeting"))
    for bad in ("9", "-1", "x", "1" * 40):
        assert browser.post("/prompts/ru/greeting/restore", version=bad).status_code == 404
    assert browser.get("/prompts/ru/nothing").status_code == 404
    assert browser.get("/prompts/ru/..%2f..%2fetc").status_code == 404


def test_agents_have_no_business_here(client: FlaskClient, engine: Engine) -> None:
    account(engine, "agent", "agent")
    agent = Browser(client)
    agent.sign_in("agent")
    for path in ("/scenarios", "/scenarios/new", "/scenarios/1", "/prompts", "/prompts/ru/x"):
        assert agent.get(path).status_code == 403


@pytest.mark.browser
@pytest.mark.heavy
def test_a_scenario_is_made_and_a_prompt_is_brought_back(site: Site, window: Window) -> None:
    page = window.page
    window.sign_in(site.user("marketer"))
    window.open("/scenarios")
    window.check()
    page.get_by_role("link", name="Доставка заказа").click()
    window.check()
    page.get_by_role("button", name="Создать и открыть").click()
    page.wait_for_url("**/scenarios/1")
    page.locator("#editor").get_by_text("Доставка заказа").first.wait_for()
    put(site.engine, b"one")
    put(site.engine, b"two")
    window.open("/prompts")
    window.check()
    page.get_by_role("link", name="greeting").click()
    window.check()
    page.get_by_role("button", name="Вернуть").click()
    page.get_by_text("возвращена версия 1").wait_for()
