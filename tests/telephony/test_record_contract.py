"""Recording of whole calls, on the virtual switch and on a real FreeSWITCH."""

import shutil
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from oklik.telephony.port import CallGone, Finished, Playback, SwitchError
from support.switch_lab import Lab, the_end

Silence = dict[int, str]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Writable for the switch's user, whoever that is."""
    made = Path(tempfile.mkdtemp(prefix="oklik-calls-", dir="/tmp"))
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


def sound(path: Path) -> tuple[int, int, float]:
    with wave.open(str(path)) as file:
        return file.getnchannels(), file.getframerate(), file.getnframes() / file.getframerate()


def test_a_whole_call_is_recorded_in_stereo(lab: Lab, silence: Silence, folder: Path) -> None:
    call = lab.answered("08")
    path = folder / "whole.wav"
    lab.switch.record_call(call, str(path))
    lab.switch.record_call(call, str(path))  # after a cut nobody knows whether it had begun
    assert isinstance(call.start(Playback(files=(silence[2],))).wait(10), Finished)
    gevent.sleep(lab.real(1))
    call.hangup()
    the_end(call)
    channels, rate, seconds = sound(path)
    assert (channels, rate) == (2, 8000)
    assert 2.7 <= seconds <= 4.0 + lab.slack
    with pytest.raises(CallGone):
        lab.switch.record_call(call, str(folder / "late.wav"))
    lab.switch.record_call_end(call, str(path))  # gone already is no error


def test_the_part_with_an_agent(lab: Lab, folder: Path) -> None:
    person, agent = lab.answered("08"), lab.answered("51", agent=True)
    gevent.sleep(lab.real(1))
    path = folder / "agent.wav"
    lab.switch.bridge(person, agent, 5)
    lab.switch.record_call(person, str(path))
    assert lab.switch.wait_unbridged(person, 20) is True
    lab.switch.record_call_end(person, str(path))
    gevent.sleep(lab.real(2))
    person.hangup()
    the_end(person)
    assert sound(path)[0] == 2
    assert 1.5 <= sound(path)[2] <= 4.5 + lab.slack


def test_a_whole_call_goes_on_through_a_bridge(lab: Lab, folder: Path) -> None:
    person, agent = lab.answered("08"), lab.answered("51", agent=True)
    path = folder / "through.wav"
    lab.switch.record_call(person, str(path))
    lab.switch.bridge(person, agent, 5)
    assert lab.switch.wait_unbridged(person, 20) is True
    gevent.sleep(lab.real(2))
    person.hangup()
    the_end(person)
    assert sound(path)[2] >= 5.0


def test_a_short_call_leaves_its_file(lab: Lab, folder: Path) -> None:
    call = lab.answered("08")
    path = folder / "short.wav"
    lab.switch.record_call(call, str(path))
    gevent.sleep(lab.real(1.5))  # under the three seconds below which a switch would throw it away
    call.hangup()
    the_end(call)
    assert 0.5 <= sound(path)[2] <= 2.5 + lab.slack


def test_where_nothing_can_be_written_it_says_so_and_the_call_goes_on(lab: Lab, silence: Silence) -> None:
    call = lab.answered("08")
    with pytest.raises(SwitchError):
        lab.switch.record_call(call, "/proc/nowhere/r.wav")
    assert isinstance(call.start(Playback(files=(silence[1],))).wait(10), Finished)
    call.hangup()
    the_end(call)
