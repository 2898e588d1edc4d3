"""The scenario of a campaign as results show it: its nodes in the order of a call, its questions and their answers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from oklik.reports.results import Counts
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.paths import in_order
from oklik.scenario.questions import Question, questions


class Shape(msgspec.Struct, frozen=True):
    """What results need of a scenario.  version: its number; title: of the scenario."""

    name: str
    version: int
    scenario: Any
    questions: tuple[Question, ...]

    def title(self, sentence: Mapping[str, str], language: str) -> str:
        """Give a sentence of the scenario in this language, or in one that it has."""
        return str(sentence.get(language) or next(iter(sentence.values()), ""))

    def answers(self, counted: Mapping[str, Mapping[str, int]], language: str) -> list[dict[str, Any]]:
        """Give every question in the order of a call with its answers and how many gave each."""
        told = []
        for question in self.questions:
            given = dict(counted.get(question.name, {}))
            total = sum(given.values())
            if question.kind == "voice":  # seconds are no distribution
                given = {}
            values = [
                {"value": value, "label": self.title(label, language), "count": given.pop(value, 0)}
                for value, label in question.options.items()
            ]
            rest = sorted(given.items(), key=lambda item: (-item[1], item[0]))
            values += [{"value": value, "label": value, "count": n} for value, n in rest[:30]]
            if more := sum(n for _, n in rest[30:]):
                values.append({"value": "…", "label": "…", "count": more})
            told.append(
                {
                    "name": question.name,
                    "title": self.title(question.title, language),
                    "kind": question.kind,
                    "asked": question.asked,
                    "total": total,
                    "values": values,
                }
            )
        return told

    def funnel(self, counts: Counts, language: str) -> list[dict[str, Any]]:
        """Give every node that a call can reach, in order: how many came, left by which exit, hung up, and when."""
        spoken: Scenario = self.scenario
        told = []
        for name in in_order(spoken):
            node, counted = spoken.nodes[name], counts.nodes.get(name)
            seconds = {} if counted is None else {int(second): n for second, n in counted.hung_up.items()}
            gone = sum(seconds.values())
            told.append(
                {
                    "node": name,
                    "kind": node.kind,
                    "kind_title": node.kind_title[language],
                    "entered": 0 if counted is None else counted.entered,
                    "exits": [
                        {
                            "exit": one,
                            "to": spoken.chart.ways[name].get(one),
                            "count": 0 if counted is None else counted.exits.get(one, 0),
                        }
                        for one in spoken.chart.ways[name]
                    ],
                    "ended": 0 if counted is None else counted.ended,
                    "hung_up": gone,
                    "hung_up_second": _middle(seconds, gone),
                    "seconds": [{"second": second, "count": n} for second, n in sorted(seconds.items())],
                }
            )
        return told


def _middle(seconds: Mapping[int, int], gone: int) -> int | None:
    """The second by which half of those who hung up are gone."""
    seen = 0
    for second, n in sorted(seconds.items()):
        seen += n
        if 2 * seen >= gone:
            return second
    return None


@lru_cache(maxsize=64)
def _shape(version_id: int, name: str, number: int, document: bytes) -> Shape:  # noqa: ARG001  a key
    scenario = from_json(msgspec.json.decode(document))
    return Shape(name, number, scenario, tuple(questions(scenario)))


def shape_of(conn: Connection, campaign_id: int) -> Shape:
    """Give the shape of a campaign's scenario.  Raises NoResultFound."""
    row = conn.execute(
        text(
            """SELECT v.id, s.name, v.number, v.document FROM campaign c
               JOIN scenario_version v ON v.id = c.scenario_version_id JOIN scenario s ON s.id = v.scenario_id
               WHERE c.id = :id"""
        ),
        {"id": campaign_id},
    ).one()
    return _shape(row.id, row.name, row.number, msgspec.json.encode(row.document))
