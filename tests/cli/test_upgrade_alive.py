"""Another node brings a newer version's tables while this one's dialer is calling: calls go on, nobody twice."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from oklik.store import migrate
from oklik.store.revisions import TablesNewer, check_known
from patched.people import talkers
from support.postgres import *  # noqa: F403
from support.stage import make_campaign, number, one, staged, until

pytestmark = [pytest.mark.integration, pytest.mark.heavy]
NEXT = '''
"""What a next version may bring: an index of a large table, columns, a table that refers to one in use."""

import sqlalchemy as sa
from alembic import op

from oklik.store.ahead import AheadIndex, add_indexes

revision, down_revision = "9001", "{last}"
AHEAD = (AheadIndex("ix_attempt_of_next", "attempt", ("started_at", "target_id")),)


def upgrade() -> None:
    add_indexes(AHEAD)
    op.add_column("campaign", sa.Column("of_next", sa.Text(), nullable=True))
    op.add_column("target", sa.Column("of_next", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table("of_next", sa.Column("target_id", sa.BigInteger(), sa.ForeignKey("target.id"), primary_key=True))
'''


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The migrations with one more."""
    folder = Path(tempfile.mkdtemp(prefix="oklik-next-"))
    scripts = folder / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", scripts)
    (scripts / "versions" / "v9001_next.py").write_text(NEXT.format(last=migrate.newest()), "utf-8")
    usual = migrate.configuration

    def configuration():
        config = usual()
        config.set_main_option("script_location", str(scripts))
        return config

    monkeypatch.setattr(migrate, "configuration", configuration)
    yield
    shutil.rmtree(folder)


def test_calls_go_on_while_tables_are_upgraded(
    tmp_path: Path, database_url: str, engine: Engine, next_version: None
) -> None:
    make_campaign(engine, tmp_path / "prompts", 150)
    with staged(tmp_path, database_url, population=talkers(), speed=10, channels=20, cps=20) as stage:
        dialer = stage.dialer()
        until(lambda: sum(stage.dials().values()) >= 30, "calls are made")
        before = sum(stage.dials().values())
        migrate.upgrade(database_url)
        assert one(engine, "SELECT version_num FROM schema_version") == "9001"
        assert dialer.wait() == 0
        called, log = stage.dials(), stage.said_in_log()
    assert before < 150, "they were over before"
    assert called == {number(n): 1 for n in range(150)}
    assert one(engine, "SELECT count(*) FROM attempt WHERE disposition = 'not_sent'") == 0
    assert one(engine, "SELECT count(*) FROM target WHERE state <> 'done'") == 0
    for word in ("Traceback", "ERROR", "deadlock"):
        assert word not in log, log[-2000:]
    with engine.connect() as connection:  # and the next start of this version is refused
        with pytest.raises(TablesNewer):
            check_known(connection)
        assert connection.execute(text("SELECT count(*) FROM of_next")).scalar_one() == 0
