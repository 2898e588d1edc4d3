"""An installation as an office has it after a few weeks: what the pictures show, and every page is looked at with.

    with demo_site(folder) as demo:
        ...                                # demo.url, demo.places["survey"], add_user's PASSWORD for demo.login

A database of its own, the web process, a survey that was called to its end on the virtual switch at high speed, and
a campaign that runs while one looks.  What is in it is the business of `demo_fill`.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from oklik.jobs.app import apply_schema
from oklik.store.engine import make_engine
from oklik.store.migrate import upgrade
from oklik.store.postgres import EmbeddedPostgres
from support.demo_campaigns import POPULATION, begin_others, fill_campaigns
from support.demo_lists import fill_lists
from support.demo_office import NOW, fill_accounts, fill_settings, fill_trunks
from support.demo_scenarios import fill_scenarios
from support.patience import until
from support.stage import Process, Stage
from support.web_site import CHEAP_SETTINGS

PEOPLE = 300
SURVEYED = NOW - dt.timedelta(days=2)
FAST, LIVE = 360.0, 4.0  # campaign seconds in a real one, of the survey and of what runs
CALLED_FIRST = 30  # calls of the running campaign before anybody looks


class Demo(NamedTuple):
    """Where it is.  places: ids for the addresses of pages, by name.

    fresh: another, in which there is nothing and nobody yet; fresh_engine: of its database.
    """

    engine: Engine
    url: str
    places: dict[str, Any]
    fresh_engine: Engine
    fresh: str


@contextmanager
def demo_site(folder: Path, *, people: int = PEOPLE, server: EmbeddedPostgres | None = None) -> Iterator[Demo]:
    """Start it, and end it whatever happens.  people: of the large list; server: None for one of its own."""
    with ExitStack() as held:
        if server is None:
            server = EmbeddedPostgres(folder / "database", folder / "cache", durable=False, with_parent=True)
            server.start()
            held.callback(server.stop)
        url, fresh_url = (_database(server, name) for name in ("demo", "fresh"))
        engine, fresh_engine = (make_engine(one, pool_size=4) for one in (url, fresh_url))
        for one in (engine, fresh_engine):
            held.callback(one.dispose)
        places = fill_accounts(engine) | fill_lists(engine, NOW, people) | fill_settings(engine)
        places |= fill_scenarios(engine, NOW)
        (folder / "prompts").mkdir(exist_ok=True)
        places |= fill_campaigns(engine, folder / "prompts", places, SURVEYED, NOW)
        _call(held, folder, url, engine, places)
        places |= fill_trunks(engine)
        yield Demo(engine, _web(held, folder, url), places, fresh_engine, _web(held, folder, fresh_url))


def _database(server: EmbeddedPostgres, name: str) -> str:
    url = server.create_database(name)
    upgrade(url)
    apply_schema(url)
    return url


def _web(held: ExitStack, folder: Path, url: str) -> str:
    files = {"prompts": str(folder / "prompts"), "reports": str(folder / "reports"), "incoming": "/srv/oklik/incoming"}
    web = Process(["oklik_web"], folder / "web.log", {"database_url": url, "port": 0, **files, **CHEAP_SETTINGS})
    held.callback(web.end)
    held.callback(web.signal, 15)
    return f"http://127.0.0.1:{web.said['port']}"


def _call(held: ExitStack, folder: Path, url: str, engine: Engine, places: dict[str, Any]) -> None:
    """The survey to its end, then the campaign that runs for as long as one looks."""
    (folder / "fast").mkdir()
    fast = Stage(folder / "fast", url, population=POPULATION, speed=FAST, channels=30)
    try:
        dialer = fast.dialer(prompts=str(folder / "prompts"), start=SURVEYED.isoformat(), cps=10.0)
        assert dialer.wait() == 0, fast.said_in_log()[-2000:]
    finally:
        fast.close()
    begin_others(engine, places, NOW)
    (folder / "live").mkdir()
    live = Stage(folder / "live", url, population=POPULATION, speed=LIVE, channels=12)
    held.callback(live.close)
    live.dialer(prompts=str(folder / "prompts"), start=NOW.isoformat(), until_done=False, cps=0.3)

    def called() -> bool:
        with engine.connect() as conn:
            many: int = conn.execute(
                text("SELECT count(*) FROM attempt WHERE campaign_id = :id"), {"id": places["running"]}
            ).scalar_one()
        return many >= min(CALLED_FIRST, places["people"] // 3)

    until(called, "the running campaign's first calls", every=0.2)
