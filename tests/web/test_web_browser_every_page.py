"""Every page in a real browser, empty and full: nobody is shut out, nothing fails unseen, nothing sticks out."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from oklik.store.postgres import EmbeddedPostgres
from support.demo_site import Demo, demo_site
from support.postgres import *  # noqa: F403
from support.screenshots_pages import DARK, EN, PAGES, PARTS, PHONE, RU, Picture
from support.web_site import *  # noqa: F403
from support.web_site import PHONE as NARROW
from support.web_site import WIDE, Window, add_user

PEOPLE = 24
ON_A_PHONE = {"home", "live"}
CONTRAST = {"runOnly": ["color-contrast"]}  # all that dark changes


def test_there_is_a_picture_of_every_page(client: FlaskClient) -> None:
    app: Flask = client.application
    routes = {
        rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.rule.startswith("/api")
    }
    told = {one.route for one in PAGES}
    assert routes == told | PARTS, "screenshots_pages says which pages there are"
    assert not told & PARTS


def test_those_that_are_kept_are_few_and_there() -> None:
    kept = {f"{one.name}-{look}.png" for one in PAGES for look in one.keep}
    folder = Path(__file__).parents[2] / "docs" / "img"
    assert {path.name for path in folder.glob("*.png")} == kept, "make screenshots, and remove what is no more"
    assert len(kept) <= 25
    pages = [*folder.parent.glob("*.md"), *folder.parents[1].glob("README*.md")]
    written = "".join(path.read_text("utf-8") for path in pages)
    assert {name for name in kept if f"img/{name}" not in written} == set(), "a picture that nobody sees"
    assert {look for one in PAGES for look in one.keep} <= {RU, EN, DARK, PHONE}
    assert max(path.stat().st_size for path in folder.glob("*.png")) <= 200_000


@pytest.fixture(scope="module")
def demo(chromium: Any, postgres: EmbeddedPostgres) -> Iterator[Demo]:
    """A small office; chromium: where there is none, nothing need be filled."""
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder), people=PEOPLE, server=postgres) as made:
        yield made


@contextmanager
def looking(chromium: Any, site: str, who: str | None) -> Iterator[Window]:
    """A window of somebody's; its console says nothing bad."""
    context = chromium.new_context(viewport=WIDE, locale="ru-RU", reduced_motion="reduce")
    window = Window(context.new_page(), site)
    if who:
        window.sign_in(who)
    yield window
    context.close()


class Looked:
    """What was found on all pages, told at the end: who mends one of them wants to see the others, too."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, window: Window, picture: Picture, address: str) -> None:
        page = window.page
        window.open(address)
        if picture.before:
            picture.before(page)
        self._note(picture, "", window.grave())
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        self._note(picture, "dark: ", window.grave(CONTRAST))
        sizes = [WIDE, NARROW] if picture.name in ON_A_PHONE else [WIDE]
        for size in sizes:
            page.set_viewport_size(size)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            self._note(picture, "", [f"sticks out by {wide} at {size['width']}"] if wide > 0 else [])
        page.set_viewport_size(WIDE)
        self._note(picture, "console: ", window.faults)
        window.faults.clear()

    def _note(self, picture: Picture, where: str, found: list[str]) -> None:
        self.found += [f"{picture.name}: {where}{one}" for one in found]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.browser
def test_every_page_of_an_office_at_work(chromium: Any, demo: Demo) -> None:
    looked = Looked()
    for who in (None, "anna"):
        with looking(chromium, demo.url, who) as window:
            for picture in PAGES:
                if (picture.who is None) == (who is None) and not picture.fresh:
                    looked.look(window, picture, picture.address(demo.places))
    assert looked.found == []


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.browser
def test_every_page_where_there_is_nothing_yet(chromium: Any, demo: Demo) -> None:
    looked = Looked()
    with looking(chromium, demo.fresh, None) as window:
        for picture in PAGES:
            if picture.fresh:
                looked.look(window, picture, picture.address({}))
    add_user(demo.fresh_engine, "anna", "admin", name="Анна")
    with looking(chromium, demo.fresh, "anna") as window:
        for picture in PAGES:
            if picture.who is not None and not picture.values:
                looked.look(window, picture._replace(before=None), picture.route)
    assert looked.found == []


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.browser
def test_by_the_keyboard_alone(chromium: Any, demo: Demo) -> None:
    """The first key leads past the menus, and a question holds the keyboard until it is answered."""
    with looking(chromium, demo.url, "anna") as window:
        page = window.page
        window.open("/")
        page.keyboard.press("Tab")
        skip = page.locator(".ok-skip")
        assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().height > 10")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"

        window.open(f"/campaigns/{demo.places['paused']}")  # what runs may be over on a slow machine
        stop = page.locator('[data-do="stop"]')
        stop.click()
        question = page.locator("dialog#ask")
        question.wait_for()
        assert question.get_by_role("button").all_inner_texts() == ["Отмена", "Остановить"]
        assert page.evaluate("document.activeElement.value") == "no", "what changes nothing is proposed"
        for _ in range(4):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#ask')")
        assert window.grave() == []
        page.keyboard.press("Escape")
        question.wait_for(state="hidden")
        assert stop.evaluate("button => button === document.activeElement"), "the keyboard is where it was"
        assert page.locator('[data-live="state_words"]').inner_text() == "на паузе"
        assert window.faults == []
