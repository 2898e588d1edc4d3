"""Which nodes of a new version are those of the old one under another name: same kind, same content, same ways on.

Nodes that lead to each other may be renamed together: the same exits lead to the same node, or to nodes that are alike
in turn.  Where several would do (two ends without a word are alike), the one that takes over the ways which led to the
old name is taken, then the first in the document.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Mapping

from oklik.scenario.kinds.base import NodeBase

Spot = tuple[bool, str]  # whether it is of the new version, and its name


def renamed_nodes(old: Mapping[str, NodeBase], new: Mapping[str, NodeBase]) -> dict[str, str]:
    """The new name of every renamed node, by its old one."""
    gone = {name: node for name, node in old.items() if name not in new}
    come = {name: node for name, node in new.items() if name not in old}
    classes = _classes(
        {(False, name): node for name, node in gone.items()} | {(True, name): come[name] for name in come}
    )
    chosen: dict[str, str] = {}
    used: set[str] = set()
    for was, now in _taken_over(old, new):
        fit = was in gone and now in come and classes[False, was] == classes[True, now]
        if fit and was not in chosen and now not in used:
            chosen[was] = now
            used.add(now)
    free: dict[int, deque[str]] = defaultdict(deque)
    for now in come:
        if now not in used:
            free[classes[True, now]].append(now)
    for was in gone:
        alike = free[classes[False, was]]
        if was not in chosen and alike:
            chosen[was] = alike.popleft()
    return chosen


def _taken_over(old: Mapping[str, NodeBase], new: Mapping[str, NodeBase]) -> list[tuple[str, str]]:
    """(old target, new target) of ways out of nodes that kept their names, those that most ways tell of first."""
    ways = Counter(
        (target, new[name].targets.get(exit_name, ""))
        for name, node in old.items()
        if name in new
        for exit_name, target in node.targets.items()
    )
    place = {name: number for number, name in enumerate((*old, *new))}
    return sorted(
        (pair for pair in ways if pair[0] in place and pair[1] in place),
        key=lambda pair: (-ways[pair], place[pair[0]], place[pair[1]]),
    )


def _classes(nodes: Mapping[Spot, NodeBase]) -> dict[Spot, int]:
    """A number for each node, the same for those that are alike, wherever their ways lead.

    The nodes are the states of an automaton and their exits its letters: this is Hopcroft's way to minimize it, which
    takes n log n steps even where all are alike at first sight.
    """
    first: dict[Hashable, set[Spot]] = defaultdict(set)
    leading: dict[tuple[str, Spot], set[Spot]] = defaultdict(set)
    for spot, node in nodes.items():
        ways = []
        for exit_name, target in sorted(node.targets.items()):
            inside = (spot[0], target)
            ways.append((exit_name, None if inside in nodes else target))
            if inside in nodes:
                leading[exit_name, inside].add(spot)
        first[_content(node), tuple(ways)].add(spot)
    blocks = list(first.values())
    number = {spot: at for at, block in enumerate(blocks) for spot in block}
    exits = sorted({exit_name for exit_name, _ in leading})
    waiting = set(range(len(blocks)))
    while waiting:
        members = tuple(blocks[waiting.pop()])
        for exit_name in exits:
            before: set[Spot] = set().union(*(leading.get((exit_name, spot), ()) for spot in members))
            touched: dict[int, set[Spot]] = defaultdict(set)
            for spot in before:
                touched[number[spot]].add(spot)
            for at, part in touched.items():
                _split(blocks, number, waiting, at, part)
    return number


def _split(blocks: list[set[Spot]], number: dict[Spot, int], waiting: set[int], at: int, part: set[Spot]) -> None:
    """Part a block of nodes that turned out not to be alike; the smaller half is looked at, if not both."""
    rest = blocks[at] - part if len(part) < len(blocks[at]) else set()
    if not rest:
        return
    small, large = sorted((part, rest), key=len)
    blocks[at] = large
    blocks.append(small)
    number |= dict.fromkeys(small, len(blocks) - 1)
    waiting.add(len(blocks) - 1)  # if the block was waiting, its larger half still is


def _content(node: NodeBase) -> str:
    return json.dumps(node.model_dump(mode="json", exclude={"targets"}), sort_keys=True, ensure_ascii=False)
