"""A campaign as it goes: at this moment, and as a stream of server-sent events for pages that watch."""

import datetime as dt
from collections.abc import Generator, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response, json
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.tokens import Scope
from oklik.campaigns.versions import VersionUnreadable
from oklik.reports.scenario_shape import shape_of
from oklik_web.access import allowed
from oklik_web.api.why import LedgerEntryOut
from oklik_web.counted import live_of
from oklik_web.events import EVENT_STREAM, SILENCE, Hub, event, hub_of
from oklik_web.kept import kept
from oklik_web.running import running
from oklik_web.shapes import Moment
from oklik_web.while_in import while_in
from oklik_web.whom import check_campaign
from oklik_web.words import language

blueprint = APIBlueprint("live", __name__, url_prefix="/campaigns")

EVERY_S = 1.0
SHARE = 10.0  # of the time between two looks they take a tenth at most
LANGUAGES = ("ru", "en")

Told = dict[str, str]
"""A LiveOut as JSON, by language."""
_EVENTS: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "A `data:` line with a LiveOut each time something has changed", "content": {EVENT_STREAM: {}}}
}


class LiveEntryOut(LedgerEntryOut):
    """An entry of the ledger with the heading of its section."""

    title: str


class PilotOut(BaseModel):
    """A pilot.  size: as it was begun; called: people called so far; left: those who wait for its end."""

    size: int
    called: int
    left: int
    over: bool


class TitledOut(BaseModel):
    """A count with its words."""

    code: str
    title: str
    count: int


class ValueOut(BaseModel):
    """An answer and how many calls gave it."""

    value: str
    label: str
    count: int


class BarOut(BaseModel):
    """Answers from `low` on and before `high`, both included where they are the same."""

    low: float
    high: float
    count: int


class DayOut(BaseModel):
    """How many answered with this date."""

    day: dt.date
    count: int


class QuestionOut(BaseModel):
    """A question of the scenario.  kind: choice, number, money, date, text, voice.  asked: the person answers it.

    title: the node's, else what is asked; text: what is asked, in `node`.  scale: marks of a scale, all of them among
    values.  mean, median: of numbers, and of the seconds of answers by voice; bars: how they are spread.  days: of
    dates.
    """

    name: str
    node: str
    title: str
    text: str
    kind: str
    scale: bool
    asked: bool
    total: int
    values: list[ValueOut]
    mean: float | None
    median: float | None
    bars: list[BarOut]
    days: list[DayOut]


class CauseOut(BaseModel):
    """Why calls were not answered.  code: as the switch says it; trouble: somebody should look at it."""

    code: str
    count: int
    title: str
    advice: str
    trouble: bool


class LiveOut(BaseModel):
    """A campaign at one moment.  contacts = done + calling + preparing + waiting; now: campaign time.

    entries: the ledger, why nobody else is called.  attempts, answered, outcomes, questions, causes: of calls.
    pace: calls begun per second of late.  dialers: that live.  left: calls that are not counted yet, as in results.
    """

    id: int
    name: str
    state: str
    state_words: str
    held: str | None
    virtual: bool
    now: Moment
    zone: str
    headline: str
    entries: list[LiveEntryOut]
    contacts: int
    refused_rows: int
    done: int
    reached: int
    calling: int
    talking: int
    preparing: int
    waiting: int
    pilot: PilotOut | None
    pace: float
    attempts: int
    answered: int
    talk_s: float
    left: int
    outcomes: list[TitledOut]
    questions: list[QuestionOut]
    causes: list[CauseOut]
    dialers: int


@blueprint.get("/<int:campaign_id>/live")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.output(LiveOut)
def show(campaign_id: int) -> dict[str, Any]:
    """Show a campaign at this moment."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
    return live_of(running(), kept(), campaign_id).to_json(language())


@blueprint.get("/<int:campaign_id>/live/events")
@allowed(Scope.CAMPAIGNS_READ)
@blueprint.doc(responses=_EVENTS)
def events(campaign_id: int) -> Response:
    """Stream a campaign: LiveOut as a server-sent event each time something has changed, about once a second."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        shape_of(conn, campaign_id)  # what is wrong is told while there is still a status to tell it by
    answer = Response(while_in(_told(hub().watch(campaign_id), language())), mimetype=EVENT_STREAM)
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy would hold events back
    return answer


def _told(states: Iterator[Told | None], language: str) -> Generator[str]:
    for state in states:
        yield SILENCE if state is None else event(state[language])


def hub() -> Hub[int, Told]:
    """That of campaigns: everybody who watches one is told the same, in two languages."""
    app, counts = running(), kept()

    def read(campaign_id: int) -> Told:
        to_json = live_of(app, counts, campaign_id).to_json
        return {language: json.dumps(to_json(language), ensure_ascii=False) for language in LANGUAGES}

    return hub_of("live", lambda: Hub(read, gone=(NoResultFound, VersionUnreadable), every_s=EVERY_S, share=SHARE))
