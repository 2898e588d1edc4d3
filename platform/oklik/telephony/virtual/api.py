"""The api commands of the switch, by name: what `api` answers and `bgapi` reports.

A command gets its argument as text and gives its output to `done`, at once or later (originate, msleep).  Texts are
those of FreeSWITCH 1.10.12, with their line ends.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from oklik.telephony.virtual import VERSION, VERSION_LINE, avmd, causes, guard
from oklik.telephony.virtual.applications import limit_call
from oklik.telephony.virtual.bridging import uuid_bridge
from oklik.telephony.virtual.frames import event_json, plain_block
from oklik.telephony.virtual.gateways import sofia
from oklik.telephony.virtual.headers import channel_block
from oklik.telephony.virtual.listing import show
from oklik.telephony.virtual.originate import Result, originate
from oklik.telephony.virtual.whole_calls import begin_whole, end_whole
from oklik.telephony.virtual.words import split

if TYPE_CHECKING:
    from oklik.telephony.virtual.channel import Channel
    from oklik.telephony.virtual.core import Core

NO_CHANNEL = "-ERR No such channel!\n"
NO_SESSION = "-ERR Cannot locate session!\n"

# What commands say to a uuid that is not there, where nothing else is modelled.
_ABSENT = {
    "uuid_transfer": NO_CHANNEL,
    "uuid_park": NO_CHANNEL,
    "uuid_audio": NO_CHANNEL,
    "uuid_preprocess": NO_CHANNEL,
    "uuid_send_dtmf": NO_SESSION,
    "uuid_displace": NO_SESSION,
    "uuid_flush_dtmf": "-ERR No such session\n",
    "uuid_broadcast": "-ERR invalid uuid\n",
    "uuid_hold": "+OK Success\n",
    "uuid_answer": "-ERROR\n",
    "uuid_media": "-ERR Operation failed\n",
    "uuid_buglist": "",
}
_USAGE = {
    "uuid_kill": "-USAGE: <uuid> [cause]\n",
    "uuid_dump": "-USAGE: <uuid> [format]\n",
    "uuid_getvar": "-USAGE: <uuid> <var>\n",
    "uuid_setvar": "-USAGE: <uuid> <var> [value]\n",
    "uuid_setvar_multi": "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n",
    "uuid_bridge": "-USAGE: <uuid> <other_uuid>\n",
    "uuid_break": "-USAGE: <uuid> [all]\n",
    "uuid_recv_dtmf": "-USAGE: <uuid> <dtmf_data>\n",
    "uuid_broadcast": "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n",
    "uuid_record": "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n",
    "uuid_transfer": "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n",
}


def run(core: "Core", line: str, done: Result) -> None:
    """Run `verb argument`; unknown verbs are said to be so."""
    verb, _, argument = line.strip().partition(" ")
    argument = argument.strip()
    command = _COMMANDS.get(verb)
    if verb in _USAGE and not argument:
        done(_USAGE[verb])
    elif command is not None:
        command(core, argument, done)
    elif verb in _ABSENT:
        uuid = argument.partition(" ")[0]
        done("-ERR not modelled by the virtual switch\n" if core.live(uuid) else _ABSENT[verb])
    else:
        done(f"-ERR {verb} Command not found!\n")


def _leg(core: "Core", argument: str) -> "tuple[Channel | None, str]":
    uuid, _, rest = argument.partition(" ")
    return core.live(uuid), rest.strip()


def _simple(answer: Callable[["Core", str], str]) -> Callable[["Core", str, Result], None]:
    return lambda core, argument, done: done(answer(core, argument))


def _on_leg(answer: Callable[["Channel", str], str], absent: str = NO_CHANNEL) -> Callable[["Core", str, Result], None]:
    def run_on(core: "Core", argument: str, done: Result) -> None:
        leg, rest = _leg(core, argument)
        done(absent if leg is None else answer(leg, rest))

    return run_on


def _kill(leg: "Channel", cause: str) -> str:
    leg.kill(cause if causes.known(cause) else "NORMAL_CLEARING")
    return "+OK\n"


def _getvar(leg: "Channel", name: str) -> str:
    value = leg.get(name)
    if value is None and name == "hangup_cause":
        value = leg.cause or None
    return "_undef_" if value is None else value


def _setvar(leg: "Channel", rest: str) -> str:
    name, _, value = rest.partition(" ")
    if not name:
        return _USAGE["uuid_setvar"]
    leg.put(name, value)
    return "+OK\n"


def _setvar_multi(leg: "Channel", rest: str) -> str:
    for item in rest.split(";"):
        name, sep, value = item.partition("=")
        if sep:
            leg.put(name, value)
    return "+OK\n"


def _dump(leg: "Channel", form: str) -> str:
    blocks = (leg.core.head("CHANNEL_DATA"), channel_block(leg), leg.variables)
    return event_json(blocks) if form == "json" else plain_block(blocks).decode() + "\n"


def _break(leg: "Channel", rest: str) -> str:
    leg.executor.interrupt(everything=rest == "all")
    return "+OK\n"


def _recv_dtmf(leg: "Channel", keys: str) -> str:
    for key in keys.partition("@")[0]:
        leg.core.clock.later(0.02, leg.executor.key, key, "APP")
    return f"+OK {leg.uuid} received DTMF {keys}.\n"


def _bridge(core: "Core", argument: str) -> str:
    words = argument.split()
    if len(words) < 2:
        return _USAGE["uuid_bridge"]
    return f"+OK {words[1]}\n" if uuid_bridge(core, words[0], words[1]) else "-ERR Invalid uuid\n"


def _record(leg: "Channel", rest: str) -> str:
    verb, _, path = rest.partition(" ")
    path = path.split(" ")[0]
    if verb == "start" and path:
        return "+OK Success\n" if begin_whole(leg, path) else "-ERR Cannot record session!\n"
    if verb == "stop" and path:
        return "+OK Success\n" if end_whole(leg, path) else "-ERR Cannot stop record session!\n"
    return _USAGE["uuid_record"]


def _hupall(core: "Core", argument: str) -> str:
    words = argument.split(" ")
    cause = words[0] or "MANAGER_REQUEST"
    legs = [leg for leg in core.channels.values() if not leg.hung_up]
    # As on the real switch: without a value everything goes.
    matching = len(words) > 2 and words[2] != ""
    for leg in legs:
        if not matching or leg.get(words[1]) == words[2]:
            leg.hangup(cause if causes.known(cause) else "NORMAL_CLEARING")
    if matching:
        return f"+OK hangup all channels matching [{words[1]}]=[{words[2]}] with cause: {cause}\n"
    return f"+OK hangup all channels with cause {cause}\n"


_HASH_USAGE = "-ERR Usage: hash insert|insert_ifempty|select|delete|delete_ifmatch/realm/key[/value]\n"


def _hash(core: "Core", argument: str) -> str:
    words = argument.split("/", 3)
    if len(words) < 3:
        return _HASH_USAGE
    verb, key = words[0].lower(), f"{words[1]}_{words[2]}"
    present = key in core.hash
    if verb in {"insert", "insert_ifempty"} and len(words) == 4:
        if verb == "insert_ifempty" and present:
            return "-ERR key already exists\n"
        core.hash[key] = words[3]
        return "+OK\n"
    if verb == "select":
        return core.hash.get(key, "")
    if verb in {"delete", "delete_ifmatch"}:
        if not present:
            return "-ERR Not found\n"
        if verb == "delete_ifmatch" and (len(words) < 4 or core.hash[key] != words[3]):
            return "-ERR Doesn't match\n"
        del core.hash[key]
        return "+OK\n"
    return _HASH_USAGE


def _sched_api(core: "Core", argument: str) -> str:
    words = argument.split(" ", 2)
    match = re.match(r"\+(\d+)$", words[0])
    if len(words) < 3 or match is None:
        return "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n"
    command = words[2].removesuffix("&")
    number = core.schedule(int(match[1]), words[1], lambda: run(core, command, lambda _: None))
    return f"+OK Added: {number}\n"


def _sched_del(core: "Core", argument: str) -> str:
    return f"+OK Deleted: {core.unschedule(argument)}\n"


def _unsched_api(core: "Core", argument: str) -> str:
    return "+OK\n" if argument.isdigit() and core.unschedule(argument) else "-ERR No such id\n"


def _sched_hangup(core: "Core", argument: str) -> str:
    words = argument.split(" ", 2)
    if len(words) < 2:
        return "-USAGE: [+]<time> <uuid> [<cause>]\n"
    leg = core.live(words[1])
    if leg is None:
        return NO_CHANNEL
    cause = words[2] if len(words) > 2 else ""
    return "+OK\n" if limit_call(leg, f"+{words[0].lstrip('+')} {cause}") else "-ERR Invalid time\n"


def _status(core: "Core", _: str) -> str:
    limits = core.limits
    return (
        f"UP {core.uptime()}\n"
        f"FreeSWITCH (Version {VERSION} oklik virtual switch) is ready\n"
        f"{core.total_sessions} session(s) since startup\n"
        f"{len(core.channels)} session(s) - peak {core.peak_sessions}, last 5min {core.peak_sessions} \n"
        f"{limits.last_sps} session(s) per Sec out of max {limits.sps}, peak {limits.peak_sps}, "
        f"last 5min {limits.peak_sps} \n"
        f"{limits.max_sessions} session(s) max\nmin idle cpu 0.00/96.10\nCurrent Stack Size/Max 240K/8192K\n"
    )


def _fsctl(core: "Core", argument: str) -> str:
    words = argument.split()
    verb, rest = (words[0], words[1:]) if words else ("", [])
    limits = core.limits
    if verb in {"pause", "resume"}:
        on = verb == "pause"
        if rest != ["outbound"]:
            limits.paused_in = on
        if rest != ["inbound"]:
            limits.paused_out = on
        return "+OK\n"
    if verb == "pause_check":
        paused = {"inbound": limits.paused_in, "outbound": limits.paused_out}
        return "true" if paused.get(rest[0] if rest else "", limits.paused_in and limits.paused_out) else "false"
    if verb == "max_sessions":
        if rest and rest[0].isdigit():
            limits.max_sessions = int(rest[0])
        return f"+OK max sessions: {limits.max_sessions}\n"
    if verb == "sps":
        if rest and rest[0].isdigit():
            limits.sps = int(rest[0])
        return f"+OK sessions per second: {limits.sps}\n"
    if verb == "last_sps":
        return f"+OK last sessions per second: {limits.last_sps}\n"
    if verb == "hupall":
        return _hupall(core, " ".join(rest)).replace("channels with cause", "channels with cause")
    return "-ERR Invalid command\nUSAGE: fsctl [hupall|pause [inbound|outbound]|resume|pause_check|sps|max_sessions]\n"


def _msleep(core: "Core", argument: str, done: Result) -> None:
    core.clock.later(int(argument) / 1000 if argument.isdigit() else 0, done, "+OK")


def _lua(core: "Core", argument: str, done: Result) -> None:
    words = split(argument, " ")
    if not core.lua:
        done("-ERR lua Command not found!\n")
    elif words[:1] == ["oklik.lua"]:
        guard.run(core, words[1:], done)
    else:
        done("")


_MODULES = frozenset(
    {
        "mod_avmd",
        "mod_commands",
        "mod_dptools",
        "mod_event_socket",
        "mod_hash",
        "mod_lua",
        "mod_sndfile",
        "mod_sofia",
    }
)


def _call_in(core: "Core", argument: str) -> str:
    """For rehearsals and tests, no command of FreeSWITCH: `virtual_call <number> <dialed>`, somebody calls us."""
    from oklik.telephony.virtual.incoming import call_in

    words = argument.split()
    if len(words) != 2:
        return "-USAGE: <number> <dialed>\n"
    return f"+OK {call_in(core, *words).uuid}\n"


def _version(_: "Core", argument: str) -> str:
    return f"{VERSION}\n" if argument == "short" else f"{VERSION_LINE}\n"


_COMMANDS: dict[str, Callable[["Core", str, Result], None]] = {
    "originate": originate,
    "lua": _lua,
    "avmd": _simple(avmd.command),
    "msleep": _msleep,
    "echo": _simple(lambda _, argument: argument),
    "status": _simple(_status),
    "version": _simple(_version),
    "virtual_call": _simple(_call_in),
    "uptime": _simple(lambda core, _: str((core.clock.now_us() - core.started_us) // 1_000_000) + "\n"),
    "strftime": _simple(lambda core, _: core.dates(core.clock.now_us())[0]),
    "strepoch": _simple(lambda core, _: str(core.clock.now_us() // 1_000_000)),
    "create_uuid": _simple(lambda core, _: core.new_uuid()),
    "eval": _simple(lambda core, argument: argument.replace("${core_uuid}", core.core_uuid)),
    "global_getvar": _simple(lambda core, name: core.core_uuid if name == "core_uuid" else ""),
    "module_exists": _simple(
        lambda core, name: "true" if name in _MODULES and (core.lua or name != "mod_lua") else "false"
    ),
    "reloadxml": _simple(lambda *_: "+OK [Success]\n"),
    "show": _simple(show),
    "hash": _simple(_hash),
    "hupall": _simple(_hupall),
    "fsctl": _simple(_fsctl),
    "sofia": _simple(sofia),
    "sched_api": _simple(_sched_api),
    "sched_del": _simple(_sched_del),
    "unsched_api": _simple(_unsched_api),
    "sched_hangup": _simple(_sched_hangup),
    "file_exists": _simple(lambda _, path: "true" if path and Path(path).exists() else "false"),
    "uuid_exists": _simple(lambda core, uuid: "true" if core.live(uuid) else "false"),
    "uuid_kill": _on_leg(_kill),
    "uuid_getvar": _on_leg(_getvar),
    "uuid_setvar": _on_leg(_setvar),
    "uuid_setvar_multi": _on_leg(_setvar_multi, NO_CHANNEL + _USAGE["uuid_setvar_multi"]),
    "uuid_dump": _on_leg(_dump),
    "uuid_break": _on_leg(_break),
    "uuid_record": _on_leg(_record, NO_SESSION),
    "uuid_recv_dtmf": _on_leg(_recv_dtmf, NO_SESSION),
    "uuid_bridge": _simple(_bridge),
}
