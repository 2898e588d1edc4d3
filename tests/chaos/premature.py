"""A mutant: a call's second begins when it is granted, whenever the switch takes it in."""

from oklik.worker.lines import Lines


def nothing(self: Lines, *_: object) -> None:
    """Let it count from its grant."""


Lines.depart = nothing  # type: ignore[method-assign]
Lines.arrive = nothing  # type: ignore[method-assign]
