"""One instruction under way, and how its end is read.

What the switch says of an execution is believed as far as experience goes: it was cut short if the event carries a
hangup cause or if we stopped it; of Application-Response only FILE NOT FOUND is certain.  Each question has a variable
of its own, so what stands in it is this question's answer or nothing.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from oklik.esl.events import Event, decode_answer, decode_recording
from oklik.telephony import port
from oklik.telephony.freeswitch.waits import Waits
from oklik.telephony.port import SwitchError

if TYPE_CHECKING:
    from oklik.telephony.freeswitch.call import FsCall


class Question(NamedTuple):
    """A question at the switch.  had: keys that it had before it began."""

    execution: str
    variable: str
    wanted: port.Gather
    had: str


class FsTicket:
    """One instruction: one or more executions at the switch, of which the last one's end is the result."""

    def __init__(self, call: "FsCall", again: tuple[str, ...] | None = None) -> None:
        self._call = call
        self._again = again  # the files of an endless playback
        self._result: port.Result | SwitchError | None = None
        self._waits = Waits("instruction")
        self.executions: list[str] = []
        self.question: Question | None = None
        self.then: Callable[[], None] | None = None  # what follows what is played
        self.ends = ""  # keys that end what is played
        self.by_key = ""  # the one that did
        self.recording = ""  # the execution that records
        self.cancelled = False

    def wait(self, deadline_s: float) -> port.Result:
        """The result; see port.Ticket."""
        result = self._result if self._result is not None else self._waits.wait(deadline_s)
        if isinstance(result, SwitchError):
            raise result
        return result

    def cancel(self) -> None:
        """Stop it; see port.Ticket."""
        if self._result is None and not self.cancelled:
            self.cancelled = True
            self._call.stop_ticket(self)

    def ask(self) -> None:
        """Have the switch asked whether it is over; see port.Ticket."""
        if self._result is None:
            self._call.marks.set_behind(self)

    @property
    def done(self) -> bool:
        """It has its result."""
        return self._result is not None

    def settle(self, result: port.Result | SwitchError) -> None:
        """Give the result; a second one is ignored."""
        if self._result is None:
            if self.by_key and result == port.Stopped(gone=False):
                result = port.Keys(keys=self.by_key)
            self._result = result
            if self.recording or self.by_key or self._again is not None:
                self._call.pressed.forget()
            if self.recording:
                self._call.let_keys_be(gone=isinstance(result, SwitchError) or result == port.Stopped(gone=True))
            if isinstance(result, SwitchError):
                self._waits.fail(result)
            else:
                self._waits.give_all(result)

    def completed(self, execution: str, event: Event, body: bytes) -> None:
        """One execution of it has ended."""
        self.executions.remove(execution)
        if event.hangup_cause:
            self.settle(port.Stopped(gone=True))
        elif self.cancelled:
            if not self.executions:
                self.settle(port.Stopped(gone=False))
        elif self.question is not None and execution == self.question.execution:
            self.settle(self._keys(event, body))
        elif execution == self.recording:
            self.settle(_recorded(event, body))
        elif event.application_response in ("FILE NOT FOUND", "PLAYBACK ERROR"):
            self.settle(port.Refused(reason=event.application_response))
            self._call.stop_ticket(self)
        elif self._again is not None:
            self._call.play_again(self, self._again)
        elif not self.executions:
            if self.then is not None:
                follow, self.then = self.then, None
                follow()
            else:
                self.settle(port.Finished())

    def passed(self, event: Event, body: bytes) -> None:
        """It is over though nobody has told so: event and body are what was told of the leg later."""
        if event.hangup_cause:
            self.settle(port.Stopped(gone=True))
        elif self.cancelled:
            self.settle(port.Stopped(gone=False))
        elif self.question is not None:
            self.settle(self._left_keys(event, body))
        elif self.recording:
            self.settle(_left_recording(body))
        elif self._again is not None:
            self._call.play_again(self, self._again)
        elif self.then is not None:
            follow, self.then = self.then, None
            follow()
        else:
            self.settle(port.Finished())

    def pressed(self, key: str) -> None:
        """A key came while this is executing, be it that it is being stopped already: then it ends it all the same."""
        if key in self.ends and not self.by_key:
            self.by_key = key
            self.cancel()

    def _keys(self, event: Event, body: bytes) -> port.Result:
        if event.application != "play_and_get_digits":
            return port.Refused(reason=f"the switch ran {event.application or 'nothing'}")
        return self._left_keys(event, body)

    def _left_keys(self, event: Event, body: bytes) -> port.Result:
        assert self.question is not None
        _, variable, wanted, had = self.question
        found = decode_answer(body, variable)
        keys = found.keys or found.invalid
        if not keys and not found.result:
            return port.Refused(reason="the prompt could not be played")  # it never came to listening
        return self._call.pressed.answer(wanted, had, keys, event.sequence)


def _recorded(event: Event, body: bytes) -> port.Result:
    if event.application != "record":
        return port.Refused(reason=f"the switch ran {event.application or 'nothing'}")
    return _left_recording(body)


def _left_recording(body: bytes) -> port.Result:
    found = decode_recording(body)
    if not found.ms.isdigit():
        return port.Refused(reason="nothing was recorded")
    silence = port.RecordingEnd.SILENCE if found.silence == "true" else port.RecordingEnd.LIMIT
    return port.Recorded(seconds=int(found.ms) / 1000, by=port.RecordingEnd.KEY if found.key else silence)
