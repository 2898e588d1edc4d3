"""An Oklik of a test's own on a real FreeSWITCH, and somebody with a token who asks it by the API.

Besides OKLIK_LIVE_SWITCH this needs OKLIK_LIVE_CONF, the folder with which that switch was started.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from live.test_live_run import SWITCH
from support.patience import until
from support.sipp import NEEDS_SIPP

CONF = os.environ.get("OKLIK_LIVE_CONF", "")
WEB = "127.0.0.1:18077"
OKLIK: list[Any] = [sys.executable, "-c", "from oklik.cli import main; main()"]
NEEDED = [
    pytest.mark.live,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not SWITCH or not CONF, reason="OKLIK_LIVE_SWITCH or OKLIK_LIVE_CONF is not set"),
    NEEDS_SIPP,
]
"""The marks of a file of such tests."""


class Program:
    """Somebody with a token.  scopes: what it may."""

    def __init__(self, environment: dict[str, str], *scopes: str) -> None:
        made = subprocess.run(
            [*OKLIK, "token", "create", "live", "--scope", ",".join(scopes)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        self._token = next(word for word in made.stdout.split() if word.startswith("oklik_"))

    def ask(self, path: str, body: Any = None) -> Any:
        """The answer to GET, or to POST where there is a body."""
        request = urllib.request.Request(
            f"http://{WEB}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def over(self, path: str) -> dict[str, Any]:
        """What is at a path, once it says that it is over."""
        return until(lambda: (seen := self.ask(path))["over"] and seen, every=0.5)  # type: ignore[no-any-return]


@contextmanager
def running(folder: Path, *scopes: str) -> Iterator[Program]:
    """`oklik up` with a home in a folder, and a token with these scopes."""
    environment = os.environ | {
        "OKLIK_HOME": str(folder / "home"),
        "OKLIK_SWITCH": SWITCH,
        "OKLIK_SWITCH_CONF": CONF,
        "OKLIK_WEB": WEB,
    }
    with (folder / "up.log").open("wb") as log:
        up = subprocess.Popen([*OKLIK, "up"], env=environment, stdout=log, stderr=log)
    try:
        until(_answers, "the web answers", seconds=120, every=0.5)
        yield Program(environment, *scopes)
    finally:
        up.terminate()
        up.wait(60)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://{WEB}/api/v1/openapi.json", timeout=5):
            return True
    except OSError:
        return False
