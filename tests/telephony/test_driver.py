"""The driver against a switch that does things in awkward orders: races, losses, restarts, repeats."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import gevent
import pytest

from oklik.esl.events import WANTED_CUSTOM, WANTED_EVENTS
from oklik.telephony.freeswitch import FreeSwitch, call, connect, driver, inquiry, recovery
from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import (
    Answer,
    CallEnded,
    CallGone,
    Dial,
    Fate,
    Finished,
    Gather,
    HangupBy,
    Keys,
    Playback,
    Record,
    Refused,
    Ringing,
    Stopped,
    SwitchError,
    SwitchLost,
    SwitchRefused,
    SwitchUnreachable,
    WaitTimeout,
)
from support import transcripts
from support.scripted import Scripted, api, event, job, reply

pytestmark = pytest.mark.integration

FILE = "/p/" + "a" * 64 + ".wav"


@pytest.fixture
def server() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.stop()


@pytest.fixture
def switch(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[FreeSwitch]:
    monkeypatch.setattr(driver, "RETRY_FIRST_S", 0.02)
    monkeypatch.setattr(driver, "RETRY_MAX_S", 0.1)
    monkeypatch.setattr(inquiry, "SECOND_LOOK_S", 0.02)
    monkeypatch.setattr(call, "JOB_GRACE_S", 0.05)
    monkeypatch.setattr(call, "STOP_GRACE_S", FOR_EVER_S)
    monkeypatch.setattr(call, "KILL_AGAIN_S", 0.01)
    monkeypatch.setattr(call, "LATE_S", 0.05)
    made = connect(server.host, server.port, "secret", node="n1", epoch=5, roots=["/"])
    yield made
    made.close()


def dialed(switch: FreeSwitch, **options: int) -> FsCall:
    return switch.originate(
        Dial(uuid=str(uuid4()), endpoint="sofia/gateway/pstn/+79161234567", caller_id="", **options)
    )


FOR_EVER_S = 60.0  # deadlines that nothing here may reach


def park(one: FsCall, state: str = "answered") -> bytes:
    return event("CHANNEL_PARK", Unique__ID=one.uuid, Answer__State=state)


def complete(one: FsCall, execution: str, **fields: str) -> bytes:
    return event("CHANNEL_EXECUTE_COMPLETE", Unique__ID=one.uuid, Application__UUID=execution, **fields)


def hangup(one: FsCall, cause: str = "NORMAL_CLEARING", **fields: str) -> bytes:
    return event("CHANNEL_HANGUP_COMPLETE", Unique__ID=one.uuid, Hangup__Cause=cause, **fields)


def up(server: Scripted, switch: FreeSwitch) -> FsCall:
    one = dialed(switch)
    server.say(event("CHANNEL_PROGRESS", Unique__ID=one.uuid), job(one.uuid, f"+OK {one.uuid}\n"), park(one))
    assert [one.wait(FOR_EVER_S), one.wait(FOR_EVER_S)] == [Ringing(), Answer()]
    return one


def answers(server: Scripted, beginning: str, frame: bytes) -> None:
    server.on_command = lambda command: frame if command.startswith(beginning) else None


# -- connecting -----------------------------------------------------------------------------------------------


def test_what_is_said_at_the_beginning(server: Scripted, switch: FreeSwitch) -> None:
    assert server.commands == [
        "auth secret",
        "api version",
        "api global_getvar core_uuid",
        "event json " + " ".join([*WANTED_EVENTS, "CUSTOM", *WANTED_CUSTOM]),
        "api lua oklik.lua epoch n1 5",
        "api lua oklik.lua version",
        "api sched_del oklik1-n1",
        "api sched_api +60 oklik1-n1 hupall ALLOTTED_TIMEOUT oklik_node n1",
        "api sched_del oklik0-n1",
    ]
    assert switch.core_uuid == server.core
    assert switch.virtual is False


@pytest.mark.parametrize(
    ("command", "frame", "message"),
    [
        ("api ", api("-ERR x Command not found!\n"), "guard script.*mod_lua.*mod_hash"),
        ("api lua", api("-ERR what?\n"), "guard script"),
        ("api lua", api("-ERR OKLIK_STALE_EPOCH\n"), "newer dialer"),
        ("api lua oklik.lua version", api("-ERR OKLIK_BAD_ARGUMENT\n"), "is of version 1, and .* copy .*oklik.lua"),
        ("api lua oklik.lua version", api("+OK 1\n"), "is of version 1, and"),
        ("event json", reply("-ERR no keywords supplied"), "no events"),
        ("api sched_api", api("-ERR sched_api Command not found!\n"), "dead-man"),
    ],
)
def test_a_switch_that_cannot_be_used(server: Scripted, command: str, frame: bytes, message: str) -> None:
    answers(server, command, frame)
    with pytest.raises(SwitchRefused, match=message) as refused:
        connect(server.host, server.port, "secret", node="n1", epoch=5)
    assert "\n" not in str(refused.value)
    reason = "guard_old" if "of version" in message else "guard" if "guard" in message else "other"
    assert refused.value.reason == reason


def test_a_script_newer_than_this_program_is_worked_with(server: Scripted) -> None:
    answers(server, "api lua oklik.lua version", api("+OK 99\n"))
    connect(server.host, server.port, "secret", node="n1", epoch=5).close()


def test_real_or_virtual_can_be_insisted_on(server: Scripted) -> None:
    with pytest.raises(SwitchRefused, match="a real switch"):
        connect(server.host, server.port, "secret", node="n1", epoch=5, virtual=True)
    answers(server, "api version", api("oklik virtual switch 1\n"))
    with pytest.raises(SwitchRefused, match="the virtual switch"):
        connect(server.host, server.port, "secret", node="n1", epoch=5, virtual=False)


def test_a_switch_that_stops_talking_in_the_middle(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def drop(command: str) -> bytes | None:
        if command.startswith("api lua"):
            server.drop()
        return None

    server.on_command = drop
    with pytest.raises(SwitchUnreachable):
        connect(server.host, server.port, "secret", node="n1", epoch=5)


def test_impossible_node(server: Scripted) -> None:
    with pytest.raises(SwitchRefused, match="node"):
        connect(server.host, server.port, "secret", node="a b", epoch=5)


def test_the_dead_man_is_put_off_new_before_old(server: Scripted, switch: FreeSwitch) -> None:
    server.commands.clear()
    for _ in range(2):
        switch._deadman.arm(switch._up())
    assert [command.split(" ")[1:4] for command in server.commands] == [
        ["sched_del", "oklik0-n1"],
        ["sched_api", "+60", "oklik0-n1"],
        ["sched_del", "oklik1-n1"],
        ["sched_del", "oklik1-n1"],
        ["sched_api", "+60", "oklik1-n1"],
        ["sched_del", "oklik0-n1"],
    ]


def test_who_was_replaced_leaves_the_next_one_s_dead_man_alone(server: Scripted, switch: FreeSwitch) -> None:
    server.commands.clear()
    switch.close(replaced=True)
    assert server.commands == ["exit"]


def test_closing_disarms_and_leaves(server: Scripted, switch: FreeSwitch) -> None:
    server.commands.clear()
    switch.close()
    assert server.commands == ["api sched_del oklik0-n1", "api sched_del oklik1-n1", "exit"]
    with pytest.raises(SwitchLost):
        dialed(switch)
    switch.close()


def test_a_leg_that_was_hung_up_in_vain_keeps_the_dead_man(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    one.hangup()
    server.seen(f"api uuid_kill {one.uuid}")
    server.commands.clear()
    switch.close()
    assert not [command for command in server.commands if "sched_del" in command]
    assert server.commands[-1] == "exit"


def test_a_leg_that_has_ended_keeps_it_no_longer(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    one.hangup()
    server.say(hangup(one))
    assert isinstance(one.wait(FOR_EVER_S), CallEnded)
    switch.close()
    assert len([command for command in server.commands if command.startswith("api sched_del")]) >= 2
    assert server.commands[-3:] == ["api sched_del oklik0-n1", "api sched_del oklik1-n1", "exit"]


def test_many_legs_are_hung_up_without_a_round_trip_for_each(server: Scripted, switch: FreeSwitch) -> None:
    """The switch answers none before it has them all: so far away is it."""
    uuids = [str(uuid4()) for _ in range(150)]
    kills: list[str] = []

    def far(command: str) -> bytes | None:
        if not command.startswith("api uuid_kill "):
            return None
        kills.append(command)
        return api("-ERR No such channel!\n") * len(kills) if len(kills) == len(uuids) else b""

    server.on_command = far
    switch.kill(*uuids)
    assert [command.split(" ")[2].strip() for command in kills] == uuids


# -- the end of a call, once, in whatever order it is told ---------------------------------------------------

REFUSED = {"Answer__State": "hangup", "var_hangup_cause_q850": "17", "var_sip_term_status": "486"}


@pytest.mark.parametrize("job_first", [True, False])
def test_job_and_hangup_in_either_order(server: Scripted, switch: FreeSwitch, job_first: bool) -> None:
    one = dialed(switch)
    frames = [job(one.uuid, "-ERR USER_BUSY\n"), hangup(one, "USER_BUSY", **REFUSED)]
    server.say(*(frames if job_first else frames[::-1]))
    end = one.wait(FOR_EVER_S)
    assert isinstance(end, CallEnded)
    assert (end.cause, end.q850, end.sip_status, end.channel) == ("USER_BUSY", 17, 486, True)
    with pytest.raises(CallGone):
        one.wait(0.2)


def test_a_job_without_a_channel(server: Scripted, switch: FreeSwitch) -> None:
    one = dialed(switch)
    server.say(job(one.uuid, "-ERR DESTINATION_OUT_OF_ORDER\n"))
    assert one.wait(FOR_EVER_S) == CallEnded(cause="DESTINATION_OUT_OF_ORDER", channel=False, by=HangupBy.SWITCH)


def test_a_job_whose_hangup_event_was_lost(server: Scripted, switch: FreeSwitch) -> None:
    one = dialed(switch)
    server.say(event("CHANNEL_PROGRESS", Unique__ID=one.uuid), job(one.uuid, "-ERR NO_ANSWER\n"))
    assert [one.wait(FOR_EVER_S), one.wait(FOR_EVER_S)] == [Ringing(), CallEnded(cause="NO_ANSWER", channel=True)]


@pytest.mark.parametrize(
    ("body", "cause", "sent"),
    [
        ("-ERR OKLIK_DUPLICATE\n", "OKLIK_DUPLICATE", True),
        ("-ERR OKLIK_STALE_EPOCH\n", "OKLIK_STALE_EPOCH", False),
        ("-ERR OKLIK_BAD_ARGUMENT\n", "OKLIK_BAD_ARGUMENT", False),
        ("-ERR lua Command not found!\n", "OKLIK_NO_GUARD", False),
        ("-ERR Cannot execute script\n", "OKLIK_NO_GUARD", False),
        ("-USAGE: <call url> ...\n", "DESTINATION_OUT_OF_ORDER", True),
        ("", "DESTINATION_OUT_OF_ORDER", True),
        ("-ERR we are\nnot a CAUSE\n", "DESTINATION_OUT_OF_ORDER", True),
    ],
)
def test_what_the_guard_reports(server: Scripted, switch: FreeSwitch, body: str, cause: str, sent: bool) -> None:
    one = dialed(switch)
    server.say(job(one.uuid, body))
    end = one.wait(FOR_EVER_S)
    assert isinstance(end, CallEnded)
    assert (end.cause, end.sent, end.channel) == (cause, sent, False)


def test_a_job_that_is_not_taken(server: Scripted, switch: FreeSwitch) -> None:
    answers(server, "bgapi", reply("-ERR no thread"))
    end = dialed(switch).wait(FOR_EVER_S)
    assert isinstance(end, CallEnded)
    assert not end.sent


def test_times_and_who_hung_up(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    times = {
        "Caller__Channel__Created__Time": "1795308315961252",
        "Caller__Channel__Answered__Time": "1795308316261230",
        "Caller__Channel__Hangup__Time": "1795308319281226",
    }
    server.say(hangup(one, var_sip_hangup_disposition="recv_bye", **times))
    assert one.wait(FOR_EVER_S) == CallEnded(
        cause="NORMAL_CLEARING", sip_status=200, by=HangupBy.PERSON, answered=True, ring_s=0.3, talk_s=3.02
    )


def test_a_kill_that_comes_too_early_is_repeated(server: Scripted, switch: FreeSwitch) -> None:
    replies = [api("-ERR No such channel!\n")] * 2 + [api("+OK\n")] * 9
    server.on_command = lambda command: replies.pop(0) if command.startswith("api uuid_kill") else None
    one = dialed(switch)
    one.hangup()
    server.seen("api uuid_kill", count=3)
    server.say(hangup(one, var_hangup_cause_q850="16"))
    end = one.wait(FOR_EVER_S)
    assert isinstance(end, CallEnded)
    assert end.by is HangupBy.US
    switch._up().ask(b"api version\n\n")  # what was on its way before it is there
    count = len(server.seen("api uuid_kill"))
    gevent.sleep(0.2)
    assert len(server.seen("api uuid_kill")) == count


def test_a_kill_that_crosses_the_answer(server: Scripted, switch: FreeSwitch) -> None:
    """After +OK of the kill the job can still say +OK and the leg still park: no Answer then, but the end."""
    one = dialed(switch)
    one.hangup()
    server.seen("api uuid_kill")
    server.say(job(one.uuid, f"+OK {one.uuid}\n"), park(one))
    server.seen("api uuid_kill", count=2)
    server.say(hangup(one))
    assert isinstance(one.wait(FOR_EVER_S), CallEnded)


def test_early_media_is_no_answer(server: Scripted, switch: FreeSwitch) -> None:
    one = dialed(switch)
    server.say(event("CHANNEL_PROGRESS_MEDIA", Unique__ID=one.uuid), park(one, "early"))
    assert one.wait(FOR_EVER_S) == Ringing(early=True)
    with pytest.raises(WaitTimeout):
        one.wait(0.05)


def test_foreign_events_are_nobodys(server: Scripted, switch: FreeSwitch) -> None:
    one = dialed(switch)
    stranger = {"Unique__ID": str(uuid4())}
    server.say(
        event("CHANNEL_PARK", **stranger, Answer__State="answered"),
        event("CHANNEL_HANGUP_COMPLETE", **stranger, Hangup__Cause="X"),
        event("HEARTBEAT"),
        b"Content-Length: 3\nContent-Type: text/event-json\n\nxyz",
        park(one),
    )
    assert one.wait(FOR_EVER_S) == Answer()


# -- instructions ---------------------------------------------------------------------------------------------


def started(server: Scripted, count: int = 1) -> str:
    return server.seen("sendmsg", count=count)[-1]


def test_executions_are_locked_and_named(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    one.start(Playback(files=(FILE,)))
    assert started(server).split("\n") == [
        f"sendmsg {one.uuid}",
        "call-command: execute",
        "execute-app-name: playback",
        f"execute-app-arg: {FILE}",
        "Event-UUID: q1",
        "event-lock: true",
    ]


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"Application__Response": "FILE PLAYED"}, Finished()),
        ({"Application__Response": "_none_"}, Finished()),
        ({"Application__Response": "FILE PLAYED", "Hangup__Cause": "NORMAL_CLEARING"}, Stopped(gone=True)),
        ({"Application__Response": "FILE NOT FOUND"}, Refused(reason="FILE NOT FOUND")),
    ],
)
def test_how_a_playback_ends(server: Scripted, switch: FreeSwitch, fields: dict[str, str], result: object) -> None:
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,)))
    server.say(complete(one, "nobody's", Application="playback"), complete(one, "q1", Application="playback", **fields))
    assert ticket.wait(FOR_EVER_S) == result
    assert ticket.wait(FOR_EVER_S) == result


def ask(**options: object) -> Gather:
    wanted: dict[str, object] = {
        "files": (FILE,),
        "allowed": "12",
        "min_digits": 2,
        "max_digits": 4,
        "terminators": "#",
        "timeout_s": 5.0,
        "digit_timeout_s": 2.0,
        "barge_in": True,
    }
    return Gather(**(wanted | options))


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"var_okq1": "12", "var_read_result": "success"}, Keys(keys="12")),
        ({"var_okq1": "121", "var_read_result": "timeout"}, Keys(keys="121")),
        ({"var_okq1": "1", "var_read_result": "failure"}, Keys(keys="1", complete=False)),
        ({"var_okq1_invalid": "99", "var_read_result": "success"}, Keys(keys="99")),
        ({"var_read_result": "failure"}, Keys(keys="", complete=False)),
        ({"var_read_result": "success", "var_okq0": "12"}, Keys(keys="", complete=False)),
        ({}, Refused(reason="the prompt could not be played")),
        ({"var_okq1": "1", "Hangup__Cause": "NORMAL_CLEARING"}, Stopped(gone=True)),
    ],
)
def test_how_a_question_ends(server: Scripted, switch: FreeSwitch, fields: dict[str, str], result: object) -> None:
    one = up(server, switch)
    ticket = one.start(ask())
    server.say(complete(one, "q1", Application="play_and_get_digits", **fields))
    assert ticket.wait(FOR_EVER_S) == result


def test_without_barge_in_the_prompt_is_played_first(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    ticket = one.start(ask(barge_in=False))
    first, second = server.seen("sendmsg", count=2)
    assert "playback" in first and FILE in first
    assert "play_and_get_digits" in second and "2 4 1 5000 # silence '' okq2 ^[12]+$ 2000" in second
    server.say(complete(one, "q1", Application="playback", Application__Response="FILE PLAYED"))
    with pytest.raises(WaitTimeout):
        ticket.wait(0.05)
    server.say(complete(one, "q2", Application="play_and_get_digits", var_okq2="12", var_read_result="success"))
    assert ticket.wait(FOR_EVER_S) == Keys(keys="12")


def test_recorded_answers_are_read_right(server: Scripted, switch: FreeSwitch) -> None:
    """The questions of the recording, event by event, with our execution ids and variables in place of theirs."""
    wanted = {"d1": "57", "d2": "123", "d2b": "", "d3": "", "d4": "2", "d5": "8", "d6": "", "d7": "4"}
    whole: dict[str, dict[str, str]] = {}
    for frame in transcripts.received("05-digits.txt")["A"]:
        fields = dict(line.split(": ", 1) for line in frame.partition(b"\n\n")[2].decode().split("\n") if ": " in line)
        if fields.get("Event-Name") == "CHANNEL_EXECUTE_COMPLETE":
            whole[fields["Application-UUID"]] = fields
    one = up(server, switch)
    for number, (name, keys) in enumerate(wanted.items(), 1):
        ticket = one.start(ask(min_digits=3 if name == "d7" else 1))
        fields = {
            header.replace(f"variable_{name}_", f"variable_okq{number}_")
            if header.startswith(f"variable_{name}_")
            else (f"variable_okq{number}" if header == f"variable_{name}" else header): value
            for header, value in whole[name].items()
        } | {"Unique-ID": one.uuid, "Application-UUID": f"q{number}"}
        body = json.dumps(fields).encode()
        server.say(b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body))
        assert ticket.wait(FOR_EVER_S) == Keys(keys=keys, complete=bool(keys) and name != "d7")


def test_many_files_go_in_portions(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,) * 100))
    sent = server.seen("sendmsg", count=2)
    assert sum(command.count(FILE) for command in sent) == 100
    assert all(len(command) < 8192 for command in sent)
    for number in range(1, len(sent) + 1):
        assert not ticket.done
        server.say(complete(one, f"q{number}", Application="playback", Application__Response="FILE PLAYED"))
    assert ticket.wait(FOR_EVER_S) == Finished()


def test_endless_music_is_kept_going_and_stopped(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,), loops=0))
    server.seen("sendmsg", count=2)
    server.say(complete(one, "q1", Application="playback", Application__Response="FILE PLAYED"))
    server.seen("sendmsg", count=3)
    ticket.cancel()
    assert server.seen("api uuid_break") == [f"api uuid_break {one.uuid} all"]
    server.say(complete(one, "q2", Application="playback", Application__Response="FILE PLAYED"))
    assert ticket.wait(FOR_EVER_S) == Stopped(gone=False)
    assert len(server.seen("sendmsg")) == 3
    assert not one._running


def test_a_key_that_comes_while_the_music_is_being_stopped_is_heard(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,), loops=0, ends="*"))
    server.seen("sendmsg", count=2)
    ticket.cancel()
    server.seen("api uuid_break")
    server.say(
        event("DTMF", Unique__ID=one.uuid, DTMF__Digit="*", Event__Sequence="7"),
        complete(one, "q1", Application="playback", Application__Response="FILE PLAYED"),
    )
    assert ticket.wait(FOR_EVER_S) == Keys(keys="*")


def test_a_stop_without_an_event_is_repeated_and_believed(
    server: Scripted, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "STOP_GRACE_S", 0.05)
    one = up(server, switch)
    ticket = one.start(Playback(files=(FILE,)))
    ticket.cancel()
    ticket.cancel()
    assert ticket.wait(FOR_EVER_S) == Stopped(gone=False)
    assert len(server.seen("api uuid_break")) == 2


def test_an_instruction_for_a_leg_that_has_just_gone(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    answers(server, "sendmsg", reply(f"-ERR invalid session id [{one.uuid}]"))
    assert one.start(Playback(files=(FILE,))).wait(FOR_EVER_S) == Stopped(gone=True)


def test_an_impossible_file_is_refused_before_it_is_sent(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    with pytest.raises(SwitchError, match="file"):
        one.start(Playback(files=("shell_stream://rm.wav",)))
    assert not [command for command in server.commands if command.startswith("sendmsg")]
    assert not one._running


# -- the line breaks ------------------------------------------------------------------------------------------


def cut(server: Scripted, switch: FreeSwitch) -> gevent.event.Event:
    restored = gevent.event.Event()
    switch.on_restored(restored.set)
    server.commands.clear()
    server.drop()
    return restored


def test_calls_that_are_gone_after_a_cut(server: Scripted, switch: FreeSwitch) -> None:
    answered, unsure, never = up(server, switch), dialed(switch), dialed(switch)

    def after(command: str) -> bytes | None:
        if command.startswith("api lua oklik.lua bar"):
            assert answered.uuid not in command  # it was alive once: no doubt that it was dialed
            return api(f"{unsure.uuid} dialed\n{never.uuid} barred\n")
        return None

    server.on_command = after
    assert cut(server, switch).wait(FOR_EVER_S)
    assert answered.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)
    assert unsure.wait(FOR_EVER_S) == CallEnded(cause="LOST", channel=False)
    assert never.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_NOT_SENT", channel=False, sent=False)
    assert server.commands[1:7] == [
        "api version",
        "api global_getvar core_uuid",
        server.commands[3],
        "api lua oklik.lua epoch n1 5",
        "api lua oklik.lua version",
        "api sched_del oklik0-n1",
    ]


def test_a_leg_that_was_just_being_dialed_at_the_cut_lives(server: Scripted, switch: FreeSwitch) -> None:
    """The command of the old connection makes the channel behind the first look, and before the guard is asked."""
    one, gone = dialed(switch), dialed(switch)
    asked: list[str] = []

    def after(command: str) -> bytes | None:
        if command.startswith("api uuid_exists"):
            asked.append(command.split()[2])
            return api("true" if asked.count(one.uuid) == 3 and asked[-1] == one.uuid else "false")
        if command.startswith("api lua oklik.lua bar"):
            return api("".join(f"{uuid} dialed\n" for uuid in command.split()[4:]))
        return None

    server.on_command = after
    assert cut(server, switch).wait(FOR_EVER_S)
    assert gone.wait(FOR_EVER_S) == CallEnded(cause="LOST", channel=False)
    assert asked == [one.uuid, gone.uuid] * 3, "a look, and behind the guard's word one now and one a moment later"
    assert one.ended is None
    server.say(hangup(one, "USER_BUSY"), job(one.uuid, "-ERR USER_BUSY\n"))
    ended = one.wait(FOR_EVER_S)
    assert isinstance(ended, CallEnded)
    assert ended.cause == "USER_BUSY"


def test_an_answer_during_the_cut(server: Scripted, switch: FreeSwitch) -> None:
    one = dialed(switch)

    def after(command: str) -> bytes | None:
        if command.startswith("api uuid_exists"):
            return api("true")
        if command.startswith("api uuid_dump"):
            return api(json.dumps({"Unique-ID": one.uuid, "Answer-State": "answered"}))
        return None

    server.on_command = after
    assert cut(server, switch).wait(FOR_EVER_S)
    assert one.wait(FOR_EVER_S) == Answer()
    server.say(park(one))
    with pytest.raises(WaitTimeout):
        one.wait(0.05)


def test_a_hangup_asked_for_before_the_cut_is_repeated_after_it(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    answers(server, "api uuid_exists", api("true"))
    one.asked = True
    assert cut(server, switch).wait(FOR_EVER_S)
    assert server.seen("api uuid_kill") == [f"api uuid_kill {one.uuid}"]


def test_what_was_playing_at_the_cut_is_stopped_after_it(server: Scripted, switch: FreeSwitch) -> None:
    """Else the next instruction would wait behind it, and an old question would eat the keys of the new one."""
    playing, parked = up(server, switch), up(server, switch)
    ticket = playing.start(ask())
    started(server)
    answers(server, "api uuid_exists", api("true"))
    assert cut(server, switch).wait(FOR_EVER_S)
    with pytest.raises(SwitchLost):
        ticket.wait(FOR_EVER_S)
    assert server.seen("api uuid_break") == [f"api uuid_break {playing.uuid} all"]
    assert parked.start(Playback(files=(FILE,))) is not None


def test_it_is_connected_only_when_the_calls_have_been_asked_after(server: Scripted, switch: FreeSwitch) -> None:
    up(server, switch)
    seen = []

    def look(command: str) -> bytes | None:
        seen.append(switch.connected)
        return None

    server.on_command = look
    assert cut(server, switch).wait(FOR_EVER_S)
    assert switch.connected
    assert not any(seen)


def again(switch: FreeSwitch, restored: gevent.event.Event) -> None:
    """Wait until it is connected for good."""
    with gevent.Timeout(FOR_EVER_S):
        restored.wait()
        while not switch.connected:
            gevent.sleep(0.02)


def test_a_switch_that_is_gone_again_right_behind_its_last_reply(server: Scripted, switch: FreeSwitch) -> None:
    """Reply and end come in one piece, and no call is up that would be asked after: it must be seen all the same."""
    closed = 0

    def close_behind_the_last(command: str) -> bytes | None:
        nonlocal closed
        last = [one.split(" ")[1] for one in server.commands[-3:]]
        if closed < 2 and last == ["sched_del", "sched_api", "sched_del"]:
            closed += 1
            server.say(server.usual(command))
            server.drop()
            raise OSError("closed")
        return None

    server.on_command = close_behind_the_last
    again(switch, cut(server, switch))
    assert closed == 2


def test_a_bug_of_ours_on_the_way_back_is_not_the_end(
    server: Scripted, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, calls = recovery.settle, []

    def broken_once(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 1:
            raise KeyError("bug")
        settle(*given)

    monkeypatch.setattr(recovery, "settle", broken_once)
    again(switch, cut(server, switch))
    assert len(calls) == 2


def test_a_bridge_that_ended_during_the_cut(server: Scripted, switch: FreeSwitch) -> None:
    person, agent = up(server, switch), up(server, switch)
    person.peer, agent.peer, person.leads = agent, person, True
    waiting = gevent.spawn(switch.wait_unbridged, person, FOR_EVER_S)
    gevent.sleep(0)
    server.on_command = lambda command: (
        api("true" if person.uuid in command else "false") if command.startswith("api uuid_exists") else None
    )
    assert cut(server, switch).wait(FOR_EVER_S)
    with pytest.raises(SwitchLost):
        waiting.get()
    assert switch.wait_unbridged(person, FOR_EVER_S) is True
    assert agent.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)


def test_a_restart_of_the_switch_ends_all_calls(server: Scripted, switch: FreeSwitch) -> None:
    one, two = up(server, switch), dialed(switch)
    server.core = str(uuid4())
    answers(server, "api uuid_exists", api("true"))  # not even asked
    assert cut(server, switch).wait(FOR_EVER_S)
    assert one.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)
    assert two.wait(FOR_EVER_S) == CallEnded(cause="LOST", channel=False)
    assert not [command for command in server.commands if "uuid_exists" in command]
    assert switch.core_uuid == server.core


def test_a_second_cut_while_the_calls_are_asked_after(server: Scripted, switch: FreeSwitch) -> None:
    """One way back, not two; and a restart is not forgotten over it: the guard's oath would be worth nothing."""
    never = dialed(switch)
    server.core = str(uuid4())
    other = up(server, switch)
    other.core_uuid = server.core  # so that there is something to ask about
    drops = []

    def drop_once(command: str) -> bytes | None:
        if command.startswith("api uuid_exists") and not drops:
            drops.append(command)
            server.drop()
        return api(f"{never.uuid} barred\n") if "oklik.lua bar" in command else None

    server.on_command = drop_once
    back = []
    switch.on_restored(lambda: back.append(1))
    assert cut(server, switch).wait(FOR_EVER_S)
    gevent.sleep(0.3)
    assert drops and back == [1]
    assert server.logins == 3
    assert never.wait(FOR_EVER_S) == CallEnded(cause="LOST", channel=False)
    assert other.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)


def test_a_newer_owner_ends_the_reconnecting(server: Scripted, switch: FreeSwitch) -> None:
    answers(server, "api lua oklik.lua epoch", api("-ERR OKLIK_STALE_EPOCH\n"))
    restored = cut(server, switch)
    assert not restored.wait(0.5)
    assert server.logins == 2
    assert switch.replaced
    with pytest.raises(SwitchLost, match="newer dialer"):
        dialed(switch)


def test_a_password_refused_on_the_way_back_is_not_hammered(server: Scripted, switch: FreeSwitch) -> None:
    server.password = "changed"
    restored = cut(server, switch)
    assert not restored.wait(0.6)
    assert server.logins == 2


def test_a_switch_that_is_away_for_a_while(server: Scripted, switch: FreeSwitch) -> None:
    server.greeting = None
    restored = cut(server, switch)
    gevent.sleep(0.1)
    server.drop()
    server.greeting = b"Content-Type: auth/request\n\n"
    assert restored.wait(FOR_EVER_S)
    assert switch.connected


def test_waits_begun_after_the_cut_wait_on(server: Scripted, switch: FreeSwitch) -> None:
    one = up(server, switch)
    server.drop()
    with pytest.raises(SwitchLost):
        one.wait(FOR_EVER_S)
    assert one.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)


# -- looking after --------------------------------------------------------------------------------------------


def test_calls_whose_events_were_lost_are_found(
    server: Scripted, switch: FreeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiry, "SECOND_LOOK_S", FOR_EVER_S)  # there is none: nobody here was just dialed
    gone, stuck, never = up(server, switch), up(server, switch), dialed(switch)
    for one in (gone, stuck, never):
        one.overdue_at = time.monotonic() - 1

    def audit(command: str) -> bytes | None:
        if command.startswith("api uuid_exists"):
            return api("true" if stuck.uuid in command else "false")
        if "bar" in command:
            return api(f"{never.uuid} barred\n")
        return None

    server.on_command = audit
    with gevent.Timeout(FOR_EVER_S / 2):
        switch._audit(switch._up())
    assert gone.wait(FOR_EVER_S) == CallEnded(cause="LOST", answered=True)
    assert never.wait(FOR_EVER_S) == CallEnded(cause="OKLIK_NOT_SENT", channel=False, sent=False)
    assert server.seen("api uuid_kill") == [f"api uuid_kill {stuck.uuid}"]


def test_fates(server: Scripted, switch: FreeSwitch) -> None:
    live, gone, late, never, old = (str(uuid4()) for _ in range(5))
    asked: list[str] = []

    def look(command: str) -> bytes | None:
        if command.startswith("api uuid_exists"):
            uuid = command.split(" ")[2]
            asked.append(uuid)
            return api("true" if uuid == live or (uuid == late and asked.count(uuid) > 1) else "false")
        if "bar" in command:
            return api("".join(f"{one} {'barred' if one == never else 'dialed'}\n" for one in command.split(" ")[4:]))
        return None

    server.on_command = look
    assert switch.fates([live, gone, late, never]) == {
        live: Fate.LIVE,
        gone: Fate.DIALED_AND_GONE,
        late: Fate.LIVE,  # its channel came between the two looks
        never: Fate.NEVER_DIALED,
    }
    assert switch.fates([old], sent_under="another core") == {old: Fate.UNKNOWN}
    server.on_command = lambda command: api("-ERR what?\n") if "bar" in command else None
    with pytest.raises(SwitchError, match="no answer for"):
        switch.fates([live])


def test_orphans(server: Scripted, switch: FreeSwitch) -> None:
    mine, known, foreign, vanished = (str(uuid4()) for _ in range(4))
    rows = [{"uuid": uuid} for uuid in (mine, known, foreign, vanished)] + [{"uuid": "x\n\napi hupall"}, {}]

    def look(command: str) -> bytes | None:
        if command.startswith("api show channels"):
            return api(json.dumps({"row_count": len(rows), "rows": rows}))
        if command.startswith("api uuid_getvar"):
            uuid = command.split(" ")[2]
            return api({mine: "n1", foreign: "_undef_"}.get(uuid, "-ERR No such channel!\n"))
        return None

    server.on_command = look
    assert switch.orphans([known]) == [mine]
    server.on_command = lambda command: api('{"row_count":0}') if "show" in command else None
    assert switch.orphans([]) == []
    server.on_command = lambda command: api("-ERR\n") if "show" in command else None
    with pytest.raises(SwitchError, match="cannot be read"):
        switch.orphans([])


def test_no_call_is_left_in_memory(server: Scripted, switch: FreeSwitch) -> None:
    calls = [dialed(switch) for _ in range(50)]
    server.seen("bgapi", count=50)
    for one in calls:
        server.say(hangup(one), job(one.uuid, "-ERR NORMAL_CLEARING\n"), hangup(one))
    for one in calls:
        assert isinstance(one.wait(FOR_EVER_S), CallEnded)
    assert not switch._calls
    with pytest.raises(SwitchError, match="under way"):
        first = dialed(switch)
        switch.originate(Dial(uuid=first.uuid, endpoint="user/1", caller_id=""))


@pytest.mark.parametrize("roots", [(), ("/prompts",), ("/var/prompts/", "/recordings")])
def test_no_file_of_another_folder_is_named_to_the_switch(server: Scripted, roots: tuple[str, ...]) -> None:
    """A path from the database, say, cannot have a stranger's file played or one of the system's overwritten."""
    made = connect(server.host, server.port, "secret", node="n1", epoch=5, roots=roots)
    try:
        one = up(server, made)
        recording = Record(path="/etc/a.wav", max_s=9, silence_level=100, silence_s=2, terminators="#")
        before = len(server.commands)
        for order in (Playback(files=("/etc/a.wav",)), Playback(files=("/promptsx/a.wav",)), ask(), recording):
            with pytest.raises(SwitchError, match="lies in no folder"):
                one.start(order)
        with pytest.raises(SwitchError, match="lies in no folder"):
            made.record_call(one, "/etc/a.wav")
        assert server.commands[before:] == []
        if roots:
            one.start(Playback(files=(f"{roots[0].rstrip('/')}/a.wav",)))
    finally:
        made.close()
