"""The counts behind `oklik run --json`."""

import json

import pytest
from sqlalchemy import Connection

from oklik.reports.rows import NoSuchCampaign
from oklik.reports.summary import summary
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
