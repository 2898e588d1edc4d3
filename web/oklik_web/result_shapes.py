"""The shapes of results in the API: filters, charts, funnel, calls and contacts page by page, reports."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from oklik.dialing.vocabulary import Disposition
from oklik.reports.call_pages import Filter, Mark, Place
from oklik.reports.contact_pages import ContactFilter, ContactMark
from oklik.reports.wanted import Cell, SavedSegment, Wanted
from oklik_web.api.live import CauseOut, QuestionOut, TitledOut
from oklik_web.marks import moment_of, read_mark, whole
from oklik_web.shapes import E164, Body, Id, Moment, MomentIn, Number, number_of

PAGE, MOST = 50, 500
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
FILE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "The file", "content": {kind: {} for kind in TYPES.values()}}
}


class FilterIn(Body):
    """Which calls: begun from `since` on and before `until` (charts and funnel: to five minutes).

    column, value: of contacts with this cell; segment: of contacts of a saved segment instead.  version: of the
    scenario: the calls of all campaigns that ran it, and not only of this one.
    """

    since: MomentIn | None = None
    until: MomentIn | None = None
    column: Annotated[str | None, Field(max_length=200)] = None
    value: Annotated[str | None, Field(max_length=1000)] = None
    segment: Id | None = None
    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None

    def wanted(self) -> Wanted:
        """As the use cases take it."""
        segment: Cell | SavedSegment | None = None
        if self.segment is not None:
            segment = SavedSegment(self.segment)
        elif self.column:
            segment = Cell(self.column, self.value or "")
        return Wanted(since=self.since, until=self.until, segment=segment, version=self.version)


class _PageIn(FilterIn):
    """A page.  after: what `next` of the page before was.

    node: calls that entered it; with `at` hung_up: in which the person hung up there; with `exit`: that left it so.
    question, answer: calls with this answer.
    """

    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE
    after: Annotated[str | None, Field(max_length=200)] = None
    node: Annotated[str | None, Field(max_length=60)] = None
    at: Literal["entered", "hung_up"] = "entered"
    exit: Annotated[str | None, Field(max_length=60)] = None
    question: Annotated[str | None, Field(max_length=100)] = None
    answer: Annotated[str | None, Field(max_length=300)] = None

    def place(self) -> Place | None:
        """Where the call was, as the use cases take it."""
        if not self.node:
            return None
        return Place(self.node, "left", self.exit) if self.exit else Place(self.node, self.at)

    def said(self) -> tuple[str, str] | None:
        """What was answered, as the use cases take it."""
        return (self.question, self.answer or "") if self.question else None


class CallsIn(_PageIn):
    """A page of calls.  after: what `next` of the page before was.

    node: calls that entered it; with `at` hung_up: in which the person hung up there; with `exit`: that left it so.
    question, answer: calls with this answer.  number: as it was dialed.
    """

    outcome: Disposition | None = None
    number: Number | None = None
    sort: Literal["time", "talk"] = "time"
    order: Literal["asc", "desc"] = "desc"

    def filter(self) -> Filter:
        """As the use case takes it.  Raises Problem."""
        return Filter(
            wanted=self.wanted(),
            outcome=None if self.outcome is None else str(self.outcome),
            place=self.place(),
            answer=self.said(),
            number=number_of(self.number, "number") if self.number else None,
            sort=self.sort,
            descending=self.order == "desc",
        )


class CampaignContactsIn(_PageIn):
    """A page of contacts; times: those who were called then.  outcome: "" for those who have none yet.

    node, at, exit, question, answer: those with such a call.
    """

    outcome: Disposition | Literal[""] | None = None
    order: Literal["asc", "desc"] = "asc"

    def filter(self) -> ContactFilter:
        """As the use case takes it."""
        return ContactFilter(
            wanted=self.wanted(),
            outcome=self.outcome,
            place=self.place(),
            answer=self.said(),
            descending=self.order == "desc",
        )


class ExitOut(BaseModel):
    """An exit of a node: how many calls left by it, and to where."""

    exit: str
    title: str
    to: str | None
    count: int


class SecondOut(BaseModel):
    """How many hung up in this second of what was being said."""

    second: int
    count: int


class StageOut(BaseModel):
    """A node of the scenario.  ended: calls that came to their end here; hung_up_second: by then half of them are gone.

    entered counts visits, so a menu that is heard again counts again.  text: what is said first.  prompt_s: how long
    what was being said takes, where it is known; waited: those of hung_up who left after it.
    """

    node: str
    title: str
    text: str
    kind: str
    kind_title: str
    entered: int
    exits: list[ExitOut]
    ended: int
    hung_up: int
    hung_up_second: int | None
    waited: int
    prompt_s: int | None
    seconds: list[SecondOut]


class HourOut(BaseModel):
    """Calls that were begun in an hour."""

    hour: Moment
    attempts: int
    answered: int


class RunVersionOut(BaseModel):
    """A version of the scenario, and how many campaigns have run it."""

    number: int
    campaigns: int


class SegmentNameOut(BaseModel):
    """A saved segment of the list."""

    id: int
    name: str


class ResultsOut(BaseModel):
    """What came of the calls.  attempts: of ours; returned: people who called us; columns: of the list, for filters.

    left: calls that are not counted yet: a job counts them, ask again.  versions: of the scenario, that were run.
    """

    campaign: int
    scenario: str
    scenario_id: int
    version: int
    versions: list[RunVersionOut]
    attempts: int
    returned: int
    answered: int
    talk_s: float
    left: int
    outcomes: list[TitledOut]
    questions: list[QuestionOut]
    funnel: list[StageOut]
    causes: list[CauseOut]
    hours: list[HourOut]
    columns: list[str]
    segments: list[SegmentNameOut]


class AttemptOut(BaseModel):
    """A call.  row: of the list; direction: out, or in for a call to us; answers: question -> what was answered.

    recorded: something of it can be listened to.
    """

    uuid: UUID
    at: Moment
    campaign: int
    contact: int
    row: int
    number: E164
    caller_id: str
    n: int
    direction: str
    outcome: str | None
    outcome_title: str | None
    answered: bool
    ring_s: float | None
    talk_s: float | None
    hangup_by: str | None
    cause: str | None
    recorded: bool
    answers: dict[str, str]


class AttemptsOut(BaseModel):
    """Calls in the order that was asked for.  next: for `after` of the next page; None: that was all."""

    attempts: list[AttemptOut]
    next: str | None


class VisitOut(BaseModel):
    """A node that the call entered.  at_s: seconds since the first one; exit: by which it was left, None: it was not.

    notes: what happened in it, in words.
    """

    node: str
    title: str
    kind_title: str
    at_s: float
    exit: str | None
    exit_title: str | None
    notes: list[str]


class AttemptAnswerOut(BaseModel):
    """An answer.  title: of the question; voice: it was spoken, and its sound is kept."""

    question: str
    title: str
    value: str
    label: str
    voice: bool


class AttemptRecordingOut(BaseModel):
    """A recording of the call.  part: call, or agent: the talk with one; state: raw, ready, lost, deleted."""

    id: int
    part: str
    state: str
    seconds: float | None


class AttemptCardOut(BaseModel):
    """A call with the way that it went.  second: of what was being said when the person hung up; prompt_s: its length.

    cause_title, cause_advice: why nobody answered.
    """

    uuid: UUID
    campaign: int
    contact: int
    number: E164
    at: Moment
    direction: str
    outcome: str | None
    outcome_title: str | None
    answered: bool
    ring_s: float | None
    talk_s: float | None
    hangup_by: str | None
    second: float | None
    prompt_s: float | None
    cause_title: str | None
    cause_advice: str | None
    way: list[VisitOut]
    answers: list[AttemptAnswerOut]
    recordings: list[AttemptRecordingOut]


class CampaignContactOut(BaseModel):
    """A contact in a campaign.  fields: its cells; why: a reason where there is no outcome; talk_s: of its call."""

    contact: int
    row: int
    number: str
    fields: dict[str, str]
    state: str
    outcome: str | None
    outcome_title: str
    why: str | None
    attempts: int
    last_at: Moment | None
    talk_s: float | None
    answers: dict[str, str]


class CampaignContactsOut(BaseModel):
    """Contacts in the list's order.  next: for `after` of the next page; None: that was all."""

    contacts: list[CampaignContactOut]
    next: str | None


class ReportIn(FilterIn):
    """Which file, and of which calls."""

    kind: Literal["xlsx", "csv"] = "xlsx"


class ReportOut(BaseModel):
    """A report that was asked for.  state: waiting, running, done, failed; ready: it can be fetched."""

    id: int
    campaign_id: int
    kind: str
    state: str
    progress: float
    ready: bool


def call_mark(text: str | None, sort: str) -> Mark | None:
    """Read the mark of a page of calls.  Raises Problem."""
    if text is None:
        return None
    key = _seconds if sort == "talk" else moment_of
    return read_mark(text, lambda at, end: Mark(key(at), UUID(end)))


def contact_mark(text: str | None) -> ContactMark | None:
    """Read the mark of a page of contacts.  Raises Problem."""
    return None if text is None else read_mark(text, lambda key, end: ContactMark(whole(key), whole(end)))


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < 1e9:
        raise ValueError(text)
    return seconds
