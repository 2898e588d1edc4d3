"""The commands of docs/lines.md, as they stand there."""

import shlex
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.world import World
from oklik.cli import main
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration
PAGE = Path(__file__).parents[2] / "docs" / "lines.md"


def commands() -> list[list[str]]:
    """Those of the page's block of commands."""
    lines = PAGE.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("    oklik ")]


def test_the_page_s_commands_work_in_their_order(
    database_url: str, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("OKLIK_HOME", str(folder))
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.campaign()
        conn.execute(text("UPDATE campaign SET name = 'Spring survey'"))
    assert len(commands()) >= 5
    for command in commands():
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code, (command, capsys.readouterr().err)
    shown = capsys.readouterr().out
    assert "0.30 RUB" in shown
    assert "Anna Petrova" in shown
    with engine.begin() as conn:
        assert World(conn).one("SELECT t.name FROM campaign c JOIN trunk t ON t.id = c.trunk_id") == "mts"
