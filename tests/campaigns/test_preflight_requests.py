"""Launch checks in the background: asked for, carried out, looked at; and what a person sees of one."""

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from campaigns.world import NOON, World
from jobs.conftest import SCENARIO
from oklik.campaigns import preflight_requests
from oklik.campaigns.preflight_requests import (
    NoSuchPreflight,
    PreflightAborted,
    carry_out_preflight,
    check_campaign,
    preflight_state,
    request_preflight,
)
from oklik.campaigns.preflight_result import Preflight
from oklik.commands.preflight_view import show
from oklik.jobs.app import apply_schema
from oklik.scenario.document import load_text, to_json

pytestmark = pytest.mark.integration


@pytest.fixture
def campaign(engine: Engine, database_url: str) -> int:
    """A campaign of twenty people, committed, with the tables of the jobs beside it."""
    apply_schema(database_url)
    with engine.begin() as conn:
        world = World(conn)
        world.reminder(to_json(load_text(SCENARIO, "reminder.yaml")), zoned=15, unzoned=5)
        world.all("UPDATE trunk SET attempt_price = 0.30, minute_price = 2 RETURNING id")
        return world.campaign()


def asked(engine: Engine, campaign: int) -> int:
    with engine.begin() as conn:
        return request_preflight(conn, campaign, NOON)


def test_a_check_is_asked_for_carried_out_and_looked_at(engine: Engine, campaign: int) -> None:
    number = asked(engine, campaign)
    with engine.connect() as conn:
        waiting = preflight_state(conn, number)
        jobs = World(conn).all("SELECT task_name, args FROM procrastinate_jobs")
    assert (waiting.state, waiting.progress, waiting.result) == ("waiting", 0, None)
    assert jobs == [("oklik:preflight", {"preflight_id": number})]
    carry_out_preflight(engine, number)
    with engine.connect() as conn:
        done = preflight_state(conn, number)
    assert (done.state, done.progress, done.error) == ("done", 1, None)
    assert done.result == check_campaign(engine, campaign, NOON)
    assert json.loads(json.dumps(done.to_json()))["result"]["contacts"] == 20
    carry_out_preflight(engine, number)  # a job that comes twice does nothing the second time


def test_progress_is_seen_while_it_works_and_a_stop_gives_it_back(engine: Engine, campaign: int) -> None:
    number = asked(engine, campaign)
    seen: list[tuple[str, float]] = []

    def stop() -> bool:
        with engine.connect() as conn:
            state = preflight_state(conn, number)
        seen.append((state.state, state.progress))
        return len(seen) > 1

    with pytest.raises(PreflightAborted):
        carry_out_preflight(engine, number, should_stop=stop)
    assert seen == [("running", 0.0), ("running", pytest.approx(0.9))]
    with engine.connect() as conn:
        assert preflight_state(conn, number).state == "waiting"
    carry_out_preflight(engine, number)
    with engine.connect() as conn:
        assert preflight_state(conn, number).state == "done"


def test_one_that_breaks_says_so(engine: Engine, campaign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no\nluck")

    number = asked(engine, campaign)
    monkeypatch.setattr(preflight_requests, "preflight", broken)
    with pytest.raises(RuntimeError):
        carry_out_preflight(engine, number)
    with engine.connect() as conn:
        state = preflight_state(conn, number)
    assert (state.state, state.error, state.result) == ("failed", "no luck", None)


def test_what_is_not_there_cannot_be_checked(engine: Engine, campaign: int) -> None:
    with engine.begin() as conn, pytest.raises(NoResultFound):
        request_preflight(conn, campaign + 1, NOON)
    with engine.connect() as conn, pytest.raises(NoSuchPreflight):
        preflight_state(conn, 1)


def shown(found: Preflight, language: str) -> str:
    console = Console(width=110, record=True, file=io.StringIO())
    show(found, console, language)
    return console.export_text()


def test_a_person_sees_hours_blocks_forecast_and_cost(engine: Engine, campaign: int) -> None:
    found = check_campaign(engine, campaign, NOON)
    told = shown(found, "ru")
    for words in (
        "Проверка перед запуском: c0",
        "На 04.03.2025 12:00 (Europe/Moscow)",
        "Можно звонить сейчас",
        "Первый запретный момент: 04.03 21:00, с него нельзя звонить 15 контактам",
        "по столбцу списка 15 · не видно 5",
        "Часовой пояс неизвестен у 5",
        "Допущения, а не замеры",
        "За звонки, по 0.3",
        "В списке нет столбца «Долг»",
        "а не юридическая консультация",
    ):
        assert words in told, words
    assert "█" in told
    english = shown(found, "en")
    assert "Launch check: c0" in english
    assert not any(
        "а" <= letter <= "я" for letter in english.replace("Долг", "").replace("Имя", "").replace("Срок", "")
    )


def test_the_bars_are_as_long_as_the_days(engine: Engine, campaign: int) -> None:
    """By Moscow: from noon to nine on Tuesday, from nine to nine on Wednesday, from ten to eight on Saturday."""
    told = shown(check_campaign(engine, campaign, NOON), "en")
    days = {
        line.split()[1]: line for line in told.splitlines() if line.split() and line.split()[0] in {"Tue", "Wed", "Sat"}
    }
    bars = {day: sum(letter in "▁▂▃▄▅▆▇█" for letter in line) for day, line in days.items() if "." in day}
    assert bars == {"04.03": 9, "05.03": 12, "08.03": 10, "11.03": 3}


def test_the_money_is_money(engine: Engine, campaign: int) -> None:
    cost = check_campaign(engine, campaign, NOON).cost
    assert cost is not None
    assert isinstance(cost.total, Decimal)
    told: dict[str, Any] = check_campaign(engine, campaign, NOON).to_json()["cost"]
    assert told["attempt_price"] == "0.30"
    assert Decimal(told["total"]) == cost.total
    assert dt.datetime.fromisoformat(check_campaign(engine, campaign, NOON).to_json()["at"]) == NOON
