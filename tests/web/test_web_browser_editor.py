"""The editor in a real browser, as a marketer uses it: a menu is drawn, heard, tried out with keys and published."""

from typing import Any

import pytest
from playwright.sync_api import expect

from support.web_site import *  # noqa: F403
from support.web_site import Site, Window

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.heavy]

SAVED = "Сохранено"
FIRST_LOAD_BYTES = 300 * 1024  # as they go over the line, with headers, the page itself and what it asks first


def make(window: Window) -> None:
    """A new, empty scenario; the editor is open then."""
    page = window.page
    window.open("/scenarios/new")
    page.fill("#title", "Придёте ли вы")
    page.fill("#name", "coming")
    page.locator("form.card button.btn-primary").click()
    page.wait_for_selector(".oe-canvas")


def step(page: Any, name: str) -> Any:
    """A step on the canvas."""
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def saved(page: Any) -> None:
    expect(page.locator(".oe-saved")).to_contain_text(SAVED)


def draw(page: Any) -> None:
    """A menu whose two keys lead to two ends, by palette, form and exits."""
    for name in page.evaluate("[...document.querySelectorAll('.react-flow__node')].map(node => node.dataset.id)"):
        step(page, name).click(position={"x": 120, "y": 20})
        page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(0)
    palette = page.locator(".oe-palette")
    palette.get_by_role("button", name="Меню").click()
    page.locator(".oe-panel textarea").first.fill("Придёте на приём? Да — один, нет — два.")
    for _ in range(2):
        palette.get_by_role("button", name="Закончить звонок").click()
    page.get_by_role("button", name="Разложить по порядку").click()
    step(page, "menu").click(position={"x": 120, "y": 20})
    form = page.locator(".oe-panel")
    keys = form.locator('[data-field="options"]')
    keys.locator(".oe-part").nth(1).locator("summary").click()
    keys.locator('[data-field="options.2.exit"] input').fill("no")
    keys.locator("select.oe-exit-target").nth(0).select_option("hangup")
    keys.locator("select.oe-exit-target").nth(1).select_option("hangup_2")
    form.locator("#exit-menu-no_input").select_option("hangup")
    step(page, "hangup_2").click(position={"x": 120, "y": 20})
    form.locator("textarea").first.fill("Жаль. До свидания!")
    saved(page)


def test_a_menu_is_drawn_heard_tried_out_and_published(site: Site, window: Window) -> None:
    window.sign_in(site.user("marketer"))
    page = window.page
    make(window)
    draw(page)
    expect(page.locator(".react-flow__edge")).to_have_count(3)

    with page.expect_response("**/api/v1/speech") as spoken:
        page.locator(".oe-panel").get_by_role("button", name="Слушать").first.click()
    assert spoken.value.ok, spoken.value.text()
    assert spoken.value.headers["content-type"] == "audio/wav"

    page.get_by_role("tab", name="Звонок").click()
    page.get_by_role("button", name="Позвонить", exact=True).click()
    expect(page.locator(".oe-step.is-current")).to_contain_text("Придёте на приём")
    page.locator('.oe-keypad [data-key="2"]').click()
    expect(page.locator(".oe-transcript")).to_contain_text("Жаль")
    expect(page.locator(".oe-line.is-end")).to_be_visible()
    expect(page.locator(".oe-way-passed")).to_have_count(1)
    window.check()

    page.get_by_role("button", name="Опубликовать").click()
    page.locator("dialog").get_by_role("button", name="Опубликовать").click()
    expect(page.locator(".oe-notice")).to_contain_text("версия 1")
    page.get_by_role("tab", name="Версии").click()
    expect(page.locator(".oe-version")).to_contain_text(["Черновик", "Версия 1"])


def test_everything_can_be_undone_and_two_tabs_lose_nothing(site: Site, window: Window) -> None:
    window.sign_in(site.user("marketer"))
    page = window.page
    make(window)
    count = page.locator(".react-flow__node").count()
    page.locator(".oe-palette").get_by_role("button", name="Меню").click()
    expect(page.locator(".react-flow__node")).to_have_count(count + 1)
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator(".react-flow__node")).to_have_count(count)
    page.get_by_role("button", name="Вернуть").click()
    expect(page.locator(".react-flow__node")).to_have_count(count + 1)
    saved(page)

    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".oe-palette").get_by_role("button", name="Запомнить").click()
    saved(other)
    page.locator(".oe-palette").get_by_role("button", name="Отметить").click()
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("Сценарий изменили в другом окне")
    dialog.get_by_role("button", name="Взять чужой вариант").click()
    expect(step(page, "set")).to_be_visible()
    window.faults.clear()  # the browser writes of the answer 409, which is how a conflict is told


def test_the_first_load_is_small(site: Site, window: Window) -> None:
    window.sign_in(site.user("marketer"))
    make(window)
    address = window.page.url
    line = window.page.context.new_cdp_session(window.page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    window.page.goto(address)
    window.page.locator(".react-flow__node").first.wait_for()
    window.page.wait_for_timeout(1500)
    assert 100_000 < sum(sizes) <= FIRST_LOAD_BYTES
    before = len(sizes)
    window.page.locator(".ok-user, [data-bs-toggle=dropdown]").last.click()
    expect(window.page.locator(".dropdown-menu.show")).to_be_visible()
    assert len(sizes) > before, "menus work, though what opens them came only now"
