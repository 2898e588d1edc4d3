"""The migrations lead to exactly the tables of schema.py."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from oklik.store import migrate
from oklik.store.postgres import EmbeddedPostgres
from oklik.store.schema import Base

pytestmark = pytest.mark.integration

SHAPE = """
SELECT 'column', table_name, column_name, data_type, is_nullable,
       coalesce(column_default, ''), coalesce(is_identity, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public'
"""


def shape(engine: Engine) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        rows = {tuple(row) for row in connection.execute(text(SHAPE))}
    return {row for row in rows if migrate.VERSION_TABLE not in (row[1], row[2])}


def test_migrations_equal_the_metadata(engine: Engine, postgres: EmbeddedPostgres) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": migrate.VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, Base.metadata) == []
    # Alembic does not compare checks and partial indexes: the catalogues of both ways are the last word.
    direct = create_engine(postgres.create_database("direct"), poolclass=NullPool)
    Base.metadata.create_all(direct)
    assert shape(engine) == shape(direct)
    postgres.drop_database("direct")


def test_the_comparison_sees_a_missing_index(engine: Engine) -> None:
    before = shape(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_attempt_open_person"))
    assert len(before - shape(engine)) == 1


def test_upgrade_is_repeatable_and_known(engine: Engine, database_url: str) -> None:
    migrate.upgrade(database_url)
    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.newest() is not None


def test_downgrade_of_all_leaves_nothing(engine: Engine) -> None:
    from alembic import command

    with engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = MetaData()
    left.reflect(engine)
    assert set(left.tables) <= {migrate.VERSION_TABLE}


def test_two_upgrades_at_once(postgres: EmbeddedPostgres) -> None:
    url = postgres.create_database("twice")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            migrate.upgrade(url)
        except BaseException as error:  # noqa: BLE001  shown below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    postgres.drop_database("twice")
    assert failures == []
