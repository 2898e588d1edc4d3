"""Hostile texts in every text field of the API and in every cell of a list; then every page there is, in a browser.

None runs, none is asked for from another host, no page becomes wider than the window.  The pages are those of the
application's own map, so a new one is looked at by itself.
"""

import csv
import importlib
import io
import re
from collections.abc import Iterable
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import Engine, text

from oklik.campaigns import tokens
from oklik.campaigns.list_imports import carry_out_import
from oklik.campaigns.tokens import Scope
from oklik.reports.asked import write_asked
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.patience import LONG_S
from support.payloads import PAYLOADS, Watch
from support.postgres import *  # noqa: F403
from support.web_site import *  # noqa: F403
from support.web_site import Site, Window, add_user
from web.conftest import NOW, Api
from web.filled import Filled, fill
from web.pages import Browser
from web.storing import store_everywhere

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.slow]
# Parameters of pages' addresses, and where their values are.
IDS = {
    "campaign_id": "SELECT id FROM campaign",
    "list_id": "SELECT id FROM contact_list WHERE deleted_at IS NULL",
    "contact_id": "SELECT id FROM contact",
    "import_id": "SELECT id FROM list_import",
    "standing_id": "SELECT id FROM standing_campaign",
    "preset_id": "SELECT id FROM preset",
    "scenario_id": "SELECT id FROM scenario",
    "trunk_id": "SELECT trunk_id FROM trunk_gateway",
}
AS_SENT, IN_A_BROWSER = 6, 2  # of each kind
MARKUP = 30  # the payloads that are markup; what runs of them without a click, or the browser refuses aloud:
NOISY = tuple(
    one
    for one in PAYLOADS[:MARKUP]
    if one.startswith(
        ("<script", "</title", "<img", "<svg onload", "<body", "<details", "<iframe src", "<link", "<base")
    )
)
SHORTEST = 60  # no text is cut below that
SETTLED_MS = 1500
NO_PAGES = {"static", "pages_accounts.choose_password", "pages_home.language"}


class Stored:
    """The application over the site's database, and what is in it."""

    def __init__(self, engine: Engine, url: str, folder: Path) -> None:
        parts = {name: str(folder / name) for name in ("prompts", "recordings", "reports")}
        settings = WebSettings(requests=10**9, hash_rounds=1, hash_kib=32, body_bytes=4 << 20, **parts)
        self.engine, self.folder = engine, folder
        self.app: Flask = create_app(engine, settings)
        owner = add_user(engine, "owner", "admin")  # whose profile is stored, too
        with engine.begin() as conn:
            token = tokens.create(conn, "storing", [str(scope) for scope in Scope], NOW, user_id=owner)
        self.api = Api(self.app.test_client(), token)
        self.known: Filled = fill(self.api, engine, url, folder)
        self.list_of(PAYLOADS)
        self.taken = store_everywhere(self.api, self.known, PAYLOADS)

    def list_of(self, cells: tuple[str, ...]) -> None:
        """A list whose headers and cells are the texts."""
        file = io.StringIO()
        rows = csv.writer(file, delimiter=";")
        rows.writerow([PAYLOADS[0][:60], "Телефон", PAYLOADS[31][:60]])
        for number, cell in enumerate(cells):
            rows.writerow([cell.replace("\0", ""), f"8916300{number:04d}", cell[::-1]])
        form = {"file": (io.BytesIO(file.getvalue().encode("utf-8", "ignore")), f"{PAYLOADS[8]}.csv")}
        sent = self.api.client.post("/api/v1/list-imports", data=form, headers=self.api.headers({})).json
        started = self.api.post(f"/list-imports/{sent['id']}/start", {"name": PAYLOADS[30][:100], "project": "p"})
        assert started.status_code == 200, started.json
        carry_out_import(self.engine, sent["id"], now=NOW)

    def pages(self, most: int) -> list[str]:
        """The addresses of all pages, with so many of each kind of thing."""
        with self.engine.connect() as conn:
            found = {name: [row[0] for row in conn.execute(text(select))] for name, select in IDS.items()}
        addresses = []
        for rule in self.app.url_map.iter_rules():
            if rule.rule.startswith("/api/v1") or "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES:
                continue
            names = re.findall(r"<(?:int:)?(\w+)>", rule.rule)
            if rule.endpoint == "pages_prompts.history":
                addresses.append("/prompts/ru/greeting")
            elif not names:
                addresses.append(rule.rule)
            else:
                assert len(names) == 1 and found.get(names[0]), f"say in IDS where {rule.rule} finds its values"
                values = sorted(found[names[0]])
                step = max(1, len(values) // most)
                addresses += [
                    re.sub(r"<.*>", str(value), rule.rule) for value in {*values[::step][: most - 1], values[-1]}
                ]
        return addresses


@pytest.fixture
def stored(site: Site, database_url: str, tmp_path: Path) -> Stored:
    return Stored(site.engine, database_url, tmp_path)


class _Parts(HTMLParser):
    """Whatever would run, of a page as it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        bad = tag in {"iframe", "object", "embed", "base", "style"} or (tag == "script" and not given.get("src"))
        bad |= tag == "meta" and "http-equiv" in given
        bad |= any(name.startswith(("on", "hx-on")) or name in {"srcdoc", "style"} for name in given)
        bad |= any(
            str(given.get(name)).strip().casefold().startswith(("javascript:", "data:text", "https://evil", "//"))
            for name in ("href", "src", "action", "hx-get", "hx-post", "formaction")
        )
        if bad:
            self.found.append(f"<{tag} {attrs}>"[:200])


def parts(sent: str) -> list[str]:
    """Say what of a page would run."""
    parser = _Parts()
    parser.feed(sent)
    return parser.found


class Looking:
    """A browser's window in which pages are looked at one by one."""

    def __init__(self, window: Window, site: Site) -> None:
        self._window, self._site = window, site
        self._late = importlib.import_module("playwright.sync_api").TimeoutError
        self._watch = Watch(window.page)
        self._foreign: list[str] = []
        window.page.set_default_timeout(1000 * LONG_S)
        window.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self._site.url, "data:", "blob:")):
            self._foreign.append(request.url[:80])

    def look(self, path: str) -> list[str]:
        """Open a page and say what of it has run, was asked for elsewhere, or sticks out."""
        page = self._window.page
        page.goto(self._site.url + path, wait_until="load")
        with suppress(self._late):  # pages that listen to events are never idle
            page.wait_for_load_state("networkidle", timeout=SETTLED_MS)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = [f"wider than the window by {wide} pixels"] if wide > 0 else []
        found += [f"ran: {one}" for one in self._watch.found()]
        found += [f"asked for {one}" for one in self._foreign]
        found += [f"console: {one[:200]}" for one in self._window.faults]
        for told in (self._foreign, self._window.faults):
            told.clear()
        return [f"{path}: {one}" for one in found]


def read(stored: Stored, paths: Iterable[str]) -> dict[str, str]:
    """The pages as they are sent, those that are whole pages; of all it is seen that nothing in them would run."""
    reader = Browser(stored.app.test_client())
    reader.sign_in("boss")
    found = {}
    for path in dict.fromkeys(paths):
        answer = reader.client.get(path)
        sent = answer.get_data(as_text=True)
        assert (answer.status_code in {200, 302, 303, 404}, parts(sent)) == (True, []), path
        if answer.status_code == 200 and "<!doctype html>" in sent:  # and no part of a page
            found[path] = sent
    return found


def test_no_stored_text_runs_or_breaks_any_page(stored: Stored, site: Site, window: Window) -> None:
    assert sum(stored.taken.values()) > 1_000
    assert len(stored.taken) >= 20, "fields"
    add_user(site.engine, "boss", "admin")
    browsed = set(stored.pages(IN_A_BROWSER))
    sent = read(stored, [*stored.pages(AS_SENT), *sorted(browsed)])
    unseen = [one for one in PAYLOADS if not any(written(one) in page for page in sent.values())]
    assert unseen == [], "stored, and shown on no page"
    shown = [path for path in sent if path in browsed]
    assert len(shown) >= 25
    window.sign_in("boss")
    looking = Looking(window, site)
    assert [told for path in shown for told in looking.look(path)] == []


def test_a_page_that_forgets_to_escape_is_noticed(stored: Stored, site: Site, window: Window) -> None:
    """The pages again, as they would be if a template let one text through as it is: by the reader, by the browser."""
    add_user(site.engine, "boss", "admin")
    sent = read(stored, stored.pages(IN_A_BROWSER))
    window.sign_in("boss")
    looking = Looking(window, site)
    missed, silent = [], []
    for payload in PAYLOADS[:MARKUP]:
        path, page = next((path, page) for path, page in sent.items() if written(payload) in page)
        careless = page.replace(written(payload), payload)
        if not parts(careless):
            missed.append(payload)
        if payload in NOISY:
            address = site.url + path
            window.page.route(address, lambda route, _, body=careless: route.fulfill(response=route.fetch(), body=body))
            if not looking.look(path):
                silent.append(payload)
            window.page.unroute(address)
    window.page.goto("about:blank")
    window.faults.clear()
    assert missed == [], "by whoever reads the page as it is sent"
    assert silent == [], "by the browser"


def written(payload: str) -> str:
    """The beginning of a text as a page must have it."""
    return str(escape(payload[:SHORTEST].splitlines()[0].strip()))


def test_downloads_hold_no_formulas(stored: Stored) -> None:
    api, campaign = stored.api, stored.known.places["campaign_id"]
    with stored.engine.begin() as conn:
        conn.execute(
            text("UPDATE contact SET fields = jsonb_set(fields, '{Имя}', to_jsonb(CAST(:x AS text)))"),
            {"x": PAYLOADS[51]},
        )
    files: dict[str, bytes] = {}
    for kind in ("csv", "xlsx"):
        report = api.post(f"/campaigns/{campaign}/reports", {"kind": kind}).json["id"]
        write_asked(stored.engine, stored.folder / "reports", report, NOW)
        answer = api.get(f"/campaigns/reports/{report}/file")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        files[f"report.{kind}"] = answer.data
        answer.close()
    for path in ("/stop-list/export.xlsx", *(f"/lists/{one}/bad-rows.xlsx" for one in (1, 2, 3))):
        answer = api.get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        files[path.strip("/")] = answer.data
    journal = api.post("/people/journal/file", {"number": "+79160000001"})
    assert journal.status_code in {200, 404, 422}, journal.json
    seen = 0
    for name, data in files.items():
        if name.endswith("csv"):
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
            cells = [cell for row in rows for cell in row]
            assert not [one for one in cells if re.match(r"[=@\t\r]|[+-](?![\d., ]*$)", one)], name
        else:
            book = openpyxl.load_workbook(io.BytesIO(data))
            cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
            formulas = [c.value for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
            assert not formulas, name
            assert not [
                c
                for sheet in book
                for row in sheet.iter_rows()
                for c in row
                if c.hyperlink and "evil" in str(c.hyperlink.target)
            ]
        seen += sum("calc" in cell for cell in cells)
    assert seen > 0, "no formula was there to be neutralised"
