"""An event socket that says what a test tells it to: for orders and accidents that no switch shows on demand."""

import json
from collections.abc import Callable

import gevent
from gevent import socket
from gevent.event import Event
from gevent.server import StreamServer

from oklik.esl.commands import GUARD_VERSION

CORE = "11111111-2222-4333-8444-555555555555"


def reply(text: str, *more: str) -> bytes:
    """command/reply."""
    return ("\n".join(["Content-Type: command/reply", f"Reply-Text: {text}", *more]) + "\n\n").encode()


def api(text: str) -> bytes:
    """api/response."""
    return f"Content-Type: api/response\nContent-Length: {len(text.encode())}\n\n{text}".encode()


def event(name: str, **fields: str) -> bytes:
    """An event in JSON; field names with _ for -, and var_x for variable_x."""
    whole = {"Event-Name": name, "Core-UUID": CORE}
    for key, value in fields.items():
        header = "variable_" + key[4:] if key.startswith("var_") else key.replace("__", "-")
        whole[header] = value
    body = json.dumps(whole).encode()
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body)


def job(uuid: str, body: str) -> bytes:
    """BACKGROUND_JOB."""
    return event("BACKGROUND_JOB", Job__UUID=uuid, _body=body)


class Scripted:
    """A server with the usual answers.  on_command may return other ones: bytes, or None for the usual."""

    def __init__(self) -> None:
        self.password = "secret"
        self.core = CORE
        self.greeting: bytes | None = b"Content-Type: auth/request\n\n"
        self.commands: list[str] = []
        self.on_command: Callable[[str], bytes | None] = lambda command: None
        self.deaf = False  # takes bytes, answers nothing
        self.logins = 0
        self._sockets: list[socket.socket] = []
        self._changed = Event()
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.host, self.port = "127.0.0.1", int(self._server.server_port)

    def _serve(self, sock: socket.socket, _: object) -> None:
        self._sockets.append(sock)
        buffer = b""
        try:
            if self.greeting is not None:
                sock.sendall(self.greeting)
            while data := sock.recv(65536):
                buffer += data
                while b"\n\n" in buffer:
                    raw, _, buffer = buffer.partition(b"\n\n")
                    self._command(sock, raw.decode())
        except OSError:
            return

    def _command(self, sock: socket.socket, command: str) -> None:
        self.commands.append(command)
        self._changed.set()
        if self.deaf:
            return
        answer = self.on_command(command)
        sock.sendall(self.usual(command) if answer is None else answer)

    def usual(self, command: str) -> bytes:
        """What a switch says to a command when nothing is amiss."""
        first = command.split("\n", maxsplit=1)[0]
        if first.startswith("auth "):
            self.logins += 1
            if first == f"auth {self.password}":
                return reply("+OK accepted")
            notice = "Disconnected, goodbye.\n"
            return (
                reply("-ERR invalid")
                + f"Content-Type: text/disconnect-notice\nContent-Length: {len(notice)}\n\n{notice}".encode()
            )
        if first == "api version":
            return api("FreeSWITCH Version 1.10.12-release (64bit)\n")
        if first == "api global_getvar core_uuid":
            return api(self.core)
        if first.startswith("bgapi "):
            return reply("+OK Job-UUID: x", "Job-UUID: x")
        if first == "api lua oklik.lua version":
            return api(f"+OK {GUARD_VERSION}\n")
        if first.startswith("api uuid_exists"):
            return api("false")
        if first.startswith("api lua oklik.lua bar "):
            return api("".join(f"{uuid} dialed\n" for uuid in first.split(" ")[4:]))
        return api("+OK\n") if first.startswith("api ") else reply("+OK")

    def say(self, *frames: bytes) -> None:
        """Send frames on the newest connection, in one piece."""
        self._sockets[-1].sendall(b"".join(frames))

    def seen(self, beginning: str, *, count: int = 1, deadline_s: float = 60.0) -> list[str]:
        """Wait for that many commands that begin so; returns them."""
        with gevent.Timeout(deadline_s, AssertionError(f"no {beginning!r} in {self.commands}")):
            while len(found := [one for one in self.commands if one.startswith(beginning)]) < count:
                self._changed.clear()
                self._changed.wait()
        return found

    def drop(self) -> None:
        """Close all connections."""
        sockets, self._sockets = self._sockets, []
        for sock in sockets:
            sock.close()

    def stop(self) -> None:
        """No more."""
        self.drop()
        self._server.stop()
