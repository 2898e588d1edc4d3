"""Consents to calls: given, taken back, looked up.  Nothing is ever deleted; the text is kept once by its digest.

A consent is to one purpose, and names the number it was given for; with the customer's key of a person besides, it
counts for that person alone.  Taking it back holds for every claim from then on: a claim under way is waited for.
How the gate reads consents is in consents_held.py.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.coming_back import Returned, consented
from oklik.campaigns.holders import lock_holders
from oklik.campaigns.rows import run
from oklik.dialing.law.shapes import CONSENT_PURPOSES

AHEAD = dt.timedelta(minutes=5)  # clocks differ a little; beyond that nobody can have consented yet
DIGITS = 12  # of a text's digest, where they stand for a version that nobody named


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A consent to be kept.

    number: E.164.  person_key: the customer's key of who gave it, None where only the number is known.  source: where
    it was given.  text_version: the text's name; text: the text itself, None where we do not have it.  given_at: aware.
    """

    number: str
    purpose: str
    source: str
    given_at: dt.datetime
    text_version: str = ""
    text: str | None = None
    person_key: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """A consent as it stands.

    text: None where only its version is known; revoked_at and the rest: None while it holds.
    """

    id: int
    number: str | None
    person_key: str | None
    purpose: str
    source: str
    text_version: str
    text_digest: str | None
    text: str | None
    given_at: dt.datetime
    recorded_by: str
    recorded_at: dt.datetime | None
    revoked_at: dt.datetime | None
    revoked_source: str | None
    revoked_by: str | None
    revoke_recorded_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Say whether it counts at that moment."""
        return self.given_at <= now and (self.revoked_at is None or self.revoked_at > now)


class Added(msgspec.Struct, frozen=True):
    """What came of it.  added: new ones; known: those that were kept already; returned: whom they let be called."""

    added: int
    known: int
    returned: Returned


class ConsentRefused(ValueError):
    """A consent cannot be kept, or there is none to be taken back.  text: "ru" and "en"; str() the English one."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def add(conn: Connection, given: Sequence[Given], *, recorded_by: str, now: dt.datetime) -> Added:
    """Keep consents, all or none; whoever was not called for want of them is called.  Raises ConsentRefused."""
    persons = _persons(conn, sorted({one.person_key for one in given if one.person_key is not None}))
    records = [_record(one, persons, now) for one in given]
    texts = {one.text: digest_of(one.text) for one in given if one.text is not None}
    run(
        conn,
        """INSERT INTO consent_text (digest, text, first_at)
           SELECT digest, text, :now FROM json_to_recordset(CAST(:rows AS json)) AS r(digest text, text text)
           ORDER BY digest ON CONFLICT DO NOTHING""",
        [{"digest": digest, "text": normal(text)} for text, digest in texts.items()],
        now=now,
    )
    run(conn, "SELECT pg_advisory_xact_lock(:room)", room=_ONE_AT_A_TIME)  # two imports of one file keep each once
    added = run(
        conn,
        """INSERT INTO consent (person_id, number, purpose, source, text_version, text_digest, given_at, recorded_by,
               recorded_at)
           SELECT DISTINCT ON (r.number, r.person_id, r.purpose, r.given_at, r.text_version, r.source)
               r.person_id, r.number, r.purpose, r.source, r.text_version, r.text_digest, r.given_at, :by, :now
           FROM json_to_recordset(CAST(:rows AS json)) AS r(person_id bigint, number text, purpose text, source text,
               text_version text, text_digest text, given_at timestamptz)
           WHERE NOT EXISTS (
               SELECT FROM consent c WHERE c.number = r.number AND c.person_id IS NOT DISTINCT FROM r.person_id
                 AND c.purpose = r.purpose AND c.given_at = r.given_at AND c.source = r.source
                 AND c.text_version = r.text_version AND c.text_digest IS NOT DISTINCT FROM r.text_digest)""",
        records,
        by=recorded_by,
        now=now,
    ).rowcount
    return Added(added, len(given) - added, consented(conn, records))


_ONE_AT_A_TIME = 0x6F6B6C696B0005


def revoke(
    conn: Connection,
    number: str,
    *,
    source: str,
    recorded_by: str,
    now: dt.datetime,
    purpose: str | None = None,
    person_key: str | None = None,
    at: dt.datetime | None = None,
) -> list[Kept]:
    """Take back what holds for a number, of one purpose or all, of one person or all; gives it as it stands then.

    Consents that the number's persons gave without naming a number go as well: whoever takes a consent back by the
    number they are called at means all that lets us call it.  at: when it was taken back, not after now; None: now.
    Raises ConsentRefused when nothing holds.
    """
    if purpose is not None:
        _check_purpose(purpose)
    if at is not None and at > now:
        raise ConsentRefused("отзыв не может быть из будущего", "a revocation cannot lie in the future")
    persons = lock_holders(conn, [number])
    ids = set(
        run(
            conn,
            """UPDATE consent SET revoked_at = greatest(:at, given_at), revoked_source = :source, revoked_by = :by,
               revoke_recorded_at = :now
           FROM (SELECT c.id FROM consent c LEFT JOIN person p ON p.id = c.person_id
                 WHERE (c.number = :number OR (c.number IS NULL AND c.person_id = ANY(CAST(:persons AS bigint[]))))
                   AND c.revoked_at IS NULL
                   AND (CAST(:purpose AS text) IS NULL OR c.purpose = :purpose)
                   AND (CAST(:person AS text) IS NULL OR p.key = :person OR p.own_key = :person)
                 ORDER BY c.id FOR UPDATE OF c) AS meant
           WHERE consent.id = meant.id RETURNING consent.id""",
            number=number,
            persons=persons,
            purpose=purpose,
            person=person_key,
            source=source,
            by=recorded_by,
            at=at or now,
            now=now,
        ).scalars()
    )
    if not ids:
        raise ConsentRefused(
            f"{number}: действующего согласия нет, отзывать нечего", f"{number}: no consent holds that could be revoked"
        )
    return [one for one in of_number(conn, number) if one.id in ids]


def of_number(conn: Connection, number: str) -> list[Kept]:
    """Give all consents that a number has ever had, its persons' own among them, oldest first."""
    rows = run(
        conn,
        """WITH root AS (
               SELECT coalesce(p.same_as, p.id) AS id FROM person p WHERE p.key = :number
               UNION
               SELECT coalesce(p.same_as, p.id) FROM person_phone f JOIN person p ON p.id = f.person_id
               WHERE f.number = :number
           ), holder AS (
               SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id
           )
           SELECT c.id, c.number, p.key, c.purpose, c.source, c.text_version, c.text_digest, t.text, c.given_at,
               c.recorded_by, c.recorded_at, c.revoked_at, c.revoked_source, c.revoked_by, c.revoke_recorded_at
           FROM consent c LEFT JOIN person p ON p.id = c.person_id LEFT JOIN consent_text t ON t.digest = c.text_digest
           WHERE c.number = :number OR (c.number IS NULL AND c.person_id IN (SELECT id FROM holder))
           ORDER BY c.given_at, c.id""",
        number=number,
    )
    return [Kept(*row) for row in rows]


def normal(text: str) -> str:
    """Give a text as it is kept: line ends of one kind, no space around."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def digest_of(text: str) -> str:
    """Give the sha256 of a text as it is kept."""
    return hashlib.sha256(normal(text).encode()).hexdigest()


def check_one(one: Given, now: dt.datetime) -> None:
    """Look at a consent by itself, as add does.  Raises ConsentRefused."""
    _check_purpose(one.purpose)
    if one.given_at > now + AHEAD:
        raise ConsentRefused(f"{one.number}: согласие из будущего", f"{one.number}: a consent from the future")
    if not one.source.strip():
        raise ConsentRefused(
            f"{one.number}: не сказано, где получено согласие", f"{one.number}: where the consent was given is missing"
        )
    if not one.text_version and not one.text:
        raise ConsentRefused(
            f"{one.number}: нужен текст согласия или его версия", f"{one.number}: the text or its version is needed"
        )


def _record(one: Given, persons: dict[str, int], now: dt.datetime) -> dict[str, object]:
    check_one(one, now)
    if one.person_key is not None and one.person_key not in persons:
        raise ConsentRefused(
            f"человека с ключом «{one.person_key}» нет ни в одном списке",
            f"no list has a person with the key {one.person_key!r}",
        )
    digest = digest_of(one.text) if one.text is not None else None
    return {
        "person_id": persons[one.person_key] if one.person_key is not None else None,
        "number": one.number,
        "purpose": one.purpose,
        "source": one.source,
        "text_version": one.text_version or (digest or "")[:DIGITS],
        "text_digest": digest,
        "given_at": one.given_at,
    }


def _persons(conn: Connection, keys: list[str]) -> dict[str, int]:
    """By the customer's key; where several projects have it, by PROJECT_ID:KEY, as by a phone that is a key here."""
    if not keys:
        return {}
    found: dict[str, int] = {}
    several: set[str] = set()
    for row in run(
        conn,
        """SELECT key AS told, id FROM person WHERE key = ANY(CAST(:keys AS text[]))
           UNION ALL
           SELECT own_key, id FROM person
           WHERE own_key = ANY(CAST(:keys AS text[])) AND key <> ALL(CAST(:keys AS text[]))
           ORDER BY told, id""",
        keys=keys,
    ):
        if found.setdefault(row.told, row.id) != row.id:
            several.add(row.told)
    if several:
        key = min(several)
        raise ConsentRefused(
            f"ключ «{key}» есть в нескольких проектах; укажите НОМЕР_ПРОЕКТА:{key}",
            f"several projects have the key {key!r}; say PROJECT_NUMBER:{key}",
        )
    return found


def _check_purpose(purpose: str) -> None:
    if purpose not in CONSENT_PURPOSES:
        known = ", ".join(CONSENT_PURPOSES)
        raise ConsentRefused(
            f"цели «{purpose}» нет; есть: {known}", f"there is no purpose {purpose!r}; there are: {known}"
        )
