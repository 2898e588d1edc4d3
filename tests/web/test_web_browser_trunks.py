"""In a real browser: a trunk is filled in, its file taken, its state shown; hostile names stay names."""

import datetime as dt

import pytest

from oklik.campaigns import gateways
from oklik.campaigns.gateways import Filled, Seen
from oklik.dialing.gateways import Login
from support.payloads import PAYLOADS, Watch
from support.postgres import *  # noqa: F403
from support.web_site import *  # noqa: F403
from support.web_site import PHONE, Site, Window

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.heavy]


def test_a_carriers_letter_becomes_a_trunk(site: Site, window: Window) -> None:
    page = window.page
    window.sign_in(site.user("admin"))
    window.open("/settings/trunks")
    window.check()
    page.get_by_role("link", name="Добавить линию").click()
    window.check()
    page.fill("#name", "Ростелеком")
    page.fill("#host", "sip.carrier.example")
    page.fill("#user", "74951234567")
    page.fill("#password", "Zx9secret")
    page.get_by_label("8…").check()
    page.fill("#caller_ids", "74951234567")
    page.click("button.btn-primary")
    page.get_by_text("Сохранено.").wait_for()
    page.get_by_text("Состояние неизвестно").wait_for()
    window.check()
    page.fill("#file-password", "Zx9secret")
    for _ in range(2):  # whoever lost the file takes it again
        with page.expect_download() as download:
            page.get_by_role("button", name="Скачать файл").click()
    assert download.value.suggested_filename.startswith("gateway-oklik-")
    with site.engine.begin() as conn:
        kept = gateways.get(conn, "Ростелеком")
        seen = Seen(trunk_id=kept.trunk_id, state="FAIL_WAIT", up=False, sip_status=403, applied=kept.revision)
        gateways.publish(conn, "node1", [seen], dt.datetime.now(dt.UTC))
    page.get_by_text("Отказ: неверный логин или пароль").wait_for()  # the page asks by itself
    page.set_viewport_size(PHONE)
    for path in ("/settings/trunks", "/settings/nodes", "/settings/dictionary"):
        window.open(path)
        window.check()


def test_hostile_names_are_shown_harmlessly(site: Site, window: Window) -> None:
    with site.engine.begin() as conn:
        for payload in (one.strip()[:100] for one in PAYLOADS if one.strip()):
            if gateways.find(conn, payload) is None:
                filled = Filled(login=Login.ADDRESS, host="sip.example", channels=1, cps=1.0)
                gateways.save(conn, payload, filled, dt.datetime.now(dt.UTC), "user:x")
    watch = Watch(window.page)
    window.sign_in(site.user("admin"))
    for path in ("/settings/trunks", "/settings/trunks/1", "/settings/trunks/1/edit", "/settings/trunks/31"):
        window.open(path)
        watch.nothing_ran()
