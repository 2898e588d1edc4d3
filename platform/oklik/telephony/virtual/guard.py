"""The guard of the dialer at the switch: `lua oklik.lua dial|take|bar|epoch|writes|version|purge`, as a real node's.

It makes a second send of the same UUID harmless and refuses a dialer that has been replaced, by a compare-and-set in
the hash store before the originate.  Arguments, answers, keys and the order of checks are those of
freeswitch-conf/scripts/oklik.lua; a test compares the two texts.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from oklik.esl.commands import GUARD_VERSION
from oklik.telephony.virtual.applications import limit_call
from oklik.telephony.virtual.originate import Leg, Order, Result, place

if TYPE_CHECKING:
    from oklik.telephony.virtual.core import Core

KEEP_S = 172_800
_HOST = r"[A-Za-z0-9][A-Za-z0-9.:-]*"
_USER = r"[A-Za-z0-9+][A-Za-z0-9_.+-]*"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NODE = re.compile(r"(?=.{1,32}$)[A-Za-z0-9][A-Za-z0-9_.-]*")
_NUMBER = re.compile(r"[0-9]{1,16}")
_CALLER = re.compile(r"-|(?=.{1,16}$)\+?[0-9]+")
_ENDPOINT = re.compile(
    rf"(?=.{{1,400}}$)(?:sofia/gateway/[A-Za-z0-9_.-]+/{_USER}|sofia/[A-Za-z0-9_-]+/{_USER}@{_HOST}"
    rf"|user/{_USER}@{_HOST}|user/{_USER})"
)
_FILE = re.compile(r"(?=.{1,1000}$)(?:/(?!\.{0,2}/)[A-Za-z0-9_.+=@-]+)*/[A-Za-z0-9_+=@-]+\.wav")
BAD_ARGUMENT = "-ERR OKLIK_BAD_ARGUMENT\n"
STALE = "-ERR OKLIK_STALE_EPOCH\n"
GONE = "-ERR OKLIK_GONE\n"
NOT_WRITABLE = "-ERR OKLIK_NOT_WRITABLE\n"
DUPLICATE = "-ERR OKLIK_DUPLICATE\n"


def run(core: "Core", words: list[str], done: Result) -> None:
    """Run one command of the script."""
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb == "dial":
        _dial(core, rest, done)
    elif verb == "take":
        done(_take(core, rest))
    elif verb == "bar":
        done(_bar(core, rest))
    elif verb == "epoch":
        done(_epoch(core, rest))
    elif verb == "writes":
        done(_writes(rest))
    elif verb == "version":
        done(BAD_ARGUMENT if rest else f"+OK {GUARD_VERSION}\n")
    elif verb == "purge":
        done(_purge(core))
    else:
        done(BAD_ARGUMENT)


def _first(core: "Core", uuid: str, mark: str) -> bool:
    """The compare-and-set: true for exactly one caller per UUID."""
    key = f"oklik_{uuid}"
    if key in core.hash:
        return False
    core.hash[key] = f"{mark}{core.clock.now_us() // 1_000_000}"
    return True


def _whole(text: str, low: int, high: int) -> int | None:
    if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
        return None
    return int(text)


def _epoch(core: "Core", words: list[str]) -> str:
    epoch = _whole(words[1], 0, 2**53) if len(words) == 2 else None
    if epoch is None or not _NODE.fullmatch(words[0]):
        return BAD_ARGUMENT
    key = f"oklik_epoch.{words[0]}"
    if int(core.hash.get(key, "0")) > epoch:
        return STALE
    core.hash[key] = words[1]
    return "+OK\n"


def _bar(core: "Core", words: list[str]) -> str:
    if not words or not all(map(_UUID.fullmatch, words)):
        return BAD_ARGUMENT
    lines = []
    for uuid in words:
        barred = _first(core, uuid, "b") or core.hash[f"oklik_{uuid}"].startswith("b")
        lines.append(f"{uuid} {'barred' if barred else 'dialed'}\n")
    return "".join(lines)


def _writes(words: list[str]) -> str:
    if len(words) != 1 or not _FILE.fullmatch(words[0]):
        return BAD_ARGUMENT
    try:
        Path(words[0]).touch(exist_ok=False)
    except OSError:
        return NOT_WRITABLE
    return "+OK\n"


def _purge(core: "Core") -> str:
    before = core.clock.now_us() // 1_000_000 - KEEP_S
    old = [
        key
        for key, mark in core.hash.items()
        if key.startswith("oklik_") and _UUID.fullmatch(key[6:]) and int(mark[1:]) < before
    ]
    for key in old:
        del core.hash[key]
    return f"+OK {len(old)}\n"


def _dial(core: "Core", words: list[str], done: Result) -> None:
    every_key = len(words) == 8 and words[7] == "keys"
    if len(words) != 7 + every_key:
        done(BAD_ARGUMENT)
        return
    uuid, epoch_text, node, ring, limit, caller, endpoint = words[:7]
    epoch = _whole(epoch_text, 0, 2**53)
    right = (
        _UUID.fullmatch(uuid)
        and epoch is not None
        and _NODE.fullmatch(node)
        and _whole(ring, 1, 300)
        and _whole(limit, 10, 14400)
        and _CALLER.fullmatch(caller)
        and _ENDPOINT.fullmatch(endpoint)
    )
    owner = core.hash.get(f"oklik_epoch.{node}")
    if not right or epoch is None:
        done(BAD_ARGUMENT)
    elif owner is None or epoch < int(owner):
        done(STALE)
    elif not _first(core, uuid, "d"):
        done(DUPLICATE)
    else:

        def placed(result: str) -> None:
            leg = core.live(uuid)
            if result.startswith("+OK") and leg is not None:
                limit_call(leg, f"+{limit} ALLOTTED_TIMEOUT")
            done(result)

        values = variables(uuid, node, ring, caller, every_key=every_key)
        place(core, Order((Leg(endpoint, values),), "&park", ""), placed)


def _take(core: "Core", words: list[str]) -> str:
    """An incoming call that waits becomes the node's; whoever deletes the dialplan's timer has it."""
    if len(words) != 4:
        return BAD_ARGUMENT
    uuid, epoch_text, node, limit = words
    epoch = _whole(epoch_text, 0, 2**53)
    if not (_UUID.fullmatch(uuid) and epoch is not None and _NODE.fullmatch(node) and _whole(limit, 10, 14400)):
        return BAD_ARGUMENT
    owner = core.hash.get(f"oklik_epoch.{node}")
    if owner is None or epoch < int(owner):
        return STALE
    leg = core.live(uuid)
    if leg is None or leg.get("oklik_inbound") != "waiting":
        return GONE
    if not _first(core, uuid, "d"):
        return DUPLICATE
    if not core.unschedule(uuid):
        return GONE
    for name, value in (
        ("oklik_inbound", "taken"),
        ("oklik_node", node),
        ("park_after_bridge", "true"),
        ("hangup_after_bridge", "false"),
        ("app_disable_expand_variables", "true"),
        ("playback_terminators", "none"),
    ):
        leg.put(name, value)
    limit_call(leg, f"+{limit} ALLOTTED_TIMEOUT")
    return f"+OK {uuid}\n"


def variables(uuid: str, node: str, ring: str, caller: str, *, every_key: bool = False) -> dict[str, str]:
    """The channel variables of a guarded call."""
    out = {
        "origination_uuid": uuid,
        "originate_timeout": ring,
        "ignore_early_media": "true",
        "outbound_redirect_fatal": "true",
        "park_after_bridge": "true",
        "hangup_after_bridge": "false",
        "app_disable_expand_variables": "true",
        "playback_terminators": "none",
        "oklik_node": node,
    }
    if caller != "-":
        out |= {"origination_caller_id_number": caller, "origination_caller_id_name": caller}
    if every_key:
        out |= {"dtmf_type": "rfc2833", "rtp_liberal_dtmf": "true"}
    return out
