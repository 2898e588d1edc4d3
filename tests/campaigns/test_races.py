"""Many dialers, few people: eight threads, each with its own connection and transactions, on a real PostgreSQL."""

import datetime as dt
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.crowd import ANSWERED, EAGER, SILENT, THREADS, check, dial_all, holders
from campaigns.world import DAY, NOON, World
from oklik.campaigns import lease, reconcile
from oklik.campaigns.claim import claim
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder, LeaseLost
from oklik.campaigns.opt_out import opt_out
from oklik.dialing.disposition import CallSummary
from support.patience import LONG_S

pytestmark = pytest.mark.integration


def setup(engine: Engine, people: int, campaigns: int) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(people)
        for _ in range(campaigns):
            world.campaign(purpose="debt", retry=EAGER)


def test_shared_persons_are_never_called_twice_at_once_nor_over_a_cap(crowd: Engine) -> None:
    setup(crowd, people=60, campaigns=5)
    total = len(dial_all(crowd, NOON, [ANSWERED, SILENT, SILENT], gap=(5, 40), most=12))
    with crowd.begin() as conn:
        rows = conn.execute(text("SELECT person_id, talk, started_at, ended_at FROM attempt ORDER BY started_at")).all()
    assert len(rows) == total > 60
    assert max(row.started_at for row in rows) < NOON + DAY / 3, "all of it on one local day"
    talks = Counter(row.person_id for row in rows if row.talk)
    unanswered = Counter(row.person_id for row in rows if not row.talk)
    assert max(talks.values()) == 1
    assert max(unanswered.values()) <= 4
    for person in {row.person_id for row in rows}:
        times = [(row.started_at, row.ended_at) for row in rows if row.person_id == person]
        assert all(before[1] <= after[0] for before, after in pairwise(times)), "one at a time"


def test_dialers_share_a_list_without_overlap(crowd: Engine) -> None:
    setup(crowd, people=400, campaigns=1)

    def dial(holder: Holder) -> list[Claimed]:
        mine: list[Claimed] = []
        for _ in range(40):
            with crowd.begin() as conn:
                mine += claim(conn, holder, NOON, 7, virtual=False)
        return mine

    with ThreadPoolExecutor(THREADS) as pool:
        all_claims = [c for claims in pool.map(dial, holders(crowd, THREADS)) for c in claims]
    assert len(all_claims) == 400, "every contact once, none left over"
    assert len({c.target_id for c in all_claims}) == 400
    check(crowd)


def test_a_takeover_waits_for_a_claim_under_way_and_sees_it(crowd: Engine) -> None:
    setup(crowd, people=5, campaigns=1)
    (old,) = holders(crowd, 1)
    taken = threading.Event()

    def take_over() -> Holder:
        with crowd.begin() as conn:
            holder = lease.take(conn, "fs0", owner="new", core_uuid="core")
            taken.set()
            return holder

    with ThreadPoolExecutor(1) as pool:
        with crowd.begin() as conn:
            claimed = claim(conn, old, NOON, 5, virtual=False)
            takeover = pool.submit(take_over)
            assert not taken.wait(0.3), "the claim is not committed yet"
        new = takeover.result(timeout=LONG_S)
    with crowd.begin() as conn:
        assert {leg.uuid for leg in reconcile.open_legs(conn, "fs0")} == {c.uuid for c in claimed}
    with pytest.raises(LeaseLost), crowd.begin() as conn:
        claim(conn, old, NOON, 5, virtual=False)
    assert new.epoch == old.epoch + 1


def test_dialers_killed_at_any_moment_lose_nobody_and_call_nobody_twice(crowd: Engine) -> None:
    """Claims commit, the dialer dies, the next one settles by the switch's ledger: what was sent is not sent again."""
    setup(crowd, people=80, campaigns=2)
    sent_ever: set[object] = set()
    ledger: Counter[int] = Counter()  # person -> calls that reached the switch
    rng = random.Random(7)
    now = NOON
    for _ in range(25):
        (holder,) = holders(crowd, 1)
        with crowd.begin() as conn:
            open_legs = reconcile.open_legs(conn, "fs0")
        sent = {leg.uuid for leg in open_legs if leg.uuid in sent_ever}
        with crowd.begin() as conn:
            never = [leg.uuid for leg in open_legs if leg.uuid not in sent]
            reconcile.settle(conn, holder, never_dialed=never, gone=sent, now=now)
            assert reconcile.open_legs(conn, "fs0") == []
        now += dt.timedelta(seconds=30)
        with crowd.begin() as conn:
            claimed = claim(conn, holder, now, 12, virtual=False)
        for one in claimed:
            if rng.random() < 0.6:
                sent_ever.add(one.uuid)
                ledger[one.person_id] += 1
        done = [Finished(c.uuid, now, ANSWERED) for c in claimed if c.uuid in sent_ever and rng.random() < 0.5]
        if rng.random() < 0.7:
            with crowd.begin() as conn:
                finish(conn, holder, done, now)
    check(crowd)
    assert max(ledger.values()) == 1, "one talk a day, and an unknown call counts as one"
    with crowd.begin() as conn:
        lost = World(conn).all(
            """SELECT person_id FROM target GROUP BY person_id
               HAVING bool_and(state = 'done' AND attempts = 0)"""
        )
    assert lost == []


def test_an_opt_out_waits_for_a_claim_of_the_same_person(crowd: Engine) -> None:
    """Else it could be on record before a call that the claim's older look at the stop list allowed."""
    setup(crowd, people=1, campaigns=2)
    (holder,) = holders(crowd, 1)
    with crowd.begin() as conn:
        (first,) = claim(conn, holder, NOON, 1, virtual=False)
        finish(conn, holder, [Finished(first.uuid, NOON, SILENT)], NOON)
    kept = threading.Event()

    def wish() -> None:
        with crowd.begin() as conn:
            opt_out(conn, first.uuid, first.number, NOON)
        kept.set()

    with ThreadPoolExecutor(1) as pool:
        with crowd.begin() as conn:
            assert len(claim(conn, holder, NOON + DAY, 1, virtual=False)) == 1
            wished = pool.submit(wish)
            assert not kept.wait(0.3), "the claim is not committed yet"
        wished.result(timeout=LONG_S)
    with crowd.begin() as conn:
        assert claim(conn, holder, NOON + 2 * DAY, 1, virtual=False) == []


def test_an_opt_out_during_claims_stops_all_that_comes_after(crowd: Engine) -> None:
    setup(crowd, people=30, campaigns=5)
    (first, second) = holders(crowd, 2)
    with crowd.begin() as conn:
        talking = claim(conn, first, NOON, 15, virtual=False)
    opted_out: dict[int, None] = {}
    after: list[int] = []
    over = threading.Event()

    def keep_claiming() -> None:
        now = NOON
        while not over.is_set():
            now += dt.timedelta(seconds=40)
            before = set(opted_out)  # committed before this claim began
            with crowd.begin() as conn:
                claimed = claim(conn, second, now, 5, virtual=False)
                after.extend(c.person_id for c in claimed if c.person_id in before)
            with crowd.begin() as conn:
                finish(conn, second, [Finished(c.uuid, now, SILENT) for c in claimed], now)

    thread = threading.Thread(target=keep_claiming)
    thread.start()
    try:
        for one in talking:
            with crowd.begin() as conn:
                opt_out(conn, one.uuid, one.number, NOON)
                finish(conn, first, [Finished(one.uuid, NOON, CallSummary(answered=True, opted_out=True))], NOON)
            opted_out[one.person_id] = None
    finally:
        over.set()
        thread.join(LONG_S)
    assert after == []
    with crowd.begin() as conn:
        assert {c.person_id for c in claim(conn, first, NOON + DAY, 100, virtual=False)}.isdisjoint(opted_out)
        left = World(conn).all("SELECT DISTINCT person_id FROM target WHERE state = 'waiting'")
        assert {row.person_id for row in left}.isdisjoint(opted_out)
    check(crowd)


def test_two_lists_with_the_numbers_in_another_order_share_their_people(crowd: Engine, tmp_path: Path) -> None:
    """The lists' persons are different rows, and eight dialers at once still call each human being once."""
    with crowd.begin() as conn:
        World(conn).base()
    pairs = [(f"8916{n:07d}", f"8926{n:07d}") for n in range(80)]
    for name, order in (("a", 1), ("b", -1)):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(["Телефон;Пояс", *(f"{', '.join(pair[::order])};МСК" for pair in pairs)]), "utf-8")
        import_contacts(crowd, "p", name, path, now=NOON)
    with crowd.begin() as conn:
        World(conn).campaign(purpose="debt", retry=EAGER)
        assert World(conn).one("SELECT count(*) FROM target") == 160
    called = Counter(number[-7:] for number in dial_all(crowd, NOON, [ANSWERED], gap=(1, 20), most=9))
    assert len(called) == 80
    assert set(called.values()) == {1}, "one talk a day, under whichever number"
