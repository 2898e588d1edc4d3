"""Segments: the SQL lets through whatever a scenario's conditions would say yes to, and pages add up to the whole."""

import json

import pytest
from sqlalchemy import Connection, Engine

from campaigns.world import NOON, World
from oklik.campaigns import segments
from oklik.campaigns.list_removal import purge_lists
from oklik.campaigns.list_words import index_list, question, words_of
from oklik.campaigns.segments import START, Condition, Definition, NoSuchSegment, SegmentRefused

pytestmark = pytest.mark.integration

TEXTS = [
    "", "  ", "0", "7", "007", "1200", "1 200", "1 200,50 ₽", "1,200", "1.200", "12.5", "-3", "(5)", "999999999999",
    "много", "Иван", "ИВАН  Петров", "Пётр", "петр", "ё", "Straße", "İstanbul", "01.02.2025", "1.2.25", "2025-02-01",
    "1 февраля 2025", "31.02.2025", "14:30", "9.05", "%", "_", "\\", "'; DROP TABLE contact; --", "🙂", "a\u00a0b",
]  # fmt: skip
VALUES = [
    "7",
    "1200",
    "1 200",
    "0",
    "-3",
    "01.02.2025",
    "1 февраля 2025",
    "14:30",
    "иван",
    "петр",
    "Ё",
    "%",
    "a b",
    "'",
]
OPS = ["equals", "not_equals", "contains", "less", "at_most", "more", "at_least", "filled", "empty"]


@pytest.fixture
def conn(engine: Engine) -> Connection:
    with engine.connect() as made, made.begin():
        world = World(made)
        world.base()
        world.people(len(TEXTS))
        for number, text in enumerate(TEXTS, 1):
            world.all(
                "UPDATE contact SET fields = CAST(:f AS jsonb) WHERE id = :id RETURNING id",
                f=json.dumps({"Имя": text}),
                id=number,
            )
        yield made


@pytest.mark.parametrize("lower", [True, False])
def test_no_row_is_lost_to_the_sql(conn: Connection, lower: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "_proper_lower", lambda _: lower)
    tried = 0
    for language in ("ru", "en"):
        for op in OPS:
            for kind in ("text", "number", "money", "date", "time"):
                for value in VALUES:
                    condition = Condition("Имя", op, value, kind)  # type: ignore[arg-type]
                    definition = Definition((condition,), "all", language)
                    wanted = [number for number, text in enumerate(TEXTS, 1) if definition.holds({"Имя": text})]
                    if op in {"filled", "empty"} and value != VALUES[0]:
                        continue
                    found = segments.look(conn, 1, definition, most=100)
                    assert [row.id for row in found.rows] == wanted, condition
                    tried += 1
    assert tried > 500


def test_pieces_add_up_to_the_whole(conn: Connection) -> None:
    definition = Definition((Condition("Имя", "filled"), Condition("Имя", "contains", "ив")), "any")
    whole = [row.id for row in segments.look(conn, 1, definition, most=100).rows]
    for most, rows in ((1, 5), (2, 7), (50, 3), (3, 1000)):
        found, after = [], START
        while after is not None:
            piece = segments.look(conn, 1, definition, after=after, most=most, rows=rows)
            assert len(piece.rows) <= most
            found += [row.id for row in piece.rows]
            after = piece.after
        assert found == whole
    saved = segments.save_segment(conn, 1, " Все   с именем ", definition, by="user:a", now=NOON)
    assert list(segments.contacts_of(conn, saved)) == whole
    assert segments.segment(conn, saved).name == "Все с именем"
    with pytest.raises(NoSuchSegment):
        list(segments.contacts_of(conn, saved + 1))


def test_conditions_that_can_hold_for_nobody_by_mistake_are_refused(conn: Connection) -> None:
    for condition in (
        Condition("Фамилия", "filled"),
        Condition("Имя", "more", "много", "number"),
        Condition("Имя", "equals", "31.02.2025", "date"),
        Condition("Имя", "contains", " "),
        Condition("Имя", "contains", "x" * 301),
    ):
        with pytest.raises(SegmentRefused):
            segments.save_segment(conn, 1, "s", Definition((condition,)), by="user:a", now=NOON)
    with pytest.raises(SegmentRefused):
        segments.save_segment(conn, 1, "s", Definition(()), by="user:a", now=NOON)


def test_a_deleted_list_is_gone_for_good_after_a_month(engine: Engine, conn: Connection) -> None:
    world = World(conn)
    world.all("UPDATE contact_list SET deleted_at = :at, deleted_name = name RETURNING id", at=NOON)
    segments_before = world.one("SELECT count(*) FROM contact")
    assert segments_before
    conn.commit()
    index_list(engine, 1, now=NOON)
    assert purge_lists(engine, NOON) == 0
    assert purge_lists(engine, NOON.replace(month=5)) == 1
    with engine.connect() as after:
        left = World(after).all("SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM contact_words)")
    assert left == [(0, 0)]


def test_a_double_word_is_asked_for_as_a_whole_though_its_parts_are_words_too() -> None:
    """Else "КД" of every contract in a list of a million is looked up for one of them."""
    assert question("КД-77777 Петров").tsquery == "'кд-77777':* & 'петров':*"
    assert {"кд-77777", "кд", "77777"} <= set(words_of({"Договор": "КД-77777"}, ()))
