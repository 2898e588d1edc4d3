"""The switch port: what the dialer asks of a switch, whichever it is.

Values here are already typed for the switch: file paths of prepared prompts, a dial string from configuration, an
E.164 number.  No text of a customer passes this line.  All waiting blocks the calling greenlet only.
Seconds are the switch's own: a virtual switch that runs at --speed 20 gets and gives campaign seconds, and
shortens them itself; deadlines of waits are real seconds on the monotonic clock.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec


class SwitchError(Exception):
    """The switch refused or could not be asked.  The message says what and where, in one line."""


class SwitchUnreachable(SwitchError):
    """Nobody listens there, or the network does not reach it."""


class SwitchRefused(SwitchError):
    """The switch is there and does not let us work.  reason: password, acl, guard, guard_old, file, new_file, other."""

    def __init__(self, message: str, reason: str = "other") -> None:
        super().__init__(message)
        self.reason = reason


class SwitchLost(SwitchError):
    """The connection was cut while something was waited for; calls at the switch go on without us."""


class WaitTimeout(SwitchError):
    """A wait reached its deadline."""


class CallGone(SwitchError):
    """The leg is no longer there."""


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What a switch is that lets us work.

    virtual: ours, for rehearsals.  guarded: it has the script that keeps it from dialing twice; without that a little
    less is certain (docs/freeswitch.md).
    """

    virtual: bool
    guarded: bool = True


class KeyWay(StrEnum):
    """How a key travelled: as an event among the sound (RFC 2833), by SIP INFO, as tones in the sound, or otherwise."""

    RFC2833 = "rfc2833"
    INFO = "info"
    INBAND = "inband"
    OTHER = "other"


class Dial(msgspec.Struct, frozen=True, kw_only=True):
    """One leg to be dialed.

    uuid: canonical lower-case UUID, becomes the channel's and the job's; committed by us before.
    endpoint: dial string of the leg without variables, e.g. "sofia/gateway/pstn/+79161234567".
    caller_id: digits with optional +; ring_s: 1..300; max_s: hard limit of the whole call, 10..14400.
    every_key: keys are taken by RFC 2833 and by SIP INFO alike, whatever the trunk is set to.
    """

    uuid: str
    endpoint: str
    caller_id: str
    ring_s: int = 30
    max_s: int = 900
    every_key: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A call to us that rings at the switch and waits for somebody to take it.

    uuid: the channel's, chosen by the switch.  caller, dialed: numbers as the carrier wrote them; the caller's may be
    anything (withheld, a name, false).
    """

    uuid: str
    caller: str
    dialed: str


class Playback(msgspec.Struct, frozen=True, kw_only=True):
    """Play these wav files (absolute paths, in order) to the end.  loops: repeat the whole; 0 = until stopped.

    ends: keys that end it at once; the result is Keys then.  Other keys do nothing now; a question behind it that
    counts early keys has them, but not those pressed during endless music.
    """

    files: tuple[str, ...]
    loops: int = 1
    ends: str = ""


class Gather(msgspec.Struct, frozen=True, kw_only=True):
    """Play the files and take keys; fields as in scenario.flow.Collect.  files may be empty (keys only).

    early: keys pressed since the last question ended count for this one, as if they were pressed at its beginning:
    if they are enough, it is over before it is heard.  Otherwise they are dropped.  Without barge-in also those count
    that are pressed while its files play, once they are over.
    """

    files: tuple[str, ...]
    allowed: str
    min_digits: int
    max_digits: int
    terminators: str
    timeout_s: float
    digit_timeout_s: float
    barge_in: bool
    early: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Record what the person says into a wav file (absolute path; 8 kHz mono) at the switch.

    It ends by a key of `terminators`, after `silence_s` without a sound louder than `silence_level` (energy as the
    switch counts it, 0..10000; silence_s 0: never), or after max_s.  The folder must be there and writable for the
    switch's user: a switch that cannot make the file hangs the leg up (DESTINATION_OUT_OF_ORDER).
    """

    path: str
    max_s: int
    silence_s: int = 0
    silence_level: int = 200
    terminators: str = "#"


SwitchInstruction = Playback | Gather | Record


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """A Playback was heard to its end."""


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """A Gather ended with keys; complete is False when fewer than min_digits came.  Empty keys: no input.

    Or a Playback was ended by this key.
    """

    keys: str
    complete: bool = True


class RecordingEnd(StrEnum):
    """What a recording ended by."""

    KEY = "key"
    SILENCE = "silence"
    LIMIT = "limit"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A Record came to its end.  seconds: length of the file, the silence at its end included."""

    seconds: float
    by: RecordingEnd


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """The instruction was cut: cancelled by us, or the leg hung up (then CallEnded follows or was there before)."""

    gone: bool


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The switch could not do it (file not found and the like)."""

    reason: str


Result = Finished | Keys | Recorded | Stopped | Refused


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    """180 or 183 came from the far end.  early: it was 183, with sound before the answer."""

    early: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The leg was answered and can take instructions."""


class HangupBy(StrEnum):
    """Who ended the leg."""

    PERSON = "person"
    US = "us"
    SWITCH = "switch"
    UNKNOWN = "unknown"


STALE_EPOCH = "OKLIK_STALE_EPOCH"  # our guard's refusal: the node has a newer dialer, or the switch knows of none


class CallEnded(msgspec.Struct, frozen=True, kw_only=True):
    """The leg is over; the last event of a call, exactly once.

    cause: the switch's hangup cause in capitals (NORMAL_CLEARING, USER_BUSY, ...), or "LOST" when nobody can say,
    or a refusal of our guard (OKLIK_DUPLICATE, OKLIK_STALE_EPOCH, OKLIK_BAD_ARGUMENT, OKLIK_NO_GUARD), or
    OKLIK_NOT_SENT: the command was cut off on its way and the guard will refuse it from now on, or
    OKLIK_COMMAND_REFUSED: the switch did not even hand it to the guard,
    sip_status: final SIP status of the far end, 0 if none.  channel: False when the switch never made a channel
    (local throttle, bad gateway, uuid in use): our own fault, not the contact's.
    or OKLIK_NOT_TAKEN: a call to us that was gone, or another's, before it was taken.
    sent: False only where it is proved that nobody was dialed.  OKLIK_DUPLICATE is no such proof: the same UUID may
    have been dialed by an earlier send.
    seconds are campaign seconds; talk_s from answer to hangup, ring_s from start to answer or end.
    """

    cause: str
    q850: int = 0
    sip_status: int = 0
    by: HangupBy = HangupBy.UNKNOWN
    channel: bool = True
    sent: bool = True
    answered: bool = False
    ring_s: float = 0.0
    talk_s: float = 0.0


CallEvent = Ringing | Answer | CallEnded


class Ticket(Protocol):
    """One instruction under way."""

    def wait(self, deadline_s: float) -> Result:
        """The result.  Raises WaitTimeout after deadline_s real seconds, SwitchLost at a cut.

        After a cut the instruction is lost for good: what of it still plays is stopped once the connection is back.
        """

    def ask(self) -> None:
        """Ask the switch whether it is over, for it should be; if so, wait() gives the result before long."""

    def cancel(self) -> None:
        """Stop it; wait() then gives Stopped (or the result that was quicker)."""


class Call(Protocol):
    """A leg of ours at the switch."""

    @property
    def uuid(self) -> str:
        """The channel's UUID."""

    @property
    def missing(self) -> bool:
        """The switch does not know the leg any more, and how it ended was not told.

        That may still come; if it does not, CallEnded of the cause LOST comes in some 60 s.
        """

    def wait(self, deadline_s: float) -> CallEvent:
        """The next event of the leg, in order.  Raises WaitTimeout, SwitchLost.

        A wait under way at a cut raises SwitchLost; one begun after it waits on: once the connection is back the
        switch is asked what became of the leg, and its answer or its end (cause LOST) arrives here.
        """

    def start(self, instruction: SwitchInstruction) -> Ticket:
        """Begin an instruction; those before it on this leg are finished first.  Raises CallGone, SwitchLost."""

    def hangup(self, cause: str = "NORMAL_CLEARING") -> None:
        """End the leg at once, whatever it is doing.  A leg that is gone already is no error."""

    def hear_beeps(self, handler: Callable[[float], None] | None) -> None:
        """Listen for the beep of an answering machine, beside whatever is played; None: listen no more.

        handler gets the beep's frequency in Hz, at most once, and must not wait.  Only where Switch.hears_beeps() says
        so; on an answered leg; whoever was connected to another leg listens no more.  A leg that is gone, or a cut:
        nothing happens.
        """

    def hear_keys(self, handler: Callable[[str, KeyWay], None]) -> None:
        """Have every key told from now on with the way it came, whatever the leg executes; tones in the sound too.

        On an answered leg, once.  handler gets a key that came in two ways twice, and must not wait.  A leg that is
        gone, or a cut: nothing happens.
        """


class Fate(StrEnum):
    """What the switch knows of a UUID we once may have sent."""

    LIVE = "live"
    NEVER_DIALED = "never_dialed"  # and never will be: the guard has been told to refuse it
    DIALED_AND_GONE = "dialed_and_gone"
    UNKNOWN = "unknown"  # the switch cannot say, for instance because it was restarted since


class GatewaySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway as the switch has it.  state: its word (REGED, NOREG, FAIL_WAIT, ...); up: calls are let through.

    sip_status: with which the carrier refused the last registration, 0: none since we have been connected.
    """

    state: str
    up: bool
    sip_status: int = 0


class Gateways(Protocol):
    """What a switch can be asked about the gateways of its configuration."""

    @property
    def connected(self) -> bool:
        """As Switch's."""

    @property
    def core_uuid(self) -> str:
        """As Switch's."""

    def gateway(self, name: str) -> GatewaySeen | None:
        """How a gateway is; None: there is none of that name.  Raises SwitchLost, WaitTimeout, SwitchError."""

    def reread(self, names: Sequence[str]) -> None:
        """Take up the gateways anew from the switch's files, these even where it has them; calls go on.

        Raises SwitchLost, WaitTimeout, SwitchError (it cannot read its files).
        """


class Switch(Protocol):
    """A connected switch node."""

    @property
    def virtual(self) -> bool:
        """True for the virtual switch: nobody real is called, and time may be compressed."""

    @property
    def core_uuid(self) -> str:
        """Changes with every start of the switch."""

    @property
    def connected(self) -> bool:
        """The connection is up.  While it is down calls go on at the switch; waits begun then wait for its return."""

    @property
    def replaced(self) -> bool:
        """On our return the switch has named a newer dialer of the node: we are never connected again."""

    def originate(self, dial: Dial, on_taken: Callable[[], None] | None = None) -> Call:
        """Send the leg to the switch; returns at once, what becomes of it arrives as the call's events.

        on_taken: called once, when the switch has read the command or the connection has broken before that.
        Raises SwitchLost when the connection is down: then nothing was sent.
        """

    def on_inbound(self, handler: Callable[[Offer], None]) -> None:
        """Call handler (in its own greenlet) for each call to us; it is taken, turned away, or left to others.

        Whoever is taken by nobody within some 20 s hears a polite sentence of the switch's own.  Calls that came while
        the connection was down are not told of.
        """

    def take(self, uuid: str, max_s: int) -> Call:
        """Take an offered call and pick it up; returns at once.  max_s: as Dial's.

        Its events are Answer and CallEnded, or CallEnded alone: with sent False (OKLIK_NOT_TAKEN) when it is another's,
        or over, by now.  Raises SwitchLost when the connection is down.
        """

    def turn_away(self, uuid: str) -> None:
        """Let an offered call hear the busy tone.  One that is gone already is no error.  Raises SwitchLost."""

    def record_call(self, call: Call, path: str) -> None:
        """Record an answered leg into a wav file (absolute path, stereo: the far end left, what it hears right).

        Until record_call_end or the end of the leg, through instructions, bridges and a broken connection; the file is
        whole once CallEnded has come.  Again with the same path does nothing.  Raises CallGone, SwitchError (it cannot
        be recorded there), SwitchLost, WaitTimeout.
        """

    def record_call_end(self, call: Call, path: str) -> None:
        """End it.  A recording or a leg that is gone already is no error.  Raises SwitchLost, WaitTimeout."""

    def bridge(self, person: Call, agent: Call, deadline_s: float) -> None:
        """Connect two answered legs.  When the agent leaves, the person's leg stays (park_after_bridge).

        When the person leaves, the agent's leg is hung up.  Instructions under way on either leg are stopped.  Raises
        CallGone (one of them is gone), WaitTimeout, SwitchLost, SwitchError (one is not answered: nothing was done).
        """

    def wait_unbridged(self, person: Call, deadline_s: float) -> bool:
        """Wait until a bridged person's leg is alone again (True) or gone (False).  Raises WaitTimeout, SwitchLost."""

    def fates(self, uuids: Sequence[str]) -> dict[str, Fate]:
        """For each open UUID: what became of it.  Those not dialed are barred from ever being dialed (tombstone).

        The guard's memory ends with the switch: ask only about UUIDs sent under the present core_uuid.
        """

    def orphans(self, known: Iterable[str]) -> list[str]:
        """UUIDs of live legs with our marker that are not among the known ones."""

    def kill(self, *uuids: str) -> None:
        """Hang up legs by their UUIDs, all at once.  One that is gone already is no error."""

    def can_write(self, path: str) -> bool:
        """Have the switch's own user make an empty wav file of this name (absolute path), which is not there yet.

        Asked before a campaign that records: what this gives for a folder a Record into it will give, too.
        Raises SwitchLost, WaitTimeout, SwitchError (it has no such question: its guard is of an earlier version).
        """

    def hears_beeps(self) -> bool:
        """Whether this switch can recognise the beep of an answering machine.  Raises SwitchLost, WaitTimeout."""

    def on_restored(self, handler: Callable[[], None]) -> None:
        """Call handler (in its own greenlet) after each reconnect, once events flow again."""

    def close(self, *, replaced: bool = False) -> None:
        """Leave the switch in order: the dead-man is disarmed, unless a leg is left that was hung up and has not ended.

        replaced: another dialer drives the node, or is to drive it next, and the dead-man is left to it.
        """
