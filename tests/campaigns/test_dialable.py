"""Whatever is accepted at launch, the command to the switch accepts too: a campaign is not refused call by call."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.campaigns.dialable import NotDialable, check_agent_phone, check_caller_id, check_trunk
from oklik.dialing.endpoint import endpoint
from oklik.esl import commands

NUMBERS = ("+79161234567", "+1000000", "+999999999999999", "+442071234567")


def send(leg: str, caller_id: str = "") -> bytes:
    """As the driver does it."""
    return commands.dial(str(uuid4()), epoch=3, node="node1", ring_s=30, max_s=900, caller_id=caller_id, endpoint=leg)


def accepts(check: Callable[[str], None], text: str) -> bool:
    try:
        check(text)
    except NotDialable as error:
        assert "\n" not in str(error)
        return False
    return True


PIECES = st.sampled_from(
    ["sofia/", "gateway/", "internal/", "user/", "pstn/", "a/", "skinny/", "{number}", "{digits}", "{national}"]
)
ODD = st.sampled_from(
    ["100", "@10.0.0.1", "@host", ":5080", ";transport=tcp", "00", "+", "-", ".", "=", " ", ",", "|", "{x=1}", "x" * 50]
)
DIAL_STRINGS = st.lists(PIECES | ODD, max_size=7).map("".join) | st.text(max_size=40)


@given(DIAL_STRINGS)
def test_every_accepted_dial_string_can_be_sent(text: str) -> None:
    if accepts(check_trunk, text):
        for number in NUMBERS:
            send(endpoint(text, number))


@given(DIAL_STRINGS)
def test_every_accepted_agent_can_be_rung(text: str) -> None:
    if accepts(check_agent_phone, text):
        send(text)


@given(st.text(alphabet="0123456789+", max_size=24) | st.text(max_size=10))
def test_every_accepted_caller_id_can_be_shown(text: str) -> None:
    if accepts(check_caller_id, text):
        send("user/1", text)


ACCEPTED = {
    "sofia/gateway/pstn/{number}": True,
    "sofia/gateway/pstn/{national}": True,
    "sofia/internal/{digits}@10.0.0.1:5080": True,
    "user/{number}": True,
    "sofia/internal/{digits}@10.0.0.1:5080;transport=tcp": False,
    "pstn/{number}": False,
    "{number}": False,
    "sofia/gateway/" + "x" * 65 + "/{number}": False,
    "sofia/gateway/pstn/" + "0" * 60 + "{number}": False,
    # What rings is the number that the guard has judged, and no other.
    "sofia/gateway/pstn/9{number}": True,
    "sofia/gateway/pstn/123456{digits}": True,
    "sofia/gateway/pstn/00{digits}": True,
    "sofia/gateway/pstn/810{digits}": True,
    "sofia/gateway/pstn/+{digits}": True,
    "user/{number}@10.0.0.1": True,
    "sofia/gateway/{digits}/112": False,
    "sofia/external/112@{digits}": False,
    "sofia/gateway/pstn/{digits}112": False,
    "sofia/gateway/pstn/112{digits}": False,
    "sofia/gateway/pstn/1234567{digits}": False,
    "sofia/gateway/pstn/00881{digits}": False,
    "sofia/gateway/pstn/810881{digits}": False,
    "sofia/gateway/pstn/+881{digits}": False,
}


@pytest.mark.parametrize(("text", "right"), ACCEPTED.items())
def test_which_dial_strings(text: str, right: bool) -> None:
    assert accepts(check_trunk, text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    {
        "74951234567": True,
        "+74951234567": True,
        "88162123456": True,  # Veliky Novgorod, as one dials it at home
        "88001234567": True,
        "100": True,
        "1" * 15: True,
        "1" * 16: False,
        "": False,
        # Whoever calls back pays: premium, satellite.
        "+78091234567": False,
        "88091234567": False,
        "+881612345678": False,
        "+19005551234": False,
    }.items(),
)
def test_which_caller_ids(text: str, right: bool) -> None:
    assert accepts(check_caller_id, text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    {
        "user/1001": True,
        "sofia/gateway/agents/101": True,
        "sofia/x/a@b": True,
        "skinny/1001": False,
        "100": False,
    }.items(),
)
def test_which_agents(text: str, right: bool) -> None:
    assert accepts(check_agent_phone, text) is right
