"""`oklik trunk`, as a person types it, on an installation of its own."""

import json
import sys
from pathlib import Path

import pytest

from oklik.cli import main
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


def test_a_trunk_by_the_command_line(
    database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OKLIK_DATABASE_URL", database_url)
    monkeypatch.setenv("OKLIK_HOME", str(folder))

    def oklik(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["oklik", "trunk", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), (said.out + said.err).strip()

    made = ("add", "mts", "--dial-string", "sofia/gateway/mts/{digits}", "--channels", "9", "--cps", "2")
    assert oklik(*made, "--route", "+7=1,2", "--caller-id", "74951112233") == (0, "линия «mts» добавлена")
    assert oklik("list") == (
        0,
        (
            "mts: sofia/gateway/mts/{digits}, каналов 9 (для входящих 0), звонков в секунду 2, работает\n"
            "  номер 74951112233: не проверен\n  маршруты: +7=1.2"
        ),
    )
    assert oklik(*made) == (2, "oklik: линия «mts» уже есть")
    code, said = oklik("set", "mts", "--money-day", "much")
    assert (code, said.splitlines()) == (
        2,
        ["oklik: --money-day much: нужна сумма, не меньше нуля, например 1500.50"],
    )
    assert oklik("set", "mts", "--verify", "74951112233", "--by", "Анна") == (0, "линия «mts» изменена")
    code, said = oklik("list", "--json")
    assert json.loads(said)["caller_ids"] == {"74951112233": "Анна"}
    assert oklik("use", "spring", "mts")[0] == 2
    assert oklik("remove", "mts") == (0, "линия «mts» удалена")
    assert oklik("list") == (0, "линий пока нет")
