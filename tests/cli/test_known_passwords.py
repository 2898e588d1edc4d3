"""Nothing starts with a password that everybody knows: the switch's never, the database's not over a network."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from oklik import wiring
from oklik.config import Settings
from oklik.failures import BadInput
from oklik.known_passwords import is_known
from oklik.options import SwitchAddress
from oklik.wiring import _on_this_machine, open_database

KNOWN = ("ClueCon", "cluecon", " ClueCon ", "Postgres", "CHANGEME", "freeswitch", "12345678", "Пароль")


@pytest.mark.parametrize("password", KNOWN)
def test_a_known_one_is_refused_for_the_switch(password: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        SwitchAddress.read("esl://h", Settings(home=tmp_path, switch_password=SecretStr(password)))
    assert refused.value.key == "switch_known_password"
    for language in ("ru", "en"):
        assert password.strip() not in refused.value.text(language).replace("FreeSWITCH", "")


@pytest.mark.parametrize(("password", "key"), [("", "switch_no_password"), ("7letter", "switch_short_password")])
def test_none_and_a_short_one_are_refused(password: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        SwitchAddress.read(f"esl://:{password}@h", Settings(home=tmp_path))
    assert refused.value.key == key


def test_one_of_its_own_is_taken(tmp_path: Path) -> None:
    assert SwitchAddress.read("esl://:of-my-own-1@h", Settings(home=tmp_path)).password == "of-my-own-1"
    assert not is_known("of-my-own-1")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("postgresql:///d", True),
        ("postgresql://u@localhost/d", True),
        ("postgresql://u@127.0.0.5/d", True),
        ("postgresql://u@[::1]/d", True),
        ("postgresql://u@/d?host=/run/postgresql", True),
        ("postgresql://u@/d?host=/run/postgresql,db2", False),
        ("postgresql://u@/d?host=/run/postgresql&host=db2", False),
        ("postgresql://u@localhost/d?hostaddr=10.0.0.1", False),
        ("postgresql://u@db/d", False),
        ("postgresql://u@10.0.0.1/d", False),
        ("postgresql://u@localhost.example.org/d", False),
    ],
)
def test_which_databases_are_on_this_machine(url: str, here: bool, tmp_path: Path) -> None:
    assert _on_this_machine(make_url(url)) is here
    if not here:
        for given in (
            make_url(url).set(password="postgres"),
            make_url(url).update_query_dict({"password": "postgres"}),
            make_url(url).set(password="7letter"),
        ):
            settings = Settings(home=tmp_path, database_url=SecretStr(given.render_as_string(hide_password=False)))
            with pytest.raises(BadInput) as refused, open_database(settings):
                pass
            short = given.password == "7letter"
            assert refused.value.key == f"database_{'short' if short else 'known'}_password"


@pytest.mark.parametrize("password", ["", ":", ":of-my-own-1"])
def test_none_in_the_url_and_one_of_its_own_go_into_the_network(
    password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None: a file or a certificate says who we are."""
    monkeypatch.setattr(wiring, "_on_this_machine", lambda _: False)
    settings = Settings(home=tmp_path, database_url=SecretStr(f"postgresql://u{password}@127.0.0.1:1/d"))
    with pytest.raises(BadInput) as refused, open_database(settings):
        pass
    assert refused.value.key == "database_away"
