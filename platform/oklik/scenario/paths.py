"""What can happen on the paths of a scenario: which nodes are reached, which values names can have, and a general
walk that carries facts along every path, loops included.  `check` and `prompts` ask their questions of this module.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from oklik.scenario.conditions import Reading
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import MAX_VALUES, NodeBase, Values

State = TypeVar("State")


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
    while True:
        reached = _reached(scenario, None if contact is None else values, language)
        before = dict(values)
        for name in reached:
            fixed = scenario.chart.gives.get(name)
            for variable, given in (scenario.nodes[name].gives(values) if fixed is None else fixed).items():
                values[variable] = _union(values.get(variable, ("",)), given)
        if values == before:
            return values, reached


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


def known_names(scenario: Scenario) -> dict[str, frozenset[str]]:
    """For each reachable node the names that surely have a value when a call comes there."""

    def along(_: str, node: NodeBase, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        return known | node.assigns(exit_name, known)

    always = {name for name, column in scenario.columns.items() if column.required}
    always |= {name for name, variable in scenario.variables.items() if variable.value}
    return walk(scenario, frozenset(always), along, frozenset.intersection)
