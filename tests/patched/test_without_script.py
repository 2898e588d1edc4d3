"""A switch without Lua: everybody is called once, and of a dialer that dies between claim and call one is unknown."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from chaos import plain

pytestmark = pytest.mark.heavy
CONTACTS = 60


def test_everybody_is_called_once(tmp_path: Path, database_url: str, engine: Engine) -> None:
    told = plain.campaign(tmp_path, database_url, engine, contacts=CONTACTS)
    assert told.kept, told
    assert told.results == CONTACTS
    assert told.unknown == 0


def test_a_dialer_that_dies_between_claim_and_call(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """The smaller guarantee: whoever was claimed counts as called, though nobody was."""
    told = plain.campaign(tmp_path, database_url, engine, contacts=CONTACTS, point="after_hash_claim")
    assert plain.fair(told), told
    assert told.lost >= 1, told  # it, and those claimed in the same breath


@pytest.mark.parametrize("point", ["inside_send", "after_send", "after_ack"])
def test_a_dialer_that_dies_around_the_sending(tmp_path: Path, database_url: str, engine: Engine, point: str) -> None:
    told = plain.campaign(tmp_path, database_url, engine, contacts=CONTACTS, point=point)
    assert plain.fair(told), told


def test_who_sleeps_on_a_claim_does_not_use_it(tmp_path: Path, database_url: str, engine: Engine) -> None:
    told = plain.campaign(tmp_path, database_url, engine, contacts=CONTACTS, point="after_hash_claim", fault="stop")
    assert plain.fair(told), told
    assert told.lost >= 1, told


def test_a_connection_that_breaks_between_claim_and_call(tmp_path: Path, database_url: str, engine: Engine) -> None:
    told = plain.campaign(tmp_path, database_url, engine, contacts=CONTACTS, point="after_hash_claim", fault="cut")
    assert plain.fair(told), told


def test_without_the_claim_people_are_called_twice(tmp_path: Path, database_url: str, engine: Engine) -> None:
    told = plain.campaign(
        tmp_path, database_url, engine, contacts=CONTACTS, point="after_ack", mutant="chaos.unclaimed"
    )
    assert told.twice >= 1, told
