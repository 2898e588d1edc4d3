"""Keeps a child process alive: starts it again when it dies, a little later each time.

`oklik up` does so for ever; `oklik run` gives up after a few times in a row, so that it never hangs.
"""

import time
from collections.abc import Callable

from oklik.dialing.sentences import raz
from oklik.display import Display
from oklik.failures import BadInput, Failure
from oklik.messages import say
from oklik.processes import Child

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
WELL_AFTER_S = 60.0  # one that lived so long was well: what comes now is another trouble


class Keeper:
    """One child, started at once.

    name: for people.  starts: so many in a row at most, None for no end.  may_finish: exit code 0 means that it is done
    with its work and not to be started again.
    """

    def __init__(
        self,
        name: str,
        begin: Callable[[], Child],
        display: Display,
        language: str,
        *,
        starts: int | None = None,
        may_finish: bool = False,
    ) -> None:
        self._name = name
        self._begin, self._display, self._language = begin, display, language
        self._most, self._may_finish = starts, may_finish
        self._child: Child | None = begin()
        self._started = time.monotonic()
        self._starts = 1
        self._pause = FIRST_PAUSE_S
        self._next = 0.0
        self._leaving = False
        self.finished = False
        self.gave_up = False

    def terminate(self) -> None:
        """Ask the child to go, and do not start it again; asked twice it hurries."""
        self._leaving = True
        if self._child is not None:
            self._child.terminate()
        else:
            self.finished = True

    def look(self) -> None:
        """See how it does; start it again if it is gone and the pause is over."""
        if self._child is not None:
            self._look_at(self._child)
        if self._child is None and not (self.finished or self.gave_up) and time.monotonic() >= self._next:
            self._start()

    def _look_at(self, child: Child) -> None:
        code = child.exit_code()
        if code is None:
            return
        self._child = None
        if self._leaving or (self._may_finish and code == 0):
            self.finished = True
            return
        self._display.line(say("died", self._language, name=self._name, why=child.last_words()))
        if time.monotonic() - self._started > WELL_AFTER_S:
            self._starts, self._pause = 0, FIRST_PAUSE_S
        self._put_off()

    def _start(self) -> None:
        self._starts += 1
        self._started = time.monotonic()
        try:
            self._child = self._begin()
        except (BadInput, Failure) as error:
            self._display.line(error.text(self._language))
            self._put_off()
        else:
            self._display.line(say("started_again", self._language, name=self._name))

    def _put_off(self) -> None:
        if self._most is not None and self._starts >= self._most:
            self.gave_up = True
            self._display.line(
                say("gave_up", self._language, name=self._name, times=self._starts, raz=raz(self._starts))
            )
        self._next = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
