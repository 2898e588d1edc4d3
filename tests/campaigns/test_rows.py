"""Statements that go to psycopg itself: the errors are SQLAlchemy's all the same."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, NoResultFound

from oklik.campaigns.rows import run


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
