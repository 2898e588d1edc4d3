"""The parser of the event socket's stream: any pieces, damaged in any way.

1. Whole frames come out as they went in, however the stream is cut: at each byte, byte by byte, at random.
2. Damage (lengths that are negative, huge, wrong or doubled, a header block without end, CRLF, bytes that are no UTF-8,
   zeros, bits turned over, pieces lost or doubled) ends in FramingLost or in frames; in nothing else, and at once.
3. Frames that are given out before the damage are as they were (those of its own piece go with it, as at any cut).
4. What is held never exceeds one frame's bounds.
5. A value in which a line end is encoded makes no header.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from oklik.esl import framing

SLOW_S = 2.0  # of the processor for a stream of a few frames: whatever takes so long would hold up every call
TEXTS = (
    "+OK accepted",
    "-ERR no such channel",
    "Сбой связи",
    "a\nb",
    "",
    "x: y",
    "Content-Length: 5",
    "100% sure",
    "\n\n",
)
JSON = (
    '{"Event-Name":"CHANNEL_PARK","Unique-ID":"c0200000"}',
    '{"a":"\\n\\n"}',
    '{"имя":"Łukasz 🙂"}',
    "{}",
    '{"b":"%s"}' % ("y" * 3000),
)


class Sent(NamedTuple):
    """A frame as the switch sends it.  head: without the empty line; body may be of any bytes."""

    kind: str
    head: bytes
    body: bytes

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.head + b"\n\n" + self.body


class Broken(Exception):
    """A promise was broken."""


def frame(chance: random.Random) -> Sent:
    """One sound frame."""
    kind = chance.random()
    if kind < 0.5:
        body = chance.choice(JSON).encode() if kind < 0.45 else bytes(chance.getrandbits(8) for _ in range(40))
        return Sent("text/event-json", b"Content-Length: %d\nContent-Type: text/event-json" % len(body), body)
    if kind < 0.7:
        text = chance.choice(TEXTS).replace("\n", " ")
        head = f"Content-Type: command/reply\nReply-Text: {text}"
        if chance.random() < 0.3:
            head += "\nContent-Length: 7"  # of a header that somebody forged: a reply has no body
        return Sent("command/reply", head.encode(), b"")
    if kind < 0.72:
        return Sent("auth/request", b"Content-Type: auth/request", b"")
    name = chance.choice(
        ("api/response", "text/event-plain", "log/data", "text/disconnect-notice", "text/rude-rejection")
    )
    body = chance.choice(TEXTS).encode() * chance.choice((1, 1, 3, 50))
    length = chance.choice(("Content-Length", "content-length")), len(body)
    lines = [f"Content-Type: {name}", f"{length[0]}: {length[1]}"]
    if chance.random() < 0.3:
        lines.append(f"Log-File: {chance.choice(('sofia.c', 'имя', 'a%0aContent-Length: 99'))}")
    if chance.random() < 0.3:
        lines.reverse()
    return Sent(name, "\n".join(lines).encode(), body)


def pieces(chance: random.Random, data: bytes) -> Iterator[bytes]:
    """The stream as a network may give it."""
    way = chance.random()
    if way < 0.3:
        yield data
        return
    at = 0
    while at < len(data):
        size = 1 if way < 0.4 else chance.choice((1, 2, 7, 60, 400, 5000))
        yield data[at : at + size]
        at += size


def _line(name: bytes, *values: bytes) -> Callable[[random.Random, Sent], bytes]:
    """Another value in the line of that name."""

    def damage(chance: random.Random, one: Sent) -> bytes:
        lines = [line for line in one.head.split(b"\n") if not line.lower().startswith(name.lower())]
        lines.insert(chance.randrange(len(lines) + 1), name + b": " + chance.choice(values))
        return b"\n".join(lines) + b"\n\n" + one.body

    return damage


def _bits(chance: random.Random, one: Sent) -> bytes:
    data = bytearray(one.data)
    for _ in range(chance.choice((1, 1, 8))):
        data[chance.randrange(len(data))] = chance.getrandbits(8)
    return bytes(data)


def _twice(chance: random.Random, one: Sent) -> bytes:
    return one.head + b"\nContent-Length: %d\nContent-Type: api/response\n\n" % chance.randrange(100) + one.body


DAMAGE: dict[str, Callable[[random.Random, Sent], bytes]] = {
    "length": _line(
        b"Content-Length",
        b"-1",
        b"99999999",
        b"16777217",
        b"0x10",
        b"",
        b"1e3",
        b"7 ",
        b"+7",
        "٧".encode(),
        b"9" * 5000,
    ),
    "wrong length": _line(b"Content-Length", b"0", b"1", b"2", b"13", b"500"),
    "kind": _line(b"Content-Type", b"text/event-Json", b"text/html", b"", b"text/event-json\r", b"\xff\xfe"),
    "twice": _twice,
    "endless head": lambda _, one: b"X-Header: " + b"y" * 1_000_000 + b"\n" + one.data,
    "many headers": lambda _, one: b"a: b\n" * 20_000 + one.data,
    "CRLF": lambda _, one: one.data.replace(b"\n", b"\r\n"),
    "CRLF mixed": lambda _, one: one.head.replace(b"\n", b"\r\n", 1) + b"\n\n" + one.body,
    "no UTF-8": lambda _, one: one.head + b"\nName: \xff\xc3\x28\xed\xa0\x80\n\n" + one.body,
    "zeros": lambda _, one: one.head + b"\0\n\n" + one.body,
    "bits": _bits,
    "a piece is lost": lambda chance, one: one.data[: chance.randrange(len(one.data))],
    "a piece comes twice": lambda chance, one: one.data[: chance.randrange(len(one.data))] + one.data,
    "nonsense": lambda chance, _: bytes(chance.choices(b"\n\n\n: aC\xff\0", k=chance.choice((3, 60, 2000)))),
    "empty lines": lambda chance, one: b"\n" * chance.randrange(1, 9) + one.data,
}


class Fuzz:
    """Streams of a seed through this module's framer."""

    def __init__(self, seed: int, module: ModuleType) -> None:
        self.chance = random.Random(seed)
        self.frames, self.lost, self.most_held = 0, 0, 0
        self._module = module
        self._bound = framing.MAX_HEAD + framing.MAX_BODY

    def stream(self) -> None:
        """One stream of a few frames.  Raises Broken."""
        chance = self.chance
        sent = [frame(chance) for _ in range(chance.randrange(1, 9))]
        self.frames += len(sent)
        if chance.random() < 0.5:
            self._sound(sent)
        else:
            self._damaged(sent)
        if chance.random() < 0.05:
            self._values()

    def split_everywhere(self) -> None:
        """Two frames, cut once at each place."""
        sent = [frame(self.chance), frame(self.chance)]
        data = b"".join(one.data for one in sent)
        for place in range(0, len(data) + 1, 1 if len(data) < 2000 else 97):
            self._same(sent, self._fed([data[:place], data[place:]])[0])
        self.frames += 2 * len(data)

    def _sound(self, sent: list[Sent]) -> None:
        found, lost = self._fed(pieces(self.chance, b"".join(one.data for one in sent)))
        if lost is not None:
            raise Broken(f"sound frames were given up: {lost}: {sent!r:.300}")
        self._same(sent, found)

    def _same(self, sent: list[Sent], found: list[Any]) -> None:
        if [(one.kind, one.head, one.body) for one in sent] != [(one.kind.value, one.head, one.body) for one in found]:
            raise Broken(f"{sent!r:.300} became {found!r:.300}")
        for one in found:
            one.headers, one.header("Content-Type"), one.reply_text(), one.text(), repr(one)

    def _damaged(self, sent: list[Sent]) -> None:
        chance = self.chance
        name = chance.choice(tuple(DAMAGE))
        if name in {"endless head", "many headers"} and chance.random() < 0.97:
            name = "bits"  # they take long
        place = chance.randrange(len(sent))
        parts = [one.data for one in sent]
        parts[place] = DAMAGE[name](chance, sent[place])
        found, lost = self._fed(pieces(chance, b"".join(parts)) if name != "endless head" else iter(parts))
        self.lost += lost is not None
        self._same(sent[: min(place, len(found))], found[:place])
        if lost is None and len(found) < place:
            raise Broken(f"frames are gone: {sent!r:.300} became {found!r:.300}")
        bodiless = sent[place].kind in {"command/reply", "auth/request"}
        if lost is None and (name in {"kind", "endless head", "many headers"} or (name == "length" and not bodiless)):
            raise Broken(f"{name} was taken: {parts[place]!r:.200}")
        for one in found:
            one.headers, one.header("Content-Length"), one.reply_text(), one.text(), repr(one)

    def _fed(self, stream: Any) -> tuple[list[Any], Exception | None]:
        framer, found = self._module.Framer(), []
        began = time.process_time()
        try:
            for piece in stream:
                found += framer.feed(piece)
                self.most_held = max(self.most_held, framer.held)
                if framer.held > self._bound:
                    raise Broken(f"{framer.held} bytes are held")
        except self._module.FramingLost as error:
            return found, error
        except Broken:
            raise
        except Exception as error:
            raise Broken(f"the framer fails: {error!r}") from error
        finally:
            if time.process_time() - began > SLOW_S:
                raise Broken(f"it took {time.process_time() - began:.1f} s")
        return found, None

    def _values(self) -> None:
        """Line ends that are encoded stay within their value."""
        value = self.chance.choice(("a%0AContent-Length: 5", "a%0a%0Aapi system", "%ff%0D%0Ax: y", "100%", "%", "%zz"))
        decoded = self._module.decode_block(f"Name: {value}\nOther: 1".encode())
        if [name for name, _ in decoded] != ["Name", "Other"] or decoded[1][1] != "1":
            raise Broken(f"{value!r} makes headers: {decoded!r}")


MUTANTS: dict[str, tuple[str, ...]] = {
    "a head has an end": ("if end >= 0 or len(data) - start > MAX_HEAD:", "if end >= 0 and False:"),
    "a long head is too long": ("if end < 0 or end - start > MAX_HEAD:", "if end < 0:"),
    "a body has a bound": ("if size > MAX_BODY:", "if False:"),
    "the kind is known": ("if kind is None:", "if kind is None:\n        kind = Kind.LOG\n    if False:"),
    "a length is a number": ("if not _LENGTH.fullmatch(length):", "if False:"),
    "a length has no sign": ('_LENGTH = re.compile(r"[0-9]{1,8}")', '_LENGTH = re.compile(r"[-+]?[0-9]{1,8}")'),
    "a reply has no body": (
        "    if head.startswith(_REPLY):\n        return Kind.REPLY, 0\n",
        "",
        "    if kind in _BODILESS:\n        return kind, 0\n",
        (
            "    if kind is Kind.AUTH or (kind is Kind.REPLY and not _first(headers, 'Content-Length')):\n"
            "        return kind, 0\n"
        ),
    ),
    "no body without one": ("    if kind in _BODILESS:\n        return kind, 0\n", ""),
    "values are decoded after lines are cut": (
        "for name, value in split_block(block)]",
        "for name, value in split_block(unquote(block.decode(errors='replace'), errors='replace').encode())]",
    ),
    "what is no UTF-8 is replaced": ('block.decode("utf-8", "replace")', 'block.decode("utf-8")'),
    "a body is awaited": ("if len(data) - start < self._need:", "if False:"),
    "an end may lie in two pieces": ("max(0, len(data) - start - 1)", "max(0, len(data) - start)"),
    "the rest is kept": ("        held += data[start:]\n", ""),
}


def without(name: str) -> ModuleType:
    """The framer without one of its rules."""
    assert framing.__file__ is not None
    source = Path(framing.__file__).read_text("utf-8")
    told = MUTANTS[name]
    for old, new in zip(told[::2], told[1::2], strict=True):
        if source.count(old) != 1:
            raise LookupError(f"the rule {name!r} is not in the source as it is written here")
        source = source.replace(old, new)
    made = ModuleType("mutant_framing")
    sys.modules[made.__name__] = made
    exec(compile(source, made.__name__, "exec"), made.__dict__)
    return made


def hunt(
    seed: int, module: ModuleType, *, frames: int | None = None, seconds: float | None = None
) -> tuple[Fuzz, str | None]:
    """Go on until something is broken, so many frames or seconds; gives what was."""
    fuzz, began, n = Fuzz(seed, module), time.process_time(), 0
    while (frames is None or fuzz.frames < frames) and (seconds is None or time.process_time() - began < seconds):
        n += 1
        try:
            if n % 500 == 1:
                fuzz.split_everywhere()
            else:
                fuzz.stream()
        except Broken as error:
            return fuzz, str(error)
    return fuzz, None


def run(seed: int, frames: int) -> tuple[bool, str]:
    """At full length, mutants too; gives whether all is kept, and lines that say so."""
    began = time.process_time()
    fuzz, broken = hunt(seed, framing, frames=frames)
    passed = time.process_time() - began
    verdict = "KEPT" if broken is None else f"BROKEN: {broken}"
    first = f"frames: seed {seed}, {fuzz.frames:,} frames, {fuzz.frames / passed:,.0f}/s"
    lines = [f"{first}, framing lost {fuzz.lost:,} times, most held {fuzz.most_held:,} bytes: {verdict}"]
    missed = [name for name in MUTANTS if hunt(seed, without(name), seconds=60.0)[1] is None]
    told = f"frames: rules taken out one at a time: {len(MUTANTS)}, found {len(MUTANTS) - len(missed)}"
    lines.append(f"{told}: {'KEPT' if not missed else f'BROKEN: {missed}'}")
    return broken is None and not missed, "\n".join(lines)
