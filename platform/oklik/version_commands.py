"""`oklik scenario diff` and `translations`: lines for people and for programs, out of the pure scenario room."""

import json
from pathlib import Path

import msgspec

from oklik.messages import say
from oklik.scenario.diff import describe, diff
from oklik.scenario_commands import read_scenario


def diff_files(old: Path, new: Path, language: str, *, as_json: bool) -> tuple[list[str], bool]:
    """The lines that tell what changed, and whether anything did.  Raises BadInput."""
    changes = diff(read_scenario(old), read_scenario(new))
    if as_json:
        return [json.dumps(msgspec.to_builtins(change), ensure_ascii=False) for change in changes], bool(changes)
    lines = [describe(change, language) for change in changes]
    return lines or [say("no_difference", language)], bool(changes)
