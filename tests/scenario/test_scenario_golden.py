"""The golden runs beside the ready scenarios: contact, date and keys give these nodes, prompts and answers."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from oklik.scenario.check import check, describe
from oklik.scenario.document import from_json, load_file, to_json
from oklik.scenario.prompts import all_prompts
from oklik.scenario.simulate import simulate

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("*/golden/*.yaml"))
READY = sorted(path for path in SCENARIOS.glob("*/*.yaml") if path.parent.name != "examples")


class Plain(yaml.SafeDumper):
    """Writes equal values out each time: anchors are hard to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def played(path: Path, run: dict[str, Any]) -> dict[str, Any]:
    scenario = load_file(path.parents[1] / path.name)
    today = dt.date.fromisoformat(run["today"])
    lines = list(simulate(scenario, run["contact"], run["keys"], today))
    ready = {part.text for part in all_prompts(scenario, run["contact"], today)}
    steps = []
    for line in lines:
        asked = line["instruction"] or {}
        assert {part["text"] for part in (*asked.get("parts", ()), *asked.get("waiting", ()))} <= ready
        step = {"node": line["node"], "prompt": line["prompt"]}
        steps.append({key: value for key, value in (step | {"exit": line["exit"]}).items() if value})
    return {**run, "steps": steps, "answers": lines[-1]["answers"], "ended": lines[-1]["ended"]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_golden_runs(path: Path, update_golden: bool) -> None:
    head = "".join(line for line in path.read_text().splitlines(keepends=True) if line.startswith("#"))
    runs = yaml.safe_load(path.read_text())
    heard = [played(path, run) for run in runs]
    if update_golden:
        path.write_text(head + yaml.dump(heard, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110))
    for run, now in zip(runs, heard, strict=True):
        assert update_golden or run == now, run["name"]


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_ready_scenarios_have_no_issues_and_golden_runs(path: Path) -> None:
    scenario = load_file(path)
    assert [describe(issue) for issue in check(scenario)] == []
    assert from_json(to_json(scenario)) == scenario
    assert path.parent / "golden" / path.name in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_golden_runs_come_to_every_node(path: Path) -> None:
    scenario = load_file(path.parents[1] / path.name)
    seen = set()
    for run in yaml.safe_load(path.read_text()):
        for line in simulate(scenario, run["contact"], run["keys"], dt.date.fromisoformat(run["today"])):
            seen |= {line["node"]} | {fact["node"] for fact in line["facts"]}
    assert seen == set(scenario.nodes)
