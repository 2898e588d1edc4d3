"""`oklik stoplist`, `consent` and `token` as a person uses them, from numbers and files to sheets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from oklik.store.engine import make_engine
from support.command import Desk, Ended, Workshop

pytestmark = [pytest.mark.integration, pytest.mark.heavy]


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    """An empty database on the session's server."""
    yield desk.server.create_database("wishes")
    desk.server.drop_database("wishes")


@pytest.fixture
def oklik(desk: Desk, url: str, workshop: Workshop) -> Any:
    def command(*arguments: object) -> Ended:
        return workshop.command(*arguments, home=desk.home, OKLIK_DATABASE_URL=url)

    return command


def test_the_stop_list_by_hand_and_by_file(oklik: Any, folder: Path, url: str) -> None:
    added = oklik("stoplist", "add", "8 (916) 000-00-01", "--reason", "просил")
    assert (added.code, added.out) == (0, "внесено номеров: 1, уже были: 0; снято запланированных звонков: 0\n")
    people = folder / "people.csv"
    people.write_text("Телефон\n89160000001\n89160000002\n112\n", "utf-8")
    told = oklik("stoplist", "add", people, "--source", "юристы", "--json")
    assert told.code == 1, "a row was wrong"
    assert told.summary == {
        "added": 1,
        "known": 1,
        "targets": 0,
        "wrong": [{"row": 4, "why": "короткий или служебный номер: «112»"}],
    }
    assert oklik("stoplist", "remove", "+79160000001", "--reason", "ошибка").code == 0
    again = oklik("stoplist", "remove", "+79160000001", "--reason", "ошибка")
    assert (again.code, again.err) == (2, ["oklik: +79160000001: в стоп-листе нет"])
    looked = oklik("stoplist", "check", "89160000001", "--json").summary
    assert (looked["silent"], [one["kind"] for one in looked["history"]]) == (False, ["added", "removed"])
    sheet = folder / "stop.xlsx"
    assert oklik("stoplist", "export", sheet).code == 0
    rows = list(openpyxl.load_workbook(sheet).worksheets[0].iter_rows(values_only=True))
    assert [(row[0], row[2]) for row in rows[1:]] == [("+79160000002", "юристы")]
    for wrong in (("add", "112"), ("add", folder / "none.xlsx"), ("export", folder / "stop.txt"), ("check", "")):
        ended = oklik("stoplist", *wrong)
        assert (ended.code, len(ended.err)) == (2, 1), ended
    engine = make_engine(url, pool_size=1)
    with engine.connect() as conn:
        noted = conn.execute(text("SELECT action, who FROM audit_entry ORDER BY id")).all()
    engine.dispose()
    assert [one.action for one in noted] == ["stop_list.add", "stop_list.add", "stop_list.remove"]
    assert all(re.fullmatch(r"user:\S+", one.who) for one in noted)


def test_a_consent_from_its_giving_to_its_proof(oklik: Any, folder: Path) -> None:
    agreed = folder / "text.txt"
    agreed.write_text("Согласен на звонки.", "utf-8")
    given = ("--purpose", "реклама", "--source", "сайт", "--text-file", agreed, "--at", "01.03.2025 10:00")
    assert oklik("consent", "add", "89160000001", *given).code == 0
    assert "уже записано" in oklik("consent", "add", "89160000001", *given).out
    people = folder / "consents.csv"
    people.write_text("Телефон;Цель\n89160000002;опрос\n89160000003;спам\n", "utf-8")
    told = oklik("consent", "import", people, "--source", "анкета", "--version", "7", "--at", "01.03.2025", "--json")
    assert (told.code, told.summary["added"], told.summary["wrong"][0]["row"]) == (1, 1, 3)
    assert oklik("consent", "revoke", "89160000001", "--source", "письмо").code == 0
    assert oklik("consent", "revoke", "89160000001", "--source", "письмо").code == 2
    looked = oklik("consent", "look", "89160000001").out
    assert "реклама: дано 01.03.2025 10:00, отозвано" in looked
    sheet = folder / "proof.xlsx"
    proof = oklik("consent", "proof", "89160000001", "--report", sheet, "--json")
    assert proof.code == 0, proof.err
    told_ = json.loads(proof.out)
    assert (told_["consents"][0]["text"], told_["consents"][0]["revoked_source"]) == ("Согласен на звонки.", "письмо")
    said = str(list(openpyxl.load_workbook(sheet).worksheets[0].iter_rows(values_only=True)))
    assert "Согласен на звонки." in said
    for wrong in (
        ("proof", "89160000001"),
        ("add", "89160000001", "--purpose", "спам", "--source", "x", "--version", "1"),
        ("add", "89160000001", "--purpose", "debt", "--source", "x", "--text-file", folder / "none.txt"),
        ("revoke", "89160000002", "--source", "x", "--at", "01.03.2999"),
    ):
        ended = oklik("consent", *wrong)
        assert (ended.code, len(ended.err)) == (2, 1), ended


def test_a_token_is_shown_once(oklik: Any) -> None:
    made = oklik("token", "create", "crm", "--scope", "proof:read")
    assert re.fullmatch(r"oklik_[\w-]{43}\n", made.out)
    assert "больше он не будет показан" in made.err[-1]
    listed = oklik("token", "list")
    assert listed.out == "crm: proof:read; использован —\n"
    assert oklik("token", "revoke", "crm").code == 0
    assert oklik("token", "list").out.startswith("crm: отозван")
    for wrong in (("create", "crm", "--scope", "proof:read"), ("create", "b", "--scope", "root"), ("revoke", "crm")):
        ended = oklik("token", *wrong)
        assert (ended.code, len(ended.err)) == (2, 1), ended
