"""In a real browser: the first start, an invitation, a token; and hostile texts in every field there is."""

import datetime as dt
import re

import pytest

from oklik.campaigns import one_time_codes, users
from oklik.campaigns.audit import Actor, note
from oklik.campaigns.users import UserRefused
from support.payloads import PAYLOADS, Watch
from support.postgres import *  # noqa: F403
from support.web_site import *  # noqa: F403
from support.web_site import PASSWORD, PHONE, Site, Window, add_user

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.heavy]


def test_from_the_first_start_to_a_colleague_who_signs_in(site: Site, window: Window) -> None:
    page = window.page
    window.open("/")
    assert page.url.endswith("/first-admin")
    window.check()
    with site.engine.begin() as conn:
        code = one_time_codes.make_first_admin_code(conn, dt.datetime.now(dt.UTC))
    for name, value in {
        "code": code,
        "name": "Анна",
        "login": "anna",
        "password": PASSWORD,
        "again": PASSWORD,
    }.items():
        page.fill(f"#{name}", value)
    page.click("button.btn-primary")
    page.get_by_text("Добро пожаловать, Анна!").wait_for()
    window.check()
    window.open("/settings/users")
    page.get_by_role("link", name="Пригласить").click()
    page.fill("#name", "Вера")
    page.fill("#login", "vera")
    page.click("button.btn-primary")
    link = page.input_value("#link")
    assert re.fullmatch(rf"{site.url}/password/[\w-]{{43}}", link)
    window.check()
    page.click(".ok-top [data-bs-toggle=dropdown]")
    page.click("[data-theme=dark]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    window.check()
    page.click(".ok-top [data-bs-toggle=dropdown]")
    page.get_by_role("button", name="Выйти").click()
    page.get_by_text("Вы вышли").wait_for()
    assert page.get_attribute("html", "data-bs-theme") == "dark", "as it was chosen"
    page.goto(link)
    window.check()
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button.btn-primary")
    page.get_by_text("Добро пожаловать, Вера!").wait_for()
    page.get_by_role("button", name="Язык: English").click()
    page.set_viewport_size(PHONE)
    window.open("/profile")
    page.get_by_role("heading", name="My profile").wait_for()
    window.check()


def test_the_settings_show_hostile_texts_and_none_does_anything(site: Site, window: Window) -> None:
    now = dt.datetime.now(dt.UTC)
    stored = 0
    for number, payload in enumerate(PAYLOADS):
        with site.engine.begin() as conn:
            note(
                conn,
                Actor(f"user:{payload}", "web", payload[:40]),
                payload[:100],
                payload,
                {payload[:50]: payload},
                now,
            )
            try:
                users.add_user(conn, f"user{number}", payload[: users.NAME_MOST], "agent", now)
                stored += 1
            except UserRefused:
                continue
    assert stored >= 58, "all but those of blanks"
    add_user(site.engine, "boss", "admin", name=PAYLOADS[0])
    window.sign_in("boss")
    watch = Watch(window.page)
    for path in ("/settings/users", "/settings/audit", "/settings/audit?before=30", "/profile"):
        window.open(path)
        watch.nothing_ran()
    assert window.page.input_value("#name") == PAYLOADS[0], "kept as it was written"
    for payload in PAYLOADS[::4]:
        page = window.page.request.get(
            f"{site.url}/settings/audit", params={"who": payload[:200], "subject": payload[:200]}
        )
        assert page.status == 200
    for payload in PAYLOADS[:1]:
        window.page.goto(f"{site.url}/login?next=" + payload.replace("#", ""))
        watch.nothing_ran()
