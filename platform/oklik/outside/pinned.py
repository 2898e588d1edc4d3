"""Connections that go to an address which was looked at: the name is resolved once, and the connection goes there.

A name that is resolved for the check and once more for the connection can have two answers.  The certificate is still
asked for under the name.
"""

import socket
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from oklik.outside.hosts import AllowedHosts, Origin

Resolve = Callable[[str, int], list[str]]


class Forbidden(Exception):
    """The host lives at an address where it must not be asked."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order in which they are to be tried.  Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network for one origin."""

    def __init__(self, origin: Origin, allowed: AllowedHosts, find: Resolve = resolve) -> None:
        self._origin, self._allowed, self._find = origin, allowed, find
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the host's addresses, if all of them may be asked.

        Raises Forbidden, httpcore's errors.
        """
        try:
            addresses = self._find(host, port)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("its name is not known") from None
        if not addresses or not all(self._allowed.may_live_at(self._origin, address) for address in addresses):
            raise Forbidden
        for address in addresses[:-1]:
            try:
                return self._below.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._below.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
