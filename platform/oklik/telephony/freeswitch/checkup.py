"""Everything that a switch can be asked about itself in one visit, without changing anything: for `oklik doctor`.

Whether what it answers is good is not decided here.  Needs no monkey patch.
"""

import re
from collections.abc import Iterable

import msgspec

from oklik.esl import commands
from oklik.telephony.freeswitch import gateways, outcome
from oklik.telephony.freeswitch.connection import Link
from oklik.telephony.freeswitch.script_version import script_version
from oklik.telephony.port import GatewaySeen

NEEDED_MODULES = (
    "mod_commands",
    "mod_dptools",
    "mod_event_socket",
    "mod_hash",
    "mod_sndfile",
    "mod_sofia",
)
WISHED_MODULES = ("mod_avmd",)
# Each of them runs programs, fetches addresses or opens a door of its own when a file name or a header says so.
RISKY_MODULES = (
    "mod_av",
    "mod_curl",
    "mod_http_cache",
    "mod_httapi",
    "mod_rtmp",
    "mod_shell_stream",
    "mod_verto",
    "mod_xml_curl",
    "mod_xml_rpc",
)
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)")
_SESSIONS = re.compile(r"^([0-9]+) session\(s\) max", re.MULTILINE)
_CPS = re.compile(r"per Sec out of max ([0-9]+)")
_SETTING = re.compile(r'<param\s+name="api-expansion"\s+value="([^"]*)"')
_READY = re.compile(r"\) is ready$", re.MULTILINE)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What it answered.

    version: (1, 10, 12), or None where it says none.  virtual: ours, for rehearsals.  guard: oklik.lua works.
    script: the version of oklik.lua.  no_script: it is not there at all (with mod_hash calls can be made without it).
    ready: calls are taken (no `fsctl pause`).  sessions, cps: its own limits, None where it says none.
    clock_s: seconds since 1970.  modules: those asked for that are loaded.  codecs: of our SIP profile, in the order
    of preference; None: there is no such profile.  gateways: None for one it does not have.
    finds: the file; None: not asked.  expands: ${name(arguments)} in a text runs a command of the switch (its
    api-expansion, which is on where nothing is set); None: it does not show its settings.
    """

    version: tuple[int, int, int] | None
    virtual: bool
    guard: bool
    script: int = commands.GUARD_VERSION
    no_script: bool = False
    ready: bool
    sessions: int | None
    cps: int | None
    clock_s: int | None
    modules: frozenset[str]
    codecs: tuple[str, ...] | None
    gateways: dict[str, GatewaySeen | None]
    finds: bool | None = None
    expands: bool | None = None


def visit(
    host: str,
    port: int,
    password: str,
    *,
    names: Iterable[str] = (),
    file: str | None = None,
) -> Visit:
    """Ask it all.  names: of gateways.  file: absolute path of a wav file that it should find.

    Raises SwitchUnreachable, SwitchRefused (password, acl), WaitTimeout, SwitchLost.
    """
    link = Link(host, port, password, on_event=lambda _: None, on_lost=lambda _link, _reason: None)
    link.open()
    try:
        version, status = link.ask(commands.version()).text, link.ask(commands.status()).text
        clock = link.ask(commands.clock()).text.strip()
        # Epoch 0 of a node nobody uses changes nothing.
        guard = link.ask(commands.epoch("probe", 0)).text
        asked = (*NEEDED_MODULES, *WISHED_MODULES, *RISKY_MODULES)
        loaded = frozenset(name for name in asked if link.ask(commands.has_module(name)).text.strip() == "true")
        return Visit(
            version=_version(version),
            virtual="oklik virtual switch" in version.lower(),
            guard=guard.startswith("+OK"),
            script=script_version(link) if guard.startswith("+OK") else commands.GUARD_VERSION,
            no_script=outcome.no_script(guard),
            ready=_READY.search(status) is not None,
            sessions=_number(_SESSIONS, status),
            cps=_number(_CPS, status),
            clock_s=int(clock) if clock.isascii() and clock.isdecimal() else None,
            modules=loaded,
            codecs=read_codecs(link.ask(commands.profile()).text),
            gateways={name: gateways.look(link, name, 0) for name in names},
            expands=read_expansion(link.ask(commands.core_settings()).text),
            finds=None if file is None else link.ask(commands.file_exists(file)).text.strip() == "true",
        )
    finally:
        link.leave()


def _version(text: str) -> tuple[int, int, int] | None:
    found = _VERSION.search(text)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return None if found is None else int(found[1])


def read_codecs(table: str) -> tuple[str, ...] | None:
    """Of the profile's table: what is offered in calls that we make."""
    if table.startswith("Invalid Profile!"):
        return None
    row = gateways.table(table).get("CODECS OUT", "")
    return tuple(one.strip() for one in row.split(",") if one.strip())


def read_expansion(xml: str) -> bool | None:
    """Of the core's settings: are commands in texts carried out?  None: these are not the settings."""
    if "<configuration" not in xml:
        return None
    found = _SETTING.search(xml)
    return found is None or found[1].strip().lower() not in _NO


_NO = frozenset({"false", "no", "off", "0", "disabled", "inactive", "disallow"})  # as the switch reads it
