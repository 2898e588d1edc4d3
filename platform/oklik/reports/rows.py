"""What reports read from the database: a campaign's head, its counts, and streams of contacts, attempts, rejected rows.

Streams come by server-side cursors, so that a report's memory does not grow with the list.  Reading only; words and
looks are made elsewhere.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.scenario.document import Scenario, from_json
from oklik.scenario.questions import Question, questions

CHUNK = 1_000  # rows fetched from the server at a time


class NoSuchCampaign(LookupError):
    """There is no campaign of this id."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as a report needs it.  columns: the customer's headers in order; mapped: scenario column -> header."""

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
    scenario: Scenario
    version: int
    questions: tuple[Question, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a campaign.

    contacts: all; called: with at least one attempt that was sent; answered: with at least one answered call;
    responded: who answered a question; attempts: sent ones; talks, talk_s: answered calls and their seconds;
    first_at, last_at: when the first and the last attempt began.
    dispositions: contacts by outcome of the last attempt; idle: contacts without an outcome, by state of the target.
    answers: contacts by the value last given, for each question.
    """

    contacts: int
    skipped: int
    called: int
    answered: int
    responded: int
    attempts: int
    talks: int
    talk_s: float
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    caller_ids: tuple[str, ...]
    dispositions: dict[str, int]
    idle: dict[str, int]
    answers: dict[str, dict[str, int]]


def read_head(conn: Connection, campaign_id: int) -> Head:
    """The campaign's head.  Raises NoSuchCampaign."""
    row = conn.execute(
        text(
            """SELECT c.id, c.state, c.purpose, c.zone, c."window", c.virtual, c.created_at, c.list_id,
                   c.columns AS mapped, l.source, l.columns, v.document, v.number
               FROM campaign c JOIN contact_list l ON l.id = c.list_id
               JOIN scenario_version v ON v.id = c.scenario_version_id WHERE c.id = :id"""
        ),
        {"id": campaign_id},
    ).one_or_none()
    if row is None:
        raise NoSuchCampaign(f"there is no campaign {campaign_id}")
    scenario = from_json(row.document)
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
        columns=tuple(row.columns),
        mapped=row.mapped,
        scenario=scenario,
        version=row.number,
        questions=tuple(questions(scenario)),
    )


# An attempt that never left us is none for a report.
_SENT = "a.disposition IS DISTINCT FROM 'not_sent'"

_TARGETS = """
SELECT state, disposition, count(*) AS n FROM target WHERE campaign_id = :id GROUP BY 1, 2"""

_CALLS = f"""
SELECT count(*) AS attempts, count(DISTINCT a.target_id) AS called,
    count(DISTINCT a.target_id) FILTER (WHERE leg.answered_at IS NOT NULL) AS answered,
    count(*) FILTER (WHERE leg.answered_at IS NOT NULL) AS talks,
    coalesce(sum(leg.talk_s) FILTER (WHERE leg.answered_at IS NOT NULL), 0) AS talk_s,
    min(a.started_at) AS first_at, max(a.started_at) AS last_at,
    array_agg(DISTINCT leg.caller_id) FILTER (WHERE leg.caller_id ~ '[0-9]') AS caller_ids
FROM attempt a JOIN call leg ON leg.uuid = a.uuid
WHERE a.campaign_id = :id AND {_SENT}"""  # noqa: S608  constants of this module

_ANSWERS = """
SELECT question, value, count(*) AS n FROM (
    SELECT DISTINCT ON (a.target_id, w.question) w.question, w.value
    FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid
    WHERE a.campaign_id = :id ORDER BY a.target_id, w.question, a.n DESC) given
GROUP BY 1, 2"""

_RESPONDED = """
SELECT count(DISTINCT a.target_id) FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid WHERE a.campaign_id = :id"""


def read_totals(conn: Connection, head: Head) -> Totals:
    """The counts, in four passes over indexes of the campaign."""
    ids = {"id": head.id}
    dispositions: dict[str, int] = {}
    idle: dict[str, int] = {}
    for row in conn.execute(text(_TARGETS), ids):
        counts, key = (idle, row.state) if row.disposition is None else (dispositions, row.disposition)
        counts[key] = counts.get(key, 0) + row.n
    answers: dict[str, dict[str, int]] = {question.name: {} for question in head.questions}
    for row in conn.execute(text(_ANSWERS), ids):
        answers.setdefault(row.question, {})[row.value] = row.n
    calls = conn.execute(text(_CALLS), ids).one()
    skipped = conn.execute(text("SELECT count(*) FROM rejected_row WHERE list_id = :list"), {"list": head.list_id})
    return Totals(
        contacts=sum(dispositions.values()) + sum(idle.values()),
        skipped=skipped.scalar_one(),
        called=calls.called,
        answered=calls.answered,
        responded=conn.execute(text(_RESPONDED), ids).scalar_one(),
        attempts=calls.attempts,
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
# best: the attempt that tells most of a contact, the last one that was answered, else the last one.
_CONTACTS = f"""
WITH sums AS MATERIALIZED (
    SELECT a.target_id, count(*) AS attempts, max(a.heard_percent) AS heard, max(a.started_at) AS last_at
    FROM attempt a WHERE a.campaign_id = :id AND {_SENT} GROUP BY 1
), best AS MATERIALIZED (
    SELECT DISTINCT ON (a.target_id) a.target_id, leg.number, leg.caller_id, leg.talk_s, leg.hangup_by,
        leg.answered_at IS NOT NULL AS answered
    FROM attempt a JOIN call leg ON leg.uuid = a.uuid WHERE a.campaign_id = :id AND {_SENT}
    ORDER BY a.target_id, leg.answered_at IS NOT NULL DESC, a.n DESC
), given AS MATERIALIZED (
    SELECT a.target_id, jsonb_object_agg(w.question, jsonb_build_array(w.value, w.label) ORDER BY a.n) AS answers
    FROM attempt a JOIN answer w ON w.attempt_uuid = a.uuid WHERE a.campaign_id = :id GROUP BY 1
)
SELECT c.row_number, c.fields, t.state, t.due, t.disposition, t.reason, t.reason_args,
    coalesce(sums.attempts, 0) AS attempts, sums.heard, sums.last_at,
    best.number, best.caller_id, best.talk_s, best.hangup_by, best.answered, given.answers
FROM target t JOIN contact c ON c.id = t.contact_id
LEFT JOIN sums ON sums.target_id = t.id
LEFT JOIN best ON best.target_id = t.id
LEFT JOIN given ON given.target_id = t.id
WHERE t.campaign_id = :id ORDER BY c.row_number, t.id"""  # noqa: S608

_ATTEMPTS = f"""
SELECT c.row_number, c.fields, a.n, a.started_at, a.disposition, a.heard_percent, a.open,
    leg.number, leg.caller_id, leg.ring_s, leg.talk_s, leg.answered_at IS NOT NULL AS answered, leg.hangup_by,
    leg.sip_status
FROM attempt a JOIN target t ON t.id = a.target_id JOIN contact c ON c.id = t.contact_id
JOIN call leg ON leg.uuid = a.uuid
WHERE a.campaign_id = :id AND {_SENT} ORDER BY a.started_at, c.row_number, a.n"""  # noqa: S608

_REJECTED = """
SELECT row_number, code, detail, fields FROM rejected_row WHERE list_id = :id ORDER BY row_number"""


def contacts(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every contact of the campaign in the order of the list."""
    return _stream(conn, _CONTACTS, head.id)


def attempts(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every attempt that was sent, in the order of time."""
    return _stream(conn, _ATTEMPTS, head.id)


def rejected(conn: Connection, head: Head) -> Iterator[Row[Any]]:
    """Every rejected row of the list in its order."""
    return _stream(conn, _REJECTED, head.list_id)


def _stream(conn: Connection, statement: str, key: int) -> Iterator[Row[Any]]:
    # Options of the statement: those of a connection would stay with it and stream everything after.
    with conn.execute(text(statement), {"id": key}, execution_options={"yield_per": CHUNK}) as result:
        yield from result
