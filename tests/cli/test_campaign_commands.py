"""`oklik campaign why`, `plan`, `pause`, `resume`, `stop` on a database of a customer."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from campaigns.world import World
from oklik.campaigns.pulse import Pulse, PulseState, beat
from oklik.cli import main
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def oklik(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command, in this process, on a campaign of three contacts and a refused row."""
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "140")
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(3)
        world.campaign()
        world.all(
            "INSERT INTO rejected_row (list_id, row_number, code, detail, fields) VALUES (1, 9, 'letters', '8O', '{}') "
            "RETURNING 1"
        )

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["oklik", "campaign", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as raised:
            main()
        code = raised.value.code
        assert isinstance(code, int)
        return Ended(code, *capsys.readouterr())

    return run


def test_why_says_what_is_missing_and_sums_to_the_list(oklik: Run, engine: Engine) -> None:
    ended = oklik("why", "1")
    assert ended.code == 0
    assert "дозвонщик не запущен" in ended.out
    assert "→ запустить дозвонщик: oklik up" in ended.out
    assert "Всего 4; в списке строк: 4" in ended.out
    told = json.loads(oklik("why", "c0", "--json", "--language", "en").out)
    assert [(one["section"], one["count"]) for one in told["entries"]] == [("due", 3), ("rejected", 1)]
    assert "start the dialer" in told["headline"], "for programs without commands"
    wall = dt.datetime.now(dt.UTC)
    told_of = Pulse(at=wall, speed=1.0, state=PulseState.NO_LINE, legs=3, channels=3, cps=2.0)
    with engine.begin() as conn:
        beat(conn, "fs1", told_of, wall, virtual=False)
    ended = oklik("why", "1", "--language", "en")
    assert "Dialer fs1: all lines are in use; 3 of 3 lines in use, up to 2 calls a second" in ended.out
    assert "All lines are in use" in ended.out


def test_orders_hold_and_are_told(oklik: Run) -> None:
    assert "на паузе. Дозвонщик не запущен" in oklik("pause", "1").out
    assert "oklik campaign resume" in oklik("why", "1").out
    assert oklik("resume", "1", "--language", "en").out.startswith("Campaign 1 goes on")
    told = json.loads(oklik("stop", "1", "--json").out)
    assert (told["result"], told["by"], told["command"]) == ("done", "here", "stop")
    ended = oklik("resume", "1")
    assert (ended.code, ended.err) == (1, "oklik: кампания 1: остановлена, этого не сделать\n")
    assert oklik("resume", "1", "--json").code == 1
    assert "Сняты остановкой" in oklik("why", "1").out


def test_a_plan_shows_days_and_hours_and_every_call(oklik: Run) -> None:
    ended = oklik("plan", "1", "2")
    assert ended.code == 0
    rows = ended.out.splitlines()
    assert rows[0] == "Строка 2: +79160000002"
    assert [row[0] for row in rows if "+79160000002" in row][1:] == ["1", "2", "3", "4"]
    assert any(row[3:5].isdigit() and "░" in row for row in rows), "days with legal hours"
    assert "сделаны все попытки" in rows[-1].lower()
    assert len(json.loads(oklik("plan", "1", "+79160000002", "--json").out)["next"]) == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("why", "77"), "кампании «77» нет"),
        (("pause", "77"), "кампании «77» нет"),
        (("plan", "1", "555"), "«555»: в кампании нет такой строки"),
        (("plan", "1", "9"), "строка 9 в кампанию не вошла: в номере буквы"),
    ],
)
def test_what_is_not_there_is_one_line(oklik: Run, arguments: tuple[str, ...], says: str) -> None:
    ended = oklik(*arguments)
    assert ended.code == 2
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1
