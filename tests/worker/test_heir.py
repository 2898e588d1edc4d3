"""When a node is silent for long enough, and how it is settled then."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from oklik.campaigns import inheriting
from oklik.campaigns.inheriting import Silent
from oklik.campaigns.lease import Holder
from oklik.clock import SystemClock
from oklik.telephony.port import SwitchLost, SwitchUnreachable
from oklik.worker.heir import GAP_S, LOOK_S, Heir
from oklik.worker.settings import DialerSettings

START = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
SETTINGS = DialerSettings(database_url="", switch_host="here", switch_port=1, prompts="", heir_s=60.0)


class Engineless:
    """Where a connection is asked for, but nothing of it."""

    @contextmanager
    def use(self) -> Iterator[None]:
        yield None


class Scene:
    """An heir with a clock of the test's, and what the rows would say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, reachable: bool = True, core: str = "run 1") -> None:
        self.now, self.rows, self.settled, self.closed = 0.0, [self.silent()], list[str](), 0
        self._reachable, self.core_uuid = reachable, core
        monkeypatch.setattr(inheriting, "others_open", lambda *_, **__: self.rows)
        self.heir = Heir(
            None,  # type: ignore[arg-type]
            SETTINGS,
            Holder("mine", 1),
            SystemClock(),
            self._connect,
            virtual=True,
            owner="me",
            monotonic=lambda: self.now,
        )
        self.heir._kept = Engineless()  # type: ignore[assignment]
        monkeypatch.setattr(self.heir, "_by_evidence", lambda *_: self.settled.append("asked"))
        monkeypatch.setattr(self.heir, "_without", lambda *_: self.settled.append("blindly"))

    @staticmethod
    def silent(second: int = 0, epoch: int = 7) -> Silent:
        at = START + dt.timedelta(seconds=second)
        return Silent(node="theirs", told_at=at, host="there", port=2, longest_s=100, epoch=epoch, core_uuid="run 1")

    def _connect(self, one: Silent, epoch: int) -> Any:
        assert epoch > one.epoch
        if not self._reachable:
            raise SwitchUnreachable("nobody there")
        return self

    def close(self, *, replaced: bool = False) -> None:
        assert replaced, "the dead-man there is not ours to disarm"
        self.closed += 1

    def look(self, seconds: float) -> list[str]:
        """Look on for so long, every LOOK_S; what was settled in that time."""
        before = len(self.settled)
        until = self.now + seconds
        while self.now < until:
            self.now += LOOK_S
            self.heir.look()
        return self.settled[before:]


def test_a_node_is_settled_after_its_time_of_silence_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    assert scene.look(60) == []
    assert scene.look(4) == ["asked"]
    assert scene.closed == 1


def test_a_settlement_that_breaks_off_leaves_the_other_node_its_dead_man(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)

    def broken(*_: object) -> None:
        raise SwitchLost("in the midst of it")

    monkeypatch.setattr(scene.heir, "_by_evidence", broken)
    with pytest.raises(SwitchLost):
        scene.look(64)
    assert scene.closed == 1


def test_any_sign_of_life_and_any_new_owner_begins_the_silence_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    scene.look(58)
    scene.rows = [scene.silent(1)]
    assert scene.look(58) == []
    scene.rows = [scene.silent(1, epoch=8)]
    assert scene.look(60) == []
    assert scene.look(4) == ["asked"]


def test_who_looked_away_has_seen_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our machine slept, or the database was away for all."""
    scene = Scene(monkeypatch)
    scene.look(50)
    scene.now += GAP_S
    assert scene.look(60) == []
    assert scene.look(4) == ["asked"]


@pytest.mark.parametrize("how", [{"reachable": False}, {"core": "run 2"}])
def test_without_the_word_of_that_very_switch_the_longest_call_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]
) -> None:
    scene = Scene(monkeypatch, **how)
    assert scene.look(160) == []
    assert "blindly" in scene.look(20)
    assert "asked" not in scene.settled
