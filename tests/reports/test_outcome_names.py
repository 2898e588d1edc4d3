"""The organisation's names of outcomes: kept, unlike each other, and what reports say."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from campaigns.world import MINUTE, NOON, World
from oklik.campaigns import outcome_names
from oklik.campaigns.outcome_names import NameRefused
from oklik.reports import words
from oklik.reports.excel import write_report
from oklik.reports.live import live
from oklik.scenario.document import to_json
from support.survey import survey

pytestmark = pytest.mark.integration

WALL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def rename(conn: Connection, outcome: str, ru: str, en: str = "") -> None:
    outcome_names.rename(conn, outcome, ru, en, words.standard_names(), "user:1", NOON)


def test_the_live_page_and_the_sheet_say_our_names(connection: Connection, tmp_path: Path) -> None:
    world = World(connection)
    world.base()
    world.says(to_json(survey()))
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    (one,) = world.claim(holder)
    world.finish(holder, one, NOON + MINUTE, cause="USER_BUSY", answered=False)
    rename(connection, "busy", "Линия абонента занята")
    told = live(connection, campaign, WALL).to_json("ru")
    assert [(entry["code"], entry["title"]) for entry in told["outcomes"]] == [("busy", "Линия абонента занята")]
    assert live(connection, campaign, WALL).to_json("en")["outcomes"][0]["title"] == "Busy", "no own name there"
    write_report(connection, campaign, tmp_path / "r.xlsx", language="ru")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Линия абонента занята" in cells
    assert "Занято" not in cells
    assert words.disposition_names("ru")["busy"] == "Занято", "outside nothing has changed"
    assert outcome_names.restore(connection, "busy")
    assert live(connection, campaign, WALL).to_json("ru")["outcomes"][0]["title"] == "Занято"


def test_names_that_cannot_be_kept(connection: Connection) -> None:
    for outcome, ru, en, field in (
        ("nosuch", "x", "", "outcome"),
        ("busy", "нет ответа", "", "ru"),
        ("busy", "", "NO ANSWER", "en"),
        ("busy", "x" * 61, "", "ru"),
        ("busy", "a\nb", "", "ru"),
    ):
        with pytest.raises(NameRefused) as refused:
            rename(connection, outcome, ru, en)
        assert refused.value.field == field
        assert set(refused.value.text) == {"ru", "en"}
    rename(connection, "busy", "Перезвонить")
    rename(connection, "no_answer", "Занято")
    with pytest.raises(NameRefused):
        rename(connection, "busy", "")
    rename(connection, "no_answer", "")
    rename(connection, "busy", "")
    assert outcome_names.every(connection) == []
