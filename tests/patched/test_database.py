"""The database and the list reader under gevent's monkey patch: they wait without stopping the other greenlets."""

import datetime as dt
import time
from pathlib import Path

import gevent
import openpyxl
import pytest
from sqlalchemy import Engine, text

from oklik.campaigns.import_contacts import import_contacts
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


@pytest.mark.seconds
def test_waiting_for_the_database_lets_others_run(engine: Engine) -> None:
    def ask() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_sleep(0.5)"))

    ask_all = [gevent.spawn(ask) for _ in range(4)]
    began = time.monotonic()
    gevent.joinall(ask_all, raise_error=True)
    assert time.monotonic() - began < 1.5  # one after another would be 2 s


def test_a_workbook_is_imported(engine: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Имя", "Телефон"])
    for n in range(1500):
        page.append([f"Человек {n}", 79120000000 + n])
    book.save(tmp_path / "list.xlsx")
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    assert import_contacts(engine, "п", "л", tmp_path / "list.xlsx", now=now).added == 1500
