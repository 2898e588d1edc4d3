"""What can happen on the paths of a scenario: which nodes are reached, which values names can have, and a general
walk that carries facts along every path, loops included.  `check` and `prompts` ask their questions of this module.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from oklik.scenario.conditions import Reading
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import MAX_VALUES, NodeBase, Values

State = TypeVar("State")

# For each reachable node the names that surely have a value there.
Known = Mapping[str, frozenset[str]]

# How often values are passed on along the paths before whatever still changes is given up as too many.
MAX_ROUNDS = 20


def walk(
    scenario: Scenario,
    initial: State,
    along: Callable[[str, NodeBase, str, State], State],
    join: Callable[[State, State], State],
) -> dict[str, State]:
    """The state in which each reachable node is entered, over all paths from the start (a forward data-flow).

    along: the state after leaving a node by an exit; join: what holds when two paths meet.  Both must be monotone.
    """
    if scenario.start not in scenario.nodes:
        return {}
    states = {scenario.start: initial}
    queue = deque([scenario.start])
    while queue:
        name = queue.popleft()
        node = scenario.nodes[name]
        for exit_name, target in scenario.chart.ways[name].items():
            state = along(name, node, exit_name, states[name])
            joined = join(states[target], state) if target in states else state
            if target not in states or joined != states[target]:
                states[target] = joined
                queue.append(target)
    return states


def possible_values(
    scenario: Scenario, contact: Mapping[str, str] | None, language: str
) -> tuple[dict[str, Values], dict[str, tuple[str, ...]]]:
    """What every name can be in a call, and the nodes that can be reached, with the languages spoken there.

    contact: one person's fields, then branches on them are decided; None: any person, every branch is open and each
    column counts as one unknown value.  A name that may have no value has "" among its values.
    """
    values: dict[str, Values] = dict.fromkeys(scenario.names, ("",))
    values |= {name: (variable.value,) for name, variable in scenario.variables.items()}
    if contact is not None:
        values |= {name: (contact.get(name, ""),) for name in scenario.columns}
    looked: dict[str, tuple[Values, ...]] = {}  # what a node saw when it was last asked what it gives
    for count in itertools.count():
        reached = _reached(scenario, None if contact is None else values, language)
        before = dict(values)
        for name in reached:
            given = scenario.chart.gives.get(name)
            if given is None:
                seen = tuple(values.get(source, ("",)) for source in scenario.chart.sources[name])
                if seen == looked.get(name):
                    continue
                looked[name] = seen
                given = scenario.nodes[name].gives(values)
            for variable, options in given.items():
                values[variable] = _union(values.get(variable, ("",)), options)
        if values == before:
            return values, reached
        if count >= MAX_ROUNDS:  # a value that is made of itself, a little longer each time: no end in sight
            values = {name: options if options == before[name] else None for name, options in values.items()}
    raise AssertionError


def _reached(scenario: Scenario, values: Mapping[str, Values] | None, language: str) -> dict[str, tuple[str, ...]]:
    """The nodes that can be reached, in the order of the first path to them, each with its languages."""
    found: dict[str, tuple[str, ...]] = {}
    queue = deque([(scenario.start, language)] if scenario.start in scenario.nodes else [])
    while queue:
        name, spoken = queue.popleft()
        if spoken in found.get(name, ()):
            continue
        found[name] = (*found.get(name, ()), spoken)
        queue += _next(scenario, name, values, spoken)
    return found


def _next(
    scenario: Scenario, name: str, values: Mapping[str, Values] | None, language: str
) -> Iterator[tuple[str, str]]:
    """Where a node can lead that is entered in this language, and in which language one is then."""
    chart = scenario.chart
    ways, node = chart.ways[name], scenario.nodes[name]
    if name not in chart.turning:
        targets: Iterable[str] = ways.values() if values is None else chart.open.get(name, ())
        if values is not None and name not in chart.open:
            exits = node.open_exits(values, Reading(scenario.types, language))
            targets = [ways[exit_name] for exit_name in exits if exit_name in ways]
        yield from ((target, language) for target in targets)
        return
    turned = node.languages_after(values)
    exits = tuple(ways) if values is None else node.open_exits(values, Reading(scenario.types, language))
    for exit_name in exits:
        after = turned.get(exit_name, (language,)) if exit_name in ways else ()
        for spoken in scenario.languages if after is None else after:
            if spoken in scenario.languages:
                yield ways[exit_name], spoken


def _union(left: Values, right: Values) -> Values:
    if left is None or right is None:
        return None
    both = tuple(dict.fromkeys((*left, *right)))
    return both if len(both) <= MAX_VALUES + 1 else None


def in_order(scenario: Scenario) -> tuple[str, ...]:
    """The reachable nodes in the order in which a call comes to them."""
    return tuple(_reached(scenario, None, scenario.languages[0]))


def known_names(scenario: Scenario) -> Known:
    """For each reachable node the names that surely have a value when a call comes there."""

    def along(_: str, node: NodeBase, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        given, column = node.assigns(exit_name, known), node.writes()
        if column in given and node.derives().get(column) and scenario.types.get(column) != "text":
            given -= {column}  # only the call will tell whether it fits there
        return known | given

    always = {name for name, column in scenario.columns.items() if column.required}
    always |= {name for name, variable in scenario.variables.items() if variable.value}
    return walk(scenario, frozenset(always), along, frozenset.intersection)


def circles(ways: Mapping[str, set[str]]) -> set[str]:
    """The nodes from which one comes back to them, going these ways (Tarjan's strong components, without recursion)."""
    found: set[str] = set()
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    trail: list[str] = []
    on_trail: set[str] = set()
    for root in ways:
        work = [] if root in order else [(root, iter(ways[root]))]
        while work:
            name, targets = work[-1]
            if name not in order:
                order[name] = lowest[name] = len(order)
                trail.append(name)
                on_trail.add(name)
            for target in targets:
                if target not in order:
                    work.append((target, iter(ways.get(target, ()))))
                    break
                if target in on_trail:
                    lowest[name] = min(lowest[name], order[target])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[name])
                if lowest[name] == order[name]:
                    circle = trail[trail.index(name) :] if trail[-1] != name else [name]
                    del trail[-len(circle) :]
                    on_trail.difference_update(circle)
                    if len(circle) > 1 or name in ways.get(name, ()):
                        found.update(circle)
    return found
