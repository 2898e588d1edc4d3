"""Our style sheets are whole: a brace that is missing silently puts all that follows into the rule before it."""

import re
from pathlib import Path

import pytest

import oklik_web

SHEETS = sorted((Path(oklik_web.__file__).parent / "static" / "pages").glob("*.css"))


def depths(text: str) -> list[int]:
    """How many braces are open behind each line."""
    found, depth = [], 0
    for line in text.splitlines():
        depth += line.count("{") - line.count("}")
        found.append(depth)
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_brace_is_closed_where_it_should_be(sheet: Path) -> None:
    lines = sheet.read_text("utf-8").splitlines()
    found = depths("\n".join(lines))
    assert found[-1] == 0
    starts = [n for n, line in enumerate(lines) if line.startswith(("@media", "."))]
    assert [lines[n] for n in starts if n and found[n - 1] != 0] == []


def test_a_lost_brace_is_seen() -> None:
    assert depths("@media (x) {\n  a { }\n.b { }") == [1, 1, 1]


def test_the_editor_s_classes_are_its_own() -> None:
    """The pages' sheet is loaded around the editor: one name for two things bends one of them."""
    editor = (Path(oklik_web.__file__).parents[1] / "editor" / "src" / "styles.css").read_text("utf-8")
    theirs, ours = set(re.findall(r"\.(o[a-z]-[a-z-]+)", editor)), set()
    for sheet in SHEETS:
        ours |= set(re.findall(r"\.(o[a-z]-[a-z-]+)", sheet.read_text("utf-8")))
    assert theirs
    assert theirs & ours == set()
