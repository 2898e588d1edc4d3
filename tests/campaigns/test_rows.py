"""Statements that go to psycopg itself: the errors are SQLAlchemy's all the same."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, NoResultFound

from oklik.campaigns.rows import pipelined, run


def test_rows_and_scalars(engine: Engine) -> None:
    with engine.begin() as conn:
        assert run(conn, "SELECT n AS one, 7 % n AS two FROM generate_series(1, 2) n").all() == [(1, 0), (2, 1)]
        assert run(conn, "SELECT CAST(:text AS text)", text="100%").scalar_one() == "100%"
        with pytest.raises(NoResultFound):
            run(conn, "SELECT 1 WHERE false").one()


def test_errors_are_sqlalchemys_and_hide_what_was_given(engine: Engine) -> None:
    with pytest.raises(DataError) as caught, engine.begin() as conn:
        run(conn, "SELECT 1 / (CAST(:secret AS int) - 4711)", secret=4711)
    assert "4711'" not in str(caught.value)
    with engine.begin() as conn:
        assert run(conn, "SELECT 1").scalar() == 1


def test_a_connection_that_is_gone_is_known_to_be_gone(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, engine.begin() as conn:
        pid = run(conn, "SELECT pg_backend_pid()").scalar_one()
        with engine.begin() as other:
            run(other, "SELECT pg_terminate_backend(:pid)", pid=pid)
        run(conn, "SELECT 1")
    assert caught.value.connection_invalidated
    with engine.begin() as conn:
        assert run(conn, "SELECT 1").scalar() == 1


@pytest.mark.parametrize(
    "texts", [[], ["a"], ['"', "\\", "{,}", " ", "", "NULL", "ё 'x'"], [None, "x"]], ids=["none", "one", "odd", "null"]
)
def test_arrays_of_texts_arrive_as_they_were(engine: Engine, texts: list[str | None]) -> None:
    with engine.begin() as conn:
        run(conn, "SELECT 1")  # a first statement goes another way
        assert run(conn, "SELECT CAST(:texts AS text[])", texts=list(texts)).scalar() == texts


def test_arrays_of_numbers_and_uuids(engine: Engine) -> None:
    one, other = uuid4(), uuid4()
    with engine.begin() as conn:
        run(conn, "SELECT 1")
        assert run(conn, "SELECT CAST(:ids AS bigint[])", ids=[3, -1, 2**60]).scalar() == [3, -1, 2**60]
        assert run(conn, "SELECT CAST(:ids AS uuid[])", ids=[one, other]).scalar() == [one, other]


def test_a_pipeline_gives_the_same_and_in_order(engine: Engine) -> None:
    with engine.connect() as plain:
        conn = pipelined(plain)
        with conn.begin():
            made = run(conn, "CREATE TEMPORARY TABLE t AS SELECT n FROM generate_series(1, 5) n")
            changed = run(conn, "UPDATE t SET n = n * 10 WHERE n > 2")
            seen = run(conn, "SELECT n FROM t ORDER BY n")
            assert seen.scalars() == [1, 2, 30, 40, 50]
            assert (changed.rowcount, changed.all(), made.all()) == (3, (), ())
        with conn.begin():
            assert run(conn, "SELECT count(*) FROM t").scalar_one() == 5
        conn.invalidate()


@pytest.mark.parametrize("looked_at", [True, False])
def test_an_error_in_a_pipeline_undoes_all_of_the_transaction(engine: Engine, looked_at: bool) -> None:
    """It comes at the next look or at the commit, as SQLAlchemy's own."""
    plain = engine.connect()
    conn = pipelined(plain)
    with pytest.raises(DataError), conn.begin():
        run(conn, "INSERT INTO project (name) VALUES ('p')")
        run(conn, "SELECT 1 / (CAST(:secret AS int) - 4711)", secret=4711)
        last = run(conn, "SELECT count(*) FROM project")
        if looked_at:
            last.scalar()
    plain.invalidate()
    plain.close()
    with engine.begin() as conn:
        assert run(conn, "SELECT count(*) FROM project").scalar() == 0
