"""Publish a scenario: its document becomes an immutable, numbered version that campaigns pin."""

import datetime as dt
import hashlib
import json
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.handovers import noted
from oklik.campaigns.rows import run
from oklik.scenario.document import Scenario, to_json


class Version(msgspec.Struct, frozen=True):
    """A published version.  number: 1, 2, ... of its scenario; digest: sha256 of the canonical document."""

    id: int
    number: int
    digest: str


def publish_scenario(
    conn: Connection, project_id: int, scenario: Scenario, now: dt.datetime, *, newest: bool = False
) -> Version:
    """Publish a scenario under its own name; the same document again gives the version that is there already.

    newest: only if it is the newest one; an older one comes back as a new version, for the newest is called with.
    """
    document = to_json(scenario)
    digest = digest_of(document)
    scenario_id = run(
        conn,
        """INSERT INTO scenario (project_id, name) VALUES (:project, :name)
           ON CONFLICT (project_id, name) DO UPDATE SET name = excluded.name RETURNING id""",
        project=project_id,
        name=scenario.name,
    ).scalar_one()
    # The row is locked by the upsert, so numbers are given one at a time.
    row = run(
        conn,
        """WITH known AS (
               SELECT id, number FROM scenario_version v WHERE scenario_id = :scenario AND digest = :digest
                   AND (NOT :newest OR NOT EXISTS (SELECT FROM scenario_version later
                                                   WHERE later.scenario_id = :scenario AND later.number > v.number))
               ORDER BY number DESC LIMIT 1
           ), made AS (
               INSERT INTO scenario_version (scenario_id, number, digest, document, agent_groups, published_at)
               SELECT :scenario,
                   1 + (SELECT coalesce(max(number), 0) FROM scenario_version WHERE scenario_id = :scenario), :digest,
                    CAST(:document AS json), CAST(:groups AS text[]), :now
               WHERE NOT EXISTS (SELECT 1 FROM known)
               RETURNING id, number
           )
           SELECT id, number FROM known UNION ALL SELECT id, number FROM made""",
        scenario=scenario_id,
        digest=digest,
        newest=newest,
        document=json.dumps(document, ensure_ascii=False),
        groups=noted(scenario),
        now=now,
    ).one()
    return Version(row.id, row.number, digest)


def digest_of(document: dict[str, Any]) -> str:
    """Give the sha256 of a document as to_json gives it.

    Layout and order are part of it: reports show a menu's options in the order in which they were drawn.
    """
    canonical = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
