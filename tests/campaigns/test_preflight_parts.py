"""The launch check by parts: wherever a list is cut, the whole is the same; and nobody is plain who is not."""

import datetime as dt
import random
import re
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

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
