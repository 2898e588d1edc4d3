"""What the dialer may rely on, of whatever switch: one suite for the virtual switch and for a real FreeSWITCH."""

import shutil
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import gevent
import pytest

from oklik.telephony import port
from oklik.telephony.freeswitch import deadman
from oklik.telephony.freeswitch.probe import probe, run_of
from oklik.telephony.port import (
    Answer,
    CallEnded,
    CallGone,
    Fate,
    Finished,
    Gather,
    HangupBy,
    Keys,
    Playback,
    Record,
    Recorded,
    RecordingEnd,
    Refused,
    Ringing,
    Stopped,
    SwitchError,
    SwitchLost,
    SwitchRefused,
    WaitTimeout,
)
from support.patience import LONG_S, in_time, slowness
from support.switch_lab import Lab, the_end, until_last

Silence = dict[int, str]


def question(*files: str, allowed: str = "123", low: int = 1, high: int = 1, **more: object) -> Gather:
    options: dict[str, object] = {"terminators": "#", "timeout_s": 5.0, "digit_timeout_s": 1.5, "barge_in": True}
    return Gather(files=files, allowed=allowed, min_digits=low, max_digits=high, **(options | more))


# -- what becomes of a call ---------------------------------------------------------------------------------


def test_answered_and_hung_up_by_us(lab: Lab) -> None:
    call = lab.dial("08")
    assert [type(event) for event in until_last(call)] == [Ringing, Answer]
    gevent.sleep(lab.real(1))
    call.hangup()
    end = the_end(call)
    assert (end.cause, end.q850, end.by) == ("NORMAL_CLEARING", 16, HangupBy.US)
    assert end.answered and end.channel and end.sent
    assert 0.2 <= end.ring_s <= 1.5 + lab.slack
    assert 0.9 <= end.talk_s <= 3.0 + lab.slack
    call.hangup()  # a leg that is gone already is no error
    with pytest.raises(CallGone):
        call.start(Playback(files=("/x/a.wav",)))
    with pytest.raises(CallGone):
        call.wait(1)


def test_the_person_hangs_up(lab: Lab) -> None:
    call = lab.answered("05")
    end = the_end(call)
    assert (end.cause, end.by, end.answered, end.sip_status) == ("NORMAL_CLEARING", HangupBy.PERSON, True, 200)
    assert 2.7 <= end.talk_s <= 4.0 + lab.slack


@pytest.mark.parametrize(
    ("role", "cause", "q850", "status"),
    [
        ("00", "USER_BUSY", 17, 486),
        ("02", "UNALLOCATED_NUMBER", 1, 404),
        ("03", "NORMAL_TEMPORARY_FAILURE", 41, 503),
        ("04", "NO_USER_RESPONSE", 18, 480),
        ("07", "CALL_REJECTED", 21, 603),
    ],
)
def test_refused(lab: Lab, role: str, cause: str, q850: int, status: int) -> None:
    call = lab.dial(role)
    end = the_end(call)
    assert (end.cause, end.q850, end.sip_status) == (cause, q850, status)
    assert end.by is HangupBy.PERSON
    assert end.channel and end.sent and not end.answered
    assert end.talk_s == 0


def test_nobody_answers(lab: Lab) -> None:
    call = lab.dial("01", ring_s=3)
    assert isinstance(call.wait(LONG_S), Ringing)
    end = the_end(call)
    assert (end.cause, end.q850, end.sip_status, end.by) == ("NO_ANSWER", 19, 0, HangupBy.SWITCH)
    assert 1.5 <= end.ring_s <= 4.0 + lab.slack  # the switch counts whole seconds


def test_our_hangup_while_it_rings(lab: Lab) -> None:
    call = lab.dial("01")
    assert isinstance(call.wait(LONG_S), Ringing)
    call.hangup()
    end = the_end(call)
    assert (end.by, end.answered, end.sent) == (HangupBy.US, False, True)
    assert end.cause in ("NORMAL_CLEARING", "ORIGINATOR_CANCEL")


def test_our_hangup_in_the_same_breath_as_the_call(lab: Lab) -> None:
    """The kill may come before there is a channel; it is repeated, and the call ends once."""
    for _ in range(5):
        call = lab.dial("01", ring_s=20)
        call.hangup()
        end = the_end(call)
        assert not end.answered
        assert not lab.switch._calls


@pytest.mark.invariant
def test_a_switch_that_takes_no_calls(lab: Lab) -> None:
    """Paused, full, too many a second, UUID in use: one cause, and no channel.  Our fault, not the contact's."""
    link = lab.switch._up()
    assert link.ask(b"api fsctl pause\n\n").ok
    try:
        end = the_end(lab.dial("08"))
    finally:
        link.ask(b"api fsctl resume\n\n")
    assert (end.cause, end.channel, end.sent, end.answered) == ("DESTINATION_OUT_OF_ORDER", False, True, False)
    assert end.by is HangupBy.SWITCH


@pytest.mark.invariant
def test_a_gateway_that_is_not_there(lab: Lab) -> None:
    if lab.switch.virtual:
        pytest.skip("the virtual switch has every gateway")
    endpoint = "sofia/gateway/nosuchgateway/79160000008"
    call = lab.switch.originate(port.Dial(uuid=str(uuid4()), endpoint=endpoint, caller_id=""))
    end = the_end(call)
    assert (end.cause, end.channel, end.sent, end.answered) == ("INVALID_GATEWAY", False, True, False)


def test_the_longest_call_is_ended_by_the_switch(lab: Lab) -> None:
    call = lab.dial("08", max_s=10)
    until_last(call)
    end = the_end(call)
    assert (end.cause, end.by) == ("ALLOTTED_TIMEOUT", HangupBy.SWITCH)
    assert 8.5 <= end.talk_s <= 11.5 + lab.slack


@pytest.mark.invariant
def test_an_impossible_field_sends_nothing(lab: Lab) -> None:
    with pytest.raises(SwitchError, match="endpoint"):
        lab.switch.originate(port.Dial(uuid=str(uuid4()), endpoint="sofia/gateway/pstn/1,error/x", caller_id=""))


# -- instructions -------------------------------------------------------------------------------------------


def test_playback_to_the_end(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    for files, loops, seconds in (((silence[1],), 1, 1), ((silence[1], silence[2]), 1, 3), ((silence[1],), 3, 3)):
        started = time.monotonic()
        assert call.start(Playback(files=files, loops=loops)).wait(LONG_S) == Finished()
        took = (time.monotonic() - started) * lab.speed
        assert seconds - 0.2 <= took <= seconds + 0.5 + lab.slack


def test_instructions_queue(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    started = time.monotonic()
    tickets = [call.start(Playback(files=(silence[1],))) for _ in range(3)]
    order = []
    for number, ticket in enumerate(tickets):
        gevent.spawn(lambda number=number, ticket=ticket: (ticket.wait(LONG_S), order.append(number)))
    assert tickets[2].wait(LONG_S) == Finished()
    gevent.sleep(0)
    assert order == [0, 1, 2]
    assert (time.monotonic() - started) * lab.speed >= 2.7


def test_a_missing_file_is_refused(lab: Lab) -> None:
    call = lab.answered("08")
    assert isinstance(call.start(Playback(files=("/tmp/there-is-none.wav",))).wait(LONG_S), Refused)
    assert isinstance(call.start(question("/tmp/there-is-none.wav")).wait(LONG_S), Refused)
    assert call.start(question(timeout_s=1.0)).wait(LONG_S) == Keys(keys="", complete=False)


def test_the_person_leaves_in_the_middle_of_a_prompt(lab: Lab, silence: Silence) -> None:
    call = lab.answered("05")
    ticket = call.start(Playback(files=(silence[8],)))
    assert ticket.wait(LONG_S) == Stopped(gone=True)
    assert the_end(call).by is HangupBy.PERSON


def test_the_person_leaves_in_the_middle_of_a_question(lab: Lab, silence: Silence) -> None:
    call = lab.answered("05")
    assert call.start(question(silence[8])).wait(LONG_S) == Stopped(gone=True)
    assert the_end(call).by is HangupBy.PERSON


def test_our_hangup_stops_what_runs_and_what_waits(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    tickets = [call.start(Playback(files=(silence[8],))) for _ in range(2)]
    gevent.sleep(lab.real(0.5))
    call.hangup()
    assert the_end(call).by is HangupBy.US
    assert [ticket.wait(LONG_S) for ticket in tickets] == [Stopped(gone=True)] * 2


def test_music_until_it_is_stopped(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    music = call.start(Playback(files=(silence[1],), loops=0))
    with pytest.raises(WaitTimeout):
        music.wait(lab.real(3.5))
    started = time.monotonic()
    music.cancel()
    assert music.wait(LONG_S) == Stopped(gone=False)
    in_time(time.monotonic() - started, 0.6 * slowness())
    started = time.monotonic()
    assert call.start(Playback(files=(silence[1],))).wait(LONG_S) == Finished()  # nothing of it is left in the line
    assert (time.monotonic() - started) * lab.speed < 2.0 + lab.slack


def test_a_stop_at_once(lab: Lab, silence: Silence) -> None:
    """Between the command and the beginning of the sound there are some 20 ms."""
    call = lab.answered("08")
    for _ in range(3):
        ticket = call.start(Playback(files=(silence[8],)))
        ticket.cancel()
        assert ticket.wait(LONG_S) == Stopped(gone=False)
    started = time.monotonic()
    assert call.start(Playback(files=(silence[1],))).wait(LONG_S) == Finished()
    assert (time.monotonic() - started) * lab.speed < 2.0 + lab.slack


def test_stopping_the_first_of_two(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    first, second = (call.start(Playback(files=(silence[seconds],))) for seconds in (8, 1))
    gevent.sleep(lab.real(0.5))
    first.cancel()
    assert first.wait(LONG_S) == Stopped(gone=False)
    assert second.wait(LONG_S) == Finished()


# -- keys -----------------------------------------------------------------------------------------------------
# Number 06 presses 1 at 3, 6, 9 ... seconds after the answer.


def test_a_key_stops_the_prompt(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    started = time.monotonic()
    assert call.start(question(silence[8])).wait(LONG_S) == Keys(keys="1")
    assert (time.monotonic() - started) * lab.speed < 4 + lab.slack


def test_a_key_after_the_prompt(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(question(silence[1])).wait(LONG_S) == Keys(keys="1")


def test_without_barge_in_keys_in_the_prompt_are_lost(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    started = time.monotonic()
    assert call.start(question(silence[4], barge_in=False)).wait(LONG_S) == Keys(keys="1")
    assert (time.monotonic() - started) * lab.speed > 5  # the one of second 6


def test_too_few_keys(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(question(silence[1], low=3, high=3)).wait(LONG_S) == Keys(keys="1", complete=False)


def test_several_keys(lab: Lab) -> None:
    call = lab.answered("06")
    assert call.start(question(low=2, high=2, digit_timeout_s=5.0)).wait(LONG_S) == Keys(keys="11")
    # enough, and the time between keys ran out
    assert call.start(question(low=1, high=4, digit_timeout_s=1.0)).wait(LONG_S) == Keys(keys="1")


def test_a_key_that_means_nothing_arrives_all_the_same(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(question(silence[1], allowed="23")).wait(LONG_S) == Keys(keys="1")


def test_only_a_terminator(lab: Lab) -> None:
    call = lab.answered("06")
    assert call.start(question(low=1, high=4, terminators="1")).wait(LONG_S) == Keys(keys="", complete=False)


def test_no_key(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    started = time.monotonic()
    assert call.start(question(silence[1], timeout_s=2.0)).wait(LONG_S) == Keys(keys="", complete=False)
    assert 2.5 <= (time.monotonic() - started) * lab.speed <= 4.5 + lab.slack


def test_an_answer_is_not_taken_for_the_next_question(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(question(silence[1])).wait(LONG_S) == Keys(keys="1")
    assert call.start(question(timeout_s=1.0)).wait(LONG_S) == Keys(keys="", complete=False)
    assert call.start(question(allowed="23")).wait(LONG_S) == Keys(keys="1")
    assert call.start(question(timeout_s=1.0)).wait(LONG_S) == Keys(keys="", complete=False)


def test_a_question_is_stopped(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    for files in ((), (silence[8],)):
        ticket = call.start(question(*files, timeout_s=9.0))
        gevent.sleep(lab.real(0.5))
        ticket.cancel()
        assert ticket.wait(LONG_S) == Stopped(gone=False)


# Number 61 presses 1 and 5 in one breath, 3 seconds after the answer.


def took(lab: Lab, started: float) -> float:
    return (time.monotonic() - started) * lab.speed


def test_an_early_key_counts_for_a_question_that_keeps_them(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished()
    started = time.monotonic()
    assert call.start(question(silence[8], early=True)).wait(LONG_S) == Keys(keys="1")
    assert took(lab, started) < 1 + lab.slack, "nothing of the question is heard"
    assert call.start(question(timeout_s=1.0, early=True)).wait(LONG_S) == Keys(keys="", complete=False), (
        "it counts once"
    )


def test_an_early_key_is_dropped_otherwise(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished()
    assert call.start(question(timeout_s=1.0)).wait(LONG_S) == Keys(keys="", complete=False)


def test_an_early_key_begins_a_longer_answer(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished()
    asked = question(silence[8], low=1, high=4, digit_timeout_s=5.0, terminators="", early=True)
    started = time.monotonic()
    ticket = call.start(asked)
    assert ticket.wait(LONG_S) == Keys(keys="1111"), "the second one cuts nothing short any more"
    assert took(lab, started) < 9 + lab.slack
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished()
    started = time.monotonic()
    short = question(silence[8], low=2, high=4, digit_timeout_s=1.0, early=True)
    assert call.start(short).wait(LONG_S) == Keys(keys="1", complete=False)
    assert took(lab, started) < 2.5 + lab.slack, "its time is that between keys"


def test_early_keys_without_barge_in_count_behind_the_prompt(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    started = time.monotonic()
    assert call.start(question(silence[4], barge_in=False, early=True)).wait(LONG_S) == Keys(keys="1")
    assert 3.7 <= took(lab, started) <= 5 + lab.slack, "it is heard to its end, and the key of second 3 counts"


@pytest.mark.parametrize("early", [True, False])
def test_the_second_key_of_a_burst(lab: Lab, silence: Silence, early: bool) -> None:
    call = lab.answered("61")
    assert call.start(question(silence[8], allowed="15")).wait(LONG_S) == Keys(keys="1")
    gevent.sleep(lab.real(1.0))
    started = time.monotonic()
    rest = call.start(question(allowed="15", timeout_s=2.0, early=early)).wait(LONG_S)
    assert rest == (Keys(keys="5") if early else Keys(keys="", complete=False))
    assert not early or took(lab, started) < 1 + lab.slack


def test_a_key_ends_the_music(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    started = time.monotonic()
    assert call.start(Playback(files=(silence[1],), loops=0, ends="1#")).wait(LONG_S) == Keys(keys="1")
    assert took(lab, started) < 4 + lab.slack
    started = time.monotonic()
    assert call.start(question(silence[1], timeout_s=0.5, early=True)).wait(LONG_S) == Keys(keys="", complete=False)
    assert took(lab, started) > 1, "the key is used up"


def test_other_keys_end_no_music_and_count_for_nothing(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    music = call.start(Playback(files=(silence[1],), loops=0, ends="*"))
    with pytest.raises(WaitTimeout):
        music.wait(lab.real(4))
    music.cancel()
    assert music.wait(LONG_S) == Stopped(gone=False)
    assert call.start(question(timeout_s=0.5, early=True)).wait(LONG_S) == Keys(keys="", complete=False)


def test_a_key_ends_a_prompt_that_says_so(lab: Lab, silence: Silence) -> None:
    call = lab.answered("06")
    assert call.start(Playback(files=(silence[8],), ends="1")).wait(LONG_S) == Keys(keys="1")
    started = time.monotonic()
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished(), "the next one hears no key"
    assert took(lab, started) > 3.7


# -- at most once ---------------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_the_same_uuid_is_dialed_once(lab: Lab) -> None:
    uuid = str(uuid4())
    assert the_end(lab.dial("00", uuid=uuid)).cause == "USER_BUSY"
    second = the_end(lab.dial("00", uuid=uuid))
    assert (second.cause, second.channel) == ("OKLIK_DUPLICATE", False)
    assert second.sent  # an earlier send may have dialed: this proves nothing


@pytest.mark.invariant
def test_a_barred_uuid_is_never_dialed(lab: Lab) -> None:
    uuid = str(uuid4())
    assert lab.switch.fates([uuid]) == {uuid: Fate.NEVER_DIALED}
    assert lab.switch.fates([uuid]) == {uuid: Fate.NEVER_DIALED}
    assert the_end(lab.dial("08", uuid=uuid)).cause == "OKLIK_DUPLICATE"


@pytest.mark.invariant
def test_a_replaced_dialer_dials_no_more(lab: Lab) -> None:
    newer = lab.connect(epoch=2)
    end = the_end(lab.dial("08"))
    assert (end.cause, end.sent, end.channel) == ("OKLIK_STALE_EPOCH", False, False)
    with pytest.raises(SwitchRefused, match="newer dialer"):
        lab.connect(epoch=1)
    assert newer.connected


@pytest.mark.invariant
def test_whoever_only_asks_which_run_it_is_replaces_nobody(lab: Lab) -> None:
    assert run_of(lab.proxy.host, lab.proxy.port, lab.password) == lab.switch.core_uuid
    assert the_end(lab.dial("00")).cause == "USER_BUSY"


@pytest.mark.invariant
def test_fates(lab: Lab) -> None:
    live = lab.answered("08")
    gone = lab.dial("00")
    the_end(gone)
    never = str(uuid4())
    uuids = [live.uuid, gone.uuid, never, *(str(uuid4()) for _ in range(120))]
    fates = lab.switch.fates(uuids)
    assert fates.pop(live.uuid) is Fate.LIVE
    assert fates.pop(gone.uuid) is Fate.DIALED_AND_GONE
    assert set(fates.values()) == {Fate.NEVER_DIALED}
    assert len(fates) == 121
    assert lab.switch.fates([never], sent_under=str(uuid4())) == {never: Fate.UNKNOWN}


@pytest.mark.invariant
def test_orphans(lab: Lab) -> None:
    known, orphan = lab.answered("08"), lab.answered("08")
    assert lab.switch.orphans([known.uuid]) == [orphan.uuid]
    other = lab.connect(node=f"other-{uuid4().hex[:8]}")
    assert other.orphans([]) == []  # another node's calls are none of its business
    other.kill(known.uuid)
    assert the_end(known).answered
    lab.switch.kill(str(uuid4()))  # nobody there: no error


# -- transfer -------------------------------------------------------------------------------------------------


def test_bridge_and_the_agent_leaves(lab: Lab, silence: Silence) -> None:
    person = lab.answered("08")
    music = person.start(Playback(files=(silence[1],), loops=0))
    agent = lab.answered("51", agent=True)
    lab.switch.bridge(person, agent, 5)
    assert music.wait(LONG_S) == Stopped(gone=False)
    with pytest.raises(WaitTimeout):
        lab.switch.wait_unbridged(person, lab.real(1))
    assert lab.switch.wait_unbridged(person, LONG_S) is True
    assert the_end(agent).by is HangupBy.PERSON
    assert person.start(Playback(files=(silence[1],))).wait(LONG_S) == Finished()  # the call goes on


def test_bridge_and_we_end_the_agent(lab: Lab) -> None:
    person, agent = lab.answered("08"), lab.answered("50", agent=True)
    lab.switch.bridge(person, agent, 5)
    agent.hangup()
    assert lab.switch.wait_unbridged(person, LONG_S) is True
    assert the_end(agent).by is HangupBy.US


def test_bridge_and_the_person_leaves(lab: Lab) -> None:
    person = lab.dial("05")
    agent = lab.answered("50", agent=True)
    until_last(person)
    lab.switch.bridge(person, agent, 5)
    assert lab.switch.wait_unbridged(person, LONG_S) is False
    assert the_end(person).by is HangupBy.PERSON
    assert the_end(agent).answered  # it is not left alone


def test_a_ringing_agent_is_not_bridged(lab: Lab) -> None:
    person, agent = lab.answered("08"), lab.dial("01", agent=True)
    assert isinstance(agent.wait(LONG_S), Ringing)
    with pytest.raises(SwitchError, match="not answered"):
        lab.switch.bridge(person, agent, 5)
    agent.hangup()
    assert isinstance(the_end(agent), CallEnded)
    assert lab.switch.fates([person.uuid]) == {person.uuid: Fate.LIVE}


def test_an_agent_who_is_gone_is_not_bridged(lab: Lab) -> None:
    person, agent = lab.answered("08"), lab.answered("50", agent=True)
    agent.hangup()
    the_end(agent)
    with pytest.raises(CallGone):
        lab.switch.bridge(person, agent, 5)
    assert lab.switch.wait_unbridged(person, LONG_S) is True


def test_the_agent_fails(lab: Lab) -> None:
    person, agent = lab.answered("08"), lab.dial("00", agent=True)
    assert the_end(agent).cause == "USER_BUSY"
    assert lab.switch.fates([person.uuid]) == {person.uuid: Fate.LIVE}


# -- recording ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the switch can write into, whoever it runs as."""
    made = Path(tempfile.mkdtemp(prefix="oklik-rec-"))
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return file.getnframes() / 8000


def test_a_key_ends_a_recording(lab: Lab, folder: Path, silence: Silence) -> None:
    call = lab.answered("06")
    result = call.start(Record(path=str(folder / "a.wav"), max_s=20, terminators="1#")).wait(LONG_S)
    assert isinstance(result, Recorded)
    assert result.by is RecordingEnd.KEY
    assert 1 <= result.seconds <= 4.5 + lab.slack
    assert abs(seconds_of(folder / "a.wav") - result.seconds) < 0.1
    started = time.monotonic()
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished(), "the keys of a recording end no prompt"
    assert (time.monotonic() - started) * lab.speed > 3.7


def test_other_keys_end_no_recording(lab: Lab, folder: Path) -> None:
    call = lab.answered("06")
    result = call.start(Record(path=str(folder / "a.wav"), max_s=5)).wait(LONG_S)
    assert isinstance(result, Recorded)
    assert result.by is RecordingEnd.LIMIT
    assert 4.5 <= result.seconds <= 6 + lab.slack


def test_silence_ends_a_recording(lab: Lab, folder: Path) -> None:
    call = lab.answered("08")
    result = call.start(Record(path=str(folder / "a.wav"), max_s=20, silence_s=2)).wait(LONG_S)
    assert isinstance(result, Recorded)
    assert result.by is RecordingEnd.SILENCE
    assert 1.5 <= result.seconds <= 3 + lab.slack


def test_who_leaves_during_a_recording_keeps_it(lab: Lab, folder: Path) -> None:
    call = lab.answered("05")
    assert call.start(Record(path=str(folder / "a.wav"), max_s=20)).wait(LONG_S) == Stopped(gone=True)
    assert the_end(call).by is HangupBy.PERSON
    assert seconds_of(folder / "a.wav") > 2


def test_a_recording_is_stopped(lab: Lab, folder: Path, silence: Silence) -> None:
    call = lab.answered("06")
    ticket = call.start(Record(path=str(folder / "a.wav"), max_s=20, terminators="1"))
    gevent.sleep(lab.real(1))
    ticket.cancel()
    assert ticket.wait(LONG_S) == Stopped(gone=False)
    started = time.monotonic()
    assert call.start(Playback(files=(silence[4],))).wait(LONG_S) == Finished(), "a key that comes now ends no prompt"
    assert (time.monotonic() - started) * lab.speed > 3.7


def test_a_recording_into_a_folder_that_is_not_there_ends_the_call(lab: Lab, folder: Path) -> None:
    call = lab.answered("08")
    (folder / "file.wav").touch()
    ticket = call.start(Record(path=str(folder / "file.wav" / "a.wav"), max_s=5))
    assert ticket.wait(LONG_S) == Stopped(gone=True)
    assert the_end(call).cause == "DESTINATION_OUT_OF_ORDER"


# -- machines -------------------------------------------------------------------------------------------------


def test_the_beep_of_a_machine_is_heard_beside_what_is_played(lab: Lab, silence: Silence) -> None:
    """On the real switch by tests/live/test_live_machines.py: these callees do not beep."""
    if not lab.switch.virtual:
        pytest.skip("the callees of the live suite do not beep")
    assert lab.switch.hears_beeps()
    heard: list[float] = []
    call = lab.answered("09")
    call.hear_beeps(heard.append)
    ticket = call.start(Playback(files=(silence[8],)))
    assert ticket.wait(20) == Finished(), "nothing is broken off by listening"
    assert [round(hertz) for hertz in heard] == [1000]


def test_who_listens_no_more_hears_nothing(lab: Lab, silence: Silence) -> None:
    if not lab.switch.hears_beeps():
        pytest.skip("mod_avmd is not loaded")
    heard: list[float] = []
    call = lab.answered("09")
    call.hear_beeps(heard.append)
    call.hear_beeps(None)
    assert call.start(Playback(files=(silence[8],))).wait(20) == Finished()
    assert heard == []


# -- the connection -------------------------------------------------------------------------------------------


def test_whether_the_switch_finds_a_file(lab: Lab, silence: Silence) -> None:
    """Asked before a campaign: a folder that is closed to the switch's user would mean silence for everybody."""
    there = Path(silence[1])
    where = (lab.proxy.host, lab.proxy.port, lab.password)
    assert probe(*where, file=str(there)).virtual is (lab.speed != 1.0)
    with pytest.raises(SwitchRefused) as refused:
        probe(*where, file=str(there.with_name("nowhere.wav")))
    assert refused.value.reason == "file"


def test_whether_the_switch_can_make_a_file(lab: Lab, folder: Path) -> None:
    """Asked before a campaign that records: what the answer is for a folder a recording into it is, too."""
    where = (lab.proxy.host, lab.proxy.port, lab.password)
    assert probe(*where, new_file=str(folder / "new.wav")).virtual is (lab.speed != 1.0)
    assert (folder / "new.wav").exists()
    with pytest.raises(SwitchRefused) as refused:
        probe(*where, new_file=str(folder / "nowhere" / "new.wav"))
    assert refused.value.reason == "new_file"


def test_a_cut_and_the_way_back(lab: Lab, silence: Silence) -> None:
    restored = gevent.event.Event()
    lab.switch.on_restored(restored.set)
    stays, ringing = lab.answered("08"), lab.dial("01")
    leaves = lab.answered("05")
    assert isinstance(ringing.wait(LONG_S), Ringing)
    ticket = stays.start(Playback(files=(silence[8],)))
    waits = [gevent.spawn(lambda one=one: one.wait(LONG_S)) for one in (ticket, stays, ringing, leaves)]
    gevent.sleep(0.1)
    lab.proxy.down = True
    lab.proxy.cut()
    cut_at = time.monotonic()
    gevent.joinall(waits, timeout=LONG_S)
    in_time(time.monotonic() - cut_at, 0.1 * slowness())
    assert [type(wait.exception) for wait in waits] == [SwitchLost] * 4
    with pytest.raises(SwitchLost):
        lab.dial("08")
    with pytest.raises(SwitchLost):
        stays.start(Playback(files=(silence[1],)))
    with pytest.raises(SwitchLost):
        lab.switch.fates([str(uuid4())])
    gevent.sleep(lab.real(4))  # in the meantime one person leaves
    lab.proxy.down = False
    assert restored.wait(LONG_S)
    assert leaves.wait(LONG_S) == CallEnded(cause="LOST", answered=True)
    assert lab.switch.orphans([stays.uuid, ringing.uuid]) == []
    stays.start(Playback(files=(silence[1],))).wait(LONG_S)
    ringing.hangup()
    assert the_end(ringing).by is HangupBy.US


def test_an_answer_in_the_gap_arrives_after_it(lab: Lab) -> None:
    restored = gevent.event.Event()
    lab.switch.on_restored(restored.set)
    call = lab.dial("10")
    assert isinstance(call.wait(LONG_S), Ringing)
    lab.proxy.down = True
    lab.proxy.cut()
    with pytest.raises(SwitchLost):
        call.wait(LONG_S)
    gevent.sleep(lab.real(4))  # in the meantime the person answers
    lab.proxy.down = False
    assert restored.wait(LONG_S)
    assert isinstance(until_last(call, 10)[-1], Answer)
    call.hangup()
    assert the_end(call).answered


def test_the_dead_man_ends_the_calls_of_a_dialer_that_is_gone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadman, "DEADMAN_S", 2)
    monkeypatch.setattr(deadman, "DEADMAN_EVERY_S", 0.5)
    onlooker = lab.connect(node=f"onlooker-{uuid4().hex[:8]}")
    dying = lab.connect(epoch=2)
    call = dying.originate(port.Dial(uuid=str(uuid4()), endpoint=lab._dial.format("08"), caller_id="", max_s=600))
    until_last(call)
    gevent.sleep(3.0)  # put off again and again
    assert onlooker.fates([call.uuid]) == {call.uuid: Fate.LIVE}
    gevent.killall(dying._greenlets)  # as if its process had been stopped
    gevent.sleep(3.2)
    gone = Fate.DIALED_AND_GONE if onlooker._takes else Fate.UNKNOWN  # without the script a claim is all that is known
    assert onlooker.fates([call.uuid]) == {call.uuid: gone}
    assert the_end(call).cause == "ALLOTTED_TIMEOUT"


def test_leaving_in_order_leaves_the_calls_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadman, "DEADMAN_S", 3)
    leaving = lab.connect(epoch=2)
    call = leaving.originate(port.Dial(uuid=str(uuid4()), endpoint=lab._dial.format("08"), caller_id="", max_s=600))
    until_last(call)
    leaving.close()
    gevent.sleep(4.0)
    onlooker = lab.connect(node=f"onlooker-{uuid4().hex[:8]}")
    assert onlooker.fates([call.uuid]) == {call.uuid: Fate.LIVE}
    onlooker.kill(call.uuid)
