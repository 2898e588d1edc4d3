"""What reports read from the database: a campaign's head, its counts, and streams of contacts, attempts, rejected rows.

Streams come by server-side cursors, so that a report's memory does not grow with the list.  Reading only; words and
looks are made elsewhere.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.campaigns.versions import read_version
from oklik.dialing.disposition import LEVEL
from oklik.scenario.document import Scenario
from oklik.scenario.questions import Question, questions

CHUNK = 1_000  # rows fetched from the server at a time
RECORDED = "recorded"
SAMPLE = 500  # contacts that decide how the header of a column stands


class NoSuchCampaign(LookupError):
    """There is no campaign of this id."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as a report needs it.

    columns: the customer's headers in order, then those that calls have added; mapped: scenario column -> header;
    figures: headers under which mostly numbers stand; marks_message: the scenario marks a message, so that it can be
    told how much of it was heard; writes: calls may write into the contacts' columns; gives_tags: it gives tags;
    records: it takes answers by voice; keeps_calls: its calls, or parts of them, are recorded; record_name: a
    template of their names, None for the usual one; name: the campaign's.
    """

    id: int
    state: str
    purpose: str
    zone: str
    window: dict[str, str] | None
    virtual: bool
    created_at: dt.datetime
    list_id: int
    source: str
    columns: tuple[str, ...]
    mapped: dict[str, str]
    figures: frozenset[str]
    marks_message: bool
    writes: bool
    gives_tags: bool
    records: bool
    keeps_calls: bool
    record_name: str | None
    name: str
    scenario: Scenario
    version: int
    questions: tuple[Question, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a campaign.

    contacts: all; skipped: rejected rows of the list; remarks: rows taken in spite of a remark; called: with at least
    one attempt that was sent; answered: whose telling attempt (dialing.disposition) was answered;
    responded: who answered a question, other than by declining to; what the scenario notes itself is no answer;
    attempts: sent ones of ours; returned: calls of theirs to us; talks, talk_s: answered calls and their
    seconds; first_at, last_at: when the first and the last attempt began.
    dispositions: contacts by outcome; idle: contacts without an outcome or being called, by state of the target.
    answers: contacts by the value last given, for each question; of answers by voice only that they are: "recorded".
    """

    contacts: int
    skipped: int
    remarks: int
    called: int
    answered: int
    responded: int
    attempts: int
    returned: int
    talks: int
    talk_s: float
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    caller_ids: tuple[str, ...]
    dispositions: dict[str, int]
    idle: dict[str, int]
    answers: dict[str, dict[str, int]]


def read_head(conn: Connection, campaign_id: int) -> Head:
    """The campaign's head.  Raises NoSuchCampaign, VersionUnreadable."""
    row = conn.execute(
        text(
            """SELECT c.id, c.name, c.record, c.record_name, c.state, c.purpose, c.zone, c."window", c.virtual,
                   c.created_at, c.list_id, c.columns AS mapped, l.source, l.columns, v.id AS version_id, v.number
               FROM campaign c JOIN contact_list l ON l.id = c.list_id
               JOIN scenario_version v ON v.id = c.scenario_version_id WHERE c.id = :id"""
        ),
        {"id": campaign_id},
    ).one_or_none()
    if row is None:
        raise NoSuchCampaign(f"there is no campaign {campaign_id}")
    scenario = read_version(conn, row.version_id)
    written = sorted(name for name in scenario.rewritten if name in row.mapped)
    return Head(
        id=row.id,
        state=row.state,
        purpose=row.purpose,
        zone=row.zone,
        window=row.window,
        virtual=row.virtual,
        created_at=row.created_at,
        list_id=row.list_id,
        source=row.source,
        columns=tuple(dict.fromkeys((*row.columns, *(row.mapped[name] for name in written)))),
        mapped=row.mapped,
        figures=frozenset(conn.execute(text(_FIGURES), {"list": row.list_id, "sample": SAMPLE}).scalars()),
        marks_message=any(phrase.message for node in scenario.nodes.values() for phrase in node.phrases()),
        writes=bool(written),
        gives_tags=any(node.tags() for node in scenario.nodes.values()),
        records=scenario.records,
        keeps_calls=row.record != "off",
        record_name=row.record_name,
        name=row.name,
        scenario=scenario,
        version=row.number,
        questions=tuple(questions(scenario)),
    )


# An attempt that never left us is none for a report.
_SENT = "a.disposition IS DISTINCT FROM 'not_sent'"

# Of an answered call; whoever never came to the message has heard nothing of it.
_HEARD = "CASE WHEN leg.answered_at IS NOT NULL AND NOT a.open THEN coalesce(a.heard_percent, 0) END"

_TARGETS = """
SELECT state, CASE WHEN state <> 'dialing' THEN disposition END AS disposition, count(*) AS n
FROM target WHERE campaign_id = :id GROUP BY 1, 2"""

# The attempt that tells of a contact, by dialing.disposition's table; one that is not over tells least.
_RANK = "CASE a.disposition " + " ".join(f"WHEN '{one}' THEN {level}" for one, level in LEVEL.items()) + " ELSE 99 END"
_BEST = f"""
best AS MATERIALIZED (
    SELECT DISTINCT ON (a.target_id) a.target_id, a.uuid, leg.number, leg.caller_id, leg.talk_s, leg.hangup_by,
        {_HEARD} AS heard, leg.answered_at IS NOT NULL AS answered
    FROM attempt a JOIN call leg ON leg.uuid = a.uuid WHERE a.campaign_id = :id AND {_SENT}
    ORDER BY a.target_id, {_RANK}, a.n DESC
)"""  # noqa: S608  constants of the house

_FIGURES = """
WITH sample AS (SELECT kinds FROM contact WHERE list_id = :list ORDER BY row_number LIMIT :sample)
SELECT header FROM sample, jsonb_each_text(sample.kinds) AS cell(header, kind)
WHERE kind = 'number' GROUP BY 1 HAVING 2 * count(*) > (SELECT count(*) FROM sample)"""

_CALLS = f"""
SELECT count(*) FILTER (WHERE a.direction = 'out') AS attempts,
    count(*) FILTER (WHERE a.direction = 'in') AS returned,
    count(*) FILTER (WHERE leg.answered_at IS NOT NULL) AS talks,
    coalesce(sum(leg.talk_s) FILTER (WHERE leg.answered_at IS NOT NULL), 0) AS talk_s,
    min(a.started_at) AS first_at, max(a.started_at) AS last_at,
    array_agg(DISTINCT leg.caller_id) FILTER (
        WHERE leg.caller_id ~ '[0-9]' AND a.direction = 'out') AS caller_ids
FROM attempt a JOIN call leg ON leg.uuid = a.uuid
WHERE a.campaign_id = :id AND {_SENT}"""  # noqa: S608  constants of this module

_REACHED = f"WITH {_BEST} SELECT count(*) AS called, count(*) FILTER (WHERE answered) AS answered FROM best"  # noqa: S608

_ANSWERS = """
SELECT question, value, count(*) AS n FROM (
    SELECT DISTINCT ON (a.target_id, w.question) w.question, w.value
    FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid
    WHERE a.campaign_id = :id ORDER BY a.target_id, w.question, a.n DESC) given
GROUP BY 1, 2"""

# In a call that ended with "I do not want to answer" the last answer is just that.
_RESPONDED = """
SELECT count(DISTINCT target_id) FROM (
    SELECT a.target_id FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid
    WHERE a.campaign_id = :id AND w.question <> ALL(CAST(:noted AS text[]))
    GROUP BY a.uuid HAVING count(*) > CASE WHEN a.disposition = 'declined' THEN 1 ELSE 0 END) AS responded"""

_ASIDE = """
SELECT (SELECT count(*) FROM rejected_row WHERE list_id = :list) AS skipped,
    (SELECT count(*) FROM contact WHERE list_id = :list AND notes IS NOT NULL) AS remarks"""


def read_totals(conn: Connection, head: Head) -> Totals:
    """The counts, in a few passes over indexes of the campaign."""
    ids = {"id": head.id}
    dispositions: dict[str, int] = {}
    idle: dict[str, int] = {}
    for row in conn.execute(text(_TARGETS), ids):
        counts, key = (idle, row.state) if row.disposition is None else (dispositions, row.disposition)
        counts[key] = counts.get(key, 0) + row.n
    answers: dict[str, dict[str, int]] = {question.name: {} for question in head.questions}
    for row in conn.execute(text(_ANSWERS), ids):
        answers.setdefault(row.question, {})[row.value] = row.n
    for question in head.questions:
        if question.kind == "voice" and (given := answers[question.name]):
            answers[question.name] = {RECORDED: sum(given.values())}  # seconds are no distribution
    calls = conn.execute(text(_CALLS), ids).one()
    reached = conn.execute(text(_REACHED), ids).one()
    noted = [question.name for question in head.questions if not question.asked]
    aside = conn.execute(text(_ASIDE), {"list": head.list_id}).one()
    return Totals(
        contacts=sum(dispositions.values()) + sum(idle.values()),
        skipped=aside.skipped,
        remarks=aside.remarks,
        called=reached.called,
        answered=reached.answered,
        responded=conn.execute(text(_RESPONDED), ids | {"noted": noted}).scalar_one(),
        attempts=calls.attempts,
        returned=calls.returned,
        talks=calls.talks,
        talk_s=calls.talk_s,
        first_at=calls.first_at,
        last_at=calls.last_at,
        caller_ids=tuple(calls.caller_ids or ()),
        dispositions=dispositions,
        idle=idle,
        answers=answers,
    )


# Each part in one pass over the campaign and joined as a whole: looked up contact by contact it would hang on the
# planner's figures, and those of a list imported a minute ago are wrong.
_PARTS = f"""
WITH sums AS MATERIALIZED (
    SELECT a.target_id, count(*) FILTER (WHERE a.direction = 'out') AS attempts, max(a.started_at) AS last_at,
        count(*) FILTER (WHERE a.direction = 'in') AS returned
    FROM attempt a WHERE a.campaign_id = :id AND {_SENT} GROUP BY 1
), {_BEST}"""  # noqa: S608

_GIVEN = """, given AS MATERIALIZED (
    SELECT a.target_id, jsonb_object_agg(w.question, jsonb_build_array(w.value, w.label) ORDER BY a.n) AS answers
    FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid WHERE a.campaign_id = :id GROUP BY 1
)"""
_GIVEN_BY_VOICE = """, given AS MATERIALIZED (
    SELECT a.target_id, jsonb_object_agg(
        w.question, jsonb_build_array(w.value, w.label, r.path, r.seconds) ORDER BY a.n) AS answers
    FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid
    LEFT JOIN recording r ON r.attempt_uuid = w.attempt_uuid AND r.question = w.question
    WHERE a.campaign_id = :id GROUP BY 1
)"""

# Only where there can be any: it goes through every step of the campaign.
_TAGGED = """, tagged AS MATERIALIZED (
    SELECT a.target_id, array_agg(DISTINCT tag ORDER BY tag) AS tags
    FROM attempt a JOIN step s ON s.attempt_uuid = a.uuid, jsonb_array_elements_text(s.fact -> 'tags') AS tag
    WHERE a.campaign_id = :id AND s.fact ->> 'type' = 'marked' GROUP BY 1
)"""
_NO_TAGS = ", tagged AS (SELECT NULL::bigint AS target_id, NULL::text[] AS tags)"

# Of a call with several talks with agents the first one.
_KEPT = """SELECT DISTINCT ON (call_uuid) call_uuid, part, n AS nth, at, path, seconds FROM call_recording
    WHERE campaign_id = :id AND state IN ('raw', 'ready') ORDER BY call_uuid, n"""

_CONTACTS = """
SELECT c.row_number, c.fields, c.kinds, t.state, t.due, t.disposition, t.reason, t.reason_args,
    coalesce(sums.attempts, 0) AS attempts, sums.last_at, sums.returned,
    best.number, best.caller_id, best.talk_s, best.hangup_by, best.heard, best.answered, given.answers,
    tagged.tags, best.uuid, kept.part, kept.nth, kept.at AS kept_at, kept.path, kept.seconds AS kept_s
FROM target t JOIN contact c ON c.id = t.contact_id
LEFT JOIN sums ON sums.target_id = t.id
LEFT JOIN best ON best.target_id = t.id
LEFT JOIN given ON given.target_id = t.id
LEFT JOIN tagged ON tagged.target_id = t.id
LEFT JOIN kept ON kept.call_uuid = best.uuid
WHERE t.campaign_id = :id ORDER BY c.row_number, t.id"""

_ATTEMPTS = f"""
SELECT c.row_number, c.fields, a.n, a.direction, a.started_at, a.disposition, {_HEARD} AS heard, a.open,
    leg.number, leg.caller_id, leg.ring_s, leg.talk_s, leg.answered_at IS NOT NULL AS answered, leg.hangup_by,
    leg.sip_status, a.uuid, kept.part, kept.nth, kept.at AS kept_at, kept.path, kept.seconds AS kept_s
FROM attempt a JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id
JOIN call leg ON leg.uuid = a.uuid
LEFT JOIN ({_KEPT}) AS kept ON kept.call_uuid = a.uuid
WHERE a.campaign_id = :id AND {_SENT} ORDER BY a.started_at, c.row_number, a.n"""  # noqa: S608

_CHANGES = """
SELECT c.row_number, c.fields, leg.number, a.n, w.header, w.before, w.after, w.kept, w.at
FROM attempt a JOIN contact_change w ON w.attempt_uuid = a.uuid JOIN contact c ON c.id = w.contact_id
JOIN call leg ON leg.uuid = a.uuid
WHERE a.campaign_id = :id ORDER BY w.at, a.uuid, w.seq"""

_REJECTED = """
SELECT row_number, false AS taken, jsonb_build_array(jsonb_build_array(code, detail)) AS notes, fields
FROM rejected_row WHERE list_id = :id
UNION ALL
SELECT row_number, true, notes, fields FROM contact WHERE list_id = :id AND notes IS NOT NULL
ORDER BY row_number, taken"""


def _contacts(head: Head) -> str:
    given = _GIVEN_BY_VOICE if head.records else _GIVEN
    kept = f", kept AS MATERIALIZED ({_KEPT})"
    return _PARTS + given + (_TAGGED if head.gives_tags else _NO_TAGS) + kept + _CONTACTS


def recordings(conn: Connection, campaign_id: int) -> list[str]:
    """The paths of all answers by voice of a campaign, relative to the dialer's folder of recordings."""
    found = conn.execute(
        text(
            """SELECT r.path FROM recording r JOIN attempt a ON a.uuid = r.attempt_uuid
               WHERE a.campaign_id = :id ORDER BY r.at, r.path"""
        ),
        {"id": campaign_id},
    )
    return list(found.scalars())


def contacts(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every contact of the campaign in the order of the list."""
    return _stream(conn, _contacts(head), head.id)


def attempts(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every attempt that was sent and every call to us, in the order of time."""
    return _stream(conn, _ATTEMPTS, head.id)


def changes(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every cell that a call of the campaign has written, or wanted to, in the order of time."""
    return _stream(conn, _CHANGES, head.id)


def rejected(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every row of the list that was rejected, or taken with remarks, in its order."""
    return _stream(conn, _REJECTED, head.list_id)


def _stream(conn: Connection, statement: str, key: int) -> Iterator[Row[Any]]:
    # Options of the statement: those of a connection would stay with it and stream everything after.
    with conn.execute(text(statement), {"id": key}, execution_options={"yield_per": CHUNK}) as result:
        yield from result
