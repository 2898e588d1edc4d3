"""Results of calls: what is counted, and that spans which were kept add up to the same as counting anew."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.segments import Condition, Definition, save_segment
from oklik.reports import call_pages, result_spans
from oklik.reports.attempt_card import attempt_card
from oklik.reports.call_pages import Filter, Place, calls
from oklik.reports.cause_words import cause_lines
from oklik.reports.contact_pages import ContactFilter, contacts
from oklik.reports.distribution import spread
from oklik.reports.live import live
from oklik.reports.result_spans import keep_spans, results
from oklik.reports.scenario_shape import shape_of
from oklik.reports.wanted import Cell, NoSuchVersion, SavedSegment, Wanted
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


EMPTY = [(10000 * n, 10000 * n + 10000, 0) for n in range(1, 10)]


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
    assert (visit.entered, visit.exits, visit.hung_up, visit.ended) == (2, {"next": 1}, {"3": 1}, 0)
    assert counts.nodes["bye"].ended == 1
    assert [n for _, n in sorted(counts.hours.items())] == [[1, 1], [1, 1], [1, 0], [1, 0]]

    shape = shape_of(world.conn, campaign)
    happy = shape.answers(counts.answers, "ru")[0]
    assert (happy["total"], happy["values"][0]) == (1, {"value": "yes", "label": "Да", "count": 1})
    stages = {one["node"]: one for one in shape.funnel(counts, "en")}
    assert list(stages)[:2] == ["hello", "visit"]
    assert (stages["visit"]["hung_up"], stages["visit"]["hung_up_second"]) == (1, 3)
    assert {"exit": "next", "title": "1 · Да, 2 · Нет", "to": "mark", "count": 1} in stages["visit"]["exits"]


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
    early = results(world.conn, campaign, Wanted(since=NOON, until=NOON + HOUR))
    assert (early.attempts, early.talk_s) == (1, 1000.0)
    assert results(world.conn, campaign, Wanted(since=NOON + 3 * HOUR)).attempts == 1


def test_a_span_that_is_not_over_is_not_kept(engine: Engine, world: Any) -> None:
    called(world)
    assert keep_spans(engine, NOON + 6 * MINUTE) == 0
    assert keep_spans(engine, NOON + 7 * MINUTE) == 1


def test_a_segment_is_of_contacts_with_a_value(world: Any) -> None:
    campaign = called(world)
    counts = results(world.conn, campaign, wanted=Wanted(segment=Cell("Город", "Омск")))
    assert (counts.attempts, counts.outcomes) == (1, {"completed": 1})
    assert results(world.conn, campaign, wanted=Wanted(segment=Cell("Город", "' OR 1=1 --"))).attempts == 0


@pytest.mark.parametrize("kept", [False, True])
def test_pages_of_calls_follow_each_other(engine: Engine, world: Any, kept: bool) -> None:
    campaign = called(world)
    if kept:  # two of the four: the pages go on from one place to the other
        keep_spans(engine, NOON + HOUR + 10 * MINUTE)
        assert world.one("SELECT count(*) FROM call_result") == 2

    def pages(**given: Any) -> list[Any]:
        seen, mark = [], None
        while True:
            page = calls(world.conn, campaign, 2, mark, Filter(**given))
            seen += page.calls
            mark = page.next
            if mark is None:
                return seen

    hours = [NOON + n * HOUR for n in range(4)]
    assert [row.started_at for row in pages()] == hours[::-1]
    assert [row.started_at for row in pages(descending=False)] == hours
    assert [row.talk_s or 0 for row in pages(sort="talk")] == [20.0, 9.0, 0, 0]
    assert [(row.cause, row.answers) for row in pages(outcome="busy")] == [("USER_BUSY", None)]
    assert len(pages(wanted=Wanted(since=hours[1], until=hours[2]))) == 1
    assert [row.answers for row in pages(wanted=Wanted(segment=Cell("Город", "Омск")))] == [{"happy": ["yes", "Да"]}]
    assert [row.started_at for row in pages(place=Place("visit"))] == [hours[1], hours[0]]
    assert [row.started_at for row in pages(place=Place("visit", "hung_up"))] == [hours[1]]
    assert [row.started_at for row in pages(place=Place("visit", "left", "next"))] == [hours[0]]
    assert [row.started_at for row in pages(answer=("happy", "yes"))] == [hours[0]]
    assert pages(answer=("happy", "no")) == pages(place=Place("nowhere")) == []
    assert len(pages(number="+79160000001")) == 1
    assert pages(outcome="busy", place=Place("visit")) == []


def test_a_look_that_finds_little_goes_on(engine: Engine, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = called(world)
    keep_spans(engine, NOON + 10 * HOUR)
    monkeypatch.setattr(call_pages, "LOOK", 1)
    given = Filter(wanted=Wanted(segment=Cell("Город", "Омск")))
    found, mark, looks = [], None, 0
    while looks < 9:
        page = calls(world.conn, campaign, 5, mark, given)
        found, mark, looks = found + page.calls, page.next, looks + 1
        if mark is None:
            break
    assert (len(found), looks > 1) == (1, True)


def test_segments_versions_and_what_is_kept_count_the_same(engine: Engine, world: Any) -> None:
    campaign = called(world)
    definition = Definition((Condition("Город", "equals", "омск"),))
    with engine.begin() as conn:
        world_columns = text("""UPDATE contact_list SET columns = '["Имя", "Город"]'""")
        conn.execute(world_columns)
        saved = save_segment(conn, 1, "Омск", definition, by="user:a", now=NOON)
    some = (
        Wanted(),
        Wanted(segment=Cell("Город", "Омск")),
        Wanted(segment=SavedSegment(saved)),
        Wanted(version=1),
        Wanted(since=NOON + HOUR, segment=SavedSegment(saved)),
    )
    anew = [results(world.conn, campaign, one) for one in some]
    assert [one.attempts for one in anew] == [4, 1, 1, 4, 0]
    assert keep_spans(engine, NOON + 10 * HOUR) == 3
    assert [results(world.conn, campaign, one) for one in some] == anew
    with pytest.raises(NoSuchVersion):
        results(world.conn, campaign, Wanted(version=2))
    world.conn.execute(text("DELETE FROM step"))  # what is kept needs them no more
    assert results(world.conn, campaign, some[1]).nodes == anew[1].nodes


def test_calls_back_under_another_scenario_are_no_part_of_the_funnel(engine: Engine, world: Any) -> None:
    campaign = called(world)
    world.conn.execute(text("UPDATE campaign SET return_scenario_version_id = 1"))
    world.conn.execute(text("UPDATE attempt SET direction = 'in' WHERE started_at = :h"), {"h": NOON})
    for _ in range(2):  # counted anew, and as it was kept
        counts = results(world.conn, campaign)
        assert (counts.returned, counts.nodes["visit"].entered) == (1, 1)
        keep_spans(engine, NOON + 10 * HOUR)


def test_where_in_the_prompt_people_leave_is_what_the_dialer_says(engine: Engine, world: Any) -> None:
    campaign = called(world)
    world.conn.execute(
        text("""UPDATE step SET fact = fact || '{"into_s": 6.4, "of_s": 5.2}' WHERE fact ->> 'reason' = 'hung_up'""")
    )
    for _ in range(2):
        visit = results(world.conn, campaign).nodes["visit"]
        assert (visit.hung_up, visit.prompts, visit.waited) == ({"6": 1}, {"6": 1}, 1)
        keep_spans(engine, NOON + 10 * HOUR)


def test_too_many_calls_are_not_counted_while_somebody_waits(
    engine: Engine, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = called(world)
    monkeypatch.setattr(result_spans, "MOST_FRESH", 1)
    counts = results(world.conn, campaign)
    assert (counts.attempts, counts.left) == (0, 4)
    keep_spans(engine, NOON + 10 * HOUR)
    counts = results(world.conn, campaign)
    assert (counts.attempts, counts.left) == (4, 0)


def test_contacts_page_by_page(world: Any) -> None:
    campaign = called(world)

    def pages(**given: Any) -> list[Any]:
        seen, mark = [], None
        while True:
            page = contacts(world.conn, campaign, 3, mark, ContactFilter(**given))
            seen += [(row.row_number, row.disposition) for row in page.contacts]
            mark = page.next
            if mark is None:
                return seen

    assert [row for row, _ in pages()] == [1, 2, 3, 4]
    assert [row for row, _ in pages(descending=True)] == [4, 3, 2, 1]
    assert pages(outcome="busy") == [(3, "busy")]
    assert pages(outcome="") == [(4, None)]
    assert [row for row, _ in pages(wanted=Wanted(segment=Cell("Город", "Омск")))] == [1]
    assert [row for row, _ in pages(wanted=Wanted(since=NOON + HOUR, until=NOON + 3 * HOUR))] == [2, 3]
    assert [row for row, _ in pages(place=Place("visit"))] == [1, 2]
    assert [row for row, _ in pages(place=Place("visit", "hung_up"))] == [2]
    assert [row for row, _ in pages(place=Place("visit", "left", "next"), descending=True)] == [1]
    assert pages(place=Place("visit", "hung_up"), wanted=Wanted(until=NOON + HOUR)) == []
    assert [row for row, _ in pages(answer=("happy", "yes"))] == [1]
    assert pages(place=Place("visit", "hung_up"), answer=("happy", "yes")) == [], "of one and the same call"
    assert pages(outcome="busy", place=Place("visit")) == []


def test_a_call_in_full(world: Any) -> None:
    campaign = called(world)
    uuid = world.one("SELECT uuid FROM attempt WHERE started_at = :h", h=NOON + HOUR)
    told = attempt_card(world.conn, campaign, uuid, "ru")
    assert told is not None
    assert [(one["node"], one["at_s"], one["exit_title"]) for one in told["way"]] == [
        ("hello", 0, "Дальше"),
        ("visit", 5, None),
    ]
    assert told["way"][1]["notes"] == ["промолчал"]
    assert attempt_card(world.conn, campaign + 1, uuid, "ru") is None


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("number", {"1": 2, "3": 2}, (2.0, 1.0, [(1, 1, 2), (3, 3, 2)])),
        (
            "money",
            {"100": 1, "100000": 1, "nonsense": 5},
            (50050.0, 100.0, [(0, 10000, 1), *EMPTY, (100_000, 110_000, 1)]),
        ),
        ("voice", {"2.5": 1}, (2.5, 2.5, [(2, 3, 1)])),
        ("text", {"a": 1}, (None, None, [])),
        ("number", {}, (None, None, [])),
    ],
)
def test_answers_are_spread_in_round_steps(kind: str, values: dict[str, int], wanted: Any) -> None:
    told = spread(kind, values, scale=False)
    assert (told.mean, told.median, [(one.low, one.high, one.count) for one in told.bars]) == wanted


def test_dates_are_in_their_order() -> None:
    told = spread("date", {"2026-12-01": 1, "2026-11-30": 4, "x": 9}, scale=False)
    assert told.days == (("2026-11-30", 4), ("2026-12-01", 1))


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
