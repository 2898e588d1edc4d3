"""Contacts that others had with a person, as the gate's history counts them.

A call counts as ours does; so does a voice message, among voice messages.  An SMS is a message that reached the person
and no call.  A visit at which they were spoken to counts as a talk: the law counts visits apart, so that errs on the
side of fewer calls.
"""

import datetime as dt
from enum import StrEnum

from oklik.dialing.gate import Past


class OutsideKind(StrEnum):
    """What kind of contact it was."""

    CALL = "call"
    MESSAGE = "message"
    SMS = "sms"
    VISIT = "visit"


TITLES: dict[OutsideKind, dict[str, str]] = {
    OutsideKind.CALL: {"ru": "звонок", "en": "call"},
    OutsideKind.MESSAGE: {"ru": "голосовое сообщение", "en": "voice message"},
    OutsideKind.SMS: {"ru": "SMS", "en": "SMS"},
    OutsideKind.VISIT: {"ru": "визит", "en": "visit"},
}


def past_of(kind: str, at: dt.datetime, *, talk: bool, purpose: str, seconds: int | None) -> Past:
    """Give the gate's view of a contact made elsewhere.  kind: as OutsideKind; seconds: how long it took, if known."""
    called = kind in {OutsideKind.CALL, OutsideKind.MESSAGE}
    return Past(
        at=at,
        talk=talk,
        consumed=called,
        purpose=purpose,
        ended=None if seconds is None else at + dt.timedelta(seconds=seconds),
        message=kind in {OutsideKind.MESSAGE, OutsideKind.SMS},
        called=called,
    )
