"""Ring my phone: a test call with a scenario's draft as it stands, or with the version that a campaign plays.

Without a campaign the draft is heard: its document of this moment, in a campaign of one that nobody sees
(campaigns.trial_calls).  Which phones are for tests says an administrator; the gate has its word as on any call.
"""

import datetime as dt

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import Connection

from oklik.campaigns import call_orders, scenario_drafts, scenario_list, trial_calls
from oklik.campaigns.call_orders import OrderRefused
from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import SettingsRefused
from oklik.campaigns.scenario_drafts import Draft
from oklik.campaigns.tester_phones import all_phones
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunks import TrunkRefused
from oklik.campaigns.which_switch import on_virtual_switch
from oklik.dialing.masking import masked
from oklik.dialing.orders import OrderKind
from oklik.dialing.zones import tzinfo
from oklik.reports.dialers import campaign_time, general_dialers
from oklik.reports.trial_calls import trial_seen
from oklik.scenario.columns import match
from oklik.scenario.document import Scenario
from oklik.scenario.exploring.contacts import built_contacts
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.faults import settings_problem
from oklik_web.judging import issues_out, judge, problems_out, recorded_names
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Id, Number, Words, number_of
from oklik_web.simulation_shapes import Values
from oklik_web.voices import voice_of
from oklik_web.words import language, said

blueprint = APIBlueprint("test_calls", __name__, url_prefix="/scenarios")


class TestCallIn(Body):
    """A test call.  phone: that rings, one of the phones for tests.

    campaign: what its version says is heard, with the first contact of its list; without it the draft is, as it stands.
    Of a draft: contact, values by column under any of its headings, or contact_id, of a list; without both an ordinary
    person.  revision: the draft that is meant, refused where there is a newer one.  trunk: by which line; any of them.
    """

    phone: Number
    campaign: Id | None = None
    contact: Values | None = None
    contact_id: Id | None = None
    revision: Id | None = None
    trunk: Words | None = None


class TestCallOut(BaseModel):
    """An order of a call (GET /scenarios/{id}/test-call/{order} says how it goes).

    campaign, version: of a call in a campaign; draft: it is the draft as it stands; revision: of it.
    """

    order: int
    campaign: int | None
    version: int | None
    draft: bool
    revision: int | None


class TestPhoneOut(BaseModel):
    """A phone for tests.  shown: name and masked number."""

    number: str
    shown: str


class TestCallOptionsOut(BaseModel):
    """What a test call can be made with.  virtual: nobody real is rung; dialer: one lives that would make the call."""

    phones: list[TestPhoneOut]
    trunks: list[str]
    virtual: bool
    dialer: bool


class TestAnswerOut(BaseModel):
    """What was keyed in at a step, and what it means."""

    node: str
    value: str
    title: str


class TestCallStateOut(BaseModel):
    """How a test call goes.

    state: asked, denied, claimed, done, expired, cancelled, failed; over: nothing more becomes of it.  sentence: the
    gate's word, or what it waits for; fault: our own failure.  leg: intent, sent, ringing, answered, final.  node: the
    step that is heard; path: all so far.  outcome: at the end, as of any call; ended_by: who hung up; cause: the
    line's word where nobody answered.
    """

    order: int
    state: str
    over: bool
    sentence: str | None
    fault: str | None
    leg: str | None
    node: str | None
    path: list[str]
    answers: list[TestAnswerOut]
    outcome: str | None
    outcome_title: str | None
    ended_by: str | None
    cause: str | None
    talk_s: float | None


@blueprint.get("/<int:scenario_id>/test-call")
@allowed(Scope.CALLS_WRITE)
@blueprint.output(TestCallOptionsOut)
def options(scenario_id: int) -> TestCallOptionsOut:
    """Say which phones may be rung and by which lines."""
    with running().engine.connect() as conn:
        _check(conn, scenario_id)
        now = running().clock.now()
        virtual = on_virtual_switch(conn, now)
        phones = [
            TestPhoneOut(number=one.number, shown=f"{one.name} · {masked(one.number)}")
            for one in all_phones(conn)
            if getattr(one, "confirmed_at", now) is not None  # one that is only proposed does not ring
        ]
        trunks = run(conn, "SELECT name FROM trunk WHERE shared ORDER BY id").scalars()
        lives = any(one.alive for one in general_dialers(conn, now, virtual=virtual))
        return TestCallOptionsOut(phones=phones, trunks=list(trunks), virtual=virtual, dialer=lives)


@blueprint.post("/<int:scenario_id>/test-call")
@allowed(Scope.CALLS_WRITE)
@blueprint.output(TestCallOut)
@blueprint.input(TestCallIn)
@changing
def test_call(change: Change, scenario_id: int, json_data: TestCallIn) -> TestCallOut:
    """Order a test call.  409 where the draft is another one, has errors, or no line can be used."""
    _check(change.conn, scenario_id)
    number = number_of(json_data.phone, "phone")
    made = (_of_draft if json_data.campaign is None else _in_campaign)(change, scenario_id, json_data, number)
    told = {"order": made.order, "campaign": made.campaign, "revision": made.revision, "number": number}
    change.note("scenarios.test_call", str(scenario_id), told)
    return made


@blueprint.get("/<int:scenario_id>/test-call/<int:order_id>")
@allowed(Scope.CALLS_READ)
@blueprint.output(TestCallStateOut)
def state(scenario_id: int, order_id: int) -> TestCallStateOut:
    """Say how a test call of the draft goes."""
    with running().engine.connect() as conn:
        return _state(conn, scenario_id, order_id)


@blueprint.post("/<int:scenario_id>/test-call/<int:order_id>/cancel")
@allowed(Scope.CALLS_WRITE)
@blueprint.output(TestCallStateOut)
@changing
def cancel(change: Change, scenario_id: int, order_id: int) -> TestCallStateOut:
    """Take back a test call that is not dialed yet; one that is goes on."""
    _state(change.conn, scenario_id, order_id)
    if not call_orders.cancel(change.conn, order_id):
        raise Problem(409, said("order_too_late", id=order_id))
    change.note("calls.cancel", str(order_id), {})
    return _state(change.conn, scenario_id, order_id)


# -- the call ---------------------------------------------------------------------------------------------------


def _of_draft(change: Change, scenario_id: int, wanted: TestCallIn, number: str) -> TestCallOut:
    conn = change.conn
    draft = scenario_drafts.look(conn, scenario_id)
    if draft is None:
        raise Problem(404, said("no_draft", id=scenario_id))
    if wanted.revision is not None and wanted.revision != draft.revision:
        raise Problem(409, said("draft_newer", revision=draft.revision), field="revision")
    scenario = _sound(conn, draft)
    virtual = on_virtual_switch(conn, change.now)
    now = change.now
    if virtual and (seen := general_dialers(conn, change.now, virtual=True)):
        now = seen[0].now  # a rehearsal's clock is its own
    contact, zone = _contact(conn, scenario, wanted, now)
    trial = trial_calls.Trial(
        scenario_id=scenario_id,
        revision=draft.revision,
        document=draft.document,
        contact=contact,
        zone=zone,
        number=number,
        by=change.actor.who,
        office=running().settings.zone,
        virtual=virtual,
        trunks=(wanted.trunk,) if wanted.trunk else (),
    )
    try:
        made = trial_calls.ring(conn, trial, voice_of, now)
    except LaunchRefused as error:
        raise Problem(409, error.text) from None
    except TrunkRefused as error:
        raise Problem(422, error.text, field="trunk") from None
    except SettingsRefused as error:
        raise settings_problem(error, "trunk") from None
    return TestCallOut(order=made.order_id, campaign=None, version=None, draft=True, revision=draft.revision)


def _sound(conn: Connection, draft: Draft) -> Scenario:
    """The draft's scenario.  Raises Problem where it has errors."""
    found = judge(draft.document, recorded_names(conn))
    errors = [one for one in found.issues if one.severity == "error"]
    if found.scenario is None or errors:
        more = {
            "issues": [one.model_dump() for one in issues_out(errors)],
            "problems": [one.model_dump() for one in problems_out(found.problems)],
        }
        raise Problem(409, said("draft_unready", n=len(errors) + len(found.problems)), more=more)
    return found.scenario


def _contact(
    conn: Connection, scenario: Scenario, wanted: TestCallIn, now: dt.datetime
) -> tuple[dict[str, str], str | None]:
    """The values that are spoken, by the scenario's columns, and the zone that the list names.  Raises Problem."""
    if wanted.contact is not None and wanted.contact_id is not None:
        raise Problem(422, said("one_of", names="contact, contact_id"), field="contact")
    given, zone = wanted.contact, None
    if wanted.contact_id is not None:
        row = run(conn, "SELECT fields, zone FROM contact WHERE id = :id", id=wanted.contact_id).first()
        if row is None:
            raise Problem(422, said("no_contact", id=wanted.contact_id), field="contact_id")
        zone = row.zone
        given = {str(name): "" if value is None else str(value) for name, value in row.fields.items()}
    if given is None:
        here = now.astimezone(tzinfo(running().settings.zone))
        return dict(built_contacts(scenario, scenario.languages[0], here.date())[0]), None
    spoken = {name: given[header] for name, header in match(scenario, list(given), lenient=True).items()}
    return {name: spoken.get(name, "") for name in scenario.columns}, zone


def _in_campaign(change: Change, scenario_id: int, wanted: TestCallIn, number: str) -> TestCallOut:
    conn = change.conn
    found = run(
        conn,
        """SELECT c.id, v.number, v.draft_revision
           FROM campaign c JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE v.scenario_id = :scenario AND c.state IN ('draft', 'running', 'paused') AND c.id = :campaign""",
        scenario=scenario_id,
        campaign=wanted.campaign,
    ).first()
    if found is None:
        raise Problem(422, said("no_campaign", id=wanted.campaign or "—"), field="campaign")
    try:
        meant = call_orders.meant(conn, OrderKind.TEST, found.id, change.actor.who, None, number, "")
    except OrderRefused as error:
        raise Problem(409, error.text) from None
    made = call_orders.order(conn, meant, campaign_time(conn, found.id, change.now))
    draft = scenario_drafts.look(conn, scenario_id)
    same = draft is not None and draft.revision == (found.draft_revision or 0)
    return TestCallOut(order=made, campaign=found.id, version=found.number, draft=same, revision=found.draft_revision)


# -- how it goes ------------------------------------------------------------------------------------------------


def _state(conn: Connection, scenario_id: int, order_id: int) -> TestCallStateOut:
    seen = None
    if scenario_id < 2**63 and order_id < 2**63 and trial_calls.order_of(conn, scenario_id, order_id):
        seen = call_orders.look(conn, order_id)
    if seen is None:
        raise Problem(404, said("no_order", id=order_id))
    call = trial_seen(conn, order_id, language())
    return TestCallStateOut(
        order=order_id,
        state=seen.state,
        over=seen.over,
        sentence=None if seen.rule == "allowed" else seen.sentence(language()),
        fault=seen.fault,
        leg=seen.leg,
        node=call.path[-1] if call.path and not seen.over else None,
        path=list(call.path),
        answers=[TestAnswerOut(node=one.node, value=one.value, title=one.title) for one in call.answers],
        outcome=call.outcome,
        outcome_title=call.outcome_title,
        ended_by=call.ended_by,
        cause=call.cause,
        talk_s=call.talk_s,
    )


def _check(conn: Connection, scenario_id: int) -> None:
    if scenario_id >= 2**63 or scenario_list.scenario_name(conn, scenario_id) is None:
        raise Problem(404, said("no_scenario", id=scenario_id))
