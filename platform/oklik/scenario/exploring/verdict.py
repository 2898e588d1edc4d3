"""From what a walk met to what is said about it: the findings, the longest call, what was never seen."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from oklik.scenario.beyond import word
from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError, Sentence, step_name
from oklik.scenario.exploring.answers import heard
from oklik.scenario.exploring.circumstances import Circumstance
from oklik.scenario.exploring.graph import END, OPEN, Edges, Longest, endless, idle_circles, longest
from oklik.scenario.exploring.report import Code, Exploration, Finding, Way
from oklik.scenario.exploring.waits import wait_s
from oklik.scenario.flow import (
    Digits,
    Ended,
    Entered,
    Event,
    Fact,
    HookEnded,
    HungUp,
    Left,
    NoInput,
    Played,
    Recorded,
    Responded,
    Step,
)
from oklik.scenario.interpreter import resume, start
from oklik.scenario.speech_time import speech_s


class Trail(NamedTuple):
    """How a state was come to: from which state and by which event, or (state None) by the beginning of a call."""

    state: int | None
    event: Event | None
    contact: dict[str, str]
    language: str
    circumstance: Circumstance | None = None


def begun(scenario: Scenario, trail: Trail) -> Step:
    """The first step of the call that a trail begins with."""
    assert trail.circumstance is not None
    now, holiday, who = trail.circumstance
    return start(scenario, trail.contact, now, trail.language, holiday=holiday, who=who)


class Walked:
    """What a walk has met, while it goes on."""

    def __init__(self) -> None:
        self.edges: Edges = []
        self.trails: list[Trail] = []
        self.nodes: list[str] = []
        self.starts: list[tuple[int, float]] = []
        self.steps = 0
        self.cut: Literal["states", "time"] | None = None
        self.thinned: set[str] = set()
        self.prompts: set[str] = set()
        self.reached: set[str] = set()
        self.taken: set[tuple[str, str]] = set()
        self.endings: Counter[str] = Counter()
        self.faults: dict[tuple[Code, str, str], tuple[Sentence, Trail]] = {}

    def met(self, facts: Sequence[Fact], trail: Trail) -> None:
        """The facts of one step."""
        before: Fact | None = None
        for fact in facts:
            if isinstance(fact, Entered):
                self.reached.add(fact.node)
            elif isinstance(fact, Left):
                self.taken.add((fact.node, fact.exit))
            elif isinstance(fact, Ended):
                self.endings[fact.reason] += 1
                if isinstance(before, Left) and fact.reason == "completed":
                    self._fault("loose_end", before.node, before.exit, _LOOSE, trail, exit=before.exit)
                elif fact.reason == "too_long":
                    self._fault("too_long", fact.node, "", _TOO_LONG, trail)
            before = fact

    def unspeakable(self, error: PromptError, trail: Trail) -> None:
        """A text could not be spoken, or a value is outside the limits."""
        place = f"{error.field}: {error.args_.get('name', '')}: {error.code}"
        text = {language: f"{error.field}: {words}" for language, words in error.text.items()}
        self.faults.setdefault(("unspeakable", error.node, place), (text, trail))

    def _fault(self, code: Code, node: str, place: str, text: Sentence, trail: Trail, **values: str) -> None:
        worded = {language: words.format(**values) for language, words in text.items()}
        self.faults.setdefault((code, node, place), (worded, trail))


_LOOSE = {
    "ru": "Исход «{exit}» никуда не ведёт: звонок обрывается",
    "en": "Exit “{exit}” leads nowhere: the call breaks off",
}
_TOO_LONG = {
    "ru": "Звонок дошёл до предела шагов и был прерван: он не кончается сам",
    "en": "The call came to the step limit and was cut: it does not end by itself",
}
_CIRCLE = {
    "ru": "Звонок ходит по кругу без единого нажатия: {nodes}",
    "en": "The call goes round without a key being pressed: {nodes}",
}
_NO_END = {
    "ru": "Отсюда звонок не может кончиться, что бы человек ни нажал",
    "en": "From here the call cannot end, whatever is pressed",
}
_NEVER = {"ru": "К этому шагу не пришёл ни один звонок", "en": "No call came to this node"}
_NO_START = {"ru": "Начального шага «{start}» нет", "en": "There is no start node {start!r}"}


def judge(
    scenario: Scenario,
    walked: Walked,
    *,
    languages: tuple[str, ...],
    contacts: int,
    given: bool,
) -> Exploration:
    """The report.  given: the people were given, so that nodes that they never come to are no fault."""
    writer = _Writer(scenario, walked)
    complete = walked.cut is None and not walked.thinned
    never = tuple(name for name in scenario.nodes if name not in walked.reached)
    findings = [
        Finding(code=code, node=node, text=text, way=writer.way(trail))
        for (code, node, _), (text, trail) in walked.faults.items()
    ]
    findings += _circle_findings(walked, writer)
    if scenario.start not in scenario.nodes:
        text = {language: words.format(start=scenario.start) for language, words in _NO_START.items()}
        findings = [Finding(code="start_missing", node="", text=text)]
    elif complete and not given:
        findings += [Finding(code="never_reached", node=name, text=_NEVER) for name in never]
    order = {name: place for place, name in enumerate(scenario.nodes)}
    findings.sort(key=lambda finding: (order.get(finding.node, -1), finding.code, finding.text["en"]))
    seconds, way, ways = _longest(walked, writer)
    taken = walked.taken
    return Exploration(
        scenario=scenario.name,
        languages=languages,
        contacts=contacts,
        states=len(walked.edges),
        steps=walked.steps,
        ways=ways,
        complete=complete,
        cut=walked.cut,
        thinned=tuple(sorted(walked.thinned)),
        longest_s=round(seconds, 1),
        longest=way,
        findings=tuple(findings),
        never_reached=never,
        not_taken=tuple(
            (name, exit_.name)
            for name, node in scenario.nodes.items()
            for exit_ in node.exits()
            if name in walked.reached and (name, exit_.name) not in taken
        ),
        endings=dict(sorted(walked.endings.items())),
        prompts=tuple(sorted(walked.prompts)),
    )


def _circle_findings(walked: Walked, writer: "_Writer") -> Iterable[Finding]:
    """Idle circles, one finding for the same nodes; then places without an end that are on none of them."""
    told: set[str] = set()
    for circle in idle_circles(walked.edges):
        nodes = list(dict.fromkeys(walked.nodes[state] for state in circle))
        if told.issuperset(nodes):
            continue
        told.update(nodes)
        text = {
            language: words.format(nodes=_listed([step_name(node, language) for node in nodes]))
            for language, words in _CIRCLE.items()
        }
        yield Finding(code="idle_circle", node=nodes[0], text=text, way=writer.way(walked.trails[circle[0]]))
    for state in endless(walked.edges):
        node = walked.nodes[state]
        if node not in told:
            told.add(node)
            yield Finding(code="no_end", node=node, text=_NO_END, way=writer.way(walked.trails[state]))


def _listed(nodes: Sequence[str]) -> str:
    return ", ".join(nodes[:10]) + (f", … ({len(nodes)})" if len(nodes) > 10 else "")


def _longest(walked: Walked, writer: "_Writer") -> tuple[float, Way | None, int]:
    if not walked.starts:
        return 0.0, None, len(walked.reached) and 1
    found = longest(walked.edges, [state for state, _ in walked.starts])
    state, _ = max(walked.starts, key=lambda first: (first[1] + found.seconds[first[0]], -first[0]))
    ways = sum(found.ways[first] for first in dict.fromkeys(first for first, _ in walked.starts))
    seconds, way = writer.along(walked, found, state)
    return seconds, way, ways


class _Writer:
    """Writes ways down: by going them once more."""

    def __init__(self, scenario: Scenario, walked: Walked) -> None:
        self._scenario, self._trails = scenario, walked.trails

    def way(self, trail: Trail) -> Way:
        """The way to a state and the event after it."""
        first, events = self._events(trail)
        return self._gone(first, events)[1]

    def along(self, walked: Walked, found: Longest, state: int) -> tuple[float, Way]:
        """The longest way from a state, and how long it takes: the step limit may cut it."""
        first, events = self._events(walked.trails[state])
        while (target := found.step[state]) is not None:
            if target == OPEN:
                break
            events.append(walked.edges[state][target].event)
            if target == END:
                break
            state = target
        return self._gone(first, events)

    def _events(self, trail: Trail) -> tuple[Trail, list[Event]]:
        events: list[Event] = []
        while trail.state is not None:
            if trail.event is not None:
                events.append(trail.event)
            trail = self._trails[trail.state]
        return trail, events[::-1]

    def _gone(self, first: Trail, events: Sequence[Event]) -> tuple[float, Way]:
        nodes: list[str] = []
        words: list[str] = []
        seconds = 0.0
        try:
            step = begun(self._scenario, first)
            for event in events:
                nodes += _entered(step.facts)
                seconds += speech_s(heard(step.instruction))
                if step.instruction is None or step.session.over:
                    break
                seconds += wait_s(step.instruction, event)
                if getattr(step.instruction, "more", False) and not isinstance(event, HungUp):
                    words[-1] += event.keys if isinstance(event, Digits) else ""  # the rest of what was begun
                else:
                    words.append(_word(event))
                step = resume(self._scenario, step.session, event)
            else:
                nodes += _entered(step.facts)
                seconds += speech_s(heard(step.instruction))
        except PromptError as error:
            nodes += [error.node] if error.node else []
        keys = " ".join(word for word in words if word)
        assert first.circumstance is not None
        now, holiday, who = first.circumstance
        return seconds, Way(
            contact=first.contact,
            language=first.language,
            now=now.isoformat(timespec="minutes"),
            holiday=holiday,
            who=who,
            keys=keys,
            nodes=tuple(nodes),
        )


def _entered(facts: Sequence[Fact]) -> list[str]:
    return [fact.node for fact in facts if isinstance(fact, Entered)]


def _word(event: Event) -> str:
    """An event as `simulate` takes it."""
    if isinstance(event, Played):
        return ""
    if isinstance(event, HungUp):
        return f"~{event.spoke_s:g}x" if event.spoke_s else "x"
    if isinstance(event, NoInput):
        return "-"
    if isinstance(event, Digits):
        return event.keys or "#"
    if isinstance(event, Recorded):
        return f"~{event.seconds:g}" if event.seconds else "-"
    if isinstance(event, Responded | HookEnded):
        return word(event)
    return f"!{getattr(event, 'outcome', type(event).__struct_config__.tag)}"
