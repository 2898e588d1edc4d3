"""The questions of a scenario as a report shows them: headings, and the labels of the answers."""

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Question
from oklik.scenario.paths import in_order

__all__ = ["Question", "questions"]


def questions(scenario: Scenario) -> list[Question]:
    """Every question in the order a call asks them; one asked at several nodes is one question with all its options."""
    found: dict[str, Question] = {}
    for name in in_order(scenario):
        for asked in scenario.nodes[name].questions(name, scenario.languages):
            _add(found, asked)
    return list(found.values())


def _add(found: dict[str, Question], asked: Question) -> None:
    known = found.get(asked.name)
    if known is None:
        found[asked.name] = asked
    else:
        merged = {**asked.options, **known.options} if known.kind == asked.kind else {}
        order = {value: merged[value] for value in (*known.options, *asked.options) if value in merged}
        kind = known.kind if known.kind == asked.kind else "number"
        found[asked.name] = Question(
            name=known.name,
            node=known.node,
            title=known.title,
            options=order,
            kind=kind,
            asked=known.asked or asked.asked,
        )
