"""Reads the recorded conversations in tests/transcripts (what a real FreeSWITCH 1.10.12 said, byte by byte).

A record is a comment `#`, a connection mark `!`, an act of the far end `~`, bytes we sent `>` or one frame of the
switch `<`.  Times are milliseconds since the start of the file.
"""

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "transcripts"
MAGIC = b"ESL-TRANSCRIPT 1\n"


class Record(NamedTuple):
    kind: str
    ms: float
    conn: str
    data: bytes


class Frame(NamedTuple):
    """A frame of the switch: outer headers in order, body, and the event's headers in order (repeats kept)."""

    headers: list[tuple[str, str]]
    body: str
    event: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return dict(self.event).get("Event-Name", "")

    def get(self, name: str) -> str | None:
        return dict(self.event).get(name)


def records(name: str) -> Iterator[Record]:
    data = (FOLDER / f"{name}.txt").read_bytes()
    assert data.startswith(MAGIC)
    position = len(MAGIC)
    while position < len(data):
        end = data.index(b"\n", position)
        head = data[position:end].decode()
        position = end + 1
        kind = head[3]
        if kind == "#":
            yield Record("#", -1.0, "", head[5:].encode())
        elif kind == "~":
            _, _, ms, text = head.split(" ", 3)
            yield Record("~", float(ms), "", text.encode())
        elif kind == "!":
            _, _, ms, conn, text = head.split(" ", 4)
            yield Record("!", float(ms), conn, text.encode())
        else:
            _, _, ms, conn, size = head.split(" ")
            yield Record(kind, float(ms), conn, data[position : position + int(size)])
            position += int(size) + 1


def _block(text: str) -> list[tuple[str, str]]:
    lines = [line.partition(": ") for line in text.split("\n") if line]
    return [(name, value) for name, _, value in lines]


def parse(raw: bytes) -> Frame:
    head, _, rest = raw.decode("utf-8", "surrogateescape").partition("\n\n")
    headers = _block(head)
    assert int(dict(headers).get("Content-Length", 0)) == len(rest.encode("utf-8", "surrogateescape")), raw[:200]
    kind = dict(headers).get("Content-Type", "")
    event: list[tuple[str, str]] = []
    if kind == "text/event-plain":
        inner, _, body = rest.partition("\n\n")
        event = [(k, urllib.parse.unquote(v, errors="surrogateescape")) for k, v in _block(inner)]
        length = dict(event).get("Content-Length")
        assert int(length or 0) == len(body.encode("utf-8", "surrogateescape"))
        if length is not None:
            event.append(("_body", body))
    elif kind == "text/event-json":
        event = json.loads(rest, object_pairs_hook=list, strict=False)
    return Frame(headers, rest, [(k, v) for k, v in event])


def frames(data: bytes) -> list[Frame]:
    """Split a stream of the switch into frames."""
    out = []
    while data:
        head, sep, rest = data.partition(b"\n\n")
        assert sep, data[:200]
        length = next((int(line.split(b":")[1]) for line in head.split(b"\n") if line.startswith(b"Content-Length")), 0)
        out.append(parse(head + sep + rest[:length]))
        data = rest[length:]
    return out
