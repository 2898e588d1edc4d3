"""Standing campaigns: every list that comes is a campaign of its own, started at once, of the newest scenario version.

A list is taken once by its content, whatever it is called and however often it comes.  One that cannot be used is
refused with the reason, and its contacts are put among the deleted lists.  Where lists come from (a watched folder,
the API) is told elsewhere.
"""

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine

from oklik.campaigns.campaign_drafts import Wanted, draft, free_name, start
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.list_removal import ListInUse, delete_list
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.presets import NoSuchPreset, get_preset
from oklik.campaigns.projects import check_open
from oklik.campaigns.pronunciation import added
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import SettingsRefused, read_settings
from oklik.campaigns.trunks import TrunkRefused
from oklik.campaigns.versions import VersionUnreadable
from oklik.dialing.zones import tzinfo


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A standing campaign.  taken, refused: how many lists; last_at: when the last one came."""

    id: int
    project_id: int
    project: str
    name: str
    scenario_id: int
    scenario: str
    preset_id: int | None
    overrides: dict[str, Any]
    voice: dict[str, Any]
    active: bool
    created_at: dt.datetime
    taken: int
    refused: int
    last_at: dt.datetime | None


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A list that came.  state: taken, or refused with the reason in "ru" and "en".  before: it had come already."""

    id: int
    source: str
    at: dt.datetime
    state: str
    campaign_id: int | None
    reason: dict[str, str] | None
    before: bool = False


class StandingRefused(ValueError):
    """It cannot be made.  text: one line in "ru" and "en"; field: the one to blame."""

    def __init__(self, ru: str, en: str, *, field: str = "name") -> None:
        self.text, self.field = {"ru": ru, "en": en}, field
        super().__init__(en)


class NoSuchStanding(LookupError):
    """There is no standing campaign of this id."""


def add_standing(  # noqa: PLR0917  what it is made of, who, when
    conn: Connection,
    project_id: int,
    name: str,
    scenario_id: int,
    preset_id: int | None,
    overrides: Mapping[str, Any],
    voice: Mapping[str, Any],
    by: str,
    now: dt.datetime,
) -> int:
    """Make one; gives its id.  Raises StandingRefused, NoSuchPreset, SettingsRefused, ProjectRefused."""
    check_open(conn, project_id)
    read_settings({} if preset_id is None else get_preset(conn, preset_id).settings, overrides)
    version = run(
        conn,
        """SELECT v.id FROM scenario s JOIN scenario_version v ON v.scenario_id = s.id
           WHERE s.id = :id AND s.project_id = :project LIMIT 1""",
        id=scenario_id,
        project=project_id,
    ).first()
    if version is None:
        raise StandingRefused(
            "у этого сценария нет опубликованной версии", "the scenario has no published version", field="scenario"
        )
    made = run(
        conn,
        """INSERT INTO standing_campaign (project_id, name, scenario_id, preset_id, overrides, voice, active,
               created_at, created_by)
           VALUES (:project, :name, :scenario, :preset, CAST(:overrides AS jsonb), CAST(:voice AS jsonb), true,
               :now, :by)
           ON CONFLICT (project_id, name) DO NOTHING RETURNING id""",
        project=project_id,
        name=name,
        scenario=scenario_id,
        preset=preset_id,
        overrides=json.dumps(dict(overrides), ensure_ascii=False, default=str),
        voice=json.dumps(dict(voice), ensure_ascii=False),
        now=now,
        by=by,
    ).first()
    if made is None:
        raise StandingRefused(
            f"постоянная кампания «{name}» уже есть", f"there is a standing campaign {name!r} already"
        )
    return int(made.id)


def all_standing(conn: Connection, only: int | None = None) -> list[Standing]:
    """Give all standing campaigns, or the one of this id, by name."""
    rows = run(
        conn,
        """SELECT s.id, s.project_id, p.name AS project, s.name, s.scenario_id, c.name AS scenario, s.preset_id,
               s.overrides, s.voice, s.active, s.created_at, l.taken, l.refused, l.last_at
           FROM standing_campaign s JOIN project p ON p.id = s.project_id JOIN scenario c ON c.id = s.scenario_id
           CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE state = 'taken') AS taken,
                   count(*) FILTER (WHERE state = 'refused') AS refused, max(at) AS last_at
               FROM standing_list WHERE standing_id = s.id) l
           WHERE CAST(:only AS bigint) IS NULL OR s.id = :only ORDER BY lower(s.name), s.id""",
        only=only,
    )
    return [Standing(**row._asdict()) for row in rows]


def get_standing(conn: Connection, standing_id: int) -> Standing:
    """Give one.  Raises NoSuchStanding."""
    found = all_standing(conn, standing_id)
    if not found:
        raise NoSuchStanding(f"there is no standing campaign {standing_id}")
    return found[0]


def switch(conn: Connection, standing_id: int, *, active: bool) -> None:
    """Take lists again, or no more; campaigns that run already go on.  Raises NoSuchStanding."""
    done = run(conn, "UPDATE standing_campaign SET active = :active WHERE id = :id", id=standing_id, active=active)
    if not done.rowcount:
        raise NoSuchStanding(f"there is no standing campaign {standing_id}")


def lists_of(conn: Connection, standing_id: int, limit: int = 50) -> list[Came]:
    """Give the lists that came, the latest first."""
    rows = run(
        conn,
        """SELECT id, source, at, state, campaign_id, reason_ru, reason_en FROM standing_list
           WHERE standing_id = :id ORDER BY id DESC LIMIT :limit""",
        id=standing_id,
        limit=limit,
    )
    return [_came(row) for row in rows]


def take_list(
    conn: Connection, standing: Standing, list_id: int, now: dt.datetime, *, virtual: bool, zone: str
) -> Came:
    """Start a campaign over a list that is here already.  zone: of the office; virtual: of the dialers there are.

    Twice the same content gives what came of it first.  What is refused is noted.  Raises NoSuchStanding: no such list.
    """
    row = run(
        conn,
        "SELECT name, source, digest FROM contact_list WHERE id = :id AND project_id = :project",
        id=list_id,
        project=standing.project_id,
    ).one_or_none()
    if row is None:
        raise NoSuchStanding(f"there is no list {list_id}")
    if (known := _known(conn, standing.id, row.digest)) is not None:
        return known
    held = conn.begin_nested()
    try:
        campaign = _run(conn, standing, list_id, row.source, now, virtual=virtual, zone=zone)
    except (LaunchRefused, SettingsRefused, NoSuchPreset, TrunkRefused, VersionUnreadable) as error:
        held.rollback()
        text = getattr(error, "text", {"ru": str(error), "en": str(error)})
        return _note(conn, standing.id, row.source, row.digest, now, None, text)
    held.commit()
    return _note(conn, standing.id, row.source, row.digest, now, campaign, None)


def take_file(
    engine: Engine, standing: Standing, path: Path, digest: str, now: dt.datetime, *, virtual: bool, zone: str
) -> Came:
    """Import a file as a list and take it, as take_list.  digest: sha256 of its content."""
    with engine.begin() as conn:
        if (known := _known(conn, standing.id, digest)) is not None:
            return known
        name = free_name(conn, standing.project_id, f"{standing.name} · {path.name}")
    try:
        imported = import_contacts(engine, standing.project, name, path, now=now)
    except ListError as error:
        with engine.begin() as conn:
            told = {code: error.text(code) for code in ("ru", "en")}
            return _note(conn, standing.id, path.name, digest, now, None, told)
    used = False
    try:
        with engine.begin() as conn:
            came = take_list(conn, standing, imported.list_id, now, virtual=virtual, zone=zone)
        used = came.state == "taken" and not came.before
        return came
    finally:
        if not used:  # the list was made for this alone, and the file is there to be tried again
            with engine.begin() as conn, suppress(ListInUse):
                delete_list(conn, imported.list_id, now)


def _known(conn: Connection, standing_id: int, digest: str) -> Came | None:
    # Whoever takes a list of this campaign waits for whoever is taking one.
    run(conn, "SELECT 1 FROM standing_campaign WHERE id = :id FOR UPDATE", id=standing_id)
    row = run(
        conn,
        """SELECT id, source, at, state, campaign_id, reason_ru, reason_en FROM standing_list
           WHERE standing_id = :id AND digest = :digest AND state = 'taken'""",
        id=standing_id,
        digest=digest,
    ).first()
    return None if row is None else msgspec.structs.replace(_came(row), before=True)


def _run(
    conn: Connection, standing: Standing, list_id: int, source: str, now: dt.datetime, *, virtual: bool, zone: str
) -> int:
    version = run(
        conn,
        "SELECT id FROM scenario_version WHERE scenario_id = :id ORDER BY number DESC LIMIT 1",
        id=standing.scenario_id,
    ).scalar_one()
    day = now.astimezone(tzinfo(zone)).date()  # of the office, for which a morning may be yesterday's evening elsewhere
    name = f"{standing.name} · {day.isoformat()} · {source}"
    made = draft(
        conn,
        Wanted(
            project_id=standing.project_id,
            name=free_name(conn, standing.project_id, name),
            scenario_version_id=version,
            list_ids=[list_id],
            preset_id=standing.preset_id,
            overrides=standing.overrides,
            voice=added(conn, standing.voice) if standing.voice else {},  # the words as people want them read today
            zone=zone,
            virtual=virtual,
        ),
        now,
    )
    start(conn, made.campaign_id, now)
    return made.campaign_id


def _note(  # noqa: PLR0917
    conn: Connection,
    standing_id: int,
    source: str,
    digest: str,
    now: dt.datetime,
    campaign_id: int | None,
    reason: Mapping[str, str] | None,
) -> Came:
    """Write what came of a list; one that was refused may come again, when whatever was wrong is mended."""
    row = run(
        conn,
        """INSERT INTO standing_list (standing_id, source, digest, at, state, campaign_id, reason_ru, reason_en)
           VALUES (:standing, :source, :digest, :now, :state, :campaign, :ru, :en)
           ON CONFLICT (standing_id, digest) DO UPDATE SET source = excluded.source, at = excluded.at,
               state = excluded.state, campaign_id = excluded.campaign_id, reason_ru = excluded.reason_ru,
               reason_en = excluded.reason_en
           RETURNING id, source, at, state, campaign_id, reason_ru, reason_en""",
        standing=standing_id,
        source=source,
        digest=digest,
        now=now,
        state="taken" if reason is None else "refused",
        campaign=campaign_id,
        ru=None if reason is None else reason["ru"],
        en=None if reason is None else reason["en"],
    ).one()
    return _came(row)


def _came(row: Any) -> Came:
    reason = None if row.reason_ru is None else {"ru": row.reason_ru, "en": row.reason_en}
    return Came(id=row.id, source=row.source, at=row.at, state=row.state, campaign_id=row.campaign_id, reason=reason)
