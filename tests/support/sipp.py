"""People played by a SIPp of our own, whom a live FreeSWITCH calls: see tests/live/README.md."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.patience import until

SAMPLE = Path("/usr/share/sip-tester/g711a.pcap")
"""Speech that comes with SIPp."""
DIAL = "sofia/oklik/{digits}@127.0.0.1:"
"""The port at which they listen comes after it."""
LOCAL = ("-i", "127.0.0.1", "-ci", "127.0.0.1")
"""Its calls and its control port are on this machine alone; the control port would else be open to the network."""
NEEDS_SIPP = pytest.mark.skipif(
    not SAMPLE.exists() or shutil.which("sipp") is None, reason="SIPp and its sample of speech"
)


@contextmanager
def played(script: Path, folder: Path, *, media_port: int) -> Iterator[int]:
    """Let SIPp answer calls by a script until the end; gives the port on which it is called.

    folder: where files of sound that the script names lie, and where SIPp writes.  media_port: its first one.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (folder / "sipp.out").open("wb") as out:
        process = subprocess.Popen(
            ["sipp", "-sf", script, *LOCAL, "-p", str(port), "-mp", str(media_port), "-nostdin"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: _taken(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        try:
            mine.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
