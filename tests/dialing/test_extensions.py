"""Short rows of digits behind lines to the outside, and behind an office PBX."""

import pytest

from oklik.dialing.extensions import Outside, gate, is_extension, short

TRUNKS = [
    ("sofia/gateway/pstn/{digits}", ["105", "2XX"]),
    ("sofia/gateway/second/9{number}", []),
    ("sofia/external/{number}@sip.carrier.example:5070", []),
    ("user/{number}", []),
]


@pytest.mark.parametrize(
    ("leg", "barred"),
    [
        ("sofia/gateway/pstn/7010", "7010"),
        ("sofia/gateway/pstn/0911", "0911"),
        ("sofia/gateway/PSTN/7010", "7010"),
        ("sofia/gateway/pstn/7-0.1_0", "7010"),
        ("sofia/gateway/pstn/+112", "112"),
        ("sofia/gateway/pstn/alice", "alice"),
        ("sofia/gateway/second/9112", "9112"),
        ("sofia/external/112@sip.carrier.example", "112"),
        ("sofia/internal/7010@SIP.carrier.example:5060", "7010"),
        ("sofia/gateway/pstn/105", ""),
        ("sofia/gateway/pstn/1050", "1050"),
        ("sofia/gateway/pstn/10", "10"),
        ("sofia/gateway/pstn/299", ""),
        ("sofia/gateway/pstn/2ab", "2ab"),
        ("sofia/gateway/second/105", "105"),
        ("sofia/gateway/pbx/7010", ""),
        ("sofia/internal/2003@10.0.0.9", ""),
        ("user/1001", ""),
        ("user/1001@sip.carrier.example", ""),
        ("sofia/gateway/pstn/+79161234567", ""),
        ("sofia/gateway/pstn/8-916-123-45-67", ""),
    ],
)
def test_short_numbers_through_lines_to_the_outside(leg: str, barred: str) -> None:
    assert Outside(TRUNKS).bars(leg) == barred


def test_without_a_line_there_is_nothing_outside() -> None:
    assert Outside([]).bars("sofia/gateway/pstn/7010") == ""
    assert short("sofia/gateway/pstn/7010") == "7010"
    assert short("sofia/gateway/pstn/+79161234567") == short("user/1001") == ""


def test_a_dial_string_and_its_legs_go_through_the_same() -> None:
    for dial_string, _ in TRUNKS:
        assert gate(dial_string) == gate(dial_string.replace("{digits}", "7010").replace("{number}", "+7010"))
    assert gate("user/{number}") == ""


@pytest.mark.parametrize(("text", "right"), [("105", True), ("1XX", True), ("XXXXXX", True), ("1234567", False),
                                             ("", False), ("1*", False), ("1x", False)])  # fmt: skip
def test_what_names_extensions(text: str, right: bool) -> None:
    assert is_extension(text) is right
