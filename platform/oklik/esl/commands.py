"""Every command that may go to the switch, built from typed fields: the one place where such bytes are made.

No escaping protects a FreeSWITCH command line (quotes are stripped one pass too early, braces cannot be escaped, a
newline begins a new command), so nothing is escaped: a field must match an anchored grammar of harmless characters or
the command is refused.  The line that places a call is read back, before it leaves, by an independent small model of
the switch's own parsers (:mod:`oklik.esl.readback`) and compared with what was meant.

Commands are kept short: the switch reads them a byte at a time, 1.27 microseconds each.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from oklik.esl import readback

MAX_FRAME: Final = 8 * 1024
GUARD: Final = "oklik.lua"
GUARD_VERSION: Final = 2  # of the script; raised with each verb or argument that is added to it
MARKER: Final = "oklik_node"
PROFILE: Final = "oklik"  # of freeswitch-conf/
STORE: Final = "oklik"  # of mod_hash, where the guard keeps its keys
BAR_AT_ONCE: Final = 100  # the guard's argument list ends at 127
_SAMPLE: Final = "00000000-0000-4000-8000-000000000000"

_PATTERNS = {
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "node": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}",
    "caller id": r"\+?[0-9]{1,15}",
    "cause": r"[A-Z][A-Z0-9_]{1,39}",
    "file": r"(?:/(?!\.{1,2}/)[A-Za-z0-9_.+=@-]{1,100}){0,30}/[A-Za-z0-9_-]{1,100}\.wav",
    "keys": r"[0-9*#]{0,12}",
    "execution id": r"[a-z0-9]{1,16}",
    "variable": r"[a-z][a-z0-9]{0,15}",
    "password": r"[!-~]{1,128}",
    "event": r"[A-Z][A-Z_]{2,39}",
    "subclass": r"[a-z]{2,16}::[a-z][a-z_]{1,31}",
    "module": r"mod_[a-z0-9_]{1,32}",
    "gateway": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
}
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::[0-9]{1,5})?"
_USER = r"[A-Za-z0-9+][A-Za-z0-9_.+-]{0,63}"
# A profile called "gateway" would be read as a gateway without a number, whatever its case.
_PATTERNS["endpoint"] = (
    rf"sofia/gateway/[A-Za-z0-9_.-]{{1,64}}/{_USER}"
    rf"|sofia/(?!(?i:gateway)/)[A-Za-z0-9_-]{{1,64}}/{_USER}@{_HOST}"
    rf"|user/{_USER}(?:@{_HOST})?"
)
_COMPILED = {name: re.compile(pattern, re.ASCII) for name, pattern in _PATTERNS.items()}


class BadField(ValueError):
    """A field does not have the form that may travel to the switch.  Nothing was sent."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field = field
        shown = repr(value)
        super().__init__(f"{field} {shown if len(shown) < 80 else shown[:77] + '...'} is not {expected}")


def _text(kind: str, value: object) -> str:
    if not isinstance(value, str) or not _fits(_COMPILED[kind], value):
        raise BadField(kind, value, f"of the form {_PATTERNS[kind]}")
    return value


@lru_cache(maxsize=4096)  # a call's UUID comes again with each of its commands
def _fits(pattern: re.Pattern[str], value: str) -> bool:
    return pattern.fullmatch(value) is not None


def _number(field: str, value: object, low: int, high: int) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadField(field, value, f"a whole number from {low} to {high}")
    return str(value)


def _frame(*lines: str) -> bytes:
    """Lines to one command with its end.  The last guard: whatever the builders above let through."""
    whole = "".join(lines)
    if not all(lines) or not whole.isascii() or not whole.isprintable():
        raise BadField("command", whole, "made of lines of printable ASCII")
    data = ("\n".join(lines) + "\n\n").encode("ascii")
    if len(data) > MAX_FRAME:
        raise BadField("command", f"{len(data)} bytes", f"at most {MAX_FRAME} bytes")
    return data


# -- the connection itself ----------------------------------------------------------------------------------


def auth(password: str) -> bytes:
    """Log in.  The password is one printable word; it is not shown in the error."""
    if not isinstance(password, str) or not _COMPILED["password"].fullmatch(password):
        raise BadField("password", "(hidden)", "1 to 128 printable ASCII characters without blanks")
    return _frame(f"auth {password}")


def subscribe(kinds: Sequence[str], custom: Sequence[str] = ()) -> bytes:
    """Ask for these kinds of events, in JSON.  custom: subclasses of CUSTOM events, which come last."""
    tail = ["CUSTOM", *(_text("subclass", kind) for kind in custom)] if custom else []
    return _frame("event json " + " ".join([*(_text("event", kind) for kind in kinds), *tail]))


def leave() -> bytes:
    """Close the connection in order."""
    return _frame("exit")


def version() -> bytes:
    """Which switch is this."""
    return _frame("api version")


def core_uuid() -> bytes:
    """The UUID that changes with each start of the switch."""
    return _frame("api global_getvar core_uuid")


def status() -> bytes:
    """How the switch does: calls that are up, and its own limits."""
    return _frame("api status")


def clock() -> bytes:
    """The switch's clock: seconds since 1970."""
    return _frame("api strepoch")


def has_module(name: str) -> bytes:
    """Is this module loaded: true or false."""
    return _frame(f"api module_exists {_text('module', name)}")


def profile() -> bytes:
    """How our SIP profile is, as a table of names and values; "Invalid Profile!" where there is none of that name."""
    return _frame(f"api sofia status profile {PROFILE}")


# -- placing calls, through the guard -----------------------------------------------------------------------


def dial(
    uuid: str,
    *,
    epoch: int,
    node: str,
    ring_s: int,
    max_s: int,
    caller_id: str,
    endpoint: str,
    every_key: bool = False,
) -> bytes:
    """Have the guard place a call.  caller_id may be empty: none is given.

    every_key: keys are taken by RFC 2833 and by SIP INFO, whatever the gateway is set to.

    Raises BadField, also when the switch would read the line in another way than it was meant.
    """
    meant = _leg(
        uuid,
        epoch=epoch,
        node=node,
        ring_s=ring_s,
        max_s=max_s,
        caller_id=caller_id,
        endpoint=endpoint,
        every_key=every_key,
    )
    line = (
        f"bgapi lua {GUARD} dial {meant.uuid} {meant.epoch} {meant.node} {meant.ring_s} {meant.max_s}"
        f" {meant.caller_id or '-'} {meant.endpoint}{' keys' if meant.every_key else ''}"
    )
    return _read_back(line, meant, readback.check)


def _leg(
    uuid: str, *, epoch: int, node: str, ring_s: int, max_s: int, caller_id: str, endpoint: str, every_key: bool
) -> readback.Leg:
    return readback.Leg(
        uuid=_text("uuid", uuid),
        epoch=int(_number("epoch", epoch, 0, 2**53)),
        node=_text("node", node),
        ring_s=int(_number("ring_s", ring_s, 1, 300)),
        max_s=int(_number("max_s", max_s, 10, 14400)),
        caller_id=_text("caller id", caller_id) if caller_id else "",
        endpoint=_text("endpoint", endpoint),
        every_key=bool(every_key),
    )


def _read_back(line: str, meant: readback.Leg, opinion: Callable[[bytes, readback.Leg], None]) -> bytes:
    """The line that places a call, with its end, once the second opinion has agreed."""
    data = _frame(line, f"Job-UUID: {meant.uuid}")
    try:
        opinion(data, meant)
    except readback.Misread as error:
        raise BadField("call", line, f"read by the switch as it was meant ({error})") from error
    return data


def take(uuid: str, *, epoch: int, node: str, max_s: int) -> bytes:
    """Have the guard make an incoming call that waits in the dialplan ours."""
    owner = f"{_number('epoch', epoch, 0, 2**53)} {_text('node', node)}"
    return _frame(f"api lua {GUARD} take {_text('uuid', uuid)} {owner} {_number('max_s', max_s, 10, 14400)}")


def check_leg(endpoint: str, caller_id: str = "") -> None:
    """Raise BadField unless a leg with this dial string and caller id ("" for none) can be dialed at all.

    The answer is the builder's own, so whatever passes here can be sent later.
    """
    dial(_SAMPLE, epoch=0, node="node", ring_s=30, max_s=900, caller_id=caller_id, endpoint=endpoint)


def bar(uuids: Sequence[str]) -> bytes:
    """Have the guard refuse these UUIDs for ever, unless it has dialed them already.  At most BAR_AT_ONCE."""
    if not 1 <= len(uuids) <= BAR_AT_ONCE:
        raise BadField("uuids", len(uuids), f"1 to {BAR_AT_ONCE} of them")
    return _frame(f"api lua {GUARD} bar " + " ".join(_text("uuid", uuid) for uuid in uuids))


def epoch(node: str, number: int) -> bytes:
    """Tell the guard who owns the node now: lower epochs are refused from here on."""
    return _frame(f"api lua {GUARD} epoch {_text('node', node)} {_number('epoch', number, 0, 2**53)}")


def guard_version() -> bytes:
    """Ask the guard's script for its version."""
    return _frame(f"api lua {GUARD} version")


def can_write(path: str) -> bytes:
    """Have the guard make an empty file of this name (absolute path), which must not be there yet."""
    return _frame(f"api lua {GUARD} writes {_text('file', path)}")


def purge() -> bytes:
    """Have the guard forget what it dialed more than two days ago.  In the background: it may take a second."""
    return _frame(f"bgapi lua {GUARD} purge")


# -- placing calls without the guard: its keys, kept by plain commands --------------------------------------
# The keys are the guard's own (hash/oklik/...), so that each of the two ways honours what the other has written.


def claim(uuid: str, at_s: int) -> bytes:
    """Enter this UUID as dialed, unless it is there: +OK for exactly one sender, for ever.  at_s: Unix time."""
    return _frame(f"api hash insert_ifempty/{STORE}/{_text('uuid', uuid)}/d{_number('at_s', at_s, 0, 2**53)}")


def tombstone(uuid: str, at_s: int) -> bytes:
    """Enter this UUID as never to be dialed, unless it is there: +OK means that no claim of it will succeed."""
    return _frame(f"api hash insert_ifempty/{STORE}/{_text('uuid', uuid)}/b{_number('at_s', at_s, 0, 2**53)}")


def entered(uuid: str) -> bytes:
    """What this UUID was entered as: d and a time, b and a time, or -ERR when it was not."""
    return _frame(f"api hash select/{STORE}/{_text('uuid', uuid)}")


def owner(node: str) -> bytes:
    """The epoch of the node's newest owner; -ERR when none has come to this switch yet."""
    return _frame(f"api hash select/{STORE}/epoch.{_text('node', node)}")


def own(node: str, number: int) -> bytes:
    """Enter an epoch of the node, unless there is one."""
    where = f"{STORE}/epoch.{_text('node', node)}"
    return _frame(f"api hash insert_ifempty/{where}/{_number('epoch', number, 0, 2**53)}")


def disown(node: str, number: int) -> bytes:
    """Take this epoch of the node away, unless it is another by now."""
    where = f"{STORE}/epoch.{_text('node', node)}"
    return _frame(f"api hash delete_ifmatch/{where}/{_number('epoch', number, 0, 2**53)}")


def originate(
    uuid: str,
    *,
    epoch: int,
    node: str,
    ring_s: int,
    max_s: int,
    caller_id: str,
    endpoint: str,
    every_key: bool = False,
) -> bytes:
    """Place a call with the variables that the guard sets.  Only for a UUID that was just claimed.

    Fields as dial's; epoch and max_s do not travel in it (see owner and limit).  Raises BadField as dial does.
    """
    meant = _leg(
        uuid,
        epoch=epoch,
        node=node,
        ring_s=ring_s,
        max_s=max_s,
        caller_id=caller_id,
        endpoint=endpoint,
        every_key=every_key,
    )
    variables = {
        "origination_uuid": meant.uuid,
        "originate_timeout": str(meant.ring_s),
        "ignore_early_media": "true",
        "outbound_redirect_fatal": "true",
        "park_after_bridge": "true",
        "hangup_after_bridge": "false",
        "app_disable_expand_variables": "true",
        "playback_terminators": "none",
        MARKER: meant.node,
    }
    if meant.caller_id:
        variables["origination_caller_id_number"] = meant.caller_id
        variables["origination_caller_id_name"] = meant.caller_id
    if meant.every_key:
        variables["dtmf_type"] = "rfc2833"
        variables["rtp_liberal_dtmf"] = "true"
    block = ",".join(f"{name}={value}" for name, value in variables.items())
    return _read_back(f"bgapi originate {{{block}}}{meant.endpoint} &park()", meant, readback.check_plain)


def limit(uuid: str, max_s: int) -> bytes:
    """Have the switch hang the leg up in so many seconds, whatever it does then."""
    return _frame(f"api sched_hangup +{_number('max_s', max_s, 10, 14400)} {_text('uuid', uuid)} ALLOTTED_TIMEOUT")


# -- a call that is there -----------------------------------------------------------------------------------


def _execute(uuid: str, application: str, argument: str, execution: str) -> bytes:
    # event-lock makes executions queue; without it a second one interrupts the first
    return _frame(
        f"sendmsg {_text('uuid', uuid)}",
        "call-command: execute",
        f"execute-app-name: {application}",
        f"execute-app-arg: {argument}",
        f"Event-UUID: {_text('execution id', execution)}",
        "event-lock: true",
    )


def answer(uuid: str, execution: str) -> bytes:
    """Pick up an incoming call that is ours."""
    return _frame(
        f"sendmsg {_text('uuid', uuid)}",
        "call-command: execute",
        "execute-app-name: answer",
        f"Event-UUID: {_text('execution id', execution)}",
        "event-lock: true",
    )


def _source(files: Sequence[str]) -> str:
    paths = [_text("file", path) for path in files]
    return paths[0] if len(paths) == 1 else "file_string://" + "!".join(paths)


def playback(uuid: str, files: Sequence[str], execution: str) -> bytes:
    """Play wav files (absolute paths) one after another.  Missing ones are skipped if there are several."""
    if not files:
        raise BadField("files", files, "at least one file")
    return _execute(uuid, "playback", _source(files), execution)


def gather(
    uuid: str,
    files: Sequence[str],
    execution: str,
    *,
    variable: str,
    min_digits: int,
    max_digits: int,
    timeout_ms: int,
    digit_timeout_ms: int,
    terminators: str,
    allowed: str,
) -> bytes:
    """Play files (none: keys only) and take keys, one try.  The switch counts timeout_ms from the prompt's end.

    Keys outside allowed end in the variable's _invalid twin.  The file for a failed try is an empty word ('': nothing
    is played); "none" as terminators is four characters that are no keys (an empty field would mean #).
    """
    low = _number("min_digits", min_digits, 1, 32)
    high = _number("max_digits", max_digits, min_digits, 32)
    words = (
        low,
        high,
        "1",
        _number("timeout_ms", timeout_ms, 100, 600_000),
        _text("keys", terminators) or "none",
        _source(files) if files else "silence",
        "''",
        _text("variable", variable),
        f"^[{_text('keys', allowed) or '0-9*#'}]+$",
        _number("digit_timeout_ms", digit_timeout_ms, 100, 600_000),
    )
    return _execute(uuid, "play_and_get_digits", " ".join(words), execution)


def before_recording(uuid: str, keys: str, execution: str) -> bytes:
    """From here on these keys end what is played or recorded, and pauses in which the far end sends nothing are filled.

    Mobiles send nothing while their owner is silent; unfilled, the file would be shorter than the time it took.
    """
    terminators = _text("keys", keys) or "none"
    return _execute(uuid, "multiset", f"^^;playback_terminators={terminators};record_fill_cng=true", execution)


def after_recording(uuid: str, execution: str) -> bytes:
    """No key ends what is played, as our legs begin."""
    return _execute(uuid, "set", "playback_terminators=none", execution)


def mark(uuid: str, execution: str) -> bytes:
    """Have the leg note, once all that was sent before is over, that it has come to this: variable oklik_mark."""
    return _execute(uuid, "set", f"oklik_mark={_text('execution id', execution)}", execution)


def record(uuid: str, path: str, execution: str, *, max_s: int, silence_level: int, silence_s: int) -> bytes:
    """Record into a wav file, at most max_s; silence_s of silence below the level end it (0: they do not)."""
    words = [_text("file", path), _number("max_s", max_s, 1, 3600)]
    if silence_s:
        words += [_number("silence_level", silence_level, 1, 10_000), _number("silence_s", silence_s, 1, 60)]
    return _execute(uuid, "record", " ".join(words), execution)


def stereo(uuid: str) -> bytes:
    """What is recorded of a call from here on has the far end at the left, and is kept however short it is."""
    return _frame(f"api uuid_setvar_multi {_text('uuid', uuid)} RECORD_STEREO=true;RECORD_MIN_SEC=0")


def record_call(uuid: str, path: str) -> bytes:
    """Record a leg, whatever it executes and whomever it is bridged to, until it ends or record_call_end."""
    return _frame(f"api uuid_record {_text('uuid', uuid)} start {_text('file', path)}")


def record_call_end(uuid: str, path: str) -> bytes:
    """End a recording of a leg."""
    return _frame(f"api uuid_record {_text('uuid', uuid)} stop {_text('file', path)}")


def stop(uuid: str, *, everything: bool) -> bytes:
    """Stop what the leg is executing; everything: also drop what is queued behind it."""
    return _frame(f"api uuid_break {_text('uuid', uuid)}{' all' if everything else ''}")


def kill(uuid: str, cause: str = "NORMAL_CLEARING") -> bytes:
    """Hang a leg up at once."""
    tail = "" if cause == "NORMAL_CLEARING" else f" {_text('cause', cause)}"
    return _frame(f"api uuid_kill {_text('uuid', uuid)}{tail}")


def bridge(first: str, second: str) -> bytes:
    """Connect two legs.  Only for answered ones: bridging a ringing leg kills both."""
    return _frame(f"api uuid_bridge {_text('uuid', first)} {_text('uuid', second)}")


# -- looking round ------------------------------------------------------------------------------------------


def exists(uuid: str) -> bytes:
    """Is there such a leg: true or false, from the live session table."""
    return _frame(f"api uuid_exists {_text('uuid', uuid)}")


def file_exists(path: str) -> bytes:
    """Does the switch find this wav file (absolute path): true or false.  It answers for its own user and machine."""
    return _frame(f"api file_exists {_text('file', path)}")


def core_settings() -> bytes:
    """The configuration of the switch's core as XML; no password is in it."""
    return _frame("api xml_locate configuration configuration name switch.conf")


def hears_beeps() -> bytes:
    """Is the detector of answering machines' beeps loaded: true or false."""
    return has_module("mod_avmd")


def hear_beeps(uuid: str, execution: str) -> bytes:
    """Listen for the beep of an answering machine on a leg.

    The application, which ends the call where the module is not loaded: so that is asked before.  The api command of
    the same name begins a detector that hears nothing (1.10.12 starts its threads for the application only).
    """
    return _execute(uuid, "avmd_start", "", execution)


def hear_no_beeps(uuid: str) -> bytes:
    """Stop listening for beeps; at once, whatever the leg is executing."""
    return _frame(f"api avmd {_text('uuid', uuid)} stop")


def hear_tones(uuid: str, execution: str) -> bytes:
    """Listen for keys that come as tones in the sound, beside whatever is executed; a second time does nothing."""
    return _execute(uuid, "start_dtmf", "", execution)


def marker(uuid: str) -> bytes:
    """The node that placed this leg; _undef_ if it is none of ours."""
    return _frame(f"api uuid_getvar {_text('uuid', uuid)} {MARKER}")


def dump(uuid: str) -> bytes:
    """All fields of a leg, as JSON."""
    return _frame(f"api uuid_dump {_text('uuid', uuid)} json")


def channels() -> bytes:
    """The list of all legs, as JSON."""
    return _frame("api show channels as json")


# -- the gateways of its configuration ------------------------------------------------------------------------


def gateway(name: str) -> bytes:
    """How a gateway is, as a table of names and values; "Invalid Gateway!" where there is none of that name."""
    return _frame(f"api sofia status gateway {_text('gateway', name)}")


def drop_gateway(name: str) -> bytes:
    """Have the switch forget a gateway; calls over it go on.

    Needed before a rescan that is to bring other settings: the switch passes over gateways that it has.
    """
    # _all_ would drop every one: the grammar wants a letter or a digit first
    return _frame(f"api sofia profile {PROFILE} killgw {_text('gateway', name)}")


def rescan() -> bytes:
    """Have the switch read its configuration again and take up the gateways that it has not; no call is touched."""
    return _frame(f"api sofia profile {PROFILE} rescan")


# -- the dead-man: the switch ends this node's calls unless we keep putting it off ---------------------------


def arm(node: str, slot: int, seconds: int) -> bytes:
    """In that many seconds hang up every leg of the node.  slot 0 or 1: the new one is armed beside the old."""
    # hupall with an empty value would end every call of the switch: the node is never empty, by its grammar
    name = _text("node", node)
    return _frame(
        f"api sched_api +{_number('seconds', seconds, 1, 86_400)} oklik{_number('slot', slot, 0, 1)}-{name}"
        f" hupall ALLOTTED_TIMEOUT {MARKER} {name}"
    )


def disarm(node: str, slot: int) -> bytes:
    """Take that timer back."""
    return _frame(f"api sched_del oklik{_number('slot', slot, 0, 1)}-{_text('node', node)}")
