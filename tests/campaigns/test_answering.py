"""A guarantor of one debt who owes another is one human being: both kinds of calls count, and never two at a time."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from campaigns.people_town import SILENCE, TALK, Town
from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import other_phones
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import OTHERS, Counts, Period, Role
from oklik.dialing.retry import OutcomeClass, RetryPlan, Wait

pytestmark = pytest.mark.integration

A, B, C, D, E, F = (f"+7916000000{n}" for n in range(1, 7))
HEAD = "ID должника;Телефон;Телефон поручителя"


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def guaranteed(town: Town, key: str, own: str, guarantor: str) -> int:
    """A debtor whose guarantor's phone is the one to be called."""
    campaign = town.called(HEAD, f"{key};{own};{guarantor}", base_zone="Europe/Moscow")
    town.do("UPDATE target SET phone_index = 1 WHERE campaign_id = :c", c=campaign)
    return campaign


@pytest.mark.parametrize("own", [D, E], ids=["the same phone", "another phone of theirs"])
def test_a_talk_as_a_guarantor_counts_when_they_are_called_for_their_own_debt(town: Town, own: str) -> None:
    guaranteed(town, "7", A, D)
    assert town.call() == [D]
    debtor = town.called(HEAD, f"8;{own}, {D if own == E else E};")
    assert town.call(NOON + HOUR) == []
    assert town.reasons(debtor) == ["talks_day"]
    assert town.call(NOON + DAY + HOUR) == [own]


@pytest.mark.parametrize("own", [D, E], ids=["the same phone", "another phone of theirs"])
def test_a_talk_for_their_own_debt_counts_when_they_are_called_as_a_guarantor(town: Town, own: str) -> None:
    town.called(HEAD, f"8;{own}, {D if own == E else E};")
    assert town.call() == [own]
    campaign = guaranteed(town, "7", A, D)
    assert town.call(NOON + HOUR) == []
    assert town.reasons(campaign) == ["talks_day"]


def test_somebody_elses_phone_is_not_its_debtors(town: Town) -> None:
    """What the debtor whose guarantor it is has heard stays the debtor's."""
    guaranteed(town, "7", A, D)
    assert town.call() == [D]
    town.called(HEAD, f"9;{B};")
    assert town.call(NOON + HOUR) == [B]


@pytest.mark.parametrize("first", ["guarantor", "debtor"])
@pytest.mark.parametrize("own", [D, E], ids=["the same phone", "another phone of theirs"])
@pytest.mark.parametrize("claims", [1, 2])
def test_they_are_not_on_two_calls_at_once(town: Town, first: str, own: str, claims: int) -> None:
    """In one claim, or in two that follow one another."""
    guarantor = guaranteed(town, "7", A, D) if first == "guarantor" else 0
    debtor = town.called(HEAD, f"8;{own}, {D if own == E else E};")
    guarantor = guarantor or guaranteed(town, "7", A, D)
    last = debtor if first == "guarantor" else guarantor
    town.do("UPDATE target SET due = :later WHERE campaign_id = :c", c=last, later=NOON - HOUR if claims == 1 else NOON)
    called = [one.number for one in town.claim(NOON if claims == 1 else NOON - MINUTE)]
    if claims == 2:
        called += [one.number for one in town.claim(NOON)]
    assert len(called) == 1
    assert town.column("SELECT rule FROM verdict WHERE NOT allowed") == ["person_busy"]


@pytest.mark.parametrize("first", ["guarantor", "debtor"])
def test_two_claims_at_once_do_not_both_call_them(town: Town, first: str) -> None:
    debtor = town.called(HEAD, f"8;{E}, {D};")
    guarantor = guaranteed(town, "7", A, D)
    order = [guarantor, debtor] if first == "guarantor" else [debtor, guarantor]
    with town.engine.connect() as one, town.engine.connect() as two:
        mine, yours = one.begin(), two.begin()
        World(one).holder("fs1"), World(two).holder("fs2")
        claimed = World(one).claim(World(one).holder("fs1"), NOON, 1, campaign_ids=order[:1])
        assert len(claimed) == 1
        assert World(two).claim(World(two).holder("fs2"), NOON, 1, campaign_ids=order[1:]) == []
        yours.commit()
        mine.commit()


# -- whatever comes in whatever order --

EAGER = RetryPlan(
    max_attempts=50,
    other_hour=False,
    waits={outcome: Wait(after_s=(301,), most=50) for outcome in (OutcomeClass.NO_ANSWER, OutcomeClass.HUNG_UP)},
)


@pytest.fixture(scope="module")
def crossed(postgres: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Four people, each of whom owes and is a guarantor of others, under keys, phones and both; two campaigns."""
    from oklik.store import migrate
    from oklik.store.engine import make_engine

    url = postgres.create_database("crossed")  # type: ignore[attr-defined]
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=2)
    town = Town(engine, tmp_path_factory.mktemp("crossed"))
    rows = (f"1;{A}, {E};{B}", f"2;{B};{A}", f"3;{C}, {F};{E}", f"4;{D};{F}")
    for header, lines in ((HEAD, rows), ("Телефон;Телефон поручителя", (f"{E};{D}", f"{F};{B}"))):
        town.campaign(town.load(header, *lines), retry=EAGER, base_zone="Europe/Moscow")
    yield engine
    engine.dispose()
    postgres.drop_database("crossed")  # type: ignore[attr-defined]


WHOSE = {A: 1, E: 1, B: 2, C: 3, F: 3, D: 4}
STEPS = st.lists(
    st.tuples(st.integers(1, 240), st.integers(1, 3), st.sampled_from([TALK, SILENCE, SILENCE]), st.booleans()),
    min_size=3,
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.generate])
@given(steps=STEPS, phones=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_no_human_being_is_called_over_a_cap_in_whichever_role(
    crossed: Engine, steps: list[tuple[int, int, dict[str, object], bool]], phones: list[int]
) -> None:
    with crossed.connect() as conn, conn.begin() as everything:
        world = World(conn)
        holder = world.holder()
        for target, phone in enumerate(phones, 1):
            conn.execute(text("UPDATE target SET phone_index = :n WHERE id = :id"), {"n": phone, "id": target})
        now = NOON - 3 * HOUR
        for minutes, limit, outcome, others in steps:
            now += minutes * MINUTE
            if others:  # whoever the plan would call, the next call is to the other phone
                conn.execute(text("UPDATE target SET phone_index = (phone_index + 1) % 2 WHERE state = 'waiting'"))
            claimed = world.claim(holder, now, limit)
            whose = [WHOSE[one.number] for one in claimed]
            assert len(whose) == len(set(whose)), "one call at a time"
            for one in claimed:
                world.finish(holder, one, now + MINUTE, **outcome)
        made = conn.execute(
            text("SELECT a.started_at, a.talk, leg.number FROM attempt a JOIN call leg ON leg.uuid = a.uuid")
        ).all()
        everything.rollback()
    _within_caps([(row.started_at, row.talk, WHOSE[row.number]) for row in made])


def _within_caps(made: list[tuple[dt.datetime, bool, int]]) -> None:
    """By hand: what the law's caps a day say, counted by human being."""
    zone = ZoneInfo("Europe/Moscow")
    caps = {cap.counts: cap.limit for cap in rules_of("debt").caps if cap.period is Period.DAY}
    assert set(caps) == {Counts.TALK, Counts.UNANSWERED}
    days = {(at.astimezone(zone).date(), who) for at, _, who in made}
    for day, who in days:
        talks = [talk for at, talk, whose in made if whose == who and at.astimezone(zone).date() == day]
        assert sum(talks) <= caps[Counts.TALK]
        assert len(talks) - sum(talks) <= caps[Counts.UNANSWERED]


def test_the_roles_of_the_statement_are_those_of_the_law() -> None:
    assert f"role IN ({', '.join(repr(str(role)) for role in Role if role in OTHERS)})" == other_phones._IN_THEIR_PLACE


def test_calls_for_others_are_found_by_number_and_not_looked_for_where_there_are_none(town: Town) -> None:
    with town.engine.begin() as conn:
        world = World(conn)
        world.people(3000)
        campaign = world.campaign()
        conn.execute(
            text(
                """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at)
                   SELECT md5(id::text)::uuid, :c, id, person_id, 'debt', 1, false, :now FROM target"""
            ),
            {"c": campaign, "now": NOON},
        )
        conn.execute(
            text(
                """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                       intent_at)
                   SELECT a.uuid, 'person', a.uuid, 'n', 1, 'c', 'final', p.key, '-', :now
                   FROM attempt a JOIN person p ON p.id = a.person_id"""
            ),
            {"now": NOON},
        )
        asked = {"rows": '[{"root": 7, "number": "+79160000007"}]', "persons": "{7}", "since": NOON - DAY}

        def plan() -> str:
            conn.execute(text("ANALYZE attempt, call, person, person_phone"))
            explain = text("EXPLAIN (ANALYZE, COSTS OFF) " + other_phones._FOR_OTHERS)
            return "\n".join(conn.execute(explain, asked).scalars())

        told = plan()
        assert "One-Time Filter" in told, told
        assert told.count("never executed") >= 3, told
        conn.execute(text("UPDATE attempt SET role = 'guarantor' WHERE person_id % 2 = 0"))
        told = plan()
    assert "Seq Scan on attempt" not in told, told
    assert "Seq Scan on call" not in told, told
