"""Every key with the way it came, on the virtual switch and on a real FreeSWITCH."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from gevent.queue import Queue

from oklik.telephony.freeswitch.call import FsCall
from oklik.telephony.port import Answer, Dial, Gather, Keys, KeyWay, Playback
from support.patience import LONG_S
from support.sipp import DIAL, NEEDS_SIPP, played
from support.switch_lab import Lab, until_last
from support.tones import write_tones

Silence = dict[int, str]
SCRIPT = Path(__file__).parents[1] / "live" / "keys.xml"
WAYS = {
    "71": [KeyWay.RFC2833],
    "72": [KeyWay.INFO],
    "73": [KeyWay.INBAND],
    "74": [KeyWay.INBAND, KeyWay.RFC2833],
}


@pytest.fixture
def keys_at(lab: Lab, tmp_path: Path) -> Iterator[str]:
    """The endpoint of those whose keys come in different ways, with {} for the last two digits."""
    if lab.switch.virtual:
        yield "sofia/gateway/pstn/7916000{}"
        return
    if NEEDS_SIPP.args[0]:
        pytest.skip("SIPp is not there")
    write_tones(tmp_path)
    with played(SCRIPT, tmp_path, media_port=32000) as port:
        yield DIAL.format(digits="7916000{}") + str(port)


def answered(lab: Lab, endpoint: str, *, every_key: bool) -> FsCall:
    call = lab.switch.originate(
        Dial(uuid=str(uuid4()), endpoint=endpoint, caller_id="+74950000000", max_s=60, every_key=every_key)
    )
    assert isinstance(until_last(call)[-1], Answer)
    return call


def question(files: tuple[str, ...] = ()) -> Gather:
    return Gather(
        files=files,
        allowed="0123456789*#",
        min_digits=1,
        max_digits=1,
        terminators="",
        timeout_s=8,
        digit_timeout_s=1,
        barge_in=True,
    )


@pytest.mark.parametrize("role", WAYS)
def test_each_key_tells_how_it_came(lab: Lab, keys_at: str, silence: Silence, role: str) -> None:
    call = answered(lab, keys_at.format(role), every_key=True)
    heard: Queue[tuple[str, KeyWay]] = Queue()
    call.hear_keys(lambda key, way: heard.put((key, way)))
    first = call.start(question((silence[8],))).wait(LONG_S)
    assert first == Keys(keys="5")
    call.start(Playback(files=(silence[8],)))  # a prompt eats the key, and it is told all the same
    got = [heard.get(timeout=LONG_S) for _ in range(2 * len(WAYS[role]))]
    assert sorted(got) == sorted((key, way) for key in "5#" for way in WAYS[role])
    call.hangup()


@pytest.mark.parametrize("role", ["72", "73"])
def test_without_it_keys_are_heard_in_the_trunks_own_way_only(
    lab: Lab, keys_at: str, silence: Silence, role: str
) -> None:
    call = answered(lab, keys_at.format(role), every_key=False)
    assert call.start(question((silence[4],))).wait(LONG_S) == Keys(keys="", complete=False)
    call.hangup()
