"""What a launch check reads about a campaign besides its people: duplicates, cells, speech, how calls ended.

Each is one query; who can be called when is asked elsewhere (preflight.py).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.prepare_prompts import why_stopped
from oklik.campaigns.rows import run
from oklik.campaigns.versions import read_version
from oklik.dialing.forecast import ASSUMED, Outcome, Rates
from oklik.dialing.vocabulary import Disposition
from oklik.scenario.document import Scenario

MEASURED_CAMPAIGNS, MEASURED_EACH = 5, 4_000  # on how many calls of how many campaigns rates are measured at most
ENOUGH = 200  # calls; on fewer nothing is measured
_MEASURED_DAYS = 180


class Duplicates(msgspec.Struct, frozen=True):
    """People who are there more than once.

    persons, contacts: those that the list has several times, and their rows; rejected: rows that the import has left
    out because they double another.  elsewhere: people who are in other running campaigns too; by_campaign: how many
    in which, by its name.
    """

    persons: int
    contacts: int
    rejected: int
    elsewhere: int
    by_campaign: dict[str, int]


class Unfilled(msgspec.Struct, frozen=True):
    """A column of the scenario with empty cells.  header: the list's; None: the list has no such column."""

    column: str
    title: str
    header: str | None
    required: bool
    contacts: int


class Speech(msgspec.Struct, frozen=True):
    """Contacts by how far their speech is.

    ready: made; waiting: not made yet; failed: given up, by the code of the reason.  trouble: why it is not being
    made, None where nothing is in the way.
    """

    ready: int
    waiting: int
    failed: dict[str, int]
    trouble: str | None


class Head(msgspec.Struct, frozen=True):
    """The campaign's own row with what it hangs on.  launched: it has targets; else the list stands for them."""

    id: int
    name: str
    state: str
    purpose: str
    zone: str
    virtual: bool
    list_id: int
    columns: dict[str, str]
    scenario: Scenario
    retry: dict[str, Any]
    launched: bool
    contacts: int


def head_of(conn: Connection, campaign_id: int) -> Head:
    """Read the campaign.  Raises NoResultFound when there is none of this id, VersionUnreadable."""
    row: Row[Any] | None = run(
        conn,
        """SELECT c.id, c.name, c.state, c.purpose, c.zone, c.virtual, c.list_id, c.columns, c.retry,
               c.scenario_version_id,
               (SELECT count(*) FROM target WHERE campaign_id = c.id) AS targets,
               (SELECT count(*) FROM contact WHERE list_id = c.list_id) AS listed
           FROM campaign c WHERE c.id = :id""",
        id=campaign_id,
    ).one_or_none()
    if row is None:
        raise NoResultFound(f"there is no campaign {campaign_id}")
    launched = row.targets > 0
    return Head(
        row.id,
        row.name,
        row.state,
        row.purpose,
        row.zone,
        row.virtual,
        row.list_id,
        row.columns,
        read_version(conn, row.scenario_version_id),
        row.retry,
        launched,
        row.targets if launched else row.listed,
    )


_TWICE = """
WITH alias AS (SELECT id AS person_id, same_as FROM person WHERE same_as IS NOT NULL),
people AS MATERIALIZED (
    SELECT root, count(*) AS n FROM (
        SELECT coalesce(same_as, person_id) AS root FROM target LEFT JOIN alias USING (person_id)
        WHERE campaign_id = :campaign AND state <> 'done'
        UNION ALL
        SELECT coalesce(same_as, person_id) FROM contact LEFT JOIN alias USING (person_id)
        WHERE list_id = :list AND NOT :launched) listed
    GROUP BY root
), other AS (
    SELECT DISTINCT coalesce(same_as, person_id) AS root, g.name
    FROM campaign g JOIN target t ON t.campaign_id = g.id AND t.state <> 'done' LEFT JOIN alias USING (person_id)
    WHERE g.state = 'running' AND g.id <> :campaign
), both_ AS MATERIALIZED (SELECT root, name FROM other JOIN people USING (root)),
named AS (SELECT name, count(*) AS n FROM both_ GROUP BY name)
SELECT count(*) AS persons, coalesce(sum(n), 0) AS contacts,
    (SELECT count(*) FROM rejected_row WHERE list_id = :list AND code = 'duplicate') AS rejected,
    (SELECT count(DISTINCT root) FROM both_) AS elsewhere,
    ARRAY(SELECT name FROM named ORDER BY n DESC, name) AS names,
    ARRAY(SELECT n FROM named ORDER BY n DESC, name) AS each
FROM people WHERE n > 1"""


def duplicates(conn: Connection, head: Head) -> Duplicates:
    """Count people who are in the list several times, or in other running campaigns too."""
    found = run(conn, _TWICE, campaign=head.id, list=head.list_id, launched=head.launched).one()
    return Duplicates(
        persons=int(found.persons),
        contacts=int(found.contacts),
        rejected=int(found.rejected),
        elsewhere=int(found.elsewhere),
        by_campaign=dict(zip(found.names, found.each, strict=True)),
    )


def unfilled(conn: Connection, head: Head) -> list[Unfilled]:
    """Give the columns of the scenario that have empty cells, or that the list has not."""
    scenario = head.scenario
    headers = sorted({head.columns[name] for name in scenario.columns if name in head.columns})
    empty: Mapping[str, int] = {
        row.header: int(row.n)
        for row in run(
            conn,
            """WITH cell AS MATERIALIZED (
                   SELECT c.id, header FROM contact c, unnest(CAST(:headers AS text[])) AS header
                   WHERE c.list_id = :list AND btrim(coalesce(c.fields ->> header, '')) = '')
               SELECT header, count(*) AS n FROM cell
               WHERE NOT :launched OR EXISTS (
                   SELECT FROM target t WHERE t.campaign_id = :campaign AND t.contact_id = cell.id)
               GROUP BY header""",
            headers=headers,
            list=head.list_id,
            launched=head.launched,
            campaign=head.id,
        )
    }
    found: list[Unfilled] = []
    for name, column in scenario.columns.items():
        header = head.columns.get(name)
        n = head.contacts if header is None else empty.get(header, 0)
        if n and not (header is None and name in scenario.rewritten):
            found.append(Unfilled(name, scenario.heading(name), header, column.required, n))
    return found


def speech(conn: Connection, head: Head) -> Speech:
    """Count contacts by how far their speech is."""
    if not head.launched:
        return Speech(0, head.contacts, {}, None)
    ready = waiting = 0
    failed: dict[str, int] = {}
    for row in run(
        conn,
        """SELECT state = 'preparing' AS waiting, count(*) AS n,
               CASE WHEN state = 'done' AND disposition IS NULL THEN reason END AS why
           FROM target WHERE campaign_id = :campaign AND (state <> 'done' OR disposition IS NULL) GROUP BY 1, 3""",
        campaign=head.id,
    ):
        if row.waiting:
            waiting += row.n
        elif row.why is None:
            ready += row.n
        elif row.why == "prompt_failed" or row.why.startswith("value_"):
            failed[row.why] = failed.get(row.why, 0) + row.n
    return Speech(ready, waiting, failed, why_stopped(conn, head.id) if waiting else None)


def rates(conn: Connection, head: Head, now: dt.datetime) -> Rates:
    """Give how calls of earlier campaigns of this purpose ended; the assumptions where there were too few."""
    rows = run(
        conn,
        """SELECT a.disposition, a.talk, a.consumed, count(*) AS n, sum(coalesce(leg.ring_s, 0)) AS ring_s,
               count(leg.talk_s) AS answered, sum(coalesce(leg.talk_s, 0)) AS talk_s
           FROM (
               SELECT id FROM campaign
               WHERE purpose = :purpose AND virtual = :virtual AND id <> :campaign AND created_at >= :since
               ORDER BY id DESC LIMIT :campaigns) g
           CROSS JOIN LATERAL (
               SELECT uuid, disposition, talk, consumed FROM attempt
               WHERE campaign_id = g.id AND NOT open AND disposition <> 'not_sent' LIMIT :each) a
           JOIN call leg ON leg.uuid = a.uuid
           GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
        purpose=head.purpose,
        virtual=head.virtual,
        campaign=head.id,
        since=now - dt.timedelta(days=_MEASURED_DAYS),
        campaigns=MEASURED_CAMPAIGNS,
        each=MEASURED_EACH,
    ).all()
    total = sum(row.n for row in rows)
    if total < ENOUGH:
        return ASSUMED
    answered = sum(row.answered for row in rows)
    return Rates(
        tuple(Outcome(Disposition(row.disposition), row.n / total, row.talk, row.consumed) for row in rows),
        ring_s=round(sum(row.ring_s for row in rows) / total, 1),
        talk_s=round(sum(row.talk_s for row in rows) / answered, 1) if answered else 0.0,
        attempts=total,
    )
