"""One person under several numbers, in several lists: caps, busy and the stop list hold for the person."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.persons import MOST_HOLDERS

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))


class Town:
    """Lists are files, a campaign over each; everything is committed at once."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.files = engine, folder, 0
        with engine.begin() as conn:
            World(conn).base()

    def load(self, *rows: Sequence[str]) -> int:
        """Import a list, a row of numbers a person, and launch a campaign on debts over it; gives its id."""
        self.files += 1
        path = self.folder / f"list{self.files}.csv"
        path.write_text("\n".join(["Телефон;Пояс", *(f"{', '.join(row)};МСК" for row in rows)]), "utf-8")
        summary = import_contacts(self.engine, "p", path.stem, path, now=NOON)
        assert summary.contacts == len(rows)
        with self.engine.begin() as conn:
            campaign = World(conn).campaign(purpose="debt")
            conn.execute(
                text(
                    """DELETE FROM target USING contact
                       WHERE contact.id = contact_id AND campaign_id = :c AND list_id <> :l"""
                ),
                {"c": campaign, "l": summary.list_id},
            )
        return campaign

    def call(self, now: dt.datetime = NOON, *, limit: int = 10, opts_out: bool = False) -> list[str]:
        """Claim; everyone called answers and talks.  Gives the numbers called."""
        with self.engine.begin() as conn:
            world = World(conn)
            holder = world.holder()
            claimed = world.claim(holder, now, limit)
            for one in claimed:
                if opts_out:
                    opt_out(conn, one.uuid, one.number, now)
                world.finish(holder, one, now + MINUTE, answered=True, talk_s=20.0, ended_reason="completed")
            world.invariants()
        return [one.number for one in claimed]

    def reasons(self, campaign: int) -> list[str]:
        with self.engine.begin() as conn:
            rows = conn.execute(text("SELECT reason FROM target WHERE campaign_id = :c ORDER BY id"), {"c": campaign})
            return [row.reason for row in rows]


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def test_a_talk_at_one_number_counts_for_all_of_them(town: Town) -> None:
    town.load([A, B])
    other = town.load([B, A])
    assert len(town.call()) == 1
    assert town.call(NOON + HOUR) == []
    assert town.reasons(other) == ["talks_day"]
    assert len(town.call(NOON + DAY)) == 1


def test_a_number_known_from_another_list_is_enough(town: Town) -> None:
    town.load([A, B])
    only = town.load([B])
    assert town.call() == [A]
    assert town.reasons(only) == ["person_busy"]
    assert town.call(NOON + HOUR) == []
    assert town.reasons(only) == ["talks_day"]


def test_two_persons_turn_out_to_be_one(town: Town) -> None:
    """What was said to either before counts from then on; whoever is one with one of them is one with both."""
    town.load([A])
    assert town.call() == [A]
    second = town.load([B])
    town.load([C, D])
    third = town.load([A, B], [D, B])
    assert town.call(NOON + HOUR) == []
    assert {*town.reasons(second), *town.reasons(third)} == {"talks_day"}
    with town.engine.begin() as conn:
        assert World(conn).one("SELECT count(DISTINCT coalesce(same_as, id)) FROM person") == 1
        assert not World(conn).all("SELECT 1 FROM person p JOIN person q ON q.id = p.same_as WHERE q.same_as > 0")


def test_a_list_that_has_somebody_twice_calls_them_once_at_a_time(town: Town) -> None:
    town.load([A, B], [B, A], [C])
    assert sorted(town.call()) == [A, C]


def test_a_wish_at_one_number_is_the_persons(town: Town) -> None:
    town.load([A, B])
    other, third = town.load([B, C]), town.load([C])
    assert len(town.call(limit=1, opts_out=True)) == 1
    assert town.call(NOON + 10 * DAY) == []
    waiting = {reason for campaign in (other, third) for reason in town.reasons(campaign)}
    assert waiting <= {"stop_list", "reached"}
    with town.engine.begin() as conn:
        stopped = set(conn.execute(text("SELECT number FROM suppression")).scalars())
    assert stopped == {A, B, C}


def test_a_stop_list_from_elsewhere_holds_for_every_number_of_the_person(town: Town) -> None:
    town.load([A, B])
    only = town.load([B])
    with town.engine.begin() as conn:
        conn.execute(text("INSERT INTO suppression VALUES (:n, 'import', NULL, :now)"), {"n": A, "now": NOON})
    assert town.call() == []
    assert town.reasons(only) == ["stop_list"]


def test_a_switchboards_number_makes_nobody_one(town: Town) -> None:
    people = [f"+791600001{n:02}" for n in range(MOST_HOLDERS + 1)]
    town.load(*([person, D] for person in people))
    assert sorted(town.call()) == people
