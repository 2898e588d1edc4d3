"""Walks all calls that a scenario allows, by the interpreter itself, and tells what can go wrong in them.

`check` reads the document; this module runs it: it answers every instruction with every key that may matter, a wrong
one, silence, each way a transfer can end, a hang-up, for people made to fit the conditions (or for one given person).
Sessions that cannot differ in what follows are one state (`exploring.states`), so the walk ends; bounds stop it anyway.
It reads no clock: whoever has one stops the walk by `watch`.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.exploring.answers import answers, heard, pressed
from oklik.scenario.exploring.circumstances import Circumstance, circumstances
from oklik.scenario.exploring.contacts import around, built_contacts, constants
from oklik.scenario.exploring.graph import END, OPEN, Edge
from oklik.scenario.exploring.report import Exploration, Finding, Way
from oklik.scenario.exploring.states import States
from oklik.scenario.exploring.verdict import Trail, Walked, begun, judge
from oklik.scenario.exploring.waits import wait_s
from oklik.scenario.flow import Event, HungUp, Instruction, Session, Step
from oklik.scenario.interpreter import IllegalEvent, resume
from oklik.scenario.limits import within_limits
from oklik.scenario.speech_time import speech_s

__all__ = ["MAX_STATES", "Exploration", "Finding", "Way", "explore"]

MAX_STATES = 20_000
_MOST_HINTS = 24  # values of one node that are tried as entries
_WATCHED = 20  # states between two looks of the watch


def explore(
    scenario: Scenario,
    today: dt.date,
    *,
    contacts: Sequence[Mapping[str, str]] | None = None,
    languages: Sequence[str] = (),
    max_states: int = MAX_STATES,
    watch: Callable[[int, int], bool] | None = None,
) -> Exploration:
    """Walk the scenario.  contacts: people to try instead of built ones; languages: all of the scenario's by default.

    max_states: a bound on the states; one in which more than twenty values matter counts as several.
    watch: told now and then how many states were walked and how many are known; False stops the walk.
    Raises ValueError for a language the scenario has not.
    """
    languages = tuple(languages) or scenario.languages
    walk = _Walk(scenario, today, max_states, watch or _unwatched)
    calls: list[tuple[Mapping[str, str], str]] = []
    for language in dict.fromkeys(languages):
        people = built_contacts(scenario, language, today) if contacts is None else contacts
        calls += [(person, language) for person in people]
    for circumstance in circumstances(today):
        for person, language in calls:
            walk.begin(person, language, circumstance)
        walk.run()
        if walk.result.cut or walk.result.thinned or not walk.missed():
            break
    return judge(scenario, walk.result, languages=languages, contacts=len(calls), given=contacts is not None)


def _unwatched(walked: int, known: int) -> bool:
    del walked, known
    return True


class _Walk:
    """One walk, breadth first, so that the way to a fault is the shortest."""

    def __init__(self, scenario: Scenario, today: dt.date, max_states: int, watch: Callable[[int, int], bool]) -> None:
        self._scenario, self._today = scenario, today
        self._max, self._watch = max_states, watch
        self._states = States(scenario)
        self._queue: deque[tuple[int, Session, Instruction]] = deque()
        self._constants = constants(scenario)
        self._near = {
            name: tuple(near for value in values for near in around(value, "number", scenario.languages[0]))
            for name, values in self._constants.items()
        }
        self._answers: dict[tuple[object, ...], list[Event]] = {}
        self._heard: set[object] = set()
        self._refused: set[tuple[str, type, type]] = set()
        self.result = Walked()

    def missed(self) -> bool:
        """Whether a node that nobody hears has an exit that no call has taken."""
        taken, reached = self.result.taken, self.result.reached
        nodes = self._scenario.nodes
        silent = (name for name in nodes if nodes[name].silent and name in reached)
        return any((name, exit_.name) not in taken for name in silent for exit_ in nodes[name].exits())

    def begin(self, contact: Mapping[str, str], language: str, circumstance: Circumstance) -> None:
        """A call to this person."""
        trail = Trail(None, None, dict(contact), language, circumstance)
        try:
            within_limits(self._scenario, contact, language)
            step = begun(self._scenario, trail)
        except PromptError as error:
            self.result.unspeakable(error, trail)
            return
        number = self._arrive(step, trail)
        if number >= 0:
            self.result.starts.append((number, speech_s(heard(step.instruction))))

    def run(self) -> None:
        """To the end, or to the first bound."""
        found, walked = self.result, 0
        while self._queue:
            if self._states.weight > self._max:
                found.cut = "states"
            elif walked % _WATCHED == 0 and not self._watch(walked, self._states.count):
                found.cut = "time"
            if found.cut:
                break
            state, session, instruction = self._queue.popleft()
            self._expand(state, session, instruction)
            walked += 1
        for state, _, _ in self._queue:
            found.edges[state][OPEN] = Edge(0.0, HungUp(), idle=True)
        found.thinned = self._states.thinned
        self._watch(walked, self._states.count)

    def _expand(self, state: int, session: Session, instruction: Instruction) -> None:
        found, ways = self.result, self.result.edges[state]
        asked = type(instruction)
        accepted: set[type] = set()
        refused: set[type] = set()
        for event in self._events(session.node, instruction):
            kind = type(event)
            if (session.node, asked, kind) in self._refused:
                continue
            found.steps += 1
            trail = Trail(state, event, session.contact, session.language, None)
            try:
                step = resume(self._scenario, session, event)
            except IllegalEvent:
                refused.add(kind)
                continue
            except PromptError as error:
                accepted.add(kind)
                found.unspeakable(error, trail)
                ways.setdefault(END, Edge(wait_s(instruction, event), event, not pressed(event)))
                continue
            accepted.add(kind)
            if step.instruction is None:
                found.met(step.facts, trail)  # the person is gone: no way of the scenario's
                continue
            target = self._arrive(step, trail)
            seconds = wait_s(instruction, event) + speech_s(heard(step.instruction))
            known = ways.get(target)
            idle = not pressed(event) or (known is not None and known.idle)
            if known is None or seconds > known.seconds:
                ways[target] = Edge(seconds, event, idle)
            elif idle != known.idle:
                ways[target] = known._replace(idle=idle)
        self._refused |= {(session.node, asked, kind) for kind in refused - accepted}

    def _arrive(self, step: Step, trail: Trail) -> int:
        """The number of the state a step leads to, END or OPEN."""
        found = self.result
        found.met(step.facts, trail)
        if step.instruction is None or step.session.over:
            return END
        parts = heard(step.instruction)
        if parts not in self._heard:
            self._heard.add(parts)
            found.prompts.update(part.text for part in parts)
        number, new = self._states.number(step.session, step.instruction)
        if number is None:
            return OPEN
        if new:
            found.edges.append({})
            found.trails.append(trail)
            found.nodes.append(step.session.node)
            self._queue.append((number, step.session, step.instruction))
        return number

    def _events(self, node: str, instruction: Instruction) -> list[Event]:
        fields = instruction.__struct_fields__
        plain = [value for name in fields if not isinstance(value := getattr(instruction, name), tuple | dict)]
        key = (type(instruction), *plain)
        found = self._answers.get(key)
        if found is None:
            beyond = self._scenario.nodes[node].trials(self._near)
            found = self._answers[key] = answers(instruction, self._hints(node), self._today, beyond)
        return found

    def _hints(self, node: str) -> list[str]:
        """Values that this node may give a name, those that something is compared with first."""
        hints: dict[str, None] = {}
        for name, values in self._scenario.nodes[node].gives({}).items():
            for value in self._constants.get(name, ()):
                hints |= dict.fromkeys(around(value, "number", self._scenario.languages[0]))
            if values:
                every = max(1, len(values) // _MOST_HINTS + 1)
                hints |= dict.fromkeys((values[0], values[-1], *values[::every]))
        return list(hints)
