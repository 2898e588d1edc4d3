"""Ask the gate for targets that the claim has locked: what is known of their persons, read under the lock.

The gate itself is pure (dialing.gate); what it says is written down by the claim.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oklik.campaigns.rows import run
from oklik.campaigns.running import Running
from oklik.dialing.gate import Allow, Deny, Past, Subject, any_suppressed, history_since, judge
from oklik.dialing.law.in_force import wants_consent
from oklik.dialing.zones import where


class _Known:
    """What is known of the locked persons, read after the locks were got: nobody can add to it until we commit.

    Everything by the locked person (root), whichever of the rows that are one with it the calls were made to.
    """

    def __init__(self, conn: Connection, campaign: Running, rows: Sequence[Row[Any]], now: dt.datetime) -> None:
        self.root: dict[int, int] = _one_with(conn, [row.root for row in rows])
        persons = list(self.root)
        self.history: dict[int, list[Past]] = {}
        self.busy: set[int] = set()
        for row in run(
            conn,
            """SELECT person_id, started_at, ended_at, talk, consumed, purpose, open FROM attempt
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND started_at >= :since
                 AND NOT open AND (consumed OR talk)
               UNION ALL
               SELECT person_id, started_at, ended_at, talk, consumed, purpose, open FROM attempt
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND open""",
            persons=persons,
            since=history_since(now),
        ):
            if row.open:
                self.busy.add(self.root[row.person_id])
            else:
                past = Past(row.started_at, row.talk, row.consumed, row.purpose, row.ended_at)
                self.history.setdefault(self.root[row.person_id], []).append(past)
        self.stop_list = {
            number
            for (number,) in run(
                conn,
                "SELECT number FROM suppression WHERE number = ANY(CAST(:phones AS text[]))",
                phones=[phone for row in rows for phone in row.phones],
            )
        }
        self.silent = {
            self.root[person]
            for (person,) in run(
                conn,
                """SELECT p.id FROM person p JOIN suppression s ON s.number = p.key
                   WHERE p.id = ANY(CAST(:persons AS bigint[]))
                   UNION
                   SELECT f.person_id FROM person_phone f JOIN suppression s ON s.number = f.number
                   WHERE f.person_id = ANY(CAST(:persons AS bigint[]))""",
                persons=persons,
            )
        }
        # Consent opens, so it counts only for the one who gave it: whoever shares a number may be a relative.
        self.consents = _consents(conn, campaign, [row.person_id for row in rows], now)


def _one_with(conn: Connection, roots: list[int]) -> dict[int, int]:
    """Every person that is one with these: person -> root.  A root that is another's by now is not among them."""
    found = run(
        conn,
        """SELECT id, id AS root FROM person WHERE id = ANY(CAST(:roots AS bigint[])) AND same_as IS NULL
           UNION ALL
           SELECT id, same_as FROM person WHERE same_as = ANY(CAST(:roots AS bigint[]))""",
        roots=roots,
    )
    return {row.id: row.root for row in found}


def _consents(conn: Connection, campaign: Running, persons: list[int], now: dt.datetime) -> set[int]:
    if not wants_consent(campaign.policy.purpose):
        return set()
    return {
        person
        for (person,) in run(
            conn,
            """SELECT DISTINCT person_id FROM consent
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND purpose = :purpose
                 AND given_at <= :now AND (revoked_at IS NULL OR revoked_at > :now)""",
            persons=persons,
            purpose=campaign.policy.purpose,
            now=now,
        )
    }


Allowed = tuple[Row[Any], str, frozenset[str], dt.datetime]
"""A target's row, the number to call, every zone it may be in, up to when the yes holds."""
Denied = tuple[int, Deny]
"""A target's id and why not."""


def judge_all(
    conn: Connection,
    campaign: Running,
    rows: Sequence[Row[Any]],
    now: dt.datetime,
    limit: int,
) -> tuple[list[Allowed], list[Denied]]:
    """Ask for each row of claim's query, in order, until `limit` are allowed; the rest keep their place."""
    allowed: list[Allowed] = []
    denied: list[Denied] = []
    if not rows:
        return allowed, denied
    known = _Known(conn, campaign, rows, now)
    for row in rows:
        if len(allowed) >= limit:
            break  # the others keep their place
        if row.root not in known.root:
            continue  # an import has just found out who it is: the lock is not the right one any more
        number, zones, answer = _ask(campaign, known, row, now)
        if isinstance(answer, Allow):
            allowed.append((row, number, zones, answer.until))
            known.busy.add(row.root)  # the list may have the person once more, under another number
        else:
            denied.append((row.id, answer))
    return allowed, denied


# What stands for ever against a number, and nothing against the person's next one.
_OF_THE_NUMBER = frozenset({"bad_number", "never_open"})
_OF_THE_DESTINATION = "destination_"


def _ask(campaign: Running, known: _Known, row: Row[Any], now: dt.datetime) -> tuple[str, frozenset[str], Allow | Deny]:
    """What the gate says to the person's present number, or to the next one that can be called at all."""
    subject, answer = choose(
        _subjects(campaign, known, row), lambda subject: judge(subject, campaign.policy, now, campaign.book)
    )
    return subject.number, subject.zones, answer


def _subjects(campaign: Running, known: _Known, row: Row[Any]) -> Iterator[Subject]:
    """What the gate is asked, for each number of the person from the present one on."""
    first = row.phone_index if row.phone_index < len(row.phones) else 0
    for number in row.phones[first:]:
        yield Subject(
            number=number,
            zones=where(row.zone, number, campaign.base_zone, campaign.plan).zones,
            history=known.history.get(row.root, ()),
            busy=row.root in known.busy,
            suppressed=row.root in known.silent or any_suppressed(row.phones, known.stop_list),
            consent=row.person_id in known.consents,
            attempts=row.attempts,
        )


def choose(subjects: Iterable[Subject], ask: Callable[[Subject], Allow | Deny]) -> tuple[Subject, Allow | Deny]:
    """Give the first number that is allowed or denied for the person's sake, else the present one, with the answer."""
    present: tuple[Subject, Allow | Deny] | None = None
    for subject in subjects:
        answer = ask(subject)
        if isinstance(answer, Allow) or not _of_the_number(answer):
            return subject, answer
        present = present or (subject, answer)
    assert present is not None, "a contact has a number"
    return present


def subjects_of(
    conn: Connection, campaign: Running, rows: Sequence[Row[Any]], now: dt.datetime
) -> Iterator[tuple[Row[Any], Iterator[Subject]]]:
    """Give what the gate would be asked for each of these rows, for `choose`; nothing is locked.

    rows: as of claim's query.  Whoever has become another person meanwhile is left out.
    """
    known = _Known(conn, campaign, rows, now)
    for row in rows:
        if row.root in known.root:
            yield row, _subjects(campaign, known, row)


def _of_the_number(denied: Deny) -> bool:
    return denied.rule in _OF_THE_NUMBER or denied.rule.startswith(_OF_THE_DESTINATION)
