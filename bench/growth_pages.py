"""Tables and pictures of growth.py, put into the documents.  Pictures need matplotlib (the extra `bench`)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Looks = Sequence[Mapping[str, Any]]
GREEN, GREY, ORANGE = "#12796B", "#5B6775", "#B4540A"


def write(docs: Path, figures: Mapping[str, Looks], load: float) -> None:
    """Put what was measured into performance.md, between the marks of its part, and beside it as a picture.

    figures: rows of growth.Look by part; load: of the machine when it began.  Raises ValueError where the marks are
    missing.
    """
    page = docs / "performance.md"
    words = page.read_text("utf-8")
    for part, looks in figures.items():
        words = between(words, part, f"Load before the run: {load:.1f}.\n{_TABLES[part](looks)}")
        if part in _PICTURES:
            _PICTURES[part](looks, docs / "img" / f"growth-{part}.svg")
    page.write_text(words, "utf-8")


def between(words: str, name: str, new: str) -> str:
    """Replace what stands between <!-- name --> and <!-- /name -->.  Raises ValueError."""
    before, found, rest = words.partition(f"<!-- {name} -->\n")
    _, closed, after = rest.partition(f"<!-- /{name} -->")
    if not found or not closed:
        raise ValueError(f"the marks of {name} are missing")
    return f"{before}{found}{new}{closed}{after}"


def table(looks: Looks, columns: Mapping[str, tuple[str, str]]) -> str:
    """A table of Markdown with empty lines around it.  columns: by the key in a row header and cells' format.

    None is what was not measured.
    """
    rows = [
        ["–" if one[key] is None else format(one[key], shape) for key, (_, shape) in columns.items()] for one in looks
    ]
    heads = [head for head, _ in columns.values()]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in [heads, ["---"] * len(heads), *rows]) + "\n"


COSTS = {"cpu_ms": ("dialer, ms a call", ".2f"), "base_ms": ("PostgreSQL, ms a call", ".2f")}
ANSWERS = {"p50_ms": ("answer p50, ms", ".1f"), "p99_ms": ("p99, ms", ".1f")}
RATE = {"rate": ("ended a second", ".1f")}
EVENTS = {"events": ("events a second", ",.0f")}
_UP, _MB = {"up": ("in progress", ",.0f")}, {"mb": ("dialer, MB", ".0f")}
_LATE = {"late_ms": ("loop late at most, ms", ".0f")}


def each_kb(looks: Looks) -> float:
    """KB of the dialer that a call in progress takes."""
    most, least = max(looks, key=lambda one: one["up"]), min(looks, key=lambda one: one["up"])
    return float((most["mb"] - least["mb"]) * 1024 / (most["up"] - least["up"]))


def _progress(looks: Looks) -> str:
    shown = table(looks, {**_UP, **RATE, **COSTS, **ANSWERS, **_MB})
    return f"{shown}A call in progress takes {each_kb(looks):.0f} KB of the dialer.\n\n![](img/growth-progress.svg)\n"


def _lists(looks: Looks) -> str:
    return table(looks, {"size": ("contacts", ",d"), **RATE, **COSTS, **ANSWERS}) + "![](img/growth-lists.svg)\n"


def _knee(looks: Looks) -> str:
    asked = {"size": ("asked for a second", "d")}
    return table(looks, {**asked, **RATE, **EVENTS, **COSTS, **ANSWERS, **_LATE}) + "![](img/growth-knee.svg)\n"


def _full(looks: Looks) -> str:
    return table(looks, {**_UP, **RATE, **EVENTS, **COSTS, **ANSWERS, **_LATE, **_MB})


def _costs(looks: Looks, path: Path, key: str, called: str) -> None:
    figure, axes = _axes()
    sizes = [one[key] for one in looks]
    axes.plot(sizes, [one["cpu_ms"] for one in looks], "o-", color=GREEN, label="dialer, ms of CPU a call")
    axes.plot(sizes, [one["base_ms"] for one in looks], "s-", color=GREY, label="PostgreSQL, ms of CPU a call")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlabel(called)
    _save(figure, axes, path)


def _knee_picture(looks: Looks, path: Path) -> None:
    figure, axes = _axes()
    asked = [one["size"] for one in looks]
    axes.plot(asked, asked, ":", color=GREY, label="asked for")
    axes.plot(asked, [one["rate"] for one in looks], "o-", color=GREEN, label="calls a second")
    axes.plot(asked, [one["p99_ms"] for one in looks], "s--", color=ORANGE, label="answer p99, ms")
    axes.set_xlabel("calls a second asked for")
    _save(figure, axes, path)


def _axes() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2), layout="constrained")
    return figure, figure.subplots()


def _save(figure: Any, axes: Any, path: Path) -> None:
    axes.set_ylim(0, 1.12 * axes.dataLim.ymax)  # the highest point stays clear of the frame
    axes.grid(visible=True, color="#E4E7EB", linewidth=0.7)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


_TABLES = {"progress": _progress, "lists": _lists, "knee": _knee, "full": _full}
_PICTURES = {
    "progress": lambda looks, path: _costs(looks, path, "up", "calls in progress"),
    "lists": lambda looks, path: _costs(looks, path, "size", "contacts of the campaign"),
    "knee": _knee_picture,
}
