"""Bytes of the event socket: replies and events as FreeSWITCH 1.10.12 writes them.

An event is a sequence of header blocks (dicts, in order; a name may come in two of them, as Hangup-Cause does).
JSON is put together from the blocks by msgspec, the plain form is url-encoded with the switch's own set of unsafe
characters.  What the headers are is the affair of core and channel.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import msgspec

Blocks = Sequence[Mapping[str, str]]

_encode = msgspec.json.Encoder().encode
# switch_utils.h SWITCH_URL_UNSAFE, controls and 8-bit bytes; a "%" before two hex digits is left as it is
_UNSAFE = re.compile(rb'[\x00-\x20"#&+:;<=>?@\[\\\]^`{|}\x7f-\xff]|%(?![0-9A-Fa-f]{2})')
_ESCAPES = {bytes([b]): b"%%%02X" % b for b in range(256)}

GOODBYE = b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
NOTICE = b"Content-Type: text/disconnect-notice\nContent-Length: %d\n\n%s" % (len(GOODBYE), GOODBYE)
AUTH_REQUEST = b"Content-Type: auth/request\n\n"


def quote(value: str) -> bytes:
    """A value of a plain event, encoded as the switch does."""
    return _UNSAFE.sub(lambda m: _ESCAPES[m.group()], value.encode("utf-8", "surrogateescape"))


def reply(text: str, *headers: tuple[str, str]) -> bytes:
    """A command/reply frame."""
    extra = "".join(f"{name}: {value}\n" for name, value in headers)
    return f"Content-Type: command/reply\nReply-Text: {text}\n{extra}\n".encode("utf-8", "surrogateescape")


def api_response(body: str) -> bytes:
    """An api/response frame; empty output becomes what the switch says then."""
    raw = (body or "-ERR no reply\n").encode("utf-8", "surrogateescape")
    return b"Content-Type: api/response\nContent-Length: %d\n\n%s" % (len(raw), raw)


def _json(blocks: Blocks, body: str | None) -> bytes:
    parts = [_encode(block)[1:-1] for block in blocks if block]
    if body:
        raw = _encode(body)
        parts.append(b'"Content-Length":"%d","_body":%s' % (len(body.encode()), raw))
    return b"{" + b",".join(parts) + b"}"


def plain_block(blocks: Blocks) -> bytes:
    """Header lines, url-encoded, without the empty line at the end."""
    return b"".join(b"%s: %s\n" % (k.encode(), quote(v)) for block in blocks for k, v in block.items())


def _plain(blocks: Blocks, body: str | None) -> bytes:
    head = plain_block(blocks)
    if body:
        raw = body.encode("utf-8", "surrogateescape")
        return head + b"Content-Length: %d\n\n%s" % (len(raw), raw)
    return head + b"\n"


def _xml(blocks: Blocks, body: str | None) -> bytes:
    lines = [
        f"    <{name}>{escape(quote(value).decode())}</{name}>" for block in blocks for name, value in block.items()
    ]
    out = "<event>\n  <headers>\n" + "\n".join(lines) + "\n  </headers>\n"
    if body:
        text = escape(body).encode("ascii", "xmlcharrefreplace").decode()
        text = re.sub(r"&#(\d+);", lambda m: f"&#x{int(m[1]):x};", text)
        out += f"  <Content-Length>{len(body.encode())}</Content-Length>\n  <body>{text}</body>\n"
    return (out + "</event>\n").encode()


_FORMATS = {"json": _json, "plain": _plain, "xml": _xml}


def event_frame(kind: str, blocks: Blocks, body: str | None) -> bytes:
    """An event as kind (json, plain, xml) with its outer header."""
    raw = _FORMATS[kind](blocks, body)
    return b"Content-Length: %d\nContent-Type: text/event-%s\n\n%s" % (len(raw), kind.encode(), raw)


def event_json(blocks: Blocks) -> str:
    """The blocks as one JSON object (uuid_dump)."""
    return _json(blocks, None).decode()


def header_lines(lines: Iterable[str]) -> dict[str, str]:
    """Header lines of a command: names lower-cased, the first of a name wins (as the switch looks them up)."""
    out: dict[str, str] = {}
    for line in lines:
        name, sep, value = line.partition(":")
        if sep:
            out.setdefault(name.strip().lower(), value.strip())
    return out
