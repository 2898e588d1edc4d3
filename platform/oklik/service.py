"""`oklik up`: everything on one machine, for good.

Starts the database, the virtual switch if no FreeSWITCH is configured, a job worker and a dialer for all campaigns;
starts a child again when it dies, a little later each time, and stops all in order.
"""

import datetime as dt
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from oklik.config import Settings
from oklik.crew import Crew
from oklik.display import Display
from oklik.failures import BadInput, Failure
from oklik.messages import say
from oklik.options import SwitchAddress
from oklik.processes import Child
from oklik.wiring import open_database, reach

CHANNELS, CPS = 100, 10.0
LOOK_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
WELL_AFTER_S = 60.0


def serve(settings: Settings, display: Display, *, speed: float, channels: int = CHANNELS, cps: float = CPS) -> None:
    """Run until SIGINT or SIGTERM.  Raises BadInput when a setting is wrong; a child that dies is started again."""
    language = settings.language
    address = SwitchAddress.read(settings.switch, settings) if settings.switch else None
    if address is not None and speed != 1.0:
        raise BadInput("--speed: only for the virtual switch; a real one calls real people in real time")
    leaving = threading.Event()
    before = {number: signal.signal(number, _setter(leaving)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with open_database(settings) as database, Crew(settings, database) as crew:
            display.line(f"PostgreSQL: {database.shown}")
            if address is None:
                address = crew.start_virtual_switch(speed=speed, seed=0, population=None)
                display.line(say("virtual", language, speed=speed))
            else:
                reach(address)
                display.line(say("real", language, host=address.host, port=address.port))
            switch = address
            virtual = settings.switch is None

            def dialer() -> Child:
                begin = dt.datetime.now(dt.UTC) if virtual else None
                return crew.start_dialer(switch, channels=channels, cps=cps, speed=speed, begin=begin)

            keepers = [_Keeper(dialer, display, language), _Keeper(crew.start_jobs, display, language)]
            display.line(say("up", language))
            while not leaving.wait(LOOK_S):
                for keeper in keepers:
                    keeper.look()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _setter(event: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handler(_number: int, _frame: FrameType | None) -> None:
        event.set()

    return handler


class _Keeper:
    """Keeps one child alive; the pause before a new start doubles while it keeps dying."""

    def __init__(self, begin: Callable[[], Child], display: Display, language: str) -> None:
        self._begin, self._display, self._language = begin, display, language
        self._child: Child | None = begin()
        self._started = time.monotonic()
        self._pause = FIRST_PAUSE_S
        self._next = 0.0

    def look(self) -> None:
        """Start the child again if it is gone and the pause is over."""
        if self._child is not None and self._child.exit_code() is not None:
            gone = self._child
            self._child = None
            self._display.line(say("died", self._language, name=gone.name, why=gone.last_words()))
            if time.monotonic() - self._started > WELL_AFTER_S:
                self._pause = FIRST_PAUSE_S
            self._next = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
        if self._child is None and time.monotonic() >= self._next:
            try:
                self._child = self._begin()
                self._started = time.monotonic()
            except (BadInput, Failure) as error:
                self._display.line(str(error))
                self._next = time.monotonic() + self._pause
                self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
