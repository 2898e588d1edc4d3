"""The line of those who wait for an agent."""

from hypothesis import given, settings
from hypothesis import strategies as st

from oklik.agents.groups import Group
from oklik.agents.waiting import Waiter, Waiting

SALES = Group("sales", ("a", "b"), "1/sales")


def nothing() -> None:
    pass


def line(count: int, waiting: Waiting | None = None) -> list[Waiter]:
    waiting = waiting or Waiting()
    return [waiting.join("1/sales", nothing) for _ in range(count)]


def test_free_agents_go_to_those_who_came_first() -> None:
    first, second, third = line(3)
    assert third.take(SALES) is None, "both agents are for those before"
    assert second.take(SALES) == "b", "the first one will have a"
    assert first.take(SALES) == "a"
    assert [one.place for one in (first, second, third)] == [1, 2, 3]


def test_an_agent_who_did_not_answer_the_first_is_offered_to_the_next() -> None:
    first, second = line(2)
    assert first.take(SALES) == "a"
    first.give_back()
    assert second.take(SALES) == "a", "the first one goes on with b"
    assert first.take(SALES) == "b"
    first.give_back()
    assert first.all_rung(SALES)
    first.new_round()
    assert first.take(SALES) == "b", "a is being rung for the second"


def test_who_talks_is_out_of_the_line_and_keeps_the_agent() -> None:
    woken: list[str] = []
    waiting = Waiting()
    first = waiting.join("1/sales", nothing)
    second = waiting.join("1/sales", lambda: woken.append("second"))
    assert first.take(SALES) == "a"
    first.served()
    assert (first.place, second.place) == (0, 1)
    assert woken == ["second"]
    assert second.take(Group("sales", ("a",))) is None
    first.leave()
    assert woken == ["second", "second"]
    assert second.take(Group("sales", ("a",))) == "a"


def test_an_agent_of_two_groups_is_one_agent() -> None:
    waiting = Waiting()
    sales, support = waiting.join("1/sales", nothing), waiting.join("1/support", nothing)
    assert sales.take(SALES) == "a"
    assert support.take(Group("support", ("a",))) is None
    assert support.place == 1, "in a line of its own"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["take", "back", "round", "served", "leave"])), max_size=60)
)
def test_whatever_happens_an_agent_is_one_persons(steps: list[tuple[int, str]]) -> None:
    waiting = Waiting()
    waiters = line(5, waiting)
    for who, what in steps:
        waiter = waiters[who]
        if what == "take":
            if waiter.agent is None and waiter.place:
                waiter.take(SALES)
        elif what == "back":
            waiter.give_back()
        elif what == "round":
            waiter.new_round()
        elif what == "served":
            waiter.served()
        else:
            waiter.leave()
        held = [one.agent for one in waiters if one.agent is not None]
        assert sorted(held) == sorted(waiting.taken)
        places = [one.place for one in waiters if one.place]
        assert places == list(range(1, len(places) + 1))
    for waiter in waiters:
        waiter.leave()
    assert not waiting.taken
