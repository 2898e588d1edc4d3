"""The database and the list reader under gevent's monkey patch: they wait without stopping the other greenlets."""

import datetime as dt
from pathlib import Path

import gevent
import openpyxl
import pytest
from sqlalchemy import Engine, text

from oklik.campaigns.import_contacts import import_contacts
from support.patience import until
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration


def test_waiting_for_the_database_lets_others_run(engine: Engine) -> None:
    """Four wait for what the fifth holds: were it not given back meanwhile, they would wait till they are given up."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    def ask() -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock_shared(1)"))

    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(1)"))
        ask_all = [gevent.spawn(ask) for _ in range(4)]
        until(lambda: holder.execute(text(waiting)).scalar_one() == 4)
        holder.execute(text("SELECT pg_advisory_unlock(1)"))
        gevent.joinall(ask_all, raise_error=True)


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
