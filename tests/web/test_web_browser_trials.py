"""Ring my phone, in a real browser: the phone is picked, the call is followed on the canvas, its end is told."""

import datetime as dt
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from oklik.campaigns import scenario_drafts
from oklik.campaigns.projects import put_project
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.jobs.app import apply_schema
from support.patience import LONG_S
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window
from web.test_web_scenarios import HELLO

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.heavy]
expect.set_options(timeout=1000 * LONG_S)

NOW = dt.datetime.now(dt.UTC)


def run(site: Site, statement: str, **values: Any) -> None:
    with site.engine.begin() as conn:
        conn.execute(text(statement), values)


def goes(site: Site, leg: uuid.UUID, state: str, node: str = "", cause: str = "") -> None:
    """What a dialer writes of the call."""
    run(
        site,
        """UPDATE call SET state = :state, cause = nullif(:cause, ''), hangup_by = 'us', talk_s = 7,
               answered_at = coalesce(answered_at, CASE WHEN :state <> 'ringing' THEN now() END) WHERE uuid = :leg""",
        leg=leg,
        state=state,
        cause=cause,
    )
    if node:
        run(
            site,
            """INSERT INTO step (attempt_uuid, seq, at, node, fact)
               SELECT :leg, count(*), now(), CAST(:node AS text),
                   jsonb_build_object('type', 'entered', 'node', CAST(:node AS text), 'kind', 'play')
               FROM step WHERE attempt_uuid = :leg""",
            leg=leg,
            node=node,
        )


def test_a_call_of_the_draft_is_followed_on_the_canvas(site: Site, window: Window, database_url: str) -> None:
    apply_schema(database_url)
    with site.engine.begin() as conn:
        add_phone(conn, NamedPhone("+79161234567", "Анна", "user:root", NOW, "user:root", NOW))
        made = scenario_drafts.make(conn, put_project(conn, None), "delivery", HELLO, "user:anna", NOW)
    window.sign_in(site.user("marketer"))
    page = window.page
    window.open(f"/scenarios/{made}")
    start, area = page.locator('.react-flow__node[data-id="hello"]'), page.locator(".oe-canvas")
    expect(start).to_be_visible()
    box, canvas = start.bounding_box(), area.bounding_box()
    assert canvas["y"] + canvas["height"] <= 801, "the canvas ends where the window does"
    assert box["y"] - canvas["y"] < 120, "the call begins at the top"

    page.get_by_role("button", name="Позвонить мне").click()
    expect(page.locator("#oe-test-phone")).to_contain_text("Анна")
    window.check()
    page.locator("dialog").get_by_role("button", name="Позвонить", exact=True).click()
    card = page.locator(".oe-test-card")
    expect(card.locator(".is-now")).to_contain_text("Готовим озвучку")
    leg = uuid.uuid4()
    run(
        site,
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
           VALUES (:leg, 'test', :leg, 'n', 1, 'c', 'sent', '+79161234567', '', now())""",
        leg=leg,
    )
    run(site, "UPDATE call_order SET state = 'claimed', rule = 'allowed', call_uuid = :leg", leg=leg)
    expect(card.locator(".is-now")).to_contain_text("Набираем")
    goes(site, leg, "ringing")
    expect(card.locator(".is-now")).to_contain_text("Телефон звонит")
    goes(site, leg, "answered", "hello")
    expect(page.locator('.react-flow__node[data-id="hello"] .oe-step.is-current')).to_be_visible()
    goes(site, leg, "answered", "bye")
    expect(page.locator('.react-flow__node[data-id="bye"] .oe-step.is-current')).to_be_visible()
    window.check()
    goes(site, leg, "final", cause="NORMAL_CLEARING")
    expect(card.locator(".oe-test-end")).to_contain_text("Разговор")
    expect(page.locator(".oe-way-passed")).to_have_count(1)
    expect(page.locator(".oe-step.is-current")).to_have_count(0)
