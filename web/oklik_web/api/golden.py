"""Golden runs of scenarios: calls that were looked at and found right, played again with what stands there now."""

from apiflask import APIBlueprint

from oklik.campaigns import simulations
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.judging import document_of, read
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.simulation_shapes import GoldenMadeOut, GoldenOut, GoldenRunsOut, WhichIn
from oklik_web.words import language, said

blueprint = APIBlueprint("golden", __name__)


@blueprint.get("/scenarios/<int:scenario_id>/golden")
@allowed(Scope.SCENARIOS_READ)
@blueprint.input(WhichIn, location="query")
@blueprint.output(GoldenRunsOut)
def golden(scenario_id: int, query_data: WhichIn) -> GoldenRunsOut:
    """List the golden runs of a scenario, each played again with its draft or a version."""
    with running().engine.connect() as conn:
        document = document_of(conn, scenario_id, query_data.version)
        scenario = read(document)
        found = simulations.golden_runs(conn, scenario_id, scenario)
    spoken = language()
    runs = [
        GoldenOut(
            id=one.id,
            name=one.run.name,
            keys=one.run.keys,
            contact=one.run.contact,
            nodes=list(dict.fromkeys(step.node for step in one.run.steps)),
            ended=one.run.ended,
            saved_at=one.saved_at,
            by=one.by,
            same=not one.differences,
            differences=[told[spoken] for told in one.differences],
        )
        for one in found
    ]
    return GoldenRunsOut(runs=runs)


@blueprint.delete("/scenarios/<int:scenario_id>/golden/<int:golden_id>")
@allowed(Scope.SCENARIOS_WRITE)
@blueprint.output(GoldenMadeOut)
@changing
def forget(change: Change, scenario_id: int, golden_id: int) -> GoldenMadeOut:
    """Delete a golden run."""
    name = simulations.forget_golden(change.conn, scenario_id, golden_id)
    if name is None:
        raise Problem(404, said("no_golden", id=golden_id))
    change.note("scenarios.golden_removed", str(scenario_id), {"name": name})
    return GoldenMadeOut(id=golden_id)
