"""Pause, resume and stop: by the dialer that is up, else here; never later than was said."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from campaigns.world import NOON, World
from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.pulse import Pulse, PulseState, beat
from oklik.ordering import By, Ordered, ask

pytestmark = pytest.mark.integration


class Hall:
    """Real time that passes only while somebody waits, and a dialer that may be there."""

    def __init__(self, engine: Engine, dialer: Callable[[], None] = lambda: None, *, alive: bool = True) -> None:
        self.engine, self.dialer, self.alive, self.now = engine, dialer, alive, NOON
        self.beat()

    def wall(self) -> dt.datetime:
        return self.now

    def beat(self) -> None:
        if self.alive:
            told = Pulse(at=self.now, speed=1.0, state=PulseState.IDLE, legs=0, channels=1, cps=1.0)
            with self.engine.begin() as conn:
                beat(conn, "fs1", told, self.now, virtual=False)

    def sleep(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)
        self.dialer()
        self.beat()

    def ask(self, kind: CommandKind) -> Ordered:
        return ask(self.engine, 1, kind, wall=self.wall, sleep=self.sleep)


@pytest.fixture(autouse=True)
def campaign(engine: Engine) -> None:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(3)
        world.campaign()


def state(engine: Engine) -> tuple[str, int]:
    with engine.connect() as conn:
        world = World(conn)
        return world.one("SELECT state FROM campaign"), world.one("SELECT count(*) FROM target WHERE state = 'done'")


def test_a_dialer_that_is_up_carries_it_out(engine: Engine) -> None:
    def dialer() -> None:
        with engine.begin() as conn:
            for one in commands.pending(conn):
                commands.carry_out(conn, one, hall.now)

    hall = Hall(engine, dialer)
    ordered = hall.ask(CommandKind.PAUSE)
    assert (ordered.result, ordered.by) == ("done", By.DIALER)
    assert ordered.seconds < 1
    assert state(engine) == ("paused", 0)
    assert hall.ask(CommandKind.RESUME)[:2] == ("done", By.DIALER)
    assert hall.ask(CommandKind.STOP)[:2] == ("done", By.DIALER)
    assert state(engine) == ("stopped", 3)
    assert hall.ask(CommandKind.PAUSE)[:2] == ("refused: stopped", By.DIALER)


def test_without_a_dialer_it_is_done_at_once(engine: Engine) -> None:
    hall = Hall(engine, alive=False)
    assert hall.ask(CommandKind.PAUSE) == ("done", By.HERE, 0.0)
    assert hall.ask(CommandKind.RESUME) == ("done", By.HERE, 0.0)
    assert hall.ask(CommandKind.STOP) == ("done", By.HERE, 0.0)
    assert state(engine) == ("stopped", 3)


def test_a_dialer_that_dies_meanwhile_is_not_waited_for(engine: Engine) -> None:
    hall = Hall(engine)
    hall.alive = False
    ordered = hall.ask(CommandKind.PAUSE)
    assert ordered[:2] == ("done", By.HERE)
    assert 10 <= ordered.seconds < 12
    assert state(engine) == ("paused", 0)


def test_a_dialer_that_does_not_answer_in_time_cannot_do_it_later(engine: Engine) -> None:
    hall = Hall(engine)
    ordered = hall.ask(CommandKind.STOP)
    assert ordered[:2] == ("expired", By.NOBODY)
    assert state(engine) == ("running", 0)
    with engine.begin() as conn:
        assert commands.pending(conn) == []


def test_a_stop_that_a_dialer_began_is_ended_here(engine: Engine) -> None:
    def dialer() -> None:
        with engine.begin() as conn:
            for one in commands.pending(conn):
                commands.halt(conn, one, hall.now)

    hall = Hall(engine, dialer)
    assert hall.ask(CommandKind.STOP)[:2] == ("done", By.HERE)
    assert state(engine) == ("stopped", 3)
