"""Renamed nodes: against a plain search through all pairs, and that versions where all nodes are alike take no time."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import make

from oklik.scenario.diff import diff
from oklik.scenario.document import Scenario
from oklik.scenario.renames import renamed_nodes
from support.patience import cheaply

NAMES = [f"n{at}" for at in range(6)]


def graph(ways: dict[str, tuple[str, ...]], texts: dict[str, str]) -> Scenario:
    """Nodes with up to two exits each, those of one text alike."""
    nodes: dict[str, Any] = {}
    for name, targets in ways.items():
        if not targets:
            nodes[name] = {"kind": "hangup", "text": texts[name]}
        elif len(targets) == 1:
            nodes[name] = {"kind": "play", "text": texts[name], "exits": {"done": targets[0]}}
        else:
            options = {"1": {"exit": "yes", "label": "Да"}}
            exits = {"yes": targets[0], "no_input": targets[1]}
            nodes[name] = {"kind": "menu", "text": texts[name], "options": options, "exits": exits}
    return make(nodes, start=next(iter(nodes)))


def alike(old: Scenario, new: Scenario) -> set[tuple[str, str]]:
    """The pairs of a removed and a new node that are the same but for names, all pairs tried until nothing changes."""
    gone = [name for name in old.nodes if name not in new.nodes]
    come = [name for name in new.nodes if name not in old.nodes]
    pairs = {
        (was, now)
        for was in gone
        for now in come
        if old.nodes[was].model_dump(exclude={"targets"}) == new.nodes[now].model_dump(exclude={"targets"})
        and old.nodes[was].targets.keys() == new.nodes[now].targets.keys()
    }
    while True:
        wrong = {
            (was, now)
            for was, now in pairs
            for name, target in old.nodes[was].targets.items()
            if (target, new.nodes[now].targets[name]) not in pairs and target != new.nodes[now].targets[name]
        }
        if not wrong:
            return pairs
        pairs -= wrong


@st.composite
def versions(draw: st.DrawFn) -> tuple[Scenario, Scenario]:
    """Two versions: nodes with few different texts, some of them under other names."""
    made = []
    kept = draw(st.sets(st.sampled_from(NAMES)))
    for version in ("a", "b"):
        called = {name: name if name in kept else f"{version}{name}" for name in NAMES}
        order = draw(st.permutations(NAMES))
        texts = {called[name]: draw(st.sampled_from(["да", "нет"])) for name in order}
        ways = {
            called[name]: tuple(called[target] for target in draw(st.lists(st.sampled_from(NAMES), max_size=2)))
            for name in order
        }
        made.append(graph(ways, texts))
    return made[0], made[1]


@settings(max_examples=150, deadline=None)
@given(versions())
def test_as_many_as_can_be_are_renamed_and_only_those_alike(pair: tuple[Scenario, Scenario]) -> None:
    old, new = pair
    pairs, chosen = alike(old, new), renamed_nodes(old.nodes, new.nodes)
    assert set(chosen.items()) <= pairs
    assert len(set(chosen.values())) == len(chosen)
    left = {(was, now) for was, now in pairs if was not in chosen and now not in chosen.values()}
    assert not left


@settings(max_examples=60, deadline=None)
@given(versions(), st.permutations(NAMES))
def test_a_version_with_other_names_is_renamed_whole(pair: tuple[Scenario, Scenario], names: list[str]) -> None:
    old = pair[0]
    swap = dict(zip(old.nodes, (f"z{name}" for name in names), strict=True))
    ways = {swap[name]: tuple(swap[target] for target in node.targets.values()) for name, node in old.nodes.items()}
    texts = {swap[name]: str(getattr(node, "text", "")) for name, node in old.nodes.items()}
    assert len(renamed_nodes(old.nodes, graph(ways, texts).nodes)) == len(NAMES)


def chain(count: int, letter: str, *, ends: bool) -> Scenario:
    """Nodes that are all alike, each leading to the next one, or all to one end."""
    ways = {f"{letter}{at}": (f"{letter}{at + 1}" if not ends else "end",) for at in range(count)}
    ways |= {f"{letter}{count}": (), "end": ()}
    return graph(ways, dict.fromkeys(ways, "да"))


@pytest.mark.seconds
def test_nodes_that_are_all_alike_take_no_time() -> None:
    for ends in (False, True):
        old, new = chain(1500, "a", ends=ends), chain(1500, "b", ends=ends)
        began = process_time()
        changes = diff(old, new)
        cheaply(process_time() - began, 2, "every pair of nodes is compared")
        assert [change.code for change in changes] == ["node_renamed"] * 1501
