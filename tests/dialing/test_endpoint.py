import pytest

from oklik.agents.groups import Group, next_agent
from oklik.dialing.endpoint import EndpointError, check_dial_string, endpoint, goes_through, pick_caller_id


@pytest.mark.parametrize(
    ("dial_string", "number", "expected"),
    [
        ("sofia/gateway/pstn/{number}", "+79161234567", "sofia/gateway/pstn/+79161234567"),
        ("sofia/gateway/pstn/{digits}", "+79161234567", "sofia/gateway/pstn/79161234567"),
        ("sofia/gateway/pstn/{national}", "+79161234567", "sofia/gateway/pstn/89161234567"),
        ("sofia/gateway/pstn/00{national}", "+442071234567", "sofia/gateway/pstn/00442071234567"),
        (
            "sofia/internal/{digits}@10.0.0.1:5080;transport=tcp",
            "+79161234567",
            "sofia/internal/79161234567@10.0.0.1:5080;transport=tcp",
        ),
    ],
)
def test_the_number_as_the_carrier_wants_it(dial_string: str, number: str, expected: str) -> None:
    assert endpoint(check_dial_string(dial_string), number) == expected


@pytest.mark.parametrize(
    "dial_string",
    [
        "",
        "sofia/gateway/pstn/1",
        "{a=b}sofia/{number}",
        "a/{number},b/{number}",
        "a/{number}|b",
        "a {number}",
        "a/{number}\n",
        "${x}/{number}",
        "[x]a/{number}",
    ],
)
def test_what_would_be_a_language_of_the_switch_is_refused(dial_string: str) -> None:
    with pytest.raises(EndpointError):
        check_dial_string(dial_string)


@pytest.mark.parametrize(
    "number", ["", "79161234567", "+7916123456 7", "+7916&park()", "+0916123456", "+79161234567\n"]
)
def test_only_a_number_becomes_a_leg(number: str) -> None:
    with pytest.raises(EndpointError):
        endpoint("sofia/gateway/pstn/{number}", number)


def test_a_person_always_sees_the_same_caller_id() -> None:
    assert pick_caller_id(["1", "2", "3"], 7) == pick_caller_id(["3", "2", "1"], 7)
    assert pick_caller_id([], 7) == ""


def test_agents_are_rung_in_order_each_once() -> None:
    group = Group("sales", ("user/1", "user/2", "user/3"))
    assert next_agent(group, rung=[]) == "user/1"
    assert next_agent(group, rung=["user/1"]) == "user/2"
    assert next_agent(group, rung=["user/1", "user/2", "user/3"]) is None
    assert next_agent(Group("empty", ()), rung=[]) is None


@pytest.mark.parametrize(
    ("dial_string", "leg", "takes"),
    [
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn/+79161234567", True),
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn/1001", True),
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn2/1001", False),
        ("sofia/gateway/pstn/{number}", "sofia/gateway/pstn/", False),
        ("sofia/gateway/pstn/{number}", "user/1001", False),
        ("sofia/gateway/pstn/00{national}", "sofia/gateway/pstn/0044", True),
        ("sofia/internal/{digits}@10.0.0.1:5080", "sofia/internal/1001@10.0.0.1:5080", True),
        ("sofia/internal/{digits}@10.0.0.1:5080", "sofia/internal/1001@10.0.0.2:5080", False),
        ("{number}", "user/1001", False),
    ],
)
def test_a_leg_to_an_agent_may_take_a_line_of_a_trunk(dial_string: str, leg: str, takes: bool) -> None:
    assert goes_through(dial_string, leg) is takes
