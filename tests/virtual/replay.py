"""Replays a recorded conversation against the virtual switch and tells every difference.

What we sent is sent again at the recorded time (later, if an event it answered comes later here), callees do what the
recording says they did.  Compared are: every reply, in order; the events of each leg, in order, with the headers an
engine lives on; the result of every background job; the time of each frame within TOLERANCE_MS; and of each event
the order of those header names that both have.  The order between different legs and jobs is open (README of the
recordings), so it is not compared.
"""

import re
from collections import defaultdict
from collections.abc import Collection

from oklik.telephony.virtual.connection import Connection
from oklik.telephony.virtual.population import Population
from virtual.transcript import Frame, Record, frames, parse, records
from virtual.world import Pipe, World

TOLERANCE_MS = 90.0
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
KEY_MS = 120.0

# Headers whose values must be the same.
VALUES = (
    "Event-Name",
    "Unique-ID",
    "Channel-Name",
    "Channel-State",
    "Channel-State-Number",
    "Channel-Call-State",
    "Original-Channel-Call-State",
    "Answer-State",
    "Channel-HIT-Dialplan",
    "Hangup-Cause",
    "Caller-Caller-ID-Name",
    "Caller-Caller-ID-Number",
    "Caller-Callee-ID-Name",
    "Caller-Callee-ID-Number",
    "Caller-Destination-Number",
    "Caller-Logical-Direction",
    "Caller-Profile-Index",
    "Application",
    "Application-Data",
    "Application-Response",
    "Playback-Status",
    "Playback-File-Path",
    "Playback-File-Type",
    "DTMF-Digit",
    "DTMF-Source",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "Other-Type",
    "Other-Leg-Unique-ID",
    "Other-Leg-Destination-Number",
    "Job-Command",
    "Event-Subclass",
    "Beep-Status",
    "variable_avmd_detect",
    "_body",
    "variable_read_result",
    "variable_read_terminator_used",
    "variable_playback_terminator_used",
    "variable_hangup_cause",
    "variable_hangup_cause_q850",
    "variable_sip_term_status",
    "variable_sip_term_cause",
    "variable_proto_specific_hangup_cause",
    "variable_sip_hangup_disposition",
    "variable_sip_invite_failure_status",
    "variable_sip_invite_failure_phrase",
    "variable_endpoint_disposition",
    "variable_last_bridge_hangup_cause",
    "variable_current_application",
    "variable_last_app",
    "variable_park_after_bridge",
)
# Set anew at moments of a bridge that nobody looks at; where they stand is left open.
FLOATING = {"variable_call_uuid", "variable_last_bridge_hangup_cause"}
ANSWER_VARIABLE = re.compile(r"variable_(d\d\w*|g\d|r\d|answer_digit)(_invalid)?")


class Differs(AssertionError):
    pass


def _known(text: str, known: set[str]) -> str:
    """UUIDs that the switch chose are not compared."""
    return UUID.sub(lambda m: m[0] if m[0] in known else "<uuid>", text)


def _event(frame: Frame, known: set[str]) -> dict[str, str]:
    fields = dict(frame.event)
    out = {name: fields[name] for name in VALUES if name in fields}
    out |= {name: value for name, value in fields.items() if ANSWER_VARIABLE.fullmatch(name)}
    if "Application-UUID" in fields:
        given = not UUID.fullmatch(fields["Application-UUID"])
        out["Application-UUID"] = fields["Application-UUID"] if given else "<uuid>"
    return {name: _known(value, known) for name, value in out.items()}


def _order(theirs: Frame, ours: Frame) -> None:
    """The header names both have must come in the same order."""
    a, b = [k for k, _ in theirs.event], [k for k, _ in ours.event]
    common = set(a) & set(b) - FLOATING
    a, b = [k for k in a if k in common], [k for k in b if k in common]
    if a != b:
        at = next(i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
        raise Differs(f"{theirs.name}: order of headers: recorded {a[at : at + 4]}, here {b[at : at + 4]}")


class _Stream:
    """What one connection got, recorded and here."""

    def __init__(self, connection: Connection, pipe: Pipe) -> None:
        self.connection, self.pipe = connection, pipe
        self.expected: list[tuple[float, Frame]] = []
        self.sent = b""
        self.skipped: list[bool] = []  # for each command: is its reply left out?
        self.parsed: list[tuple[float, Frame]] = []
        self._read = 0
        self._rest = b""
        self.closed = False
        self.missing = 0

    def actual(self) -> list[tuple[float, Frame]]:
        for ms, data in self.pipe.written[self._read :]:
            self.parsed += [(ms, frame) for frame in frames(data)]
        self._read = len(self.pipe.written)
        return self.parsed

    def commands(self, data: bytes) -> list[bytes]:
        """Whole commands that end in these bytes."""
        self._rest += data.replace(b"\r\n", b"\n")
        out = []
        while b"\n\n" in self._rest.lstrip(b"\n"):
            self._rest = self._rest.lstrip(b"\n")
            head, _, rest = self._rest.partition(b"\n\n")
            match = re.search(rb"(?mi)^content-length: *(\d+)$", head)
            size = int(match[1]) if match else 0
            if len(rest) < size:
                break
            out.append(head + b"\n\n" + rest[:size])
            self._rest = rest[size:]
        return out


class Replay:
    """One conversation.  skip: patterns of commands left out with their replies; without: connections left out;
    leave_out: sections (by the start of their title) left out; ignore: headers not compared, `event.header` or
    `header`."""

    def __init__(
        self,
        name: str,
        *,
        population: Population | None = None,
        skip: Collection[str] = (),
        without: str = "",
        leave_out: Collection[str] = (),
        ignore: Collection[str] = (),
        rewrite: Collection[tuple[str, str]] = (),
    ) -> None:
        self.world = World(self._start(name), population=population or Population())
        self.world.core.profile = "carrier"
        self.records = list(records(name))
        self.skip = [re.compile(pattern.encode()) for pattern in skip]
        self.without = without
        self.leave_out = tuple(leave_out)
        self.ignore = set(ignore)
        self.rewrite = rewrite
        self.streams: dict[str, _Stream] = {}
        self.done: list[_Stream] = []
        self.known: set[str] = set()
        self.late = 0.0
        self.problems: list[str] = []

    @staticmethod
    def _start(name: str) -> int:
        """The wall clock at the start of the recording: whole-second time-outs hang on it."""
        for record in records(name):
            if record.kind == "<":
                stamp = parse(record.data).get("Event-Date-Timestamp")
                if stamp:
                    return int(stamp) - round(record.ms * 1000)
        return 1_795_308_000_000_000

    def run(self) -> None:
        leaving_out = False
        for record in self.records:
            if record.kind == "#":
                text = record.data.decode()
                if text.startswith("== "):
                    leaving_out = text[3:].startswith(self.leave_out) if self.leave_out else False
                continue
            if record.conn in self.without and record.conn:
                continue
            if leaving_out:
                continue
            self.world.clock.run(record.ms + self.late)
            self._step(record)
        self.world.clock.run(self.world.clock.ms + 1500)
        for stream in self._all():
            self._compare(stream)
        if self.problems:
            raise Differs("\n".join(self.problems[:12]))

    # -- doing ----------------------------------------------------------------------------------------------

    def _step(self, record: Record) -> None:
        text = record.data.decode("utf-8", "surrogateescape")
        if record.kind == "!":
            self._mark(record.conn, text)
        elif record.kind == "~":
            self._far(text)
        elif record.kind == ">":
            self._send(self.streams[record.conn], record.data)
        else:
            self.streams[record.conn].expected.append((record.ms + self.late, parse(record.data)))

    def _mark(self, conn: str, text: str) -> None:
        if text.startswith("connect "):
            if conn in self.streams:
                self.done.append(self.streams[conn])
            self.streams[conn] = _Stream(*self.world.connect())
        elif text.startswith(("we close", "we drop")):
            self.streams[conn].connection.connection_lost(None)
        elif "closed by the switch" in text:
            self.streams[conn].closed = True

    def _far(self, text: str) -> None:
        match = re.match(r"callee (\S*): (.*)|caller ", text)
        assert match is not None, text
        if match[2] is None:
            return
        puppet = self.world.puppets.get(match[1])
        if puppet is None or puppet.line is None:
            return
        line, act = puppet.line, match[2]
        if act.startswith("sends 180"):
            line.far_rings(False)
        elif act.startswith("sends 183"):
            line.far_rings(True)
        elif act.startswith("answers"):
            line.far_answers()
        elif act.startswith("hangs up"):
            line.far_leaves()
        elif act.startswith("presses") and "RFC 2833" in act:
            self.world.clock.later(KEY_MS / 1000, line.far_presses, act.split()[1])
        elif told := re.match(r"answering machine: ([\d.]+) s silence, ([\d.]+) s greeting, .* (\d+) Hz beep", act):
            self.world.clock.later(float(told[1]) + float(told[2]), line.far_beeps, int(told[3]))
        elif said := re.match(r"human says ([\d.]+) s", act):
            ends, clock = self.world.clock.ms / 1000 + float(said[1]), self.world.clock
            puppet.speech_left = lambda: max(0.0, ends - clock.ms / 1000)
        elif refusal := re.match(r"sends (\d+) .*?(?:cause=(\d+))?$", act):
            line.far_refuses(int(refusal[1]), int(refusal[2] or 0))
        else:
            assert act.startswith(("receives", "presses", "speaks", "sends")), act

    def _send(self, stream: _Stream, data: bytes) -> None:
        self.known |= {m[0] for m in UUID.finditer(data.decode("utf-8", "replace"))}
        self._catch_up()
        for pattern, replacement in self.rewrite:
            data = re.sub(pattern.encode(), replacement.encode(), data)
        commands = stream.commands(data)
        skipped = [any(p.search(c) for p in self.skip) for c in commands]
        stream.skipped += skipped
        if any(skipped):
            data = b"".join(c for c, s in zip(commands, skipped, strict=True) if not s)
        if data:
            stream.connection.data_received(data)

    def _catch_up(self) -> None:
        """What the recording had seen before it sent must have come here, too."""
        clock = self.world.clock
        begun = clock.ms
        while self._behind() and clock.ms - begun < 60:
            clock.run(clock.ms + 1)
        for stream in self.streams.values():  # what does not come is told at the end, not waited for again
            stream.missing = max(stream.missing, self._expected_count(stream) - len(stream.actual()))
        self.late += clock.ms - begun

    def _behind(self) -> bool:
        return any(
            len(s.actual()) + s.missing < self._expected_count(s) and not s.pipe.closed for s in self.streams.values()
        )

    def _expected_count(self, stream: _Stream) -> int:
        return len(self._expected(stream))

    def _expected(self, stream: _Stream) -> list[tuple[float, Frame]]:
        """The recorded frames without the replies to what was not sent."""
        out, replies = [], 0
        dropped: set[str] = set()
        for ms, frame in stream.expected:
            kind = dict(frame.headers).get("Content-Type")
            if kind in {"command/reply", "api/response"}:
                replies += 1
                if replies <= len(stream.skipped) and stream.skipped[replies - 1]:
                    dropped.add(dict(frame.headers).get("Job-UUID", ""))
                    continue
            elif frame.name == "BACKGROUND_JOB" and frame.get("Job-UUID") in dropped:
                continue
            out.append((ms, frame))
        return out

    # -- comparing ------------------------------------------------------------------------------------------

    def _compare(self, stream: _Stream) -> None:
        theirs = self._sort(self._expected(stream), self._jobs([self._expected(s) for s in self._all()]))
        ours = self._sort(stream.actual(), self._jobs([s.actual() for s in self._all()]))
        for key in [*theirs, *(k for k in ours if k not in theirs)]:
            self._compare_row(key, theirs.get(key, []), ours.get(key, []))
        if stream.closed and not stream.pipe.closed:
            self.problems.append("the switch should have closed the connection")

    def _all(self) -> list[_Stream]:
        return [*self.done, *self.streams.values()]

    @staticmethod
    def _jobs(streams: list[list[tuple[float, Frame]]]) -> dict[str, str]:
        """Names for the jobs: connection and order of the replies (the switch chooses other UUIDs each time)."""
        names: dict[str, str] = {}
        for n, seen in enumerate(streams):
            replies = (dict(frame.headers).get("Job-UUID") for _, frame in seen)
            for k, job in enumerate(job for job in replies if job):
                names[job] = f"job {k} of connection {n}"
        return names

    @staticmethod
    def _sort(seen: list[tuple[float, Frame]], jobs: dict[str, str]) -> dict[str, list[tuple[float, Frame]]]:
        """Frames by what they belong to."""
        rows: dict[str, list[tuple[float, Frame]]] = defaultdict(list)
        for ms, frame in seen:
            kind = dict(frame.headers).get("Content-Type", "")
            if not kind.startswith("text/event"):
                key = "notice" if kind == "text/disconnect-notice" else "replies"
            elif frame.name == "BACKGROUND_JOB":
                key = jobs.get(frame.get("Job-UUID") or "", f"job {frame.get('Job-UUID')}")
            else:
                key = f"leg {frame.get('Unique-ID') or frame.name}"
            rows[key].append((ms, frame))
        return rows

    def _compare_row(self, key: str, theirs: list[tuple[float, Frame]], ours: list[tuple[float, Frame]]) -> None:
        if len(theirs) != len(ours):
            shown = [
                [f.name + ":" + (f.get("Application") or "") or str(f.headers) for _, f in row]
                for row in (theirs, ours)
            ]
            self.problems.append(f"{key}: recorded {len(theirs)} frames, here {len(ours)}\n  {shown[0]}\n  {shown[1]}")
            return
        for (their_ms, a), (our_ms, b) in zip(theirs, ours, strict=True):
            where = f"{key} at {their_ms:.0f} ms {a.name}"
            if key in {"replies", "notice"} or not a.event:
                self._same(
                    where, _known(str(a.headers) + a.body, self.known), _known(str(b.headers) + b.body, self.known)
                )
            else:
                left, right = _event(a, self.known), _event(b, self.known)
                for name in [*left, *(n for n in right if n not in left)]:
                    if name in self.ignore or f"{a.name}.{name}" in self.ignore:
                        continue
                    self._same(f"{where} {name}", left.get(name), right.get(name))
                try:
                    _order(a, b)
                except Differs as error:
                    self.problems.append(f"{where}: {error}")
            if abs(their_ms - our_ms) > TOLERANCE_MS:
                self.problems.append(f"{where}: recorded at {their_ms:.0f} ms, here at {our_ms:.0f} ms")

    def _same(self, where: str, theirs: str | None, ours: str | None) -> None:
        if theirs != ours:
            self.problems.append(f"{where}: recorded {theirs!r}, here {ours!r}")
