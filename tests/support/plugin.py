"""A plug-in that is installed for a test: a module and its entry points in a folder of its own."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SOURCE = '''\
"""A plug-in with all the manners that a plug-in can have."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from oklik.hooks import Hook, Result


def choose(given: Mapping[str, str]) -> Result:
    print("this is no answer")
    debt = Decimal(given["debt"])
    return Result("discount", {"percent": 10 if debt > 1000 else 5}) if debt > 100 else Result("nothing")


def endless(given: Mapping[str, str]) -> Result:
    print("pid", os.getpid(), flush=True)
    if given.get("file"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(given["file"]).write_text(f"{os.getpid()} {child.pid}")
    while True:
        pass


def crash(given: Mapping[str, str]) -> Result:
    os._exit(3)


def wrong(given: Mapping[str, str]) -> Result:
    match given["how"]:
        case "raise":
            raise ValueError("no\\nway")
        case "exit":
            sys.exit(0)
        case "type":
            return "discount"
        case "exits":
            return Result("elsewhere")
        case "values":
            return Result("done", {"strange": 1})
        case "given":
            given["how"] = "changed"
        case "close":
            os.closerange(0, 100)
        case "huge":
            return Result("done", {"text": "x" * 1_000_000, "number": 10**400})
        case "recursion":
            return wrong(given)
    return Result("done")


def kinds(given: Mapping[str, str]) -> Result:
    return Result("done", {
        "text": "да", "number": 7, "money": Decimal("1500.50"), "date": dt.date(2026, 12, 31),
        "time": dt.time(9, 5), "choice": True, "nothing": None, "part": 0.5,
    })


def environment(given: Mapping[str, str]) -> Result:
    return Result("done", {"text": ",".join(sorted(name for name in os.environ if name.startswith("OKLIK_")))})


TYPES = {name: name for name in ("text", "number", "money", "date", "time", "choice")}
EXITS = ("discount", "nothing")
offer = Hook(choose, arguments=("debt",), optional=("city",), exits=EXITS, answers={"percent": "number"})
loop = Hook(endless, optional=("file",))
crashing = Hook(crash)
mistaken = Hook(wrong, arguments=("how",), answers={"text": "text", "number": "number"})
all_kinds = Hook(kinds, answers={**TYPES, "nothing": "text", "part": "text"})
surroundings = Hook(environment, answers={"text": "text"})
no_hook = "a text"
'''

POINTS = {
    "test.offer": "oklik_test_plugin:offer",
    "test.loop": "oklik_test_plugin:loop",
    "test.crash": "oklik_test_plugin:crashing",
    "test.wrong": "oklik_test_plugin:mistaken",
    "test.kinds": "oklik_test_plugin:all_kinds",
    "test.environment": "oklik_test_plugin:surroundings",
}


def write(folder: Path, source: str = SOURCE, points: Mapping[str, str] = POINTS) -> None:
    """Put the plug-in into a folder as pip would."""
    (folder / "oklik_test_plugin.py").write_text(source, "utf-8")
    info = folder / "oklik_test_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: oklik-test-plugin\nVersion: 1.0\n", "utf-8")
    lines = "".join(f"{name} = {place}\n" for name, place in points.items())
    (info / "entry_points.txt").write_text(f"[oklik.hooks]\n{lines}", "utf-8")


@contextmanager
def on_path(folder: Path) -> Iterator[None]:
    """The packages of a folder can be imported."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        importlib.invalidate_caches()
