"""What a person hears while waiting for an agent: a text, then music, now and then interrupted by another text.

The music never pauses but for a text.  A key that ends the waiting is heard at any moment of it.  How the sound ended,
when nobody here ended it, is told to whoever waits: the person left, pressed the key, or nothing can be played.
"""

from collections.abc import Callable
from time import monotonic

import gevent

from oklik.telephony.port import Call, Finished, Playback, Result, Stopped, SwitchError, Ticket, WaitTimeout
from oklik.worker.host import Clips
from oklik.worker.instructing import outcome

QUIET_S = 15.0  # real seconds for a sound to end once it is stopped


class Holding:
    """One person's."""

    def __init__(
        self,
        person: Call,
        music: str,
        *,
        ends: str,
        limit_s: float,
        real_s: Callable[[float], float],
        tell: Callable[[], None],
    ) -> None:
        """music: file.  ends: keys that end it all.  limit_s: real seconds no sound lasts longer than.

        real_s: campaign seconds in real ones.  tell: called when the sound has ended and nobody here ended it.
        """
        self.ended: Result | SwitchError | None = None  # how, then
        self._person = person
        self._music = Playback(files=(music,), loops=0, ends=ends)
        self._ends = ends
        self._limit_s = limit_s
        self._real_s = real_s
        self._tell = tell
        self._next: Clips | None = None
        self._ticket: Ticket | None = None
        self._wanted = False
        self._greenlet: gevent.Greenlet | None = None

    def say(self, clips: Clips) -> Result | SwitchError | None:
        """Say something to its end before the music; None when it was heard.  Raises CallGone, SwitchLost."""
        if not clips.files:
            return None
        result = outcome(self._person.start(self._text(clips)), self._real_s(clips.ms / 1000))
        return None if isinstance(result, Finished) else result

    def play(self) -> None:
        """Music from now on, if there is none yet."""
        if not self._wanted:
            self._wanted = True
            self._greenlet = gevent.spawn(self._run)

    def announce(self, clips: Clips) -> None:
        """Interrupt the music by a text."""
        if self._wanted and clips.files:
            self._next = clips
            if self._ticket is not None:
                self._ticket.cancel()

    def silence(self) -> None:
        """End the sound and wait until it has ended; if it did by itself, `ended` says how.  Raises WaitTimeout."""
        self._wanted, self._next = False, None
        if self._ticket is not None:
            self._ticket.cancel()
        if self._greenlet is not None:
            self._greenlet.join(QUIET_S)
            if not self._greenlet.dead:
                raise WaitTimeout("the music did not end")
            self._greenlet = None

    def drop(self) -> None:
        """Nobody listens any more, or something else will be heard: end it without waiting."""
        self._wanted = False
        if self._ticket is not None:
            self._ticket.cancel()

    def _text(self, clips: Clips) -> Playback:
        return Playback(files=clips.files, ends=self._ends)

    def _run(self) -> None:
        deadline = monotonic() + self._limit_s
        try:
            while self._wanted:
                clips, self._next = self._next, None
                self._ticket = self._person.start(self._music if clips is None else self._text(clips))
                result = self._ticket.wait(max(0.0, deadline - monotonic()))
                self._ticket = None
                heard = clips is not None and isinstance(result, Finished)
                if not heard and result != Stopped(gone=False):
                    self.ended = result
                    break
                if not heard and self._wanted and self._next is None:
                    self.ended = result  # stopped by somebody else
                    break
        except SwitchError as error:
            self.ended = error
        if self.ended is not None:
            self._wanted = False
            self._tell()
