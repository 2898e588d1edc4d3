"""The pages of lists without a browser: hostile texts stay texts, forms do what they say and say what is wrong."""

import html
import io
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from campaigns.world import World
from lists.test_workbooks import xlsx
from oklik.campaigns.list_imports import carry_out_import
from oklik.jobs.app import apply_schema
from support.payloads import PAYLOADS
from support.web_site import PASSWORD, add_user
from web.conftest import NOW

pytestmark = pytest.mark.integration

EVIL = '"><script>alert(1)</script>'
COLUMN = 'Имя\' onclick=alert(2) {{7*7}} &amp; \u202e "x"'


class Pages:
    """A browser without scripts."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.post("/login", login="marketer", password=PASSWORD)

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path: str, status: int | None = None, **form: Any) -> Any:
        page = self.client.get("/login", follow_redirects=True).text
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token
        answer = self.client.post(path, data=form, headers={"X-CSRF-Token": token[1]})
        assert status is None or answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return answer


@pytest.fixture
def pages(client: FlaskClient, engine: Engine, database_url: str) -> Pages:
    apply_schema(database_url)
    client.application.config["OKLIK"].rate.most = 10_000
    add_user(engine, "marketer", "marketer")
    return Pages(client)


@pytest.fixture
def evil(pages: Pages, engine: Engine, tmp_path: Path) -> int:
    """A list of which every text is an attack, imported through the pages."""
    return attack(pages, engine, tmp_path / "a", [EVIL, "=cmd()"])


def attack(pages: Pages, engine: Engine, path: Path, cells: Sequence[str]) -> int:
    people = [[_BROKEN.sub("", cell), 89161234567 + n] for n, cell in enumerate(cells)]
    xlsx(path, [[COLUMN, "Телефон"], *people, [EVIL, EVIL]])
    sent = pages.post("/api/v1/list-imports", 200, file=(io.BytesIO(path.read_bytes()), f"{EVIL}.xlsx")).json
    harmless(pages.get(f"/lists/import/{sent['id']}"))
    again = pages.post(f"/lists/import/{sent['id']}/columns", 200, touched="1", column="Телефон", use="own")
    harmless(again.text)
    pages.post(f"/lists/import/{sent['id']}/start", 422, name="", project="p")
    pages.post(f"/lists/import/{sent['id']}/start", 303, name=EVIL, project=EVIL)
    carry_out_import(engine, sent["id"], now=NOW)
    harmless(pages.get(f"/lists/import/{sent['id']}"))
    with engine.connect() as conn:
        return int(World(conn).one("SELECT max(id) FROM contact_list"))


_BROKEN = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")  # what no Excel file holds


class _Parts(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script" or dict(attrs).get("src"), "a script that is no file of ours"
        assert not [name for name, _ in attrs if name.startswith("on")], attrs


def harmless(page: str) -> None:
    _Parts().feed(page)


def test_a_zone_is_named_as_people_name_it(pages: Pages, engine: Engine, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a", [["ФИО", "Телефон", "Город"], ["Анна", 89161234567, "Омск"]])
    sent = pages.post("/api/v1/list-imports", 200, file=(io.BytesIO(path.read_bytes()), "a.xlsx")).json
    page = pages.get(f"/lists/import/{sent['id']}")
    assert "Омск (МСК+3)" in page
    assert "Asia/Omsk" not in page
    pages.post(f"/lists/import/{sent['id']}/start", 303, name="Март", project="p")
    carry_out_import(engine, sent["id"], now=NOW)
    with engine.connect() as conn:
        contact = World(conn).one("SELECT max(id) FROM contact")
    assert "Омск (МСК+3)" in pages.get(f"/contacts/{contact}")


def test_attacks_in_every_text_stay_texts(pages: Pages, engine: Engine, tmp_path: Path) -> None:
    evil = attack(pages, engine, tmp_path / "a", [EVIL, *PAYLOADS])
    pages.post(f"/lists/{evil}/columns", 303, name=EVIL)
    pages.post(
        f"/lists/{evil}/segments", None, name=EVIL, c_column=COLUMN, c_op="contains", c_type="text",
        c_value="script",
    )  # fmt: skip
    pages.post("/stop-list/add", 303, numbers="8 916 123-45-67", reason=EVIL)
    for path in ("/lists", f"/lists/{evil}", f"/lists/{evil}?segment=1", "/contacts/1", "/stop-list"):
        page = pages.get(path)
        harmless(page)
        assert html.escape(EVIL) in page or "&lt;script&gt;" in page, path
    for path, form in (
        ("/lists/search", {"text": "script"}),
        (f"/lists/{evil}/rows", {"text": "script"}),
        (f"/lists/{evil}/count", {"c_column": COLUMN, "c_op": "filled", "c_type": "text", "c_value": ""}),
        ("/stop-list/check", {"number": "8 916 123-45-67"}),
        ("/stop-list/check", {"number": EVIL}),
    ):
        harmless(pages.post(path, 200, **form).text)


def test_a_cell_of_an_odd_column_is_edited_in_place(pages: Pages, evil: int) -> None:
    page = pages.get(f"/lists/{evil}")
    first = re.search(r'hx-post="(/contacts/\d+/cell)" hx-vals="([^"]+)"', page)
    assert first
    told = json.loads(html.unescape(first[2]))
    form = pages.post(first[1], 200, **told).text
    hidden = dict(re.findall(r'name="(column|was)" value="([^"]*)"', form))
    sent = {name: html.unescape(value) for name, value in hidden.items()}
    saved = pages.post(f"{first[1]}/save", 200, **sent, value="Ромашка").text
    assert "Ромашка" in saved
    stale = pages.post(f"{first[1]}/save", 200, **sent, value="Лютик").text
    assert "ячейку тем временем изменили" in stale
    undo = re.search(r'hx-post="(/contacts/\d+/cell/undo/\d+)"', saved)
    assert undo
    harmless(pages.post(undo[1], 200).text)


def test_forms_say_what_is_wrong(pages: Pages, evil: int) -> None:
    pages.post("/stop-list/add", 303, numbers="абв", reason="")
    assert "Номеров в тексте не нашлось" in pages.get("/stop-list") or "Не похоже на номера" in pages.get("/stop-list")
    wrong = {"c_column": "Телефон", "c_op": "more", "c_type": "number", "c_value": "много"}
    assert "нужно число" in pages.post(f"/lists/{evil}/rows", 200, **wrong).text
    assert "одно условие" in pages.post(f"/lists/{evil}/segments", 200, name="x").text
    pages.post(f"/lists/{evil}/delete", 303)
    assert "Удалённые списки: 1" in pages.get("/lists")
    pages.post(f"/lists/{evil}/restore", 303)
    pages.post("/stop-list/add", 303, numbers="8 916 123-45-67, 89161234568", reason="просьба")
    assert "Добавлено: 2" in pages.get("/stop-list")
    pages.post("/stop-list/remove", 303, number="89161234568", reason="")
    assert "почему" in pages.get("/stop-list")
    pages.post("/stop-list/remove", 303, number="89161234568", reason="передумал")
    assert "снова можно набирать" in pages.get("/stop-list")
    path = io.BytesIO("Телефон\n89161234569\n12\n".encode())
    assert "1 строка не прочитана" in pages.post("/stop-list/import", 200, file=(path, "а.csv"), reason="x").text
    for path_ in ("/lists/99", "/contacts/99", "/lists/import/99"):
        assert pages.client.get(path_).status_code == 404
