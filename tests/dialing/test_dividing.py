"""Dialers divide a trunk: never more in all than there is, and evenly after a few rounds."""

import random

from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.dividing import Share, divide, slots


@given(total=st.integers(0, 40), names=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_at_every_moment_no_more_is_promised_than_there_is(total: int, names: int, seed: int) -> None:
    rng = random.Random(seed)
    held: dict[str, int] = {}
    usable: dict[str, int] = {}
    for _ in range(60):
        me = f"n{rng.randrange(names)}"
        if rng.random() < 0.1:
            held.pop(me, None)
            usable.pop(me, None)
            continue
        others = {one: n for one, n in held.items() if one != me}
        used = rng.randint(0, usable.get(me, 0))
        share = divide(total, me, others, set(others), max(used, usable.get(me, 0)) if me in held else 0)
        assert share.held >= used, "what is in use stays"
        held[me], usable[me] = share.held, share.usable
        assert sum(held.values()) <= total
    for _ in range(3):
        for me in held:
            others = {one: n for one, n in held.items() if one != me}
            share = divide(total, me, others, set(others), usable[me])
            held[me], usable[me] = share.held, share.usable
    assert not held or sum(held.values()) == total
    assert not held or max(held.values()) - min(held.values()) <= 1


def test_who_has_calls_up_goes_back_to_its_part_as_they_end() -> None:
    assert divide(10, "a", {}, set(), 0) == Share(10, 10)
    assert divide(10, "a", {"b": 0}, {"b"}, 9) == Share(9, 5)
    assert divide(10, "a", {"b": 0}, {"b"}, 9).usable == 5
    assert divide(10, "b", {"a": 9}, {"a"}, 0) == Share(1, 5)
    assert divide(10, "b", {"a": 5}, {"a"}, 1) == Share(5, 5)


def test_calls_of_one_that_is_gone_keep_their_channels() -> None:
    assert divide(10, "a", {"gone": 4}, set(), 0) == Share(6, 10)


def test_slots() -> None:
    assert [slots(cps) for cps in (0.2, 1.0, 2.5, 50.0)] == [1, 1, 2, 50]
