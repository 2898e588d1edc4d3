"""Playing sound on a leg: one medium with its events and its remaining time, and the application `playback`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from oklik.telephony.virtual.applications import Application
from oklik.telephony.virtual.sound import ENDLESS, Media, look_up

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.clock import Timer

BETWEEN_FILES_S = 0.25  # the default of playback_sleep_val


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
            self.leg.far.quiet(broken=self.broken)
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
