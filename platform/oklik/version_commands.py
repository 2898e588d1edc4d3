"""`oklik scenario diff` and `translations`: lines for people and for programs, out of the pure scenario room."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from oklik.messages import say
from oklik.scenario.diff import describe, diff
from oklik.scenario.errors import step_name
from oklik.scenario.translations import Coverage, coverage
from oklik.scenario_commands import read_scenario


def diff_files(old: Path, new: Path, language: str, *, as_json: bool) -> tuple[list[str], bool]:
    """The lines that tell what changed, and whether anything did.  Raises BadInput."""
    changes = diff(read_scenario(old), read_scenario(new))
    if as_json:
        return [json.dumps(msgspec.to_builtins(change), ensure_ascii=False) for change in changes], bool(changes)
    lines = [describe(change, language) for change in changes]
    return lines or [say("no_difference", language)], bool(changes)


def translation_lines(file: Path, language: str, *, as_json: bool) -> Iterator[str]:
    """A table of what is translated into each language, and a line for every text that is not.  Raises BadInput."""
    found = coverage(read_scenario(file))
    if as_json:
        for one in found:
            yield json.dumps({**msgspec.to_builtins(one), "missing": one.missing}, ensure_ascii=False)
        return
    heads = [say(f"translation_{name}", language) for name in ("language", "done", "covered", "missing", "share")]
    yield from _table([heads, *(_row(one) for one in found)])
    for one in found:
        for gap in one.gaps:
            key = "translation_gap" if gap.covered_by is None else "translation_stand_in"
            told = {
                "node": step_name(gap.node, language),
                "field": gap.field,
                "given": one.language,
                "instead": gap.covered_by,
            }
            yield say(key, language, **told)


def _row(one: Coverage) -> list[str]:
    share = f"{100 * one.translated // one.texts if one.texts else 100} %"
    covered = len(one.gaps) - one.missing
    return [one.language, f"{one.translated} / {one.texts}", str(covered), str(one.missing), share]


def _table(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
