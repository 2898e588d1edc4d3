"""The day on which the machine is gone: a campaign half called, a backup of it at work, and a new machine."""

import os
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, text

from cli.test_up import put, state
from oklik.campaigns.invariants import INVARIANTS
from oklik.reports.excel import write_report
from oklik.store.engine import make_engine
from oklik.store.postgres import EmbeddedPostgres
from support.command import SCENARIO, Desk, Ledger, begin, child, command, end, processes, web_address
from support.patience import until

pytestmark = [pytest.mark.integration, pytest.mark.heavy]
PEOPLE = 60


@pytest.fixture
def machine(folder: Path) -> Iterator[Path]:
    """A folder for homes; whatever still runs for one of them is ended."""
    yield folder
    for home in filter(Path.is_dir, folder.iterdir()):
        for pid in processes(home):
            os.kill(pid, signal.SIGKILL)
        if (pid := server_of(home)) is not None:
            os.kill(pid, signal.SIGKILL)


def server_of(home: Path) -> int | None:
    return EmbeddedPostgres(home / "postgres", home / "cache").pid()


def connect(home: Path) -> Engine:
    server = EmbeddedPostgres(home / "postgres", home / "cache")
    until(server.pid, "a database")
    return make_engine(until(lambda: _url(server), "its password"), pool_size=2)


def _url(server: EmbeddedPostgres) -> str | None:
    try:
        return server.url() if server.has_database("oklik") else None
    except Exception:  # noqa: BLE001  it is being made
        return None


def called(engine: Engine, campaign: int) -> int:
    with engine.connect() as conn:
        return conn.execute(
            text("SELECT count(*) FROM target WHERE campaign_id = :id AND state = 'done'"), {"id": campaign}
        ).scalar_one()


def report(engine: Engine, campaign: int, path: Path) -> dict[str, list[Any]]:
    """The report's cells by sheet, without the moment it was made and the campaign's state."""
    write_report(engine, campaign, path, language="en")
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: list(sheet.iter_rows(values_only=True))
        for sheet in book.worksheets
        if sheet.title != book.worksheets[0].title
    }


def half_called(home: Path, desk: Desk, people: Path, live: Path) -> int:
    """Call some of them, make a backup meanwhile, and stop.  Gives the campaign's id."""
    running = begin("up", "--speed", 30, home=home)
    engine = connect(home)
    until(lambda: _there(engine), "its tables")
    campaign = put(engine, desk, people)
    until(lambda: called(engine, campaign) >= 10, "some were called")
    ended = command("backup", live, home=home)
    assert ended.code == 0, ended.err
    assert ended.out.strip() == str(live)
    assert called(engine, campaign) < PEOPLE, "nothing was at work: the backup shows nothing"
    engine.dispose()
    running.send_signal(signal.SIGTERM)
    assert end(running).code == 0
    return campaign


def at_rest(home: Path, campaign: int, made: Path, book: Path) -> tuple[dict[str, list[Any]], str]:
    """The report, and a backup of the same moment with its seal."""
    with EmbeddedPostgres(home / "postgres", home / "cache") as url:
        engine = make_engine(url, pool_size=2)
        before = report(engine, campaign, book)
        assert state(engine, campaign) == "running"
        engine.dispose()
        ended = command("backup", made, home=home, OKLIK_LANGUAGE="en")
    assert ended.code == 0, ended.err
    return before, next(line.rpartition(" ")[2] for line in ended.err if "seal" in line)


def put_back(made: Path, home: Path, campaign: int, book: Path, *more: object) -> dict[str, list[Any]]:
    """Restore it on a new home; gives the report.  The campaign waits, and nothing contradicts itself."""
    ended = command("restore", made, *more, home=home, OKLIK_LANGUAGE="en")
    assert ended.code == 0, ended.err
    assert any("campaigns paused: 1" in line for line in ended.err), ended.err
    with EmbeddedPostgres(home / "postgres", home / "cache") as url:
        engine = make_engine(url, pool_size=2)
        assert state(engine, campaign) == "paused"
        with engine.connect() as conn:
            for what, statement in INVARIANTS.items():
                assert not conn.execute(text(statement)).all(), what
        found = report(engine, campaign, book)
        engine.dispose()
    assert command("restore", made, home=home).code == 2  # not on top of what is there
    return found


def test_a_campaign_survives_its_machine(machine: Path) -> None:
    home, files = machine / "first", machine / "files"
    home.mkdir()
    files.mkdir()
    (files / "scenario.yaml").write_text(SCENARIO, "utf-8")
    desk = Desk(home, files, EmbeddedPostgres(home / "postgres", home / "cache"))
    people = desk.people(PEOPLE, first=61)
    campaign = half_called(home, desk, people, machine / "live.zip")
    dialed_before = all_dialed(home)
    before, seal = at_rest(home, campaign, machine / "rest.zip", files / "before.xlsx")
    shutil.rmtree(home)

    put_back(machine / "live.zip", machine / "second", campaign, files / "live.xlsx")
    new = machine / "third"
    assert put_back(machine / "rest.zip", new, campaign, files / "after.xlsx", "--seal", seal) == before

    again = begin("up", "--speed", 300, home=new, OKLIK_LANGUAGE="en")
    engine = connect(new)
    where = until(lambda: web_address(new), "the pages")
    assert urllib.request.urlopen(where, timeout=30).status == 200
    until(lambda: child(new, "oklik.worker"), "a dialer")
    time.sleep(3)  # a quarter of an hour of campaign time in which nothing may happen
    assert all_dialed(new) == []
    ended = command("campaign", "resume", people.name, home=new)
    assert ended.code == 0, ended.err
    until(lambda: state(engine, campaign) == "done", "the campaign is done")
    engine.dispose()
    assert set(all_dialed(new)) | set(dialed_before) == {f"+7916061{n:04d}" for n in range(PEOPLE)}
    again.send_signal(signal.SIGTERM)
    assert end(again).code == 0


def all_dialed(home: Path) -> list[str]:
    ledger = Ledger(home)
    ledger._begins = 0
    return ledger.dialed()


def _there(engine: Engine) -> bool:
    try:
        with engine.connect() as conn:
            return bool(conn.execute(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")).scalar_one())
    except Exception:  # noqa: BLE001  it is being made
        return False
