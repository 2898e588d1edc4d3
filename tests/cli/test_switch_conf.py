"""`oklik switch-conf`: what it writes, who may read it, and that no value escapes from its place in the XML."""

import os
import stat
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from oklik.dialing import gateways as filled
from oklik.failures import BadInput
from oklik.switch_conf import Gateway, read_gateway, read_node, write
from oklik.telephony import gateway_file
from support.command import ROOT, Workshop

NODE = read_node(sip_ip="203.0.113.10", rtp_ip="203.0.113.10", ext_ip="198.51.100.1")
CARRIER = Gateway(name="pstn", host="sip.carrier.example:5070", user="4951234567", password="word")


def params(path: Path) -> dict[str, str]:
    return {param.get("name", ""): param.get("value", "") for param in ET.parse(path).iter("param")}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_files_are_there_and_private(tmp_path: Path):
    folder = tmp_path / "freeswitch"
    secret = write(folder, NODE, CARRIER)
    local = folder / "local"
    names = {"password", "vars.xml", "modules.xml", "event_socket.conf.xml", "gateway-pstn.xml"}
    assert {path.name for path in local.iterdir()} == names
    assert mode(local) == 0o700
    assert {mode(path) for path in local.iterdir()} == {0o600}
    password = secret.read_text().strip()
    assert len(password) >= 32
    socket = params(local / "event_socket.conf.xml")
    assert socket["password"] == password
    assert socket["listen-ip"] == "127.0.0.1"
    gateway = params(local / "gateway-pstn.xml")
    assert gateway["proxy"] == "sip.carrier.example:5070"
    assert (gateway["realm"], gateway["username"], gateway["password"]) == ("sip.carrier.example", "4951234567", "word")
    shipped = {path.relative_to(ROOT / "freeswitch-conf") for path in (ROOT / "freeswitch-conf").rglob("*.*")}
    assert shipped <= {path.relative_to(folder) for path in folder.rglob("*.*")}


def test_no_call_is_brought_back_after_a_crash_and_no_text_is_a_command(tmp_path: Path):
    folder = tmp_path / "freeswitch"
    write(folder, NODE, CARRIER)
    assert params(folder / "sip_profiles" / "oklik.xml")["track-calls"] == "false"
    assert params(folder / "autoload_configs" / "switch.conf.xml")["api-expansion"] == "false"


def test_said_again_it_keeps_the_password_and_takes_the_new_address(tmp_path: Path):
    first = write(tmp_path / "f", NODE, CARRIER).read_text()
    (tmp_path / "f" / "local").chmod(0o755)
    again = write(tmp_path / "f", read_node(sip_ip="203.0.113.99", rtp_ip="203.0.113.99", ext_ip="::1"), CARRIER)
    assert again.read_text() == first
    assert "oklik_sip_ip=203.0.113.99" in (tmp_path / "f" / "local" / "vars.xml").read_text()
    assert mode(tmp_path / "f" / "local") == 0o700
    assert write(tmp_path / "other", NODE, CARRIER).read_text() != first


def test_a_gateway_that_is_renamed_is_gone_under_its_old_name(tmp_path: Path):
    write(tmp_path / "f", NODE, CARRIER)
    write(tmp_path / "f", NODE, CARRIER.model_copy(update={"name": "other"}))
    assert [path.name for path in (tmp_path / "f" / "local").glob("gateway-*")] == ["gateway-other.xml"]


def test_gateways_that_a_page_has_written_stay(tmp_path: Path):
    write(tmp_path / "f", NODE, CARRIER)
    theirs = filled.Gateway(name="oklik-7", login=filled.Login.ADDRESS, host="sip.example")
    path = gateway_file.write(tmp_path / "f", theirs)
    write(tmp_path / "f", NODE, CARRIER.model_copy(update={"name": "other"}))
    assert sorted(one.name for one in path.parent.glob("gateway-*")) == ["gateway-oklik-7.xml", "gateway-other.xml"]
    assert mode(path) == 0o600


@pytest.mark.parametrize("trap", ["freeswitch.xml", "scripts/oklik.lua", "scripts", "local/vars.xml"])
def test_links_that_lie_there_are_not_followed(tmp_path: Path, trap: str):
    """The folder is FreeSWITCH's, and root may be who writes there."""
    folder, outside = tmp_path / "f", tmp_path / "outside"
    write(folder, NODE, CARRIER)
    at = folder / trap
    if at.is_dir():
        at.rename(tmp_path / "was")
        outside.mkdir()
    else:
        at.unlink()
        outside.write_text("kept")
    at.symlink_to(outside)
    if outside.is_dir():
        with pytest.raises(BadInput):
            write(folder, NODE, CARRIER)
        assert list(outside.iterdir()) == []
    else:
        write(folder, NODE, CARRIER)
        assert outside.read_text() == "kept"
        assert not at.is_symlink()


def test_what_it_writes_belongs_to_whom_the_folder_was_given(tmp_path: Path):
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    write(tmp_path / "f", NODE, CARRIER)
    os.chown(tmp_path / "f" / "local", 12345, 12345)
    secret = write(tmp_path / "f", NODE, CARRIER)
    assert {path.stat().st_uid for path in secret.parent.iterdir()} == {12345}


def test_a_foreign_configuration_is_left_alone(tmp_path: Path):
    (tmp_path / "freeswitch.xml").write_text("theirs")
    with pytest.raises(BadInput) as refused:
        write(tmp_path, NODE, CARRIER)
    assert str(tmp_path) in refused.value.text("ru")
    assert [path.name for path in tmp_path.iterdir()] == ["freeswitch.xml"]


def test_no_well_known_password_and_no_expansion_is_shipped():
    for path in (ROOT / "freeswitch-conf").rglob("*.xml"):
        text = path.read_text("utf-8")
        ET.fromstring(text)
        assert "ClueCon" not in text
        # The event socket comes with its password from local/, or not at all.
        assert 'module="mod_event_socket"' not in text
        assert "event_socket.conf" not in text or "local/event_socket.conf.xml" in text
    assert params(ROOT / "freeswitch-conf/autoload_configs/switch.conf.xml")["api-expansion"] == "false"
    assert not (ROOT / "freeswitch-conf/local").exists()


def test_what_is_only_odd_is_written_as_it_is(tmp_path: Path):
    odd = "слово_(1)+/=;|~`"
    write(tmp_path / "f", NODE, Gateway(name="g", host="h", user="u", password=odd))
    assert params(tmp_path / "f/local/gateway-g.xml")["password"] == odd


@pytest.mark.parametrize(
    "hostile", ['"/><x y="', "$${x}", "${system(id)}", "a'b", "<!--", "a&b", "a\nb", "a\x00b", "", "x" * 300]
)
def test_hostile_values_are_refused(hostile: str):
    for given, password in (
        (f"{hostile}=sip.example", "w"),
        (f"pstn={hostile}", "w"),
        ("pstn=sip.example", hostile),
    ):
        with pytest.raises(BadInput) as refused:
            read_gateway(given, user="u", password=password, register=False, ping=0)
        assert not hostile or password == "w" or hostile not in refused.value.text("ru")
    with pytest.raises(BadInput, match="--gateway-user"):
        read_gateway("pstn=sip.example", user=hostile or "$", password="w", register=False, ping=0)
    with pytest.raises(BadInput, match="--sip-ip"):
        read_node(sip_ip=hostile, rtp_ip=hostile, ext_ip="::1")


@pytest.mark.parametrize(
    ("port", "possible"), [(1, True), (5060, True), (65535, True), (0, False), (65536, False), (99999, False)]
)
def test_a_port_that_there_cannot_be_is_refused(port: int, possible: bool):
    def read() -> Gateway:
        return read_gateway(f"pstn=sip.example:{port}", user=None, password=None, register=False, ping=0)

    if possible:
        assert read().host == f"sip.example:{port}"
    else:
        with pytest.raises(BadInput, match="--gateway"):
            read()


@pytest.mark.integration
def test_the_command(folder: Path, workshop: Workshop):
    at = folder / "freeswitch"
    given = ("switch-conf", at, "--sip-ip", "203.0.113.10", "--gateway", "pstn=sip.example")
    ended = workshop.command(*given, home=folder / "home")
    assert ended.code == 0, ended.err
    assert ended.out.strip() == f"{at}: настройки записаны. Пароль event socket лежит в {at}/local/password"
    assert (at / "local/password").read_text().strip() not in ended.out
    ended = workshop.command(*given, "--gateway-user", "u", home=folder / "home", OKLIK_LANGUAGE="en")
    assert (ended.code, len(ended.err)) == (2, 1)
    assert ended.err[0].startswith("oklik: --gateway-user: its password is needed")
