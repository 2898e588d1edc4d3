"""What the organisation calls the outcomes of calls: on live pages, in results, on contacts' cards and in reports."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import after_this_request
from pydantic import BaseModel, Field

from oklik.campaigns import outcome_names
from oklik.campaigns.outcome_names import NameRefused
from oklik.campaigns.tokens import Scope
from oklik.reports import words
from oklik_web import outcomes
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body

blueprint = APIBlueprint("outcomes", __name__, url_prefix="/outcomes")

OutcomeCode = Annotated[str, Field(min_length=1, max_length=40, examples=["no_answer"])]
OwnNameText = Annotated[str, Field(max_length=outcome_names.MOST)]


class OutcomeNameIn(Body):
    """Names of an outcome in Russian and English; "" is the standard one."""

    outcome: OutcomeCode
    ru: OwnNameText = ""
    en: OwnNameText = ""


class OutcomeRestoreIn(Body):
    """An outcome that gets its standard names again."""

    outcome: OutcomeCode


class OutcomeNameOut(BaseModel):
    """An outcome.  ru, en: as it is called; standard_ru, standard_en: without names of our own."""

    outcome: str
    ru: str
    en: str
    standard_ru: str
    standard_en: str
    own: bool


class OutcomeNamesOut(BaseModel):
    """All outcomes."""

    outcomes: list[OutcomeNameOut]


@blueprint.get("")
@allowed(Scope.OUTCOMES_READ)
@blueprint.output(OutcomeNamesOut)
def show() -> OutcomeNamesOut:
    """List the outcomes and what they are called."""
    with running().engine.connect() as conn:
        return OutcomeNamesOut(outcomes=told(outcome_names.pairs(conn)))


@blueprint.post("/name")
@allowed(Scope.OUTCOMES_WRITE)
@blueprint.input(OutcomeNameIn)
@blueprint.output(OutcomeNamesOut)
@changing
def name(change: Change, json_data: OutcomeNameIn) -> OutcomeNamesOut:
    """Call an outcome something else; calls and their meaning stay as they are."""
    renamed(change, json_data.outcome, json_data.ru, json_data.en)
    return OutcomeNamesOut(outcomes=told(outcome_names.pairs(change.conn)))


@blueprint.post("/restore")
@allowed(Scope.OUTCOMES_WRITE)
@blueprint.input(OutcomeRestoreIn)
@blueprint.output(OutcomeNamesOut)
@changing
def restore(change: Change, json_data: OutcomeRestoreIn) -> OutcomeNamesOut:
    """Give an outcome its standard names again."""
    restored(change, json_data.outcome)
    return OutcomeNamesOut(outcomes=told(outcome_names.pairs(change.conn)))


# -- what pages do, too -----------------------------------------------------------------------------------------


def renamed(change: Change, outcome: str, ru: str, en: str) -> None:
    """Keep names.  Raises Problem."""
    standard = words.standard_names()
    try:
        outcome_names.rename(change.conn, outcome, ru, en, standard, change.actor.who, change.now)
    except NameRefused as error:
        raise Problem(422, error.text, field=error.field) from None
    change.note("outcomes.name", outcome, {"ru": ru, "en": en})
    _forget()


def restored(change: Change, outcome: str) -> None:
    """Give standard names back.  Raises Problem: another outcome has taken the name meanwhile."""
    renamed(change, outcome, "", "")


def told(own: words.Own) -> list[OutcomeNameOut]:
    """Give all outcomes in the order of lists."""
    found = []
    for code, (ru, en) in words.standard_names().items():
        own_ru, own_en = own.get(code, ("", ""))
        mine = bool(own_ru or own_en)
        found.append(
            OutcomeNameOut(outcome=code, ru=own_ru or ru, en=own_en or en, standard_ru=ru, standard_en=en, own=mine)
        )
    return found


def _forget() -> None:
    """Once the change is committed."""

    @after_this_request
    def forget(response: object) -> object:
        outcomes.changed()
        return response
