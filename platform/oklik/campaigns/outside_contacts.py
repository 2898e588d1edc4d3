"""Contacts made elsewhere (1C, mobiles, SMS, another dialer): each is kept once and counts for the person's caps.

One by one for whoever calls this from a program, or from a file (outside_file.py reads it).  A person nobody knows yet
is made, so that a list that brings them later finds what was said.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.persons import know_numbers, person_key, put_persons
from oklik.campaigns.rows import run
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.gate import plausible
from oklik.dialing.law.shapes import Purpose

LATER = dt.timedelta(minutes=5)  # clocks differ


class OutsideContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact.  key: the customer's of the person, or number: E.164 (or both); at: with its zone.

    talk: the person was spoken to, or the message reached them.  seconds: how long it took, if that is known.
    external_id: the source's own number of the contact; "": a digest of what is told here.
    """

    at: dt.datetime
    kind: OutsideKind
    talk: bool
    purpose: Purpose
    key: str = ""
    number: str = ""
    seconds: int | None = None
    note: str = ""
    source: str = "import"
    external_id: str = ""


class BadContact(ValueError):
    """A contact that cannot be kept.  code: no_person, bad_phone, no_zone, future."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Kept(msgspec.Struct, frozen=True):
    """added: kept now; known: kept before, nothing was changed."""

    added: int
    known: int


def check(contact: OutsideContact, now: dt.datetime) -> None:
    """Raise BadContact for one that cannot be kept."""
    if not contact.key and not contact.number:
        raise BadContact("no_person")
    if contact.number and not plausible(contact.number):
        raise BadContact("bad_phone")
    if contact.at.tzinfo is None:
        raise BadContact("no_zone")
    if contact.at > now + LATER:
        raise BadContact("future")


def put_contacts(conn: Connection, project_id: int, contacts: Sequence[OutsideContact], now: dt.datetime) -> Kept:
    """Keep contacts; project_id: whose keys they name.  Telling them twice changes nothing.  Raises BadContact.

    The persons are locked, which waits for claims under way: the next claim reads what is told here.
    """
    for contact in contacts:
        check(contact, now)
    if not contacts:
        return Kept(0, 0)
    records = [_record(project_id, contact) for contact in contacts]
    run(
        conn,
        """CREATE TEMPORARY TABLE incoming (key text, code text, own_key text, project_id bigint, own text[])
           ON COMMIT DROP""",
    )
    # A number told beside a key may be anybody's whom the person was asked for at: it joins nobody.
    run(
        conn,
        """INSERT INTO incoming (key, own_key, project_id, own)
           SELECT DISTINCT person_key, own_key, CAST(:project AS bigint),
               CASE WHEN own_key IS NULL THEN ARRAY[number] ELSE '{}' END
           FROM json_to_recordset(CAST(:rows AS json)) AS r(person_key text, own_key text, number text)""",
        records,
        project=project_id,
    )
    put_persons(conn)
    know_numbers(conn)
    run(
        conn,
        """SELECT id FROM person
           WHERE id IN (SELECT coalesce(same_as, id) FROM person JOIN incoming USING (key))
           ORDER BY id FOR NO KEY UPDATE""",
    )
    run(conn, "DROP TABLE incoming")
    added = run(conn, _INSERT, records, now=now).rowcount
    return Kept(added, len(contacts) - added)


_INSERT = """
INSERT INTO outside_contact
    (person_id, number, at, kind, talk, purpose, seconds, note, source, external_id, added_at)
SELECT person.id, r.number, r.at, r.kind, r.talk, r.purpose, r.seconds, r.note, r.source, r.external_id, :now
FROM json_to_recordset(CAST(:rows AS json))
    AS r(person_key text, number text, at timestamptz, kind text, talk boolean, purpose text, seconds integer,
         note text, source text, external_id text)
JOIN person ON person.key = r.person_key
ORDER BY r.at
ON CONFLICT (source, external_id) DO NOTHING"""


def _record(project_id: int, one: OutsideContact) -> dict[str, object]:
    return {
        "person_key": person_key(project_id, one.key) if one.key else one.number,
        "own_key": one.key or None,
        "number": one.number or None,
        "at": one.at,
        "kind": one.kind,
        "talk": one.talk,
        "purpose": one.purpose,
        "seconds": one.seconds,
        "note": one.note or None,
        "source": one.source,
        "external_id": one.external_id or _digest(one),
    }


def _digest(one: OutsideContact) -> str:
    at = one.at.astimezone(dt.UTC).isoformat()
    told = "\0".join((one.key, one.number, at, one.kind, str(one.talk), one.purpose, str(one.seconds)))
    return f"row:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
