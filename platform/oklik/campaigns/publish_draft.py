"""Publish a draft: it becomes a version, if it can be called with.  Campaigns that run keep the version they have."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.publish_scenario import Version, publish_scenario
from oklik.campaigns.rows import run
from oklik.campaigns.scenario_drafts import Conflict, look
from oklik.scenario.check import Issue, has_errors
from oklik.scenario.drafting import Problem, review
from oklik.scenario.kinds.base import error
from oklik.scenario.needs import HookShape


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it.  version: None where errors forbid it; new: it was not the newest one before.

    problems: why it does not read; issues: as `check`.
    """

    version: Version | None
    new: bool
    problems: Sequence[Problem]
    issues: Sequence[Issue]


def publish_draft(  # noqa: PLR0917  what, why, by whom, when
    conn: Connection,
    scenario_id: int,
    revision: int,
    note: str,
    by: str,
    now: dt.datetime,
    *,
    hooks: Mapping[str, HookShape] | None = None,
    recorded: Collection[str] | None = None,
) -> Published:
    """Publish the newest revision.  Raises Conflict where it is another one; hooks, recorded: as `check`."""
    row = run(conn, "SELECT project_id, name FROM scenario WHERE id = :id FOR UPDATE", id=scenario_id).one()
    draft = look(conn, scenario_id)
    if draft is None or draft.revision != revision:
        raise Conflict(draft) if draft is not None else LookupError(scenario_id)
    found = review(draft.document, hooks=hooks, recorded=recorded)
    issues = list(found.issues)
    if found.scenario is not None and found.scenario.name != row.name:
        ru = f"Сценарий называется «{row.name}», а в документе стоит имя «{found.scenario.name}»"
        en = f"The scenario is called {row.name!r}, but the document has the name {found.scenario.name!r}"
        issues.insert(0, error(None, "name", "name_differs", ru, en))
    if found.scenario is None or has_errors(issues):
        return Published(version=None, new=False, problems=found.problems, issues=issues)
    version = publish_scenario(conn, row.project_id, found.scenario, now, newest=True)
    new = run(
        conn,
        """UPDATE scenario_version SET published_by = :by, note = :note, draft_revision = :revision
           WHERE id = :id AND published_at = :now AND published_by IS NULL RETURNING id""",
        id=version.id,
        by=by,
        note=note or None,
        revision=revision or None,
        now=now,
    ).first()
    return Published(version=version, new=new is not None, problems=(), issues=issues)
