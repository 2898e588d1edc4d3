"""Which nodes of a new version are those of the old one under another name: same kind, same content, same ways on.

Nodes that lead to each other may be renamed together.  Where several would do (two ends without a word are alike), the
one that takes over the ways which led to the old name is taken, then the first in the document.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from oklik.scenario.kinds.base import NodeBase

Pair = tuple[str, str]


def renamed_nodes(old: Mapping[str, NodeBase], new: Mapping[str, NodeBase]) -> dict[str, str]:
    """The new name of every renamed node, by its old one."""
    gone = {name: _content(node) for name, node in old.items() if name not in new}
    come = {name: _content(node) for name, node in new.items() if name not in old}
    alike = {(was, now) for was, content in gone.items() for now, other in come.items() if content == other}
    pairs = _leading_alike(alike, old, new)
    taken_over = Counter(
        (target, new[name].targets.get(exit_name, ""))
        for name, node in old.items()
        if name in new
        for exit_name, target in node.targets.items()
    )
    order = {name: place for place, name in enumerate((*old, *new))}
    chosen: dict[str, str] = {}
    used: set[str] = set()
    for was, now in sorted(pairs, key=lambda pair: (-taken_over[pair], order[pair[0]], order[pair[1]])):
        if was not in chosen and now not in used:
            chosen[was] = now
            used.add(now)
    return chosen


def _content(node: NodeBase) -> dict[str, Any]:
    return node.model_dump(mode="json", exclude={"targets"})


def _leading_alike(pairs: set[Pair], old: Mapping[str, NodeBase], new: Mapping[str, NodeBase]) -> set[Pair]:
    """The pairs whose every exit leads to the same node, or to two that are such a pair themselves."""
    relying: dict[Pair, list[Pair]] = {}
    wrong: list[Pair] = []
    for pair in pairs:
        before, after = old[pair[0]].targets, new[pair[1]].targets
        ways = [(target, after.get(name, "")) for name, target in before.items()]
        if before.keys() != after.keys() or any(way not in pairs and way[0] != way[1] for way in ways):
            wrong.append(pair)
        for way in ways:
            if way in pairs:
                relying.setdefault(way, []).append(pair)
    left = set(pairs)
    while wrong:
        pair = wrong.pop()
        if pair in left:
            left.remove(pair)
            wrong += relying.get(pair, ())
    return left
