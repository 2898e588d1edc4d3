"""One client of the event socket: commands in, replies and events out, in the order of a real switch.

Replies come in the order of commands.  An api command that takes time holds back all that follows on its connection,
and events as well; so does half a command in the pipe.  `exit` waits for the background jobs it has started.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from functools import partial

from oklik.telephony.virtual import api
from oklik.telephony.virtual.core import EVENT_NAMES, Core
from oklik.telephony.virtual.frames import (
    AUTH_REQUEST,
    NOTICE,
    Blocks,
    api_response,
    event_frame,
    header_lines,
    reply,
)

MAX_HEAD = 10 * 1024 * 1024
_OPEN = frozenset({"auth", "userauth", "exit", "..."})


class Connection(asyncio.Protocol):
    """A client.  Also the Listener to which the core publishes."""

    def __init__(
        self, core: Core, password: str, *, soon: Callable[[Callable[[], None]], object] = lambda call: call()
    ) -> None:
        """soon: calls back when this turn of the loop is over."""
        self.core = core
        self._password = password.encode()
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._authed = False
        self._busy = False
        self._working = False
        self._closing = False
        self._jobs = 0
        self._format = ""
        self._names: set[str] = set()
        self._subclasses: set[str] = set()
        self._filters: list[tuple[str, str, bool]] = []
        self._held: list[bytes] = []
        self._telling: list[bytes] = []
        self._soon = soon

    # -- transport ------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """The client is still there."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send(AUTH_REQUEST)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason does not matter
        """Forget the client; its calls and jobs go on."""
        self._transport = None
        self._stop_listening()

    def data_received(self, data: bytes) -> None:
        """Bytes of commands."""
        self._buffer += data
        self.core.clock.at_once(self._work)

    def _send(self, frame: bytes) -> None:
        """All that is told in one turn of the loop goes out in one piece, so that an instant is known as a whole."""
        if self._transport is not None and not self._transport.is_closing():
            self._telling.append(frame)
            if len(self._telling) == 1:
                self._soon(self._flush)

    def _flush(self) -> None:
        frames, self._telling = self._telling, []
        if frames and self._transport is not None:
            self._transport.write(b"".join(frames))

    def _work(self) -> None:
        """Deal with what is there, one command after another; hundreds may come in one piece."""
        if self._working:
            return  # a command that was answered at once: whoever gave it goes on with the next
        self._working = True
        try:
            self._work_through()
        finally:
            self._working = False

    def _work_through(self) -> None:
        while not self._busy and not self._closing:
            self._buffer = self._buffer.lstrip(b"\r\n")
            head, sep, rest = self._buffer.partition(b"\n\n")
            if b"\r" in self._buffer:
                crlf, crlf_sep, crlf_rest = self._buffer.partition(b"\r\n\r\n")
                if crlf_sep and (not sep or len(crlf) < len(head)):
                    head, sep, rest = crlf.replace(b"\r\n", b"\n"), crlf_sep, crlf_rest
            if not sep:
                if len(self._buffer) > MAX_HEAD:
                    self._close()
                break
            lines = head.decode("utf-8", "surrogateescape").split("\n")
            headers = header_lines(lines[1:])
            length = headers.get("content-length", "0")
            size = int(length) if length.isdigit() else 0
            if len(rest) < size:
                break
            self._buffer = rest[size:]
            if size:
                headers["_body"] = rest[:size].decode("utf-8", "surrogateescape")
            self._command(lines[0].strip(), headers)
        if not self._busy and not self._buffer and self._held:
            self._send(b"".join(self._held))
            self._held.clear()

    def _close(self) -> None:
        """Say goodbye once the jobs are done."""
        self._closing = True
        self._stop_listening()
        if self._jobs == 0 and self._transport is not None:
            self._send(NOTICE)
            self._flush()
            self._transport.close()

    # -- commands -------------------------------------------------------------------------------------------

    def _command(self, line: str, headers: Mapping[str, str]) -> None:
        verb, _, rest = line.partition(" ")
        rest = rest.strip()
        if verb == "exit":
            self._send(reply("+OK bye"))
            self._close()
        elif not self._authed:
            self._authenticate(verb, rest)
        elif verb == "api" and rest:
            self._busy = True
            api.run(self.core, rest, self._api_done)
        elif verb == "bgapi" and rest:
            self._background(rest, headers.get("job-uuid") or self.core.new_uuid())
        elif verb == "sendmsg":
            self._sendmsg(rest, headers)
        else:
            self._send(self._listening(verb, rest))

    def _authenticate(self, verb: str, rest: str) -> None:
        if verb == "auth":
            if hmac.compare_digest(rest.encode("utf-8", "surrogateescape"), self._password):
                self._authed = True
                self._send(reply("+OK accepted"))
            else:
                self._send(reply("-ERR invalid"))
                self._close()
        elif verb == "userauth":
            self._send(reply("-ERR invalid"))
            self._close()
        else:
            self._send(reply("-ERR command not found"))

    def _api_done(self, body: str) -> None:
        self._busy = False
        self._send(api_response(body))
        if self._buffer or self._held:
            self._work()

    def _background(self, line: str, job: str) -> None:
        self._send(reply(f"+OK Job-UUID: {job}", ("Job-UUID", job)))
        verb, _, argument = line.partition(" ")
        fields = {"Job-UUID": job, "Job-Command": verb}
        if argument.strip():
            fields["Job-Command-Arg"] = argument.strip()
        self._jobs += 1
        api.run(self.core, line, partial(self._job_done, fields))

    def _job_done(self, fields: Mapping[str, str], body: str) -> None:
        self._jobs -= 1
        self.core.publish("BACKGROUND_JOB", fields, body=body)
        if self._closing and self._jobs == 0:
            self._close()

    def _sendmsg(self, uuid: str, headers: Mapping[str, str]) -> None:
        leg = self.core.live(uuid)
        if leg is None:
            self._send(reply(f"-ERR invalid session id [{uuid}]"))
            return
        self._send(reply("+OK"))
        leg.executor.deliver(headers)

    # -- events ---------------------------------------------------------------------------------------------

    def wants(self, name: str) -> bool:
        """Is an event of this name for this client?"""
        return name in self._names or "ALL" in self._names

    def wants_custom(self, subclass: str) -> bool:
        """Is a CUSTOM event of this subclass for this client?"""
        return "ALL" in self._names or ("CUSTOM" in self._names and subclass in self._subclasses)

    def hear(self, name: str, blocks: Blocks, body: str | None, encoded: dict[str, bytes]) -> None:  # noqa: ARG002
        """Send the event, or keep it while a command is under way."""
        if self._filters and not self._passes(blocks):
            return
        frame = encoded.get(self._format)
        if frame is None:
            frame = encoded[self._format] = event_frame(self._format, blocks, body)
        if self._busy or self._buffer:
            self._held.append(frame)
        else:
            self._send(frame)

    def _passes(self, blocks: Blocks) -> bool:
        passed = False
        for name, value, positive in self._filters:
            found = next((block[name] for block in blocks if name in block), None)
            if found is not None and found == value:
                if not positive:
                    return False
                passed = True
        return passed

    def _stop_listening(self) -> None:
        self._names.clear()
        self._subclasses.clear()
        if self in self.core.listeners:
            self.core.listeners.remove(self)

    def _listening(self, verb: str, rest: str) -> bytes:
        commands = {
            "event": self._event,
            "nixevent": self._nixevent,
            "noevents": self._noevents,
            "filter": self._filter,
            "log": self._log,
        }
        if verb in commands:
            return commands[verb](rest)
        return _FIXED.get(verb, reply("-ERR command not found"))

    def _event(self, rest: str) -> bytes:
        words = rest.split()
        form = words[0] if words and words[0] in {"plain", "json", "xml"} else "plain"
        # behind CUSTOM come subclasses, whatever they look like
        kinds = words[: words.index("CUSTOM") + 1] if "CUSTOM" in words else words
        names = {word for word in kinds if word in EVENT_NAMES}
        if not names:
            return reply("-ERR no keywords supplied")
        self._format = form
        self._names |= names
        self._subclasses |= set(words[len(kinds) :])
        if self not in self.core.listeners:
            self.core.listeners.append(self)
        return reply(f"+OK event listener enabled {form}")

    def _nixevent(self, rest: str) -> bytes:
        names = {word for word in rest.split() if word in EVENT_NAMES}
        if not names:
            return reply("-ERR no keywords supplied")
        if "ALL" in self._names:
            self._names = set(EVENT_NAMES) - {"ALL"}
        self._names -= names
        return reply("+OK events nixed")

    def _noevents(self, _: str) -> bytes:
        if not self._names:
            return reply("-ERR not listening for events")
        self._stop_listening()
        return reply("+OK no longer listening for events")

    def _filter(self, rest: str) -> bytes:
        words = rest.split(" ", 2)
        if words[0] == "delete" and len(words) > 1:
            value = words[2] if len(words) > 2 else None
            self._filters = [f for f in self._filters if words[1] not in ("all", f[0]) or value not in (None, f[1])]
            return reply(f"+OK filter deleted. [{words[1]}]=[{value or ''}]")
        if len(words) < 2:
            return reply("-ERR invalid syntax")
        value = rest.partition(" ")[2].strip()
        sign, bare = (value[0], value[1:]) if value[0] in "+-" else ("+", value)
        self._filters.append((words[0], bare, sign == "+"))
        return reply(f"+OK filter added. [{words[0]}]=[{bare}]")

    def _log(self, rest: str) -> bytes:
        return reply(f"+OK log level {rest} [{rest}]")


_FIXED = {
    "nolog": reply("+OK no longer logging"),
    "linger": reply("-ERR not controlling a session"),
    "nolinger": reply("-ERR not controlling a session"),
    "divert_events": reply("-ERR not controlling a session."),
}
