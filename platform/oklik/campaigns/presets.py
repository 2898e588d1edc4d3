"""Presets: settings of campaigns that the organisation has agreed on, under names, every version kept.

A campaign refers to the version it was made of, so a preset that is changed later changes nothing of it.
"""

import datetime as dt
import hashlib
import json
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.meanwhile import check_version
from oklik.campaigns.rows import run
from oklik.campaigns.run_settings import RunSettings


class Preset(msgspec.Struct, frozen=True):
    """A preset in one of its versions.  version_id: that version; used_by: campaigns made of any version."""

    id: int
    name: str
    number: int
    version_id: int
    settings: dict[str, Any]
    saved_at: dt.datetime
    saved_by: str
    used_by: int

    @property
    def version(self) -> str:
        """Another one as soon as the settings or the name differ; see campaigns.meanwhile."""
        return hashlib.sha256(f"{self.number} {self.name}".encode()).hexdigest()[:16]


class PresetRefused(ValueError):
    """It cannot be saved.  text: one line in "ru" and "en"; field: the one to blame."""

    def __init__(self, ru: str, en: str, *, field: str = "name") -> None:
        self.text, self.field = {"ru": ru, "en": en}, field
        super().__init__(en)


class NoSuchPreset(LookupError):
    """There is no preset of this id, or no such version of it."""


_PRESETS = """SELECT p.id, p.name, v.number, v.id AS version_id, v.settings, v.saved_at, v.saved_by,
    (SELECT count(*) FROM campaign c JOIN preset_version w ON w.id = c.preset_version_id
     WHERE w.preset_id = p.id) AS used_by
FROM preset p JOIN preset_version v ON v.preset_id = p.id"""


def all_presets(conn: Connection) -> list[Preset]:
    """Give the newest versions of all presets, by name."""
    rows = run(conn, f"{_PRESETS} AND v.number = p.number WHERE p.removed_at IS NULL ORDER BY lower(p.name), p.id")
    return [Preset(*row) for row in rows]


def get_preset(conn: Connection, preset_id: int, number: int | None = None) -> Preset:
    """Give a preset, in its newest version unless told.  Raises NoSuchPreset."""
    row = run(
        conn,
        f"{_PRESETS} AND v.number = coalesce(CAST(:number AS integer), p.number) WHERE p.id = :id",
        id=preset_id,
        number=number,
    ).first()
    if row is None:
        raise NoSuchPreset(f"there is no preset {preset_id}")
    return Preset(*row)


def versions_of(conn: Connection, preset_id: int) -> list[Preset]:
    """Give all versions of a preset, the newest first.  Raises NoSuchPreset."""
    rows = run(conn, f"{_PRESETS} WHERE p.id = :id ORDER BY v.number DESC", id=preset_id).all()
    if not rows:
        raise NoSuchPreset(f"there is no preset {preset_id}")
    return [Preset(*row) for row in rows]


def add_preset(conn: Connection, name: str, settings: RunSettings, by: str, now: dt.datetime) -> int:
    """Make a preset; gives its id.  A name that was removed may be used again.  Raises PresetRefused."""
    _check_trunks(conn, settings)
    run(
        conn,
        """UPDATE preset SET name = name || ' (' || id || ')' WHERE name = :name AND removed_at IS NOT NULL""",
        name=name,
    )
    made = run(
        conn,
        "INSERT INTO preset (name, number) VALUES (:name, 1) ON CONFLICT (name) DO NOTHING RETURNING id",
        name=name,
    ).first()
    if made is None:
        raise PresetRefused(f"набор настроек «{name}» уже есть", f"there is a preset {name!r} already")
    _write(conn, made.id, 1, settings, by, now)
    return int(made.id)


def save_preset(  # noqa: PLR0917  what, how, who, when
    conn: Connection,
    preset_id: int,
    name: str,
    settings: RunSettings,
    by: str,
    now: dt.datetime,
    version: str | None = None,
) -> Preset:
    """Save a preset as a new version, or only its name if nothing else is new.

    version: what the change was made to, None: whatever there is.  Raises NoSuchPreset, PresetRefused,
    ChangedMeanwhile.
    """
    row = run(
        conn, "SELECT number FROM preset WHERE id = :id AND removed_at IS NULL FOR UPDATE", id=preset_id
    ).one_or_none()
    if row is None:
        raise NoSuchPreset(f"there is no preset {preset_id}")
    known = get_preset(conn, preset_id)
    check_version(conn, version, known.version, room="presets.", subject=known.name)
    if run(conn, "SELECT 1 FROM preset WHERE name = :name AND id <> :id", name=name, id=preset_id).first():
        raise PresetRefused(f"набор настроек «{name}» уже есть", f"there is a preset {name!r} already")
    _check_trunks(conn, settings)
    number = row.number
    if known.settings != settings.to_json():
        number += 1
        _write(conn, preset_id, number, settings, by, now)
    run(conn, "UPDATE preset SET name = :name, number = :number WHERE id = :id", name=name, number=number, id=preset_id)
    return get_preset(conn, preset_id)


def remove_preset(conn: Connection, preset_id: int, now: dt.datetime) -> None:
    """Offer a preset no more; campaigns made of it stay as they are.  Raises NoSuchPreset, PresetRefused."""
    if run(conn, "SELECT 1 FROM standing_campaign WHERE preset_id = :id AND active", id=preset_id).first():
        raise PresetRefused(
            "по этому набору работает постоянная кампания: сначала остановите её или дайте ей другой набор",
            "a standing campaign goes by this preset: stop it first, or give it another one",
            field="",
        )
    done = run(conn, "UPDATE preset SET removed_at = :now WHERE id = :id AND removed_at IS NULL", id=preset_id, now=now)
    if not done.rowcount:
        raise NoSuchPreset(f"there is no preset {preset_id}")


def _write(  # noqa: PLR0917
    conn: Connection, preset_id: int, number: int, settings: RunSettings, by: str, now: dt.datetime
) -> None:
    run(
        conn,
        """INSERT INTO preset_version (preset_id, number, settings, saved_at, saved_by)
           VALUES (:preset, :number, CAST(:settings AS jsonb), :now, :by)""",
        preset=preset_id,
        number=number,
        settings=json.dumps(settings.to_json(), ensure_ascii=False),
        now=now,
        by=by,
    )


def _check_trunks(conn: Connection, settings: RunSettings) -> None:
    known = set(
        run(
            conn, "SELECT name FROM trunk WHERE name = ANY(CAST(:names AS text[]))", names=list(settings.trunks)
        ).scalars()
    )
    for place, name in enumerate(settings.trunks):
        if name not in known:
            raise PresetRefused(f"линии «{name}» нет", f"there is no trunk {name!r}", field=f"settings.trunks.{place}")
