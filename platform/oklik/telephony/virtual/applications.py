"""The applications a leg can execute.

Each is begun once, may be paused while another runs inside it, and calls `done` at its own end; the events of the
execution itself are fired by execute.  Unknown names give None: the switch hangs the leg up for them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.clock import Timer


class Application:
    """An application that does nothing and is done at once (answer, log, start_dtmf and the like)."""

    plays = False  # Application-Response tells how a playback ended

    def __init__(self, leg: "Channel", data: str) -> None:
        self.leg = leg
        self.data = data
        self.response = ""
        self.broken = False
        self._done: Callable[[], None] = lambda: None

    def begin(self, done: Callable[[], None]) -> None:
        """Start; `done` is called at the end, perhaps at once."""
        self._done = done
        self.act()

    def act(self) -> None:
        """What it does; must lead to finish()."""
        self.finish()

    def finish(self) -> None:
        """It is over."""
        self._done()

    def pause(self) -> None:
        """Another application runs inside this one now."""

    def resume(self) -> None:
        """Go on."""

    def stop(self, status: str) -> None:
        """The leg is going, or goes into a bridge: end without `done`."""

    def key(self) -> None:
        """There is a key in the buffer."""

    def interrupt(self) -> None:
        """uuid_break."""


class Sleep(Application):
    """`sleep` <ms>: ends early at a key, which it leaves in the buffer."""

    def act(self) -> None:
        """Wait."""
        self._timer: Timer | None = None
        if self.leg.executor.keys:
            self.finish()
            return
        seconds = int(self.data) / 1000 if self.data.isdigit() else 0.0
        self._until = self.leg.core.clock.now_us() + int(seconds * 1e6)
        self._timer = self.leg.core.clock.later(seconds, self.finish)

    def pause(self) -> None:
        """Its time runs on, but it cannot end inside the other."""
        self.stop("done")

    def resume(self) -> None:
        """Wait for the rest."""
        rest = max(0.0, (self._until - self.leg.core.clock.now_us()) / 1e6)
        self._timer = self.leg.core.clock.later(rest, self.finish)

    def stop(self, status: str) -> None:  # noqa: ARG002 - nothing to report
        """Do not wake up any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def key(self) -> None:
        """Wake up."""
        self.interrupt()

    def interrupt(self) -> None:
        """Wake up."""
        self.stop("break")
        self.finish()


class Set(Application):
    """`set name=value`, `unset name`, `export`, `multiset`."""

    def act(self) -> None:
        """Set it."""
        if self.data.startswith("nolocal:"):
            self.data = self.data[8:]
        name, _, value = self.data.partition("=")
        if name:
            self.leg.put(name, value)
        self.finish()


class MultiSet(Application):
    """`multiset a=1 b=2`, or `^^;a=1;b=2`."""

    def act(self) -> None:
        """Set them all."""
        data, delimiter = self.data, " "
        if data.startswith("^^") and len(data) > 2:
            delimiter, data = data[2], data[3:]
        for item in data.split(delimiter):
            name, sep, value = item.partition("=")
            if sep and name:
                self.leg.put(name, value)
        self.finish()


class Park(Application):
    """`park` inside park: waits until it is broken off."""

    def interrupt(self) -> None:
        """Leave it."""
        self.finish()

    def act(self) -> None:
        """Wait."""
        self.leg.fire("CHANNEL_PARK")

    def key(self) -> None:
        """Swallow it."""
        while self.leg.executor.take_key() is not None:
            pass

    def stop(self, status: str) -> None:  # noqa: ARG002 - nothing to report
        """The leg is going."""
        self.leg.fire("CHANNEL_UNPARK")


class Answer(Application):
    """`answer`: picks up one who calls us."""

    def act(self) -> None:
        """Answer."""
        self.leg.pick_up()
        self.finish()


class Hangup(Application):
    """`hangup` <cause>."""

    def act(self) -> None:
        """End the leg."""
        self.leg.hangup(self.data or "NORMAL_CLEARING", at_once=True)


class Break(Application):
    """`break`: stops the application it runs inside of."""

    def act(self) -> None:
        """Be done, then break the outer one with the next packet."""
        self.finish()
        self.leg.executor.interrupt(everything=False)


class StartDtmf(Application):
    """`start_dtmf`: keys that come as tones in the sound are heard."""

    def act(self) -> None:
        """Begin; a second time changes nothing."""
        self.leg.hears_tones = True
        self.finish()


class StopDtmf(Application):
    """`stop_dtmf`."""

    def act(self) -> None:
        """End."""
        self.leg.hears_tones = False
        self.finish()


class AvmdStart(Application):
    """`avmd_start`: listen for the beep of an answering machine."""

    def act(self) -> None:
        """Begin."""
        self.leg.avmd.command("start", hears=True)
        self.finish()


class AvmdStop(Application):
    """`avmd_stop`."""

    def act(self) -> None:
        """End."""
        self.leg.avmd.command("stop")
        self.finish()


class SchedHangup(Application):
    """`sched_hangup +<s> [cause]`."""

    def act(self) -> None:
        """Set the limit."""
        limit_call(self.leg, self.data)
        self.finish()


def limit_call(leg: "Channel", data: str) -> bool:
    """Hang the leg up after `+seconds [cause]` (simulated); False if the argument is none."""
    when, _, cause = data.strip().partition(" ")
    seconds = when.lstrip("+")
    if not seconds.isdigit():
        return False
    leg.set_limit(int(seconds), leg.hangup, cause.strip() or "ALLOTTED_TIMEOUT")
    return True


def make(leg: "Channel", name: str, data: str) -> Application | None:
    """The application of that name, or None if the switch has none."""
    from oklik.telephony.virtual.collect import PlayAndGetDigits, Read
    from oklik.telephony.virtual.playing import Playback
    from oklik.telephony.virtual.recording import Record

    kinds: dict[str, type[Application]] = {
        "playback": Playback,
        "endless_playback": Playback,
        "play_and_get_digits": PlayAndGetDigits,
        "read": Read,
        "record": Record,
        "sleep": Sleep,
        "set": Set,
        "export": Set,
        "unset": Set,
        "multiset": MultiSet,
        "park": Park,
        "answer": Answer,
        "hangup": Hangup,
        "break": Break,
        "avmd_start": AvmdStart,
        "avmd_stop": AvmdStop,
        "start_dtmf": StartDtmf,
        "stop_dtmf": StopDtmf,
        "sched_hangup": SchedHangup,
    }
    if name in kinds:
        return kinds[name](leg, data)
    quiet = {"pre_answer", "log", "info", "flush_dtmf", "event", "verbose_events"}
    return Application(leg, data) if name in quiet else None
