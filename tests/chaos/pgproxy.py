"""A TCP proxy in front of PostgreSQL that understands just enough of its protocol: slow answers, cuts within a COMMIT.

A thread a direction, so it works in a patched process and in a plain one.  The server listens on a Unix socket, the
client comes by TCP; `url` is the database's URL with the proxy's address in it.
"""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL, make_url

BEFORE, AFTER = "before", "after"
_COMMIT = b"COMMIT"
_RESET = struct.pack("ii", 1, 0)


class PgProxy:
    """Forwards to the server of a URL.

    delay_s: every answer of the server is held back so long.  cut: asked at each COMMIT of a client that goes by;
    BEFORE: the connection breaks and the server never hears of it, AFTER: it breaks when the server has committed and
    before the client is told; None: it goes on.  silent: what comes is swallowed, and a connection of which something
    was swallowed is never heard of again, though it stays open.
    """

    def __init__(
        self, database_url: str, *, delay_s: float = 0.0, cut: Callable[[], str | None] = lambda: None
    ) -> None:
        self._target = make_url(database_url)
        self.delay_s = delay_s
        self._cut = cut
        self.silent = False
        self.cuts = {BEFORE: 0, AFTER: 0}
        self.answers = 0  # that were held back
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._port = self._listener.getsockname()[1]
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database's URL by way of the proxy."""
        through: URL = self._target.set(host="127.0.0.1", port=self._port).update_query_dict({"sslmode": "disable"})
        return through.difference_update_query(["host"]).render_as_string(hide_password=False)

    def close(self) -> None:
        """Take no more connections; those that are open end with their clients."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(Path(str(self._target.query["host"])) / f".s.PGSQL.{self._target.port or 5432}"))
            except OSError:  # the server is away
                near.close()
                continue
            _Pair(self, near, far).start()

    def decide(self) -> str | None:
        """What is to become of the COMMIT that goes by."""
        fate = self._cut()
        if fate is not None:
            self.cuts[fate] += 1
        return fate

    def hold_back(self) -> None:
        """Wait as long as an answer is held back."""
        if self.delay_s:
            self.answers += 1
            time.sleep(self.delay_s)


class _Pair:
    """One client's connection."""

    def __init__(self, proxy: PgProxy, near: socket.socket, far: socket.socket) -> None:
        self._proxy, self._near, self._far = proxy, near, far
        self._swallowed = False
        self._doomed = False  # the next answer is that to a COMMIT of which the client is not to hear

    def start(self) -> None:
        """Serve it."""
        for pump in (self._up, self._down):
            threading.Thread(target=self._guarded, args=(pump,), daemon=True).start()

    def _guarded(self, pump: Callable[[], None]) -> None:
        try:
            pump()
        except OSError:
            pass
        finally:
            self._break()

    def _up(self) -> None:
        """From the client; a client sends its COMMIT alone and waits, so it is a message at the end of what came."""
        while data := self._near.recv(65536):
            self._swallowed = self._swallowed or self._proxy.silent
            if self._swallowed:
                continue
            if _is_commit(data):
                fate = self._proxy.decide()
                if fate == BEFORE:
                    self._reset()
                    return
                self._doomed = fate == AFTER
            self._far.sendall(data)

    def _down(self) -> None:
        while data := self._far.recv(65536):
            if self._doomed:
                self._reset()
                return
            self._proxy.hold_back()
            self._swallowed = self._swallowed or self._proxy.silent
            if self._swallowed:
                continue
            self._near.sendall(data)

    def _reset(self) -> None:
        """RST towards the client, as a crashed host does."""
        with contextlib.suppress(OSError):
            self._near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._near.shutdown(socket.SHUT_RD)  # while the other thread waits in it the kernel would not close it
            self._near.close()

    def _break(self) -> None:
        for end in (self._near, self._far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                end.close()


def _is_commit(data: bytes) -> bool:
    """A simple query (Q) or a statement to be parsed (P) whose text is COMMIT."""
    return data[:1] in {b"Q", b"P"} and _COMMIT in data[:32]


def now_and_then(share: float, seed: int) -> Callable[[], str | None]:
    """Dice for `cut`: this share of the COMMITs, half of them before and half after the server has them."""
    dice = random.Random(seed)

    def fate() -> str | None:
        return None if dice.random() >= share else dice.choice((BEFORE, AFTER))

    return fate
