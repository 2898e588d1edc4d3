"""A mutant: every dialer takes a trunk's limits for its own alone."""

from oklik.worker.lines import Lines


def alone(self: Lines, *_: object) -> None:
    """Ask nobody for a part."""


Lines.share = alone  # type: ignore[method-assign]
Lines.lease = alone  # type: ignore[method-assign]
