"""Reads the recordings of a real FreeSWITCH in tests/transcripts.

Written apart from oklik.esl on purpose: it takes each frame from the recording's own lengths, so it can tell
whether the framing finds the same ones in the bare stream.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "transcripts"
NAMES = sorted(path.name for path in FOLDER.glob("*.txt"))


class Record(NamedTuple):
    """kind: # comment, ! connection mark, ~ far end, > sent by us, < one frame of the switch."""

    kind: str
    ms: float
    conn: str
    data: bytes


@cache
def records(name: str) -> tuple[Record, ...]:
    """Everything in a recording, in order."""
    return tuple(_read((FOLDER / name).read_bytes()))


def _read(data: bytes) -> Iterator[Record]:
    magic, _, rest = data.partition(b"\n")
    assert magic == b"ESL-TRANSCRIPT 1"
    while rest:
        line, _, rest = rest.partition(b"\n")
        mark, kind, *fields = line.decode().split(" ", 2)
        assert mark == "@@", line
        text = fields[0] if fields else ""
        if kind == "#":
            yield Record(kind, 0.0, "", text.encode())
        elif kind == "~":
            ms, _, told = text.strip().partition(" ")
            yield Record(kind, float(ms), "", told.encode())
        else:
            ms, conn, told = text.strip().split(" ", 2)
            if kind in "<>":
                size = int(told)
                assert rest[size : size + 1] == b"\n"
                yield Record(kind, float(ms), conn, rest[:size])
                rest = rest[size + 1 :]
            else:
                yield Record(kind, float(ms), conn, told.encode())


def received(name: str) -> dict[str, list[bytes]]:
    """The switch's frames by connection, in order."""
    frames: dict[str, list[bytes]] = {}
    for record in records(name):
        if record.kind == "<":
            frames.setdefault(record.conn, []).append(record.data)
    return frames


def head_and_body(frame: bytes) -> tuple[dict[str, str], bytes]:
    """Outer headers and body of a recorded frame."""
    head, _, body = frame.partition(b"\n\n")
    pairs = (line.partition(": ") for line in head.decode("utf-8", "surrogateescape").split("\n"))
    return {name: value for name, _, value in pairs}, body


def json_events(name: str) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Bodies of the JSON events of a recording, and what is in them."""
    for frames in received(name).values():
        for frame in frames:
            head, body = head_and_body(frame)
            if head.get("Content-Type") == "text/event-json":
                yield body, json.loads(body.decode("utf-8", "surrogateescape"), strict=False)
