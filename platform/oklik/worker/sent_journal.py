"""A dialer's own note of whom it calls and who wants no more calls: on the disk, before the call is sent.

The database may come back from a backup or from a standby that was behind; then it does not know of the last calls,
and the people would be called again.  So each claim leaves a line a call here, synced once for all of its calls, and
whoever begins to use a database anew compares (campaigns.recall).  Only the end of the journal is read: what was
committed before something that is still there is still there, too.

Files are numbered and begun anew at SEGMENT_BYTES; those that were last written KEPT_S ago are deleted.  Lines hold
numbers of people: the folder is closed to others.  A line that was torn by a crash is passed over; it was never
synced, so its call was never sent.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from gevent.lock import BoundedSemaphore
from gevent.threadpool import ThreadPool

from oklik.campaigns.recall import Sent, Wish

log = logging.getLogger(__name__)

SEGMENT_BYTES = 16 << 20  # some 50,000 calls
BLOCK_BYTES = 256 << 10  # read at a time, from the end
KEPT_S = 30 * 86_400.0  # a backup that is older than that brings back people who were called: see docs/operations.md

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Sent | Wish).decode


class SentJournal:
    """The journal of one node for one database."""

    def __init__(self, folder: Path) -> None:
        """Open it; made when there is none.  Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._one = BoundedSemaphore(1)
        # Not the loop's own threads: names are looked up there, and one dead name server may keep all of them for long.
        self._syncing = ThreadPool(1)
        self._file = -1
        self._torn = True  # whatever was written last may not have a whole line at its end
        self._drop_old()
        last = max((int(path.stem) for path in self._segments()), default=1)
        self._open(last)

    def note(self, entries: Sequence[Sent | Wish]) -> None:
        """Put these on the disk; other greenlets run meanwhile.  Raises OSError: then none of the calls may be sent."""
        with self._one:
            if os.fstat(self._file).st_size >= SEGMENT_BYTES:
                self._open(int(self._segments()[-1].stem) + 1)
            data = b"".join(_encode(one) + b"\n" for one in entries)
            if self._torn:
                data = b"\n" + data
            self._torn = True
            written = os.write(self._file, data)
            self._syncing.apply(os.fdatasync, (self._file,))
            if written < len(data):
                raise OSError(f"the journal in {self._folder} took {written} of {len(data)} bytes")
            self._torn = False

    def ready(self) -> None:
        """Where the last note failed, try whether one would succeed now.  Raises OSError."""
        if self._torn:
            self.note(())

    def newest(self) -> Iterator[list[Sent | Wish]]:
        """Give what was noted, in blocks from the newest to the oldest; within a block oldest first."""
        for path in reversed(self._segments()):
            try:
                yield from _blocks(path)
            except FileNotFoundError:
                continue  # another process of this node has deleted it

    def close(self) -> None:
        """Close the file and end the thread; nothing can be noted any more."""
        self._syncing.kill()
        self._close_file()

    def _close_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _segments(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.jsonl") if path.stem.isdecimal())

    def _open(self, number: int) -> None:
        path = self._folder / f"{number:08d}.jsonl"
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._close_file()
        self._file, self._torn = opened, True
        place = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(place)  # the file's name, too, survives a power cut
        finally:
            os.close(place)

    def _drop_old(self) -> None:
        for path in self._segments()[:-1]:
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink(missing_ok=True)


def _blocks(path: Path) -> Iterator[list[Sent | Wish]]:
    with path.open("rb") as file:
        end, rest = file.seek(0, os.SEEK_END), b""
        while end:
            begin = max(0, end - BLOCK_BYTES)
            file.seek(begin)
            whole = file.read(end - begin) + rest
            end = begin
            # What stands before the first end of a line belongs to the block before, but for the file's own beginning.
            rest, _, lines = whole.partition(b"\n") if begin else (b"", b"", whole)
            if found := [one for line in lines.splitlines() if (one := _read(line)) is not None]:
                yield found


def _read(line: bytes) -> Sent | Wish | None:
    try:
        return _decode(line) if line else None
    except msgspec.MsgspecError:
        log.warning("a line of the journal of calls cannot be read: it was torn by a crash")
        return None
