"""The journal of contacts with one person, read for the regulator: ours and others', what was denied, what was wished.

Everything that belongs to the human being: every row of `person` that is one with it, and where a phone was asked for,
every call to that phone, whomever it was for.  How it looks is journal_sheets.py's business.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns.persons import People, keys_of
from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import Role
from oklik.dialing.zones import certain_zone, tzinfo, where
from oklik.reports.journal_words import term
from oklik.reports.words import outcome, reason, word

Days = tuple[dt.date | None, dt.date | None]
"""The first and the last day, both included, by the person's clock; None: no limit."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One contact.  kind: call, message, sms, visit; ours: made by us; source: the campaign, or who made it.

    talk: the person was spoken to, or the message reached them; open: it is under way.  ring_s, talk_s: seconds, None
    where nobody knows.  allowed_at, allowed_until: the gate's yes to the call.  returned: they called us.
    files: recordings of the call, of talks with agents and of answers by voice, relative to the dialer's folder of
    recordings; deleted: when others of its recordings were deleted; lost: how many others no file was ever found of.
    uuid: of call and channel, "" of a contact made elsewhere.
    """

    at: dt.datetime
    kind: str
    ours: bool
    talk: bool
    purpose: str
    source: str
    number: str = ""
    role: str = Role.OWN
    caller_id: str = ""
    contract: str = ""
    disposition: str | None = None
    open: bool = False
    ring_s: float | None = None
    talk_s: float | None = None
    allowed_at: dt.datetime | None = None
    allowed_until: dt.datetime | None = None
    returned: bool = False
    files: tuple[str, ...] = ()
    deleted: tuple[dt.datetime, ...] = ()
    lost: int = 0
    uuid: str = ""
    note: str = ""
    rehearsal: bool = False


class Denied(msgspec.Struct, frozen=True):
    """A call that was not made: rule and args are of dialing.sentences; next_at: when it could be, None for never."""

    at: dt.datetime
    campaign: str
    purpose: str
    rule: str
    args: dict[str, Any]
    next_at: dt.datetime | None


class Wish(msgspec.Struct, frozen=True):
    """What the person wished, allowed or promised.

    kind: consent, revoked, stop_list, promise, and kept, broken, withdrawn of a promise; bankrupt, readmitted.
    about: a purpose, a number, a project, or the day up to which it was promised; detail: source and text of a consent,
    an amount, who said so.
    """

    at: dt.datetime
    kind: str
    about: str
    detail: str


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, each in order of time.

    numbers: every phone and whose it is.  zone: the person's where it is certain, else the office's (zone_known False).
    """

    asked: str
    known_as: str
    numbers: dict[str, str]
    zone: str
    zone_known: bool
    days: Days
    made_at: dt.datetime
    contacts: list[Contact]
    denied: list[Denied]
    wishes: list[Wish]

    def to_json(self, language: str) -> dict[str, Any]:
        """Give JSON values: times with the person's zone and in UTC, codes and their words."""
        zone = tzinfo(self.zone)

        def when(at: dt.datetime | None) -> dict[str, str] | None:
            if at is None:
                return None
            return {"local": at.astimezone(zone).isoformat(), "utc": at.astimezone(dt.UTC).isoformat()}

        return {
            "person": self.known_as,
            "numbers": self.numbers,
            "zone": self.zone,
            "zone_known": self.zone_known,
            "contacts": [
                {
                    **{k: v for k, v in msgspec.to_builtins(one).items() if not k.startswith("allowed_")},
                    "at": when(one.at),
                    "deleted": [when(at) for at in one.deleted],
                    "result": result_of(one, language),
                    "allowed": when(one.allowed_at),
                    "allowed_until": when(one.allowed_until),
                }
                for one in self.contacts
            ],
            "denied": [
                {
                    **msgspec.to_builtins(one),
                    "at": when(one.at),
                    "next_at": when(one.next_at),
                    "reason": reason(one.rule, one.args, language),
                }
                for one in self.denied
            ],
            "wishes": [{**msgspec.to_builtins(one), "at": when(one.at)} for one in self.wishes],
        }


def result_of(one: Contact, language: str) -> str:
    """What became of a contact, in words."""
    if one.open:
        return word("under_way", language)
    if one.ours:
        return outcome(one.disposition or "unknown", "done", language)
    if one.kind == "sms":
        return term("reached" if one.talk else "not_reached", language)
    return term("talk" if one.talk else "no_talk", language)


def read_journal(
    conn: Connection, people: People, *, asked: str, number: str, days: Days, zone: str, now: dt.datetime
) -> Journal:
    """Read the journal of one human being.  number: the phone that was asked for, "" for none; zone: the office's."""
    phones, theirs = _phones(conn, people)
    zones = {one for text, phone in theirs for one in [certain_zone(where(text, phone, None).zones, "")] if one}
    known = len(zones) == 1
    at_home = next(iter(zones)) if known else zone
    since, until = _span(days, tzinfo(at_home))
    span = {"since": since, "until": until}
    own = [phone for phone, role in phones.items() if role in {Role.OWN, Role.WORK}]
    contacts = [*_ours(conn, people, number, span), *_elsewhere(conn, people, [*own, number], span)]
    return Journal(
        asked=asked,
        known_as=keys_of(conn, people) if people.ids else number,
        numbers=phones,
        zone=at_home,
        zone_known=known,
        days=days,
        made_at=now,
        contacts=sorted(contacts, key=lambda one: one.at),
        denied=_denied(conn, people, span),
        wishes=sorted(_wishes(conn, people, [*own, number], span), key=lambda one: one.at),
    )


def _span(days: Days, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    first = dt.datetime.combine(days[0], dt.time(), zone) if days[0] else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    after = dt.datetime.combine(days[1] + dt.timedelta(days=1), dt.time(), zone) if days[1] else None
    return first.astimezone(dt.UTC), (after or dt.datetime(9999, 1, 1, tzinfo=dt.UTC)).astimezone(dt.UTC)


def _phones(conn: Connection, people: People) -> tuple[dict[str, str], list[tuple[str | None, str]]]:
    """Every number and whose it is; the zone cells of the person's rows with their own numbers."""
    phones: dict[str, str] = {}
    theirs: list[tuple[str | None, str]] = []
    for row in run(
        conn,
        """SELECT phones, roles, zone FROM contact
           WHERE person_id = ANY(CAST(:ids AS bigint[])) ORDER BY id DESC LIMIT 100""",
        ids=people.ids,
    ):
        for phone, role in zip(row.phones, row.roles or [Role.OWN] * len(row.phones), strict=False):
            phones.setdefault(phone, str(role))
            if role == Role.OWN:
                theirs.append((row.zone, phone))
    for row in run(
        conn,
        """SELECT key AS number FROM person WHERE id = ANY(CAST(:ids AS bigint[])) AND own_key IS NULL
           UNION SELECT number FROM person_phone WHERE person_id = ANY(CAST(:ids AS bigint[])) ORDER BY number""",
        ids=people.ids,
    ):
        phones.setdefault(row.number, str(Role.OWN))
    return phones, theirs


_OURS = """
SELECT a.uuid, a.started_at, a.disposition, a.open, a.talk, a.purpose, a.message, a.role, a.direction, c.name,
    c.virtual, k.contract,
    leg.number, leg.caller_id, leg.ring_s, leg.talk_s, v.at AS allowed_at, v.next_at AS allowed_until,
    ARRAY(SELECT path FROM call_recording WHERE call_uuid = a.uuid AND state IN ('raw', 'ready') ORDER BY at, n)
    || ARRAY(SELECT r.path FROM recording r WHERE r.attempt_uuid = a.uuid ORDER BY r.at) AS files,
    ARRAY(SELECT deleted_at FROM call_recording WHERE call_uuid = a.uuid AND state = 'deleted' ORDER BY at, n)
        AS deleted,
    (SELECT count(*) FROM call_recording WHERE call_uuid = a.uuid AND state = 'lost') AS lost
FROM attempt a
JOIN call leg ON leg.uuid = a.uuid
JOIN campaign c ON c.id = a.campaign_id
JOIN target t ON t.id = a.target_id
JOIN contact k ON k.id = t.contact_id
LEFT JOIN verdict v ON v.call_uuid = a.uuid
WHERE a.uuid IN (
        SELECT uuid FROM attempt WHERE person_id = ANY(CAST(:ids AS bigint[])) AND started_at >= :since
            AND started_at < :until
        UNION
        SELECT attempt_uuid FROM call WHERE number = :number AND kind <> 'agent' AND intent_at >= :since
            AND intent_at < :until)
    AND a.disposition IS DISTINCT FROM 'not_sent'"""


def _ours(conn: Connection, people: People, number: str, span: Any) -> list[Contact]:
    return [_our_contact(row) for row in run(conn, _OURS, ids=people.ids, number=number, **span)]


def _our_contact(row: Row[Any]) -> Contact:
    return Contact(
        at=row.started_at,
        kind="message" if row.message else "call",
        ours=True,
        talk=row.talk,
        purpose=row.purpose,
        source=row.name,
        number=row.number,
        role=row.role or Role.OWN,
        caller_id=row.caller_id,
        contract=row.contract or "",
        disposition=row.disposition,
        open=row.open,
        ring_s=row.ring_s,
        talk_s=row.talk_s,
        allowed_at=row.allowed_at,
        allowed_until=row.allowed_until,
        returned=row.direction == "in",
        files=tuple(row.files),
        deleted=tuple(row.deleted),
        lost=row.lost,
        uuid=str(row.uuid),
        rehearsal=row.virtual,
    )


def _elsewhere(conn: Connection, people: People, numbers: Sequence[str], span: Any) -> list[Contact]:
    rows = run(
        conn,
        """SELECT * FROM outside_contact
           WHERE id IN (
                   SELECT id FROM outside_contact WHERE person_id = ANY(CAST(:ids AS bigint[]))
                   UNION
                   SELECT o.id FROM outside_contact o JOIN person p ON p.id = o.person_id
                   WHERE o.number = ANY(CAST(:numbers AS text[])) AND p.own_key IS NULL)
             AND at >= :since AND at < :until""",
        ids=people.ids,
        numbers=[number for number in numbers if number],
        **span,
    )
    return [
        Contact(
            at=row.at,
            kind=row.kind,
            ours=False,
            talk=row.talk,
            purpose=row.purpose,
            source=row.source,
            number=row.number or "",
            talk_s=row.seconds,
            note=row.note or "",
            uuid="",
        )
        for row in rows
    ]


def _denied(conn: Connection, people: People, span: Any) -> list[Denied]:
    rows = run(
        conn,
        """SELECT v.at, c.name, c.purpose, v.rule, v.args, v.next_at
           FROM target t JOIN verdict v ON v.target_id = t.id JOIN campaign c ON c.id = t.campaign_id
           WHERE t.person_id = ANY(CAST(:ids AS bigint[])) AND NOT v.allowed AND v.at >= :since AND v.at < :until
           ORDER BY v.at, v.id""",
        ids=people.ids,
        **span,
    )
    return [Denied(row.at, row.name, row.purpose, row.rule, row.args, row.next_at) for row in rows]


def _wishes(conn: Connection, people: People, numbers: Sequence[str], span: Any) -> list[Wish]:
    rows = run(
        conn,
        """SELECT given_at AS at, 'consent' AS kind, purpose AS about, source || ', ' || text_version AS detail
           FROM consent WHERE person_id = ANY(CAST(:ids AS bigint[]))
           UNION ALL
           SELECT revoked_at, 'revoked', purpose, source || ', ' || text_version
           FROM consent WHERE person_id = ANY(CAST(:ids AS bigint[])) AND revoked_at IS NOT NULL
           UNION ALL
           SELECT added_at, 'stop_list', number, source
           FROM suppression WHERE number = ANY(CAST(:numbers AS text[]))
           UNION ALL
           SELECT at, 'promise', CAST(date AS text), amount FROM promise WHERE person_id = ANY(CAST(:ids AS bigint[]))
           UNION ALL
           SELECT settled_at, state, CAST(date AS text), amount
           FROM promise WHERE person_id = ANY(CAST(:ids AS bigint[])) AND state <> 'open'
           UNION ALL
           SELECT at, reason, coalesce(p.name, ''), recorded_by
           FROM exclusion e LEFT JOIN project p ON p.id = e.project_id WHERE person_id = ANY(CAST(:ids AS bigint[]))
           UNION ALL
           SELECT taken_back_at, 'readmitted', coalesce(p.name, ''), taken_back_by || ': ' || taken_back_why
           FROM exclusion e LEFT JOIN project p ON p.id = e.project_id
           WHERE person_id = ANY(CAST(:ids AS bigint[])) AND taken_back_at IS NOT NULL""",
        ids=people.ids,
        numbers=[number for number in numbers if number],
    )
    return [Wish(row.at, row.kind, row.about, row.detail) for row in rows if span["since"] <= row.at < span["until"]]
