"""`sofia`: the gateways of the switch's configuration, asked after, dropped and read again.

Texts are those of FreeSWITCH 1.10.12, with their line ends (or their want of one).  There are no files here: every
gateway is there that the population does not declare missing, and one that was dropped is back after a rescan.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oklik.telephony.virtual.core import Core

EVENT = "sofia::gateway_state"
_RULE = "=" * 97
_SIP = "127.0.0.1:5080"


def sofia(core: "Core", argument: str) -> str:
    """Answer `sofia ARGUMENT`."""
    words = argument.split()
    if words[:2] == ["status", "gateway"] and len(words) == 3:
        return _status(core, words[2]) if there(core, words[2]) else "Invalid Gateway!\n"
    if words[:2] == ["status", "profile"] and len(words) == 3:
        return "Invalid Profile!\n"
    if words[:1] == ["profile"]:
        return _profile(core, words[1:])
    if words[:1] not in (["status"], ["profile"]):
        return f"Unknown Command [{words[0] if words else ''}]\n"
    return "-ERR not modelled by the virtual switch\n"


def there(core: "Core", name: str) -> bool:
    """Whether the switch has a gateway of this name now."""
    return name not in core.dropped_gateways and not core.population.among(name, core.population.lines.missing)


def answers(core: "Core", name: str) -> bool:
    """Whether calls over the gateway are let through."""
    lines, among = core.population.lines, core.population.among
    return not among(name, lines.down) and not among(name, lines.refused)


def _profile(core: "Core", words: list[str]) -> str:
    if len(words) < 2:
        return "Invalid Args!\n"
    name, verb, rest = words[0], words[1], words[2:]
    if core.population.among(name, core.population.lines.missing):
        return f"Invalid Profile [{name}]"
    if verb == "killgw":
        if not rest:
            return "-ERR missing gw name\n"
        if not there(core, rest[0]):
            return "-ERR no such gateway.\n"
        core.dropped_gateways.add(rest[0])
        return "+OK gateway marked for deletion.\n"
    if verb == "rescan":
        core.dropped_gateways.clear()
        for gateway in core.population.lines.refused:
            # a pattern stands for no gateway of which it could be told
            if gateway.isascii() and gateway.replace("-", "").isalnum():
                core.publish_custom(EVENT, {"Gateway": gateway, "State": "FAILED", "Ping-Status": "DOWN", **_FORBIDDEN})
        return "Reload XML [Success]\n+OK scan complete\n"
    if verb == "gwlist" and rest[:1] in (["up"], ["down"]):
        return "".join(f"{one} " for one in core.population.lines.down) if rest[0] == "down" else ""
    return "-ERR not modelled by the virtual switch\n"


_FORBIDDEN = {"Phrase": "Forbidden", "Status": "403"}


def _status(core: "Core", name: str) -> str:
    lines, among = core.population.lines, core.population.among
    up = answers(core, name)
    state = "FAIL_WAIT" if among(name, lines.refused) else "NOREG"
    values = {
        "Name": name,
        "Profile": "oklik",
        "Scheme": "Digest",
        "Realm": "127.0.0.1",
        "Username": "oklik",
        "Password": "yes",
        "From": "<sip:oklik@127.0.0.1>",
        "Contact": f"<sip:gw+{name}@{_SIP};transport=udp;gw={name}>",
        "Exten": "auto_to_user",
        "To": "sip:oklik@127.0.0.1",
        "Proxy": "sip:127.0.0.1",
        "Context": "inbound",
        "Expires": "3600",
        "Freq": "3600",
        "Ping": "0",
        "PingFreq": "0",
        "PingTime": "0.00",
        "PingState": "0/0/0",
        "State": state,
        "Status": "UP" if up else "DOWN",
        "Uptime": f"{(core.clock.now_us() - core.started_us) // 1_000_000 if up else 0}s",
        "CallsIN": "0",
        "CallsOUT": "0",
        "FailedCallsIN": "0",
        "FailedCallsOUT": "0",
    }
    return "\n".join([_RULE, *(f"{field:<8}\t{value}" for field, value in values.items()), _RULE, ""])
