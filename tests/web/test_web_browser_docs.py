"""The API's documentation in a real browser: under the pages' own policy, with a try by session and one by token."""

import datetime as dt

import pytest

from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope
from support.postgres import *  # noqa: F403
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window

pytestmark = [pytest.mark.integration, pytest.mark.browser]


@pytest.mark.heavy
def test_the_documentation_is_read_and_tried(site: Site, window: Window) -> None:
    page = window.page
    with site.engine.begin() as conn:
        token = tokens.create(conn, "reader", [str(Scope.TRUNKS_READ)], dt.datetime.now(dt.UTC))
    foreign: list[str] = []
    page.on("request", lambda request: request.url.startswith(site.url) or foreign.append(request.url))
    window.open("/api/docs")
    page.get_by_text("Кампании: создать, запустить, скопировать").wait_for()
    window.sign_in(site.user("admin"))
    window.open("/settings/tokens")
    page.get_by_role("link", name="Документация API").click()
    page.get_by_text("Словарь произношения").click()
    row = page.locator("#operations-Pronunciation-post_pronunciation_set_")
    row.locator(".opblock-summary").click()
    row.get_by_role("button", name="Try it out").click()
    row.locator("textarea").fill('{"language": "ru", "word": "СНТ", "reading": "эс-эн-тэ"}')
    with page.expect_response("**/pronunciation/set") as answer:
        row.get_by_role("button", name="Execute").click()
    assert answer.value.status == 200, answer.value.text()
    page.get_by_role("button", name="Authorize").click()
    box = page.locator(".auth-container", has_text="bearer")
    box.locator("input").fill(token)
    box.get_by_role("button", name="Apply").click()
    page.locator(".dialog-ux .btn-done").first.click()
    with page.expect_response("**/pronunciation/set") as answer:
        row.get_by_role("button", name="Execute").click()
    assert answer.value.status == 403, "as the token, which may not, and no longer as the admin, who may"
    for _ in range(100):  # the browser may tell of the answer before it tells of the fault
        if any("403" in fault for fault in window.faults):
            break
        page.wait_for_timeout(100)
    window.faults.remove(next(fault for fault in window.faults if "403" in fault))
    assert foreign == []
