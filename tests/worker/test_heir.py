"""When a node is silent for long enough, and how it is settled then."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gevent
import msgspec
import pytest
from gevent.event import Event
from sqlalchemy.exc import OperationalError

from oklik.campaigns import inheriting
from oklik.campaigns.inheriting import Silent
from oklik.campaigns.lease import Holder
from oklik.clock import SystemClock
from oklik.telephony.port import Fate, SwitchError, SwitchLost, SwitchRefused, SwitchUnreachable
from oklik.worker import heir
from oklik.worker.heir import AGAIN_S, GAP_S, LOOK_S, Heir
from oklik.worker.reconcile import OpenLeg, Reconciler
from oklik.worker.settings import DialerSettings
from support.loop import until_soon
from support.patience import LONG_S

START = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
SETTINGS = DialerSettings(database_url="", switch_host="here", switch_port=1, prompts="", heir_s=60.0)


class Engineless:
    """Where a connection is asked for, but nothing of it: engine and Kept."""

    @contextmanager
    def use(self) -> Iterator[None]:
        yield None

    begin = use


class Rows:
    """A node's rows, once they are the heir's."""

    def __init__(self, told: list[str]) -> None:
        """told: hears of what is settled without the switch's word."""
        self.told = told
        self.legs = [OpenLeg(uuid=str(number), core_uuid="run 1") for number in range(2)]

    def open_legs(self, _: dt.datetime | None) -> list[OpenLeg]:
        return self.legs

    def settle(self, fates: Mapping[str, Fate], _: dt.datetime) -> None:
        assert set(fates.values()) == {Fate.UNKNOWN}
        self.legs = []
        self.told.append("blindly")

    def close(self) -> None:
        pass


class Scene:
    """An heir with a clock of the test's, what the rows would say, and a switch for each node.

    settled: how it was done, one word each.  epochs: what the switches have heard.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, reachable: bool = True, core: str = "run 1") -> None:
        self.now, self.rows, self.settled, self.closed = 0.0, [self.silent()], list[str](), 0
        self.epochs: list[tuple[str, int]] = []
        self.refused: SwitchError | None = None
        self._reachable, self.core_uuid = reachable, core
        monkeypatch.setattr(inheriting, "others_open", lambda *_, **__: self.rows)
        monkeypatch.setattr(inheriting, "inherit", self._inherit)
        monkeypatch.setattr(heir, "StoreBook", lambda *_, **__: Rows(self.settled))
        monkeypatch.setattr(Reconciler, "at_start", lambda _: self.settled.append("asked"))
        self.heir = Heir(
            Engineless(),  # type: ignore[arg-type]
            SETTINGS,
            Holder("mine", 1),
            SystemClock(),
            ask_run=self._ask_run,
            connect=self._connect,
            virtual=True,
            owner="me",
            monotonic=lambda: self.now,
        )
        self.heir._kept = Engineless()  # type: ignore[assignment]

    @staticmethod
    def silent(second: int = 0, epoch: int = 7, node: str = "theirs") -> Silent:
        at = START + dt.timedelta(seconds=second)
        return Silent(node=node, told_at=at, host="there", port=2, longest_s=100, epoch=epoch, core_uuid="run 1")

    def _inherit(self, _: object, one: Silent, *, owner: str, epoch: int) -> Holder | None:
        """As the rows have it by now."""
        assert owner == "me"
        assert epoch > one.epoch
        if one not in self.rows:
            return None
        self.rows[self.rows.index(one)] = msgspec.structs.replace(one, epoch=epoch)
        return Holder(one.node, epoch, one.core_uuid)

    def _ask_run(self, _: Silent) -> str:
        if not self._reachable:
            raise SwitchUnreachable("nobody there")
        return self.core_uuid

    def _connect(self, one: Silent, epoch: int) -> Any:
        self.epochs.append((one.node, epoch))
        if self.refused is not None:
            raise self.refused
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


def test_a_settlement_that_breaks_off_leaves_the_other_node_its_dead_man_and_is_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(monkeypatch)

    def broken(_: Reconciler) -> None:
        scene.settled.append("broken")
        raise SwitchLost("in the midst of it")

    with monkeypatch.context() as patched:
        patched.setattr(Reconciler, "at_start", broken)
        assert scene.look(64) == ["broken"]
    assert scene.closed == 1
    assert scene.look(AGAIN_S + LOOK_S) == ["asked"], "its own epoch is no sign of life"


def test_who_is_back_while_another_node_is_settled_is_not_locked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is older than their rows by then; their switch must never hear of the heir's epoch."""
    scene = Scene(monkeypatch)
    here, back = scene.silent(node="a"), scene.silent(node="b")
    scene.rows = [here, back]

    def slow(_: Reconciler) -> None:
        scene.rows = [scene.silent(node="b", epoch=8)]

    monkeypatch.setattr(Reconciler, "at_start", slow)
    scene.look(64)
    assert [node for node, _ in scene.epochs] == ["a"]


def test_one_node_that_cannot_be_settled_is_no_hindrance_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    scene.rows = [scene.silent(node="a"), scene.silent(node="b")]

    def broken(_: Reconciler) -> None:
        if len(scene.epochs) == 1:
            raise ValueError("a row of which nobody thought")
        scene.settled.append("asked")

    monkeypatch.setattr(Reconciler, "at_start", broken)
    assert scene.look(64) == ["asked"]
    assert [node for node, _ in scene.epochs] == ["a", "b"]


def test_a_switch_that_answers_and_does_not_take_us_ends_the_waiting_no_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are the heir's from the first try on, with an epoch of its own at each, and the silence counts on."""
    scene = Scene(monkeypatch)
    scene.refused = SwitchRefused("the guard script is not there", "guard")
    assert scene.look(160) == []
    assert scene.look(20) == ["blindly"]
    assert len(scene.epochs) > 5
    assert scene.closed == 0


def test_a_dialer_tells_of_its_life_also_while_a_settlement_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, begun, told = Scene(monkeypatch), Event(), list[int]()
    scene.look(58)
    scene.now += LOOK_S * 2
    scene.heir._looked = scene.now

    def slow(_: Reconciler) -> None:
        begun.set()
        gevent.sleep(LONG_S)

    monkeypatch.setattr(Reconciler, "at_start", slow)
    monkeypatch.setattr(scene.heir, "tell", lambda: told.append(1))
    monkeypatch.setattr(heir, "LOOK_S", 0.001)
    tasks = [gevent.spawn(scene.heir.run), gevent.spawn(scene.heir.keep_telling)]
    assert begun.wait(LONG_S)
    told.clear()
    until_soon(lambda: len(told) > 3)
    gevent.killall(tasks)


@pytest.mark.parametrize("task", ["tell", "look"])
def test_no_error_ends_the_signs_of_life_or_the_looking(monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    scene = Scene(monkeypatch)
    monkeypatch.setattr(heir, "LOOK_S", 0.001)
    errors = [ValueError("a bug"), OperationalError("SELECT", {}, Exception("away")), SwitchLost("cut"), KeyError("x")]
    done = Event()

    def breaks() -> None:
        if not errors:
            done.set()
            return
        raise errors.pop()

    monkeypatch.setattr(scene.heir, task, breaks)
    greenlet = gevent.spawn(scene.heir.keep_telling if task == "tell" else scene.heir.run)
    gevent.wait([done, greenlet], LONG_S, count=1)
    assert done.is_set()
    greenlet.kill()


def test_an_heir_that_is_ended_amid_a_statement_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its roll-back fails; that must not take the place of the order to end."""
    scene = Scene(monkeypatch)
    monkeypatch.setattr(heir, "LOOK_S", 0.001)
    asked = Event()

    def statement() -> None:
        asked.set()
        try:
            gevent.sleep(LONG_S)
        except gevent.GreenletExit:
            raise OperationalError("ROLLBACK", {}, Exception("another command is in progress")) from None

    monkeypatch.setattr(scene.heir, "tell", statement)
    greenlet = gevent.spawn(scene.heir.keep_telling)
    assert asked.wait(LONG_S)
    greenlet.kill(timeout=LONG_S / 10)
    assert greenlet.dead


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
    assert scene.look(20) == ["blindly"]
    assert scene.epochs == [], "a switch that is not asked keeps the epoch that it has"
