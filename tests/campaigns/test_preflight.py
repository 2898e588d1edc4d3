"""The launch check: what it counts is what the gate says to everybody, asked one by one."""

import datetime as dt
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from jobs.conftest import SCENARIO
from oklik.campaigns import preflight_scan
from oklik.campaigns.asking import choose, subjects_of
from oklik.campaigns.preflight import preflight
from oklik.campaigns.preflight_groups import Outlook
from oklik.campaigns.preflight_requests import check_campaign
from oklik.campaigns.preflight_result import Preflight, Prices
from oklik.campaigns.running import running
from oklik.commands.preflight_view import show
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.gate import Allow, Deny, Past, Policy, Subject, judge
from oklik.dialing.law import in_force, russia
from oklik.dialing.outlook import hour_start
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo
from oklik.scenario.document import load_text, to_json

pytestmark = pytest.mark.integration
DAYS = 3
DESTINATIONS = parse_destinations("RU, KZ, US")


@pytest.fixture
def scenario(world: World) -> Iterator[World]:
    """A campaign's scenario with columns: name, debt (required), due."""
    document = json.dumps(to_json(load_text(SCENARIO, "reminder.yaml")), ensure_ascii=False)
    world.all("UPDATE scenario_version SET document = CAST(:d AS json) RETURNING id", d=document)
    return world


def check(world: World, campaign: int, now: dt.datetime = NOON, **more: Any) -> Preflight:
    return preflight(world.conn, campaign, now, **more)


# -- grouped as one by one --


class OneByOne:
    """The gate, asked of everybody for every hour."""

    def __init__(self, world: World, campaign_id: int, now: dt.datetime) -> None:
        (campaign,) = running(world.conn, False, [campaign_id], WindowBook(), DESTINATIONS, at_rest=True)
        self.policy, self.book = campaign.policy, WindowBook()
        self.now, self.until = now, now + DAYS * DAY
        self.start = hour_start(now, tzinfo(campaign.zone))
        self.hours = [0] * (DAYS * 24)
        self.local = [[0] * 24 for _ in range(7)]
        self.rules: Counter[str] = Counter()
        self.stops: Counter[dt.datetime] = Counter()
        self.reachable = self.allowed = 0
        rows = world.all(
            """SELECT t.*, c.phones, c.roles, c.zone, coalesce(p.same_as, p.id) AS root FROM target t
               JOIN contact c ON c.id = t.contact_id JOIN person p ON p.id = t.person_id
               WHERE t.campaign_id = :c AND t.state <> 'done'""",
            c=campaign_id,
        )
        for row, subjects in subjects_of(world.conn, campaign, rows, now):
            subject, answer = choose(subjects, lambda one: judge(one, self.policy, now, self.book))
            self._count(subject, answer, row)

    def _count(self, subject: Subject, answer: Allow | Deny, row: Any) -> None:
        if isinstance(answer, Deny):
            self.rules[answer.rule] += 1
        elif row.due > self.now:
            self.rules["retry" if row.attempts else "waiting"] += 1
        else:
            self.allowed += 1
        free = replace(subject, busy=False)
        since = max(self.now, row.due)
        first = self._open(free, since, self.until)
        if first is None:
            return
        self.reachable += 1
        until = judge(free, self.policy, first, self.book)
        assert isinstance(until, Allow)
        if until.until < self.until:
            self.stops[until.until] += 1
        clock = tzinfo(certain_zone(subject.zones, self.policy.zone))
        local_start = hour_start(self.now, clock)
        for n in range(len(self.hours)):
            self.hours[n] += self._within(free, since, self.start + n * HOUR)
            at = (local_start + n * HOUR).astimezone(clock)
            self.local[at.weekday()][at.hour] += self._within(free, since, at.astimezone(dt.UTC))

    def _within(self, subject: Subject, since: dt.datetime, start: dt.datetime) -> bool:
        return self._open(subject, max(since, start), min(start + HOUR, self.until)) is not None

    def _open(self, subject: Subject, moment: dt.datetime, until: dt.datetime) -> dt.datetime | None:
        while moment < until:
            answer = judge(subject, self.policy, moment, self.book)
            if isinstance(answer, Allow):
                return moment
            if answer.next_at is None:
                return None
            moment = answer.next_at
        return None


NUMBERS = [
    *(f"+7916{n:07}" for n in range(30)),
    *(f"+7343{n:07}" for n in range(2000000, 2000008)),  # Yekaterinburg
    *(f"+7423{n:07}" for n in range(2000000, 2000004)),  # Vladivostok
    "+77011234567",  # Kazakhstan, opened
    "+12125550123",  # the USA, opened: another law
    "+12125550124",
    "+33612345678",  # France, not opened
    "+78091234567",  # premium
    "+88161234567",  # satellite
    "+79541234567",  # satellite, though it looks like a mobile
    "+74",
]
ZONES = [None, None, "МСК", "МСК+2", "UTC+05:30", "Республика Саха (Якутия)", "nonsense"]


def mixed(world: World, seed: int) -> None:
    """People of every sort: numbers, zones, several phones, stop list, consent, pasts, calls that are under way."""
    chance = random.Random(seed)
    for n, number in enumerate(NUMBERS, 1):
        phones = [number, chance.choice(NUMBERS)] if n % 7 == 0 else [number]
        world.all(
            """WITH p AS (INSERT INTO person (key) VALUES (:number) RETURNING id)
               INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
               SELECT 1, id, :n, CAST(:phones AS text[]), '{}', :zone FROM p RETURNING id""",
            number=number,
            n=n,
            phones=phones,
            zone=chance.choice(ZONES),
        )
    for number in chance.sample(NUMBERS, 3):
        world.all(
            "INSERT INTO suppression (number, source, added_at) VALUES (:n, 'call', :at) RETURNING number",
            n=number,
            at=NOON,
        )
    for person in range(1, 30, 2):
        world.all(
            """INSERT INTO consent (person_id, purpose, source, text_version, given_at)
               VALUES (:p, 'survey', 's', '1', :at) RETURNING id""",
            p=person,
            at=NOON - DAY,
        )


def pasts(world: World, campaign: int, seed: int, now: dt.datetime) -> None:
    """Histories, some of them of yesterday and some that lie a little ahead, attempts used up, calls under way."""
    chance = random.Random(seed)
    for target, person in world.all("SELECT id, person_id FROM target WHERE campaign_id = :c ORDER BY id", c=campaign):
        kind = chance.randrange(6)
        if kind >= 3:
            continue
        for n in range(1, chance.randrange(2, 6)):
            back = chance.choice([-MINUTE, -20 * HOUR, 3 * MINUTE, HOUR, 5 * HOUR, DAY, 3 * DAY, 20 * DAY])
            world.all(
                """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
                       disposition, talk)
                   VALUES (gen_random_uuid(), :c, :t, :p, :purpose, :n, :open, :at, :at, 'no_answer', :talk)
                   RETURNING uuid""",
                c=campaign,
                t=target,
                p=person,
                n=n,
                purpose=chance.choice(["informational", "debt", "survey"]),
                open=kind == 2 and n == 1,
                at=now - back,
                talk=chance.random() < 0.5,
            )
    world.all("UPDATE target SET attempts = 4 WHERE id % 11 = 0 RETURNING id")
    world.all("UPDATE target SET attempts = 1, due = :due WHERE id % 5 = 0 RETURNING id", due=now + 30 * HOUR)
    world.all("UPDATE target SET due = :due WHERE id % 13 = 0 RETURNING id", due=now + 9 * DAY)
    world.all("UPDATE target SET state = 'done' WHERE id % 17 = 0 RETURNING id")
    heard_of(world, now)


def heard_of(world: World, now: dt.datetime) -> None:
    """What else can be known of people who were never called from here, each in another table."""
    world.all("UPDATE person SET same_as = 1 WHERE id IN (2, 9) RETURNING id")
    world.all("UPDATE contact SET roles = ARRAY['own', 'relative'] WHERE id % 14 = 0 RETURNING id")
    world.all("UPDATE target SET wish = true, attempts = 9 WHERE id = 23 RETURNING id")
    world.all(
        "INSERT INTO suppression (number, source, added_at) VALUES ('+79990000001', 'c', :at) RETURNING number", at=now
    )
    world.all("INSERT INTO person_phone (person_id, number) VALUES (12, '+79990000001') RETURNING number")
    for n, (person, number) in enumerate([(14, None), (14, None), (40, NUMBERS[15]), (40, NUMBERS[15])]):
        world.all(
            """INSERT INTO outside_contact (person_id, number, at, kind, talk, purpose, source, external_id, added_at)
               VALUES (:p, :n, :at, 'call', true, 'informational', '1c', :id, :at) RETURNING id""",
            p=person,
            n=number,
            at=now - HOUR,
            id=str(n),
        )
    world.all(
        """INSERT INTO promise (attempt_uuid, target_id, person_id, project_id, at, date, amount, state)
           VALUES (gen_random_uuid(), 1, 18, 1, :at, :day, '', 'open') RETURNING target_id""",
        at=now - DAY,
        day=(now + DAY).date(),
    )


# Tuesday noon, Friday late in the evening, half an hour before a stretch of holidays, and midnight of a year's end.
MOMENTS = [
    NOON,
    dt.datetime(2025, 3, 7, 17, 47, 11, tzinfo=dt.UTC),
    dt.datetime(2025, 4, 30, 16, 30, tzinfo=dt.UTC),
    dt.datetime(2025, 12, 31, 20, 59, 59, tzinfo=dt.UTC),
]


@pytest.fixture
def unruly(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose attempts have no legs or verdicts: only the gate's memory matters here.

    Batches are small, so that most rows meet alike ones that have been asked for before.
    """
    monkeypatch.setattr(preflight_scan, "BATCH", 3)
    with engine.connect() as conn, conn.begin():
        made = World(conn)
        made.base()
        document = json.dumps(to_json(load_text(SCENARIO, "reminder.yaml")), ensure_ascii=False)
        made.all("UPDATE scenario_version SET document = CAST(:d AS json) RETURNING id", d=document)
        yield made


def agree(world: World, campaign: int, now: dt.datetime) -> Preflight:
    """Compare, and give what the launch check has found."""
    found = check(world, campaign, now, days=DAYS, destinations=DESTINATIONS)
    one_by_one = OneByOne(world, campaign, now)
    assert {one.rule: one.contacts for one in found.blocked} == one_by_one.rules
    assert (found.allowed, found.reachable) == (one_by_one.allowed, one_by_one.reachable)
    assert [one.contacts for one in found.hours] == one_by_one.hours
    assert found.local_hours == one_by_one.local
    stop = found.first_stop
    assert (None if stop is None else (stop.at, stop.contacts)) == min(one_by_one.stops.items(), default=None)
    assert found.contacts == found.over + found.allowed + sum(one.contacts for one in found.blocked)
    return found


CASES: list[tuple[str, tuple[str, str] | None, dt.datetime]] = [
    *(("informational", None, now) for now in MOMENTS),
    ("debt", ("10:30", "18:15"), MOMENTS[1]),
    ("survey", None, MOMENTS[0]),
]


@pytest.mark.parametrize(("purpose", "window", "now"), CASES)
def test_grouped_it_says_what_the_gate_says_to_each(
    unruly: World, purpose: str, window: tuple[str, str] | None, now: dt.datetime
) -> None:
    mixed(unruly, seed=1)
    campaign = unruly.campaign(purpose=purpose, window=window, due=now - DAY)
    pasts(unruly, campaign, seed=2, now=now)
    found = agree(unruly, campaign, now)
    assert sum(found.zone_rules.values()) == found.contacts == len(NUMBERS)


def test_a_law_that_changes_within_these_days_is_asked_for_each_day(
    unruly: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Thursday on one talk a week is allowed instead of more: who was spoken to is free before and not after.

    Then caps do not only loosen, and nobody's history may be taken for what it was at the beginning.
    """
    change = (NOON + 2 * DAY).date()
    tables: list[Any] = []
    for one in russia.RULES:
        if one.purpose == "informational":
            talks = tuple(replace(cap, limit=1) if cap.rule == "talks_week" else cap for cap in one.caps)
            tables += [replace(one, until=change - DAY), replace(one, caps=talks, since=change)]
        else:
            tables.append(one)
    monkeypatch.setitem(in_force._TABLES, "RU", tuple(tables))
    in_force.rules_of.cache_clear()
    try:
        mixed(unruly, seed=3)
        campaign = unruly.campaign(due=NOON - DAY)
        pasts(unruly, campaign, seed=4, now=NOON)
        agree(unruly, campaign, NOON)
    finally:
        monkeypatch.undo()
        in_force.rules_of.cache_clear()


def test_a_past_that_lies_ahead_closes_the_day_it_lies_in() -> None:
    """Two talks that another system dates to tomorrow leave today open, and tomorrow closed.

    (A past that counts as an attempt would close today, too: until it is over.)
    """
    ahead = tuple(Past(NOON + 21 * HOUR, True, False, "informational") for _ in range(2))
    somebody = Subject("+79160000001", frozenset({"Europe/Moscow"}), history=ahead)
    outlook = Outlook(Policy("informational", 4), NOON, 2)
    alike = Outlook(Policy("informational", 4), NOON, 2)
    assert outlook.take(somebody, outlook.answer(somebody), NOON)
    assert alike.take(replace(somebody, history=()), Allow(NOON + HOUR), NOON)
    open_ = [n for n, count in enumerate(outlook.by_hour()) if count]
    tomorrow = range(12, 36)  # it is noon
    assert open_ == [n for n, count in enumerate(alike.by_hour()) if count and n not in tomorrow]
    assert 0 < len(open_) < sum(alike.by_hour())


@pytest.mark.parametrize("purpose", ["informational", "debt", "survey"])
def test_it_counts_what_the_claim_really_says(scenario: World, purpose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mixed list, checked and then claimed to its end: allowed are those who are called, denied those who are not."""
    monkeypatch.setattr(preflight_scan, "BATCH", 3)
    mixed(scenario, seed=11)
    campaign = scenario.campaign(purpose=purpose)
    heard_of(scenario, NOON)
    scenario.all("UPDATE person SET same_as = NULL RETURNING id")  # one person is called once at a time
    scenario.all("UPDATE contact SET roles = NULL, phones = phones[1:1] RETURNING id")
    scenario.all("UPDATE target SET wish = false, attempts = 0 RETURNING id")
    found = preflight(scenario.conn, campaign, NOON)
    holder = scenario.holder()
    claimed = 0
    while calls := scenario.claim(holder, limit=100):
        claimed += len(calls)
    assert claimed == found.allowed
    said = scenario.all("SELECT rule, count(DISTINCT target_id) FROM verdict WHERE NOT allowed GROUP BY rule")
    assert {one.rule: one.contacts for one in found.blocked} == dict(said)
    assert len(said) > 2


# -- what else it tells --


def test_a_draft_without_targets_is_checked_by_its_list(scenario: World) -> None:
    scenario.people(5)
    campaign = scenario.campaign(state="draft")
    whole = check(scenario, campaign)
    scenario.all("DELETE FROM target RETURNING id")
    found = check(scenario, campaign)
    assert (found.contacts, found.allowed, found.state) == (5, 5, "draft")
    assert found.hours == whole.hours
    assert found.speech.waiting == 5


def test_the_first_forbidden_minute_is_when_the_first_must_stop(scenario: World) -> None:
    """At noon in Moscow it is seven in the evening in Vladivostok: nine there is two hours away."""
    scenario.people(3)
    scenario.people(2, zone="МСК+7", first=10)
    found = check(scenario, scenario.campaign())
    assert found.first_stop is not None
    assert (found.first_stop.at, found.first_stop.contacts) == (NOON + 2 * HOUR, 2)


def test_who_is_placed_nowhere_is_counted_with_what_it_costs(scenario: World) -> None:
    scenario.people(2)
    scenario.people(3, zone=None, first=10)
    found = check(scenario, scenario.campaign())
    assert found.zone_rules == {"own": 2, "possible": 3}
    assert found.unplaced is not None
    assert found.unplaced.contacts == 3
    assert 0 < found.unplaced.hours_left < found.unplaced.hours_usual / 5
    placed = check(scenario, scenario.campaign(base_zone="Asia/Yekaterinburg"))
    assert (placed.zone_rules, placed.unplaced) == ({"own": 2, "base": 3}, None)


def test_people_who_are_there_twice_are_found(scenario: World) -> None:
    scenario.people(4)
    scenario.all("UPDATE person SET same_as = 1 WHERE id = 2 RETURNING id")
    scenario.all(
        """INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
           VALUES (1, 99, 'duplicate', '1', '{}') RETURNING id"""
    )
    first, _paused = scenario.campaign(), scenario.campaign(state="paused")
    assert check(scenario, first).duplicates.elsewhere == 0
    other = scenario.campaign()
    scenario.all("UPDATE target SET state = 'done' WHERE campaign_id = :c AND id % 4 = 0 RETURNING id", c=other)
    found = check(scenario, first).duplicates
    assert (found.persons, found.contacts, found.rejected) == (1, 2, 1)
    assert (found.elsewhere, found.by_campaign) == (2, {"c2": 2}), "persons 1 and 2 are one, and one of four is done"


def test_empty_cells_are_counted_by_column(scenario: World) -> None:
    scenario.people(4)
    scenario.all("""UPDATE contact SET fields = fields || '{"Долг": " "}' WHERE id < 3 RETURNING id""")
    scenario.all("""UPDATE contact SET fields = fields || '{"Долг": "100"}' WHERE id >= 3 RETURNING id""")
    campaign = scenario.campaign()
    scenario.all("""UPDATE campaign SET columns = '{"name": "Имя", "debt": "Долг"}' RETURNING id""")
    found = {one.column: one for one in check(scenario, campaign).unfilled}
    assert set(found) == {"debt", "due"}
    assert (found["debt"].header, found["debt"].required, found["debt"].contacts) == ("Долг", True, 2)
    assert (found["due"].header, found["due"].title, found["due"].contacts) == (None, "Срок", 4)


def test_speech_is_counted_by_how_far_it_is(scenario: World) -> None:
    scenario.people(5)
    campaign = scenario.campaign()
    states = ("preparing", None), ("preparing", "voice_down"), ("done", "prompt_failed"), ("done", "value_missing")
    for target, (state, reason) in enumerate(states, 1):
        scenario.all(
            """UPDATE target SET state = :s, reason = :r, reason_args = '{"detail": "нет связи"}' WHERE id = :t
               RETURNING id""",
            s=state,
            r=reason,
            t=target,
        )
    found = check(scenario, campaign).speech
    assert (found.ready, found.waiting, found.trouble) == (1, 2, "нет связи")
    assert found.failed == {"prompt_failed": 1, "value_missing": 1}


def test_each_line_costs_what_it_takes(scenario: World) -> None:
    """The very prices of the claim: by the route for the number, else the trunk's own."""
    scenario.people(40)
    campaign = scenario.campaign(retry=RetryPlan.none())
    scenario.all("UPDATE contact SET phones = ARRAY['+7495' || right(phones[1], 7)] WHERE row_number <= 10 RETURNING 1")
    scenario.all("UPDATE trunk SET attempt_price = 0.30, minute_price = 2 RETURNING id")
    scenario.all(
        "INSERT INTO trunk_route (trunk_id, prefix, price) VALUES (1, '+79', 1), (1, '+7495', NULL) RETURNING 1"
    )
    found = check(scenario, campaign, currency="KZT")
    assert found.cost is not None
    assert (found.cost.attempt_price, found.cost.minute_price) == (Decimal("0.30"), Decimal("1.25"))
    assert (found.cost.currency, found.cost.unpriced_percent) == ("KZT", 0)
    assert found.cost.total == sum(found.cost.by_attempt) + found.cost.minutes * Decimal("1.25")
    scenario.all("UPDATE trunk SET attempt_price = NULL, minute_price = NULL RETURNING id")
    found = check(scenario, campaign)
    assert found.cost is not None
    assert (found.cost.minute_price, found.cost.unpriced_percent) == (Decimal("0.75"), 25)
    shown = io.StringIO()
    show(found, Console(file=shown, width=160), "en")
    assert "The lines of 25 % of the people have no price" in shown.getvalue()
    assert f"{found.cost.total:.2f} RUB" in shown.getvalue()


def test_it_costs_what_the_carrier_takes(scenario: World) -> None:
    scenario.people(50)
    campaign = scenario.campaign(retry=RetryPlan.none())
    assert check(scenario, campaign).cost is None
    scenario.all("UPDATE trunk SET attempt_price = 0.30, minute_price = 1.5 RETURNING id")
    found = check(scenario, campaign)
    cost = found.cost
    assert cost is not None
    assert found.forecast.attempts == [50]
    assert [str(part) for part in cost.by_attempt] == ["15.00"]
    assert cost.total == cost.by_attempt[0] + found.forecast.talk_minutes * cost.minute_price
    other = check(scenario, campaign, prices=Prices(attempt=cost.attempt_price * 2)).cost
    assert other is not None
    assert (other.by_attempt[0], other.minute_price) == (2 * cost.by_attempt[0], cost.minute_price)


def test_rates_are_measured_where_enough_was_called(scenario: World) -> None:
    scenario.people(1)
    earlier, campaign = scenario.campaign(), scenario.campaign()
    scenario.conn.exec_driver_sql("ALTER TABLE attempt DISABLE TRIGGER ALL")
    assert check(scenario, campaign).forecast.rates.attempts == 0
    holder = scenario.holder()
    (claimed,) = scenario.claim(holder, campaign_ids=[earlier])
    scenario.finish(holder, claimed, NOON + MINUTE, sent=True, cause="NO_ANSWER", q850=19, ring_s=30.0)
    scenario.all(
        """WITH made AS (
               SELECT gen_random_uuid() AS uuid, g AS n, g % 4 = 0 AS talked FROM generate_series(2, 400) g
           ), v AS (
               INSERT INTO verdict (target_id, call_uuid, at, allowed, rule, args) SELECT 1, uuid, :at, true, 'allowed',
                   '{}' FROM made
           ), c AS (
               INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
                   ring_s, talk_s)
               SELECT uuid, 'person', uuid, 'n', 1, 'c', 'final', '+7', '', :at, 10, CASE WHEN talked THEN 60 END
               FROM made
           ), o AS (
               INSERT INTO outbox (attempt_uuid, kind, payload) SELECT uuid, 'attempt_final', '{}' FROM made
           ), t AS (
               UPDATE target SET attempts = 400 WHERE id = 1
           )
           INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
               disposition, talk)
           SELECT uuid, :c, 1, 1, 'informational', n, false, :at, :at,
               CASE WHEN talked THEN 'completed' ELSE 'busy' END, talked FROM made RETURNING uuid""",
        at=NOON - 30 * DAY,
        c=earlier,
    )
    rates = check(scenario, campaign).forecast.rates
    assert (rates.attempts, rates.talk_s) == (400, 60.0)
    assert abs(rates.answered - 0.25) < 0.01
    assert abs(rates.ring_s - 10) < 0.1


def test_it_goes_as_json_and_back(scenario: World) -> None:
    scenario.people(3, zone=None)
    scenario.all("UPDATE trunk SET attempt_price = 0.30 RETURNING id")
    found = check(scenario, scenario.campaign())
    assert Preflight.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_no_campaign_no_check(scenario: World) -> None:
    with pytest.raises(NoResultFound):
        check(scenario, 99)


def test_progress_is_told_and_nothing_is_changed(engine: Engine) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        document = json.dumps(to_json(load_text(SCENARIO, "reminder.yaml")), ensure_ascii=False)
        world.all("UPDATE scenario_version SET document = CAST(:d AS json) RETURNING id", d=document)
        world.people(20)
        campaign = world.campaign()
        before = world.all("SELECT * FROM target ORDER BY id")
    seen: list[float] = []
    found = check_campaign(engine, campaign, NOON, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert found.allowed == 20
    with engine.connect() as conn:
        assert World(conn).all("SELECT * FROM target ORDER BY id") == before
        assert World(conn).one("SELECT count(*) FROM verdict") == 0
