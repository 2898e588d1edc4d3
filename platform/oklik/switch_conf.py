"""`oklik switch-conf`: a FreeSWITCH configuration folder for one machine.

Copies freeswitch-conf/ and writes local/: addresses, the gateway, and the event socket with a random password.
Values go into XML through ElementTree, so whatever they hold stays a value; names that FreeSWITCH would
interpret further are held to a grammar.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, ValidationError, field_validator

from oklik.failures import BadInput
from oklik.messages import why

SHIPPED = Path(__file__).resolve().parents[2] / "freeswitch-conf"
# Gateways that somebody filled in on a page (dialing.gateways): they are not this command's.
_FILLED_IN = re.compile(r"gateway-oklik-[1-9][0-9]*\.xml")
# A value of $${...} or a quote would be interpreted by FreeSWITCH's preprocessor, which knows no escapes.
PLAIN = r"^[^$\"'<>&\x00-\x1f]{1,128}$"


class Gateway(BaseModel):
    """The SIP trunk.  Without user the carrier knows us by address; with user we register or answer its challenge."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    host: str = Field(pattern=r"^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$")
    user: str | None = Field(default=None, pattern=PLAIN)
    password: str | None = Field(default=None, pattern=PLAIN)
    register_there: bool = False
    # Seconds between OPTIONS; 0: none.  A carrier that does not answer them would be taken for dead.
    ping: int = Field(default=0, ge=0, le=3600)

    @field_validator("host")
    @classmethod
    def _possible_port(cls, host: str) -> str:
        _, colon, port = host.partition(":")
        if colon and not 1 <= int(port) <= 65535:
            raise ValueError(port)
        return host


class Node(BaseModel):
    """One machine: where SIP and RTP live, what the outside sees, and the event socket's port on loopback."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sip_ip: IPvAnyAddress
    rtp_ip: IPvAnyAddress
    ext_ip: IPvAnyAddress
    sip_port: int = Field(default=5080, ge=1024, le=65535)
    event_socket_port: int = Field(default=8021, ge=1024, le=65535)
    # of what a caller hears when no dialer is there
    language: Literal["ru", "en"] = "ru"


_OPTIONS = {
    "name": "--gateway",
    "host": "--gateway",
    "user": "--gateway-user",
    "password": "OKLIK_GATEWAY_PASSWORD",
    "rtp_ip": "--sip-ip",
}


def read_gateway(given: str, *, user: str | None, password: str | None, register: bool, ping: int) -> Gateway:
    """The trunk of NAME=HOST[:PORT] and its account.  Raises BadInput naming the option; never repeats a password."""
    name, found, host = given.partition("=")
    if not found:
        raise BadInput("gateway", given=given)
    if user and not password:
        raise BadInput("gateway_password")
    if register and not user:
        raise BadInput("gateway_register")
    try:
        return Gateway(name=name, host=host, user=user, password=password, register_there=register, ping=ping)
    except ValidationError as error:
        raise _refused(error) from None


def read_node(**values: object) -> Node:
    """The machine; see Node.  Raises BadInput naming the option."""
    try:
        return Node.model_validate(values)
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> BadInput:
    field = str(error.errors()[0]["loc"][0])
    return BadInput("conf_value", name=_OPTIONS.get(field, "--" + field.replace("_", "-")))


def _param(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, "param", name=name, value=value)


def _vars(node: Node) -> ET.Element:
    root = ET.Element("include")
    values = {
        "oklik_sip_ip": node.sip_ip,
        "oklik_rtp_ip": node.rtp_ip,
        "oklik_ext_ip": node.ext_ip,
        "oklik_sip_port": node.sip_port,
        "oklik_language": node.language,
    }
    for name, value in values.items():
        ET.SubElement(root, "X-PRE-PROCESS", cmd="set", data=f"{name}={value}")
    return root


def _gateway(gateway: Gateway) -> ET.Element:
    root = ET.Element("include")
    element = ET.SubElement(root, "gateway", name=gateway.name)
    _param(element, "proxy", gateway.host)
    _param(element, "realm", gateway.host.partition(":")[0])
    _param(element, "register", "true" if gateway.register_there else "false")
    # FreeSWITCH wants both filled even when the carrier never asks.
    _param(element, "username", gateway.user or "oklik")
    _param(element, "password", gateway.password or secrets.token_urlsafe(16))
    _param(element, "caller-id-in-from", "true")
    # A call to us through this trunk: the number that was dialed, instead of the account's name.
    _param(element, "extension", "auto_to_user")
    if gateway.ping:
        _param(element, "ping", str(gateway.ping))
    return root


def _event_socket(port: int, password: str) -> ET.Element:
    root = ET.Element("configuration", name="event_socket.conf", description="The dialer's door")
    settings = ET.SubElement(root, "settings")
    _param(settings, "nat-map", "false")
    _param(settings, "listen-ip", "127.0.0.1")
    _param(settings, "listen-port", str(port))
    _param(settings, "password", password)
    _param(settings, "apply-inbound-acl", "loopback.auto")
    _param(settings, "stop-on-bind-error", "true")
    return root


def _modules() -> ET.Element:
    root = ET.Element("include")
    ET.SubElement(root, "load", module="mod_event_socket")
    return root


def write(folder: Path, node: Node, gateway: Gateway) -> Path:
    """Write the configuration into folder; returns the file that holds the event socket's password.

    An existing password is kept, so that the command may be repeated.  Raises BadInput.
    """
    if not SHIPPED.is_dir():
        raise BadInput("conf_shipped", path=SHIPPED)
    local = folder / "local"
    secret = local / "password"
    try:
        if folder.exists() and any(folder.iterdir()) and not local.is_dir():
            # Its event socket, profiles and users would be read beside ours, well-known passwords and all.
            raise BadInput("conf_foreign", folder=folder)
        local.mkdir(mode=0o700, parents=True, exist_ok=True)
        local.chmod(0o700)
        _copy(SHIPPED, folder)
        password = secret.read_text("ascii").strip() if secret.exists() else ""
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,}", password):
            password = secrets.token_urlsafe(32)
        _write(secret, password + "\n")
        files = {
            "vars.xml": _vars(node),
            "modules.xml": _modules(),
            "event_socket.conf.xml": _event_socket(node.event_socket_port, password),
            f"gateway-{gateway.name}.xml": _gateway(gateway),
        }
        for name, element in files.items():
            ET.indent(element)
            _write(local / name, ET.tostring(element, encoding="unicode") + "\n")
        for old in local.glob("gateway-*.xml"):
            if old.name not in files and not _FILLED_IN.fullmatch(old.name):
                old.unlink()  # a trunk that was renamed would stay registered under both names
    except OSError as error:
        raise BadInput("disk", path=error.filename or folder, why=why(error)) from None
    return secret


def _copy(source: Path, target: Path) -> None:
    """A folder's files to where they belong.  Not shutil's way: the folder is FreeSWITCH's, and root who copies
    would follow a link that somebody has laid there.
    """
    if target.is_symlink():
        raise BadInput("conf_foreign", folder=target)
    target.mkdir(exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        else:
            _write(target / entry.name, entry.read_bytes(), mode=0o644)


def _write(path: Path, content: str | bytes, *, mode: int = 0o600) -> None:
    """Whole or not at all, private before the first byte is in, and for the user to whom the folder was given."""
    owner = path.parent.stat()
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
            os.fchmod(file.fileno(), mode)
        if os.geteuid() == 0:
            os.chown(part, owner.st_uid, owner.st_gid)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
