"""What the API of tried-out calls takes and gives."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from oklik_web.judging import Document
from oklik_web.shapes import Body, Id

Local = Annotated[dt.datetime, Field(description="The wall clock at the contact", examples=["2025-03-04T19:00"])]
Values = Annotated[dict[str, Annotated[str, Field(max_length=2000)]], Field(max_length=300)]
Keys = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,40}$")]


class BeginIn(Body):
    """A call.  A document, or a scenario with its draft or a version; both: a document of it that is not saved yet.

    contact: values by column, under any of its headings; contact_id: of a list instead; without both an ordinary
    person.  seed: by which lots are drawn.  now: when the call begins, by default at this moment in the office.
    """

    document: Document | None = None
    scenario: Id | None = None
    version: Annotated[str, Field(pattern=r"^(draft|[1-9][0-9]{0,8})$")] = "draft"
    contact: Values | None = None
    contact_id: Id | None = None
    language: Annotated[str | None, StringConstraints(pattern=r"^[a-z]{2}$")] = None
    seed: Annotated[str | None, Field(max_length=60)] = None
    now: Local | None = None


class EventIn(Body):
    """What happens.  Which kinds are possible, `accepts` of the state says.

    key: keys, pressed in one breath; single ones are collected until they are enough.  silence.
    hangup: heard, how many texts of the last ones without a question were heard to their end (all).  machine: a beep.
    transfer: outcome talked (answered), no_agent (busy), failed, left.  voice: seconds of speech.
    request: ok, values, exit of a plug-in.  clock: to, the wall clock from now on.
    """

    kind: Literal["key", "silence", "hangup", "machine", "transfer", "voice", "request", "clock"]
    keys: Keys | None = None
    heard: Annotated[int | None, Field(ge=0, le=1000)] = None
    outcome: Literal["talked", "answered", "no_agent", "busy", "failed", "left"] = "talked"
    seconds: Annotated[float, Field(ge=0.0, le=600.0)] = 5.0
    ok: bool = True
    values: Values | None = None
    exit: Annotated[str | None, Field(max_length=40)] = None
    to: Local | None = None


class MoveIn(Body):
    """An event."""

    event: EventIn


class SaidOut(BaseModel):
    """A text as it is heard; audio: where its sound is, null for a recording of the call itself."""

    node: str
    text: str
    audio: str | None


class OptionOut(BaseModel):
    """A thing to choose from."""

    code: str
    title: str


class StateOut(BaseModel):
    """Where the call stands.

    said: what is heard since the last event; whisper: what the agent of a transfer hears.  instruction: what the switch
    is asked for, null when it is over.  typed: keys that are not enough yet.  accepts: kinds of events that are
    possible; keys: that make sense; outcomes: of a transfer or a plug-in; wanted: values that a request asks for.
    path: nodes in order; facts: what became known, in order; outcome: why it ended, `machine` after a beep; fault: why
    it cannot go on.  events: what was done, as `oklik scenario simulate --keys` takes it.
    """

    node: str | None
    said: list[SaidOut]
    whisper: str
    instruction: dict[str, Any] | None
    variables: dict[str, str]
    contact: dict[str, str]
    language: str
    now: str
    facts: list[dict[str, Any]]
    path: list[str]
    typed: str
    over: bool
    outcome: str | None
    outcome_title: str | None
    fault: str | None
    accepts: list[str]
    keys: str
    outcomes: list[OptionOut]
    wanted: list[str]
    events: str | None


class SimulationOut(BaseModel):
    """A call that is tried out."""

    id: str
    state: StateOut


class MovedOut(BaseModel):
    """The call after an event."""

    state: StateOut


class GoldenIn(Body):
    """A golden run.  scenario: where the call was begun with a document."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    scenario: Id | None = None


class GoldenMadeOut(BaseModel):
    """A golden run that is kept."""

    id: int


class GoldenOut(BaseModel):
    """A golden run.  same: the call goes today as it did; differences: else what goes otherwise, in sentences."""

    id: int
    name: str
    keys: str
    contact: dict[str, str]
    nodes: list[str]
    ended: str | None
    saved_at: dt.datetime
    by: str
    same: bool
    differences: list[str]


class GoldenRunsOut(BaseModel):
    """Those of a scenario."""

    runs: list[GoldenOut]


class WhichIn(Body):
    """With which document they are played."""

    version: Annotated[str, Field(pattern=r"^(draft|[1-9][0-9]{0,8})$")] = "draft"
