"""Hostile values at the switch itself: what the encoder lets through arrives there unchanged, all else is refused here.

The values are those that were tried on a real FreeSWITCH one by one (tests/transcripts, case 13), most of which it
changed, took apart or choked on when they were put between its braces.
"""

import json
import re
import shutil
import wave
from pathlib import Path
from uuid import uuid4

import pytest

from oklik.esl import commands
from oklik.telephony.port import Answer, CallEnded, Dial, Finished, Playback, SwitchError
from support.patience import LONG_S
from support.switch_lab import Lab, until_last

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
_TRIED = re.compile(rb"^bgapi originate \{origination_uuid=[^,]*,v1=(.*?),v2=END\}null/x", re.MULTILINE | re.DOTALL)
_HEADER = re.compile(rb"^execute-app-arg: v1=(.*?)$", re.MULTILINE)


def tried() -> list[str]:
    """Every value, once, in the order of the recordings."""
    data = (TRANSCRIPTS / "13-originate-values.txt").read_bytes()
    more = (TRANSCRIPTS / "13-header-values.txt").read_bytes()
    found = [one.decode("utf-8", "surrogateescape") for one in (*_TRIED.findall(data), *_HEADER.findall(more))]
    return [one for one in dict.fromkeys(found) if one]  # "" stands for "none is given" in some places


HOSTILE = tried()
NUMBERS = ("+74951234567", "74951234567", "0", "123456789012345")


def test_they_are_all_there() -> None:
    assert len(HOSTILE) > 60
    assert {"O'Brien", "a,b=c"} <= set(HOSTILE)
    assert any("${" in one for one in HOSTILE)
    assert any("\r" in one for one in HOSTILE)


def builders(value: str) -> list[bytes]:
    """The commands that the encoder makes of a value, in each place where there could be one."""
    uuid, there = str(uuid4()), "sofia/gateway/pstn/"
    made = []
    leg = {"uuid": uuid, "epoch": 1, "node": "n", "ring_s": 30, "max_s": 60, "caller_id": "1", "endpoint": f"{there}1"}
    keys = {"min_digits": 1, "max_digits": 1, "timeout_ms": 1000, "digit_timeout_ms": 1000, "allowed": "1"}
    for build in (
        *(lambda f=f: commands.dial(**(leg | {f: value})) for f in ("uuid", "node", "caller_id", "endpoint")),
        lambda: commands.dial(**(leg | {"endpoint": f"{there}{value}"})),
        lambda: commands.playback(uuid, [value], "1"),
        lambda: commands.playback(uuid, [f"/x/{value}/a.wav"], "1"),
        lambda: commands.playback(uuid, ["/x/a.wav"], value),
        lambda: commands.gather(uuid, [], "1", variable=value, terminators="#", **keys),
        lambda: commands.gather(uuid, [], "1", variable="a", terminators=value, **keys),
        lambda: commands.record(uuid, f"/x/{value}.wav", "1", max_s=10, silence_level=0, silence_s=0),
    ):
        try:
            made.append(build())
        except commands.BadField:
            continue
    return made


def plain(value: str) -> bool:
    """Letters, digits and what stands in names of files and accounts: nothing that the switch reads otherwise."""
    return re.fullmatch(r"[A-Za-z0-9_.+=@*#-]+", value) is not None


@pytest.mark.parametrize("value", HOSTILE, ids=lambda one: ascii(one)[:40])
def test_what_is_not_plain_makes_no_command(value: str) -> None:
    assert plain(value) or builders(value) == []


def held(lab: Lab, uuid: str) -> dict[str, str]:
    """All that the switch holds of a leg."""
    reply = lab.switch._up().ask(commands.dump(uuid))
    fields: dict[str, str] = json.loads(reply.text)
    return fields


@pytest.mark.parametrize("number", NUMBERS)
def test_a_caller_id_arrives_as_it_is(lab: Lab, number: str) -> None:
    uuid = str(uuid4())
    endpoint = lab._dial.format("08")
    call = lab.switch.originate(Dial(uuid=uuid, endpoint=endpoint, caller_id=number, ring_s=30, max_s=60))
    assert isinstance(until_last(call)[-1], Answer)
    fields = held(lab, uuid)
    assert fields["variable_origination_caller_id_number"] == number
    assert fields["variable_oklik_node"] == lab.node, "and what comes after it is where it was"
    call.hangup()
    while not isinstance(call.wait(LONG_S), CallEnded):
        pass


def test_a_hostile_call_is_not_sent(lab: Lab) -> None:
    """The driver's own way, and the switch goes on as if nothing had been."""
    for value in HOSTILE:
        if plain(value):
            continue
        for dial in (
            Dial(uuid=str(uuid4()), endpoint=lab._dial.format("08"), caller_id=value),
            Dial(uuid=str(uuid4()), endpoint=f"sofia/gateway/pstn/{value}", caller_id="74950000000"),
        ):
            with pytest.raises((commands.BadField, SwitchError)):
                lab.switch.originate(dial)
    assert isinstance(until_last(lab.dial("08"))[-1], Answer)


def test_a_file_of_an_odd_name_is_played_to_its_end(lab: Lab) -> None:
    """Every sign that a path may hold.  A file that the switch did not find would be over at once."""
    folder = Path("/tmp") / f"oklik+{uuid4().hex}" / "a=b@c-d_e.f"
    folder.mkdir(parents=True, mode=0o755)
    folder.parent.chmod(0o755)
    try:
        path = folder / "A_b-9.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\0\0" * 8000 * 4)
        path.chmod(0o644)
        call = lab.answered("08")
        ticket = call.start(Playback(files=(str(path),)))
        with pytest.raises(SwitchError):
            ticket.wait(lab.real(2))
        assert held(lab, call.uuid)["variable_current_application_data"] == str(path)
        assert isinstance(ticket.wait(LONG_S), Finished)
    finally:
        shutil.rmtree(folder.parent)
