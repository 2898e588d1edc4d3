"""What of a scenario's graph is the same for everybody: found once, for calls and checks only look it up.

`paths` asks what can happen to whom; this module knows no values.
"""

from collections.abc import Mapping

from oklik.scenario.kinds.base import NodeBase, Values


class Chart:
    """The graph of one scenario.

    ways: for each node the nodes its exits lead to, shared exits included, loose ends left out.
    open: for each node that does not look at values, where it can lead; others decide by `open_exits`.
    gives: for each node that does not look at values, what it can set; sources: for the others, what they look at.
    """

    def __init__(self, nodes: Mapping[str, NodeBase]) -> None:
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
        self.gives: dict[str, Mapping[str, Values]] = {
            name: node.gives({}) for name, node in nodes.items() if not node.derives()
        }
        self.sources: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(source for group in derived.values() for source in group))
            for name, node in nodes.items()
            if (derived := node.derives())
        }
