"""The migrations lead to exactly the tables of schema.py."""

import threading
import time

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from oklik.store import migrate
from oklik.store.postgres import EmbeddedPostgres
from oklik.store.revisions import VERSION_TABLE, TablesNewer, check_known, known
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
    return {row for row in rows if VERSION_TABLE not in (row[1], row[2])}


def test_migrations_equal_the_metadata(engine: Engine, postgres: EmbeddedPostgres) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True},
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


def test_tables_of_a_newer_program_are_left_alone(engine: Engine, database_url: str) -> None:
    assert known() == migrate.known_revisions()
    assert max(known()) == migrate.newest()
    with engine.begin() as connection:
        check_known(connection)
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    before = shape(engine)
    with engine.connect() as connection, pytest.raises(TablesNewer, match="9999"):
        check_known(connection)
    with pytest.raises(TablesNewer, match="9999"):
        migrate.upgrade(database_url)
    assert shape(engine) == before


def test_downgrade_of_all_leaves_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = MetaData()
    left.reflect(engine)
    assert set(left.tables) <= {VERSION_TABLE}


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


def written_while(url: str, revision: str, table: str) -> bool:
    """Whether a row can be written while another transaction that has written keeps the upgrade from its end."""
    engine = create_engine(url, poolclass=NullPool)
    upgrading = threading.Thread(target=migrate.upgrade, args=(url, revision))
    try:
        with engine.begin() as reader:
            reader.execute(text(f"UPDATE {table} SET person_id = person_id WHERE person_id = 1"))
            upgrading.start()
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                until = time.monotonic() + 20
                while not other.execute(text(WAITS)).scalar_one():
                    assert time.monotonic() < until, "the upgrade never came to its index"
                    time.sleep(0.01)
                other.execute(text("SET lock_timeout = '300ms'"))
                try:
                    other.execute(text(f"UPDATE {table} SET person_id = person_id WHERE person_id = 2"))
                except DBAPIError:
                    return False
        return True
    finally:
        upgrading.join()


WAITS = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
           AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%')"""


def back_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@pytest.mark.parametrize(("before", "after", "table"), [("0031", "0032", "target"), ("0021", "0022", "attempt")])
def test_rows_are_written_while_an_index_of_their_table_is_made(
    engine: Engine, database_url: str, before: str, after: str, table: str
) -> None:
    with engine.begin() as connection:
        for statement in (*SEVERAL_ROWS, ATTEMPTS):
            connection.execute(text(statement))
    whole = shape(engine)
    back_to(engine, before)
    assert written_while(database_url, after, table)
    migrate.upgrade(database_url)
    assert shape(engine) == whole


ATTEMPTS = """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at)
              SELECT md5(id::text)::uuid, 1, id, person_id, 'debt', 1, false, '2025-01-01T00:00Z' FROM target"""


def test_an_index_left_invalid_is_made_anew(engine: Engine, database_url: str) -> None:
    whole = shape(engine)
    back_to(engine, "0021")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = "ix_attempt_campaign_time"
        connection.execute(text(f"CREATE INDEX CONCURRENTLY {name} ON attempt (campaign_id, started_at, uuid)"))
        broken = text(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass")
        connection.execute(broken)
    migrate.upgrade(database_url)
    with engine.connect() as connection:
        invalid = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        assert connection.execute(invalid).scalars().all() == []
    assert shape(engine) == whole


def test_a_contact_that_goes_reads_no_other_targets(engine: Engine) -> None:
    """PostgreSQL asks this of each contact that is deleted; 14 to 17 read all targets for it without the index."""
    with engine.begin() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        asked = "EXPLAIN SELECT 1 FROM ONLY target x WHERE contact_id = 1 FOR KEY SHARE OF x"
        assert any("ix_target_contact_id" in line for line in connection.execute(text(asked)).scalars())


def test_0006_tells_a_contact_by_its_best_attempt_and_takes_it_back(engine: Engine) -> None:
    told = "SELECT disposition FROM target ORDER BY id"
    with engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        for statement in OLD_CAMPAIGN:
            connection.execute(text(statement))
        before = connection.execute(text(told)).scalars().all()
        assert before == ["busy", "no_answer", "completed", None]
        command.upgrade(config, "head")
        after = connection.execute(text(told)).scalars().all()
        assert after == ["partial", "no_answer", "completed", None]
        connection.execute(text("UPDATE attempt SET disposition = 'declined' WHERE disposition = 'completed'"))
        connection.execute(text("UPDATE target SET disposition = 'declined' WHERE disposition = 'completed'"))
        command.downgrade(config, "0005")
        assert connection.execute(text(told)).scalars().all() == before, "0005 knows no declined"


OLD_CAMPAIGN = (
    "INSERT INTO project (name) VALUES ('p')",
    "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
    """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
       VALUES (1, 1, 'd', '{}', '2025-01-01T00:00Z')""",
    """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
       VALUES (1, 'l', 'l.csv', 'd', '[]', '2025-01-01T00:00Z')""",
    "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('t', 'x/{number}', 1, 1)",
    """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry,
           columns, voice, virtual, created_at)
       VALUES (1, 'c', 1, 1, 1, 'debt', 'done', 'UTC', '{}', '{}', '{}', true, '2025-01-01T00:00Z')""",
    "INSERT INTO person (key) SELECT 'k' || n FROM generate_series(1, 4) n",
    """INSERT INTO contact (list_id, person_id, row_number, phones, fields)
       SELECT 1, id, id, '{}', '{}' FROM person ORDER BY id""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due, disposition)
       SELECT 1, id, person_id, 'done', '2025-01-01T00:00Z', ('{busy,no_answer,completed}'::text[])[id]
       FROM contact ORDER BY id""",
    """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, disposition)
       SELECT md5(target || ' ' || n)::uuid, 1, target, target, 'debt', n, false, '2025-01-01T00:00Z', disposition
       FROM (VALUES (1, 1, 'partial'), (1, 2, 'busy'), (2, 1, 'busy'), (2, 2, 'no_answer'), (2, 3, 'not_sent'),
           (3, 1, 'completed'), (4, 1, 'not_sent')) AS made(target, n, disposition)""",
)


def test_below_0010_every_row_of_a_person_stays_and_they_are_one_human_being(engine: Engine) -> None:
    rows = "SELECT c.row_number, t.id, t.person_id = c.person_id FROM contact c JOIN target t ON t.contact_id = c.id"
    with engine.begin() as connection:
        for statement in SEVERAL_ROWS:
            connection.execute(text(statement))
        before = set(connection.execute(text(rows)))
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        assert set(connection.execute(text(rows))) == before == {(n, n, True) for n in (1, 2, 3, 4)}
        persons = connection.execute(
            text(
                """SELECT c.row_number, p.key, coalesce(p.same_as, p.id)
                   FROM contact c JOIN person p ON p.id = c.person_id ORDER BY c.row_number"""
            )
        ).all()
        assert persons == [(1, "1:7", 1), (2, "contact 2", 1), (3, "1:8", 1), (4, "contact 4", 1)], (
            "the first row of each keeps the person, a joined person's rows stay with the oldest"
        )
        command.upgrade(config, "head")
        assert set(connection.execute(text(rows))) == before
        command.downgrade(config, "0009")


SEVERAL_ROWS = (
    *OLD_CAMPAIGN[:6],
    "INSERT INTO person (key, project_id, own_key, same_as) VALUES ('1:7', 1, '7', NULL), ('1:8', 1, '8', 1)",
    """INSERT INTO contact (list_id, person_id, row_number, phones, fields, part)
       VALUES (1, 1, 1, '{+79160000001}', '{}', 'a'), (1, 1, 2, '{+79160000002}', '{}', 'b'),
           (1, 2, 3, '{+79160000003}', '{}', 'a'), (1, 2, 4, '{+79160000004}', '{}', 'b')""",
    """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
       SELECT 1, id, person_id, 'waiting', '2025-01-01T00:00Z' FROM contact ORDER BY id""",
)


def test_0018_knows_who_was_taken_out_as_bankrupt_before(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in SEVERAL_ROWS:
            connection.execute(text(statement))
        connection.execute(text("UPDATE target SET removed = 'removed_bankrupt', state = 'done' WHERE id = 2"))
        connection.execute(text("UPDATE target SET removed = 'removed_paid', state = 'done' WHERE id = 3"))
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0015")
        command.upgrade(config, "head")
        told = connection.execute(text("SELECT person_id, project_id, reason, taken_back_at FROM exclusion")).all()
        assert told == [(1, 1, "bankrupt", None)]
