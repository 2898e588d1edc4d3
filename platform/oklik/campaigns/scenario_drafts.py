"""Drafts of scenarios: made, saved revision by revision, looked up; nothing that was saved is lost for a while.

Whoever saves says which revision the change was made to; if it is not the newest any more, nothing is written and the
newest one is given back, to be compared.  Old revisions are thinned out: all of a day stay, then one an hour for a
month.  A draft may be any JSON; publishing it is `publish_draft`'s business.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.publish_scenario import digest_of
from oklik.campaigns.rows import run
from oklik.campaigns.versions import plain_document

WHOLE_DAY = dt.timedelta(days=1)
HOURLY = dt.timedelta(days=30)
_THINNED_EVERY = 25  # revisions
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A saved revision.  revision: 1, 2, ...; 0: nobody has written since it was published from elsewhere.

    by: as audit.Actor.who.
    """

    revision: int
    document: dict[str, Any]
    changed_at: dt.datetime
    by: str


class Conflict(Exception):
    """Somebody else has saved meanwhile.  theirs: the newest revision."""

    def __init__(self, theirs: Draft) -> None:
        self.theirs = theirs
        super().__init__(f"the newest revision is {theirs.revision}")


class NameRefused(ValueError):
    """A scenario cannot be called so.  text: one line in "ru" and "en"; taken: another one is."""

    def __init__(self, ru: str, en: str, *, taken: bool = False) -> None:
        self.text, self.taken = {"ru": ru, "en": en}, taken
        super().__init__(en)


def make(  # noqa: PLR0917  whose, what, by whom, when
    conn: Connection, project_id: int, name: str, document: Mapping[str, Any], by: str, now: dt.datetime
) -> int:
    """Make a scenario with its first draft and give its id.  Raises NameRefused."""
    if not _NAME.fullmatch(name):
        raise NameRefused(
            f"имя «{name[:40]}»: нужны строчные латинские буквы, цифры, дефис и _, первой буква, до 40 знаков",
            f"name {name[:40]!r}: small Latin letters, digits, - and _, a letter first, 40 at most",
        )
    made = run(
        conn,
        """INSERT INTO scenario (project_id, name) VALUES (:project, :name)
           ON CONFLICT (project_id, name) DO NOTHING RETURNING id""",
        project=project_id,
        name=name,
    ).scalar()
    if made is None:
        ru, en = f"сценарий «{name}» уже есть", f"there is a scenario {name!r} already"
        raise NameRefused(ru, en, taken=True)
    _write(conn, made, 1, {**document, "name": name}, by, now)
    return int(made)


def save(  # noqa: PLR0917  which, made to what, what, by whom, when
    conn: Connection, scenario_id: int, revision: int, document: Mapping[str, Any], by: str, now: dt.datetime
) -> int:
    """Save a change that was made to a revision; gives the new one, the same where nothing has changed.

    Raises Conflict, and then nothing is written.
    """
    run(conn, "SELECT FROM scenario WHERE id = :id FOR UPDATE", id=scenario_id)  # one at a time
    newest = look(conn, scenario_id)
    if newest is None or newest.revision != revision:
        # The same change sent again, because its answer was lost on the way, is no quarrel.
        if newest is not None and newest.by == by and newest.document == document:
            return newest.revision
        raise Conflict(newest or Draft(revision=0, document={}, changed_at=now, by=""))
    if revision > 0 and digest_of(newest.document) == digest_of(dict(document)):
        return revision
    _write(conn, scenario_id, revision + 1, document, by, now)
    if revision % _THINNED_EVERY == 0:
        thin(conn, scenario_id, now)
    return revision + 1


def look(conn: Connection, scenario_id: int, revision: int | None = None) -> Draft | None:
    """Give the newest revision, or the one of this number; where none was saved, the newest version as revision 0."""
    row = run(
        conn,
        """SELECT revision, document, saved_at, saved_by FROM scenario_draft
           WHERE scenario_id = :id AND (CAST(:revision AS int) IS NULL OR revision = :revision)
           ORDER BY revision DESC LIMIT 1""",
        id=scenario_id,
        revision=revision,
    ).first()
    if row is not None:
        return Draft(revision=row.revision, document=row.document, changed_at=row.saved_at, by=row.saved_by)
    row = (
        None
        if revision
        else run(
            conn,
            """SELECT document, published_at, coalesce(published_by, '') AS by FROM scenario_version
           WHERE scenario_id = :id ORDER BY number DESC LIMIT 1""",
            id=scenario_id,
        ).first()
    )
    if row is None:
        return None
    return Draft(revision=0, document=plain_document(row.document), changed_at=row.published_at, by=row.by)


class Kept(msgspec.Struct, frozen=True):
    """That a revision can be had."""

    revision: int
    changed_at: dt.datetime
    by: str


def kept(conn: Connection, scenario_id: int, most: int = 200) -> list[Kept]:
    """Give the revisions that can still be had, the newest first."""
    rows = run(
        conn,
        """SELECT revision, saved_at, saved_by FROM scenario_draft WHERE scenario_id = :id
           ORDER BY revision DESC LIMIT :most""",
        id=scenario_id,
        most=most,
    )
    return [Kept(*row) for row in rows]


def thin(conn: Connection, scenario_id: int, now: dt.datetime) -> int:
    """Forget old revisions, as the module says; never the newest, nor one that was published.  Gives how many."""
    return run(
        conn,
        """DELETE FROM scenario_draft d WHERE d.scenario_id = :id AND d.saved_at < :day
             AND NOT EXISTS (SELECT FROM scenario_version v
                             WHERE v.scenario_id = d.scenario_id AND v.draft_revision = d.revision)
             AND EXISTS (SELECT FROM scenario_draft later
                         WHERE later.scenario_id = d.scenario_id AND later.revision > d.revision
                           AND (d.saved_at < :month
                                OR date_trunc('hour', later.saved_at) = date_trunc('hour', d.saved_at)))""",
        id=scenario_id,
        day=now - WHOLE_DAY,
        month=now - HOURLY,
    ).rowcount


def _write(  # noqa: PLR0917  as save
    conn: Connection, scenario_id: int, revision: int, document: Mapping[str, Any], by: str, now: dt.datetime
) -> None:
    run(
        conn,
        """INSERT INTO scenario_draft (scenario_id, revision, digest, document, saved_at, saved_by)
           VALUES (:id, :revision, :digest, CAST(:document AS json), :now, :by)""",
        id=scenario_id,
        revision=revision,
        digest=digest_of(dict(document)),
        document=json.dumps(document, ensure_ascii=False),
        now=now,
        by=by,
    )
