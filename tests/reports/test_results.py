"""Results of calls: what is counted, and that spans which were kept add up to the same as counting anew."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.reports.attempt_pages import Mark, attempts
from oklik.reports.cause_words import cause_lines
from oklik.reports.live import live
from oklik.reports.result_spans import keep_spans, results
from oklik.reports.results import Segment
from oklik.reports.scenario_shape import shape_of
from support.survey import survey

pytestmark = pytest.mark.integration


@pytest.fixture
def world(engine: Engine) -> Any:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        made = World(conn)
        made.base()
        with engine.begin() as other:
            made.version = publish_scenario(other, 1, survey(), NOON).id  # type: ignore[attr-defined]
        yield made


def called(world: Any, people: int = 4) -> int:
    """A campaign with calls in three hours: answered, hung up in the menu, busy, one still up."""
    world.people(people)
    campaign = world.campaign()
    world.conn.execute(text("UPDATE campaign SET scenario_version_id = :v"), {"v": world.version})
    world.conn.execute(text('UPDATE contact SET fields = fields || \'{"Город": "Омск"}\' WHERE row_number = 1'))
    holder = world.holder()
    ends: list[dict[str, Any]] = [
        {"cause": "NORMAL_CLEARING", "answered": True, "talk_s": 20.0, "ended_reason": "completed"},
        {"cause": "NORMAL_CLEARING", "answered": True, "talk_s": 9.0, "ended_reason": "hung_up", "hangup_by": "person"},
        {"cause": "USER_BUSY", "sip_status": 486},
    ]
    for number, end in enumerate(ends):
        at = NOON + number * HOUR
        one = world.claim(holder, at, 1)[0]
        for fact in FACTS[number]:
            world.conn.execute(
                text("INSERT INTO step VALUES (:uuid, :seq, :at, :node, CAST(:fact AS jsonb))"),
                {"uuid": one.uuid, "seq": fact[0], "at": at + dt.timedelta(seconds=fact[1]), "node": fact[2]["node"],
                 "fact": json.dumps(fact[2])},
            )  # fmt: skip
        if number == 0:
            world.conn.execute(
                text("INSERT INTO answer VALUES (:uuid, 'happy', 'yes', 'Да', :at)"), {"uuid": one.uuid, "at": at}
            )
        world.finish(holder, one, at + MINUTE, **end)
    world.claim(holder, NOON + 3 * HOUR, 1)
    return campaign


def entered(node: str, kind: str = "menu") -> dict[str, Any]:
    return {"type": "entered", "node": node, "kind": kind}


FACTS: list[list[tuple[int, float, dict[str, Any]]]] = [
    [
        (1, 0, entered("hello", "play")),
        (2, 5, {"type": "left", "node": "hello", "exit": "done"}),
        (3, 5, entered("visit")),
        (4, 9, {"type": "left", "node": "visit", "exit": "next"}),
        (5, 9, entered("bye", "hangup")),
        (6, 9, {"type": "ended", "node": "bye", "reason": "completed"}),
    ],
    [
        (1, 0, entered("hello", "play")),
        (2, 5, {"type": "left", "node": "hello", "exit": "done"}),
        (3, 5, entered("visit")),
        (4, 8.9, {"type": "silence", "node": "visit", "tries": 1}),
        (5, 12.5, {"type": "ended", "node": "visit", "reason": "hung_up"}),
    ],
    [],
]


def test_what_is_counted(world: Any) -> None:
    campaign = called(world)
    counts = results(world.conn, campaign)
    assert (counts.attempts, counts.answered, counts.talk_s) == (4, 2, 29.0)
    assert counts.outcomes == {"completed": 1, "hung_up": 1, "busy": 1, "": 1}
    assert counts.causes == {"USER_BUSY 486": 1}
    assert counts.answers == {"happy": {"yes": 1}}
    visit = counts.nodes["visit"]
    assert (visit.entered, visit.exits, visit.hung_up, visit.ended) == (2, {"next": 1}, {"7": 1}, 0)
    assert counts.nodes["bye"].ended == 1
    assert [n for _, n in sorted(counts.hours.items())] == [[1, 1], [1, 1], [1, 0], [1, 0]]

    shape = shape_of(world.conn, campaign)
    happy = shape.answers(counts.answers, "ru")[0]
    assert (happy["total"], happy["values"][0]) == (1, {"value": "yes", "label": "Да", "count": 1})
    stages = {one["node"]: one for one in shape.funnel(counts, "en")}
    assert list(stages)[:2] == ["hello", "visit"]
    assert (stages["visit"]["hung_up"], stages["visit"]["hung_up_second"]) == (1, 7)
    assert {"exit": "next", "to": "mark", "count": 1} in stages["visit"]["exits"]


def test_kept_spans_add_up_to_the_same(engine: Engine, world: Any) -> None:
    campaign = called(world)
    anew = results(world.conn, campaign)
    wall = NOON + 10 * HOUR
    assert keep_spans(engine, wall) == 3  # the fourth call is still up
    assert keep_spans(engine, wall) == 0
    assert results(world.conn, campaign) == anew
    # They are read, and not counted again.
    world.conn.execute(
        text("UPDATE result_span SET counts = counts || '{\"talk_s\": 1000}' WHERE since = :h"), {"h": NOON}
    )
    assert results(world.conn, campaign).talk_s == 1009.0
    early = results(world.conn, campaign, NOON, NOON + HOUR)
    assert (early.attempts, early.talk_s) == (1, 1000.0)
    assert results(world.conn, campaign, NOON + 3 * HOUR).attempts == 1


def test_a_span_that_is_not_over_is_not_kept(engine: Engine, world: Any) -> None:
    called(world)
    assert keep_spans(engine, NOON + 6 * MINUTE) == 0
    assert keep_spans(engine, NOON + 7 * MINUTE) == 1


def test_a_segment_is_of_contacts_with_a_value(world: Any) -> None:
    campaign = called(world)
    counts = results(world.conn, campaign, segment=Segment("Город", "Омск"))
    assert (counts.attempts, counts.outcomes) == (1, {"completed": 1})
    assert results(world.conn, campaign, segment=Segment("Город", "' OR 1=1 --")).attempts == 0


def test_pages_of_attempts_follow_each_other(world: Any) -> None:
    campaign = called(world)
    seen, mark = [], None
    while page := attempts(world.conn, campaign, 2, mark):
        seen += [row.started_at for row in page]
        mark = Mark(page[-1].started_at, page[-1].uuid)
    assert seen == [NOON + n * HOUR for n in (3, 2, 1, 0)]
    busy = attempts(world.conn, campaign, 9, outcome="busy")
    assert [(row.cause, row.answers) for row in busy] == [("USER_BUSY", None)]
    assert len(attempts(world.conn, campaign, 9, since=NOON + HOUR, until=NOON + 2 * HOUR)) == 1
    assert attempts(world.conn, campaign, 9, segment=Segment("Город", "Омск"))[0].answers == {"happy": ["yes", "Да"]}


def test_a_campaign_at_this_moment_adds_up(world: Any) -> None:
    campaign = called(world)
    told = live(world.conn, campaign, NOON + 3 * HOUR).to_json("en")
    assert told["contacts"] == told["done"] + told["calling"] + told["preparing"] + told["waiting"] == 4
    assert (told["calling"], told["attempts"], told["answered"], told["pace"]) == (1, 4, 2, 0.1)
    assert told["headline"]
    assert [one["title"] for one in told["causes"]] == ["Busy"]


def test_causes_are_told_with_what_to_do_troubles_first() -> None:
    lines = cause_lines({"USER_BUSY 486": 50, "CALL_REJECTED 403": 2, "SOMETHING_NEW": 1}, "ru")
    assert [(one.code, one.trouble) for one in lines] == [
        ("CALL_REJECTED 403", True),
        ("USER_BUSY 486", False),
        ("SOMETHING_NEW", False),
    ]
    assert all(one.advice for one in lines)
