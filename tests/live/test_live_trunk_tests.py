"""Test calls of trunks on a real FreeSWITCH: carriers that bring keys in three ways, and what is made of it."""

from pathlib import Path
from typing import Any

from live.program import NEEDED, Program, running
from support.sipp import played
from support.tones import write_tones

pytestmark = NEEDED
PHONES = {"71": "rfc2833", "72": "info", "73": "inband"}
SET = {"71": "info", "72": "rfc2833", "73": "rfc2833"}
SCOPES = ("trunks:read", "trunks:write", "phones:write", "phones:confirm")


def called(program: Program, trunk: str, phone: str) -> dict[str, Any]:
    """The end of a test call."""
    number = program.ask("/trunks/tests", {"trunk": trunk, "phone": phone, "language": "ru"})["id"]
    return program.over(f"/trunks/tests/{number}")


def test_it_is_found_out_how_keys_come_and_written_into_the_trunk(tmp_path: Path) -> None:
    write_tones(tmp_path)
    script = Path(__file__).with_name("keys.xml")
    with running(tmp_path, *SCOPES) as program, played(script, tmp_path, media_port=33000) as port:
        for role, mode in SET.items():
            filled = {"name": role, "login": "address", "host": f"127.0.0.1:{port}", "dtmf": mode}
            program.ask("/trunks/gateways/save", filled | {"channels": 2, "cps": 5})
            program.ask("/phones/add", {"number": f"+791600000{role}", "name": "Анна"})
        for role, way in PHONES.items():
            seen = called(program, role, f"+791600000{role}")
            assert seen["state"] == "done", seen
            assert [key["key"] for key in seen["keys"]] == ["5", "#"], seen
            assert (seen["ways"], seen["works"], seen["configured"]) == ([way], way, SET[role])
            assert (seen["hangup_by"], seen["virtual"]) == ("us", False)
            program.ask("/trunks/gateways/keys", {"name": role, "dtmf": way})
            again = called(program, role, f"+791600000{role}")
            assert (again["works"], again["configured"]) == (way, way), again
            assert [key["key"] for key in again["keys"]] == ["5", "#"], "each once, whatever listens"
        for one in program.ask("/trunks/gateways")["gateways"]:
            program.ask("/trunks/gateways/remove", {"name": one["name"]})
