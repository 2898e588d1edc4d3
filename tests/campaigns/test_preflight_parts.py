"""The launch check by parts: wherever a list is cut, the whole is the same; and nobody is plain who is not."""

import datetime as dt
import random
import re
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, text

from campaigns.test_preflight import CASES, DAYS, DESTINATIONS, NUMBERS, ZONES, mixed, pasts, unruly  # noqa: F401
from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns import preflight_merge, preflight_part, preflight_scan
from oklik.campaigns.asking import Known, subjects_of
from oklik.campaigns.preflight import preflight
from oklik.campaigns.preflight_merge import Part
from oklik.campaigns.preflight_part import Done, go_through
from oklik.campaigns.preflight_scan import EVERYBODY, Kind, Span, Sweep, cut, slim_rows
from oklik.campaigns.running import running
from oklik.dialing.destinations import Destinations
from oklik.dialing.windows import WindowBook
from oklik.store.schema import Base

pytestmark = pytest.mark.integration


def sweep(world: World, campaign: int, now: dt.datetime = NOON) -> Sweep:
    purpose = world.one("SELECT purpose FROM campaign WHERE id = :c", c=campaign)
    launched = world.one("SELECT count(*) FROM target WHERE campaign_id = :c", c=campaign) > 0
    return Sweep(campaign, 1, launched, False, purpose, now, DAYS)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("launched", [True, False])
def test_wherever_the_list_is_cut_the_whole_is_the_same(
    unruly: World,  # noqa: F811
    case: tuple[str, tuple[str, str] | None, dt.datetime],
    launched: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    purpose, window, now = case
    for module in (preflight_merge, preflight_part):
        monkeypatch.setattr(module, "SAMPLE", 7)  # so that not everybody is drawn
    mixed(unruly, seed=5)
    campaign = unruly.campaign(purpose=purpose, window=window, due=now - DAY)
    if launched:
        pasts(unruly, campaign, seed=6, now=now)
    else:
        unruly.all("DELETE FROM target RETURNING id")
    chance = random.Random(7)

    def by_parts(conn: Connection, of: Sweep, contacts: int, opened: Destinations, done: Done) -> Sequence[Part]:
        inner = sorted(chance.sample(range(-1, len(NUMBERS) + 3), chance.randrange(6)))
        spans = list(zip([EVERYBODY[0], *inner], [*inner, EVERYBODY[1]], strict=True))
        parts = [go_through(conn, of, span, destinations=opened, done=done) for span in spans]
        chance.shuffle(parts)
        return [Part.unpack(part.pack()) for part in parts]

    whole = preflight(unruly.conn, campaign, now, days=DAYS, destinations=DESTINATIONS)
    assert whole.contacts == len(NUMBERS)
    assert whole.reachable > 7
    for _ in range(6):
        assert preflight(unruly.conn, campaign, now, days=DAYS, destinations=DESTINATIONS, through=by_parts) == whole


def test_a_list_is_cut_evenly(world: World) -> None:
    world.people(30)
    campaign = world.campaign()
    world.all("DELETE FROM target WHERE contact_id BETWEEN 5 AND 14 RETURNING id")
    of = sweep(world, campaign)
    spans = cut(world.conn, of, 3)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    counts = [sum(len(batch) for batch in slim_rows(world.conn, of, span)) for span in spans]
    assert (sum(counts), max(counts) - min(counts)) == (20, 1)
    world.all("DELETE FROM target RETURNING id")
    assert len(cut(world.conn, sweep(world, campaign), 3)) == 3


def test_fewer_contacts_than_parts(world: World) -> None:
    world.people(1)
    assert cut(world.conn, sweep(world, world.campaign()), 3) == [EVERYBODY]


# -- who is plain --


def kinds(world: World, of: Sweep, span: Span = EVERYBODY) -> dict[int, int]:
    return {row[0]: row[6] for batch in slim_rows(world.conn, of, span) for row in batch}


@pytest.mark.parametrize("purpose", ["informational", "debt", "survey"])
def test_of_whom_nothing_is_told_nothing_is_known(unruly: World, purpose: str) -> None:  # noqa: F811
    """Whoever counts as plain is to the gate as if nobody had ever heard of them, and there are such people."""
    mixed(unruly, seed=8)
    campaign = unruly.campaign(purpose=purpose, due=NOON - DAY)
    pasts(unruly, campaign, seed=9, now=NOON)
    of = sweep(unruly, campaign)
    plain = [contact for contact, kind in kinds(unruly, of).items() if kind == Kind.PLAIN]
    assert len(plain) > 5
    (found,) = running(unruly.conn, False, [campaign], WindowBook(), DESTINATIONS, at_rest=True)
    for _, subjects in subjects_of(unruly.conn, found, preflight_scan.whole_rows(unruly.conn, of, plain), NOON):
        for subject in subjects:
            assert preflight_part._known(subject) == preflight_part._NOTHING


ATTEMPT = """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at,
                 disposition, talk) VALUES (gen_random_uuid(), 1, 2, 2, 'debt', 1, {0}, {1}, {1}, 'busy', false)"""
OUTSIDE = """INSERT INTO outside_contact (person_id, number, at, kind, talk, purpose, source, external_id, added_at)
             SELECT {0}, {1}, :at, 'call', true, 'debt', '1c', '1', :at FROM contact WHERE id = 2"""
SUPPRESSED = "INSERT INTO suppression (number, source, added_at) SELECT {0}, 'c', :at FROM contact WHERE id = 2"
CONSENT = """INSERT INTO consent (person_id, number, purpose, source, text_version, given_at)
             SELECT {0}, {1}, 'survey', 's', '1', :at FROM contact WHERE id = 2"""
STOOD_IN = """WITH leg AS (
    INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
    VALUES ('00000000-0000-0000-0000-000000000009', 'person', '00000000-0000-0000-0000-000000000009', 'n', 1, '',
        'final', {0}, '', :at))
INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, ended_at, disposition, role)
VALUES ('00000000-0000-0000-0000-000000000009', 1, 4, 4, 'debt', 1, false, :at, :at, 'busy', 'guarantor')"""
FACTS = {
    "called": ATTEMPT.format("false", "CAST(:at AS timestamptz)"),
    "being called, for long": ATTEMPT.format("true", "CAST(:at AS timestamptz) - interval '90 days'"),
    "contact elsewhere": OUTSIDE.format("2", "NULL"),
    "contact elsewhere with their second number": OUTSIDE.format("4", "phones[2]"),
    "promise": """INSERT INTO promise (attempt_uuid, target_id, person_id, project_id, at, date, amount, state)
                  VALUES (gen_random_uuid(), 1, 2, 1, :at, '2025-03-05', '', 'open')""",
    "suppressed": SUPPRESSED.format("phones[1]"),
    "second number suppressed": SUPPRESSED.format("phones[2]"),
    "number of another list suppressed": f"""
        WITH known AS (INSERT INTO person_phone (person_id, number) VALUES (2, '+79990000001'))
        {SUPPRESSED.format("'+79990000001'")}""",
    "key suppressed": f"""WITH known AS (UPDATE contact SET phones = ARRAY['+79990000001'] WHERE id = 2)
                          {SUPPRESSED.format("phones[1]")}""",
    "consent": CONSENT.format("2", "NULL"),
    "consent of the second number": CONSENT.format("NULL", "phones[2]"),
    "another person": "UPDATE person SET same_as = 4 WHERE id = 2",
    "another is them": "UPDATE person SET same_as = 2 WHERE id = 4",
    "phones of others": "UPDATE contact SET roles = ARRAY['own', 'relative'] WHERE id = 2",
    "bankrupt": """INSERT INTO exclusion (person_id, reason, at, recorded_by) VALUES (2, 'bankrupt', :at, 'x')""",
    "called in somebody's place": STOOD_IN.format("'+79160000002'"),
    "called in somebody's place at their second number": STOOD_IN.format(
        "(SELECT phones[2] FROM contact WHERE id = 2)"
    ),
    "wish": "UPDATE target SET wish = true WHERE id = 2",
    "attempts": "UPDATE target SET attempts = 1 WHERE id = 2",
    "hours": "UPDATE target SET last_hours = '[9]' WHERE id = 2",
    "second number's turn": "UPDATE target SET phone_index = 1 WHERE id = 2",
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_single_fact_is_enough_to_be_looked_at(unruly: World, fact: str) -> None:  # noqa: F811
    unruly.people(4, phones=2)
    campaign = unruly.campaign(purpose="survey")
    unruly.conn.execute(text(FACTS[fact]), {"at": NOON - DAY} if ":at" in FACTS[fact] else {})
    found = kinds(unruly, sweep(unruly, campaign))
    assert (found[1], found[2], found[3]) == (Kind.PLAIN, Kind.OTHER, Kind.PLAIN)


def test_what_matters_to_nobody_any_more_leaves_people_plain(unruly: World) -> None:  # noqa: F811
    unruly.people(3)
    campaign = unruly.campaign()
    unruly.conn.execute(text(ATTEMPT.format("false", "CAST(:at AS timestamptz) - interval '90 days'")), {"at": NOON})
    unruly.conn.execute(text(CONSENT.format("3", "NULL")), {"at": NOON})
    unruly.all("UPDATE target SET state = 'done' WHERE id = 1 RETURNING id")
    assert kinds(unruly, sweep(unruly, campaign)) == {1: Kind.OVER, 2: Kind.PLAIN, 3: Kind.PLAIN}


def tables_of(statement: str) -> set[str]:
    return set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement)) & set(Base.metadata.tables)


def test_the_sweep_looks_into_every_table_that_the_gate_is_told_from(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Known learns to read some day, the sweep must look into as well, or people are taken for plain."""
    world.people(3, phones=2)
    world.all("UPDATE contact SET roles = ARRAY['own', 'relative'] RETURNING id")
    asked: set[str] = set()
    execute = psycopg.Cursor.execute

    def listen(self: Any, query: Any, *more: Any, **how: Any) -> Any:
        asked.update(tables_of(str(query)))
        return execute(self, query, *more, **how)

    for purpose in ("informational", "debt", "survey", "advertising"):
        campaign = world.campaign(purpose=purpose)
        (found,) = running(world.conn, False, [campaign], WindowBook(), at_rest=True)
        rows = preflight_scan.whole_rows(world.conn, sweep(world, campaign), [1, 2, 3])
        with monkeypatch.context() as patched:
            patched.setattr(psycopg.Cursor, "execute", listen)
            list(subjects_of(world.conn, found, rows, NOON))
    assert asked >= {"attempt", "suppression", "consent", "promise", "outside_contact", "person"}, Known
    assert asked <= tables_of(preflight_scan._SLIM)


def test_zones_and_numbers_of_every_sort_are_spots_of_their_own(unruly: World) -> None:  # noqa: F811
    """So many sorts that spots are forgotten on the way: the sums stay what they are."""
    mixed(unruly, seed=10)
    campaign = unruly.campaign(due=NOON - HOUR)
    whole = preflight(unruly.conn, campaign, NOON, days=DAYS, destinations=DESTINATIONS)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(preflight_part, "_MOST_SPOTS", 2)
        assert preflight(unruly.conn, campaign, NOON, days=DAYS, destinations=DESTINATIONS) == whole
    assert sum(whole.zone_rules.values()) == len(NUMBERS)
    assert len(ZONES) > 2
