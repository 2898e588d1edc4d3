"""A mutant: without the guard's script a call is sent with a claim of some other UUID, so nothing is entered."""

from uuid import uuid4

from oklik.esl import commands

_claim = commands.claim


def claim(_uuid: str, at_s: int) -> bytes:
    """Always granted, and worth nothing."""
    return _claim(str(uuid4()), at_s)


commands.claim = claim
