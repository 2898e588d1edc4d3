"""What came of a campaign's calls: outcomes, answers, the way through the scenario, causes of failures.

Counted by calls (attempts), so a person who was called twice counts twice; outcomes by contact are progress.py's and
the Excel report's.  Counts of several spans add up, which is how result_spans.py keeps them.  Counted are rows of
calls (call_rows.py), those that are kept and those that are made of what the dialer has written.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.reports.call_rows import FRESH, read_way
from oklik.reports.wanted import Segment, chosen

MOST_VALUES = 300
"""So many different answers to a question are told apart in a span; the rest is OTHERS."""
OTHERS = "…"


class NodeCounts(msgspec.Struct):
    """A node of the scenario.  entered: how often; exits: how often it was left by each; ended: the call ended here
    otherwise than by the person; hung_up: they left, by whole seconds of what was being said; prompts: how long that
    was, in whole seconds, as far as it is known; waited: those of them who left after it had been said."""

    entered: int = 0
    exits: dict[str, int] = {}
    ended: int = 0
    hung_up: dict[str, int] = {}
    prompts: dict[str, int] = {}
    waited: int = 0


class Counts(msgspec.Struct):
    """Counts of calls.

    attempts: of ours that were sent; returned: calls of people to us; answered, talk_s: of both.  outcomes: by
    disposition, "" while a call lasts.  causes: calls that nobody answered, by "CAUSE SIP" of the switch.  answers: by
    question and value.  hours: [attempts, answered] by the UTC hour in which they began, ISO.  nodes: of calls that ran
    the campaign's own scenario.  left: calls that are not counted yet, for there are too many of them.
    """

    attempts: int = 0
    returned: int = 0
    answered: int = 0
    talk_s: float = 0.0
    outcomes: dict[str, int] = {}
    causes: dict[str, int] = {}
    answers: dict[str, dict[str, int]] = {}
    nodes: dict[str, NodeCounts] = {}
    hours: dict[str, list[int]] = {}
    left: int = 0


_KEPT = """
SELECT * FROM call_result a WHERE a.campaign_id = :id AND a.started_at >= :since AND a.started_at < :until"""

_COUNT = """
WITH r AS MATERIALIZED ({rows}),
g AS MATERIALIZED (SELECT {way} AS way, second, prompt_s, count(*) AS n FROM r WHERE {way} IS NOT NULL {version}
    GROUP BY 1, 2, 3)
SELECT 'call' AS what, jsonb_build_array(CAST(extract(epoch FROM date_trunc('hour', started_at, 'UTC')) AS bigint),
        direction, outcome, answered, cause) AS key, count(*) AS n, sum(talk_s) AS talk_s
FROM r GROUP BY date_trunc('hour', started_at, 'UTC'), direction, outcome, answered, cause
UNION ALL
SELECT 'answer', jsonb_build_array(told.key, told.value), count(*), 0
FROM r CROSS JOIN LATERAL jsonb_each_text(r.answers) told GROUP BY told.key, told.value
UNION ALL {ways}"""

_KEPT_WAYS = """
SELECT 'passage', jsonb_build_array(p.node, p.exit), CAST(sum(g.n) AS bigint), 0
FROM g JOIN call_way w ON w.id = g.way AND w.version_id = :version
CROSS JOIN LATERAL unnest(w.nodes, w.exits) p(node, exit)
GROUP BY p.node, p.exit
UNION ALL
SELECT 'end', jsonb_build_array(w.nodes[cardinality(w.nodes)], w.reason, g.second, g.prompt_s),
    CAST(sum(g.n) AS bigint), 0
FROM g JOIN call_way w ON w.id = g.way AND w.version_id = :version
WHERE w.reason <> '' AND cardinality(w.nodes) > 0
GROUP BY w.nodes[cardinality(w.nodes)], w.reason, g.second, g.prompt_s"""

_FRESH_WAYS = "SELECT 'way', jsonb_build_array(to_jsonb(g.way), g.second, g.prompt_s), g.n, 0 FROM g"


def count_span(
    conn: Connection,
    campaign_id: int,
    since: dt.datetime,
    until: dt.datetime,
    segment: Segment | None = None,
    *,
    kept: bool = False,
) -> Counts:
    """Count the calls that were begun in a span of campaign time, its end excluded.

    kept: of the rows that are kept, and not of what the dialer has written.  Raises NoSuchSegment.
    """
    own = conn.execute(text("SELECT scenario_version_id FROM campaign WHERE id = :id"), {"id": campaign_id}).scalar()
    given: dict[str, Any] = {"id": campaign_id, "since": since, "until": until, "version": own}
    rows = _KEPT if kept else FRESH
    if segment is not None:
        of, values = chosen(conn, [campaign_id], segment)
        rows = f"{rows} AND {'a' if kept else 't'}.contact_id IN ({of})"
        given |= values
    statement = (
        _COUNT.format(rows=rows, way="way_id", version="", ways=_KEPT_WAYS)
        if kept
        else _COUNT.format(rows=rows, way="words", version="AND version_id = :version", ways=_FRESH_WAYS)
    )
    # Compiling the statement would take longer than it saves.
    conn.execute(text("SELECT set_config('jit', 'off', true)"))
    counts = Counts()
    answers = []
    for row in conn.execute(text(statement), given):
        if row.what == "answer":
            answers.append(row)
        else:
            _ADD[row.what](counts, row)
    for row in sorted(answers, key=lambda one: (-one.n, one.key)):
        question, value = row.key
        values = counts.answers.setdefault(question, {})
        value = value if value in values or len(values) < MOST_VALUES else OTHERS
        values[value] = values.get(value, 0) + row.n
    return counts


def _add_call(counts: Counts, row: Row[Any]) -> None:
    epoch, direction, outcome, answered, cause = row.key
    if direction == "in":
        counts.returned += row.n
    else:
        counts.attempts += row.n
    counts.talk_s += row.talk_s
    counts.outcomes[outcome] = counts.outcomes.get(outcome, 0) + row.n
    if answered:
        counts.answered += row.n
    elif cause is not None:
        counts.causes[cause] = counts.causes.get(cause, 0) + row.n
    hour = counts.hours.setdefault(dt.datetime.fromtimestamp(epoch, dt.UTC).isoformat(), [0, 0])
    hour[0] += row.n
    hour[1] += row.n if answered else 0


def _add_passage(counts: Counts, row: Row[Any]) -> None:
    _pass(counts, *row.key, n=row.n)


def _add_end(counts: Counts, row: Row[Any]) -> None:
    _end(counts, *row.key, n=row.n)


def _add_way(counts: Counts, row: Row[Any]) -> None:
    words, second, prompt_s = row.key
    went, reason = read_way(words)
    for node, exit_name in went:
        _pass(counts, node, exit_name, n=row.n)
    if went and reason:
        _end(counts, went[-1].node, reason, second, prompt_s, n=row.n)


_ADD = {"call": _add_call, "passage": _add_passage, "end": _add_end, "way": _add_way}


def _pass(counts: Counts, name: str, exit_name: str, *, n: int) -> None:
    node = counts.nodes.setdefault(name, NodeCounts())
    node.entered += n
    if exit_name:
        node.exits[exit_name] = node.exits.get(exit_name, 0) + n


def _end(counts: Counts, name: str, reason: str, second: int | None, prompt_s: int | None, *, n: int) -> None:
    node = counts.nodes.setdefault(name, NodeCounts())
    if reason != "hung_up":
        node.ended += n
        return
    at = str(second or 0)
    node.hung_up[at] = node.hung_up.get(at, 0) + n
    if prompt_s is not None:
        node.prompts[str(prompt_s)] = node.prompts.get(str(prompt_s), 0) + n
        node.waited += n if (second or 0) >= prompt_s else 0


def together(several: Iterable[Counts]) -> Counts:
    """Add counts up."""
    total = Counts()
    for one in several:
        total.attempts += one.attempts
        total.returned += one.returned
        total.answered += one.answered
        total.talk_s += one.talk_s
        total.left += one.left
        _add(total.outcomes, one.outcomes)
        _add(total.causes, one.causes)
        for question, values in one.answers.items():
            _add(total.answers.setdefault(question, {}), values)
        for name, node in one.nodes.items():
            ours = total.nodes.setdefault(name, NodeCounts())
            ours.entered += node.entered
            ours.ended += node.ended
            ours.waited += node.waited
            _add(ours.prompts, node.prompts)
            _add(ours.exits, node.exits)
            _add(ours.hung_up, node.hung_up)
        for hour, (attempts, answered) in one.hours.items():
            known = total.hours.get(hour, [0, 0])
            total.hours[hour] = [known[0] + attempts, known[1] + answered]
    return total


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for key, n in more.items():
        total[key] = total.get(key, 0) + n
