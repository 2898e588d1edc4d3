"""What of a scenario's graph is the same for everybody: found once, for calls and checks only look it up.

`paths` asks what can happen to whom; this module knows no values.
"""

from collections.abc import Mapping

from oklik.scenario.kinds.base import NodeBase, Values


class Chart:
    """The graph of one scenario.

    ways: for each node the nodes its exits lead to, shared exits included, loose ends left out.
    open: for each node that does not look at values, where it can lead; others decide by `open_exits`.
    gives: for each node that does not look at values, what it can set.
    samples: for each answer that is too free to be listed, values that together need every word it can need.
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
        self.samples = _samples(nodes)


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
    return {name: tuple(values) for name, values in found.items() if name not in unknown}
