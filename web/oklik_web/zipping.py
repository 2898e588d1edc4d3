"""A ZIP that is made while it is sent: nothing is put on the disk, and no more than a piece of a file is in memory."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

PIECE = 1 << 16


class _Sink:
    """What zipfile writes into; what has been written is taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep it until it is taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is taken at once."""

    def close(self) -> None:
        """Do nothing either."""

    def taken(self) -> bytes:
        """Give what was written since the last time."""
        data, self._pieces = b"".join(self._pieces), []
        return data


def zipped(files: Iterable[tuple[Path, str]]) -> Iterator[bytes]:
    """Give a ZIP of files under these names, piece by piece.  One that is gone when its turn comes is left out."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # mp3 cannot be made smaller
        for path, name in files:
            try:
                head, opened = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False), path.open("rb")
            except OSError:
                continue
            with opened, archive.open(head, "w") as place:
                while piece := opened.read(PIECE):
                    place.write(piece)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()
