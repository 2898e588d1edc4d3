"""The epoch of a node's lease rises whatever the database has forgotten."""

import pytest
from sqlalchemy import Engine, text

from oklik.campaigns import lease

pytestmark = pytest.mark.integration


def test_a_database_that_forgot_its_epochs_begins_above_those_the_switch_remembers(engine: Engine) -> None:
    with engine.begin() as conn:
        old = lease.take(conn, "fs1", owner="a", core_uuid="", at_least=1_790_000_000)
        conn.execute(text("DELETE FROM node_lease"))
    with engine.begin() as conn:
        new = lease.take(conn, "fs1", owner="b", core_uuid="", at_least=1_790_000_001)
    assert new.epoch > old.epoch


def test_two_owners_in_one_second_still_get_different_epochs(engine: Engine) -> None:
    with engine.begin() as conn:
        epochs = [lease.take(conn, "fs1", owner=o, core_uuid="", at_least=1_790_000_000).epoch for o in "abc"]
    assert epochs == [1_790_000_000, 1_790_000_001, 1_790_000_002]
