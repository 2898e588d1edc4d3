"""A thousand times a wish and a claim at the same moment, on two connections of a real PostgreSQL.

Whatever the order, once the wish is committed no attempt to the person appears any more.
"""

import datetime as dt
import random
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from campaigns.world import NOON, World
from oklik.campaigns import consents, lease, stop_list
from oklik.campaigns.claim import claim
from oklik.campaigns.consents import Given
from oklik.dialing.destinations import parse_destinations

pytestmark = pytest.mark.integration

ROUNDS = 1_000
STEP_S = 0.0003
AFTERNOON = NOON + dt.timedelta(hours=9)  # 13:00 in New York
HERE = parse_destinations("RU, US")


def number(n: int) -> str:
    return f"+1212555{n:04d}"


def crowd(engine: Engine, rounds: int) -> None:
    """Americans who have consented, each due a second after the one before."""
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(rounds, zone="America/New_York")
        conn.execute(text("UPDATE person SET key = '+1212555' || right(key, 4)"))
        conn.execute(text("UPDATE contact SET phones = ARRAY['+1212555' || right(phones[1], 4)]"))
        world.campaign()
        conn.execute(text("UPDATE target SET due = :at + id * interval '1 s'"), {"at": AFTERNOON})
        how = {"purpose": "informational", "source": "site", "text_version": "v1", "given_at": NOON}
        people = [Given(number=number(n), **how) for n in range(1, rounds + 1)]  # type: ignore[arg-type]
        consents.add(conn, people, recorded_by="test", now=NOON)


def moment(n: int) -> dt.datetime:
    return AFTERNOON + dt.timedelta(seconds=n)


def put(conn: Connection, n: int) -> None:
    stop_list.put(conn, [number(n)], source="test", recorded_by="test", now=moment(n))


def revoke(conn: Connection, n: int) -> None:
    consents.revoke(conn, number(n), source="test", recorded_by="test", now=moment(n))


@pytest.mark.parametrize(("wish", "rounds"), [(put, ROUNDS), (revoke, ROUNDS // 4)])
@pytest.mark.heavy
def test_after_a_wish_is_committed_no_attempt_appears(
    engine: Engine, wish: Callable[[Connection, int], None], rounds: int
) -> None:
    crowd(engine, rounds)
    with engine.begin() as conn:
        holder = lease.take(conn, "fs1", owner="test", core_uuid="core")
    rng = random.Random(5)
    waits = [(rng.uniform(0, 0.002), rng.uniform(0, 0.002)) for _ in range(rounds)]
    both = threading.Barrier(2)
    lead = [0.0]  # seconds that the claim waits longer than the wish
    called: list[int] = []  # attempts to the person of each round when the wish had just been committed
    failed: list[BaseException] = []

    def dial() -> None:
        try:
            with engine.connect() as conn:
                for n in range(1, rounds + 1):
                    both.wait(30)
                    _pause(waits[n - 1][0] + max(0.0, lead[0]))
                    with conn.begin():
                        claim(conn, holder, moment(n), 1, virtual=False, destinations=HERE)
        except BaseException as error:
            failed.append(error)
            both.abort()
            raise

    thread = threading.Thread(target=dial)
    thread.start()
    with engine.connect() as conn:
        for n in range(1, rounds + 1):
            both.wait(30)
            _pause(waits[n - 1][1] + max(0.0, -lead[0]))
            with conn.begin():
                wish(conn, n)
            with conn.begin():
                called.append(attempts(conn, n))
            lead[0] += (
                STEP_S if called[-1] else -STEP_S
            )  # whoever was first waits longer: no machine decides it for all
    thread.join(30)
    assert failed == []
    with engine.begin() as conn:
        later = [attempts(conn, n) for n in range(1, rounds + 1)]
    assert [n for n in range(rounds) if later[n] != called[n]] == []
    assert rounds / 20 < sum(called) < rounds * 19 / 20, "both were first now and then"


def attempts(conn: Connection, n: int) -> int:
    found = conn.execute(
        text("SELECT count(*) FROM attempt a JOIN person p ON p.id = a.person_id WHERE p.key = :key"),
        {"key": number(n)},
    )
    return int(found.scalar_one())


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
