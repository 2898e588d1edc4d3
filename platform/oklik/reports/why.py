"""Why is it not dialing?  A ledger of a campaign that sums exactly to its list, refused rows included.

Every row of the list is in one entry: where it stands, why, since what makes it change and when.  One statement counts
all of it, so that nothing is missed or counted twice while calls go on.  The words are why_words.py's.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.dialing.masking import masked
from oklik.reports.dialers import DialerSeen, campaign_time, dialers
from oklik.reports.due_now import ShutLines, lines_of, shut_lines, why_due, without_line
from oklik.reports.general_words import MANY
from oklik.reports.why_words import (
    SECTIONS,
    Section,
    advice,
    entry_words,
    headline_words,
    section_of_done,
    section_of_waiting,
)

SAMPLE = 5  # as the statements below say, too


class Sampled(msgspec.Struct, frozen=True):
    """A row of an entry, for people: its number in the list and its first phone, masked; "" where there is none."""

    row: int
    number: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that stand at the same point for the same reason.

    code: a rule, a reason, a disposition, a state of a call or a rejection, by section.  args: what the rows' reasons
    have in common.  next_at: when the first of them changes by itself (UTC); None: not by time.
    """

    section: Section
    code: str
    count: int
    args: dict[str, Any] = {}
    sample: tuple[Sampled, ...] = ()
    next_at: dt.datetime | None = None

    def to_json(self, language: str) -> dict[str, Any]:
        """Give JSON values, with the sentences in this language."""
        return {
            "section": str(self.section),
            "code": self.code,
            "args": self.args,
            "count": self.count,
            "sentence": entry_words(self.section, self.code, self.args, language),
            "advice": advice(self.section, self.code, language),
            "next_at": self.next_at.isoformat() if self.next_at else None,
            "sample": [msgspec.structs.asdict(one) for one in self.sample],
        }


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign's whole list at one moment.  now: campaign time; zone: the campaign's; rows: of the list.

    state, held: of the campaign.  dialers: those that call for it, the latest seen first.
    """

    campaign_id: int
    name: str
    state: str
    held: str | None
    zone: str
    virtual: bool
    now: dt.datetime
    rows: int
    dialers: list[DialerSeen]
    entries: list[Entry]

    def of(self, section: Section) -> list[Entry]:
        """Give the entries of a section, the largest first."""
        return sorted((one for one in self.entries if one.section is section), key=lambda one: (-one.count, one.code))

    @property
    def total(self) -> int:
        """What the entries sum to; the same as `rows`."""
        return sum(one.count for one in self.entries)

    def headline(self, language: str, *, terminal: bool = False) -> str:
        """Give the answer in one sentence.  terminal: with the commands that help, for who sits at one."""
        return headline_words(self.state, self.held, self.entries, language, terminal=terminal)

    def to_json(self, language: str) -> dict[str, Any]:
        """Give JSON values: codes and figures, and their sentences in this language."""
        return {
            "campaign": self.campaign_id,
            "name": self.name,
            "state": self.state,
            "held": self.held,
            "zone": self.zone,
            "virtual": self.virtual,
            "now": self.now.isoformat(),
            "rows": self.rows,
            "headline": self.headline(language),
            "dialers": [one.to_json() for one in self.dialers],
            "entries": [one.to_json(language) for section in SECTIONS for one in self.of(section)],
        }


def why(conn: Connection, campaign_id: int, wall: dt.datetime, now: dt.datetime | None = None) -> Ledger:
    """Count a campaign.  wall: real time, by which dialers live; now: campaign time, found out if it is not given.

    The counts are of one instant; samples are exact too where the caller's transaction is REPEATABLE READ.
    Raises NoResultFound when there is no such campaign.
    """
    head = conn.execute(text(_HEAD), {"id": campaign_id}).one()
    seen = dialers(conn, campaign_id, wall)
    moment = now or campaign_time(conn, campaign_id, wall)
    counted = conn.execute(text(_COUNT), {"id": campaign_id, "list": head.list_id, "now": moment}).all()
    alive = [one for one in seen if one.alive]
    shut = shut_lines(conn, campaign_id, [one.node for one in alive])
    due = why_due(head, alive, lines_of(conn, campaign_id), shut)
    groups: dict[_Key, _Group] = {}
    rows = 0
    for row in counted:
        if row.kind == "rows":
            rows = row.n
            continue
        key = _place(row, due, shut)
        groups.setdefault(key, _Group()).add(row)
    if shut is not None and _SHUT in groups:
        groups[_SHUT].args, groups[_SHUT].due = shut.args, shut.next_at
    left = rows - sum(group.count for group in groups.values())
    if left:  # contacts that came to the list after the launch
        groups[Section.OUTSIDE, "not_in_campaign", None] = _outside(conn, campaign_id, head.list_id)
    contacts, rejected = _samples(conn, groups)
    entries = [_entry(key, group, rejected if group.rejected else contacts) for key, group in groups.items()]
    order = list(SECTIONS)
    entries.sort(key=lambda one: (order.index(one.section), -one.count, one.code))
    return Ledger(
        campaign_id=campaign_id,
        name=head.name,
        state=head.state,
        held=head.held,
        zone=head.zone,
        virtual=head.virtual,
        now=moment,
        rows=rows,
        dialers=seen,
        entries=entries,
    )


_HEAD = "SELECT name, state, held, zone, virtual, list_id FROM campaign WHERE id = :id AND state <> 'trial'"

# The reason of a retry alone says little; what came of the last call says more.  So does the column of a value.
_COUNT = """
SELECT 'target' AS kind, state, reason, disposition, outcome, count(*) AS n, min(due) AS due,
    (array_agg(id))[1:5] AS ids
FROM (
    SELECT id, due,
        CASE WHEN state = 'waiting' AND due <= :now THEN 'due' ELSE state END AS state,
        CASE WHEN state = 'done' OR (state = 'waiting' AND (due > :now OR reason IN ('no_line', 'breaker_open')))
            OR (state = 'preparing' AND reason = 'pilot') THEN reason END AS reason,
        CASE WHEN state = 'done' THEN disposition END AS disposition,
        CASE WHEN state = 'waiting' AND due > :now AND reason = 'retry' THEN reason_args ->> 'outcome'
            WHEN state = 'done' AND starts_with(reason, 'value_') THEN reason_args ->> 'title' END AS outcome
    FROM target WHERE campaign_id = :id AND state <> 'dialing') t
GROUP BY state, reason, disposition, outcome
UNION ALL
SELECT 'leg', 'dialing', NULL, NULL,
    CASE WHEN agent.talking THEN 'with_agent' WHEN agent.rung THEN 'agent_rung' ELSE leg.state END,
    count(*), NULL, (array_agg(t.id))[1:5]
FROM target t
LEFT JOIN attempt a ON a.target_id = t.id AND a.open
LEFT JOIN call leg ON leg.uuid = a.uuid
LEFT JOIN LATERAL (
    SELECT count(*) > 0 AS rung, bool_or(g.state = 'answered') AS talking
    FROM call g WHERE g.attempt_uuid = a.uuid AND g.kind = 'agent'
        AND g.state NOT IN ('ended', 'final', 'not_sent', 'unknown')) agent ON true
WHERE t.campaign_id = :id AND t.state = 'dialing'
GROUP BY 5
UNION ALL
SELECT 'rejected', NULL, code, NULL, NULL, count(*), NULL, (array_agg(id ORDER BY row_number))[1:5]
FROM rejected_row WHERE list_id = :list GROUP BY code
UNION ALL
SELECT 'rows', NULL, NULL, NULL, NULL, (SELECT count(*) FROM contact WHERE list_id = :list)
    + (SELECT count(*) FROM rejected_row WHERE list_id = :list), NULL, NULL"""


_Key = tuple[Section, str, str | None]
"""Section, code, and for a retry what came of the last call, for a value its column's title."""
_SHUT: _Key = (Section.DUE, "breaker_open", None)


class _Group:
    """Rows of the count that are one entry."""

    def __init__(self) -> None:
        self.count, self.rejected = 0, False
        self.ids: list[int] = []
        self.due: dt.datetime | None = None
        self.args: dict[str, Any] = {}

    def add(self, row: Row[Any]) -> None:
        self.count += row.n
        self.rejected = row.kind == "rejected"
        self.ids = [*self.ids, *row.ids][:SAMPLE]
        if row.state == "done" and row.outcome is not None:
            self.args = {"title": row.outcome}
        if row.state == "waiting":
            self.due = row.due if self.due is None else min(self.due, row.due)
            if row.outcome is not None:
                self.args = {"outcome": row.outcome}


def _place(row: Row[Any], due: str, shut: ShutLines | None) -> _Key:
    if row.kind == "rejected":
        return Section.REJECTED, row.reason, None
    if row.kind == "leg":
        return Section.CALLING, row.outcome or "intent", None
    # Whoever found no line is looked at again within seconds, so their time has come as well.
    if row.state == "due" or (row.state == "waiting" and row.reason in ("no_line", "breaker_open")):
        return Section.DUE, without_line(row.reason, due, shut), None
    match row.state:
        case "preparing":
            return (Section.OTHER, "pilot", None) if row.reason == "pilot" else (Section.PREPARING, "preparing", None)
        case "waiting":
            code = row.reason or "waiting"
            return section_of_waiting(code), code, row.outcome
    return *section_of_done(row.reason, row.disposition), row.outcome


def _outside(conn: Connection, campaign_id: int, list_id: int) -> _Group:
    group = _Group()
    group.add(
        conn.execute(
            text(
                """SELECT 'contact' AS kind, NULL AS state, count(*) AS n, (array_agg(-c.id))[1:5] AS ids
                    FROM contact c WHERE c.list_id = :list AND NOT EXISTS (
                        SELECT FROM target t WHERE t.campaign_id = :id AND t.contact_id = c.id)"""
            ),
            {"id": campaign_id, "list": list_id},
        ).one()
    )
    return group


_Known = Mapping[int, tuple[Sampled, dict[str, Any]]]


def _samples(conn: Connection, groups: Mapping[_Key, _Group]) -> tuple[_Known, _Known]:
    """Give what is shown of sampled targets (a contact without a target by its negative id) and of refused rows."""
    wanted = [one for group in groups.values() if not group.rejected for one in group.ids]
    contacts = {
        row.id: (Sampled(row.row_number, masked(row.number or "")), row.args or {})
        for row in conn.execute(
            text(
                """SELECT t.id, c.row_number, c.phones[t.phone_index + 1] AS number, t.reason_args AS args
                   FROM target t JOIN contact c ON c.id = t.contact_id WHERE t.id = ANY(:ids)
                   UNION ALL
                   SELECT -c.id, c.row_number, c.phones[1], NULL FROM contact c WHERE -c.id = ANY(:ids)"""
            ),
            {"ids": wanted},
        )
    }
    wanted = [one for group in groups.values() if group.rejected for one in group.ids]
    rejected = {
        row.id: (Sampled(row.row_number, ""), {"detail": row.detail})
        for row in conn.execute(
            text("SELECT id, row_number, detail FROM rejected_row WHERE id = ANY(:ids)"), {"ids": wanted}
        )
    }
    return contacts, rejected


def _entry(key: _Key, group: _Group, known: _Known) -> Entry:
    section, code, _ = key
    sampled = sorted((known[one] for one in group.ids if one in known), key=lambda one: one[0].row)
    args = _common([args for _, args in sampled]) if section not in (Section.CALLING, Section.DUE) else {}
    return Entry(
        section=section,
        code=code,
        count=group.count,
        args=args | group.args,
        sample=tuple(one for one, _ in sampled),
        next_at=group.due,
    )


def _common(several: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what all of them say alike, and MANY for what differs from row to row."""
    names = {name for one in several for name in one if name != "attempt"}
    return {
        name: several[0].get(name) if all(one.get(name) == several[0].get(name) for one in several) else MANY
        for name in sorted(names)
    }
