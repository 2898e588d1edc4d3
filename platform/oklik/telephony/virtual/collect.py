"""`play_and_get_digits` and `read`: a prompt, then keys, with all their time-outs and result variables.

Follows switch_ivr_read and switch_play_and_get_digits of FreeSWITCH 1.10.12 and the recordings: a key during the
prompt stops it; an answer that misses the regexp leaves only <var>_invalid yet read_result success; too few digits
leave them in <var> with read_result failure; an answer ended by the digit time-out has read_result timeout.
"""

import re
from typing import TYPE_CHECKING

from oklik.telephony.virtual.applications import Application
from oklik.telephony.virtual.playing import Sound
from oklik.telephony.virtual.sound import look_up
from oklik.telephony.virtual.words import split

if TYPE_CHECKING:
    from oklik.telephony.virtual.clock import Timer


def _number(text: str) -> int:
    match = re.match(r"\s*[+-]?\d+", text)
    return int(match[0]) if match else 0


class _Collector(Application):
    """Reads min to max keys after a prompt; subclasses say what becomes of the result."""

    least = 0
    most = 0
    timeout_s = 1.0
    digit_timeout_s = 1.0
    ends = "#"
    prompt = ""
    variable = ""
    regexp = ""

    def _clear(self) -> None:
        self._sound: Sound | None = None
        self._timer: Timer | None = None
        self._rest = 0.0
        self._due_us = 0
        self._digits = ""
        self._end_key = ""
        self._collecting = False

    def ask(self) -> None:
        """One round: the prompt, then the keys."""
        leg = self.leg
        self._clear()
        leg.put("read_result", None)
        if self.variable:
            leg.put(self.variable, None)
        media = look_up(self.prompt) if self.prompt and self.prompt != "silence" else None
        if self.prompt and self.prompt != "silence" and media is None:
            self.result("not found")
            return
        if leg.far is not None:
            seconds = media.seconds if media is not None else 0.0
            leg.far.question(seconds, self.regexp, self.least, self.most, self.ends)
        if media is None:
            self._collect(self.timeout_s)
            return
        self._sound = Sound(leg, media, self._prompt_over)
        self._sound.start()
        if leg.executor.keys:
            self.key()

    def _prompt_over(self) -> None:
        self._sound = None
        self._collect(self.timeout_s)

    def _collect(self, first_s: float) -> None:
        self._collecting = True
        if self._digits and (self._digits in self.ends or len(self._digits) >= self.most):
            self._close("success")
            return
        self._wait(first_s)
        if self.leg.executor.keys:
            self.key()

    def _wait(self, seconds: float) -> None:
        clock = self.leg.core.clock
        self._due_us = clock.now_us() + int(seconds * 1e6)
        self._timer = clock.later(seconds, self._close, "timeout")

    def _quiet(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def key(self) -> None:
        """Take keys: the first one during the prompt stops it."""
        if self._sound is not None and self._sound.playing:
            key = self.leg.executor.take_key()
            if key is None:
                return
            self._digits = key
            self._sound.cut("break")
            self._sound = None
            if key in self.ends:
                self._digits, self._end_key = ("", key) if self.most > 1 or self.regexp else (key, key)
                self._close("success")
                return
            self._collect(self.digit_timeout_s)
            return
        while self._collecting and (key := self.leg.executor.take_key()) is not None:
            self._quiet()
            if key in self.ends:
                self._end_key = key
                self._close("success")
                return
            self._digits += key
            if len(self._digits) >= self.most:
                self._close("success")
                return
            self._wait(self.digit_timeout_s)

    def _close(self, status: str) -> None:
        self._timer = None
        self._collecting = False
        leg = self.leg
        if leg.far is not None:
            leg.far.quiet()
        if self._end_key:
            leg.put("read_terminator_used", self._end_key)
        if len(self._digits) < self.least:
            status = "failure"
        leg.put("read_result", status)
        if self.variable and self._digits:
            leg.put(self.variable, self._digits)
        self.result(status)

    def result(self, status: str) -> None:
        """A round is over: success, timeout, failure, not found."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stand still while another application runs inside."""
        if self._sound is not None:
            self._sound.hold()
        if self._timer is not None:
            self._rest = max(0.0, (self._due_us - self.leg.core.clock.now_us()) / 1e6)
            self._quiet()

    def resume(self) -> None:
        """Go on."""
        if self._sound is not None and self._sound.playing:
            self._sound.go_on()
        elif self._collecting:
            self._wait(self._rest)

    def stop(self, status: str) -> None:
        """The leg is going.  A wait for keys is a failed read; a cut prompt leaves nothing."""
        self._quiet()
        if self._sound is not None:
            self._sound.cut(status)
        elif self._collecting:
            self.leg.put("read_result", "failure")

    def interrupt(self) -> None:
        """uuid_break: stops the prompt only."""
        if self._sound is not None and self._sound.playing:
            self._sound.cut("break")
            self._prompt_over()


class Read(_Collector):
    """`read <min> <max> <file> <var> <timeout> <terminators> [digit_timeout]`."""

    def act(self) -> None:
        """Ask once."""
        self._clear()
        words = split(self.data, " ")
        if len(words) < 6:
            self.finish()
            return
        self.least, self.most = _number(words[0]), max(_number(words[0]), _number(words[1]))
        self.prompt, self.variable = words[2], words[3]
        self.timeout_s = max(1000, _number(words[4])) / 1000
        self.ends = words[5]
        self.digit_timeout_s = (_number(words[6]) / 1000 if len(words) > 6 else 0) or self.timeout_s
        self.ask()

    def result(self, status: str) -> None:  # noqa: ARG002 - whatever it is, it is over
        """Done."""
        self.finish()


class PlayAndGetDigits(_Collector):
    """`play_and_get_digits <min> <max> <tries> <timeout> <ends> <file> <invalid> <var> [regexp] [digit_timeout]`."""

    def act(self) -> None:
        """Parse and ask; malformed arguments complete at once and touch no variable."""
        self._clear()
        words = split(self.data, " ")
        words += [""] * (10 - len(words))
        self.least = max(0, _number(words[0]))
        self.most = max(self.least, _number(words[1]))
        self._tries = _number(words[2])
        self.timeout_s = max(1000, _number(words[3])) / 1000
        self.ends = words[4] or "#"
        self.prompt, self._bad, self.variable, self.regexp = words[5:9]
        self.digit_timeout_s = _number(words[9]) / 1000 or self.timeout_s
        if self._tries <= 0:
            self.finish()
            return
        if self.regexp and self.variable:
            self.leg.put(self.variable + "_invalid", None)
        self.ask()

    def result(self, status: str) -> None:
        """Check the answer; else the invalid prompt, and again while there are tries."""
        digits = self._digits
        if status == "timeout" and len(digits) >= self.least:
            status = "success"
        if self.least == 0 and not digits and self.leg.get("read_terminator_used"):
            self.finish()
            return
        if status == "success" and digits:
            if not self.regexp or self._matches(digits):
                self.finish()
                return
            self.leg.put(self.variable, None)
            if self.variable:
                self.leg.put(self.variable + "_invalid", digits)
        media = look_up(self._bad) if self._bad else None
        if media is None:
            self._again()
            return
        self._sound = Sound(self.leg, media, self._again)
        self._swallowing = True
        self._sound.start()

    _swallowing = False

    def key(self) -> None:
        """During the invalid prompt keys are lost."""
        if not self._swallowing:
            super().key()
            return
        while self.leg.executor.take_key() is not None:
            pass

    def interrupt(self) -> None:
        """uuid_break: stops the prompt only."""
        if self._swallowing and self._sound is not None:
            self._sound.cut("break")
            self._again()
        else:
            super().interrupt()

    def _matches(self, digits: str) -> bool:
        try:
            return re.search(self.regexp, digits) is not None
        except re.error:
            return False

    def _again(self) -> None:
        self._swallowing = False
        self._sound = None
        self._tries -= 1
        if self._tries > 0:
            self.ask()
        else:
            self.finish()
