"""Which sessions are the same for what can still happen: the walk goes on from one of them only.

Two sessions at one node differ if a name has another value that is still looked at on some way from there.  Values that
steer the call are tried in every combination, while these are few; values that are only spoken, and everything beyond
that, are each tried once.  So a survey of thirty questions has no more states than it has questions and answers.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from oklik.scenario.document import Scenario
from oklik.scenario.flow import Instruction, Session
from oklik.scenario.spoken import TemplateError

FULL = 200  # combinations of values at one place before only new values count
_LIGHT = 20  # values that a state may have before it counts more
_ASIDE = frozenset({"scenario", "contact", "variables", "steps", "over", "today"})
_PLACE = tuple(name for name in Session.__struct_fields__ if name not in _ASIDE)

Live = tuple[tuple[str, ...], tuple[str, ...]]


class States:
    """The states seen so far, by number.  thinned: nodes where not every combination of values was tried.

    weight: what they cost; a state with many values to tell apart counts as several.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._live = live_names(scenario)
        self._found: dict[tuple[Any, ...], int] = {}
        self._values: set[tuple[Any, ...]] = set()
        self._spoken: set[tuple[int, str, str]] = set()
        self._combinations: dict[tuple[Any, ...], int] = {}
        self.thinned: set[str] = set()
        self.count = 0
        self.weight = 0

    def number(self, session: Session, instruction: Instruction) -> tuple[int | None, bool]:
        """The state's number, and whether it is new.  None: it is one that is left out."""
        place = (type(instruction), *[_frozen(getattr(session, name)) for name in _PLACE])
        steering, spoken = self._live.get(session.node, ((), ()))
        contact, variables = session.contact, session.variables
        steers = tuple([variables.get(name, contact.get(name, "")) for name in steering])
        speaks = [variables.get(name, contact.get(name, "")) for name in spoken]
        base = (place, steers, tuple(map(bool, speaks)))
        known = self._found.get(base)
        if known is None:
            if not self._admitted(place, steering, steers, session.node):
                return None, False
            known = self._found[base] = self.count
        elif not spoken or all((known, *value) in self._spoken for value in zip(spoken, speaks, strict=True)):
            return known, False
        self._spoken.update((known, *value) for value in zip(spoken, speaks, strict=True))
        self.count += 1
        self.weight += 1 + (len(steering) + len(spoken)) // _LIGHT
        return self.count - 1, True

    def _admitted(self, place: tuple[Any, ...], names: tuple[str, ...], values: tuple[str, ...], node: str) -> bool:
        """Whether one more combination of steering values is taken at a place."""
        count = self._combinations[place] = self._combinations.get(place, 0) + 1
        if count <= 2 * FULL:
            met = [(place, name, value) for name, value in zip(names, values, strict=True)]
            if count <= FULL or any(value not in self._values for value in met):
                self._values.update(met)
                return True
        self.thinned.add(node)
        return False


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(item)) for key, item in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def live_names(scenario: Scenario) -> dict[str, Live]:
    """For each node the names that a call that stands there can still look at: those that steer it, those spoken.

    What a variable is made of counts where the variable itself is looked at later.
    """
    steering: dict[str, set[str]] = {}
    speaking: dict[str, set[str]] = {}
    for name, node in scenario.nodes.items():
        made = node.derives()
        sources = {source for names in made.values() for source in names}
        steering[name] = {used for _, used in node.reads()} - sources
        speaking[name] = set()
        for field in scenario.phrasebook.fields[name]:
            for language in scenario.languages:
                with suppress(TemplateError):
                    speaking[name] |= scenario.phrasebook.template(name, field, language).fields
    steers, speaks = _Backwards(scenario).live(steering), _Backwards(scenario).live(speaking)
    return {name: (tuple(sorted(steers[name])), tuple(sorted(speaks[name] - steers[name]))) for name in scenario.nodes}


class _Backwards:
    """Which names are used at a node or after it, and not given anew before that.  Names are bits of a number."""

    def __init__(self, scenario: Scenario) -> None:
        self._bits: dict[str, int] = {}
        self._nodes = tuple(scenario.nodes)
        # whence each node is reached: the names that keep their value on the way there
        self._before: dict[str, dict[str, int]] = {name: {} for name in scenario.nodes}
        self._made: dict[str, list[tuple[int, int]]] = {}
        for name, node in scenario.nodes.items():
            given = frozenset(node.gives({}))
            self._made[name] = [(self._set((made,)), self._set(sources)) for made, sources in node.derives().items()]
            for exit_name, target in scenario.chart.ways[name].items():
                kept = ~self._set(given & node.assigns(exit_name, frozenset()))
                before = self._before[target]
                before[name] = before.get(name, 0) | kept

    def live(self, uses: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """For each node."""
        live = {name: self._set(uses[name]) for name in self._nodes}
        queue = deque(reversed(self._nodes))
        waiting = set(queue)
        while queue:
            name = queue.popleft()
            waiting.discard(name)
            for source, kept in self._before[name].items():
                joined = live[source] | (live[name] & kept)
                for made, sources in self._made[source]:
                    joined |= sources if live[name] & made else 0
                if joined != live[source]:
                    live[source] = joined
                    if source not in waiting:
                        waiting.add(source)
                        queue.append(source)
        return {name: {used for used, bit in self._bits.items() if live[name] & bit} for name in self._nodes}

    def _set(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self._bits.setdefault(name, 1 << len(self._bits))
        return found
