"""A home whose PostgreSQL stays up for all rehearsals of a session, a workshop of commands, folders for their files."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from oklik.store.postgres import EmbeddedPostgres
from support.command import POPULATION, SCENARIO, Desk, Workshop, processes


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's user may enter (pytest's own may not)."""
    made = Path(tempfile.mkdtemp(prefix="oklik-cli-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """One home for the session; its server stays up, so that a run need not start it."""
    made = Path(tempfile.mkdtemp(prefix="oklik-cli-"))
    made.chmod(0o755)
    home, files = made / "home", made / "files"
    home.mkdir()
    files.mkdir()
    (files / "scenario.yaml").write_text(SCENARIO, "utf-8")
    (files / "population.yaml").write_text(POPULATION, "utf-8")
    server = EmbeddedPostgres(home / "rehearsals", home / "cache", durable=False, with_parent=True)
    server.start()
    try:
        yield Desk(home, files, server)
    finally:
        for pid in processes(home):
            os.kill(pid, signal.SIGKILL)
        server.stop()
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    """For commands that end soon; those that run campaigns are started as a person does."""
    made = Workshop()
    yield made
    made.close()
