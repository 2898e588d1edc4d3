"""A database for a benchmark: a PostgreSQL of its own with durable settings, thrown away afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Fresh(NamedTuple):
    """url: of the database, which has the newest tables and nothing in them; folder: goes with it."""

    url: str
    folder: Path


@contextmanager
def fresh_database() -> Iterator[Fresh]:
    """Make one."""
    from oklik.store.migrate import upgrade
    from oklik.store.postgres import EmbeddedPostgres

    with tempfile.TemporaryDirectory(prefix="oklik-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as another user
        with EmbeddedPostgres(folder / "database", folder / "cache", with_parent=True) as url:
            upgrade(url)
            yield Fresh(url, folder)
