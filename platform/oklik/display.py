"""What a person sees while `oklik run` works: steps with bars on a terminal, plain lines elsewhere.

Everything goes to standard error, so that `--json` leaves standard output to the one object.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 10  # a plain line each time a tenth more is done


class Display(Protocol):
    """Steps, one after another, and lines between them."""

    def line(self, text: str) -> None:
        """A line that stays."""

    def step(self, title: str, total: int | None) -> "Step":
        """Begin a step; total None: nobody knows how much."""

    def close(self) -> None:
        """Leave the terminal in order; lines may still come."""


class Step(Protocol):
    """A piece of work with a bar."""

    def at(self, done: int, total: int | None = None, note: str = "") -> None:
        """How far it is."""

    def end(self, note: str = "") -> None:
        """It is done."""


class TerminalDisplay:
    """Bars by rich."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[count]}", justify="right"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}[/]"),
            console=console,
        )
        self._progress.start()

    def line(self, text: str) -> None:
        """Above the bars; text is not markup."""
        self._progress.console.print(text, markup=False, highlight=False)

    def step(self, title: str, total: int | None) -> Step:
        """A new bar."""
        return _Bar(self._progress, self._progress.add_task(title, total=total, count="", note=""))

    def close(self) -> None:
        """Stop drawing."""
        self._progress.stop()


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task, self._last = progress, task, (0, None)

    def at(self, done: int, total: int | None = None, note: str = "") -> None:
        fields = {"total": total} if total is not None else {}
        count = f"{done} / {total}" if total is not None else str(done)
        self._progress.update(self._task, completed=done, count=count, note=note, **fields)  # type: ignore[arg-type]

    def end(self, note: str = "") -> None:
        task = self._progress.tasks[self._progress.task_ids.index(self._task)]
        total = task.total if task.total is not None else max(task.completed, 1)
        self._progress.update(self._task, total=total, completed=total, note=note)


class PlainDisplay:
    """Lines for a log file, a pipe, a screen reader."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        """Just the line."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def step(self, title: str, total: int | None) -> Step:
        """The title; then a line each tenth."""
        self.line(f"{title} …")
        return _Lines(self, title, total)

    def close(self) -> None:
        """Nothing to put right."""


class _Lines:
    def __init__(self, display: PlainDisplay, title: str, total: int | None) -> None:
        self._display, self._title, self._total, self._said = display, title, total, 0

    def at(self, done: int, total: int | None = None, note: str = "") -> None:
        self._total = total if total is not None else self._total
        if not self._total:
            return
        tenth = done * PLAIN_EVERY // self._total
        if tenth > self._said and done < self._total:
            self._said = tenth
            self._display.line(f"{self._title}: {done} / {self._total}" + (f"  {note}" if note else ""))

    def end(self, note: str = "") -> None:
        self._display.line(f"{self._title}: ✓" + (f"  {note}" if note else ""))


class SilentDisplay:
    """Says nothing: for tests and for callers that only want the result."""

    def line(self, text: str) -> None:
        """Nothing."""

    def step(self, title: str, total: int | None) -> Step:  # noqa: ARG002
        """A step that shows nothing."""
        return _Nothing()

    def close(self) -> None:
        """Nothing."""


class _Nothing:
    def at(self, done: int, total: int | None = None, note: str = "") -> None:
        """Nothing."""

    def end(self, note: str = "") -> None:
        """Nothing."""


@contextmanager
def open_display() -> Iterator[Display]:
    """The display that fits standard error: bars on a terminal, lines elsewhere."""
    console = Console(stderr=True)
    display: Display = TerminalDisplay(console) if console.is_terminal else PlainDisplay(console)
    try:
        yield display
    finally:
        display.close()


def tally(counts: Mapping[str, int], names: Mapping[str, str], most: int = 4) -> str:
    """The largest counts in words: «ответили 120 · занято 14»."""
    ranked = sorted(((n, code) for code, n in counts.items() if n), reverse=True)[:most]
    return " · ".join(f"{names.get(code, code)} {n}" for n, code in ranked)
