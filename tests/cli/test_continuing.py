"""Which campaign a command goes on with: in the installation's own database, as on a real switch."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text

from oklik.config import Settings
from oklik.display import SilentDisplay
from oklik.inputs import Inputs
from oklik.launching import begin, find, settle
from oklik.options import RunOptions, SwitchAddress
from oklik.scenario.document import load_file
from oklik.speech.voices import Voice, default_voices
from oklik.wiring import Database, open_database
from support.command import Desk

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def database(desk: Desk) -> Iterator[Database]:
    """A database of a customer's own."""
    url = desk.server.create_database("own")
    settings = cast(
        "Any",
        SimpleNamespace(
            database_url=SimpleNamespace(get_secret_value=lambda: url),
            home=desk.home,
            restoring=desk.home / ".restoring",
        ),
    )
    with open_database(settings) as opened:
        yield opened
    desk.server.drop_database("own")


def options(desk: Desk, **more: Any) -> RunOptions:
    given = RunOptions(
        scenario=desk.files / "scenario.yaml",
        contacts=desk.people(3, first=40),
        report=desk.files / "report.xlsx",
        switch=SwitchAddress("10.0.0.1", 8021, "password"),
        dial_string="sofia/gateway/pstn/{number}",
        caller_id="74951234567",
        channels=10,
        cps=5.0,
        window=None,
        zone=None,
        retry=True,
        speed=1.0,
        seed=0,
        population=None,
        agents={},
        sheet=None,
        phone_column=None,
        voices=None,
        language="ru",
    )
    return replace(given, **more)


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement)).all()]


def change(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_command_finds_its_own_campaign_until_it_is_settled(desk: Desk, database: Database):
    scenario = load_file(desk.files / "scenario.yaml")
    inputs = Inputs(scenario, Voice(default_voices()[0]), virtual=False, agent_groups={"sales": ("user/1",)})
    given = options(desk)

    def start(given: RunOptions) -> int:
        return begin(database, Settings(zone="Asia/Omsk"), given, inputs, SilentDisplay(), now=NOW)

    assert find(database, given, inputs) is None
    first = start(given)
    assert rows(database, "SELECT zone, virtual, state FROM campaign") == [("Asia/Omsk", False, "running")]

    # Again, faster and with other agents: the same campaign, as told now.
    change(database, "UPDATE campaign SET state = 'paused'")
    change(database, "UPDATE target SET reason = 'voice_down'")
    faster = options(desk, channels=77, cps=9.0, language="en")
    found = find(database, faster, replace(inputs, agent_groups={"sales": ("user/2", "user/3")}))
    assert (found and found.campaign_id, found and found.over) == (first, False)
    assert rows(database, "SELECT channels, cps FROM trunk") == [(77, 9.0)]
    assert rows(database, "SELECT endpoint FROM membership ORDER BY position") == [("user/2",), ("user/3",)]
    assert rows(database, "SELECT state FROM campaign") == [("running",)]
    assert rows(database, "SELECT count(*) FROM target WHERE reason IS NULL") == [(3,)]

    # Another command: another list, number, rules or switch.
    for more in (
        {"contacts": desk.people(4, first=40)},
        {"caller_id": None},
        {"window": ("10:00", "12:00")},
        {"retry": False},
        {"switch": SwitchAddress("10.0.0.2", 8021, "password")},
    ):
        assert find(database, options(desk, **more), inputs) is None

    # Over without a report: only the report is missing.
    change(database, "UPDATE campaign SET state = 'done'")
    found = find(database, given, inputs)
    assert (found and found.campaign_id, found and found.over) == (first, True)
    settle(database, first, NOW)
    assert find(database, given, inputs) is None
    second = start(given)
    assert second != first
    found = find(database, given, inputs)
    assert found is not None
    assert found.campaign_id == second
    settle(database, second, NOW)  # too early: it runs
    assert find(database, given, inputs) is not None
