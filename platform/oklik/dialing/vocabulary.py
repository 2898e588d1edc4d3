"""The two enums that code, API, tables and Excel share: the state of a call's leg and the disposition of an attempt."""

from enum import StrEnum


class CallState(StrEnum):
    """How far a leg has come; states only move forward (see RANK), NOT_SENT and UNKNOWN are side exits.

    intent: committed, the switch knows nothing; sent: the command left us; final: everything is written.
    not_sent: proved that the switch never dialed; unknown: cannot be known, counted as a call.
    """

    INTENT = "intent"
    SENT = "sent"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    FINAL = "final"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


RANK = {
    CallState.INTENT: 0,
    CallState.SENT: 1,
    CallState.RINGING: 2,
    CallState.ANSWERED: 3,
    CallState.ENDED: 4,
    CallState.NOT_SENT: 5,
    CallState.UNKNOWN: 5,
    CallState.FINAL: 6,
}
OPEN_STATES = (CallState.INTENT, CallState.SENT, CallState.RINGING, CallState.ANSWERED, CallState.ENDED)


class Disposition(StrEnum):
    """What became of an attempt."""

    COMPLETED = "completed"  # the scenario reached an end
    DELIVERED = "delivered"  # the marked message was heard to its end, then gone
    PARTIAL = "partial"  # answers, then gone
    HUNG_UP = "hung_up"  # answered, left before either
    NO_INPUT = "no_input"
    WRONG_PERSON = "wrong_person"
    TRANSFERRED = "transferred"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"  # did not want to talk or answer now, and said so by a key; is not called again
    CALL_LATER = "call_later"  # asked for a call at another time, and when
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"  # 480, absent
    INVALID_NUMBER = "invalid_number"  # 404, 484
    LINE_FAULT = "line_fault"  # 5xx, our side: consumes no attempt of the contact, has its own small cap
    ABANDONED = "abandoned"
    NO_AGENT = "no_agent"
    CANCELLED = "cancelled"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"  # counted as a call
