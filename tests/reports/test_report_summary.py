"""The counts behind `oklik run --json`."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from oklik.reports.excel import write_report
from oklik.reports.rows import NoSuchCampaign, read_head, read_totals
from oklik.reports.summary import summary
from oklik.scenario.document import Scenario, from_json
from reports.town import Town, populate

pytestmark = pytest.mark.integration


def test_counts(connection: Connection) -> None:
    town = Town(connection)
    first = town.person(disposition="completed")
    town.attempt(first, "partial", answers={"intent": ("paid", "Уже оплатил")})
    town.attempt(first, "completed", n=2, answers={"intent": ("promise", "Обещал"), "days": ("3", "через 3 дн.")})
    second = town.person(disposition="no_answer", state="waiting")
    town.attempt(second, "no_answer")
    town.attempt(second, "not_sent", n=2)
    town.person(state="done", reason="stop_list")
    town.rejected(9, "no_phone", "", {})
    assert summary(connection, town.id) == {
        "contacts": 3,
        "skipped": 1,
        "attempts": 3,
        "returned": 0,
        "dispositions": {"completed": 1, "no_answer": 1},
        "not_called": 1,
        "answers": {"intent": {"promise": 1}, "days": {"3": 1}},
    }


def test_every_question_is_there_and_all_is_json(connection: Connection) -> None:
    town = Town(connection)
    populate(town, 0.1)
    counted = summary(connection, town.id)
    assert set(counted["answers"]) == {"intent", "days"}
    assert counted["not_called"] == 2
    assert sum(counted["dispositions"].values()) + counted["not_called"] == counted["contacts"]
    assert json.loads(json.dumps(counted)) == counted


def test_no_such_campaign(connection: Connection) -> None:
    with pytest.raises(NoSuchCampaign):
        summary(connection, 77)


def noted_scenario() -> Scenario:
    """A split, a question, and marks with tags."""
    ways = [{"exit": "a", "label": "Первый"}, {"exit": "b", "label": "Второй"}]
    options = {"1": {"exit": "x", "value": "yes", "label": "Да"}}
    return from_json(
        {
            "format": 1, "name": "noted", "title": "Проба", "languages": ["ru"], "purpose": "survey", "start": "lot",
            "nodes": {
                "lot": {"kind": "split", "title": "Вариант", "question": "variant", "ways": ways,
                        "exits": {"a": "ask", "b": "ask"}},
                "ask": {"kind": "menu", "title": "Да или нет", "text": "Да?", "question": "yes", "options": options,
                        "exits": {"x": "mark", "no_input": "mark"}},
                "mark": {"kind": "mark", "tags": ["VIP"], "exits": {"done": "bye"}},
                "bye": {"kind": "hangup"},
            },
        }
    )  # fmt: skip


def test_what_the_scenario_notes_is_counted_but_makes_nobody_a_respondent(
    connection: Connection, tmp_path: Path
) -> None:
    town = Town(connection, noted_scenario(), mapped={})
    answered, drawn = town.person(disposition="completed"), town.person(disposition="hung_up")
    town.attempt(answered, "hung_up", answers={"variant": ("a", "Первый")}, tags=["весна", "VIP"])
    given = {"variant": ("a", "Первый"), "yes": ("yes", "Да")}
    town.attempt(answered, "completed", n=2, answers=given, tags=["VIP"])
    town.attempt(drawn, "hung_up", answers={"variant": ("b", "Второй")})
    head = read_head(connection, town.id)
    totals = read_totals(connection, head)
    assert totals.answers == {"variant": {"a": 1, "b": 1}, "yes": {"yes": 1}}
    assert totals.responded == 1
    path = tmp_path / "r.xlsx"
    write_report(connection, town.id, path)
    book = openpyxl.load_workbook(path)
    first, second = (row for row in book["Контакты"].iter_rows(min_row=2, values_only=True))
    titles = [cell.value for cell in book["Контакты"][1]]
    shown = [titles.index(title) for title in ("Вариант", "Да или нет", "Метки")]
    assert [first[column] for column in shown] == ["Первый", "Да", "VIP, весна"]
    assert [second[column] for column in shown] == ["Второй", None, None]
    words = {str(cell) for row in book["Сводка"].iter_rows(values_only=True) for cell in row}
    assert {"По значениям: Вариант", "Контактов: 2", "Вопрос: Да или нет"} <= words
    assert "Ответили 1 из 2 взявших трубку" in words


def test_without_tags_there_is_no_column_for_them(connection: Connection, tmp_path: Path) -> None:
    town = Town(connection)
    town.attempt(town.person(disposition="completed"), "completed", tags=["VIP"])
    write_report(connection, town.id, tmp_path / "r.xlsx")
    titles = [cell.value for cell in openpyxl.load_workbook(tmp_path / "r.xlsx")["Контакты"][1]]
    assert "Метки" not in titles
