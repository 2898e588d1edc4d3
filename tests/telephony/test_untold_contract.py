"""What is done when events do not come, at the switch itself: the virtual one and a real FreeSWITCH answer alike."""

from itertools import pairwise

import pytest

from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import Answer, Finished, Keys, Playback, WaitTimeout
from support.patience import LONG_S
from support.switch_lab import Lab, until_last
from telephony.test_switch_contract import Silence, question


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of any instruction's end arrives."""
    monkeypatch.setattr(FsCall, "on_executed", lambda *_: None)


def test_the_end_of_a_prompt_is_read_from_the_leg(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    ticket = call.start(Playback(files=(silence[4],)))
    ticket.ask()
    with pytest.raises(WaitTimeout):
        ticket.wait(lab.real(2.5))  # it is not over: the mark stands behind it
    assert isinstance(ticket.wait(LONG_S), Finished)


def test_keys_are_read_from_the_leg(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    ticket = call.start(question(silence[8]))
    ticket.ask()
    found = ticket.wait(LONG_S)
    assert isinstance(found, Keys)
    assert found.keys == "1"


def test_one_after_another(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    for _ in pairwise(range(4)):
        ticket = call.start(Playback(files=(silence[1],)))
        ticket.ask()
        assert isinstance(ticket.wait(LONG_S), Finished)


def test_an_answer_nobody_told_of_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the job's report nor the event."""
    answered = FsCall.on_answer
    seen: list[str] = []
    monkeypatch.setattr("oklik.telephony.freeswitch.recovery.QUIET_S", 0.0)
    monkeypatch.setattr(FsCall, "on_park", lambda *_: None)
    monkeypatch.setattr(FsCall, "on_job", lambda *_: None)
    monkeypatch.setattr(FsCall, "on_answer", lambda self: (seen.append(self.uuid), answered(self))[1])
    call = lab.dial("08")
    assert isinstance(until_last(call)[-1], Answer)
    assert seen == [call.uuid]
