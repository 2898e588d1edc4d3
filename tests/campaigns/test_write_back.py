"""What calls write into the contacts' columns: once, with what stood there before, seen by whoever calls next."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.record import StepRecord, record
from oklik.dialing.retry import RetryPlan
from oklik.scenario.flow import ColumnSet, Entered, Fact

pytestmark = pytest.mark.integration

COLUMNS = {"name": "Имя", "city": "Город", "debt": "Долг"}


@pytest.fixture
def called(world: World) -> tuple[World, Holder, Claimed]:
    """A contact with a city and a debt that was a number, being called."""
    world.people(1)
    world.conn.execute(
        text('UPDATE contact SET fields = CAST(:fields AS jsonb), kinds = \'{"Долг": "number"}\''),
        {"fields": json.dumps({"Имя": "Иван", "Город": "Омск", "Долг": "1500"})},
    )
    world.campaign(retry=RetryPlan(max_attempts=5))
    world.conn.execute(text("UPDATE campaign SET columns = CAST(:c AS jsonb)"), {"c": json.dumps(COLUMNS)})
    world.conn.execute(text("UPDATE target SET prepared = 'g 2025'"))
    holder = world.holder()
    (claimed,) = world.claim(holder)
    return world, holder, claimed


def steps(uuid: UUID, *facts: Fact, first: int = 0) -> list[StepRecord]:
    return [StepRecord(uuid, seq, NOON + seq * MINUTE, fact) for seq, fact in enumerate(facts, first)]


def wrote(column: str, value: str, **more: Any) -> ColumnSet:
    return ColumnSet(node="w", column=column, value=value, **more)


def fields(world: World) -> dict[str, str]:
    found: dict[str, str] = world.one("SELECT fields FROM contact")
    return found


def changes(world: World) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in world.all("SELECT seq, header, before, after, kept FROM contact_change ORDER BY seq")]


def test_the_row_has_the_new_value_and_the_old_one_is_kept(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    record(world.conn, holder, steps=steps(claimed.uuid, Entered(node="w", kind="set"), wrote("city", "Псков")))
    assert fields(world) == {"Имя": "Иван", "Город": "Псков", "Долг": "1500"}
    assert changes(world) == [(1, "Город", "Омск", "Псков", True)]
    assert world.one("SELECT fact ->> 'value' FROM step WHERE seq = 1") == "Псков"


def test_written_twice_it_is_written_once(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    first = steps(claimed.uuid, wrote("city", "Псков"), wrote("city", "Тула"))
    record(world.conn, holder, steps=first)
    record(world.conn, holder, steps=first[:1])
    assert fields(world)["Город"] == "Тула"
    assert changes(world) == [(0, "Город", "Омск", "Псков", True), (1, "Город", "Псков", "Тула", True)]
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("city", "Орёл"), first=2))
    assert changes(world)[2] == (2, "Город", "Тула", "Орёл", True)


def test_what_does_not_fit_is_noted_and_kept_out(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("debt", "много", kept=False)))
    assert fields(world)["Долг"] == "1500"
    assert world.one("SELECT kinds FROM contact") == {"Долг": "number"}
    assert changes(world) == [(0, "Долг", "1500", "много", False)]
    assert world.one("SELECT prepared FROM target") == "g 2025"


def test_what_was_a_number_in_the_table_is_a_text_now(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("debt", "2 000,50"), wrote("city", "Псков")))
    assert fields(world) == {"Имя": "Иван", "Город": "Псков", "Долг": "2 000,50"}
    assert world.one("SELECT kinds FROM contact") == {}


def test_a_column_that_the_list_has_not_is_added(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    added = {**COLUMNS, "mail": "Почта"}
    world.conn.execute(text("UPDATE campaign SET columns = CAST(:c AS jsonb)"), {"c": json.dumps(added)})
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("mail", "да"), wrote("unknown", "x")))
    assert fields(world)["Почта"] == "да"
    assert changes(world) == [(0, "Почта", None, "да", True)]


def test_the_next_call_sees_it_and_looks_for_its_speech(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    assert claimed.prepared == "g 2025"
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("city", "Псков")))
    world.finish(holder, claimed, NOON + 2 * MINUTE, cause="USER_BUSY", channel=True, sent=True)
    (again,) = world.claim(holder, NOON + DAY + HOUR)
    assert again.contact_id == claimed.contact_id
    assert again.fields["Город"] == "Псков"
    assert again.prepared is None


def test_facts_and_cells_stand_or_fall_together(called: tuple[World, Holder, Claimed]) -> None:
    world, holder, claimed = called
    inner = world.conn.begin_nested()
    record(world.conn, holder, steps=steps(claimed.uuid, wrote("city", "Псков")))
    inner.rollback()
    assert fields(world)["Город"] == "Омск"
    assert not changes(world)
    assert world.one("SELECT count(*) FROM step") == 0
