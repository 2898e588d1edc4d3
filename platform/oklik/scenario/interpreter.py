"""Runs a scenario, sans-IO: a session and an event in; a new session, one instruction and the facts out.

The live call, the simulator and the tests all run this code.  It reads no clock and keeps nothing: whatever must
survive lies in the Session, which is JSON-able, so that a call may be carried on by another process.
Steps are capped, so that no scenario and no caller can hold a line for ever.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from oklik.scenario.conditions import Reading
from oklik.scenario.document import Scenario
from oklik.scenario.errors import IllegalEvent, PromptError
from oklik.scenario.flow import (
    Collect,
    ColumnSet,
    Ended,
    Event,
    Fact,
    Hangup,
    HungUp,
    LanguageSet,
    Marked,
    Say,
    Session,
    Step,
)
from oklik.scenario.kinds.base import Leave, Move, NodeBase
from oklik.scenario.kinds.transfer import MOST_AHEAD, POSITION
from oklik.scenario.limits import fits

__all__ = ["STEP_CAP", "IllegalEvent", "PromptError", "position", "resume", "start"]

# Nodes entered and events taken in one session; a survey of fifty questions needs about a hundred and fifty.
STEP_CAP = 500

# Ends that say nothing of the conversation itself: what a mark has said of it counts more.
_OPEN_ENDS = frozenset({"completed", "hung_up"})
_NOON = dt.time(12)
_NOTHING: Mapping[str, str] = MappingProxyType({})


def start(
    scenario: Scenario,
    contact: Mapping[str, str],
    now: dt.date,
    language: str | None = None,
    *,
    holiday: bool = False,
    who: str = "",
    at: str | None = None,
) -> Step:
    """Begin a call.  contact: texts by column name, others are ignored.

    now: the wall clock where the contact is: a datetime is taken as it stands, whatever its zone, so an aware one must
    be in the contact's; a date alone is its noon.  holiday: a public holiday there.  who: a stable name of the person,
    by which lots are drawn (only a hash of it is kept); without it the contact's fields are one.
    at: begin with this node instead of the first.
    Raises ValueError for a language the scenario has not, PromptError when a text of this contact cannot be spoken.
    """
    if language is not None and language not in scenario.languages:
        message = f"scenario {scenario.name} has no language {language!r}"
        raise ValueError(message)
    fields = {name: contact.get(name, "") for name in scenario.columns}
    moment = now if isinstance(now, dt.datetime) else dt.datetime.combine(now, _NOON)
    session = Session(
        scenario=scenario.name,
        language=language or scenario.languages[0],
        contact=fields,
        variables={name: variable.value for name, variable in scenario.variables.items() if variable.value},
        today=moment.date().isoformat(),
        time=f"{moment:%H:%M}",
        holiday=holiday,
        who=_digest(*((who,) if who else fields.values())).hex(),
    )
    visit = _Visit(scenario, session)
    first = scenario.start if at is None else at
    if first not in scenario.nodes:
        return visit.end("completed")
    return visit.follow(*visit.enter(first))


def resume(scenario: Scenario, session: Session, event: Event) -> Step:
    """Take the event that answers the outstanding instruction.  HungUp is legal at any time, even after the end.

    Raises IllegalEvent when the event answers something else, PromptError as `start`.
    """
    if session.over:
        if isinstance(event, HungUp):
            return Step(session=session, instruction=None, facts=())
        message = f"the session is over; {type(event).__name__} comes too late"
        raise IllegalEvent(message)
    visit = _Visit(scenario, session)
    visit.steps += 1
    node = scenario.nodes[session.node]
    if isinstance(event, HungUp):
        return visit.end(node.hung_up(visit, event), left=event)
    return visit.follow(node, node.resume(visit, event))


def position(scenario: Scenario, session: Session, place: int) -> tuple[Say, ...]:
    """What the person who waits in a transfer is told of the place in the queue; nothing beyond the last that is told.

    Changes nothing: the session goes on by the event that ends the transfer.  Raises PromptError.
    """
    if place > MOST_AHEAD:
        return ()
    return _Visit(scenario, session).say(POSITION, given={POSITION: str(place)})


def _digest(*parts: str) -> bytes:
    """The same few bytes for the same texts, on every machine and for ever."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()


@lru_cache(maxsize=4096)  # many calls begin in one minute, and each asks at every step
def _moment(today: str, time: str) -> tuple[dt.date, dt.datetime]:
    """The date and the wall clock of a session."""
    now = dt.datetime.fromisoformat(f"{today}T{time or _NOON.isoformat('minutes')}")
    return now.date(), now


class _Visit:
    """The working copy of a session during one step; what nodes see of it is `kinds.base.Visit`."""

    __slots__ = (
        "_book",
        "_chart",
        "_contact",
        "_session",
        "_values",
        "_variables",
        "confirmed",
        "facts",
        "language",
        "memo",
        "node",
        "outcome",
        "scenario",
        "steps",
        "tries",
    )

    def __init__(self, scenario: Scenario, session: Session) -> None:
        self.scenario = scenario
        self._chart = scenario.chart
        self._book = scenario.phrasebook
        self.node = session.node
        self.tries = session.tries
        self.steps = session.steps
        self.confirmed = session.confirmed
        self.memo: Mapping[str, str] = session.memo
        self.language = session.language
        self.outcome = session.outcome
        self.facts: list[Fact] = []
        self._session = session
        self._contact = session.contact
        self._variables = session.variables
        self._values: dict[str, str] | None = None

    # -- what nodes see --

    @property
    def languages(self) -> tuple[str, ...]:
        return self.scenario.languages

    @property
    def values(self) -> Mapping[str, str]:
        if self._values is None:
            self._values = {**self._contact, **self._variables}
        return self._values

    @property
    def reading(self) -> Reading:
        return Reading(self._book.types, self.language)

    @property
    def today(self) -> dt.date:
        return _moment(self._session.today, self._session.time)[0]

    @property
    def now(self) -> dt.datetime:
        return _moment(self._session.today, self._session.time)[1]

    @property
    def holiday(self) -> bool:
        return self._session.holiday

    def lot(self, ticket: str) -> float:
        drawn = int.from_bytes(_digest(self.scenario.name, self.node, ticket, self._session.who))
        return (drawn + 0.5) / 2**64

    def say(self, *fields: str, given: Mapping[str, str] | None = None, language: str | None = None) -> tuple[Say, ...]:
        book, language = self._book, language or self.language
        said: tuple[Say, ...] = ()
        for field in fields:
            part = book.fixed(self.node, field, language)
            if part is None:
                values = {**self.values, **given} if given else self.values
                part = book.say(self.node, field, language, values, self.today)
            said = said + part if said else part
        return said

    def prepared(self, make: Callable[..., Collect], *fields: str) -> Collect:
        if self.memo or not self._book.constant(self.node):
            return make(self, *fields)
        key = (self.node, self.language, fields)
        found = self._chart.prepared.get(key)
        if found is None:
            found = self._chart.prepared[key] = make(self, *fields)
        return found

    def set(self, name: str, value: str) -> None:
        if self._variables is self._session.variables:  # the old session keeps its own
            self._variables = dict(self._variables)
        self._variables[name] = value
        if self._values is not None:
            self._values[name] = value

    def write(self, column: str, value: str) -> None:
        was, declared = self._contact.get(column, ""), self.scenario.columns.get(column)
        kept = declared is not None and fits(declared, value, self.language)
        if kept:
            self._contact = {**self._contact, column: value}
            self._values = None
        self.facts.append(ColumnSet(node=self.node, column=column, value=value, was=was, kept=kept))

    def note(self, fact: Fact) -> None:
        self.facts.append(fact)

    def speak(self, language: str) -> None:
        self.language = language
        self.facts.append(LanguageSet(node=self.node, language=language))

    def mark(self, outcome: str, tags: tuple[str, ...]) -> None:
        self.outcome = outcome or self.outcome
        self.facts.append(Marked(node=self.node, outcome=outcome, tags=tags))

    # -- moving --

    def enter(self, name: str) -> tuple[NodeBase, Move]:
        """Come to a node."""
        node = self.scenario.nodes[name]
        self.node, self.tries, self.memo = name, 0, _NOTHING
        self.steps += 1
        self.facts.append(self._chart.entered[name])
        return node, node.enter(self)

    def follow(self, node: NodeBase, move: Move) -> Step:
        """Do what a node wants: wait for its instruction, or go where its exit leads, until one waits."""
        while isinstance(move, Leave):
            left, confirms, target = self._chart.passage(self.node, move.exit)
            self.facts.append(left)
            if confirms is not None:
                self.confirmed = confirms
            if target is None:  # a loose end of a draft
                return self.end("completed")
            if self.steps >= STEP_CAP:
                return self.end("too_long")
            node, move = self.enter(target)
        if isinstance(move, Hangup):
            return self.end(node.hung_up(self, HungUp()))
        if self.steps >= STEP_CAP:
            return self.end("too_long")
        return Step(session=self._pack(over=False), instruction=move, facts=tuple(self.facts))

    def end(self, reason: str, *, left: HungUp | None = None) -> Step:
        """The session is over; left: the person has, so that the line is no longer there."""
        if self.outcome and reason in _OPEN_ENDS:
            reason = self.outcome
        into_s, of_s = (None, None) if left is None else (left.into_s, left.of_s)
        self.facts.append(Ended(node=self.node, reason=reason, into_s=into_s, of_s=of_s))
        instruction = Hangup(node=self.node) if left is None else None
        return Step(session=self._pack(over=True), instruction=instruction, facts=tuple(self.facts))

    def _pack(self, *, over: bool) -> Session:
        old = self._session
        return Session(
            scenario=old.scenario,
            language=self.language,
            contact=self._contact,
            variables=self._variables,
            node=self.node,
            tries=self.tries,
            steps=self.steps,
            confirmed=self.confirmed,
            over=over,
            today=old.today,
            time=old.time,
            holiday=old.holiday,
            who=old.who,
            outcome=self.outcome,
            memo=dict(self.memo) if self.memo else {},
        )
