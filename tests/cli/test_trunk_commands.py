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
            "  номер 74951112233: не проверен\n  маршруты (цены в RUB): +7=1.2"
        ),
    )
    assert oklik(*made) == (2, "oklik: линия «mts» уже есть")
    code, said = oklik("set", "mts", "--money-day", "much")
    assert (code, said.splitlines()) == (
        2,
        ["oklik: --money-day much: нужна сумма, не меньше нуля, например 1500.50"],
    )
    prices = ("--attempt-price", "0,30", "--minute-price", "1.50", "--money-day", "1500", "--minutes-day", "600")
    assert oklik("set", "mts", *prices, "--extension", "1XX")[0] == 0
    monkeypatch.setenv("OKLIK_CURRENCY", "kzt")
    assert oklik("list")[1].splitlines()[2:] == [
        "  маршруты (цены в KZT): +7=1.2",
        "  цена звонка 0.30 KZT, минуты 1.50 KZT",
        "  не больше 600 мин. за день",
        "  не больше 1500 KZT за день",
        "  внутренние номера: 1XX",
    ]
    for price in ("-1", "NaN", "x"):
        code, said = oklik("set", "mts", "--minute-price", price)
        assert (code, said) == (
            2,
            f"oklik: --minute-price {price}: нужна сумма, не меньше нуля, например 1500.50",
        )
    monkeypatch.setenv("OKLIK_CURRENCY", "RUR")
    code, said = oklik("list")
    assert (code, said) == (2, "oklik: OKLIK_CURRENCY: код валюты ISO 4217, например RUB или KZT")
    monkeypatch.delenv("OKLIK_CURRENCY")
    assert oklik("set", "mts", "--verify", "74951112233", "--by", "Анна") == (0, "линия «mts» изменена")
    code, said = oklik("list", "--json")
    assert json.loads(said)["caller_ids"] == {"74951112233": "Анна"}
    assert (json.loads(said)["minute_price"], json.loads(said)["currency"]) == ("1.50", "RUB")
    assert oklik("use", "spring", "mts")[0] == 2
    assert oklik("remove", "mts") == (0, "линия «mts» удалена")
    assert oklik("list") == (0, "линий пока нет")
