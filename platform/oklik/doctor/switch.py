"""The switch: does it let us in, has it what we use and nothing that we fear, are the lines up with codecs it has."""

import datetime as dt
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec

from oklik.config import Settings
from oklik.doctor.finding import Finding, bad, good, note, warn
from oklik.esl.commands import GUARD_VERSION
from oklik.failures import BadInput
from oklik.messages import both
from oklik.options import SwitchAddress
from oklik.telephony.freeswitch.checkup import NEEDED_MODULES, RISKY_MODULES, WISHED_MODULES, Visit, visit
from oklik.telephony.freeswitch.probe import probe
from oklik.telephony.port import GatewaySeen, SwitchError, SwitchRefused, SwitchUnreachable
from oklik.tls import addresses
from oklik.wiring import sample_prompt, sample_recording

PLACE = "switch"
OLDEST, MENDED = (1, 10, 0), (1, 11, 1)  # what we drive; from where on the flaw of event-socket clients is mended
APART_S = 2.0
DOOR_S = 0.5  # seconds to wait at each of our addresses
_GATEWAY = re.compile(r"sofia/gateway/([A-Za-z0-9][A-Za-z0-9_.-]{0,63})/", re.ASCII)
_UP_WORDS = frozenset({"REGED", "NOREG"})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk as far as a switch can be asked about it.  codecs: () for one that was not filled in on a page."""

    name: str
    dial_string: str
    channels: int
    codecs: tuple[str, ...] = ()

    @property
    def gateway(self) -> str | None:
        """Its gateway's name at the switch; None for a dial string without one."""
        found = _GATEWAY.match(self.dial_string)
        return found[1] if found else None


def look(settings: Settings, lines: Sequence[Line], now: dt.datetime) -> Iterator[Finding]:
    """Look it over.  lines: those of the database."""
    if settings.switch is None:
        yield note(PLACE, "switch_none")
        return
    try:
        address = SwitchAddress.read(settings.switch, settings, "OKLIK_SWITCH")
    except BadInput as error:
        yield bad(PLACE, "switch_setting", why={"ru": error.text("ru"), "en": error.text("en")})
        return
    where = address.where
    names = sorted({line.gateway for line in lines if line.gateway is not None})
    try:
        with sample_prompt(settings.prompts) as file:
            seen = visit(address.host, address.port, address.password, names=names, file=str(file))
    except SwitchUnreachable:
        yield bad(PLACE, "switch_away", where=where)
        return
    except SwitchRefused as error:
        known = error.reason if error.reason in {"password", "acl"} else "trouble"
        yield bad(PLACE, f"switch_{known}", where=where, detail=error)
        return
    except SwitchError as error:
        yield bad(PLACE, "switch_trouble", where=where, detail=error)
        return
    except BadInput as error:  # the folder of prompts
        yield bad(PLACE, "switch_folder", why={"ru": error.text("ru"), "en": error.text("en")})
        return
    yield from judged(seen, lines, now, where=where, prompts=str(settings.prompts))
    if seen.guard:
        yield _recordings(settings, address)
    yield from _doors(address)


def _recordings(settings: Settings, address: SwitchAddress) -> Finding:
    """Can it make a file where answers by voice are kept, and can we read that file?"""
    folder = settings.voice_answers
    try:
        with sample_recording(folder) as new:
            probe(address.host, address.port, address.password, new_file=str(new))
    except (SwitchError, BadInput):
        return warn(PLACE, "switch_voices", path=folder)
    return good(PLACE, "switch_voices_good")


def judged(seen: Visit, lines: Sequence[Line], now: dt.datetime, *, where: str, prompts: str) -> Iterator[Finding]:
    """Say what its answers mean."""
    yield from _versions(seen, where)
    if not seen.guard and seen.no_script and "mod_hash" in seen.modules:
        yield warn(PLACE, "guard_plain", where=where)
    elif not seen.guard:
        yield bad(PLACE, "guard", where=where)
    elif seen.script < GUARD_VERSION:
        yield bad(PLACE, "guard_old", where=where, version=seen.script, wanted=GUARD_VERSION)
    else:
        yield good(PLACE, "guard_good")
    yield from _modules(seen)
    if seen.expands:
        yield bad(PLACE, "expansion")
    if not seen.ready:
        yield bad(PLACE, "switch_paused")
    if seen.clock_s is not None and not seen.virtual and abs(seen.clock_s - now.timestamp()) > APART_S + 1:
        yield warn(PLACE, "switch_clock", seconds=f"{abs(seen.clock_s - now.timestamp()):.0f}")
    if seen.finds is False:
        yield bad(PLACE, "switch_prompts", path=prompts)
    elif seen.finds:
        yield good(PLACE, "switch_prompts_good")
    yield from _room(seen, lines)
    yield from _gateways(seen, lines)
    yield from _codecs(seen, lines)


def _versions(seen: Visit, where: str) -> Iterator[Finding]:
    if seen.virtual:
        yield note(PLACE, "switch_virtual", where=where)
        return
    if seen.version is None or seen.version < OLDEST:
        yield bad(PLACE, "switch_old", version=_dotted(seen.version), least=_dotted(OLDEST))
    else:
        yield good(PLACE, "switch", where=where, version=_dotted(seen.version))
        if seen.version < MENDED:
            yield warn(PLACE, "switch_unmended", version=_dotted(MENDED))


def _dotted(version: tuple[int, int, int] | None) -> str:
    return "?" if version is None else ".".join(map(str, version))


def _modules(seen: Visit) -> Iterator[Finding]:
    if missing := [name for name in NEEDED_MODULES if name not in seen.modules]:
        yield bad(PLACE, "modules", names=", ".join(missing))
    else:
        yield good(PLACE, "modules_good")
    if wished := [name for name in WISHED_MODULES if name not in seen.modules]:
        yield note(PLACE, "modules_wished", names=", ".join(wished))
    if risky := [name for name in RISKY_MODULES if name in seen.modules]:
        yield warn(PLACE, "modules_risky", names=", ".join(risky))


def _room(seen: Visit, lines: Sequence[Line]) -> Iterator[Finding]:
    wanted = sum(line.channels for line in lines)
    # A call that is given to an agent takes two sessions of the switch.
    if seen.sessions is not None and wanted > seen.sessions:
        yield warn(PLACE, "sessions", most=seen.sessions, wanted=wanted)


def _gateways(seen: Visit, lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        if line.gateway is None:
            yield note(PLACE, "line_plain", line=line.name, dial=line.dial_string)
            continue
        gateway = seen.gateways.get(line.gateway)
        if gateway is None:
            yield bad(PLACE, "line_missing", line=line.name, gateway=line.gateway)
        elif not gateway.up or gateway.state not in _UP_WORDS:
            yield bad(PLACE, "line_down", line=line.name, gateway=line.gateway, state=_words(gateway))
        else:
            yield good(PLACE, "line_up", line=line.name, state=_words(gateway))


_STATES: Mapping[str, str] = {
    "REGED": "state_registered",
    "NOREG": "state_by_address",
    "FAIL_WAIT": "state_refused",
    "FAILED": "state_refused",
    "UNREGED": "state_unregistered",
    "TRYING": "state_trying",
    "REGISTER": "state_trying",
    "DOWN": "state_silent",
}


def _words(gateway: GatewaySeen) -> Mapping[str, str]:
    if not gateway.up and gateway.state in _UP_WORDS:
        return both("doctor_state_silent")
    return both(f"doctor_{_STATES.get(gateway.state, 'state_other')}", state=gateway.state)


def _codecs(seen: Visit, lines: Sequence[Line]) -> Iterator[Finding]:
    if seen.virtual:
        return
    if seen.codecs is None:
        if any(line.gateway for line in lines):
            yield bad(PLACE, "profile")
        return
    offered = {one.upper() for one in seen.codecs}
    for line in lines:
        if line.codecs and not offered & {one.upper() for one in line.codecs}:
            yield bad(PLACE, "codecs", line=line.name, wanted=", ".join(line.codecs), offered=", ".join(seen.codecs))
    yield good(PLACE, "codecs_good", offered=", ".join(seen.codecs))


def _doors(address: SwitchAddress) -> Iterator[Finding]:
    """Is the event socket open to the network?  Whoever is let in there may do everything."""
    if address.host not in {"127.0.0.1", "::1", "localhost"}:
        yield note(PLACE, "door_remote", where=address.where)
        return
    for host in addresses():
        if host in {"127.0.0.1", "::1"}:
            continue
        with suppress(OSError), socket.create_connection((host, address.port), timeout=DOOR_S):
            yield warn(PLACE, "door_open", where=f"{host}:{address.port}")
            return
    yield good(PLACE, "door_shut")
