"""Calls page by page, filtered and in an order: a page costs about the same wherever it is and however many there are.

The kept rows (call_rows.py) are read in the order of an index; calls that are not kept yet come from what the dialer
has written.  Conditions that no index knows (a cell of the contact, an answer) are tried on so many rows at a time:
then a page may be short, or empty, and still have one after it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.campaigns import segments
from oklik.reports.wanted import ALL, Cell, SavedSegment, Wanted, campaigns_of

LOOK = 8_000
"""Rows on which conditions without an index are tried for one page."""

Sort = Literal["time", "talk"]
At = Literal["entered", "left", "hung_up"]
Key = dt.datetime | float


class Mark(NamedTuple):
    """Where a page ends: what is sorted by, and the call."""

    key: Key
    uuid: UUID


class Place(msgspec.Struct, frozen=True):
    """Only calls that entered a node, left it by an exit, or in which the person hung up there."""

    node: str
    at: At = "entered"
    exit: str = ""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls, in which order.  outcome: a disposition; answer: question and value; number: as it was dialed."""

    wanted: Wanted = ALL
    outcome: str | None = None
    place: Place | None = None
    answer: tuple[str, str] | None = None
    number: str | None = None
    sort: Sort = "time"
    descending: bool = True


class Page(NamedTuple):
    """Calls, and where the next page begins; None: that was all."""

    calls: list[Row[Any]]
    next: Mark | None


# One campaign at a time: within it each order is that of an index.
_KEPT = """
SELECT x.* FROM unnest(CAST(:ids AS bigint[])) AS c(id) CROSS JOIN LATERAL (
    SELECT r.attempt_uuid AS uuid, {key} AS key FROM call_result r WHERE r.campaign_id = c.id {where}
    ORDER BY {key} {way}, r.attempt_uuid {way} LIMIT :limit) x
ORDER BY x.key {way}, x.uuid {way} LIMIT :limit"""

_FRESH = """
SELECT x.* FROM unnest(CAST(:ids AS bigint[])) AS c(id) CROSS JOIN LATERAL (
    SELECT r.uuid, {key} AS key FROM attempt r JOIN target t ON t.id = r.target_id JOIN call leg ON leg.uuid = r.uuid
    WHERE r.campaign_id = c.id AND r.disposition IS DISTINCT FROM 'not_sent'
        AND r.started_at >= coalesce((SELECT max(since) + interval '5 minutes' FROM result_span
            WHERE campaign_id = c.id), '-infinity') {where}
    ORDER BY {key} {way}, r.uuid {way} LIMIT :limit) x
ORDER BY x.key {way}, x.uuid {way} LIMIT :limit"""

_BOUND = """
SELECT r.attempt_uuid AS uuid, {key} AS key FROM call_result r WHERE r.campaign_id = :id {where}
ORDER BY {key} {way}, r.attempt_uuid {way} OFFSET :look LIMIT 1"""

_DETAILS = """
SELECT a.uuid, a.campaign_id, a.started_at, a.n, a.direction, a.disposition, a.open, a.target_id, t.contact_id,
    k.row_number, k.fields, k.kinds, leg.number, leg.caller_id, leg.ring_s, leg.talk_s,
    leg.answered_at IS NOT NULL AS answered, leg.hangup_by, leg.cause, leg.sip_status,
    (SELECT jsonb_object_agg(w.question, jsonb_build_array(w.value, w.label)) FROM answer w
     WHERE w.attempt_uuid = a.uuid) AS answers,
    EXISTS (SELECT FROM call_recording rec WHERE rec.call_uuid = a.uuid AND rec.state IN ('raw', 'ready'))
        OR EXISTS (SELECT FROM recording rec WHERE rec.attempt_uuid = a.uuid) AS recorded
FROM attempt a JOIN call leg ON leg.uuid = a.uuid
JOIN target t ON t.id = a.target_id JOIN contact k ON k.id = t.contact_id
WHERE a.uuid = ANY(CAST(:uuids AS uuid[]))"""


def calls(
    conn: Connection, campaign_id: int, limit: int, after: Mark | None = None, given: Filter | None = None
) -> Page:
    """Give a page of calls.  after: `next` of the page before.  Raises NoSuchVersion, NoSuchSegment."""
    wanted = given or Filter()
    ids = campaigns_of(conn, campaign_id, wanted.wanted.version)
    look = _Look(conn, ids, wanted, after)
    conn.execute(text("SELECT set_config('jit', 'off', true)"))
    bound = look.bound()
    found = look.read(_KEPT, limit + 1, bound) + look.read(_FRESH, limit + 1, bound)
    found.sort(key=lambda mark: mark, reverse=wanted.descending)
    page = found[:limit]
    end = page[-1] if len(found) > limit else bound
    details = details_of(conn, [mark.uuid for mark in page])
    return Page([row for row in details if look.holds(row)], end)


def details_of(conn: Connection, uuids: Sequence[UUID]) -> list[Row[Any]]:
    """Give these calls in this order."""
    rows = {row.uuid: row for row in conn.execute(text(_DETAILS), {"uuids": list(uuids)})}
    return [rows[uuid] for uuid in uuids if uuid in rows]


class _Look:
    """The conditions of a page, for both places where calls lie."""

    def __init__(self, conn: Connection, ids: Sequence[int], wanted: Filter, after: Mark | None) -> None:
        self._conn, self._ids, self._wanted, self._after = conn, ids, wanted, after
        self._way = "DESC" if wanted.descending else "ASC"
        self._segment: segments.Definition | None = None
        self._values: dict[str, Any] = {"since": wanted.wanted.begin, "until": wanted.wanted.end}
        self._cell = self._of_segment()

    def _of_segment(self) -> str:
        """The condition on the contact, in a form that is tried row by row."""
        segment = self._wanted.wanted.segment
        if segment is None:
            return ""
        if isinstance(segment, Cell):
            self._values |= {"header": segment.header, "cell": segment.value}
            told = "k.fields ->> :header = :cell"
        else:
            self._segment = segments.segment(self._conn, segment.id).definition
            told, values = segments.condition(self._conn, self._segment)
            self._values |= values
        return f" AND (SELECT {told} FROM contact k WHERE k.id = {{contact}})"  # noqa: S608  bound values

    def holds(self, row: Row[Any]) -> bool:
        """Whether the contact is of the segment: the statement lets through a few too many."""
        return self._segment is None or self._segment.holds(row.fields)

    def bound(self) -> Mark | None:
        """Where this page stops looking; None: at the end."""
        wanted = self._wanted
        known = (wanted.outcome is not None) + (wanted.place is not None)  # one of them is found by its index
        if (not self._cell and wanted.answer is None and known < 2) or len(self._ids) > 1:
            return None
        where, values = self._order("r.attempt_uuid", _KEY_OF[self._wanted.sort])
        statement = _BOUND.format(key=_KEY_OF[self._wanted.sort], where=where, way=self._way)
        given = {**self._times(), **values, "id": self._ids[0], "look": LOOK}
        row = self._conn.execute(text(statement), given).first()
        return None if row is None else Mark(row.key, row.uuid)

    def _times(self) -> dict[str, Any]:
        return {name: self._values[name] for name in ("since", "until")}

    def _order(self, uuid: str, key: str) -> tuple[str, dict[str, Any]]:
        where, values = "AND r.started_at >= :since AND r.started_at < :until", {}
        if self._after is not None:
            where += f" AND ({key}, {uuid}) {'<' if self._wanted.descending else '>'} (:after_key, :after_uuid)"
            values = {"after_key": self._after.key, "after_uuid": self._after.uuid}
        return where, values

    def read(self, statement: str, limit: int, bound: Mark | None) -> list[Mark]:
        """Read marks of calls out of one of the places."""
        kept = statement is _KEPT
        uuid, contact = ("r.attempt_uuid", "r.contact_id") if kept else ("r.uuid", "t.contact_id")
        key = _KEY_OF[self._wanted.sort] if kept else _FRESH_KEY_OF[self._wanted.sort]
        where, values = self._order(uuid, key)
        values |= self._values
        if bound is not None:
            where += f" AND ({key}, {uuid}) {'>=' if self._wanted.descending else '<='} (:bound_key, :bound_uuid)"
            values |= {"bound_key": bound.key, "bound_uuid": bound.uuid}
        where += self._cell.format(contact=contact)
        for part, more in self._kept() if kept else self._fresh():
            where += f" AND {part}"
            values |= more
        told = statement.format(key=key, where=where, way=self._way)
        found = self._conn.execute(text(told), {**values, "ids": list(self._ids), "limit": limit})
        return [Mark(row.key, row.uuid) for row in found]

    def _kept(self) -> list[tuple[str, Mapping[str, Any]]]:
        wanted = self._wanted
        parts: list[tuple[str, Mapping[str, Any]]] = []
        if wanted.outcome is not None:
            parts.append(("r.outcome = :outcome", {"outcome": wanted.outcome}))
        if wanted.place is not None:
            parts.append(("r.way_id = ANY(CAST(:ways AS bigint[]))", {"ways": self._ways(wanted.place)}))
        if wanted.answer is not None:
            parts.append(("r.answers ->> :question = :answer", _answer(wanted.answer)))
        if wanted.number is not None:
            parts.append((_NUMBER.format(uuid="r.attempt_uuid"), {"number": wanted.number}))
        return parts

    def _fresh(self) -> list[tuple[str, Mapping[str, Any]]]:
        wanted = self._wanted
        parts: list[tuple[str, Mapping[str, Any]]] = []
        if wanted.outcome is not None:
            parts.append(("r.disposition = :outcome", {"outcome": wanted.outcome}))
        if wanted.place is not None:
            parts.append(at_place(wanted.place, "r.uuid"))
        if wanted.answer is not None:
            parts.append(with_answer(wanted.answer, "r.uuid"))
        if wanted.number is not None:
            parts.append((_NUMBER.format(uuid="r.uuid"), {"number": wanted.number}))
        return parts

    def _ways(self, place: Place) -> list[int]:
        """The ways that go so, of the scenario version that the campaign has."""
        statement = f"""SELECT w.id FROM call_way w
            WHERE w.version_id = (SELECT scenario_version_id FROM campaign WHERE id = :id) AND {_WAY[place.at]}"""  # noqa: S608
        given = {"id": self._ids[0], **_place(place)}
        return list(self._conn.execute(text(statement), given).scalars())


def at_place(place: Place, uuid: str) -> tuple[str, dict[str, Any]]:
    """The condition on an attempt, by what the dialer has written, and its values.  uuid: the attempt's, in SQL."""
    return _STEP.format(uuid=uuid, fact=_FACT[place.at]), _place(place)


def with_answer(answer: tuple[str, str], uuid: str) -> tuple[str, dict[str, Any]]:
    """The same for an answer: question and value."""
    return _ANSWER.format(uuid=uuid), _answer(answer)


def _place(place: Place) -> dict[str, Any]:
    return {"node": place.node, **({"exit": place.exit} if place.at == "left" else {})}


def _answer(answer: tuple[str, str]) -> dict[str, Any]:
    return {"question": answer[0], "answer": answer[1]}


_KEY_OF = {"time": "r.started_at", "talk": "r.talk_s"}
_FRESH_KEY_OF = {"time": "r.started_at", "talk": "coalesce(leg.talk_s, 0)"}
_WAY = {
    "entered": ":node = ANY(w.nodes)",
    "hung_up": "w.reason = 'hung_up' AND w.nodes[cardinality(w.nodes)] = :node",
    "left": "EXISTS (SELECT FROM unnest(w.nodes, w.exits) p(node, exit) WHERE p.node = :node AND p.exit = :exit)",
}
_FACT = {
    "entered": "s.fact ->> 'type' = 'entered'",
    "hung_up": "s.fact ->> 'type' = 'ended' AND s.fact ->> 'reason' = 'hung_up'",
    "left": "s.fact ->> 'type' = 'left' AND s.fact ->> 'exit' = :exit",
}
_STEP = "EXISTS (SELECT FROM step s WHERE s.attempt_uuid = {uuid} AND s.node = :node AND {fact})"
_ANSWER = """EXISTS (SELECT FROM answer w
    WHERE w.attempt_uuid = {uuid} AND w.question = :question AND w.value = :answer)"""
_NUMBER = "{uuid} IN (SELECT legs.uuid FROM call legs WHERE legs.number = :number)"

__all__ = [
    "LOOK",
    "Cell",
    "Filter",
    "Mark",
    "Page",
    "Place",
    "SavedSegment",
    "at_place",
    "calls",
    "details_of",
    "with_answer",
]
