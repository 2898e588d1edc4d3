"""The stop list: what it does to calls that wait, in every campaign, and what is kept of its history."""

import datetime as dt
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text as sql

from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns import stop_list
from oklik.campaigns.coming_back import Returned
from oklik.campaigns.numbers import NotOneNumber, one_number
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.recheck import withdrawn

pytestmark = pytest.mark.integration

FIRST, SECOND = "+79160000001", "+79160000002"


def put(world: World, *numbers: str, now: dt.datetime = NOON, **more: object) -> stop_list.Put:
    how = {"source": "письмо", "recorded_by": "user:anna", "reason": "просил", **more}
    return stop_list.put(world.conn, numbers, now=now, **how)  # type: ignore[arg-type]


def join(world: World, first: int, second: int, number: str) -> None:
    """Two persons with a number in common, as an import finds out."""
    world.all("INSERT INTO person_phone VALUES (:p, :n), (:q, :n) RETURNING 1", p=first, q=second, n=number)
    world.all("UPDATE person SET same_as = :p WHERE id = :q RETURNING 1", p=first, q=second)


def test_a_number_ends_what_waits_in_every_campaign(world: World) -> None:
    world.people(3)
    world.campaign()
    world.campaign(purpose="debt")
    done = put(world, FIRST)
    assert (done.added, done.known, done.targets) == ((FIRST,), (), 2)
    rows = world.all("SELECT reason, count(*) AS n FROM target WHERE state = 'done' GROUP BY 1")
    assert [tuple(row) for row in rows] == [("stop_list", 2)]
    assert world.one("SELECT count(*) FROM verdict WHERE rule = 'stop_list' AND NOT allowed") == 2
    assert {c.number for c in world.claim(world.holder())} == {SECOND, "+79160000003"}


def test_it_holds_for_the_person_under_every_number_and_in_every_row(world: World) -> None:
    world.people(2)
    world.campaign()
    join(world, 1, 2, "+74951234567")
    assert put(world, "+74951234567").targets == 2
    assert world.claim(world.holder()) == []
    look = stop_list.look(world.conn, SECOND)
    assert (look.since, look.others, look.silent) == (None, ("+74951234567",), True)


def test_what_comes_later_is_denied_by_the_claim(world: World) -> None:
    put(world, FIRST)
    world.people(1)
    world.campaign()
    assert world.claim(world.holder()) == []
    assert world.one("SELECT reason FROM target") == "stop_list"


def test_a_file_twice_changes_nothing_and_a_wish_twice_is_kept(world: World) -> None:
    put(world, FIRST, repeats=False)
    assert put(world, FIRST, SECOND, now=NOON + HOUR, repeats=False).known == (FIRST,)
    assert [event.kind for event in stop_list.look(world.conn, FIRST).history] == ["added"]
    put(world, FIRST, now=NOON + DAY)
    look = stop_list.look(world.conn, FIRST)
    assert [event.kind for event in look.history] == ["added", "repeated"]
    assert look.since == NOON


def test_taking_off_is_history_and_what_it_had_ended_goes_on(world: World) -> None:
    world.people(1)
    world.campaign()
    world.conn.execute(sql("UPDATE target SET prepared = 'g 2025'"))
    put(world, FIRST)
    after = {"source": "звонок на линию", "reason": "передумал", "recorded_by": "user:boris", "now": NOON + DAY}
    look, returned = msgspec.structs.astuple(stop_list.take_off(world.conn, FIRST, **after))  # type: ignore[arg-type]
    assert (look.silent, returned) == (False, Returned(back=1))
    assert [(e.kind, e.recorded_by, e.reason, e.at) for e in look.history] == [
        ("added", "user:anna", "просил", NOON),
        ("removed", "user:boris", "передумал", NOON + DAY),
    ]
    assert [c.number for c in world.claim(world.holder())] == [FIRST]
    with pytest.raises(stop_list.NotListed):
        stop_list.take_off(world.conn, FIRST, **after)  # type: ignore[arg-type]


def test_a_wish_said_in_a_call_is_kept_once_with_the_call(world: World) -> None:
    world.people(1, phones=2)
    world.campaign()
    (claimed,) = world.claim(world.holder())
    for _ in range(2):
        opt_out(world.conn, claimed.uuid, claimed.number, NOON)
    for number in (FIRST, "+79260000001"):
        (event,) = stop_list.look(world.conn, number).history
        assert (event.kind, event.source, event.call_uuid) == ("added", "call", claimed.uuid)


def test_an_intent_claimed_before_the_wish_is_not_sent_after_it(world: World) -> None:
    world.people(3)
    world.campaign()
    claims = {c.number: c.uuid for c in world.claim(world.holder())}
    assert len(claims) == 3
    assert withdrawn(world.conn, list(claims.values()), NOON) == set()
    put(world, FIRST)
    assert withdrawn(world.conn, list(claims.values()), NOON) == {claims[FIRST]}
    join(world, 2, 3, "+74951234567")
    put(world, "+74951234567")
    assert withdrawn(world.conn, list(claims.values()), NOON) == set(claims.values())


def test_the_list_tells_the_last_word_of_each(world: World) -> None:
    put(world, FIRST)
    put(world, SECOND, now=NOON + HOUR, source="сайт", reason="")
    put(world, FIRST, now=NOON + DAY, reason="просил ещё раз")
    # A row of whoever knows no history yet.
    world.all("INSERT INTO suppression VALUES ('+79160000009', 'import', NULL, '2025-01-01T00:00Z') RETURNING 1")
    found = [(e.number, e.source, e.reason, e.recorded_by) for e in stop_list.entries(world.conn)]
    assert found == [
        (SECOND, "сайт", "", "user:anna"),
        (FIRST, "письмо", "просил ещё раз", "user:anna"),
        ("+79160000009", "import", "", ""),
    ]


def test_the_whole_list_is_read_a_piece_at_a_time(world: World) -> None:
    world.all(
        """INSERT INTO suppression SELECT '+7916' || lpad(n::text, 7, '0'), 'import', NULL, '2025-01-01T00:00Z'
           FROM generate_series(1, 5000) n RETURNING 1"""
    )
    found = stop_list.entries(world.conn)
    assert next(found).number == "+79160005000"
    reading = "SELECT count(*) FROM pg_cursors"
    assert world.one(reading) == 1, "the server keeps what was not asked for yet"
    assert sum(1 for _ in found) == 4999
    assert world.one(reading) == 0


def test_one_number_in_any_spelling() -> None:
    for text in ("8 (916) 000-00-01", "+7 916 0000001", "79160000001", "9160000001.0", " моб. 8-916-000-00-01 "):
        assert one_number(text) == FIRST
    for text, word in (
        ("", "нет номера"),
        ("112", "«112»"),
        ("89160000001, 89160000002", "несколько"),
        ("8916", "8916"),
    ):
        with pytest.raises(NotOneNumber) as refused:
            one_number(text)
        assert word in refused.value.text["ru"]
        assert refused.value.text["en"].isascii() or "“" in refused.value.text["en"]


def test_withdrawn_of_nothing(world: World) -> None:
    assert withdrawn(world.conn, [], NOON) == set()
    assert withdrawn(world.conn, [UUID(int=1)], NOON) == set()
