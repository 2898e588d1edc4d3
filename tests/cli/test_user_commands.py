"""`oklik user list`, as a person types it, on an installation of its own."""

import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from campaigns.world import NOON
from oklik.campaigns import users
from oklik.cli import main
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


def test_accounts_are_listed(
    engine: Engine,
    database_url: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("OKLIK_HOME", str(folder))

    def listed(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["oklik", "user", "list", *options])
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code
        return capsys.readouterr().out.strip()

    assert listed().startswith("пользователей нет")
    assert listed("--json") == ""
    with engine.begin() as conn:
        anna = users.add_user(conn, "anna", "Анна Ёлкина", "admin", NOON)
        users.note_login(conn, anna, NOON)
        gone = users.add_user(conn, "gleb", "Глеб", "agent", NOON)
        users.add_user(conn, "vera", "Вера", "marketer", NOON)
        users.set_disabled(conn, gone, disabled=True, now=NOON)
    lines = listed().splitlines()
    assert lines[0] == "anna: Анна Ёлкина (admin)"
    assert len(lines) == 3
    assert lines[2].startswith("gleb: Глеб")
    assert lines[2] != "gleb: Глеб (agent)", "somebody who may not sign in is marked"
    assert listed("--language", "en").splitlines()[1] == "vera: Вера (marketer)"
    told = [json.loads(line) for line in listed("--json").splitlines()]
    assert [one["login"] for one in told] == ["anna", "vera", "gleb"]
    assert told[0]["last_login_at"].startswith("2025-03-04T09:00")
    assert told[2]["disabled_at"] is not None
    assert "password" not in json.dumps(told)
