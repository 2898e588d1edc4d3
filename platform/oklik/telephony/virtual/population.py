"""Who lives at the other end: the population a virtual switch calls, as a YAML document.

Shares are weights and need not add up to one; every [min, max] span is drawn evenly, in simulated seconds.  What
becomes of the n-th call of a number hangs on (seed, number, n) alone, never on the order in which calls are made, so
that two runs agree whatever the interleaving.  How a person then behaves on the line is in callee.
"""

import random
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

KEYS = "0123456789*#"
LEAVES = ("x", "hangup")  # of a script
_SPOKEN = re.compile(r"~[0-9]{1,3}(\.[0-9])?x?", re.ASCII)
Share = Annotated[float, Field(ge=0)]
Chance = Annotated[float, Field(ge=0, le=1)]


class PopulationError(Exception):
    """The document is not a population; the message says where and why, in one line."""


def _span(value: Any) -> Any:
    return (value, value) if isinstance(value, int | float) else value


def _ordered(value: tuple[float, float]) -> tuple[float, float]:
    if not 0 <= value[0] <= value[1]:
        raise ValueError("must be a number or [min, max] with 0 <= min <= max")
    return value


def _script(value: Any) -> Any:
    """`1 - 12# . x` as a row of inputs; what they mean is told in `scripted`."""
    if not isinstance(value, str | int):
        return value
    items = str(value).split()
    for item in items:
        known = item in {"-", ".", *LEAVES} or item.startswith("!") or _SPOKEN.fullmatch(item)
        if not known and set(item) - set(KEYS):
            raise ValueError(f"{item!r} is no input: keys such as 12#, or -, ., x, hangup, ~7, !talked and the like")
    return items


Script = Annotated[tuple[str, ...], BeforeValidator(_script)]
Span = Annotated[tuple[float, float], BeforeValidator(_span), Field(description="[min, max]")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _spans(cls, value: Any) -> Any:
        if isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, float) for v in value):
            return _ordered(value)
        return value


class Outcomes(_Model):
    """What happens to a call: shares."""

    answer: Share = 0.55
    no_answer: Share = 0.20
    busy: Share = 0.08
    unreachable: Share = 0.05
    invalid: Share = 0.03
    machine: Share = 0.04
    rejected: Share = 0.04
    line_fault: Share = 0.01

    @model_validator(mode="after")
    def _some(self) -> "Outcomes":
        if not sum(self.model_dump().values()) > 0:
            raise ValueError("at least one outcome needs a share above 0")
        return self


Outcome = Literal["answer", "no_answer", "busy", "unreachable", "invalid", "machine", "rejected", "line_fault"]

Answers = dict[str, dict[str, Share]]


def _check_answers(answers: Answers) -> Answers:
    for question, weights in answers.items():
        Rule.parse(question)
        for keys in weights:
            if keys != "-" and (not keys or set(keys) - set(KEYS)):
                raise ValueError(f"{question}: {keys!r} is not a row of keys ('-' means none)")
        if not sum(weights.values()) > 0:
            raise ValueError(f"{question}: at least one answer needs a weight above 0")
    return answers


class Persona(_Model):
    """A way of behaving on the line.

    think_s: from the end of the prompt to the first key.  barge_in: chance to press before the prompt is over.
    silent: chance (per question) to press nothing.  wrong_first: chance that the first key of a call is a wrong one.
    speaks_s: how long an answer is that is recorded.  calls_back: instead of the population's chance of return_calls.
    beeplike: chance that the switch takes something in the person's voice for a machine's beep.
    leaves_s: hangs up so many seconds after answering.  leaves_in_prompt: chance, per prompt, to hang up in its middle.
    answers: as the table of the population, and before it.
    script: what the person does, input by input, instead of what the dice would say (see `scripted`).
    hasty: whoever has a script types an entry to its end in one breath, also what the question does not take any more.
    """

    share: Share = 1.0
    think_s: Span = (0.6, 2.5)
    barge_in: Chance = 0.0
    silent: Chance = 0.0
    wrong_first: Chance = 0.0
    speaks_s: Span = (2.0, 12.0)
    leaves_s: Span | None = None
    calls_back: Chance | None = None
    leaves_in_prompt: Chance = 0.0
    beeplike: Chance = 0.0
    answers: Answers = {}
    script: Script | None = None
    hasty: bool = False

    _answers = field_validator("answers")(_check_answers)


class Machine(_Model):
    """An answering machine: greets, beeps, presses nothing, hangs up so many seconds after answering.

    beeps: the share of machines that beep at the end of the greeting; the others just listen.
    """

    greeting_s: Span = (3.0, 6.0)
    beeps: Chance = 0.8
    beep_hz: Annotated[int, Field(ge=200, le=3000)] = 1000
    stays_s: Span = (20.0, 40.0)


class Agents(_Model):
    """Legs that are agents, known by their endpoint (shell patterns).

    agent_ends: chance that the agent and not the person ends the talk.  accepts: chance to press the accept key when
    asked for one (one who does not is a voicemail).
    """

    endpoints: tuple[str, ...] = ("user/*", "sofia/gateway/agents/*", "sofia/agents/*")
    answer: Share = 0.85
    no_answer: Share = 0.10
    busy: Share = 0.05
    ring_s: Span = (1.5, 6.0)
    talk_s: Span = (20.0, 120.0)
    agent_ends: Chance = 0.6
    accepts: Chance = 1.0
    think_s: Span = (0.6, 1.5)


class Lines(_Model):
    """What of the switch's own configuration is out of order (shell patterns); everything else is there.

    Gateways and profiles that do not exist, gateways that do not answer, gateways whose carrier refuses to register us
    (they are down, too), users unknown or without a phone.
    """

    missing: tuple[str, ...] = ("nosuch*",)
    down: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    absent_users: tuple[str, ...] = ()
    unregistered_users: tuple[str, ...] = ()


class Press(_Model):
    """A key pressed so many seconds after the answer, whatever is being played."""

    at_s: Annotated[float, Field(ge=0)]
    key: Annotated[str, Field(pattern=r"^[0-9*#A-D]$")]


class ReturnCalls(_Model):
    """Who was called in vain calls back the number that he was shown.  chance: by call; after_s: from its end."""

    chance: Chance = 0.0
    after_s: Span = (30.0, 600.0)


class Plan(_Model):
    """What one number does, instead of what the dice would say; what is left out is still thrown.

    keys: answers to the questions of a call, in order; the last is repeated, "-" means none.  sip and q850: the final
    answer of a refused call.  early: 183 with sound instead of 180.  leaves_s, talk_s: seconds after answer, in talk.
    script: as a persona's.  beep_s: a tone like a machine's beep so many seconds after the answer.
    returns_s: calls back so many seconds after a call in vain, whatever the dice say; returns_patience_s: and leaves
    when not answered so soon.
    calls: plans of the first, second, ... call, the last repeated; each completes this one.
    stuck_s: once it is answered the switch takes a hangup of it and ends it only so many seconds later.
    keys_by: how the carrier brings the keys: as RFC 2833, by SIP INFO, as tones in the sound, or all in two ways (both:
    RFC 2833 and the tones).
    """

    outcome: Outcome | None = None
    ring_s: Span | None = None
    persona: str | None = None
    keys: tuple[str, ...] = ()
    presses: tuple[Press, ...] = ()
    script: Script | None = None
    leaves_s: Span | None = None
    talk_s: Span | None = None
    agent_ends: bool | None = None
    beep_s: Span | None = None
    stuck_s: Span | None = None
    sip: Annotated[int, Field(ge=300, le=699)] | None = None
    q850: Annotated[int, Field(ge=0, le=127)] = 0
    early: bool = False
    returns_s: Span | None = None
    returns_patience_s: Annotated[float, Field(gt=0)] | None = None
    calls: tuple["Plan", ...] = ()
    keys_by: Literal["rfc2833", "info", "inband", "both"] = "rfc2833"

    def for_call(self, n: int) -> "Plan":
        """The plan of the n-th call (from 0)."""
        if not self.calls:
            return self
        own = self.calls[min(n, len(self.calls) - 1)]
        return self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one call: the answer of the far end and how it behaves then.

    sip: 0 when it answers or rings for ever.  script: None where chance rules.  seconds are simulated.
    """

    outcome: str
    ring_s: float
    sip: int = 0
    q850: int = 0
    early: bool = False
    agent: bool = False
    persona: Persona
    plan: Plan
    script: tuple[str, ...] | None = None
    leaves_s: float | None = None
    talk_s: float = 0.0
    agent_ends: bool = True
    beep_s: float | None = None
    beep_hz: int = 0
    stuck_s: float = 0.0


_LIKE_A_BEEP = (0.3, 6.0)  # seconds after the answer: somebody says something
_REFUSED = {"busy": 486, "unreachable": 480, "invalid": 404, "rejected": 603, "line_fault": 503}


class Rule(msgspec.Struct, frozen=True):
    """To which questions an entry of an answers table belongs: allowed keys, and how many digits (0: any number)."""

    keys: frozenset[str]
    least: int
    most: int

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """`[123]`, `123`, `[0-9]{1,2}`, `[0-9]+`; raises ValueError."""
        match = re.fullmatch(r"\[?([0-9*#-]+)\]?(?:\{(\d+)(?:,(\d+))?\}|(\+))?", text)
        if match is None:
            raise ValueError(f"{text!r} does not name a question: say the keys it allows, as [123] or [0-9]{{1,2}}")
        body = re.sub(r"(\d)-(\d)", lambda m: "".join(map(str, range(int(m[1]), int(m[2]) + 1))), match[1])
        if match[4]:
            return cls(frozenset(body), 0, 0)
        least = int(match[2] or 1)
        return cls(frozenset(body), least, int(match[3] or least))


class Population(_Model):
    """Everybody."""

    outcomes: Outcomes = Outcomes()
    ring_s: Span = (3.0, 14.0)
    refuse_s: Span = Field(default=(0.5, 4.0), description="from the call to busy, rejected and the like")
    personas: dict[str, Persona] = Field(
        default={
            "cooperative": Persona(share=72),
            "impatient": Persona(share=12, barge_in=0.9, think_s=(0.3, 1.0)),
            "clumsy": Persona(share=5, wrong_first=1.0),
            "silent": Persona(share=4, silent=1.0),
            "leaver": Persona(share=7, leaves_in_prompt=0.6),
        },
        min_length=1,
    )
    answers: Answers = {}
    machine: Machine = Machine()
    agents: Agents = Agents()
    lines: Lines = Lines()
    return_calls: ReturnCalls = ReturnCalls()
    numbers: dict[str, Plan] = {}

    _answers = field_validator("answers")(_check_answers)

    @model_validator(mode="after")
    def _whole(self) -> "Population":
        if not sum(p.share for p in self.personas.values()) > 0:
            raise ValueError("personas: at least one needs a share above 0")
        for number, plan in self.numbers.items():
            for p in (plan, *plan.calls):
                if p.persona is not None and p.persona not in self.personas:
                    raise ValueError(f"numbers.{number}.persona: there is no persona {p.persona!r}")
        return self

    def plan(self, number: str) -> Plan:
        """The plan of a number: by itself with or without +, else by the first pattern that fits."""
        bare = number.lstrip("+")
        for name in (number, bare, "+" + bare):
            if name in self.numbers:
                return self.numbers[name]
        for pattern, plan in self.numbers.items():
            if fnmatchcase(bare, pattern.lstrip("+")):
                return plan
        return Plan()

    @staticmethod
    def among(name: str, patterns: tuple[str, ...]) -> bool:
        """Does one of the patterns fit?"""
        return any(fnmatchcase(name, pattern) for pattern in patterns)

    def is_agent(self, endpoint: str) -> bool:
        """Is the leg an agent's?"""
        return self.among(endpoint, self.agents.endpoints)

    def caller(self, number: str, n: int, rng: random.Random) -> Fate:
        """How whoever calls us the n-th time (from 0) behaves: as one who has answered."""
        plan = self.plan(number).for_call(n)
        return self._fate("", plan.model_copy(update={"outcome": "answer", "sip": None}), rng)

    def returns(self, fate: Fate, *, answered: bool, rng: random.Random) -> float | None:
        """After how many seconds one calls back whose call has ended so; None: he does not."""
        if (answered and fate.outcome != "machine") or fate.outcome in ("invalid", "line_fault"):
            return None
        if fate.plan.returns_s is not None:
            return rng.uniform(*fate.plan.returns_s)
        own = fate.persona.calls_back
        chance = self.return_calls.chance if own is None else own
        return rng.uniform(*self.return_calls.after_s) if rng.random() < chance else None

    def fate(self, endpoint: str, number: str, n: int, rng: random.Random) -> Fate:
        """What becomes of the n-th call (from 0) of a number; draws from rng only."""
        return self._fate(endpoint, self.plan(number).for_call(n), rng)

    def _fate(self, endpoint: str, plan: Plan, rng: random.Random) -> Fate:
        agent = self.is_agent(endpoint)
        shares: dict[str, float] = (
            {"answer": self.agents.answer, "no_answer": self.agents.no_answer, "busy": self.agents.busy}
            if agent
            else self.outcomes.model_dump()
        )
        drawn = rng.choices(list(shares), list(shares.values()))[0]
        name = rng.choices(list(self.personas), [p.share for p in self.personas.values()])[0]
        refused = plan.sip is not None or (plan.outcome or drawn) in _REFUSED
        ring = rng.uniform(*(self.agents.ring_s if agent else self.refuse_s if refused else self.ring_s))
        leaves_from = plan.leaves_s
        persona = Persona(think_s=self.agents.think_s) if agent else self.personas[plan.persona or name]
        script = None if agent else plan.script if plan.script is not None else persona.script
        answers = plan.keys or plan.presses or leaves_from or plan.script is not None
        outcome = plan.outcome or ("answer" if answers else drawn)
        if outcome == "machine":
            leaves_from = leaves_from or self.machine.stays_s
        elif not agent:
            leaves_from = leaves_from or persona.leaves_s
        fate = Fate(
            outcome="refused" if plan.sip is not None else outcome,
            ring_s=rng.uniform(*plan.ring_s) if plan.ring_s else ring,
            sip=plan.sip or _REFUSED.get(outcome, 0),
            q850=plan.q850,
            early=plan.early,
            agent=agent,
            persona=persona,
            plan=plan,
            script=script,
            leaves_s=rng.uniform(*leaves_from) if leaves_from else None,
            talk_s=rng.uniform(*(plan.talk_s or self.agents.talk_s)),
            agent_ends=rng.random() < self.agents.agent_ends if plan.agent_ends is None else plan.agent_ends,
            stuck_s=rng.uniform(*plan.stuck_s) if plan.stuck_s else 0.0,
        )
        return self._with_beep(fate, rng)

    def _with_beep(self, fate: Fate, rng: random.Random) -> Fate:
        if fate.plan.beep_s is not None:
            at = fate.plan.beep_s
        elif fate.outcome == "machine" and rng.random() < self.machine.beeps:
            at = self.machine.greeting_s
        elif fate.outcome == "answer" and fate.persona.beeplike and rng.random() < fate.persona.beeplike:
            at = _LIKE_A_BEEP
        else:
            return fate
        return msgspec.structs.replace(fate, beep_s=rng.uniform(*at), beep_hz=self.machine.beep_hz)


def load(path: Path) -> Population:
    """Read a population.  Raises PopulationError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PopulationError(f"{path}: cannot be read: {error}") from error
    return from_text(text, str(path))


def from_text(text: str, source: str = "population") -> Population:
    """Parse a population.  Raises PopulationError."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PopulationError(f"{source}: not YAML: {' '.join(str(error).split())}") from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise PopulationError(f"{source}: a population is a mapping, this is a {type(data).__name__}")
    try:
        return Population.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "population"
        raise PopulationError(f"{source}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
