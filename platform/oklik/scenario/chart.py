"""What of a scenario's graph is the same for everybody: found once, for calls and checks only look it up.

`paths` asks what can happen to whom; this module knows no values.
"""

from collections.abc import Mapping
from typing import NamedTuple

from oklik.scenario.flow import Collect, Entered, Left
from oklik.scenario.kinds import Node
from oklik.scenario.kinds.base import NodeBase, Values


class Passage(NamedTuple):
    """What it means to leave a node by an exit.  target: None where the exit leads nowhere."""

    left: Left
    confirms: bool | None
    target: str | None


class Chart:
    """The graph of one scenario.

    ways: for each node the nodes its exits lead to, shared exits included, loose ends left out.
    open: for each node that does not look at values, where it can lead; others decide by `open_exits`.
    turning: the nodes behind which another language may be spoken.
    gives: for each node that does not look at values, what it can set; sources: for the others, what they look at.
    entered: for each node the fact that a call came to it.
    samples: for each answer that is too free to be listed, values that together need every word it can need.
    prepared: questions that are the same in every call, by node, language and the phrases before the question.
    """

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._passages: dict[tuple[str, str], Passage] = {}
        self.prepared: dict[tuple[str, str, tuple[str, ...]], Collect] = {}
        self.entered = {name: Entered(node=name, kind=node.kind) for name, node in nodes.items()}
        self.ways: dict[str, dict[str, str]] = {
            name: {
                exit_.name: target
                for exit_ in node.exits()
                if (target := node.target(exit_.name)) is not None and target in nodes
            }
            for name, node in nodes.items()
        }
        self.open: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(self.ways[name].values()))
            for name, node in nodes.items()
            if type(node).open_exits is NodeBase.open_exits
        }
        self.turning: frozenset[str] = frozenset(name for name, node in nodes.items() if node.languages_after(None))
        self.gives: dict[str, Mapping[str, Values]] = {
            name: node.gives({}) for name, node in nodes.items() if not node.derives()
        }
        self.sources: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(source for group in derived.values() for source in group))
            for name, node in nodes.items()
            if (derived := node.derives())
        }
        self.samples = _samples(nodes)

    def passage(self, name: str, exit_name: str) -> Passage:
        """Leaving the node by the exit."""
        found = self._passages.get((name, exit_name))
        if found is None:
            left, confirms = Left(node=name, exit=exit_name), self._nodes[name].confirms(exit_name)
            found = Passage(left, confirms, self.ways[name].get(exit_name))
            self._passages[name, exit_name] = found
        return found


def _samples(nodes: Mapping[str, NodeBase]) -> dict[str, tuple[str, ...]]:
    """Of the answers whose every asking node has samples: one without could give a value that needs other words."""
    found: dict[str, dict[str, None]] = {}
    unknown: set[str] = set()
    for node in nodes.values():
        samples = node.samples()
        for name, values in samples.items():
            found.setdefault(name, {}).update(dict.fromkeys(values))
        if not node.derives():
            unknown |= {name for name, values in node.gives({}).items() if values is None and name not in samples}
    sampled = {name: tuple(values) for name, values in found.items() if name not in unknown}
    return sampled | _copied(nodes, sampled)


def _copied(nodes: Mapping[str, NodeBase], sampled: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Of the columns into which nothing but such answers is written.

    What stood there before the call is known then and made ahead as it is, which cannot be said of a variable.
    """
    sources: dict[str, set[str]] = {}
    for node in nodes.values():
        column = node.writes()
        if column is not None:
            sources.setdefault(column, set()).add(node.copies().get(column, ""))
    return {
        column: tuple(dict.fromkeys(value for name in sorted(names) for value in sampled[name]))
        for column, names in sources.items()
        if names <= sampled.keys()
    }
