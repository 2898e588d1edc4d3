"""A contact's card: who they are, every call of theirs in any campaign with answers and recordings, what was edited.

The card is a row of a list; the calls are the human being's, whatever list, number or campaign they came through.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.list_cells import NoSuchContact
from oklik.campaigns.list_layout import ListLayout, layout_of
from oklik.campaigns.list_pages import ContactLine, contact_line
from oklik.campaigns.persons import with_ids
from oklik.campaigns.rows import run
from oklik.campaigns.versions import VersionUnreadable
from oklik.dialing.zones import where
from oklik.reports.scenario_shape import shape_of
from oklik.store.numbering import current_plan

MOST_CALLS = 50


class CardAnswer(msgspec.Struct, frozen=True):
    """An answer in a call; voice: it was spoken, and can be listened to.  title: of the question, by language."""

    question: str
    value: str
    label: str
    voice: bool
    title: dict[str, str] = {}

    def asked(self, language: str) -> str:
        """Give what was asked, in words where the scenario has them."""
        return self.title.get(language) or next(iter(self.title.values()), self.question)


class CardRecording(msgspec.Struct, frozen=True):
    """A recording of a call.  part: call or agent; state: raw, ready, lost, deleted; seconds: of a ready one."""

    id: int
    part: str
    n: int
    state: str
    seconds: float | None


class CardCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call.  direction: out, or in: they called us; open: it goes on; zone: of the campaign's office."""

    uuid: UUID
    campaign_id: int
    campaign: str
    zone: str
    virtual: bool
    at: dt.datetime
    number: str
    direction: str
    role: str | None
    open: bool
    disposition: str | None
    ring_s: float | None
    talk_s: float | None
    answers: tuple[CardAnswer, ...]
    recordings: tuple[CardRecording, ...]


class CardPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the person stands in a campaign.  due: the next call, of one that waits."""

    campaign_id: int
    campaign: str
    campaign_state: str
    zone: str
    state: str
    disposition: str | None
    reason: str | None
    reason_args: dict[str, Any] | None
    attempts: int
    due: dt.datetime


class CardEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a cell.  edit: its id, None where a call made it; undone: the edit that it took back."""

    edit: int | None
    header: str
    before: str | None
    after: str
    at: dt.datetime
    by: str
    undone: int | None


class CardElsewhere(msgspec.Struct, frozen=True):
    """The same person in another list."""

    contact_id: int
    list_id: int
    list: str
    row: int


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The card.  stopped: those of the numbers that are on the stop list; zones: where they may be, and why."""

    contact: ContactLine
    layout: ListLayout
    person_id: int
    own_key: str | None
    zones: tuple[str, ...]
    zone_rule: str
    stopped: tuple[str, ...]
    places: tuple[CardPlace, ...]
    edits: tuple[CardEdit, ...]
    elsewhere: tuple[CardElsewhere, ...]


def contact_card(conn: Connection, contact_id: int) -> Card:
    """Give the card of a contact.  Raises NoSuchContact."""
    row = run(
        conn,
        """SELECT c.id, c.list_id, c.person_id, c.row_number, c.phones, c.roles, c.zone, c.fields, c.notes, p.own_key,
               coalesce(p.same_as, p.id) AS root
           FROM contact c JOIN person p ON p.id = c.person_id JOIN contact_list l ON l.id = c.list_id
           WHERE c.id = :id AND l.deleted_at IS NULL""",
        id=contact_id,
    ).one_or_none()
    if row is None:
        raise NoSuchContact(f"there is no contact {contact_id}")
    ids = with_ids(conn, [row.root])[0].ids
    zones, rule = where(row.zone, row.phones[0] if row.phones else "", None, current_plan(conn))
    return Card(
        contact=contact_line(row.list_id, row),
        layout=layout_of(conn, row.list_id),
        person_id=row.root,
        own_key=row.own_key,
        zones=tuple(sorted(zones)),
        zone_rule=str(rule),
        stopped=tuple(run(conn, _STOPPED, numbers=list(row.phones), ids=ids).scalars()),
        places=tuple(CardPlace(**one._asdict()) for one in run(conn, _PLACES, ids=ids)),
        edits=tuple(CardEdit(**one._asdict()) for one in run(conn, _EDITS, id=contact_id)),
        elsewhere=tuple(CardElsewhere(*one) for one in run(conn, _ELSEWHERE, ids=ids, id=contact_id)),
    )


def calls_of(
    conn: Connection, contact_id: int, *, before: dt.datetime | None = None, most: int = MOST_CALLS
) -> list[CardCall]:
    """Give the calls of the human being, the latest first.  before: those begun earlier.  Raises NoSuchContact."""
    root = run(
        conn,
        """SELECT coalesce(p.same_as, p.id) FROM contact c JOIN person p ON p.id = c.person_id
           JOIN contact_list l ON l.id = c.list_id WHERE c.id = :id AND l.deleted_at IS NULL""",
        id=contact_id,
    ).scalar()
    if root is None:
        raise NoSuchContact(f"there is no contact {contact_id}")
    ids = with_ids(conn, [root])[0].ids
    rows = run(conn, _CALLS, ids=ids, before=before or _FAR, most=most).all()
    titles = {campaign: _titles(conn, campaign) for campaign in {row.campaign_id for row in rows if row.answers}}
    return [
        CardCall(
            **{name: value for name, value in row._asdict().items() if name not in ("answers", "recordings")},
            answers=tuple(
                CardAnswer(**one, title=titles[row.campaign_id].get(one["question"], {})) for one in row.answers
            ),
            recordings=tuple(CardRecording(**one) for one in row.recordings),
        )
        for row in rows
    ]


def _titles(conn: Connection, campaign_id: int) -> dict[str, dict[str, str]]:
    """The questions of a campaign in words; none where its scenario is of a format that is read no more."""
    try:
        return {one.name: dict(one.title) for one in shape_of(conn, campaign_id).questions}
    except VersionUnreadable:
        return {}


_FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)

_STOPPED = """
    SELECT number FROM suppression WHERE number = ANY(CAST(:numbers AS text[]))
    UNION SELECT s.number FROM suppression s JOIN person p ON p.key = s.number
        WHERE p.id = ANY(CAST(:ids AS bigint[]))
    UNION SELECT s.number FROM suppression s JOIN person_phone f ON f.number = s.number
        WHERE f.person_id = ANY(CAST(:ids AS bigint[]))
    ORDER BY 1"""

_PLACES = """
    SELECT t.campaign_id, c.name AS campaign, c.state AS campaign_state, c.zone, t.state, t.disposition, t.reason,
        t.reason_args, t.attempts, t.due
    FROM target t JOIN campaign c ON c.id = t.campaign_id
    WHERE t.person_id = ANY(CAST(:ids AS bigint[])) ORDER BY t.id DESC LIMIT 50"""

_EDITS = """
    SELECT id AS edit, header, before, after, at, by, undone FROM contact_edit WHERE contact_id = :id
    UNION ALL
    SELECT NULL, header, before, after, at, '', NULL FROM contact_change WHERE contact_id = :id AND kept
    ORDER BY at DESC LIMIT 100"""

_ELSEWHERE = """
    SELECT c.id, c.list_id, l.name, c.row_number FROM contact c JOIN contact_list l ON l.id = c.list_id
    WHERE c.person_id = ANY(CAST(:ids AS bigint[])) AND c.id <> :id AND l.deleted_at IS NULL
    ORDER BY c.id DESC LIMIT 20"""

_CALLS = """
    SELECT a.uuid, a.campaign_id, c.name AS campaign, c.zone, c.virtual, a.started_at AS at, leg.number, a.direction,
        a.role, a.open, a.disposition, leg.ring_s, leg.talk_s,
        ARRAY(SELECT jsonb_build_object('question', s.question, 'value', s.value, 'label', s.label,
                  'voice', EXISTS (SELECT FROM recording r
                                   WHERE r.attempt_uuid = a.uuid AND r.question = s.question))
              FROM answer s WHERE s.attempt_uuid = a.uuid ORDER BY s.at, s.question) AS answers,
        ARRAY(SELECT jsonb_build_object('id', r.id, 'part', r.part, 'n', r.n, 'state', r.state,
                  'seconds', r.seconds)
              FROM call_recording r WHERE r.call_uuid = a.uuid ORDER BY r.at, r.n) AS recordings
    FROM attempt a JOIN call leg ON leg.uuid = a.uuid JOIN campaign c ON c.id = a.campaign_id
    WHERE a.person_id = ANY(CAST(:ids AS bigint[])) AND a.started_at < :before
        AND a.disposition IS DISTINCT FROM 'not_sent'
    ORDER BY a.started_at DESC, a.uuid LIMIT :most"""
