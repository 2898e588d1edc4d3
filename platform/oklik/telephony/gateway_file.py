"""A gateway's file in the switch's configuration: made through an XML library, written whole, readable by few.

The folder is one that `oklik switch-conf` has made: its `local/` holds `gateway-NAME.xml`, which the SIP profile
includes.  The password lies there and nowhere else; a change of other settings takes it over from the file that is
there.  Whoever writes is not always FreeSWITCH's user, so a file keeps the folder's owner.
"""

import os
from pathlib import Path
from secrets import token_urlsafe
from xml.etree import ElementTree as ET

from oklik.dialing.gateways import CallerIdRule, Dtmf, Gateway, GatewayFault, Login, check, check_password

MODE = 0o600
# Headers that would show a number beside the one that is meant are left out.
_CALLER_ID = {
    CallerIdRule.FROM: ("true", "none"),
    CallerIdRule.PAI: ("false", "pid"),
    CallerIdRule.RPID: ("false", "rpid"),
}
_DTMF = {Dtmf.RFC2833: "rfc2833", Dtmf.INFO: "info", Dtmf.INBAND: "none"}


class NotWritten(OSError):
    """The file cannot be written.  reason: folder (not one of ours), or disk; why: the system's word."""

    def __init__(self, reason: str, why: str = "") -> None:
        self.reason, self.why = reason, why
        super().__init__(f"{reason}: {why}")


def file_name(name: str) -> str:
    """Give the name of a gateway's file in local/."""
    return f"gateway-{name}.xml"


def to_xml(gateway: Gateway, password: str = "") -> bytes:
    """Give the file's content.  Raises GatewayFault; a registration without a password is one."""
    check(gateway)
    if password:
        check_password(password)
    elif gateway.login is Login.REGISTRATION:
        raise GatewayFault("password", "для регистрации нужен пароль", "a registration needs the password")
    root = ET.Element("include")
    element = ET.SubElement(root, "gateway", name=gateway.name)
    in_from, cid_type = _CALLER_ID[gateway.caller_id]
    params = {
        "proxy": gateway.host,
        "realm": gateway.host.partition(":")[0],
        "register": "true" if gateway.login is Login.REGISTRATION else "false",
        # FreeSWITCH wants both filled even when the carrier never asks.
        "username": gateway.user or "oklik",
        "password": password or token_urlsafe(16),
        "caller-id-in-from": in_from,
        # A call to us through this trunk: the number that was dialed, instead of the account's name.
        "extension": "auto_to_user",
    }
    if gateway.nat_address:
        params["contact-host"] = gateway.nat_address
    if gateway.ping:
        params["ping"] = str(gateway.ping)
    for name, value in params.items():
        ET.SubElement(element, "param", name=name, value=value)
    # Of every call over this gateway, whatever the profile says for the others.
    variables = {
        "absolute_codec_string": ",".join(gateway.codecs),
        "dtmf_type": _DTMF[gateway.dtmf],
        "sip_cid_type": cid_type,
    }
    if gateway.dtmf is Dtmf.INBAND:
        variables["execute_on_answer_oklik"] = "start_dtmf"  # somebody must listen for the tones
    held = ET.SubElement(element, "variables")
    for name, value in variables.items():
        ET.SubElement(held, "variable", name=name, value=value, direction="outbound")
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8")
    return content + b"\n"


def write(folder: Path, gateway: Gateway, password: str = "") -> Path:
    """Write the gateway's file into the switch's configuration; gives its path.

    password: "" for the one in the file that is there.  Raises GatewayFault, NotWritten.
    """
    path = _local(folder) / file_name(gateway.name)
    content = to_xml(gateway, password or kept_password(folder, gateway.name))
    try:
        _put(path, content)
    except OSError as error:
        raise NotWritten("disk", error.strerror or type(error).__name__) from None
    return path


def remove(folder: Path, name: str) -> None:
    """Take the file away; one that is gone is no error.  Raises NotWritten."""
    try:
        (_local(folder) / file_name(name)).unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten("disk", error.strerror or type(error).__name__) from None


def there(folder: Path, name: str) -> bool:
    """Whether the gateway has its file."""
    try:
        return (folder / "local" / file_name(name)).is_file()
    except OSError:
        return False


def kept_password(folder: Path, name: str) -> str:
    """Give the password in the file that is there; "" for none."""
    try:
        root = ET.fromstring((folder / "local" / file_name(name)).read_bytes())  # noqa: S314  a file of ours
    except (OSError, ET.ParseError):
        return ""
    for param in root.iterfind("gateway/param"):
        if param.get("name") == "password":
            return param.get("value", "")
    return ""


def _local(folder: Path) -> Path:
    local = folder / "local"
    # Only a folder of ours has one; into another configuration nothing is written that nobody would read.
    if local.is_symlink() or not local.is_dir():
        raise NotWritten("folder", str(folder))
    return local


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all, private before the first byte is in, and for the user to whom the folder was given."""
    owner = path.parent.stat()
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), MODE)
        if os.geteuid() == 0:
            os.chown(part, owner.st_uid, owner.st_gid)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
