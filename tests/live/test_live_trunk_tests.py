"""Test calls of trunks on a real FreeSWITCH: carriers that bring keys in three ways, and what is made of it.

Besides OKLIK_LIVE_SWITCH this needs OKLIK_LIVE_CONF, the folder with which that switch was started.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live.test_live_run import SWITCH
from support.patience import until
from support.sipp import NEEDS_SIPP, played
from support.tones import write_tones

CONF = os.environ.get("OKLIK_LIVE_CONF", "")
WEB = "127.0.0.1:18077"
OKLIK: list[Any] = [sys.executable, "-c", "from oklik.cli import main; main()"]

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not SWITCH or not CONF, reason="OKLIK_LIVE_SWITCH or OKLIK_LIVE_CONF is not set"),
    NEEDS_SIPP,
]
PHONES = {"71": "rfc2833", "72": "info", "73": "inband"}
SET = {"71": "info", "72": "rfc2833", "73": "rfc2833"}


class Program:
    """Somebody with a token."""

    def __init__(self, environment: dict[str, str]) -> None:
        made = subprocess.run(
            [*OKLIK, "token", "create", "live", "--scope", "trunks:read,trunks:write,phones:write,phones:confirm"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        self._token = next(word for word in made.stdout.split() if word.startswith("oklik_"))

    def ask(self, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://{WEB}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def tested(self, trunk: str, phone: str) -> dict[str, Any]:
        """The end of a test call."""
        number = self.ask("/trunks/tests", {"trunk": trunk, "phone": phone, "language": "ru"})["id"]
        return until(lambda: (seen := self.ask(f"/trunks/tests/{number}"))["over"] and seen, every=0.5)  # type: ignore[no-any-return]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    environment = os.environ | {
        "OKLIK_HOME": str(tmp_path / "home"),
        "OKLIK_SWITCH": SWITCH,
        "OKLIK_SWITCH_CONF": CONF,
        "OKLIK_WEB": WEB,
    }
    with (tmp_path / "up.log").open("wb") as log:
        up = subprocess.Popen([*OKLIK, "up"], env=environment, stdout=log, stderr=log)
    try:
        until(_answers, "the web answers", seconds=120, every=0.5)
        yield Program(environment)
    finally:
        up.terminate()
        up.wait(60)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://{WEB}/api/v1/openapi.json", timeout=5):
            return True
    except OSError:
        return False


def test_it_is_found_out_how_keys_come_and_written_into_the_trunk(program: Program, tmp_path: Path) -> None:
    write_tones(tmp_path)
    with played(Path(__file__).with_name("keys.xml"), tmp_path, media_port=33000) as port:
        for role, mode in SET.items():
            filled = {"name": role, "login": "address", "host": f"127.0.0.1:{port}", "dtmf": mode}
            program.ask("/trunks/gateways/save", filled | {"channels": 2, "cps": 5})
            program.ask("/phones/add", {"number": f"+791600000{role}", "name": "Анна"})
        for role, way in PHONES.items():
            seen = program.tested(role, f"+791600000{role}")
            assert seen["state"] == "done", seen
            assert [key["key"] for key in seen["keys"]] == ["5", "#"], seen
            assert (seen["ways"], seen["works"], seen["configured"]) == ([way], way, SET[role])
            assert (seen["hangup_by"], seen["virtual"]) == ("us", False)
            program.ask("/trunks/gateways/keys", {"name": role, "dtmf": way})
            again = program.tested(role, f"+791600000{role}")
            assert (again["works"], again["configured"]) == (way, way), again
            assert [key["key"] for key in again["keys"]] == ["5", "#"], "each once, whatever listens"
        for one in program.ask("/trunks/gateways")["gateways"]:
            program.ask("/trunks/gateways/remove", {"name": one["name"]})
