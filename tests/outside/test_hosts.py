"""Which hosts may be asked, and at which addresses they may live."""

import httpcore
import pytest

from oklik.outside.hosts import AllowedHosts, BadHosts, Origin
from oklik.outside.pinned import Forbidden, PinnedBackend

PUBLIC = Origin("https", "crm.example.com", 443)
OWN = Origin("https", "crm.local", 8443)
PLAIN = Origin("http", "1c.local", 8080)
HOSTS = AllowedHosts.read("CRM.example.com, crm.local:8443 http://1c.local:8080/")


def test_what_is_named_may_be_asked_and_nothing_else() -> None:
    assert all(HOSTS.allows(origin) for origin in (PUBLIC, OWN, PLAIN))
    for other in (
        Origin("http", "crm.example.com", 443),
        Origin("https", "crm.example.com", 8443),
        Origin("https", "api.crm.example.com", 443),
        Origin("https", "crm.local", 443),
        Origin("https", "1c.local", 8080),
        Origin("http", "1c.local", 80),
    ):
        assert not HOSTS.allows(other)
    assert not AllowedHosts.read("").allows(PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://a",
        "a/b",
        "user@a",
        "a:0",
        "a:65536",
        "a:x",
        "*.example.com",
        "a..b",
        "-a",
        "https://",
        "a;b",
        "a?b",
        "http://a b",
        "a b",
        "a.-b",
        "a-.b",
        "1.2.3",
        "1.2.3.256",
        "x" * 64,
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadHosts, match=r".+"):
        AllowedHosts.read(f"crm.example.com, {text}")


PRIVATE = ["10.0.0.1", "172.16.9.9", "192.168.1.1", "127.0.0.1", "100.64.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"]
NEVER = [
    *("169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "fd00:ec2::254"),
    *("100.100.100.200", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "crm.example.com", ""),
]
WRAPPED = ["64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"]


def test_a_public_host_lives_at_public_addresses_only() -> None:
    assert all(HOSTS.may_live_at(PUBLIC, address) for address in ("8.8.8.8", "2a00:1450:4010:c05::64"))
    assert not any(HOSTS.may_live_at(PUBLIC, address) for address in (*PRIVATE, *NEVER, *WRAPPED))


def test_a_host_named_with_its_port_may_live_in_the_house() -> None:
    for origin in (OWN, PLAIN):
        assert all(HOSTS.may_live_at(origin, address) for address in ("8.8.8.8", *PRIVATE))
        assert not any(HOSTS.may_live_at(origin, address) for address in NEVER)


def test_a_host_that_is_not_named_lives_nowhere() -> None:
    assert not HOSTS.may_live_at(Origin("https", "other", 443), "8.8.8.8")


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER[:5], *WRAPPED])
def test_a_name_that_leads_into_the_house_is_not_connected_to(address: str) -> None:
    """Also when only one of its addresses does: the next look-up might give that one."""
    for addresses in ([address], ["8.8.8.8", address]):
        backend = PinnedBackend(PUBLIC, HOSTS, lambda host, port, found=addresses: found)
        with pytest.raises(Forbidden):
            backend.connect_tcp(PUBLIC.host, PUBLIC.port)


def test_a_name_that_nobody_knows() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(httpcore.ConnectError):
        PinnedBackend(PUBLIC, HOSTS, unknown).connect_tcp(PUBLIC.host, PUBLIC.port)
    with pytest.raises(Forbidden):
        PinnedBackend(PUBLIC, HOSTS, lambda host, port: []).connect_tcp(PUBLIC.host, PUBLIC.port)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once: a second answer cannot lead elsewhere."""
    asked: list[str] = []
    looked: list[str] = []

    def connect(self: object, host: str, *rest: object) -> str:
        asked.append(host)
        if host == "8.8.8.8":
            raise httpcore.ConnectError
        return "stream"

    def find(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["8.8.8.8", "8.8.4.4"]

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    assert PinnedBackend(PUBLIC, HOSTS, find).connect_tcp(PUBLIC.host, PUBLIC.port) == "stream"  # type: ignore[comparison-overlap]
    assert (asked, looked) == (["8.8.8.8", "8.8.4.4"], ["crm.example.com"])
