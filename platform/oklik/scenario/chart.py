"""What of a scenario's graph is the same for everybody: found once, for calls and checks only look it up.

`paths` asks what can happen to whom; this module knows no values.
"""

from collections.abc import Mapping

from oklik.scenario.kinds.base import NodeBase, Values


class Chart:
    """The graph of one scenario.

    ways: for each node the nodes its exits lead to, shared exits included, loose ends left out.
    open: for each node that does not look at values, where it can lead; others decide by `open_exits`.
    turning: the nodes behind which another language may be spoken.
    gives: for each node that does not look at values, what it can set.
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
        self.turning: frozenset[str] = frozenset(name for name, node in nodes.items() if node.languages_after(None))
        self.gives: dict[str, Mapping[str, Values]] = {
            name: node.gives({}) for name, node in nodes.items() if not node.derives()
        }
