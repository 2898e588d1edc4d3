import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.dialing.limiter import Limiter

arrivals = st.lists(st.tuples(st.floats(0, 0.4), st.integers(0, 12)), max_size=200)


@settings(max_examples=200, deadline=None)
@given(cps=st.sampled_from([0.3, 1, 2.5, 7, 20]), channels=st.integers(1, 50), arrivals=arrivals)
def test_no_second_holds_more_than_the_limit(cps: float, channels: int, arrivals: list[tuple[float, int]]) -> None:
    limiter = Limiter(cps=cps, channels=channels)
    now, sent, active = 1000.0, [], 0
    for pause, wanted in arrivals:
        now += pause
        room = limiter.room(now)
        granted = limiter.grant(now, wanted)
        assert granted == min(room, wanted)
        sent += [now] * granted
        active += granted
        assert active <= channels
        if pause > 0.3 and active:
            limiter.release()
            active -= 1
    span = 1.0 if cps >= 1 else 1 / cps
    for i, start in enumerate(sent):
        assert sum(start <= t < start + span for t in sent[i:]) <= max(1, cps)


@pytest.mark.parametrize("cps", [1, 5, 50])
@pytest.mark.parametrize("tick", [0.001, 0.0137, 0.05])
def test_with_supply_the_mean_is_within_five_percent(cps: int, tick: float) -> None:
    limiter = Limiter(cps=cps, channels=10**6)
    sent = 0
    for i in range(int(60 / tick)):
        sent += limiter.grant(i * tick, 1000)
    # The coarser the ticks, the later the first one after the second's end.
    assert 0.95 * cps * 60 * (1.01 / (1.01 + tick)) <= sent <= cps * 61


def test_next_at_is_the_moment_when_it_goes_on() -> None:
    limiter = Limiter(cps=2, channels=3)
    assert limiter.next_at(5.1) == 5.1
    assert limiter.grant(5.1, 5) == 2
    later = limiter.next_at(5.2)
    assert later is not None
    assert limiter.room(later - 0.001) == 0
    assert limiter.grant(later, 5) == 1
    assert limiter.next_at(later) is None, "all channels are in use"
    limiter.release()
    assert limiter.next_at(later) == later


def test_adopted_calls_take_channels_and_too_much_given_back_is_a_fault() -> None:
    limiter = Limiter(cps=10, channels=2)
    limiter.adopt(3)
    assert limiter.grant(0.0, 1) == 0
    limiter.release(2)
    assert limiter.grant(0.0, 5) == 1
    with pytest.raises(ValueError, match="3 channels given back, 2 in use"):
        limiter.release(3)


@pytest.mark.parametrize(("cps", "channels"), [(0, 1), (-1, 1), (1, 0)])
def test_limits_that_let_nothing_through_are_refused(cps: float, channels: int) -> None:
    with pytest.raises(ValueError, match="must let something through"):
        Limiter(cps=cps, channels=channels)


@settings(max_examples=200, deadline=None)
@given(
    cps=st.sampled_from([0.3, 1, 2.5, 7, 20]),
    steps=st.lists(st.tuples(st.floats(0, 0.4), st.integers(0, 12), st.integers(0, 12)), max_size=200),
)
def test_no_second_at_the_switch_holds_more_however_late_calls_come(
    cps: float, steps: list[tuple[float, int, int]]
) -> None:
    """Calls are on their way for any time, and reach the switch in any heaps."""
    limiter, now, away = Limiter(cps=cps, channels=10**6), 1000.0, 0
    came: list[float] = []
    for pause, wanted, arriving in steps:
        now += pause
        for _ in range(min(arriving, away)):
            limiter.arrive(now)
            came.append(now)
            away -= 1
        for _ in range(wanted):
            if limiter.grant(now, 1):
                limiter.depart()
                away += 1
        assert limiter.spent(now) <= max(1, int(cps))
    span = 1.0 if cps >= 1 else 1 / cps
    for i, start in enumerate(came):
        assert sum(start <= t < start + span for t in came[i:]) <= max(1, cps)


def test_room_ahead_of_time_takes_nothing_from_the_second() -> None:
    limiter = Limiter(cps=3, channels=9)
    assert limiter.grant(5.0, 1) == 1
    assert limiter.grant(5.4, 2) == 2
    assert (limiter.room(5.99), limiter.room(5.99, ahead_s=0.05)) == (0, 1)
    assert limiter.room(5.99) == 0, "to look ahead is not to forget"
    assert limiter.room(6.0, ahead_s=0.5) == 3


def test_next_at_of_several_is_when_the_last_of_them_comes_free() -> None:
    limiter = Limiter(cps=3, channels=9)
    for at in (5.0, 5.2, 5.4):
        assert limiter.grant(at, 1) == 1
    moments = [limiter.next_at(5.5, calls) for calls in (1, 2, 3, 7)]
    assert moments == pytest.approx([6.01, 6.21, 6.41, 6.41]), "more than a second's there never are"
    limiter.depart()
    assert limiter.next_at(5.5, 3) is None, "when the one on its way arrives is not known"


@pytest.mark.parametrize(("cps", "seconds", "share"), [(50, 0.2, 9.9), (10, 0.05, 0.5), (4, 7.0, 4.0)])
def test_share_is_what_comes_free_in_so_long(cps: int, seconds: float, share: float) -> None:
    assert Limiter(cps=cps, channels=9).share(seconds) == pytest.approx(share, rel=0.01)
