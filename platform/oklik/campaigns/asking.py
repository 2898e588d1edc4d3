"""Ask the gate for targets that the claim has locked: what is known of their persons, read under the lock.

The gate itself is pure (dialing.gate); what it says is written down by the claim.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from oklik.campaigns.consents_held import Consents, ThirdPersons
from oklik.campaigns.contact_fault import contact_fault
from oklik.campaigns.exclusions import Excluded
from oklik.campaigns.other_phones import add_calls_for_others, calls_at, dead_numbers, role_of_number, theirs
from oklik.campaigns.past import add_elsewhere, promises
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running
from oklik.dialing.gate import Allow, Deny, Past, Subject, any_suppressed, history_since, judge
from oklik.dialing.law.shapes import OTHERS, Purpose, Role
from oklik.dialing.planning import closed_number, first_callable
from oklik.dialing.zones import where


class Known:
    """What is known of the locked persons, read after the locks were got: nobody can add to it until we commit.

    Everything by the locked person (root), whichever of the rows that are one with it the calls were made to.
    """

    def __init__(self, conn: Connection, asked: Sequence[tuple[Running, Sequence[Row[Any]]]], now: dt.datetime) -> None:
        """asked: campaigns, and rows of claim's query of each."""
        rows = [row for _, of in asked for row in of]
        self.root: dict[int, int] = _one_with(conn, [row.root for row in rows])
        persons = list(self.root)
        self.history: dict[int, list[Past]] = {}
        self.busy: set[int] = set()
        self.ringing: set[str] = set()  # numbers of calls that were allowed just now
        self.owners: dict[str, set[int]] = {}  # whose such numbers of others are, by root: they are busy with it
        for row in run(
            conn,
            """SELECT person_id, started_at, ended_at, talk, consumed, purpose, open, message FROM attempt
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND started_at >= :since
                 AND NOT open AND (consumed OR talk)
               UNION ALL
               SELECT person_id, started_at, ended_at, talk, consumed, purpose, open, message FROM attempt
               WHERE person_id = ANY(CAST(:persons AS bigint[])) AND open""",
            persons=persons,
            since=history_since(now),
        ):
            if row.open:
                self.busy.add(self.root[row.person_id])
            else:
                past = Past(row.started_at, row.talk, row.consumed, row.purpose, row.ended_at, row.message)
                self.history.setdefault(self.root[row.person_id], []).append(past)
        add_elsewhere(conn, self.history, self.root, rows, now)
        add_calls_for_others(conn, self.history, self.busy, self.root, rows, now)
        projects = {campaign.project_id for campaign, _ in asked if _of_debts(campaign)}
        self.promised = promises(conn, projects, self.root, now)
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
        purposes: dict[str, list[Row[Any]]] = {}
        for campaign, of in asked:
            purposes.setdefault(campaign.policy.purpose, []).extend(of)
        self.consents = {purpose: Consents(conn, purpose, of, now) for purpose, of in purposes.items()}
        self.others = ThirdPersons(conn, rows, now)
        self.excluded = Excluded(conn, self.root, rows)

    def release(self, unused: Iterable["Allowed"]) -> None:
        """Forget that these were allowed: they are not called after all."""
        for row, number, *_ in unused:
            self.busy.discard(row.root)
            self.ringing.discard(number)
            self.busy -= self.owners.pop(number, set())


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


def _of_debts(campaign: Running) -> bool:
    return campaign.policy.purpose == Purpose.DEBT


Allowed = tuple[Row[Any], str, Role, frozenset[str], dt.datetime]
"""A target's row, the number to call, whose it is, every zone it may be in, up to when the yes holds."""
Denied = tuple[int, Deny]
"""A target's id and why not."""


class Judged(NamedTuple):
    """What the gate says to rows of a campaign; those that are in neither keep their place."""

    allowed: list[Allowed]
    denied: list[Denied]


def judge_rows(  # noqa: PLR0917
    conn: Connection, campaign: Running, known: Known, rows: Sequence[Row[Any]], now: dt.datetime, limit: int
) -> Judged:
    """Ask for each row of claim's query, in order, until `limit` are allowed.

    Who is allowed is busy for the rows that come later, here and in other campaigns; see Known.release.  A row at
    which our own code stumbles is denied (contact_fault), and the others are asked for.
    """
    allowed: list[Allowed] = []
    denied: list[Denied] = []
    for row in rows:
        if len(allowed) >= limit:
            break  # the others keep their place
        if row.root not in known.root:
            continue  # an import has just found out who it is: the lock is not the right one any more
        try:
            subject, answer = _ask(conn, campaign, known, row, now)
        except SQLAlchemyError:
            raise  # the transaction is lost
        except Exception as error:  # noqa: BLE001  it would be the first of the next claim, too
            denied.append((row.id, contact_fault(conn, row.id, error, now)))
            continue
        if isinstance(answer, Allow):
            allowed.append((row, subject.number, subject.role, subject.zones, answer.until))
            known.busy.add(row.root)  # they may be there once more, with another number or in another campaign
            known.ringing.add(subject.number)
        else:
            denied.append((row.id, answer))
    return Judged(allowed, denied)


_Asked = tuple[Subject, Allow | Deny]


def _ask(conn: Connection, campaign: Running, known: Known, row: Row[Any], now: dt.datetime) -> _Asked:
    """What the gate says to the person's present number, or to the next one that can be called at all."""
    first = row.phone_index if row.phone_index < len(row.phones) else 0
    asked: list[_Asked] = []
    for number in row.phones[first:]:
        asked.append(_ask_one(conn, campaign, known, row, number, now))
        if not closed_number(*asked[-1]):
            return asked[-1]
    if first:
        # The present number and those after it can never be called; earlier ones may, but those that came to nothing.
        for number in _earlier(conn, row, first):
            again = _ask_one(conn, campaign, known, row, number, now)
            if not closed_number(*again):
                return again
    return asked[0]


def _earlier(conn: Connection, row: Row[Any], first: int) -> Iterator[str]:
    dead = dead_numbers(conn, row.id)
    yield from (number for number in row.phones[:first] if number not in dead)


def _ask_one(  # noqa: PLR0917
    conn: Connection, campaign: Running, known: Known, row: Row[Any], number: str, now: dt.datetime
) -> _Asked:
    subject = subject_of(campaign, known, row, number)
    answer = judge(subject, campaign.policy, now, campaign.book)
    if subject.role in OTHERS and isinstance(answer, Allow):
        # Whoever answers there is a human being with a peace of their own, whichever debtors they stand for.
        own = [person for person, root in known.root.items() if root == row.root]
        history, busy, owners = calls_at(conn, number, now, besides=own)
        busy = busy or number in known.ringing or not owners.isdisjoint(known.busy)
        whole = replace(subject, history=[*subject.history, *history], busy=busy)
        answer = judge(whole, campaign.policy, now, campaign.book)
        if isinstance(answer, Allow):
            known.busy |= owners
            known.owners[number] = owners
    return subject, answer


def subject_of(campaign: Running, known: Known, row: Row[Any], number: str) -> Subject:
    """Give what the gate is to know of the person of a target's row behind one of its numbers."""
    role = role_of_number(row.phones, row.roles, number)
    promised = known.promised.get((campaign.project_id, row.root), ()) if _of_debts(campaign) else ()
    days = [day for target, day in promised if target != row.id]
    return Subject(
        number=number,
        zones=where(None if role in OTHERS else row.zone, number, campaign.base_zone, campaign.plan).zones,
        history=known.history.get(row.root, ()),
        busy=row.root in known.busy,
        suppressed=row.root in known.silent
        or any_suppressed(theirs(row.phones, row.roles), known.stop_list)
        or number in known.stop_list,
        consent=known.consents[campaign.policy.purpose].cover(row.person_id, number),
        attempts=row.attempts,
        hours=tuple(row.last_hours),
        wish=row.wish,
        role=role,
        others=role in OTHERS and known.others.cover(row, number),
        promised=max(days, default=None),
        routed=campaign.ways.take(number),
        bankrupt=known.excluded.covers(campaign.project_id, row.root, number),
    )


def choose(subjects: Iterable[Subject], ask: Callable[[Subject], Allow | Deny]) -> _Asked:
    """Give the first number that is allowed or denied for the person's sake, else the present one, with the answer."""
    return first_callable(((subject, ask(subject)) for subject in subjects), lambda asked: asked)


def subjects_of(
    conn: Connection, campaign: Running, rows: Sequence[Row[Any]], now: dt.datetime
) -> Iterator[tuple[Row[Any], Iterator[Subject]]]:
    """Give what the gate would be asked for each of these rows, for `choose`; nothing is locked.

    rows: as of claim's query.  Whoever has become another person meanwhile is left out.
    """
    known = Known(conn, [(campaign, rows)], now)
    for row in rows:
        if row.root in known.root:
            first = row.phone_index if row.phone_index < len(row.phones) else 0
            numbers = chain(row.phones[first:], _earlier(conn, row, first) if first else ())
            yield row, (subject_of(campaign, known, row, number) for number in numbers)
