"""The hosts that scenarios may ask, as the setting names them, and the addresses at which they may live.

`crm.example.com` is HTTPS on its usual port at a public address.  Whoever names the port too (`crm.local:8443`) means
a machine of their own, which may have a private address; `http://1c.local:8080` may also be asked without encryption.
Addresses of the link alone, where clouds keep their secrets, are never asked.
"""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple, Self

_ENTRY = re.compile(r"(?:(https?)://)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
# Ways to write another address into an IPv6 one: the gateway, not we, would choose where it leads.
_WRAPPING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
_METADATA = frozenset(map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadHosts(ValueError):
    """The setting cannot be read.  The message is the entry."""


class Origin(NamedTuple):
    """Whom a connection goes to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


class AllowedHosts:
    """The hosts that may be asked."""

    def __init__(self, own: Iterable[Origin] = (), public: Iterable[Origin] = ()) -> None:
        """own: named with their port, wherever they live; public: at public addresses only."""
        self._own, self._public = frozenset(own), frozenset(public)

    @classmethod
    def read(cls, text: str) -> Self:
        """The entries of a text, parted by commas or blanks.  Raises BadHosts."""
        own: list[Origin] = []
        public: list[Origin] = []
        for entry in text.replace(",", " ").split():
            found = _ENTRY.fullmatch(entry)
            port = int(found[3]) if found and found[3] else None
            if found is None or not _is_host(found[2]) or port == 0 or (port or 1) > 65535:
                raise BadHosts(entry)
            if port is None and "." not in found[2]:
                raise BadHosts(entry)  # one word is a name within the house, and those are named with their port
            scheme = (found[1] or "https").lower()
            origin = Origin(scheme, found[2].lower(), port or _PORTS[scheme])
            (public if port is None else own).append(origin)
        return cls(own, public)

    def allows(self, origin: Origin) -> bool:
        """Whether it may be asked at all."""
        return origin in self._own or origin in self._public

    def may_live_at(self, origin: Origin, address: str) -> bool:
        """Whether it may be asked at this address."""
        try:
            where = plain(address)
        except ValueError:
            return False
        if where.is_link_local or where.is_multicast or where.is_unspecified or where in _METADATA:
            return False
        if origin in self._own:
            return True
        wrapped = isinstance(where, ipaddress.IPv6Address) and any(where in net for net in _WRAPPING)
        return origin in self._public and where.is_global and not wrapped


def _is_host(text: str) -> bool:
    """Whether it is a name (RFC 1123) or an IPv4 address; what ends in a number is one, or nothing."""
    labels = text.split(".")
    if labels[-1].isdecimal():
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            return False
    return all(map(_LABEL.fullmatch, labels))


def plain(address: str) -> Address:
    """An address; an IPv4 one that is written as IPv6 is itself.  Raises ValueError."""
    where = ipaddress.ip_address(address.partition("%")[0])
    mapped = where.ipv4_mapped if isinstance(where, ipaddress.IPv6Address) else None
    return mapped or where
