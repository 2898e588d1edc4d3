"""What came of a campaign's calls: outcomes, answers, the way through the scenario, causes of failures.

Counted by calls (attempts), so a person who was called twice counts twice; outcomes by contact are progress.py's and
the Excel report's.  Counts of several spans add up, which is how result_spans.py keeps them.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, text

MOST_VALUES = 300
"""So many different answers to a question are told apart in a span; the rest is OTHERS."""
OTHERS = "…"
FEW = 50_000
LONGEST_S = 600
"""Seconds in a node after which whoever hangs up is counted as at this one."""


class NodeCounts(msgspec.Struct):
    """A node of the scenario.  entered: how often; exits: how often it was left by each; ended: the call ended here
    otherwise than by the person; hung_up: they left, by whole seconds since they came to it."""

    entered: int = 0
    exits: dict[str, int] = {}
    ended: int = 0
    hung_up: dict[str, int] = {}


class Counts(msgspec.Struct):
    """Counts of calls.

    attempts: of ours that were sent; returned: calls of people to us; answered, talk_s: of both.  outcomes: by
    disposition, "" while a call lasts.  causes: calls that nobody answered, by "CAUSE SIP" of the switch.  answers: by
    question and value.  hours: [attempts, answered] by the UTC hour in which they began, ISO.
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


class Segment(msgspec.Struct, frozen=True):
    """Only contacts with this value in a column of the list."""

    header: str
    value: str


_SPAN = "a.campaign_id = :id AND a.started_at >= :since AND a.started_at < :until"
_SENT = "a.disposition IS DISTINCT FROM 'not_sent'"
_OF_SEGMENT = """
SELECT a.uuid FROM contact k JOIN target t ON t.contact_id = k.id AND t.campaign_id = :id
JOIN attempt a ON a.target_id = t.id
WHERE k.list_id = (SELECT list_id FROM campaign WHERE id = :id) AND k.fields ->> :header = :value
    AND a.started_at >= :since AND a.started_at < :until"""

_CALLS = """
SELECT date_trunc('hour', a.started_at, 'UTC') AS hour, a.direction, coalesce(a.disposition, '') AS outcome,
    leg.answered_at IS NOT NULL AS answered,
    CASE WHEN leg.answered_at IS NULL AND NOT a.open THEN coalesce(leg.cause, '') END AS cause,
    CASE WHEN leg.answered_at IS NULL AND NOT a.open THEN leg.sip_status END AS sip,
    count(*) AS n, coalesce(sum(leg.talk_s), 0) AS talk_s
FROM attempt a JOIN call leg ON leg.uuid = a.uuid
WHERE {span} AND {sent} GROUP BY 1, 2, 3, 4, 5, 6"""

_ANSWERS = """
SELECT w.question, w.value, count(*) AS n FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid
WHERE {span} GROUP BY 1, 2 ORDER BY 3 DESC, 2"""

# Before the end of a call comes the node it ended in, and whoever left a node has entered it before.
_STEPS = """
SELECT node, type, what, second, count(*) AS n FROM (
    SELECT s.node, s.fact ->> 'type' AS type, coalesce(s.fact ->> 'exit', s.fact ->> 'reason') AS what,
        CASE WHEN s.fact ->> 'reason' = 'hung_up' THEN least(:longest, greatest(0, floor(extract(epoch FROM
            s.at - lag(s.at) OVER (PARTITION BY s.attempt_uuid ORDER BY s.seq))))) END AS second
    FROM attempt a JOIN step s ON s.attempt_uuid = a.uuid
    WHERE {span} AND s.fact ->> 'type' IN ('entered', 'left', 'ended')) AS went
GROUP BY 1, 2, 3, 4"""


def count_span(
    conn: Connection, campaign_id: int, since: dt.datetime, until: dt.datetime, segment: Segment | None = None
) -> Counts:
    """Count the calls that were begun in a span of campaign time, its end excluded."""
    given: dict[str, Any] = {"id": campaign_id, "since": since, "until": until}
    span = _SPAN
    if segment is not None:  # found once, not by each of the statements
        of = conn.execute(text(_OF_SEGMENT), {**given, "header": segment.header, "value": segment.value})
        given, span = {"uuids": list(of.scalars())}, "a.uuid = ANY(:uuids)"
        # A few are looked up; the planner would rather read through all steps there are.
        scan = "off" if len(given["uuids"]) <= FEW else "on"
        conn.execute(text("SELECT set_config('enable_seqscan', :scan, true)"), {"scan": scan})
    counts = Counts()
    for row in conn.execute(text(_CALLS.format(span=span, sent=_SENT)), given):
        _add_call(counts, row)
    for row in conn.execute(text(_ANSWERS.format(span=span)), given):
        values = counts.answers.setdefault(row.question, {})
        value = row.value if row.value in values or len(values) < MOST_VALUES else OTHERS
        values[value] = values.get(value, 0) + row.n
    for row in conn.execute(text(_STEPS.format(span=span)), {**given, "longest": LONGEST_S}):
        _add_step(counts.nodes.setdefault(row.node, NodeCounts()), row)
    if segment is not None:
        conn.execute(text("SELECT set_config('enable_seqscan', 'on', true)"))
    return counts


def _add_call(counts: Counts, row: Any) -> None:
    if row.direction == "in":
        counts.returned += row.n
    else:
        counts.attempts += row.n
    counts.talk_s += row.talk_s
    counts.outcomes[row.outcome] = counts.outcomes.get(row.outcome, 0) + row.n
    if row.answered:
        counts.answered += row.n
    elif row.cause is not None:
        cause = f"{row.cause or '?'} {row.sip or ''}".strip()
        counts.causes[cause] = counts.causes.get(cause, 0) + row.n
    hour = counts.hours.setdefault(row.hour.isoformat(), [0, 0])
    hour[0] += row.n
    hour[1] += row.n if row.answered else 0


def _add_step(node: NodeCounts, row: Any) -> None:
    if row.type == "entered":
        node.entered += row.n
    elif row.type == "left":
        node.exits[row.what] = node.exits.get(row.what, 0) + row.n
    elif row.what == "hung_up":
        second = str(int(row.second or 0))
        node.hung_up[second] = node.hung_up.get(second, 0) + row.n
    else:
        node.ended += row.n


def together(several: Iterable[Counts]) -> Counts:
    """Add counts up."""
    total = Counts()
    for one in several:
        total.attempts += one.attempts
        total.returned += one.returned
        total.answered += one.answered
        total.talk_s += one.talk_s
        _add(total.outcomes, one.outcomes)
        _add(total.causes, one.causes)
        for question, values in one.answers.items():
            _add(total.answers.setdefault(question, {}), values)
        for name, node in one.nodes.items():
            ours = total.nodes.setdefault(name, NodeCounts())
            ours.entered += node.entered
            ours.ended += node.ended
            _add(ours.exits, node.exits)
            _add(ours.hung_up, node.hung_up)
        for hour, (attempts, answered) in one.hours.items():
            known = total.hours.get(hour, [0, 0])
            total.hours[hour] = [known[0] + attempts, known[1] + answered]
    return total


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for key, n in more.items():
        total[key] = total.get(key, 0) + n
