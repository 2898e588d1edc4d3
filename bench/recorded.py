"""What a real switch sent, for the benchmarks: the frames of a recording in tests/transcripts."""

from pathlib import Path

TRANSCRIPTS = Path(__file__).resolve().parent.parent / "tests" / "transcripts"


def frames(name: str) -> list[bytes]:
    """The switch's frames of that recording, in order."""
    data = (TRANSCRIPTS / name).read_bytes()
    found = []
    at = data.index(b"\n") + 1
    while at < len(data):
        end = data.index(b"\n", at)
        head = data[at:end]
        at = end + 1
        if head[3:4] in (b"<", b">"):
            size = int(head.rsplit(b" ", 1)[1])
            if head[3:4] == b"<":
                found.append(data[at : at + size])
            at += size + 1
    return found
