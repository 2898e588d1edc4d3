"""Take people out of campaigns that are running: they have paid, dispute the debt, are bankrupt.

Whoever is named by key, phone or contract is taken out with all phones and contracts.  What waits is done at once; a
target that is claimed or being called is marked: the dialer sends nothing more for it (it looks several times a
second), a call that is up goes on to its end, and nothing follows it.  Later campaigns may call them again; for good
there is the stop list.  Bankruptcy lasts: it keeps every later campaign from calling them until it is taken back
(exclusions.py).
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.exclusions import exclude
from oklik.campaigns.persons import People, with_ids
from oklik.campaigns.rows import run


class Reason(StrEnum):
    """Why somebody is taken out."""

    PAID = "paid"
    DISPUTE = "dispute"
    BANKRUPT = "bankrupt"
    OTHER = "other"

    @property
    def code(self) -> str:
        """The reason as targets, verdicts and sentences have it."""
        return f"removed_{self}"


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody by one of: the customer's key, a phone (E.164), the number of a contract.  row: of a file."""

    key: str = ""
    number: str = ""
    contract: str = ""
    row: int = 0


class Removed(msgspec.Struct, frozen=True):
    """What was done.  people: found; ended: targets that are done now; up: targets in whose call they are; nobody:
    those of whom nothing is known.
    """

    people: int
    ended: int
    up: int
    nobody: tuple[Who, ...] = ()


def find(conn: Connection, whos: Sequence[Who], project_id: int | None) -> tuple[list[People], list[Who]]:
    """Give the people who are meant, each once, and of whom nothing is known.  project_id: None for all projects.

    Several people may have one phone, or one key in several projects: all of them are meant.
    """
    rows = run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(n int, key text, number text, contract text)
           ), p AS (
               SELECT r.n, p.id FROM r JOIN person p ON p.own_key = r.key AND r.key <> ''
               WHERE CAST(:project AS bigint) IS NULL OR p.project_id = :project
               UNION
               SELECT r.n, p.id FROM r JOIN person p ON p.key = r.number AND r.number <> ''
               UNION
               SELECT r.n, f.person_id FROM r JOIN person_phone f ON f.number = r.number AND r.number <> ''
               UNION
               SELECT r.n, c.person_id FROM r JOIN contact c ON c.contract = r.contract AND r.contract <> ''
               JOIN contact_list l ON l.id = c.list_id
               WHERE CAST(:project AS bigint) IS NULL OR l.project_id = :project
           )
           SELECT p.n, coalesce(person.same_as, person.id) AS root FROM p JOIN person ON person.id = p.id""",
        [{"n": n, "key": w.key, "number": w.number, "contract": w.contract} for n, w in enumerate(whos)],
        project=project_id,
    ).all()
    known = {row.n for row in rows}
    nobody = [who for n, who in enumerate(whos) if n not in known]
    return with_ids(conn, sorted({row.root for row in rows})), nobody


def remove(
    conn: Connection,
    whos: Sequence[Who],
    reason: Reason,
    now: dt.datetime,
    *,
    project_id: int | None = None,
    campaign_id: int | None = None,
    by: str = "",
) -> Removed:
    """Take people out of one campaign, of those of a project, or (both None) of all.

    by: who wants it.  Bankruptcy is the person's and no campaign's, so it counts for the project of that one campaign,
    too, and from now on.

    A claim under way holds the targets that are ended here, so this waits for it.  Once this is committed nobody of
    them is dialed later than a second after.  Doing it twice changes nothing.
    """
    people, nobody = find(conn, whos, project_id)
    if reason is Reason.BANKRUPT:
        where = project_id if campaign_id is None else _project_of(conn, campaign_id)
        exclude(conn, [one.root for one in people], now, project_id=where, by=by)
    rows = run(
        conn,
        """WITH t AS (
               UPDATE target SET removed = :code,
                   reason = CASE WHEN target.state = 'dialing' THEN target.reason ELSE :code END,
                   reason_args = CASE WHEN target.state = 'dialing' THEN target.reason_args ELSE '{}' END,
                   state = CASE WHEN target.state = 'dialing' THEN 'dialing' ELSE 'done' END
               FROM campaign c
               WHERE c.id = target.campaign_id AND target.person_id = ANY(CAST(:persons AS bigint[]))
                 AND target.state IN ('preparing', 'waiting', 'dialing') AND target.removed IS NULL
                 AND (CAST(:campaign AS bigint) IS NULL OR c.id = :campaign)
                 AND (CAST(:project AS bigint) IS NULL OR c.project_id = :project)
               RETURNING target.id, target.state
           ), v AS (
               INSERT INTO verdict (target_id, at, allowed, rule, args)
               SELECT id, :now, false, :code, '{}' FROM t
           )
           SELECT state FROM t""",
        persons=[person for one in people for person in one.ids],
        code=reason.code,
        campaign=campaign_id,
        project=project_id,
        now=now,
    ).scalars()
    up = sum(state == "dialing" for state in rows)
    return Removed(len(people), len(rows) - up, up, tuple(nobody))


def _project_of(conn: Connection, campaign_id: int) -> int:
    return int(run(conn, "SELECT project_id FROM campaign WHERE id = :id", id=campaign_id).scalar_one())


def still_up(conn: Connection) -> list[int]:
    """Give the targets that are claimed or being called though their people were taken out."""
    return [int(row.id) for row in run(conn, "SELECT id FROM target WHERE removed IS NOT NULL AND state = 'dialing'")]
