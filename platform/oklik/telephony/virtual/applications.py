"""The applications a leg can execute.

Each is begun once, may be paused while another runs inside it, and calls `done` at its own end; the events of the
execution itself are fired by execute.  Unknown names give None: the switch hangs the leg up for them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from oklik.telephony.virtual.sound import ENDLESS, Media, look_up

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.clock import Timer

BETWEEN_FILES_S = 0.25  # the default of playback_sleep_val


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


class Sound:
    """One medium being played on a leg: its events, its remaining time, the variables it leaves."""

    def __init__(self, leg: "Channel", media: Media, ended: Callable[[], None]) -> None:
        self.leg = leg
        self.media = media
        self._ended = ended
        self._left = media.seconds
        self._played = 0.0
        self._since = 0
        self._timer: Timer | None = None
        self.playing = False

    def _info(self) -> dict[str, str]:
        kind = {"Playback-File-Type": self.media.kind} if self.media.kind else {}
        return {**kind, "Playback-File-Path": self.media.path}

    def start(self) -> None:
        """PLAYBACK_START."""
        self.playing = True
        self.leg.fire("PLAYBACK_START", self._info())
        self.go_on()

    def go_on(self) -> None:
        """Play what is left."""
        self._since = self.leg.core.clock.now_us()
        if self._left != ENDLESS:
            self._timer = self.leg.core.clock.later(self._left, self._end)

    def hold(self) -> None:
        """Stand still; the rest is played after go_on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        passed = (self.leg.core.clock.now_us() - self._since) / 1e6
        self._played += passed
        self._left = max(0.0, self._left - passed)

    def _end(self) -> None:
        self._timer = None
        self._played += self._left
        self._left = 0.0
        self._stopped("done")
        self._ended()

    def cut(self, status: str) -> None:
        """End it now; status is Playback-Status."""
        if self.playing:
            self.hold()
            self._stopped(status)

    def _stopped(self, status: str) -> None:
        self.playing = False
        leg = self.leg
        samples = int(self._played * 8000 + 0.5)
        leg.put("playback_last_offset_pos", str(samples))
        leg.put("playback_seconds", str(samples // 8000))
        leg.put("playback_ms", str(samples // 8))
        leg.put("playback_samples", str(samples))
        leg.fire("PLAYBACK_STOP", {**self._info(), "Playback-Status": status})


class Playback(Application):
    """`playback`: one medium, or several divided by the variable playback_delimiter."""

    plays = True

    def act(self) -> None:
        """Play the first; the far end hears how long it will be."""
        leg = self.leg
        delimiter = leg.get("playback_delimiter") or ""
        plain = "://" not in self.data and delimiter
        names = [n for n in self.data.split(delimiter) if n] if plain else [self.data]
        terminators = leg.get("playback_terminators")
        self._ends = "" if terminators == "none" else "0123456789*#" if terminators == "any" else terminators or "*"
        leg.put("playback_terminator_used", None)
        self._sound: Sound | None = None
        self._gap: Timer | None = None
        self._waiting = names
        if not self.data:
            self.response = "PLAYBACK ERROR"
            self.finish()
            return
        self._next()

    def _next(self) -> None:
        while self._waiting:
            media = look_up(self._waiting.pop(0))
            if media is not None:
                self.response = ""
                self._sound = Sound(self.leg, media, self._heard)
                if self.leg.far is not None:
                    self.leg.far.sound(media.seconds)
                self._sound.start()
                return
            self.response = "FILE NOT FOUND"
        self.finish()

    def _heard(self) -> None:
        self.response = "FILE PLAYED"
        if self._waiting:
            self._gap = self.leg.core.clock.later(BETWEEN_FILES_S, self._next)
        else:
            self._end()

    def _end(self) -> None:
        if self.leg.far is not None:
            self.leg.far.quiet()
        self.finish()

    def pause(self) -> None:
        """Stand still."""
        if self._sound is not None and self._sound.playing:
            self._sound.hold()

    def resume(self) -> None:
        """Go on where it stood."""
        if self._sound is not None and self._sound.playing:
            self._sound.go_on()
            self.key()

    def stop(self, status: str) -> None:
        """The leg is going."""
        if self._gap is not None:
            self._gap.cancel()
        if self._sound is not None:
            self._sound.cut(status)

    def key(self) -> None:
        """Swallow keys; a terminator ends the playback."""
        while (key := self.leg.executor.take_key()) is not None:
            if key in self._ends:
                self.leg.put("playback_terminator_used", key)
                self.interrupt()
                return

    def interrupt(self) -> None:
        """Stop it."""
        self.broken = True
        self.stop("break")
        self.response = "FILE PLAYED"
        self._end()


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

    kinds: dict[str, type[Application]] = {
        "playback": Playback,
        "endless_playback": Playback,
        "play_and_get_digits": PlayAndGetDigits,
        "read": Read,
        "sleep": Sleep,
        "set": Set,
        "export": Set,
        "unset": Set,
        "multiset": MultiSet,
        "park": Park,
        "hangup": Hangup,
        "break": Break,
        "sched_hangup": SchedHangup,
    }
    if name in kinds:
        return kinds[name](leg, data)
    quiet = {"answer", "pre_answer", "log", "info", "start_dtmf", "stop_dtmf", "flush_dtmf", "event", "verbose_events"}
    return Application(leg, data) if name in quiet else None
