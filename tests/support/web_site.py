"""The web application as a process on a real database, and Chromium in front of it.

    def test_something(site: Site, window: Window) -> None:
        window.sign_in(site.user("marketer"))
        window.open("/campaigns")
        window.page.get_by_role("button", name="...").click()
        window.check()          # axe's serious findings

A message of the browser's console that is an error, or a script that fails, fails the test at its end.  Skipped, with
the reason, where Chromium, playwright or the built assets are missing.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from oklik.campaigns import users
from oklik.campaigns.passwords import Passwords
from support.stage import Process

__all__ = ["CHEAP", "PASSWORD", "Site", "Window", "chromium", "site", "window"]

PASSWORD = "a long phrase of mine"
CHEAP = Passwords(rounds=1, memory_kib=32)  # else argon2 takes a tenth of a second each time, on purpose
CHEAP_SETTINGS = {"hash_rounds": 1, "hash_kib": 32}
BUILT = Path(__file__).parents[2] / "web" / "oklik_web" / "static" / "built"
CHROMIUM = os.environ.get("OKLIK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_open: list[Any] = []
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def add_user(engine: Engine, login: str, role: str, *, name: str = "", language: str | None = None) -> int:
    """Make an account that may sign in with PASSWORD; gives its id."""
    now = dt.datetime.now(dt.UTC)
    with engine.begin() as conn:
        user_id = users.add_user(conn, login, name or login.title(), role, now)
        users.set_password(conn, user_id, CHEAP.hash(PASSWORD))
        if language:
            users.set_language(conn, user_id, language)
    return user_id


@dataclass
class Site:
    """A web process.  url: where it is, without a slash at the end."""

    engine: Engine
    url: str
    log: Path
    made: dict[str, int] = field(default_factory=dict)

    def user(self, role: str, *, language: str | None = None) -> str:
        """The login of somebody of that role, made when there is none yet."""
        if role not in self.made:
            self.made[role] = add_user(self.engine, role, role, language=language)
        return role


class Window:
    """A browser's window.  page: playwright's."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[str] = []
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(self.url + path)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Through the page, as people do."""
        self.open("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("form button.btn-primary")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def check(self) -> None:
        """Nothing serious against people who cannot see or use a mouse."""
        grave = self.grave()
        assert not grave, "\n".join([self.page.url, *grave])

    def grave(self, options: dict[str, Any] | None = None) -> list[str]:
        """Say what axe finds serious or critical.  options: axe's own."""
        from axe_playwright_python.sync_playwright import Axe

        return [
            f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
            for one in Axe().run(self.page, options=options).response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser of this session."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("there is no Chromium (apt-get install chromium, or OKLIK_CHROMIUM=/its/path)")
    if not (BUILT / "tabler.css").is_file():
        pytest.skip(f"{BUILT} is not built")
    if _open:  # every module that takes the fixtures over has one of its own, and playwright runs once in a process
        yield _open[0]
        return
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _open.append(browser)
        yield browser
        _open.clear()
        browser.close()


@pytest.fixture
def site(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The application on this test's database."""
    log = tmp_path / "web.log"
    folders = {"prompts": str(tmp_path / "prompts"), "recordings": str(tmp_path / "calls")}
    process = Process(
        ["oklik_web"],
        log,
        {"database_url": database_url, "port": 0, **folders, **CHEAP_SETTINGS},
    )
    yield Site(engine, f"http://127.0.0.1:{process.said['port']}", log)
    process.signal(15)
    process.wait(30)
    process.end()


@pytest.fixture
def window(chromium: Any, site: Site) -> Iterator[Window]:
    """A window in Russian, 1280×800."""
    context = chromium.new_context(viewport=WIDE, locale="ru-RU", reduced_motion="reduce")
    made = Window(context.new_page(), site.url)
    yield made
    context.close()
    assert made.faults == []
