"""Runs the functions of plug-ins: `python -m oklik.hooks.child PARENT`, orders on standard input, answers on standard
output; PARENT is the process that it ends with.

An order and an answer are one line of JSON each.  What a function prints goes to standard error.  With `--list` it only
tells which functions are installed.  Nothing limits a function here: whoever started the process kills it.
"""

import ctypes
import datetime as dt
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any, BinaryIO

from oklik.hooks import GROUP, Hook, Result, Value
from oklik.scenario import json_path

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_FAULT = 200
_ORPHAN = 3


def load() -> tuple[dict[str, Hook], dict[str, str]]:
    """The functions that are installed, and why others cannot be used, by name."""
    hooks: dict[str, Hook] = {}
    faults: dict[str, str] = {}
    for point in entry_points(group=GROUP):
        try:
            found = point.load()
            if not isinstance(found, Hook):
                raise TypeError(f"{point.value} is no oklik.hooks.Hook")
            if point.name in hooks:
                raise ValueError("two plug-ins have a function of this name")
        except BaseException as error:  # noqa: BLE001  a plug-in may even call sys.exit
            faults[point.name] = _line(error)
        else:
            hooks[point.name] = found
    for name in faults:
        hooks.pop(name, None)
    return hooks, faults


def listing() -> dict[str, Any]:
    """What is installed, as JSON-able data."""
    hooks, faults = load()
    shapes = {
        name: {"exits": hook.exits, "arguments": hook.arguments, "answers": hook.answers}
        for name, hook in hooks.items()
    }
    return {"hooks": shapes, "faults": faults}


def run(hooks: Mapping[str, Hook], order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out an order; every fault of the function is an answer."""
    hook = hooks.get(order["hook"])
    if hook is None:
        return {"ok": False, "fault": "the function is not installed"}
    try:
        result = hook.run(MappingProxyType(dict(order["arguments"])))
    except BaseException as error:  # noqa: BLE001  a plug-in may even call sys.exit
        traceback.print_exc()
        return {"ok": False, "fault": _line(error)}
    if not isinstance(result, Result):
        return {"ok": False, "fault": f"it returned a {type(result).__name__}, not a Result"}
    if result.exit not in hook.exits:
        return {"ok": False, "fault": f"it chose an exit that it has not declared: {result.exit!r}"[:_FAULT]}
    strange = sorted(str(name) for name in result.values if name not in hook.answers)
    if strange:
        return {"ok": False, "fault": f"it gave values that it has not declared: {', '.join(strange)}"[:_FAULT]}
    values = {name: told(value) for name, value in result.values.items()}
    return {
        "ok": True,
        "exit": result.exit,
        "values": {name: text for name, text in values.items() if text is not None},
    }


def told(value: Value) -> str | None:
    """A value as the text of a variable."""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else json_path.text(value)


def serve(hooks: Mapping[str, Hook], orders: BinaryIO, answers: BinaryIO) -> None:
    """Carry out orders until there are no more."""
    for line in orders:
        answers.write(json.dumps(run(hooks, json.loads(line))).encode() + b"\n")
        answers.flush()


def main(arguments: Sequence[str]) -> int:
    """Run as the module's docstring says; returns the exit code."""
    # A function that never ends would outlive a killed dialer.
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if arguments[:1] not in (["--list"], [str(os.getppid())]):  # it ended before the kernel was asked
        return _ORPHAN
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what plug-ins print is no answer
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    if "--list" in arguments:
        answers.write(json.dumps(listing()).encode() + b"\n")
        answers.flush()
        return 0
    hooks, faults = load()
    for name, fault in faults.items():
        sys.stderr.write(f"plug-in {name}: {fault}\n")
    answers.write(b'{"ready": true}\n')
    answers.flush()
    serve(hooks, orders, answers)
    return 0


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:_FAULT]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
