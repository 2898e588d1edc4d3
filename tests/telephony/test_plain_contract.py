"""The contract's core on a switch without the guard's script: what stays, and what is less."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from oklik.telephony.freeswitch.probe import probe
from oklik.telephony.port import Fate, SwitchError, SwitchRefused
from support.live_switch import guarded
from support.switch_lab import Lab, the_end
from telephony import test_switch_contract as suite

SAME = (
    "test_answered_and_hung_up_by_us",
    "test_the_person_hangs_up",
    "test_refused",
    "test_nobody_answers",
    "test_our_hangup_while_it_rings",
    "test_a_gateway_that_is_not_there",
    "test_the_longest_call_is_ended_by_the_switch",
    "test_an_impossible_field_sends_nothing",
    "test_playback_to_the_end",
    "test_a_key_stops_the_prompt",
    "test_several_keys",
    "test_no_key",
    "test_the_same_uuid_is_dialed_once",
    "test_a_barred_uuid_is_never_dialed",
    "test_a_replaced_dialer_dials_no_more",
    "test_orphans",
    "test_bridge_and_the_agent_leaves",
    "test_whether_the_switch_finds_a_file",
    "test_a_cut_and_the_way_back",
    "test_the_dead_man_ends_the_calls_of_a_dialer_that_is_gone",
)
globals().update({name: vars(suite)[name] for name in SAME})


@pytest.fixture
def lab(plain_lab: Lab) -> Iterator[Lab]:
    """Of the tests that are the same."""
    yield plain_lab


@pytest.mark.invariant
def test_what_was_claimed_and_is_gone_is_unknown(lab: Lab) -> None:
    """Its sender may have died between claim and call, so nobody can say that it was dialed."""
    live = lab.answered("08")
    gone = lab.dial("00")
    the_end(gone)
    never = str(uuid4())
    fates = lab.switch.fates([live.uuid, gone.uuid, never])
    assert fates == {live.uuid: Fate.LIVE, gone.uuid: Fate.UNKNOWN, never: Fate.NEVER_DIALED}


@pytest.mark.invariant
def test_both_ways_keep_the_same_keys(lab: Lab) -> None:
    """So a switch that gets the script, or loses it, forgets nothing."""
    if lab.switch.virtual or not guarded():
        pytest.skip("it has no Lua at all")
    link = lab.switch._up()
    claimed, barred = str(uuid4()), str(uuid4())
    the_end(lab.dial("00", uuid=claimed))
    lab.switch.fates([barred])
    text = link.ask(f"api lua oklik.lua bar {claimed} {barred}\n\n".encode()).text
    assert text == f"{claimed} dialed\n{barred} barred\n"
    assert link.ask(f"api lua oklik.lua epoch {lab.node} 0\n\n".encode()).text.startswith("-ERR OKLIK_STALE")


@pytest.mark.invariant
def test_what_needs_the_script_is_refused_in_one_sentence(lab: Lab) -> None:
    with pytest.raises(SwitchError, match=r"without the script oklik\.lua"):
        lab.switch.can_write("/tmp/oklik-new.wav")
    with pytest.raises(SwitchError, match=r"without the script oklik\.lua"):
        lab.switch.take(str(uuid4()), 60)
    if lab.switch.virtual or not guarded():
        with pytest.raises(SwitchRefused) as refused:
            probe(lab.proxy.host, lab.proxy.port, lab.password, new_file="/tmp/oklik-new.wav")
        assert refused.value.reason == "guard"
