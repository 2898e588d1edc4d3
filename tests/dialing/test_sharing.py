"""Who is next on a shared trunk: shares by weight, nobody forgotten, nobody saves up."""

import random
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oklik.dialing.sharing import STARVE_S, STARVE_TURNS, Sharer, Sharing, Turns

PROMISE_S = 10.0


class Simulation:
    """A trunk of so many calls a second whose campaigns have work or not; claims come every `tick` seconds."""

    def __init__(self, weights: list[float], *, cps: int, tick: float = 0.1, seed: int = 1) -> None:
        self.sharing = Sharing()
        self.sharers = [Sharer(n, weight, (1,)) for n, weight in enumerate(weights)]
        self.cps, self.tick = cps, tick
        self.got: Counter[int] = Counter()
        self.last: dict[int, float] = {}
        self.longest: Counter[int] = Counter()
        self.now = 0.0
        self.random = random.Random(seed)

    def run(self, seconds: float, work: dict[int, float]) -> None:
        """work: campaign -> chance that a turn finds somebody to call; those not named have none."""
        end, owed = self.now + seconds, 0.0
        while self.now < end:
            self.now += self.tick
            owed += self.cps * self.tick
            owed -= self._claim(int(owed), work)
            owed = min(owed, self.cps)

    def _claim(self, limit: int, work: dict[int, float]) -> int:
        able, sent = list(self.sharers), 0
        while able and sent < limit:
            plan = self.sharing.plan(self.now, limit - sent, able, {1: limit - sent})
            if not plan:
                break
            for who, turns in plan.items():
                n = sum(self.random.random() < work.get(who, 0.0) for _ in range(turns.n))
                sent += n
                self._served(who, n)
                if n < turns.n:
                    self.sharing.idle(self.sharers[who], [1])
                    able = [one for one in able if one.id != who]
        return sent

    def _served(self, who: int, n: int) -> None:
        self.sharing.served(self.sharers[who], {1: n}, self.now)
        if n:
            self.got[who] += n
            self.longest[who] = max(self.longest[who], self.now - self.last.get(who, self.now))  # type: ignore[assignment]
            self.last[who] = self.now


@settings(max_examples=15, deadline=None)
@given(
    weights=st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0, 10.0]), min_size=2, max_size=6),
    cps=st.sampled_from([2, 7, 30]),
)
def test_shares_are_by_weight_within_five_percent(weights: list[float], cps: int) -> None:
    between = sum(weights) / min(weights)  # turns from one of the lightest to its next
    assume(between <= STARVE_TURNS or between / cps <= STARVE_S)  # beyond, not being forgotten goes before the weights
    world = Simulation(weights, cps=cps)
    world.run(2_000 / cps, dict.fromkeys(range(len(weights)), 1.0))
    total = sum(world.got.values())
    for n, weight in enumerate(weights):
        due = total * weight / sum(weights)
        assert abs(world.got[n] - due) <= 0.05 * due + 1, (weights, world.got)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([0.01, 1.0, 100.0]), min_size=2, max_size=8), st.sampled_from([10, 40]))
def test_nobody_with_work_waits_longer_than_promised(weights: list[float], cps: int) -> None:
    world = Simulation(weights, cps=cps)
    world.run(40.0, dict.fromkeys(range(len(weights)), 1.0))
    assert set(world.got) == set(range(len(weights)))
    assert max(world.longest.values()) <= PROMISE_S
    assert all(world.now - at <= PROMISE_S for at in world.last.values())


def test_without_hunger_the_lightest_would_wait_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oklik.dialing.sharing.STARVE_S", 1e9)
    world = Simulation([0.01, 100.0], cps=10)
    world.run(60.0, {0: 1.0, 1: 1.0})
    assert world.got[0] <= 1


def test_on_a_slow_trunk_the_weights_hold_though_everybody_waits_long() -> None:
    world = Simulation([3.0, 1.0], cps=1, tick=6.0)
    world.sharing = Sharing()
    for _ in range(400):
        world.now += 6.0
        world._claim(1, {0: 1.0, 1: 1.0})
    assert world.got[0] == pytest.approx(300, rel=0.05)


def test_who_had_nothing_to_call_does_not_catch_up() -> None:
    world = Simulation([1.0, 1.0], cps=20)
    world.run(100.0, {0: 1.0})
    assert world.got == {0: world.got[0]}
    before = world.got[0]
    assert before == pytest.approx(2000, rel=0.01), "the idle one costs nothing"
    world.run(50.0, {0: 1.0, 1: 1.0})
    assert world.got[1] == pytest.approx(500, rel=0.05)
    assert world.got[0] - before == pytest.approx(500, rel=0.05)


def test_trickling_work_gets_no_more_than_its_share() -> None:
    world = Simulation([9.0, 1.0, 9.0], cps=20)
    world.run(500.0, {0: 1.0, 1: 0.5, 2: 1.0})
    total = sum(world.got.values())
    assert total == pytest.approx(10_000, rel=0.01)
    assert world.got[1] <= 1.05 * total / 19
    assert world.got[0] == pytest.approx(world.got[2], rel=0.05)


def test_each_trunk_counts_for_itself() -> None:
    """One campaign has a trunk alone; the two that share the other do not pay for it or profit from it."""
    sharing, got = Sharing(), Counter[tuple[int, int]]()
    sharers = [Sharer(1, 3.0, (1,)), Sharer(2, 1.0, (1,)), Sharer(3, 1.0, (2,))]
    for n in range(4000):
        for who, turns in sharing.plan(n * 0.05, 3, sharers, {1: 1, 2: 2}).items():
            got.update({(who, trunk): k for trunk, k in turns.slots.items()})
            sharing.served(sharers[who - 1], turns.slots, n * 0.05)
    assert got[1, 1] == pytest.approx(3000, abs=60)
    assert got[2, 1] == pytest.approx(1000, abs=60)
    assert got[3, 2] == 8000


def test_what_the_dialer_takes_as_a_whole_is_divided_by_weight_too() -> None:
    sharing, got = Sharing(), Counter[int]()
    sharers = [Sharer(1, 3.0, (1,)), Sharer(2, 1.0, (1,)), Sharer(3, 1.0, (2,))]
    for n in range(1000):
        for who, turns in sharing.plan(n * 0.05, 4, sharers, {1: 50, 2: 50}).items():
            got[who] += turns.n
            sharing.served(sharers[who - 1], {sharers[who - 1].trunks[0]: turns.n}, n * 0.05)
    assert {who: round(n / 4000, 2) for who, n in got.items()} == {1: 0.6, 2: 0.2, 3: 0.2}


def test_a_campaign_alone_may_use_all_its_trunks_as_it_likes() -> None:
    """Which of them is cheapest is not known here."""
    plan = Sharing().plan(0.0, 7, [Sharer(1, 1.0, (1, 2))], {1: 4, 2: 100})
    assert plan == {1: Turns(7, {1: 4, 2: 7})}


@given(
    limit=st.integers(0, 30),
    free=st.dictionaries(st.integers(1, 3), st.integers(0, 9), max_size=3),
    trunks=st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), max_size=4),
)
def test_a_plan_keeps_within_the_room_and_leaves_none_that_is_wanted(
    limit: int, free: dict[int, int], trunks: list[list[int]]
) -> None:
    sharers = [Sharer(n, 1.0 + n, tuple(of)) for n, of in enumerate(trunks)]
    plan = Sharing().plan(0.0, limit, sharers, free)
    used = Counter[int]()
    for who, turns in plan.items():
        assert set(turns.slots) <= set(sharers[who].trunks)
        assert all(n > 0 for n in turns.slots.values())
        assert 0 < turns.n <= sum(turns.slots.values())
        used.update(turns.slots)
    assert all(n <= free[trunk] for trunk, n in used.items())
    usable = sum(min(limit, room) for trunk, room in free.items() if any(trunk in one.trunks for one in sharers))
    assert sum(turns.n for turns in plan.values()) == min(limit, usable)
