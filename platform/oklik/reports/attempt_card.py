"""A call in full: the way that it went through the scenario, what happened in each node, answers, recordings."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from oklik.reports.cause_words import cause_lines
from oklik.reports.scenario_shape import Shape, shape_at
from oklik.reports.words import disposition_names

_CALL = """
SELECT a.uuid, a.campaign_id, t.contact_id, a.started_at, a.direction, a.disposition, a.open, leg.number, leg.ring_s,
    leg.talk_s, leg.answered_at IS NOT NULL AS answered, leg.hangup_by, leg.cause, leg.sip_status,
    CASE WHEN a.direction = 'in' THEN coalesce(c.return_scenario_version_id, c.scenario_version_id)
        ELSE c.scenario_version_id END AS version_id
FROM attempt a JOIN campaign c ON c.id = a.campaign_id JOIN target t ON t.id = a.target_id
JOIN call leg ON leg.uuid = a.uuid WHERE a.uuid = :uuid AND a.campaign_id = :id"""

_STEPS = "SELECT at, node, fact FROM step WHERE attempt_uuid = :uuid ORDER BY seq"

_ANSWERS = """
SELECT w.question, w.value, w.label, EXISTS (SELECT FROM recording r
    WHERE r.attempt_uuid = w.attempt_uuid AND r.question = w.question) AS voice
FROM answer w WHERE w.attempt_uuid = :uuid ORDER BY w.at, w.question"""

_RECORDINGS = "SELECT id, part, state, seconds FROM call_recording WHERE call_uuid = :uuid ORDER BY at, n"

_NOTES = {
    "silence": ("промолчал", "said nothing"),
    "invalid_input": ("нажал не то: {keys}", "pressed a wrong key: {keys}"),
    "answered": ("ответ: {label}", "answer: {label}"),
    "voice_answered": ("ответ голосом, {seconds} с", "answer by voice, {seconds} s"),
    "opted_out": ("больше не звонить", "no more calls"),
    "promised": ("обещал заплатить {date} {amount}", "promised to pay on {date} {amount}"),
    "message_heard": ("дослушал сообщение", "heard the message to its end"),
    "transferred": ("перевод: {outcome}", "transfer: {outcome}"),
    "beep_heard": ("гудок автоответчика", "the beep of a machine"),
}


def attempt_card(conn: Connection, campaign_id: int, uuid: UUID, language: str) -> dict[str, Any] | None:
    """Give a call as JSON values; None: this campaign has none of this UUID."""
    row = conn.execute(text(_CALL), {"uuid": uuid, "id": campaign_id}).one_or_none()
    if row is None:
        return None
    shape = shape_at(conn, row.version_id)
    steps = conn.execute(text(_STEPS), {"uuid": uuid}).all()
    ends = [step.fact for step in steps if step.fact["type"] == "ended"]
    left = ends[-1] if ends and ends[-1].get("reason") == "hung_up" else {}
    titles = {one.name: one for one in shape.questions}
    cause = None
    if not row.answered and not row.open and row.cause:
        code = f"{row.cause} {row.sip_status or ''}".strip()
        cause = cause_lines({code: 1}, language)[0]
    return {
        "uuid": row.uuid,
        "campaign": row.campaign_id,
        "contact": row.contact_id,
        "number": row.number,
        "at": row.started_at,
        "direction": row.direction,
        "outcome": row.disposition,
        "outcome_title": disposition_names(language).get(row.disposition or "?"),
        "answered": row.answered,
        "ring_s": row.ring_s,
        "talk_s": row.talk_s,
        "hangup_by": row.hangup_by,
        "second": left.get("into_s"),
        "prompt_s": left.get("of_s"),
        "cause_title": None if cause is None else cause.title,
        "cause_advice": None if cause is None else cause.advice,
        "way": _way(steps, shape, language),
        "answers": [
            {
                **one._asdict(),
                "title": shape.question_title(titles[one.question], language)
                if one.question in titles
                else one.question,
            }
            for one in conn.execute(text(_ANSWERS), {"uuid": uuid})
        ],
        "recordings": [one._asdict() for one in conn.execute(text(_RECORDINGS), {"uuid": uuid})],
    }


def _way(steps: list[Row[Any]] | Any, shape: Shape, language: str) -> list[dict[str, Any]]:
    """The nodes in the order in which they were entered."""
    way: list[dict[str, Any]] = []
    for step in steps:
        fact = step.fact
        if fact["type"] == "entered":
            way.append(_visit(shape, step.node, (step.at - steps[0].at).total_seconds(), language))
        elif way and fact["type"] == "left":
            way[-1]["exit"] = fact["exit"]
            way[-1]["exit_title"] = shape.exit_title(step.node, fact["exit"], language)
        elif way and fact["type"] in _NOTES:
            ru, en = _NOTES[fact["type"]]
            told = {"label": fact.get("value", ""), "amount": "", **{key: str(value) for key, value in fact.items()}}
            way[-1]["notes"].append((ru if language == "ru" else en).format_map(told).strip())
    return way


def _visit(shape: Shape, node: str, at_s: float, language: str) -> dict[str, Any]:
    known = node in shape.scenario.nodes
    return {
        "node": node,
        "title": shape.node_title(node, language) if known else node,
        "kind_title": shape.scenario.nodes[node].kind_title[language] if known else "",
        "at_s": round(at_s, 1),
        "exit": None,
        "exit_title": None,
        "notes": [],
    }
