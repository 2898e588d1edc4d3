"""A database URL that names several servers, of which the one that takes writes is meant."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from oklik.store.engine import conninfo, make_engine, normal_url

SAME = {"host": "one,two", "port": "5432,5433", "user": "u", "dbname": "db", "target_session_attrs": "read-write"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40%2C@one:5432,two:5433/db?target_session_attrs=read-write",
        "postgresql://u:p%40%2C@/db?host=one:5432&host=two:5433&target_session_attrs=read-write",
        "postgresql+psycopg://u:p%40%2C@/db?host=one,two&port=5432,5433&target_session_attrs=read-write",
    ],
)
def test_the_ways_of_writing_it_mean_the_same(url: str) -> None:
    engine = make_engine(url)
    _, told = engine.dialect.create_connect_args(engine.url)
    for found in (conninfo_to_dict(conninfo(url)), told):
        assert {name: found[name] for name in SAME} == SAME
        assert found["password"] == "p@,"
    again = normal_url(engine.url.render_as_string(hide_password=False))
    assert conninfo_to_dict(conninfo(again)) == conninfo_to_dict(conninfo(url)), "as processes hand it on"


def test_servers_without_ports_of_their_own() -> None:
    found = conninfo_to_dict(conninfo("postgresql://u@one,two:5433/db"))
    assert (found["host"], found["port"]) == ("one,two", ",5433"), "the first has the usual one"
    assert conninfo_to_dict(conninfo("postgresql://u@one,two/db"))["host"] == "one,two"
