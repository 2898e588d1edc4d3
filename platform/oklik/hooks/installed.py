"""Which functions of plug-ins are installed on this machine: asked of a process of their own.

So a plug-in that breaks, or never comes to its end, when it is loaded does not take the asking command with it.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points

import msgspec

from oklik.hooks import GROUP
from oklik.scenario.needs import HookShape

LOAD_S = 20.0


class Installed(msgspec.Struct, frozen=True):
    """hooks: what can be used; faults: why other functions cannot, by name."""

    hooks: Mapping[str, HookShape]
    faults: Mapping[str, str]


def environment() -> dict[str, str]:
    """That of a plug-in: without our settings, among which are passwords."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OKLIK_")} | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)
    }


def any_installed() -> bool:
    """Whether there is any plug-in, without loading it."""
    return bool(entry_points(group=GROUP))


def installed(timeout_s: float = LOAD_S) -> Installed:
    """All of them."""
    names = [point.name for point in entry_points(group=GROUP)]
    if not names:
        return Installed({}, {})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "oklik.hooks.child", "--list"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=timeout_s,
            check=True,
        )
        told = msgspec.json.decode(done.stdout, type=dict[str, dict[str, msgspec.Raw]])
    except subprocess.TimeoutExpired:
        return Installed({}, dict.fromkeys(names, f"loading takes more than {timeout_s:g} s"))
    except (subprocess.CalledProcessError, msgspec.DecodeError):
        return Installed({}, dict.fromkeys(names, "a plug-in ends the process when it is loaded"))
    shapes = {name: _shape(name, bytes(raw)) for name, raw in told["hooks"].items()}
    return Installed(shapes, {name: msgspec.json.decode(bytes(raw), type=str) for name, raw in told["faults"].items()})


def _shape(name: str, raw: bytes) -> HookShape:
    return msgspec.convert({**msgspec.json.decode(raw), "name": name}, HookShape)
