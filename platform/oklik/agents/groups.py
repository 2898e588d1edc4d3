"""A group of agents and the order in which they are rung: one after another, each once a round.

Reservation across calls, pauses and skills are later strategies of the same shape; ringing itself is the worker's.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Agents by their typed dial strings, in the order they are to be rung.

    line: the name of the line in which people wait for them.  number: of a phone that was named instead of a group.
    """

    name: str
    endpoints: tuple[str, ...]
    line: str = ""
    number: str = ""


def next_agent(group: Group, *, rung: Collection[str]) -> str | None:
    """Give whom to ring next: the first who was not rung for this person yet; None when nobody is left.

    rung: endpoints tried for this person.
    """
    return next((endpoint for endpoint in group.endpoints if endpoint not in rung), None)
