"""Calls that are tried out without a phone: begun with a contact, moved step by step, heard, kept as golden runs.

Nothing runs between two requests: a call is played from its beginning by what was done in it, so any web process
answers.  It is forgotten after a day.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from apiflask import APIBlueprint
from flask import Response
from sqlalchemy import Connection

from oklik.campaigns import scenario_list, simulations
from oklik.campaigns.rows import run
from oklik.campaigns.simulations import GoldenRefused, Simulation
from oklik.campaigns.tokens import Scope
from oklik.dialing.calendars import is_holiday
from oklik.dialing.zones import tzinfo
from oklik.reports.words import disposition_names
from oklik.scenario.columns import match
from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.exploring.contacts import built_contacts
from oklik.scenario.flow import Hook, Request, Transfer
from oklik.scenario.moves import MoveRefused, moved
from oklik.scenario.prompts import speaks_personal
from oklik.scenario.spoken import join
from oklik.scenario.trying import Begun, Said, State, brief, golden_keys, play_out, whisper_of
from oklik_web.access import accepts, allowed, asker
from oklik_web.changing import Change, changing
from oklik_web.judging import JSON, SCENARIO_BYTES, document_of, keepable, read
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.simulation_shapes import (
    BeginIn,
    EventIn,
    GoldenIn,
    GoldenMadeOut,
    MovedOut,
    MoveIn,
    OptionOut,
    SaidOut,
    SimulationOut,
    StateOut,
)
from oklik_web.speaking import NoSpeech, speaker
from oklik_web.words import language, said

blueprint = APIBlueprint("simulations", __name__)

WAV = "audio/wav"
WAV_DOC: dict[int | str, Any] = {200: {"description": "A wav, 8 kHz mono", "content": {WAV: {}}}}


@blueprint.post("/simulations")
@allowed(Scope.SCENARIOS_READ)
@accepts(JSON, SCENARIO_BYTES)
@blueprint.input(BeginIn)
@blueprint.output(SimulationOut)
@changing
def begin(change: Change, json_data: BeginIn) -> SimulationOut:
    """Begin a call."""
    wanted = json_data
    change.noted = True  # nothing of it outlives the day
    document = _wanted_document(change.conn, wanted)
    scenario = read(document)
    begun = _begun(change.conn, wanted, scenario, change.now)
    made = simulations.begin(change.conn, document, wanted.scenario, begun, change.now)
    return SimulationOut(id=made.id, state=_state(made, play_out(made.scenario, begun, ())))


@blueprint.get("/simulations/<simulation_id>")
@allowed(Scope.SCENARIOS_READ)
@blueprint.output(SimulationOut)
def show(simulation_id: str) -> SimulationOut:
    """Say how a call stands."""
    with running().engine.connect() as conn:
        found = _find(conn, simulation_id)
    return SimulationOut(id=found.id, state=_state(found, play_out(found.scenario, found.begun, found.moves)))


@blueprint.post("/simulations/<simulation_id>/events")
@allowed(Scope.SCENARIOS_READ)
@blueprint.input(MoveIn)
@blueprint.output(MovedOut)
@changing
def move(change: Change, simulation_id: str, json_data: MoveIn) -> MovedOut:
    """Let something happen in a call.  409 where that is not possible now."""
    change.noted = True
    found = _find(change.conn, simulation_id, lock=True)
    event = _event(json_data.event)
    state = play_out(found.scenario, found.begun, found.moves)
    try:
        begun, moves = moved(found.scenario, found.begun, found.moves, state, event)
    except MoveRefused as error:
        raise Problem(409, error.text, field="event.kind") from None
    simulations.go_on(change.conn, found.id, begun, moves)
    after = Simulation(
        id=found.id, scenario_id=found.scenario_id, scenario=found.scenario, begun=begun, moves=tuple(moves)
    )
    return MovedOut(state=_state(after, play_out(found.scenario, begun, moves)))


@blueprint.get("/simulations/<simulation_id>/said/<int:n>")
@allowed(Scope.SCENARIOS_READ)
@blueprint.doc(responses=WAV_DOC)
def hear(simulation_id: str, n: int) -> Response:
    """Give the sound of a text of the call: 0 is the first."""
    with running().engine.connect() as conn:
        found = _find(conn, simulation_id)
    state = play_out(found.scenario, found.begun, found.moves)
    if n >= len(state.said) or state.said[n].recording:
        raise Problem(404, said("no_said", n=n))
    scenario = found.scenario
    return wav_answer(state.said[n], scenario)


def wav_answer(one: Said, scenario: Scenario) -> Response:
    """The sound of a text of a scenario.  Raises Problem."""
    try:
        sound = speaker().wav(one.parts, scenario.languages, personal=speaks_personal(scenario))
    except NoSpeech as error:
        raise Problem(409, error.text) from None
    return Response(sound, mimetype=WAV)


@blueprint.post("/simulations/<simulation_id>/golden")
@allowed(Scope.SCENARIOS_WRITE)
@blueprint.input(GoldenIn)
@blueprint.output(GoldenMadeOut)
@changing
def keep(change: Change, simulation_id: str, json_data: GoldenIn) -> GoldenMadeOut:
    """Keep a call as a golden run; one of the same name is replaced.  Whoever is silent now is so to the end."""
    found = _find(change.conn, simulation_id)
    scenario_id = json_data.scenario or found.scenario_id
    if scenario_id is None or scenario_list.scenario_name(change.conn, scenario_id) is None:
        raise Problem(422, said("no_scenario", id=scenario_id or "—"), field="scenario")
    try:
        made = simulations.keep_golden(change.conn, found, scenario_id, json_data.name, change.actor.who, change.now)
    except GoldenRefused as error:
        raise Problem(422, error.text) from None
    except PromptError as error:
        raise Problem(422, {code: error.describe(code) for code in ("ru", "en")}) from None
    change.note("scenarios.golden", str(scenario_id), {"name": json_data.name})
    return GoldenMadeOut(id=made)


# -- what a call begins with ------------------------------------------------------------------------------------


def _wanted_document(conn: Connection, wanted: BeginIn) -> dict[str, Any]:
    if wanted.document is None and wanted.scenario is None:
        raise Problem(422, said("one_of", names="document, scenario"), field="document")
    if wanted.document is not None:  # of a scenario too: it may not be saved yet
        keepable(wanted.document)
        return wanted.document
    assert wanted.scenario is not None
    return document_of(conn, wanted.scenario, wanted.version)


def _begun(conn: Connection, wanted: BeginIn, scenario: Scenario, now: dt.datetime) -> Begun:
    spoken = wanted.language or scenario.languages[0]
    if spoken not in scenario.languages:
        raise Problem(422, said("not_spoken", given=spoken, known=", ".join(scenario.languages)), field="language")
    at = wanted.now or now.astimezone(tzinfo(running().settings.zone))
    at = at.replace(tzinfo=None, second=0, microsecond=0)
    if not 1900 < at.year < 2200:
        raise Problem(422, said("too_far"), field="now")
    if wanted.contact is not None:
        contact = _by_column(scenario, wanted.contact)
    elif wanted.contact_id is not None:
        contact = _by_column(scenario, _fields(conn, wanted.contact_id))
    else:
        contact = built_contacts(scenario, spoken, at.date())[0]
    return Begun(contact=contact, language=spoken, now=at, holiday=is_holiday(at.date()), who=wanted.seed or "")


def _by_column(scenario: Scenario, given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[header] for name, header in match(scenario, list(given), lenient=True).items()}


def _fields(conn: Connection, contact_id: int) -> dict[str, str]:
    """The cells of a contact, for who may read lists.  Raises Problem."""
    if Scope.LISTS_READ not in asker().scopes:
        key = "no_scope" if asker().kind == "token" else "no_right"
        raise Problem(403, said(key, name=asker().name, scope=Scope.LISTS_READ), field="contact_id")
    row = run(
        conn,
        """SELECT c.fields FROM contact c JOIN contact_list l ON l.id = c.list_id AND l.deleted_at IS NULL
           WHERE c.id = :id""",
        id=contact_id,
    ).first()
    if row is None:
        raise Problem(422, said("no_contact", id=contact_id), field="contact_id")
    return {str(name): "" if value is None else str(value) for name, value in row.fields.items()}


def _find(conn: Connection, simulation_id: str, *, lock: bool = False) -> Simulation:
    found = simulations.find(conn, simulation_id, lock=lock) if simulation_id.isascii() else None
    if found is None:
        raise Problem(404, said("no_simulation"))
    return found


def _event(given: EventIn) -> dict[str, Any]:
    """The event, with what belongs to its kind.  Raises Problem."""
    if given.kind == "key" and given.keys is None:
        raise Problem(422, said("event_wants", kind="key", name="keys"), field="event.keys")
    event = given.model_dump(exclude={"to"})
    if given.kind == "clock":
        if given.to is None or not 1900 < given.to.year < 2200:
            raise Problem(422, said("event_wants", kind="clock", name="to"), field="event.to")
        now = given.to.replace(tzinfo=None, second=0, microsecond=0)
        event |= {"now": now, "holiday": is_holiday(now.date())}
    return event


# -- how it stands ----------------------------------------------------------------------------------------------


def _state(found: Simulation, state: State) -> StateOut:
    spoken, session = language(), state.session
    asked = state.asked
    facts = [one for one in brief_facts(state) if one["type"] not in {"entered", "left"}]
    return StateOut(
        node=asked.node if asked is not None else (state.path[-1] if state.path else None),
        said=[_said(found, n, state.said[n]) for n in range(state.since, len(state.said))],
        whisper=join(whisper_of(asked)),
        instruction=dict(told) if (told := brief(asked)) is not None else None,
        variables=dict(session.variables) if session else {},
        contact=dict(session.contact) if session else dict(found.begun.contact),
        language=session.language if session else found.begun.language,
        now=f"{session.today}T{session.time}" if session else f"{found.begun.now:%Y-%m-%dT%H:%M}",
        facts=facts,
        path=list(state.path),
        typed=state.typed,
        over=state.over,
        outcome=state.outcome,
        outcome_title=disposition_names(spoken).get(state.outcome, state.outcome) if state.outcome else None,
        fault=state.fault[spoken] if state.fault else None,
        accepts=list(state.accepts),
        keys=getattr(asked, "allowed", "") or getattr(asked, "leave_key", None) or "",
        outcomes=_outcomes(found.scenario, state, spoken),
        wanted=list(asked.wanted) if isinstance(asked, Request | Hook) else [],
        events=golden_keys(found.moves),
    )


def brief_facts(state: State) -> list[dict[str, Any]]:
    """The facts as JSON."""
    return [msgspec.to_builtins(fact) for fact in state.facts]


def _said(found: Simulation, n: int, one: Said) -> SaidOut:
    audio = None if one.recording else f"/api/v1/simulations/{found.id}/said/{n}"
    return SaidOut(node=one.node, text=join(one.parts), audio=audio)


def _outcomes(scenario: Scenario, state: State, spoken: str) -> list[OptionOut]:
    """The ends of a transfer or of a plug-in, as its node calls them."""
    if not isinstance(state.asked, Transfer | Hook):
        return []
    exits = scenario.nodes[state.asked.node].exits()
    if isinstance(state.asked, Transfer) and state.asked.leave_key is None:
        exits = tuple(one for one in exits if one.name != "left")
    return [OptionOut(code=one.name, title=one.title[spoken]) for one in exits]
