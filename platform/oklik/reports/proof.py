"""The proof of one number: what we were allowed and forbidden, and what we did, as it was written at the time.

Consents with their texts, the history on the stop list, every call to the number with the gate's word on it, and every
time the gate said no.  Reading only, of one moment; the sheet is made by proof_sheet.py, the API gives it as JSON.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, text

from oklik.campaigns.exclusions import Exclusion, of_people


class ConsentFact(msgspec.Struct, frozen=True, kw_only=True):
    """A consent.  person_key: the customer's key of who gave it; None: the bearer of the number.  text: None where only
    the version is known.  revoked_at and the rest: None while it holds.
    """

    purpose: str
    source: str
    given_at: dt.datetime
    text_version: str
    text_digest: str | None
    text: str | None
    person_key: str | None
    recorded_by: str
    recorded_at: dt.datetime | None
    revoked_at: dt.datetime | None
    revoked_source: str | None
    revoked_by: str | None
    revoke_recorded_at: dt.datetime | None


class StopFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the number on the stop list.  kind: added, repeated, removed."""

    at: dt.datetime
    kind: str
    source: str
    reason: str
    recorded_by: str
    call_uuid: UUID | None


class CallFact(msgspec.Struct, frozen=True, kw_only=True):
    """A call to the number.  legal_until: the gate's yes held until then; virtual: a rehearsal, nobody real was called.

    disposition: None while it is going on; talk_s: seconds, None when nobody answered.
    """

    at: dt.datetime
    campaign: str
    purpose: str
    caller_id: str
    disposition: str | None
    talk_s: float | None
    hangup_by: str | None
    legal_until: dt.datetime | None
    virtual: bool
    uuid: UUID


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A time when the gate said no.  rule, args: dialing.sentences; next_at: when it was to be asked again."""

    at: dt.datetime
    campaign: str
    purpose: str
    rule: str
    args: dict[str, Any]
    next_at: dt.datetime | None
    virtual: bool


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """All of it.  others_listed: other numbers of the same person on the stop list, which silence this one too.

    exclusions: when the person was marked as bankrupt, and when that was taken back.
    """

    number: str
    at: dt.datetime
    listed_since: dt.datetime | None
    others_listed: list[str]
    consents: list[ConsentFact]
    stop_list: list[StopFact]
    calls: list[CallFact]
    refusals: list[Refusal]
    exclusions: list[Exclusion]

    def holding(self) -> list[ConsentFact]:
        """The consents that hold."""
        return [one for one in self.consents if _holds(one, self.at)]

    def to_json(self) -> dict[str, Any]:
        """JSON values by the fields' names; times in ISO 8601, UTC."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def _holds(one: ConsentFact, at: dt.datetime) -> bool:
    return one.given_at <= at and (one.revoked_at is None or one.revoked_at > at)


def read_proof(conn: Connection, number: str, at: dt.datetime) -> Proof:
    """Read what is known of a number (E.164); a number that nobody knows has an empty proof.

    conn: in a transaction; of REPEATABLE READ if all must be of one moment.  at: the moment of asking.
    """
    told = {"number": number, "persons": [row.id for row in _rows(conn, _PERSONS, number=number)]}
    since = [row.added_at for row in _rows(conn, "SELECT added_at FROM suppression WHERE number = :number", **told)]
    return Proof(
        number=number,
        at=at,
        listed_since=since[0] if since else None,
        others_listed=[row.number for row in _rows(conn, _OTHERS, **told)],
        consents=[ConsentFact(**row._mapping) for row in _rows(conn, _CONSENTS, **told)],  # noqa: SLF001
        stop_list=[StopFact(**row._mapping) for row in _rows(conn, _EVENTS, **told)],  # noqa: SLF001
        calls=[CallFact(**row._mapping) for row in _rows(conn, _CALLS, **told)],  # noqa: SLF001
        refusals=[Refusal(**row._mapping) for row in _rows(conn, _REFUSALS, **told)],  # noqa: SLF001
        exclusions=of_people(conn, [row.id for row in _rows(conn, _PERSONS, number=number)]),
    )


def _rows(conn: Connection, statement: str, **values: object) -> list[Row[Any]]:
    return list(conn.execute(text(statement), values))


# All who hold the number, and all that are one with them.
_PERSONS = """
WITH root AS (
    SELECT coalesce(same_as, id) AS id FROM person WHERE key = :number
    UNION
    SELECT coalesce(p.same_as, p.id) FROM person_phone f JOIN person p ON p.id = f.person_id WHERE f.number = :number
)
SELECT id FROM root UNION SELECT person.id FROM root JOIN person ON person.same_as = root.id"""

_OTHERS = """
SELECT s.number FROM person p JOIN suppression s ON s.number = p.key
WHERE p.id = ANY(:persons) AND s.number <> :number
UNION
SELECT s.number FROM person_phone f JOIN suppression s ON s.number = f.number
WHERE f.person_id = ANY(:persons) AND s.number <> :number
ORDER BY 1"""

_CONSENTS = """
SELECT c.purpose, c.source, c.given_at, c.text_version, c.text_digest, t.text, p.key AS person_key, c.recorded_by,
    c.recorded_at, c.revoked_at, c.revoked_source, c.revoked_by, c.revoke_recorded_at
FROM consent c LEFT JOIN consent_text t ON t.digest = c.text_digest LEFT JOIN person p ON p.id = c.person_id
WHERE c.number = :number OR (c.number IS NULL AND c.person_id = ANY(:persons))
ORDER BY c.given_at, c.id"""

_EVENTS = """
SELECT at, kind, source, reason, recorded_by, call_uuid FROM stop_event WHERE number = :number ORDER BY id"""

_CALLS = """
SELECT a.started_at AS at, k.name AS campaign, a.purpose, c.caller_id, a.disposition, c.talk_s, c.hangup_by,
    v.next_at AS legal_until, k.virtual, a.uuid
FROM attempt a JOIN call c ON c.uuid = a.uuid JOIN campaign k ON k.id = a.campaign_id
LEFT JOIN verdict v ON v.call_uuid = a.uuid AND v.allowed
WHERE a.person_id = ANY(:persons) AND c.number = :number
ORDER BY a.started_at, a.uuid"""

_REFUSALS = """
SELECT v.at, k.name AS campaign, k.purpose, v.rule, v.args, v.next_at, k.virtual
FROM target t JOIN contact c ON c.id = t.contact_id JOIN campaign k ON k.id = t.campaign_id
JOIN verdict v ON v.target_id = t.id AND NOT v.allowed
WHERE t.person_id = ANY(:persons) AND :number = ANY(c.phones)
ORDER BY v.at, v.id"""
