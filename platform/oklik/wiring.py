"""The one place that builds things: database, voice, settings of the child processes.

Nothing is built at import time; whoever needs something opens it here and closes it by leaving the `with`.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from oklik.config import Settings
from oklik.failures import BadInput

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from oklik.options import SwitchAddress
    from oklik.scenario.document import Scenario
    from oklik.speech.voices import Voice


SHIPPED_PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


@dataclass(frozen=True)
class Database:
    """A migrated database.  url holds the password: it goes to child processes, never into a message; shown may."""

    url: str
    shown: str
    engine: "Engine"

    def revision(self) -> str:
        """The revision its tables are at."""
        from oklik.store.migrate import current

        with self.engine.connect() as connection:
            return current(connection) or "none"


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The installation's database: the one of OKLIK_DATABASE_URL, else the embedded one.  Upgraded to this version."""
    if settings.database_url is not None:
        from sqlalchemy.engine import make_url

        url = settings.database_url.get_secret_value()
        shown = make_url(url).render_as_string(hide_password=True)
        with _upgraded(url, shown) as database:
            yield database
        return
    from oklik.store.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(settings.postgres_data)
    with server as url, _upgraded(url, str(server.folder)) as database:
        yield database


@contextmanager
def open_rehearsal(settings: Settings, key: str) -> Iterator["Rehearsal"]:
    """A database of its own for a run on the virtual switch, found again by key after an interrupted run.

    People called in a rehearsal must not use up their real daily calls, so real and rehearsed calls never share tables.
    No fsync: what a power cut would lose here never happened to anybody.
    """
    from oklik.store.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(settings.home / "rehearsals", settings.home / "cache", durable=False)
    name = "rehearsal_" + hashlib.sha256(key.encode()).hexdigest()[:24]
    with server:
        if not server.has_database(name):
            server.create_database(name)
        rehearsal = Rehearsal()
        with _upgraded(server.url(name), f"{server.folder}/{name}") as database:
            rehearsal.database = database
            yield rehearsal
        if rehearsal.over:
            server.drop_database(name)


class Rehearsal:
    """The open rehearsal; set over when its report is written, and its database goes."""

    database: Database
    over = False


@contextmanager
def _upgraded(url: str, shown: str) -> Iterator[Database]:
    from oklik.jobs.app import apply_schema
    from oklik.store.engine import make_engine
    from oklik.store.migrate import upgrade

    upgrade(url)
    apply_schema(url)
    engine = make_engine(url, pool_size=3)
    try:
        yield Database(url, shown, engine)
    finally:
        engine.dispose()


def pick_voice(settings: Settings, scenario: "Scenario", voices: Path | None) -> "Voice":
    """The one voice of the whole campaign, tried before launch.  Raises NoVoice, VoicesError, DictionaryError."""
    from oklik.scenario.prompts import speaks_personal
    from oklik.speech.dictionary import load_dictionary
    from oklik.speech.voices import choose_voice, default_voices, load_voices

    configured = load_voices(voices) if voices is not None else default_voices()
    places = [place for place in (SHIPPED_PROMPTS,) if place.is_dir()]
    if settings.dictionary is not None:
        places.append(settings.dictionary)
    return choose_voice(configured, scenario.languages, speaks_personal(scenario), dictionary=load_dictionary(*places))


def reach(address: "SwitchAddress") -> bool:
    """Make sure that a switch answers there and takes our password; True for a virtual one.  Raises BadInput."""
    from oklik.telephony.freeswitch.probe import probe
    from oklik.telephony.port import SwitchError

    try:
        return probe(address.host, address.port, address.password)
    except SwitchError as error:
        raise BadInput(str(error)) from None
