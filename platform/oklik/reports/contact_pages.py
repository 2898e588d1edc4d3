"""Contacts of a campaign page by page, in the order of the list: what came of each, its last call, its answers.

As call_pages.py: conditions that no index knows are tried on so many rows at a time.
"""

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.campaigns import segments
from oklik.reports.call_pages import LOOK, Place, at_place, with_answer
from oklik.reports.wanted import ALL, Cell, Wanted, campaigns_of


class ContactMark(NamedTuple):
    """Where a page ends: a contact and its place in a campaign."""

    contact: int
    target: int


class ContactFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts, in which order.  wanted: those who were called in that time, of that segment.

    outcome: a disposition; "" for those without one.  place, answer: with a call of that time that was there, and in
    which this was answered (question and value).
    """

    wanted: Wanted = ALL
    outcome: str | None = None
    place: Place | None = None
    answer: tuple[str, str] | None = None
    descending: bool = False


class ContactPage(NamedTuple):
    """Contacts, and where the next page begins; None: that was all."""

    contacts: list[Row[Any]]
    next: ContactMark | None


_PAGE = """
SELECT x.* FROM unnest(CAST(:ids AS bigint[])) AS c(id) CROSS JOIN LATERAL (
    SELECT t.contact_id, t.id FROM target t WHERE t.campaign_id = c.id {where}
    ORDER BY t.contact_id {way}, t.id {way} LIMIT :limit) x
ORDER BY x.contact_id {way}, x.id {way} LIMIT :limit"""

_BOUND = """
SELECT t.contact_id, t.id FROM target t WHERE t.campaign_id = :id {where}
ORDER BY t.contact_id {way}, t.id {way} OFFSET :look LIMIT 1"""

_DETAILS = """
SELECT t.id, t.contact_id, t.campaign_id, t.state, t.disposition, t.reason, t.reason_args, t.attempts, k.row_number,
    k.phones, k.fields, last.started_at AS last_at, last.talk_s, last.answers
FROM target t JOIN contact k ON k.id = t.contact_id LEFT JOIN LATERAL (
    SELECT a.started_at, leg.talk_s,
        (SELECT jsonb_object_agg(w.question, jsonb_build_array(w.value, w.label)) FROM answer w
         WHERE w.attempt_uuid = a.uuid) AS answers
    FROM attempt a JOIN call leg ON leg.uuid = a.uuid
    WHERE a.target_id = t.id AND a.disposition IS DISTINCT FROM 'not_sent'
    ORDER BY a.disposition IS NOT DISTINCT FROM t.disposition DESC, a.started_at DESC LIMIT 1) last ON true
WHERE t.id = ANY(CAST(:targets AS bigint[]))"""

_CALLED = """AND EXISTS (SELECT FROM attempt a WHERE a.target_id = t.id AND a.started_at >= :since
    AND a.started_at < :until AND a.disposition IS DISTINCT FROM 'not_sent' {call})"""


def contacts(
    conn: Connection, campaign_id: int, limit: int, after: ContactMark | None = None, given: ContactFilter | None = None
) -> ContactPage:
    """Give a page of contacts; a page may be short and still have one after it.

    Raises NoSuchVersion, NoSuchSegment.
    """
    wanted = given or ContactFilter()
    ids = campaigns_of(conn, campaign_id, wanted.wanted.version)
    way, sign = ("DESC", "<") if wanted.descending else ("ASC", ">")
    conn.execute(text("SELECT set_config('jit', 'off', true)"))
    where, values = "", {}
    if after is not None:
        where = f" AND (t.contact_id, t.id) {sign} (:after_contact, :after_target)"
        values = {"after_contact": after.contact, "after_target": after.target}
    part, more, definition = _conditions(conn, wanted)
    bound = None
    if part and len(ids) == 1:
        statement = text(_BOUND.format(where=where, way=way))
        row = conn.execute(statement, {**values, "id": ids[0], "look": LOOK}).first()
        if row is not None:
            bound = ContactMark(row.contact_id, row.id)
            until = ">=" if wanted.descending else "<="
            where += f" AND (t.contact_id, t.id) {until} (:bound_contact, :bound_target)"
            values |= {"bound_contact": bound.contact, "bound_target": bound.target}
    rows = conn.execute(
        text(_PAGE.format(where=where + part, way=way)), {**values, **more, "ids": ids, "limit": limit + 1}
    ).all()
    page = rows[:limit]
    end = ContactMark(page[-1].contact_id, page[-1].id) if len(rows) > limit else bound
    found = {row.id: row for row in conn.execute(text(_DETAILS), {"targets": [row.id for row in page]})}
    told = [found[row.id] for row in page if row.id in found]
    return ContactPage([row for row in told if definition is None or definition.holds(row.fields)], end)


def _conditions(conn: Connection, wanted: ContactFilter) -> tuple[str, dict[str, Any], segments.Definition | None]:
    """What is tried row by row, its values, and what Python has the last word on."""
    part, definition = "", None
    values: dict[str, Any] = {}
    if wanted.outcome is not None:
        part = "AND t.disposition IS NOT DISTINCT FROM CAST(:outcome AS text)"
        values["outcome"] = wanted.outcome or None
    calls: list[tuple[str, dict[str, Any]]] = []
    if wanted.place is not None:
        calls.append(at_place(wanted.place, "a.uuid"))
    if wanted.answer is not None:
        calls.append(with_answer(wanted.answer, "a.uuid"))
    if calls or wanted.wanted.since is not None or wanted.wanted.until is not None:
        part += f" {_CALLED.format(call=''.join(f'AND {told} ' for told, _ in calls))}"
        values |= {"since": wanted.wanted.begin, "until": wanted.wanted.end}
        for _, more in calls:
            values |= more
    segment = wanted.wanted.segment
    if isinstance(segment, Cell):
        values |= {"header": segment.header, "cell": segment.value}
        part += " AND (SELECT k.fields ->> :header = :cell FROM contact k WHERE k.id = t.contact_id)"
    elif segment is not None:
        definition = segments.segment(conn, segment.id).definition
        told, more = segments.condition(conn, definition)
        values |= more
        part += f" AND (SELECT {told} FROM contact k WHERE k.id = t.contact_id)"  # noqa: S608  bound values
    return part, values, definition
