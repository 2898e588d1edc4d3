"""The guard of the dialer at the switch: `lua oklik.lua dial|bar|epoch`, as the Lua script of a real node.

It makes a second send of the same UUID harmless and refuses a dialer that has been replaced: a compare-and-set in
the hash store before the originate.  Answers and order of checks are those of freeswitch-conf/scripts/oklik.lua.
"""

import re
from typing import TYPE_CHECKING

from oklik.telephony.virtual.originate import Leg, Order, Result, place

if TYPE_CHECKING:
    from oklik.telephony.virtual.core import Core

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"\d{1,15}")
_CALLER = re.compile(r"-|\+?\d{1,20}")
_ENDPOINT = re.compile(r"[A-Za-z0-9_.+@:/*#-]{1,200}")
BAD_ARGUMENT = "-ERR OKLIK_BAD_ARGUMENT\n"
STALE = "-ERR OKLIK_STALE_EPOCH\n"
DUPLICATE = "-ERR OKLIK_DUPLICATE\n"


def run(core: "Core", words: list[str], done: Result) -> None:
    """Run one command of the script."""
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb == "dial":
        _dial(core, rest, done)
    elif verb == "bar":
        done(_bar(core, rest))
    elif verb == "epoch":
        done(_epoch(core, rest))
    else:
        done(BAD_ARGUMENT)


def _insert_if_empty(core: "Core", key: str, value: str) -> bool:
    if key in core.hash:
        return False
    core.hash[key] = value
    return True


def _epoch(core: "Core", words: list[str]) -> str:
    if len(words) != 2 or not _NODE.fullmatch(words[0]) or not _NUMBER.fullmatch(words[1]):
        return BAD_ARGUMENT
    key = f"oklik_epoch_{words[0]}"
    if int(words[1]) < int(core.hash.get(key, "0")):
        return STALE
    core.hash[key] = words[1]
    return "+OK\n"


def _bar(core: "Core", words: list[str]) -> str:
    if not words or not all(map(_UUID.fullmatch, words)):
        return BAD_ARGUMENT
    lines = []
    for uuid in words:
        key = f"oklik_call_{uuid}"
        barred = _insert_if_empty(core, key, "barred") or core.hash[key] == "barred"
        lines.append(f"{uuid} {'barred' if barred else 'dialed'}\n")
    return "".join(lines)


def _dial(core: "Core", words: list[str], done: Result) -> None:
    if len(words) != 7:
        done(BAD_ARGUMENT)
        return
    uuid, epoch, node, ring, limit, caller, endpoint = words
    right = (
        _UUID.fullmatch(uuid)
        and _NUMBER.fullmatch(epoch)
        and _NODE.fullmatch(node)
        and _NUMBER.fullmatch(ring)
        and _NUMBER.fullmatch(limit)
        and _CALLER.fullmatch(caller)
        and _ENDPOINT.fullmatch(endpoint)
        and 1 <= int(ring) <= 300
        and 10 <= int(limit) <= 14400
    )
    if not right:
        done(BAD_ARGUMENT)
    elif int(epoch) < int(core.hash.get(f"oklik_epoch_{node}", "0")):
        done(STALE)
    elif not _insert_if_empty(core, f"oklik_call_{uuid}", "dialed"):
        done(DUPLICATE)
    else:
        place(core, Order((Leg(endpoint, variables(uuid, node, ring, limit, caller)),), "&park", ""), done)


def variables(uuid: str, node: str, ring: str, limit: str, caller: str) -> dict[str, str]:
    """The channel variables of a guarded call."""
    out = {
        "origination_uuid": uuid,
        "originate_timeout": ring,
        "ignore_early_media": "true",
        "outbound_redirect_fatal": "true",
    }
    if caller != "-":
        out["origination_caller_id_number"] = caller
        out["origination_caller_id_name"] = caller
    return out | {
        "park_after_bridge": "true",
        "hangup_after_bridge": "false",
        "app_disable_expand_variables": "true",
        "playback_terminators": "none",
        "execute_on_answer": f"sched_hangup +{limit} ALLOTTED_TIMEOUT",
        "oklik_node": node,
    }
