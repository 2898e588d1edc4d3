"""The virtual switch says what a real FreeSWITCH said in the recorded conversations."""

from collections.abc import Callable

import pytest

from oklik.telephony.virtual import causes, collect, execute, recording
from oklik.telephony.virtual.avmd import Avmd
from oklik.telephony.virtual.channel import Channel
from oklik.telephony.virtual.execute import Executor, Run
from virtual.cases import CASES, replay
from virtual.replay import Differs

Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def _the_recorders_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its folders only the prompts' was there."""

    def write(path: str, samples: int, spoken: int) -> None:
        if not path.startswith("/tmp/prompts/"):
            raise FileNotFoundError(path)

    monkeypatch.setattr(recording, "_write", write)


@pytest.mark.parametrize("name", CASES)
def test_replay(name: str) -> None:
    replay(name).run()


def _wrong_cause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(causes, "of_sip", lambda status, q850=0: "CALL_REJECTED")


def _any_answer_is_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(collect.PlayAndGetDigits, "_matches", lambda self, digits: True)


def _no_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(execute, "Run", lambda *a, locked, loops: Run(*a, locked=False, loops=loops))


def _no_park_after_bridge(patch: pytest.MonkeyPatch) -> None:
    park = Executor.park
    patch.setattr(Executor, "park", lambda self, execute=True: park(self) if execute else None)


def _reports_too_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Channel, "_wind_down", lambda self: (self._report(), self.executor.wind_down()))


def _keys_survive_a_playback(patch: pytest.MonkeyPatch) -> None:
    from oklik.telephony.virtual.playing import Playback

    patch.setattr(Playback, "key", lambda self: None)


def _deaf_to_beeps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Avmd, "tone", lambda self, hertz: None)


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("03-busy-plain", _wrong_cause),
        ("05-digits", _any_answer_is_right),
        ("02-queue", _no_lock),
        ("07-uuid-bridge", _no_park_after_bridge),
        ("04-callee-hangs-up", _reports_too_early),
        ("05-dtmf-and-playback", _keys_survive_a_playback),
        ("11-answering-machine", _deaf_to_beeps),
    ],
)
def test_a_replay_sees_a_difference(name: str, break_it: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch)
    with pytest.raises(Differs):
        replay(name).run()
