"""How the end of a leg reads: from the switch's last event, or its job report, to one CallEnded."""

from msgspec.structs import replace

from oklik.esl.events import Event
from oklik.telephony.port import STALE_EPOCH, CallEnded, HangupBy

# The guard's refusals that prove that nothing was dialed.  OKLIK_DUPLICATE does not: an earlier send may have.
DUPLICATE = "OKLIK_DUPLICATE"
NOTHING_DIALED = (STALE_EPOCH, "OKLIK_BAD_ARGUMENT", "OKLIK_NO_GUARD")
GUARD_REFUSALS = (*NOTHING_DIALED, DUPLICATE)
NOT_SENT = "OKLIK_NOT_SENT"
COMMAND_REFUSED = "OKLIK_COMMAND_REFUSED"
NOT_TAKEN = "OKLIK_NOT_TAKEN"
LOST = "LOST"

# Said by the far end, or by nobody there: a channel was made, whether its own events have come or not.
_WITH_CHANNEL = frozenset(
    {
        "USER_BUSY",
        "NO_USER_RESPONSE",
        "NO_ANSWER",
        "CALL_REJECTED",
        "UNALLOCATED_NUMBER",
        "NUMBER_CHANGED",
        "UNWANTED",
        "RECOVERY_ON_TIMER_EXPIRE",
        "PROGRESS_TIMEOUT",
    }
)
_THEIRS = ("recv_bye", "recv_refuse", "recv_cancel")
_OURS = ("send_bye", "send_cancel", "send_refuse")


def from_event(event: Event, *, asked: bool) -> CallEnded:
    """The end as CHANNEL_HANGUP_COMPLETE tells it.  asked: we had asked for the hangup."""
    created, answered, ended = _us(event.created), _us(event.answered), _us(event.ended)
    return CallEnded(
        cause=event.hangup_cause or "NORMAL_UNSPECIFIED",
        q850=_us(event.q850),
        sip_status=_sip_status(event, answered > 0),
        by=_by(event.sip_disposition, asked=asked),
        answered=answered > 0,
        ring_s=_span(created, answered or ended),
        talk_s=_span(answered, ended),
    )


def from_execution(event: Event, *, asked: bool) -> CallEnded:
    """The end as it shows in an execution that it has cut off: all but the last account.  asked: as above."""
    return from_event(replace(event, ended=event.at), asked=asked)


def from_job(cause: str, *, channel: bool, asked: bool) -> CallEnded:
    """The end of a leg that left no event of its own.  channel: some event had shown it before."""
    refused = cause in GUARD_REFUSALS
    channel = channel or cause in _WITH_CHANNEL
    by = HangupBy.US if asked else (HangupBy.UNKNOWN if channel else HangupBy.SWITCH)
    return CallEnded(
        cause=cause,
        by=by,
        channel=channel and not refused,
        sent=cause not in NOTHING_DIALED,
    )


def refused(cause: str) -> CallEnded:
    """The end of a leg that we, or the switch, would not dial: one of the words above."""
    by = HangupBy.SWITCH if cause in GUARD_REFUSALS else HangupBy.UNKNOWN
    return CallEnded(cause=cause, by=by, channel=False, sent=cause == DUPLICATE)


def no_script(text: str) -> bool:
    """Whether this reply says that the guard's script is not there: no mod_lua, or no such file."""
    return "Command not found" in text or "Cannot execute script" in text


def lost(*, channel: bool, answered: bool) -> CallEnded:
    """The end of a leg of which nobody can say how it ended."""
    return CallEnded(cause=LOST, channel=channel, answered=answered)


def job_result(body: str) -> str:
    """The guard's report: "" for an answered call, else a cause in capitals."""
    text = body.strip()
    if text.startswith("+OK"):
        return ""
    word = text.removeprefix("-ERR").strip()
    if word and word.replace("_", "").isalnum() and word.isupper() and word.isascii():
        return word
    if no_script(text):
        return "OKLIK_NO_GUARD"  # then nothing can have been dialed
    return "DESTINATION_OUT_OF_ORDER"  # a usage line of originate: no channel was made


def _by(disposition: str, *, asked: bool) -> HangupBy:
    if disposition in _THEIRS:
        return HangupBy.PERSON
    if asked:
        return HangupBy.US
    return HangupBy.SWITCH if disposition in _OURS else HangupBy.UNKNOWN


def _sip_status(event: Event, answered: bool) -> int:
    """487 to our own CANCEL is not a word of the far end's and does not count."""
    if answered:
        return 200
    return _us(event.sip_status) or _us(event.sip_specific.removeprefix("sip:"))


def _us(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _span(begin_us: int, end_us: int) -> float:
    return round((end_us - begin_us) / 1_000_000, 3) if 0 < begin_us < end_us else 0.0
