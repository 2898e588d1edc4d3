"""Bytes from the event socket to frames, and nothing more.

A frame is a header block closed by an empty line, followed by as many bytes as its Content-Length says (bytes,
not characters).  The framer takes the stream in any pieces and gives whole frames back; what is in a body is the
affair of :mod:`oklik.esl.events`, sockets and waiting live in the telephony room.

The stream is partly written by strangers (SIP headers of the far end, texts of ours that come back in error
replies), so: lines are split first and values are decoded after; a header counts only where it stands first;
a reply without a body never gets one, whatever a header in it says; header block and body have an upper bound.
A stream that breaks these rules cannot be trusted any more: FramingLost, and the connection has to go.
"""

import re
from enum import StrEnum
from urllib.parse import unquote

MAX_HEAD = 64 * 1024  # the longest seen is 11 kB (the reply to "connect")
MAX_BODY = 16 * 1024 * 1024  # show channels of some 10,000 calls

_JSON_EVENT = re.compile(rb"Content-Length: ([0-9]{1,8})\nContent-Type: text/event-json")
_REPLY = b"Content-Type: command/reply\n"
_LENGTH = re.compile(r"[0-9]{1,8}")


class FramingLost(Exception):
    """The stream is no longer made of frames; the connection must be closed."""


class Kind(StrEnum):
    """What a frame is, by its Content-Type."""

    AUTH = "auth/request"
    REPLY = "command/reply"
    API = "api/response"
    PLAIN = "text/event-plain"
    JSON = "text/event-json"
    XML = "text/event-xml"
    LOG = "log/data"
    DISCONNECT = "text/disconnect-notice"
    REJECTED = "text/rude-rejection"


_KINDS = {kind.value: kind for kind in Kind}
_BODILESS = (Kind.AUTH, Kind.REPLY)


class Frame:
    """One frame of the switch.  head: its raw header block without the empty line; body: raw bytes."""

    __slots__ = ("body", "head", "kind")

    def __init__(self, kind: Kind, head: bytes, body: bytes) -> None:
        self.kind = kind
        self.head = head
        self.body = body

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names and raw values in order; a line without a colon has its text as name and an empty value."""
        return split_block(self.head)

    def header(self, name: str) -> str:
        """The first header of that name, whatever its case; empty if there is none."""
        return _first(split_block(self.head), name)

    def reply_text(self) -> str:
        """Reply-Text of a command/reply, where it nearly always stands: in the second line."""
        _, _, rest = self.head.partition(_REPLY)
        line, _, _ = rest.partition(b"\n")
        name, _, value = line.partition(b": ")
        return value.decode("utf-8", "replace") if name == b"Reply-Text" else self.header("Reply-Text")

    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        return (self.kind, self.head, self.body) == (other.kind, other.head, other.body)

    def __hash__(self) -> int:
        return hash((self.kind, self.head, self.body))

    def __repr__(self) -> str:
        return f"Frame({self.kind.value}, {len(self.head)}+{len(self.body)} bytes)"


class Framer:
    """Collects the stream of one connection.  Holds at most one unfinished frame."""

    __slots__ = ("_buffer", "_need", "_pending", "_searched")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._need = 0  # length of the body that is awaited; only with _pending
        self._pending: tuple[Kind, bytes] | None = None
        self._searched = 0  # no end of headers begins before this offset

    @property
    def held(self) -> int:
        """Bytes kept for a frame that is not complete."""
        return len(self._buffer)

    @property
    def replying(self) -> bool:
        """A part of an api response is there, and the rest of it is on its way."""
        return self._pending is not None and self._pending[0] is Kind.API

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next piece of the stream; returns the frames that it completes.  Raises FramingLost."""
        held = self._buffer
        if held:
            held += data
            if self._pending is not None and len(held) < self._need:
                return []  # a long body is collected without looking at it again
            data = bytes(held)
            held.clear()
        frames: list[Frame] = []
        start = 0
        while True:
            if self._pending is None:
                end = data.find(b"\n\n", max(start, self._searched))
                if end < 0 or end - start > MAX_HEAD:
                    if end >= 0 or len(data) - start > MAX_HEAD:
                        raise FramingLost(f"no end of headers within {MAX_HEAD} bytes")
                    self._searched = max(0, len(data) - start - 1)
                    break
                head = data[start:end]
                start = end + 2
                self._searched = 0
                if not head:
                    continue  # a stray empty line between frames
                kind, self._need = _measure(head)
                self._pending = (kind, head)
            if len(data) - start < self._need:
                break
            kind, head = self._pending
            frames.append(Frame(kind, head, data[start : start + self._need]))
            start += self._need
            self._pending = None
        held += data[start:]
        return frames


def _measure(head: bytes) -> tuple[Kind, int]:
    """Kind and body length that a header block announces."""
    if quick := _JSON_EVENT.fullmatch(head):
        return Kind.JSON, _bounded(quick[1].decode())
    if head.startswith(_REPLY):
        return Kind.REPLY, 0
    headers = split_block(head)
    content_type = _first(headers, "Content-Type")
    kind = _KINDS.get(content_type)
    if kind is None:
        raise FramingLost(f"unknown kind of frame {content_type[:40]!r}")
    if kind in _BODILESS:
        return kind, 0
    length = _first(headers, "Content-Length")
    if not _LENGTH.fullmatch(length):
        raise FramingLost(f"bad Content-Length {length[:40]!r}")
    return kind, _bounded(length)


def _bounded(length: str) -> int:
    size = int(length)
    if size > MAX_BODY:
        raise FramingLost(f"a body of {size} bytes, more than {MAX_BODY}")
    return size


def split_block(block: bytes) -> list[tuple[str, str]]:
    """Header lines as (name, raw value), not url-decoded."""
    pairs = []
    for line in block.decode("utf-8", "replace").split("\n"):
        if line:
            name, _, value = line.partition(": ")
            pairs.append((name, value))
    return pairs


def decode_block(block: bytes) -> list[tuple[str, str]]:
    """The same with values url-decoded: split first, decode after, so that no %0A can make a header."""
    return [(name, unquote(value, errors="replace")) for name, value in split_block(block)]


def _first(headers: list[tuple[str, str]], name: str) -> str:
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return ""
