"""From the body of an event frame to the few fields the dialer looks at.

A channel event of a SIP call is 6 to 11 kB with 130 headers; building all of them costs more than everything else
the dialer does with it.  So JSON is decoded into one Struct of the wanted fields and the rest is skipped.  Fields
are texts, as the switch sends them, and empty when absent.  Values may be written by the far end: a body that is not
clean UTF-8, or has a list where a text belongs, is decoded again by the slow and lenient way.
"""

import json
from functools import lru_cache
from typing import Any

import msgspec

from oklik.esl.framing import decode_block

# The kinds a dialer subscribes to.  Answer is CHANNEL_PARK: with ignore_early_media a leg is parked only once it is
# answered and takes commands (20 ms after CHANNEL_ANSWER).  The return from a bridge is CHANNEL_PARK again.  A call to
# us is parked unanswered, with the variable oklik_inbound.
WANTED_EVENTS = (
    "BACKGROUND_JOB",
    "CHANNEL_PROGRESS",
    "CHANNEL_PROGRESS_MEDIA",
    "CHANNEL_PARK",
    "CHANNEL_BRIDGE",
    "CHANNEL_EXECUTE_COMPLETE",
    "DTMF",
    "CHANNEL_HANGUP_COMPLETE",
)
BEEP = "avmd::beep"  # comes twice with one number, the second time with the data of the channel
GATEWAY = "sofia::gateway_state"  # a gateway's registration or its answer to OPTIONS has changed
WANTED_CUSTOM = (BEEP, GATEWAY)


class BadEvent(Exception):
    """The body of an event frame is no event."""


class Event(msgspec.Struct, frozen=True):
    """The wanted fields of any event.  Times are microseconds since 1970 as digits, "0" or empty when not reached."""

    name: str = msgspec.field(default="", name="Event-Name")
    subclass: str = msgspec.field(default="", name="Event-Subclass")
    frequency: str = msgspec.field(default="", name="Frequency")
    sequence: str = msgspec.field(default="", name="Event-Sequence")
    uuid: str = msgspec.field(default="", name="Unique-ID")
    core_uuid: str = msgspec.field(default="", name="Core-UUID")
    at: str = msgspec.field(default="", name="Event-Date-Timestamp")
    channel_state: str = msgspec.field(default="", name="Channel-State")
    bridged_to: str = msgspec.field(default="", name="variable_last_bridge_to")
    bridge_cause: str = msgspec.field(default="", name="variable_bridge_hangup_cause")
    mark: str = msgspec.field(default="", name="variable_oklik_mark")
    answer_state: str = msgspec.field(default="", name="Answer-State")
    job: str = msgspec.field(default="", name="Job-UUID")
    body: str = msgspec.field(default="", name="_body")
    application: str = msgspec.field(default="", name="Application")
    application_uuid: str = msgspec.field(default="", name="Application-UUID")
    application_response: str = msgspec.field(default="", name="Application-Response")
    hangup_cause: str = msgspec.field(default="", name="Hangup-Cause")
    key: str = msgspec.field(default="", name="DTMF-Digit")
    key_source: str = msgspec.field(default="", name="DTMF-Source")
    created: str = msgspec.field(default="", name="Caller-Channel-Created-Time")
    progress: str = msgspec.field(default="", name="Caller-Channel-Progress-Time")
    progress_media: str = msgspec.field(default="", name="Caller-Channel-Progress-Media-Time")
    answered: str = msgspec.field(default="", name="Caller-Channel-Answered-Time")
    ended: str = msgspec.field(default="", name="Caller-Channel-Hangup-Time")
    q850: str = msgspec.field(default="", name="variable_hangup_cause_q850")
    sip_status: str = msgspec.field(default="", name="variable_sip_term_status")
    sip_specific: str = msgspec.field(default="", name="variable_proto_specific_hangup_cause")
    inbound: str = msgspec.field(default="", name="variable_oklik_inbound")
    caller: str = msgspec.field(default="", name="Caller-Caller-ID-Number")
    destination: str = msgspec.field(default="", name="Caller-Destination-Number")
    sip_disposition: str = msgspec.field(default="", name="variable_sip_hangup_disposition")
    gateway: str = msgspec.field(default="", name="Gateway")
    gateway_status: str = msgspec.field(default="", name="Status")


class Answer(msgspec.Struct, frozen=True):
    """What a question left behind: the keys taken, or the keys that did not fit its pattern."""

    keys: str = ""
    invalid: str = ""
    result: str = ""


class Recording(msgspec.Struct, frozen=True):
    """What a recording left behind: its length in ms, the key that ended it, whether silence did ("true")."""

    ms: str = msgspec.field(default="", name="variable_record_ms")
    key: str = msgspec.field(default="", name="variable_playback_terminator_used")
    silence: str = msgspec.field(default="", name="variable_silence_hits_exhausted")


_RECORDING = msgspec.json.Decoder(Recording)
_EVENT = msgspec.json.Decoder(Event)


def decode(body: bytes) -> Event:
    """The event of a text/event-json frame.  Raises BadEvent."""
    try:
        return _EVENT.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.convert(lenient(body), Event)


def decode_answer(body: bytes, variable: str) -> Answer:
    """What the question with that variable left in the same body.  Raises BadEvent."""
    shape, decoder = _question(variable)
    try:
        found = decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        found = msgspec.convert(lenient(body), shape)
    return Answer(found.keys, found.invalid, found.result)


def decode_recording(body: bytes) -> Recording:
    """What a recording left in the body of its end.  Raises BadEvent."""
    try:
        return _RECORDING.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.convert(lenient(body), Recording)


@lru_cache(maxsize=512)
def _question(variable: str) -> tuple[Any, Any]:
    """A Struct for one question's variable: each question has one of its own, and the name is part of the field."""
    shape = msgspec.defstruct(
        "Question",
        [("keys", str, ""), ("invalid", str, ""), ("result", str, "")],
        rename={
            "keys": f"variable_{variable}",
            "invalid": f"variable_{variable}_invalid",
            "result": "variable_read_result",
        },
    )
    return shape, msgspec.json.Decoder(shape)


def lenient(body: bytes) -> dict[str, str]:
    """Every field of a JSON event as text; bytes that are not UTF-8 are replaced.  Raises BadEvent."""
    try:
        found = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise BadEvent(f"an event that is no JSON: {body[:60]!r}") from error
    if not isinstance(found, dict):
        raise BadEvent(f"an event that is no JSON object: {body[:60]!r}")
    return {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}


def decode_plain(body: bytes) -> tuple[dict[str, str], bytes]:
    """Fields and inner body of a plain event; of a name that comes twice the first counts."""
    block, _, inner = body.partition(b"\n\n")
    fields: dict[str, str] = {}
    for name, value in decode_block(block):
        fields.setdefault(name, value)
    return fields, inner
