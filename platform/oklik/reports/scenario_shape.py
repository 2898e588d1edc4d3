"""The scenario of a campaign as results show it: its nodes in the order of a call, its questions and their answers."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.versions import StoredVersion, stored_version
from oklik.reports.distribution import spread
from oklik.reports.results import Counts
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.fields import texts
from oklik.scenario.paths import in_order
from oklik.scenario.questions import Question, questions

MOST_VALUES = 30
_SLOT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)[^}]*\}\}")


class Shape(msgspec.Struct, frozen=True):
    """What results need of a scenario.  version: its number."""

    scenario_id: int
    name: str
    version: int
    scenario: Any
    questions: tuple[Question, ...]

    def title(self, sentence: Mapping[str, str], language: str) -> str:
        """Give a sentence of the scenario in this language, or in one that it has."""
        return str(sentence.get(language) or next(iter(sentence.values()), ""))

    def said(self, node: str, language: str) -> str:
        """Give what is said first in a node, with the names of values where they are put; "" for nothing."""
        spoken: Scenario = self.scenario
        phrase = next((one for one in spoken.nodes[node].phrases() if not one.agent), None)
        if phrase is None:
            return ""
        told = self.title(texts(phrase.text, spoken.languages), language)
        return _SLOT.sub(lambda slot: f"[{self._titled(slot[1], language)}]", told)

    def _titled(self, name: str, language: str) -> str:
        """The title of a column or variable."""
        spoken: Scenario = self.scenario
        declared = spoken.columns.get(name) or spoken.variables.get(name)
        title = getattr(declared, "title", None)
        return self.title(texts(title, spoken.languages), language) or name if title else name

    def node_title(self, node: str, language: str) -> str:
        """Give the title that the author gave a node, else what its kind is called."""
        spoken: Scenario = self.scenario
        found = spoken.nodes[node]
        title = self.title(texts(found.title, spoken.languages), language) if found.title else ""
        return title or found.kind_title[language]

    def question_title(self, question: Question, language: str) -> str:
        """Give the title of the question's node, else what is asked."""
        title = self.title(question.title, language)
        return (self.said(question.node, language) or title) if title == question.name else title

    def exit_title(self, node: str, name: str, language: str) -> str:
        """Give the words of an exit: of a key its own, «1 · Да»."""
        spoken: Scenario = self.scenario
        found = spoken.nodes.get(node)
        if found is None:
            return name
        titles = {one.name: one.title[language] for one in found.exits()}
        options = getattr(found, "options", None)
        if isinstance(options, Mapping):
            told = [
                f"{key} · {self.title(texts(one.label, spoken.languages), language)}" if one.label else str(key)
                for key, one in options.items()
                if getattr(one, "exit", None) == name
            ]
            if told:
                return ", ".join(told)
        return titles.get(name, name)

    def answers(self, counted: Mapping[str, Mapping[str, int]], language: str) -> list[dict[str, Any]]:
        """Give every question in the order of a call with its answers and how many gave each.

        title: the node's, else what is asked; text: what is asked.
        """
        told = []
        for question in self.questions:
            given = dict(counted.get(question.name, {}))
            spreads = spread(question.kind, given, scale=bool(question.options))
            total = sum(given.values())
            if question.kind == "voice":  # seconds are no answers
                given = {}
            values = [
                {"value": value, "label": self.title(label, language), "count": given.pop(value, 0)}
                for value, label in question.options.items()
            ]
            rest = sorted(given.items(), key=lambda item: (-item[1], item[0]))
            values += [{"value": value, "label": value, "count": n} for value, n in rest[:MOST_VALUES]]
            if more := sum(n for _, n in rest[MOST_VALUES:]):
                values.append({"value": "…", "label": "…", "count": more})
            told.append(
                {
                    "name": question.name,
                    "node": question.node,
                    "title": self.question_title(question, language),
                    "text": self.said(question.node, language),
                    "kind": question.kind,
                    "scale": question.kind == "number" and bool(question.options),
                    "asked": question.asked,
                    "total": total,
                    "values": values,
                    "mean": spreads.mean,
                    "median": spreads.median,
                    "bars": [msgspec.structs.asdict(one) for one in spreads.bars],
                    "days": [{"day": day, "count": n} for day, n in spreads.days],
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
            lengths = {} if counted is None else {int(length): n for length, n in counted.prompts.items()}
            gone = sum(seconds.values())
            told.append(
                {
                    "node": name,
                    "title": self.node_title(name, language),
                    "text": self.said(name, language),
                    "kind": node.kind,
                    "kind_title": node.kind_title[language],
                    "entered": 0 if counted is None else counted.entered,
                    "exits": [
                        {
                            "exit": one,
                            "title": self.exit_title(name, one, language),
                            "to": spoken.chart.ways[name].get(one),
                            "count": 0 if counted is None else counted.exits.get(one, 0),
                        }
                        for one in spoken.chart.ways[name]
                    ],
                    "ended": 0 if counted is None else counted.ended,
                    "hung_up": gone,
                    "hung_up_second": _middle(seconds, gone),
                    "waited": 0 if counted is None else counted.waited,
                    "prompt_s": _middle(lengths, sum(lengths.values())),
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
def _shape(scenario_id: int, stored: StoredVersion) -> Shape:
    scenario = stored.scenario()
    return Shape(scenario_id, stored.name, stored.number, scenario, tuple(questions(scenario)))


def shape_of(conn: Connection, campaign_id: int, version: int | None = None) -> Shape:
    """Give the shape of a campaign's scenario, or of another version of it.

    Raises NoResultFound, VersionUnreadable.
    """
    found = conn.execute(
        text(
            """SELECT v.id FROM campaign c JOIN scenario_version own ON own.id = c.scenario_version_id
               JOIN scenario_version v ON v.scenario_id = own.scenario_id
                   AND v.number = coalesce(CAST(:version AS integer), own.number)
               WHERE c.id = :id"""
        ),
        {"id": campaign_id, "version": version},
    ).scalar_one()
    return shape_at(conn, found)


def shape_at(conn: Connection, version_id: int) -> Shape:
    """Give the shape of a version.  Raises NoResultFound, VersionUnreadable."""
    stored = stored_version(conn, version_id)
    if stored is None or stored.scenario_id is None:
        raise NoResultFound(f"there is no scenario version {version_id} that could be called with")
    return _shape(stored.scenario_id, stored)


def versions_run(conn: Connection, campaign_id: int) -> list[tuple[int, int]]:
    """Give the versions of a campaign's scenario that campaigns have run, and how many of them, the newest first."""
    rows = conn.execute(
        text(
            """SELECT v.number, count(*) AS campaigns FROM campaign c
               JOIN scenario_version own ON own.id = c.scenario_version_id
               JOIN scenario_version v ON v.scenario_id = own.scenario_id
               JOIN campaign other ON other.scenario_version_id = v.id
               WHERE c.id = :id GROUP BY v.number ORDER BY v.number DESC"""
        ),
        {"id": campaign_id},
    )
    return [(row.number, row.campaigns) for row in rows]
