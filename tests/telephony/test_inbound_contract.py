"""Calls to us, on the virtual switch and on a real FreeSWITCH: they are offered, taken once, and are then like ours."""

import gevent
import pytest
from gevent.queue import Empty

from oklik.telephony.port import Answer, CallEnded, Fate, Finished, Gather, HangupBy, Keys, Offer, Playback
from support.switch_lab import Lab, the_end

Silence = dict[int, str]
OURS = "74950000001"


def offered(lab: Lab, role: str) -> Offer:
    queue = lab.offers()
    lab.call_in(role)
    return queue.get(timeout=10)


def test_a_call_to_us_is_offered_with_both_numbers_and_taken(lab: Lab, silence: Silence) -> None:
    offer = offered(lab, "08")
    assert (offer.caller, offer.dialed) == ("791600008", OURS)
    call = lab.switch.take(offer.uuid, 60)
    assert call.uuid == offer.uuid
    assert isinstance(call.wait(5), Answer)
    assert isinstance(call.start(Playback(files=(silence[1],))).wait(10), Finished)
    assert lab.switch.fates([offer.uuid]) == {offer.uuid: Fate.LIVE}
    assert lab.switch.orphans([]) == [offer.uuid], "it bears the marker of our node"
    call.hangup()
    end = the_end(call)
    assert (end.cause, end.q850, end.by, end.answered, end.sent) == ("NORMAL_CLEARING", 16, HangupBy.US, True, True)
    assert 0.9 <= end.talk_s <= 3 + lab.slack
    assert lab.switch.fates([offer.uuid]) == {offer.uuid: Fate.DIALED_AND_GONE}


def test_the_caller_presses_keys(lab: Lab) -> None:
    call = lab.switch.take(offered(lab, "06").uuid, 60)
    assert isinstance(call.wait(5), Answer)
    question = Gather(
        files=(),
        allowed="123",
        min_digits=1,
        max_digits=1,
        terminators="#",
        timeout_s=8,
        digit_timeout_s=1,
        barge_in=True,
    )
    assert call.start(question).wait(15) == Keys(keys="1")
    call.hangup()
    the_end(call)


def test_the_caller_hangs_up(lab: Lab) -> None:
    call = lab.switch.take(offered(lab, "05").uuid, 60)
    assert isinstance(call.wait(5), Answer)
    end = the_end(call)
    assert (end.cause, end.by, end.answered) == ("NORMAL_CLEARING", HangupBy.PERSON, True)
    assert 2.7 <= end.talk_s <= 4 + lab.slack


def test_the_caller_hangs_up_before_he_is_taken(lab: Lab) -> None:
    offer = offered(lab, "99")
    gevent.sleep(lab.real(2.5))
    end = the_end(lab.switch.take(offer.uuid, 60), 5)
    assert (end.cause, end.sent, end.channel, end.answered) == ("OKLIK_NOT_TAKEN", False, False, False)
    assert not lab.switch._calls


def test_two_dialers_cannot_take_one_call(lab: Lab) -> None:
    other = lab.connect(node=f"{lab.node}x")
    here, there = lab.offers(), lab.offers(other)
    lab.call_in("08")
    offer = here.get(timeout=10)
    assert there.get(timeout=10) == offer
    both = [lab.switch.take(offer.uuid, 60), other.take(offer.uuid, 60)]
    events = [call.wait(5) for call in both]
    assert sorted(type(event).__name__ for event in events) == ["Answer", "CallEnded"]
    refused = next(event for event in events if isinstance(event, CallEnded))
    assert (refused.cause, refused.sent) == ("OKLIK_NOT_TAKEN", False)
    winner = both[0] if isinstance(events[0], Answer) else both[1]
    winner.hangup()
    the_end(winner)


def test_an_owner_who_was_replaced_takes_nothing(lab: Lab) -> None:
    offer = offered(lab, "08")
    lab.connect(epoch=2)
    end = the_end(lab.switch.take(offer.uuid, 60), 5)
    assert (end.cause, end.sent) == ("OKLIK_NOT_TAKEN", False)
    lab.switch.turn_away(offer.uuid)


def test_a_barred_call_is_not_taken(lab: Lab) -> None:
    """Whoever settles the rows of a dialer that died must be sure that nothing of it happens afterwards."""
    offer = offered(lab, "08")
    assert lab.switch.fates([offer.uuid]) == {offer.uuid: Fate.NEVER_DIALED}
    assert the_end(lab.switch.take(offer.uuid, 60), 5).cause == "OKLIK_NOT_TAKEN"
    lab.switch.turn_away(offer.uuid)


def test_turned_away(lab: Lab) -> None:
    offer = offered(lab, "08")
    lab.switch.turn_away(offer.uuid)
    gevent.sleep(0.3)
    link = lab.switch._up()
    assert link.ask(f"api uuid_exists {offer.uuid}\n\n".encode()).text.strip() == "false"
    lab.switch.turn_away(offer.uuid)  # again is no error


def test_the_duration_of_a_taken_call_is_limited(lab: Lab) -> None:
    call = lab.switch.take(offered(lab, "08").uuid, 10)
    assert isinstance(call.wait(5), Answer)
    end = the_end(call, 20)
    assert (end.cause, end.answered) == ("ALLOTTED_TIMEOUT", True)
    assert 8 <= end.talk_s <= 12 + lab.slack


def test_a_caller_is_bridged_to_an_agent_and_comes_back(lab: Lab, silence: Silence) -> None:
    agent = lab.answered("51", agent=True)
    person = lab.switch.take(offered(lab, "08").uuid, 60)
    assert isinstance(person.wait(5), Answer)
    lab.switch.bridge(person, agent, 5)
    assert lab.switch.wait_unbridged(person, 20) is True
    assert isinstance(person.start(Playback(files=(silence[1],))).wait(10), Finished)
    person.hangup()
    the_end(person)


@pytest.mark.parametrize("role", ["08"])
def test_our_own_legs_are_not_offered(lab: Lab, role: str) -> None:
    queue = lab.offers()
    call = lab.answered(role)
    call.hangup()
    the_end(call)
    with pytest.raises(Empty):
        queue.get(timeout=0.2)
