"""Events that never come, come twice, late or out of order: what they would have told is found out all the same."""

import json
from collections.abc import Iterator
from uuid import uuid4

import gevent
import pytest

from oklik.telephony.freeswitch import FreeSwitch, bridging, call, connect, marks, recovery
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import (
    Answer,
    CallEnded,
    Dial,
    Finished,
    Gather,
    HangupBy,
    Keys,
    Playback,
    Stopped,
    WaitTimeout,
)
from support.scripted import Scripted, api, event, job, reply

pytestmark = pytest.mark.integration

FILE = "/p/" + "a" * 64 + ".wav"
LONG_S = 60.0
GONE = api("-ERR No such channel!\n")
ASK = Gather(
    files=(FILE,),
    allowed="12",
    min_digits=1,
    max_digits=1,
    terminators="",
    timeout_s=5.0,
    digit_timeout_s=2.0,
    barge_in=True,
)


@pytest.fixture
def server() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.stop()


@pytest.fixture
def switch(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[FreeSwitch]:
    for name in ("JOB_GRACE_S", "ANSWER_GRACE_S", "END_GRACE_S", "PARK_GRACE_S"):
        monkeypatch.setattr(call, name, 0.05)
    monkeypatch.setattr(marks, "LOOK_S", 0.05)
    monkeypatch.setattr(bridging, "LOOK_S", 0.05)
    monkeypatch.setattr(recovery, "QUIET_S", 0.0)
    made = connect(server.host, server.port, "secret", node="n1", epoch=5, roots=["/"])
    yield made
    made.close()


def dialed(switch: FreeSwitch) -> FsCall:
    return switch.originate(Dial(uuid=str(uuid4()), endpoint="sofia/gateway/pstn/+79161234567", caller_id=""))


def park(one: FsCall, sequence: int = 0, **fields: str) -> bytes:
    number = {"Event__Sequence": str(sequence)} if sequence else {}
    return event("CHANNEL_PARK", Unique__ID=one.uuid, Answer__State="answered", **number, **fields)


def complete(one: FsCall, execution: str, **fields: str) -> bytes:
    return event("CHANNEL_EXECUTE_COMPLETE", Unique__ID=one.uuid, Application__UUID=execution, **fields)


def hangup(one: FsCall, cause: str = "NORMAL_CLEARING", **fields: str) -> bytes:
    return event("CHANNEL_HANGUP_COMPLETE", Unique__ID=one.uuid, Hangup__Cause=cause, **fields)


def up(server: Scripted, switch: FreeSwitch, sequence: int = 0) -> FsCall:
    one = dialed(switch)
    server.say(park(one, sequence))
    assert one.wait(LONG_S) == Answer()
    return one


def dump(server: Scripted, **fields: str) -> None:
    """From now on the switch knows this of any leg."""
    found = {"Answer-State": "answered"} | {name.replace("__", "-"): value for name, value in fields.items()}
    server.on_command = lambda command: api(json.dumps(found)) if command.startswith("api uuid_dump") else None


def test_the_answer(server: Scripted, switch: FreeSwitch) -> None:
    dump(server)
    one = dialed(switch)
    server.say(job(one.uuid, f"+OK {one.uuid}\n"))
    assert one.wait(LONG_S) == Answer()
    two = dialed(switch)
    switch._audit(switch._up())  # nor did the job's report come
    assert two.wait(LONG_S) == Answer()


def test_a_refusal_of_which_only_the_job_tells_came_from_the_person(server: Scripted, switch: FreeSwitch) -> None:
    """Without a channel it would be a fault of ours, and the person would be called again within minutes."""
    one = dialed(switch)
    server.say(job(one.uuid, "-ERR NO_USER_RESPONSE\n"))
    end = one.wait(LONG_S)
    assert isinstance(end, CallEnded)
    assert end.channel


@pytest.mark.parametrize("by_event", [True, False])
def test_the_end_of_a_question(server: Scripted, switch: FreeSwitch, by_event: bool) -> None:
    one = up(server, switch)
    ticket = one.start(ASK)
    left = {"variable_okq1": "2", "variable_read_result": "success"}
    dump(server, variable_oklik_mark="q2", **left)
    ticket.ask()
    assert "execute-app-arg: oklik_mark=q2" in server.seen("sendmsg", count=2)[-1]
    if by_event:
        server.say(complete(one, "q2", Application="set", var_okq1="2", var_read_result="success"))
    assert ticket.wait(LONG_S) == Keys(keys="2")
    server.say(complete(one, "q1", Application="play_and_get_digits", var_okq1="1", var_read_result="success"))
    following = one.start(Playback(files=(FILE,)))
    server.say(complete(one, "q3", Application="playback", Application__Response="FILE PLAYED"))
    assert following.wait(LONG_S) == Finished()


def test_an_instruction_that_goes_on_is_left_alone(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    dump(server)
    ticket = one.start(Playback(files=(FILE,)))
    ticket.ask()
    ticket.ask()
    server.seen("api uuid_dump", count=2)
    with pytest.raises(WaitTimeout):
        ticket.wait(0.1)
    assert len(server.seen("sendmsg")) == 2, "one mark is enough"


def test_what_ends_later_ends_what_was_before_it(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    first, second = one.start(Playback(files=(FILE,))), one.start(ASK)
    server.say(complete(one, "q2", Application="play_and_get_digits", var_okq2="1", var_read_result="success"))
    assert second.wait(LONG_S) == Keys(keys="1")
    assert first.wait(LONG_S) == Finished()
    assert not one._running


def test_the_end_shows_in_what_it_cut_off(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,)))
    times = {"Caller__Channel__Answered__Time": "1000000", "Event__Date__Timestamp": "4500000"}
    why = {"Hangup__Cause": "NORMAL_CLEARING", "var_sip_hangup_disposition": "recv_bye"}
    server.say(complete(one, "q1", Application="playback", **why, **times))
    assert ticket.wait(LONG_S) == Stopped(gone=True)
    assert one.wait(LONG_S) == CallEnded(
        cause="NORMAL_CLEARING", sip_status=200, by=HangupBy.PERSON, answered=True, talk_s=3.5
    )


def test_a_hangup_that_the_switch_has_taken_is_the_end(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    one.hangup()
    assert one.wait(LONG_S) == CallEnded(cause="NORMAL_CLEARING", by=HangupBy.US, answered=True)


def test_who_hung_up_before_us_is_told_late(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    server.on_command = lambda command: GONE if command.startswith("api uuid_kill") else None
    one.hangup()
    with gevent.Timeout(LONG_S):
        while not one.missing:
            gevent.sleep(0.01)
    server.say(hangup(one))
    end = one.wait(LONG_S)
    assert isinstance(end, CallEnded)
    assert (end.cause, end.by) == ("NORMAL_CLEARING", HangupBy.UNKNOWN), "it was not us"


def test_nobody_waits_for_ever_for_an_end(
    server: Scripted, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "LATE_S", 0.1)
    one = up(server, switch)
    server.on_command = lambda command: (
        reply(f"-ERR invalid session id [{one.uuid}]") if command.startswith("sendmsg") else None
    )
    assert one.start(Playback(files=(FILE,))).wait(LONG_S) == Stopped(gone=True)
    assert one.missing
    assert one.wait(LONG_S) == CallEnded(cause="LOST", answered=True)


def test_who_leaves_does_not_wait_for_what_is_late(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    server.on_command = lambda command: GONE if command.startswith("api uuid_kill") else None
    switch.kill(one.uuid)
    assert one.wait(LONG_S) == CallEnded(cause="LOST", answered=True)


# -- bridges --------------------------------------------------------------------------------------------------


def bridged(server: Scripted, switch: FreeSwitch) -> tuple[FsCall, FsCall, "gevent.Greenlet[..., object]"]:
    person, agent = up(server, switch, 10), up(server, switch, 12)
    connecting = gevent.spawn(switch.bridge, person, agent, LONG_S)
    server.seen("api uuid_bridge")
    return person, agent, connecting


def on_bridge(person: FsCall, sequence: int) -> bytes:
    return event("CHANNEL_BRIDGE", Unique__ID=person.uuid, Event__Sequence=str(sequence))


def test_the_park_of_the_answer_told_again_does_not_end_a_talk(server: Scripted, switch: FreeSwitch) -> None:
    person, _, connecting = bridged(server, switch)
    server.say(park(person, 10), on_bridge(person, 14), park(person, 10))
    connecting.get(timeout=LONG_S)
    with pytest.raises(WaitTimeout):
        switch.wait_unbridged(person, 0.1)
    server.say(park(person, 20))
    assert switch.wait_unbridged(person, LONG_S) is True


def test_a_bridge_is_seen_where_it_is_not_told(server: Scripted, switch: FreeSwitch) -> None:
    person, agent = up(server, switch, 10), up(server, switch, 12)
    dump(server, Channel__State="CS_SOFT_EXECUTE", variable_last_bridge_to=agent.uuid, Event__Sequence="15")
    switch.bridge(person, agent, LONG_S)
    server.say(on_bridge(person, 14))  # old news
    with pytest.raises(WaitTimeout):
        switch.wait_unbridged(person, 0.1)


def test_an_end_that_overtakes_the_bridge(server: Scripted, switch: FreeSwitch) -> None:
    person, agent, connecting = bridged(server, switch)
    server.say(hangup(agent, var_last_bridge_to=person.uuid))
    connecting.get(timeout=LONG_S)
    assert switch.wait_unbridged(person, LONG_S) is True, "nor was told that the person is alone"


def test_the_persons_leg_tells_how_the_agents_ended(server: Scripted, switch: FreeSwitch) -> None:
    person, agent, connecting = bridged(server, switch)
    server.say(on_bridge(person, 14))
    connecting.get(timeout=LONG_S)
    told = {"var_last_bridge_to": agent.uuid, "var_bridge_hangup_cause": "NORMAL_CLEARING"}
    server.say(park(person, 20, **told))
    assert agent.wait(LONG_S) == CallEnded(cause="NORMAL_CLEARING", by=HangupBy.PERSON, answered=True)


def test_a_pair_of_which_one_is_gone_is_found(server: Scripted, switch: FreeSwitch) -> None:
    person, agent, connecting = bridged(server, switch)
    server.say(on_bridge(person, 14))
    connecting.get(timeout=LONG_S)
    server.on_command = lambda command: (
        api("true" if person.uuid in command else "false") if command.startswith("api uuid_exists") else None
    )
    switch._audit(switch._up())
    assert switch.wait_unbridged(person, LONG_S) is True
    assert agent.missing


def test_an_agent_who_is_missed_before_the_bridge_was_told_has_talked(
    server: Scripted, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridging, "LOOK_S", LONG_S)  # the audit comes first
    person, agent, connecting = bridged(server, switch)
    found = {
        "Answer-State": "answered",
        "Channel-State": "CS_PARK",
        "Event-Sequence": "20",
        "variable_last_bridge_to": agent.uuid,
        "variable_bridge_hangup_cause": "NORMAL_CLEARING",
    }

    def answers(command: str) -> bytes | None:
        if command.startswith("api uuid_exists"):
            return api("true" if person.uuid in command else "false")
        return api(json.dumps(found)) if command.startswith("api uuid_dump") else None

    server.on_command = answers
    switch._audit(switch._up())
    connecting.get(timeout=LONG_S)
    assert switch.wait_unbridged(person, LONG_S) is True
    assert agent.wait(LONG_S) == CallEnded(cause="NORMAL_CLEARING", by=HangupBy.PERSON, answered=True)
