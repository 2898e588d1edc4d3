"""The virtual environment of the peers: build/peers, made of bench/peers.txt at the first use."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WANTED = HERE / "peers.txt"
FOLDER = HERE.parent / "build" / "peers"
LIBRARIES = ("greenswitch", "switchio", "genesis")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def make_environment() -> tuple[str, dict[str, str]]:
    """Its Python, and the libraries that are there with their versions; says which ones are not."""
    python, done = FOLDER / "bin" / "python", FOLDER / "installed.txt"
    if not done.is_file() or done.read_bytes() != WANTED.read_bytes():
        print("setting up the peers (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
        made = subprocess.run([str(python), *PIP, "-r", str(WANTED)], check=False, capture_output=True, text=True)
        if made.returncode == 0:
            done.write_bytes(WANTED.read_bytes())
        else:
            print(f"pip: {made.stderr.strip()[-300:]}", file=sys.stderr)
    found = {name: version for name in LIBRARIES if (version := _version(str(python), name))}
    for name in LIBRARIES:
        if name not in found:
            print(f"{name} could not be installed and is left out", file=sys.stderr)
    return str(python), found


def _version(python: str, library: str) -> str:
    """Its version; empty if it is not there."""
    asked = f"import importlib.metadata as m; print(m.version({library!r}))"
    said = subprocess.run([python, "-c", asked], check=False, capture_output=True, text=True)
    return said.stdout.strip() if said.returncode == 0 else ""
