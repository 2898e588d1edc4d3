"""Ring my phone: a test call of a scenario, ordered in a campaign that plays it.

A call needs a trunk, a caller id, speech made beforehand and the gate's word, and all of them belong to a campaign; so
the newest campaign of the scenario that is not over is taken.  What is heard is the version that the campaign plays.
"""

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik.campaigns import call_orders, drafts, scenario_list
from oklik.campaigns.call_orders import OrderRefused
from oklik.campaigns.rows import run
from oklik.campaigns.tokens import Scope
from oklik.dialing.orders import OrderKind
from oklik.reports.dialers import campaign_time
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.shapes import Body, Id, Number, number_of
from oklik_web.words import said

blueprint = APIBlueprint("test_calls", __name__, url_prefix="/scenarios")


class TestCallIn(Body):
    """A test call.  phone: that rings, one of the phones for tests; campaign: by default the newest of the scenario."""

    phone: Number
    campaign: Id | None = None


class TestCallOut(BaseModel):
    """An order of a call (GET /calls/{order} says how it stands).

    version: that will be heard; draft: it is the draft as it stands.
    """

    order: int
    campaign: int
    version: int
    draft: bool


@blueprint.post("/<int:scenario_id>/test-call")
@allowed(Scope.CALLS_WRITE)
@blueprint.output(TestCallOut)
@blueprint.input(TestCallIn)
@changing
def test_call(change: Change, scenario_id: int, json_data: TestCallIn) -> TestCallOut:
    """Order a test call.  409 where no campaign plays the scenario."""
    conn, wanted = change.conn, json_data
    if scenario_id >= 2**63 or scenario_list.scenario_name(conn, scenario_id) is None:
        raise Problem(404, said("no_scenario", id=scenario_id))
    number = number_of(wanted.phone, "phone")
    found = run(
        conn,
        """SELECT c.id, v.number, v.draft_revision
           FROM campaign c JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE v.scenario_id = :scenario AND c.state IN ('draft', 'running', 'paused')
             AND (CAST(:campaign AS bigint) IS NULL OR c.id = :campaign)
           ORDER BY v.number DESC, c.id DESC LIMIT 1""",
        scenario=scenario_id,
        campaign=wanted.campaign,
    ).first()
    if found is None:
        raise Problem(409, said("no_test_campaign"))
    try:
        meant = call_orders.meant(conn, OrderKind.TEST, found.id, change.actor.who, None, number, "")
    except OrderRefused as error:
        raise Problem(409, error.text) from None
    made = call_orders.order(conn, meant, campaign_time(conn, found.id, change.now))
    change.note("scenarios.test_call", str(scenario_id), {"order": made, "campaign": found.id, "number": number})
    draft = drafts.look(conn, scenario_id)
    same = draft is not None and draft.revision == (found.draft_revision or 0)
    return TestCallOut(order=made, campaign=found.id, version=found.number, draft=same)
