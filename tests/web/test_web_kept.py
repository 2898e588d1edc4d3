"""Counts of large campaigns: kept, given at once, counted anew behind; the present state is in them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import NoResultFound, OperationalError

from campaigns.world import World
from oklik_web import kept as kept_module
from oklik_web.kept import OLD_S, Kept
from support.patience import until
from web.conftest import Api


class Hands:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """Counts 1, 2, 3, ...; each takes so long."""

    def __init__(self, hands: Hands, took_s: float = 0.0) -> None:
        self.hands, self.took_s, self.n = hands, took_s, 0

    def __call__(self) -> int:
        self.n += 1
        self.hands.now += self.took_s
        return self.n


@pytest.fixture
def hands() -> Hands:
    return Hands()


def rows(many: int) -> Callable[[Any], int]:
    return lambda _: many


def test_what_is_small_is_counted_each_time(hands: Hands) -> None:
    counts, read = Kept(large=10, clock=hands), Counting(hands)
    assert [counts.get("a", read, rows(9)) for _ in range(3)] == [1, 2, 3]


def test_what_is_large_is_given_as_it_was_and_counted_anew_behind(hands: Hands) -> None:
    counts, read = Kept(large=10, clock=hands), Counting(hands, took_s=2.0)
    assert [counts.get("a", read, rows(10)) for _ in range(3)] == [1, 1, 1]
    hands.now += 19.9
    assert counts.get("a", read, rows(10)) == 1
    assert read.n == 1, "more than a tenth of the time is spent on counting"
    hands.now += 0.2
    assert counts.get("a", read, rows(10)) == 1
    until(lambda: counts.get("a", read, rows(10)) == 2, "what was counted behind")
    assert read.n == 2


def test_what_is_old_is_not_given(hands: Hands) -> None:
    counts, read = Kept(large=10, clock=hands), Counting(hands)
    counts.get("a", read, rows(10))
    hands.now += OLD_S + 1
    assert counts.get("a", read, rows(10)) == 2


def test_many_who_come_at_once_have_it_counted_once(hands: Hands) -> None:
    counts, go, got = Kept(large=10, clock=hands), threading.Event(), []
    counted: list[int] = []

    def read() -> int:
        go.wait(60)
        counted.append(1)
        return 7

    askers = [threading.Thread(target=lambda: got.append(counts.get("a", read, rows(10)))) for _ in range(5)]
    for one in askers:
        one.start()
    go.set()
    for one in askers:
        one.join(60)
    assert got == [7] * 5
    assert len(counted) == 1


def test_a_fault_behind_is_nobodys_and_the_next_one_is_told(hands: Hands) -> None:
    counts = Kept(large=10, clock=hands)
    assert counts.get("a", lambda: 1, rows(10)) == 1
    hands.now += 5

    def gone() -> int:
        raise OperationalError("x", {}, Exception("x"))

    assert counts.get("a", gone, rows(10)) == 1
    until(lambda: counts.get("a", lambda: 2, rows(1)) == 2, "the next one counts")


def test_no_more_is_kept_than_there_is_room_for(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "MOST", 3)
    counts, read = Kept(large=10, clock=hands), Counting(hands)
    for n in range(5):
        hands.now += 0.01
        counts.get(n, read, rows(10))
    assert counts.get(4, read, rows(10)) == 5
    assert counts.get(0, read, rows(10)) == 6, "the oldest one has gone"


def test_there_is_nothing_of_what_is_not_there(hands: Hands) -> None:
    def nobody() -> int:
        raise NoResultFound

    with pytest.raises(NoResultFound):
        Kept(clock=hands).get("a", nobody, rows(10))


@pytest.mark.integration
def test_a_large_campaign_is_counted_once_and_its_state_is_the_present_one(
    api: Api, world: World, engine: Engine
) -> None:
    api.client.application.extensions["oklik_kept"] = Kept(large=1, clock=Hands())
    world.people(3)
    campaign = world.campaign()
    counted: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def seen(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.extend(["count"] * ("rejected_row" in statement and "array_agg" in statement))

    assert api.get(f"/campaigns/{campaign}/why").json["state"] == "running"
    with engine.begin() as conn:
        conn.execute(text("UPDATE campaign SET state = 'paused', held = 'fraud' WHERE id = :id"), {"id": campaign})
    found = api.get(f"/campaigns/{campaign}/why").json
    assert (found["state"], found["held"]) == ("paused", "fraud")
    assert len(counted) == 1
    assert api.get(f"/campaigns/{campaign}").json["state"] == "paused"
    assert api.get("/campaigns/999/why").status_code == 404
