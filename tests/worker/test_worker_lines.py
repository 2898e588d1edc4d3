"""The limits of trunks: each its own, all within the dialer's, and true over a restart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.campaigns.running import Trunk
from oklik.worker.lines import AgentLine, Lines, Pace, Part, Way
from support.stage import most_in_a_second

A, B = Trunk(1, 2, 10.0), Trunk(2, 100, 3.0)


def made(began: float = 0.0, **more: float | Pace) -> Lines:
    lines = Lines(**{"channels": 100, "cps": 100.0, **more})  # type: ignore[arg-type]
    lines.begin(began)
    return lines


def granted(lines: Lines, trunk: Trunk, now: float) -> int:
    return next(n for n in range(1000) if not lines.grant(trunk, now))


def test_each_trunk_has_its_own_channels_and_calls_a_second() -> None:
    lines = made()
    assert (granted(lines, A, 5.0), granted(lines, B, 5.0)) == (2, 3)
    assert lines.next_at(5.1) == pytest.approx(6.01)
    assert (lines.room(7.0, A), lines.room(7.0, B)) == (0, 3)
    lines.release(A)
    assert (lines.room(7.0, A), lines.room(7.0)) == (1, 96)


def test_all_of_them_stay_within_the_dialer_s() -> None:
    lines = made(cps=4.0)
    assert (granted(lines, B, 5.0), granted(lines, A, 5.0)) == (3, 1)


@pytest.mark.parametrize(("cps", "wait_s"), [(0.1, 10), (0.5, 2), (1, 1), (5, 1)])
def test_a_fresh_process_waits_until_no_window_holds_its_predecessor_s_calls(cps: float, wait_s: float) -> None:
    """A call sent the moment before it began must be out of the window."""
    lines, trunk = made(100.0), Trunk(1, 9, cps)
    assert not lines.grant(trunk, 100.0 + wait_s - 0.01)
    assert lines.grant(trunk, 100.0 + wait_s + 0.04)
    alone = made(100.0, cps=cps)
    assert not alone.grant(None, 100.0 + wait_s - 0.01)
    assert alone.grant(None, 100.0 + wait_s + 0.04)


def test_changed_limits_hold_for_calls_that_are_up() -> None:
    lines = made()
    assert granted(lines, A, 5.0) == 2
    wider = Trunk(1, 3, 1.0)
    assert lines.room(5.1, wider) == 0
    assert lines.room(8.0, wider) == 1
    lines.release(A)
    assert granted(lines, wider, 8.0) == 1


def agent(
    lines: Lines, trunk: Trunk | None, now: float, freed: list[int] | None = None, *, fresh: bool = True
) -> AgentLine:
    return AgentLine(lines, trunk, lambda: now, lambda: freed.append(1) if freed is not None else None, fresh=fresh)


def test_agents_legs_count_like_any_other() -> None:
    lines, freed = made(channels=3, cps=100.0), list[int]()
    legs = [agent(lines, A, 5.0, freed) for _ in range(3)]
    assert [leg.take() for leg in legs] == [True, True, False], "the trunk has two channels"
    assert agent(lines, None, 5.0).take(), "an extension takes no line of the trunk"
    assert lines.room(5.0) == 0
    legs[2].give_back()
    legs[0].give_back()
    legs[0].give_back()
    assert (lines.room(9.0, A), lines.room(9.0)) == (1, 1)
    assert len(freed) == 3


def test_calls_a_second_hold_for_agents_too() -> None:
    lines = made(cps=4.0)
    assert granted(lines, B, 5.0) == 3
    assert agent(lines, None, 5.5).take()
    assert not agent(lines, None, 5.9).take()


def test_who_waits_for_an_agent_comes_before_those_who_are_not_called_yet() -> None:
    lines = made(channels=5)
    assert [lines.grant(None, 5.0) for _ in range(5)] == [True] * 5
    first, second = agent(lines, A, 7.0), agent(lines, None, 7.0)
    assert not first.take()
    lines.release(None)
    assert (lines.room(7.0), lines.grant(B, 7.0)) == (0, False), "the free line is kept"
    assert (second.take(), first.take(), second.take()) == (False, True, False), "in order"
    assert not lines.idle
    lines.release(None)
    lines.release(None)
    assert lines.room(7.0) == 1
    assert lines.grant(B, 7.0)
    assert second.take()
    assert not lines.grant(B, 7.0)


def test_a_full_trunk_holds_back_its_own_agents_only() -> None:
    lines = made(channels=100)
    assert granted(lines, A, 5.0) == 2
    on_full, free = agent(lines, A, 7.0), agent(lines, None, 7.0)
    assert (on_full.take(), free.take()) == (False, True)
    assert lines.room(7.0, A) == 0
    assert lines.grant(B, 7.0), "another trunk's calls go on"
    lines.release(A)
    assert lines.room(7.0, A) == 0, "kept for the agent"
    assert on_full.take()


def test_a_place_that_is_given_up_is_free() -> None:
    lines = made(channels=1)
    waiting = agent(lines, None, 5.0)
    assert lines.room(5.0) == 0
    waiting.give_back()
    waiting.give_back()
    assert lines.room(5.0) == 1


def test_a_line_stays_free_for_agents_but_nobody_is_shut_out() -> None:
    """With every line taken by persons who wait for an agent nobody could be connected."""
    lines, alone = made(channels=5), Trunk(3, 1, 10.0)
    assert (lines.room(5.0), lines.claimable(5.0, None, 1)) == (5, 4)
    assert (lines.room(5.0, A), lines.claimable(5.0, A, 1), lines.claimable(5.0, alone, 1)) == (2, 1, 1)
    leg = agent(lines, A, 5.0)
    assert leg.take()
    assert (lines.room(5.0, A), lines.claimable(5.0, A, 0)) == (0, 1), "one more may want an agent; it is remembered"
    assert made(cps=3.0).claimable(5.0, None, 1) == 3, "calls a second are not kept, they come back by themselves"


def test_who_waits_for_a_full_trunk_keeps_no_line_of_others() -> None:
    lines = made(cps=5.0)
    assert granted(lines, A, 5.0) == 2
    waiting = [agent(lines, A, 7.0) for _ in range(5)]
    assert [line.take() for line in waiting] == [False] * 5
    assert lines.room(7.0) == 5
    assert granted(lines, B, 7.0) == 3
    lines.release(A)
    assert lines.room(9.0) == 4, "one of the five could have a line now"


def test_the_line_for_agents_is_kept_at_the_send_too() -> None:
    """Between claim and send an agent's leg has taken the line that was kept: the next free one is kept again."""
    lines = made(channels=3)
    assert lines.grant(None, 5.0)
    assert lines.claimable(5.0, None, 1) == 1
    assert agent(lines, None, 5.0).take()
    assert not lines.grant(None, 5.0)


def test_limits_that_are_lowered_hold_for_those_who_wait_already() -> None:
    lines, wide, narrow = made(), Trunk(1, 10, 100.0), Trunk(1, 2, 100.0)
    assert [lines.grant(wide, 5.0) for _ in range(9)] == [True] * 9
    waiting = agent(lines, wide, 7.0)
    assert lines.room(7.0, narrow) == 0
    assert not waiting.take()
    assert lines.room(7.0, narrow) == 0
    for _ in range(8):
        lines.release(narrow)
    assert lines.room(9.0, narrow) == 0, "of two one is taken, and one is the agent's"
    assert agent(lines, narrow, 9.0) is not None
    assert waiting.take()


def test_what_was_read_of_a_trunk_a_while_ago_undoes_nothing() -> None:
    lines, wide, narrow = made(), Trunk(1, 10, 100.0), Trunk(1, 2, 100.0)
    assert [lines.grant(wide, 5.0) for _ in range(2)] == [True] * 2
    assert lines.room(7.0, narrow) == 0
    late = agent(lines, wide, 8.0, fresh=False)
    assert not late.take()
    late.give_back()
    assert agent(lines, wide, 9.0).take(), "it was raised again"
    assert agent(made(), wide, 9.0, fresh=False).take(), "nothing newer is known"


def test_a_long_queue_is_looked_through_once_a_moment() -> None:
    """Each of many waits by looking now and then: the looks must not cost the square of them."""
    lines = Lines(channels=1, cps=100.0, look_s=1.0)
    lines.begin(0.0)
    assert lines.grant(None, 5.0)
    looks: list[float] = []
    whose_turn = lines._whose_turn
    lines._whose_turn = lambda now: (looks.append(now), whose_turn(now))[1]  # type: ignore[method-assign]
    waiting = [agent(lines, None, 5.0) for _ in range(50)]
    assert not any(line.take() for line in waiting)
    assert looks == [5.0]


def test_where_trunks_are_shared_nothing_goes_without_a_part() -> None:
    lines = made()
    lines.share()
    assert not lines.lacking
    assert lines.room(5.0, A) == 0
    assert lines.lacking
    lines.lease({A.id: Part(1, 4, 50.0)}, 5.0)
    assert not lines.lacking
    assert lines.room(5.5, A) == 0, "another dialer may have used it up just now"
    assert granted(lines, A, 6.1) == 1
    lines.release(A)
    assert granted(lines, A, 6.2) == 1
    lines.release(A)
    assert lines.room(50.0, A) == 0, "its time is over"


def test_a_part_that_grows_counts_as_just_used_up() -> None:
    lines, trunk = made(), Trunk(1, 100, 10.0)
    lines.share()
    lines.room(5.0, trunk)
    lines.lease({1: Part(50, 5, 99.0)}, 5.0)
    assert granted(lines, trunk, 7.0) == 5
    lines.lease({1: Part(50, 8, 99.0)}, 7.5)
    assert granted(lines, trunk, 7.6) == 0
    assert granted(lines, trunk, 8.2) == 5, "three may have gone elsewhere at 7.5"
    assert granted(lines, trunk, 8.6) == 3
    lines.lease({1: Part(50, 0, 99.0)}, 9.0)
    assert lines.room(20.0, trunk) == 0
    lines.lease({1: Part(50, 10, 99.0)}, 20.0)
    assert lines.room(20.9, trunk) == 0
    assert lines.room(21.1, trunk) == 10


def test_a_smaller_part_holds_for_calls_that_are_up_and_tells_what_it_cannot_give_back() -> None:
    lines, trunk = made(), Trunk(1, 100, 50.0)
    lines.share()
    lines.room(5.0, trunk)
    lines.lease({1: Part(9, 50, 99.0)}, 5.0)
    assert granted(lines, trunk, 7.0) == 9
    lines.lease({1: Part(4, 50, 99.0)}, 8.0)
    assert lines.room(9.0, trunk) == 0
    assert lines.floors(0.0, 99.0) == {1: (9, 50, 0)}
    for _ in range(7):
        lines.release(trunk)
    assert lines.floors(0.0, 99.0) == {1: (4, 50, 0)}
    assert lines.room(9.0, trunk) == 2
    lines.release(trunk)
    lines.release(trunk)
    assert lines.floors(10.0, 99.0) == {}, "nobody has asked about it since"
    assert not lines.lacking


def test_an_agent_s_leg_needs_a_part_too() -> None:
    lines = made()
    lines.share()
    leg = agent(lines, A, 5.0)
    assert not leg.take()
    lines.lease({A.id: Part(1, 4, 50.0)}, 5.0)
    leg.give_back()
    assert agent(lines, A, 6.5).take()


SIX = Trunk(1, 4, 100.0, reserved=2)


def test_calls_to_us_take_what_is_kept_for_them_and_then_channels_of_ours() -> None:
    lines = made()
    assert granted(lines, SIX, 5.0) == 4, "what is kept is not ours"
    assert [lines.admit(SIX, 6.0) for _ in range(3)] == [True, True, False], "saturated, and two find a line"
    lines.release(SIX)
    assert lines.admit(SIX, 7.0)
    assert lines.room(8.0, SIX) == 0, "six are in use"
    lines.leave_inbound(SIX)
    assert lines.room(9.0, SIX) == 1
    assert lines.pulse(9.0)[1][0] == 5
    lines.leave_inbound(SIX)
    lines.leave_inbound(SIX)
    assert lines.room(9.0, SIX) == 1, "one channel is free and two are kept"


def test_a_trunk_without_calls_of_ours_takes_as_many_as_it_has() -> None:
    lines = made()
    assert [lines.admit(SIX, 5.0) for _ in range(7)] == [True] * 6 + [False]
    assert lines.room(6.0, SIX) == 0
    for _ in range(3):
        lines.leave_inbound(SIX)
    assert granted(lines, SIX, 6.0) == 3


def test_all_may_be_kept_for_calls_to_us() -> None:
    lines, inbound_only = made(), Trunk(1, 0, 100.0, reserved=2)
    assert lines.room(5.0, inbound_only) == 0
    assert [lines.admit(inbound_only, 5.0) for _ in range(3)] == [True, True, False]


def test_what_is_kept_may_change_while_calls_are_up() -> None:
    lines = made()
    assert [lines.admit(SIX, 5.0) for _ in range(2)] == [True, True]
    fewer = Trunk(1, 6, 100.0, reserved=0)
    assert lines.room(6.0, fewer) == 4, "they take channels of ours now"
    more = Trunk(1, 3, 100.0, reserved=3)
    assert lines.room(7.0, more) == 3
    assert granted(lines, fewer, 8.0) == 4
    assert not lines.admit(more, 9.0), "one more is kept, but our calls are still up on it"


@settings(max_examples=200, deadline=None)
@given(
    channels=st.integers(0, 5),
    reserved=st.integers(0, 5),
    steps=st.lists(st.sampled_from(["out", "out", "in", "end out", "end in"]), max_size=60),
)
def test_both_together_never_take_more_than_there_is(channels: int, reserved: int, steps: list[str]) -> None:
    lines, trunk = made(), Trunk(1, channels, 100.0, reserved)
    out, inbound, now = 0, 0, 5.0
    for step in steps:
        now += 2.0
        if step == "out":
            room = max(0, min(channels, channels + reserved - inbound) - out)
            assert lines.room(now, trunk) == room
            out += lines.grant(trunk, now)
        elif step == "in":
            let_in = lines.admit(trunk, now)
            assert let_in == (out + inbound < channels + reserved)
            inbound += let_in
        elif step == "end out" and out:
            lines.release(trunk)
            out -= 1
        elif step == "end in" and inbound:
            lines.leave_inbound(trunk)
            inbound -= 1
        assert out <= channels
        assert out + inbound <= channels + reserved
        assert lines.pulse(now).get(1, (0, None))[0] == out + inbound


def test_where_trunks_are_shared_what_is_kept_must_be_asked_for() -> None:
    lines = made()
    lines.share()
    assert lines.lacks_reserve(SIX)
    assert lines.entitled(SIX)
    assert not lines.admit(SIX, 5.0)
    lines.lease({1: Part(2, 50, 99.0, due=1)}, 5.0)
    assert lines.entitled(SIX)
    assert granted(lines, SIX, 7.0) == 2
    assert not lines.admit(SIX, 8.0)
    lines.reserved(1)
    assert lines.admit(SIX, 8.0)
    assert lines.lacks_reserve(SIX), "that one is in use"
    lines.reserved(1)
    assert not lines.lacks_reserve(SIX)
    assert lines.floors(0.0, 99.0) == {1: (2, 50, 1)}, "one is given back"
    assert lines.lacks_reserve(SIX)
    lines.lease({1: Part(2, 50, 99.0, reserved=1)}, 8.0)
    assert not lines.entitled(SIX)
    lines.leave_inbound(SIX)
    assert lines.room(9.0, SIX) == 0
    assert lines.floors(0.0, 99.0) == {1: (2, 50, 0)}


def test_a_call_s_second_begins_when_the_switch_has_it() -> None:
    lines, now = made(cps=100.0), 5.0
    assert lines.grant(B, now)
    ways = [Way(lines, B.id, lambda: now)]
    assert granted(lines, B, 5.0) == 2
    now = 9.0
    assert lines.room(9.0, B) == 2, "it is still on its way"
    ways[0]()
    ways[0]()
    assert lines.room(10.0, B) == 2
    assert lines.room(10.04, B) == 3
    trunk = Trunk(7, 9, 1.0)
    assert lines.grant(trunk, 10.5)
    way = Way(lines, 7, lambda: 20.0)
    assert lines.room(19.0, trunk) == 0
    assert lines.next_at(19.0) is None or lines.room(19.0) > 0
    assert lines.room(19.0, Trunk(7, 9, 2.0)) == 1, "changed limits know of it"
    way()
    assert lines.room(20.5, trunk) == 0


def test_an_agent_s_leg_is_on_its_way_too_and_comes_at_its_end_at_the_latest() -> None:
    lines = made(cps=2.0)
    first, second = agent(lines, None, 5.0), agent(lines, None, 5.0)
    assert first.take() and second.take()
    assert lines.room(8.0) == 0
    first.arrived()
    second.give_back()
    assert lines.room(5.5) == 0
    assert lines.room(6.1) == 2


def test_what_is_on_its_way_is_not_given_back() -> None:
    lines = made()
    lines.share()
    lines.room(0.0, B)
    lines.lease({B.id: Part(9, 3, 100.0)}, 1.0)
    assert granted(lines, B, 5.0) == 3
    way = Way(lines, B.id, lambda: 50.0)
    lines.lease({B.id: Part(9, 0, 100.0)}, 6.0)
    assert lines.floors(0.0, 9.0)[B.id][1] == 1
    way()
    assert lines.floors(0.0, 52.0)[B.id][1] == 0


CLAIM_S, WAY_S = 0.025, 0.012  # how long a claim takes, and a call's way to the switch


@pytest.mark.parametrize("cps", [3.0, 10.0, 50.0, 200.0])
def test_paced_claims_use_the_second_up_without_a_heap(cps: float) -> None:
    """The dialer's loop on a clock of our own: a claim takes time, and so does a call's way to the switch."""
    lines, trunk = made(cps=1000.0, channels=10**6, pace=Pace(gather_s=0.2, ahead_s=0.03)), Trunk(1, 10**6, cps)
    now, sent, coming = 10.0, [], []
    while now < 70.0:
        began, many = now, lines.claimable(now, trunk)
        now += CLAIM_S
        for _ in range(many):
            while coming and coming[0] <= now:
                lines.arrive(1, coming.pop(0))
            turn = lines.turn(trunk, now)
            while turn is not None and turn > now:
                now = turn
                turn = lines.turn(trunk, now)
            if lines.grant(trunk, now):
                lines.depart(1)
                coming.append(now + WAY_S)
                sent.append(now)
        now = max(now, began + 0.03)
        while coming and coming[0] <= now:
            lines.arrive(1, coming.pop(0))
        at = lines.next_at(now)
        now = max(now + 0.001, began + 0.2 if at is None else min(at, now + 0.2))
    whole = [at for at in sent if 20.0 <= at < 70.0]
    assert len(whole) >= 0.95 * cps * 50
    assert most_in_a_second(whole) <= cps
    assert max(sum(at <= one < at + 0.05 for one in whole) for at in whole) <= max(1.0, 0.55 * cps), "no heap"
