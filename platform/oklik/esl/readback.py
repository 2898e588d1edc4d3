"""What a switch makes of the line that places a call: a second opinion, written apart from the builder.

The model follows FreeSWITCH 1.10's own parsers as far as this one command needs them: the event socket's header
block, bgapi's verb and argument, mod_lua's words, the originate string that the guard script puts together, and
originate's variables, legs and application.  It takes apart and does not repair: anything it does not know for certain
(quotes, backslashes, separators, expansions) is an error.  Used before each call leaves; costs a few microseconds.
"""

import re
from typing import NamedTuple


class Misread(Exception):
    """The switch would understand something else, or nothing."""


class Leg(NamedTuple):
    """The call that is meant."""

    uuid: str
    epoch: int
    node: str
    ring_s: int
    max_s: int
    caller_id: str
    endpoint: str
    every_key: bool = False


class Originate(NamedTuple):
    """What originate understands: variables, the dial strings of its legs, the application."""

    variables: dict[str, str]
    legs: list[str]
    application: str


# What passes every parser on the way unchanged.  All else has a meaning to one of them (quotes, backslash, braces,
# comma, bar, dollar, caret, ampersand, semicolon, equals) or is not known to have none.
_WORDS = re.compile(r"[A-Za-z0-9_.:/@+ -]*")
_PAIRS = re.compile(r"[A-Za-z0-9_.:/@+=,-]*")
_TARGET = re.compile(r"[A-Za-z0-9_.:/@+-]+")
_UNPRINTABLE = re.compile(rb"[^\n\x20-\x7e]")


def check(data: bytes, meant: Leg) -> None:
    """Raise Misread unless the command places exactly the call that is meant."""
    words = _guard_words(data, meant.uuid)
    every_key = words[7:] == ["keys"]
    if len(words) != 7 + every_key:
        raise Misread(f"{len(words)} arguments")
    uuid, epoch, node, ring_s, max_s, caller_id, endpoint = words[:7]
    read = Leg(
        uuid,
        _whole(epoch),
        node,
        _whole(ring_s),
        _whole(max_s),
        "" if caller_id == "-" else caller_id,
        endpoint,
        every_key,
    )
    if read != meant:
        raise Misread("other arguments")
    _compare(originate_line(read), meant)


def check_plain(data: bytes, meant: Leg) -> None:
    """As check, for the line that places a call without the guard; epoch and max_s are not in it."""
    verb, brace, argument = _line(data, meant.uuid).partition("{")
    if verb != "bgapi originate ":
        raise Misread("another command instead of originate")
    _compare(brace + argument, meant)


def _compare(line: str, meant: Leg) -> None:
    expected = Originate(_variables(meant), [meant.endpoint], "&park()")
    if parse_originate(line) != expected:
        raise Misread("another originate")


def _line(data: bytes, job: str) -> str:
    """The command out of the frame."""
    head, end, rest = data.partition(b"\n\n")
    if not end or rest:
        raise Misread("not one frame")
    if _UNPRINTABLE.search(head):
        raise Misread("a control character or not ASCII")
    line, *headers = head.decode("ascii").split("\n")
    if headers != [f"Job-UUID: {job}"]:
        raise Misread("foreign headers")
    return line


def _guard_words(data: bytes, job: str) -> list[str]:
    """The guard's arguments out of the frame."""
    verb, _, argument = _line(data, job).partition(" ")
    words = argument.split(" ")
    if verb != "bgapi" or words[:3] != ["lua", "oklik.lua", "dial"]:
        raise Misread("another command")
    # ":_:" parts calls, and a variable's value that begins with "ARRAY::" is a list to the switch
    if not _WORDS.fullmatch(argument) or ":_:" in argument or "::" in argument or "" in words:
        raise Misread("a character with a meaning of its own")
    return words[3:]


def _whole(word: str) -> int:
    if not word.isdigit() or (word[0] == "0" and word != "0"):
        raise Misread(f"a number {word!r}")
    return int(word)


def _variables(leg: Leg) -> dict[str, str]:
    """The variables a guarded call has, and no others."""
    variables = {
        "origination_uuid": leg.uuid,
        "originate_timeout": str(leg.ring_s),
        "ignore_early_media": "true",
        "outbound_redirect_fatal": "true",
        "park_after_bridge": "true",
        "hangup_after_bridge": "false",
        "app_disable_expand_variables": "true",
        "playback_terminators": "none",
        "oklik_node": leg.node,
    }
    if leg.caller_id:
        variables |= {
            "origination_caller_id_number": leg.caller_id,
            "origination_caller_id_name": leg.caller_id,
        }
    if leg.every_key:
        variables |= {"dtmf_type": "rfc2833", "rtp_liberal_dtmf": "true"}
    return variables


def originate_line(leg: Leg) -> str:
    """The argument that the guard script hands to originate (freeswitch-conf/scripts/oklik.lua)."""
    block = ",".join(f"{name}={value}" for name, value in _variables(leg).items())
    return f"{{{block}}}{leg.endpoint} &park()"


def parse_originate(line: str) -> Originate:
    """Take an originate argument apart as the switch does; anything but the plainest form is refused."""
    if not line.startswith("{"):
        raise Misread("no variables")
    block, _, rest = line[1:].partition("}")
    if not _PAIRS.fullmatch(block) or ":_:" in line:
        raise Misread("a character with a meaning of its own among the variables")
    variables: dict[str, str] = {}
    for pair in block.split(","):
        name, _, value = pair.partition("=")
        if not name or not value or "=" in value or name in variables:
            raise Misread(f"a variable {pair!r}")
        variables[name] = value
    words = rest.split(" ")
    if len(words) != 2:
        raise Misread(f"{len(words)} words after the variables")
    target, application = words
    if target.lower() == "undef":
        raise Misread("a word that the switch reads as nothing")
    legs = [leg for group in target.split("|") for leg in group.split(",")]
    if not all(map(_TARGET.fullmatch, legs)):
        raise Misread(f"a leg in {target!r}")
    return Originate(variables, legs, application)
