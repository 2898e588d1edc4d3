"""A database's password is known for one wherever it is written in the URL, and nothing that may be one is shown."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from oklik.store.dumping import _target
from oklik.store.engine import conninfo, make_engine, normal_url, shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:canary@h:5432/d",
        "postgresql://u@h:5432/d?password=canary",
        "postgresql://u:other@h:5432/d?password=canary",
        "postgresql://u@h:5432/d?password=other&password=canary",
        "postgresql+psycopg://u@/d?host=h&port=5432&password=canary&sslmode=require",
        "postgresql://u@one:5432,h:5432/d?password=canary",
    ],
)
def test_a_password_is_one_wherever_it_stands(url: str) -> None:
    assert normal_url(url).password == "canary"
    engine = make_engine(url)
    _, told = engine.dialect.create_connect_args(engine.url)
    assert told["password"] == conninfo_to_dict(conninfo(url))["password"] == "canary"
    command_line, secrets = _target(url)
    assert ("password" in command_line, secrets) == (False, {"PGPASSWORD": "canary"})
    assert "canary" not in shown(url) + repr(normal_url(url))
    assert "h" in shown(url).partition("@")[2]


@pytest.mark.parametrize("name", ["pasword", "Password", "PGPASSWORD", "options", "sslkey"])
def test_a_parameter_that_may_hold_a_secret_is_not_shown(name: str) -> None:
    assert shown(f"postgresql://u@/d?host=h&{name}=canary") == "postgresql+psycopg://u@/d?host=h"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@canary@h:5432/d",
        "postgresql://u:p@canary@h/d",
        "postgresql://u:p@x@canary",
        "postgresql://u:p@x@canary@one:1,two:2/d",
        "postgresql://u:p@/canary@h/d",
        "postgresql://u@h/d?sslpassword=canary",
        "postgresql://u@h/d?scram_client_key=canary",
    ],
)
def test_what_cannot_be_hidden_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        normal_url(url)
    assert "canary" not in str(refused.value)
