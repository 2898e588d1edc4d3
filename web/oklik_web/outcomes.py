"""The organisation's names of outcomes, for whatever a request says: read when they are first wanted, kept a moment."""

from collections.abc import Iterator, Mapping
from time import monotonic

from flask import Flask, current_app

from oklik.campaigns import outcome_names
from oklik.reports import words
from oklik_web.running import running

_KEPT_S = 2.0  # another process may have changed them
_NAME = "oklik_outcomes"


class _Names(Mapping[str, tuple[str, str]]):
    """Those of an application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def _read(self) -> Mapping[str, tuple[str, str]]:
        at, found = self._app.extensions.get(_NAME, (0.0, {}))
        if not at or monotonic() - at > _KEPT_S:
            with running().engine.connect() as conn:
                found = outcome_names.pairs(conn)
            self._app.extensions[_NAME] = (monotonic(), found)
        return found  # type: ignore[no-any-return]

    def __getitem__(self, code: str) -> tuple[str, str]:
        return self._read()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def begin() -> None:
    """From here on outcomes have the names of the organisation; before each request."""
    words.call_outcomes(_Names(current_app._get_current_object()))  # type: ignore[attr-defined]  # noqa: SLF001


def end(_error: BaseException | None) -> None:
    """The standard names again, for what comes in the same context after a request and has no application."""
    words.call_outcomes({})


def changed() -> None:
    """They have been changed here: read them anew."""
    current_app.extensions.pop(_NAME, None)
