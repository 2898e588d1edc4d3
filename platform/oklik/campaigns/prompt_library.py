"""The library of recorded prompts: by language and key as scenarios name them, each with its history.

It feeds the same mechanism as a folder of recordings does (`speech.recordings`), and goes before it: a campaign pins
at launch, by content, what it found, so a prompt that is replaced later is used from the next campaign on, and what was
pinned stays to be had.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine

from oklik.campaigns.rows import run
from oklik.speech import audio
from oklik.speech.intake import Taken
from oklik.speech.recordings import Recordings

KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
LANGUAGE = re.compile(r"[a-z]{2}")
_PIECE = re.compile(r"\.\d+(\..+)?")


class Shelf:
    """What is recorded, in the library and in the folder; the library's is taken where both have one."""

    def __init__(self, engine: Engine, folder: Recordings | None = None) -> None:
        self._engine, self._folder = engine, folder

    def digests(self) -> dict[str, str]:
        """As Recordings.digests."""
        with self._engine.connect() as conn:
            return ({} if self._folder is None else self._folder.digests()) | library_digests(conn)

    def sound(self, name: str, digest: str) -> audio.Sound:
        """As Recordings.sound, whichever version it was."""
        with self._engine.connect() as conn:
            body = sound_of(conn, digest)
        if body is not None:
            return audio.decode(body, "wav")
        if self._folder is None:
            raise audio.SoundError(f"the recording {name} is not there any more as it was at launch")
        return self._folder.sound(name, digest)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a prompt.  by: as audit.Actor.who; restored: the number of the one that it brought back."""

    number: int
    digest: str
    file_name: str
    duration_ms: int
    clipped: bool
    levelled_db: float
    trimmed_ms: int
    restored: int | None
    saved_at: dt.datetime
    saved_by: str


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """Where a scenario, by its newest version or draft, plays a recording.  place: which text: node.field."""

    scenario_id: int
    scenario: str
    node: str
    place: str
    key: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt of the library, or one that a scenario wants and nobody has recorded (version None)."""

    key: str
    language: str
    version: Version | None
    versions: int
    uses: tuple[Use, ...]


def library_digests(conn: Connection) -> dict[str, str]:
    """Give what there is: "language/key" -> sha256 of the content."""
    rows = run(
        conn,
        """SELECT DISTINCT ON (p.id) p.language, p.key, v.digest
           FROM prompt p JOIN prompt_version v ON v.prompt_id = p.id ORDER BY p.id, v.number DESC""",
    )
    return {f"{row.language}/{row.key}": row.digest for row in rows}


def pinned(conn: Connection, voice: Mapping[str, Any]) -> dict[str, Any]:
    """Give a campaign's voice with the library's recordings among those that go with it."""
    found = library_digests(conn)
    return {**voice, "recordings": {**voice.get("recordings", {}), **found}} if found and voice else dict(voice)


def sound_of(conn: Connection, digest: str) -> bytes | None:
    """Give the wav with this content; None: there is none."""
    found = run(conn, "SELECT body FROM prompt_sound WHERE digest = :digest", digest=digest).scalar()
    return None if found is None else bytes(found)


def put(  # noqa: PLR0917  what, as what, out of which file, by whom, when
    conn: Connection, language: str, key: str, taken: Taken, file_name: str, by: str, now: dt.datetime
) -> int:
    """Put a recording into the library, on top of the one that is there; gives the number of its version."""
    digest = hashlib.sha256(taken.wav).hexdigest()
    run(
        conn,
        "INSERT INTO prompt_sound (digest, body) VALUES (:digest, :body) ON CONFLICT DO NOTHING",
        digest=digest,
        body=taken.wav,
    )
    return _add(
        conn,
        _prompt(conn, language, key),
        by,
        now,
        digest=digest,
        file_name=file_name,
        duration_ms=taken.duration_ms,
        clipped=taken.clipped,
        levelled_db=taken.levelled_db,
        trimmed_ms=taken.trimmed_ms,
        restored=None,
    )


def restore(conn: Connection, language: str, key: str, number: int, by: str, now: dt.datetime) -> int | None:  # noqa: PLR0917  as put
    """Bring an old version back as the newest; gives its number, None where there is no such version."""
    old = next((one for one in versions(conn, language, key) if one.number == number), None)
    if old is None:
        return None
    same = {name: getattr(old, name) for name in old.__struct_fields__ if name not in _OF_ITS_TIME}
    return _add(conn, _prompt(conn, language, key), by, now, **same, restored=number)


_OF_ITS_TIME = ("number", "restored", "saved_at", "saved_by")


def versions(conn: Connection, language: str, key: str) -> list[Version]:
    """Give all versions of a prompt, the newest first."""
    rows = run(
        conn,
        f"""SELECT {", ".join(f"v.{name}" for name in Version.__struct_fields__)}
           FROM prompt p JOIN prompt_version v ON v.prompt_id = p.id
           WHERE p.language = :language AND p.key = :key ORDER BY v.number DESC""",  # noqa: S608  names of fields
        language=language,
        key=key,
    )
    return [Version(**row._asdict()) for row in rows]


def uses(conn: Connection) -> list[tuple[Use, frozenset[str]]]:
    """Give every place where a scenario wants a recording, with the scenario's languages."""
    rows = run(
        conn,
        """SELECT s.id, s.name, d.document -> 'recordings' AS places, d.document -> 'languages' AS languages,
               (SELECT json_object_agg(n.key, n.value -> 'music') FROM json_each(
                    CASE WHEN json_typeof(d.document -> 'nodes') = 'object' THEN d.document -> 'nodes' END) n
                WHERE json_typeof(n.value) = 'object' AND n.value ->> 'music' IS NOT NULL) AS music
           FROM scenario s CROSS JOIN LATERAL (
               (SELECT document FROM scenario_draft WHERE scenario_id = s.id ORDER BY revision DESC LIMIT 1)
               UNION ALL
               (SELECT document FROM scenario_version WHERE scenario_id = s.id ORDER BY number DESC LIMIT 1)) d
           ORDER BY s.name""",
    )
    found: dict[Use, frozenset[str]] = {}
    for row in rows:
        languages = frozenset(map(str, row.languages)) if isinstance(row.languages, list) else frozenset()
        wanted = [(place, key) for place, key in _pairs(row.places)]
        wanted += [(f"{node}.music", key) for node, key in _pairs(row.music)]
        for place, key in wanted:
            use = Use(scenario_id=row.id, scenario=row.name, node=place.rpartition(".")[0], place=place, key=key)
            found[use] = found.get(use, frozenset()) | languages
    return list(found.items())


def _pairs(given: Any) -> list[tuple[str, str]]:
    """The texts of a draft's field, which may hold anything."""
    items = given.items() if isinstance(given, dict) else ()
    return [(key, value) for key, value in items if isinstance(value, str) and KEY.fullmatch(value)]


def all_prompts(conn: Connection, language: str | None = None, q: str = "") -> list[Prompt]:
    """Give the library and what scenarios want besides, by key.  q: a piece of the key or of a scenario's name."""
    rows = run(
        conn,
        f"""SELECT DISTINCT ON (p.id) p.language, p.key, count(*) OVER (PARTITION BY p.id) AS versions,
               {", ".join(f"v.{name}" for name in Version.__struct_fields__)}
           FROM prompt p JOIN prompt_version v ON v.prompt_id = p.id ORDER BY p.id, v.number DESC""",  # noqa: S608  as above
    )
    wanted = uses(conn)
    found = {}
    for row in rows:
        version = Version(**{name: getattr(row, name) for name in Version.__struct_fields__})
        used = tuple(use for use, spoken in wanted if row.language in spoken and _is_for(use.key, row.key))
        found[row.language, row.key] = Prompt(
            key=row.key, language=row.language, version=version, versions=int(row.versions), uses=used
        )
    for use, spoken in wanted:
        for one in spoken:
            known = any(_is_for(use.key, key) for lang, key in found if lang == one and found[lang, key].version)
            if not known:
                before = found.get((one, use.key))
                used = (*(before.uses if before else ()), use)
                found[one, use.key] = Prompt(key=use.key, language=one, version=None, versions=0, uses=used)
    sought = q.casefold()
    return [
        found[place]
        for place in sorted(found, key=lambda place: (place[1], place[0]))
        if language in (None, place[0])
        and (sought in place[1] or any(sought in use.scenario.casefold() for use in found[place].uses))
    ]


def _is_for(wanted: str, key: str) -> bool:
    """Whether a recording is the one that is wanted, or a piece of it: a text with values has `key.1`, `key.2`, ..."""
    return key == wanted or (key.startswith(f"{wanted}.") and _PIECE.fullmatch(key, len(wanted)) is not None)


def recorded_names(conn: Connection, folder: Recordings | None) -> Collection[str] | None:
    """Give the recordings that there are, as "language/key"; None where none are kept anywhere."""
    found = set(library_digests(conn)) | set(folder.digests() if folder is not None else ())
    return found or None


def _prompt(conn: Connection, language: str, key: str) -> int:
    """The prompt's row, locked, so that versions are numbered one at a time."""
    return int(
        run(
            conn,
            """INSERT INTO prompt (language, key) VALUES (:language, :key)
               ON CONFLICT (language, key) DO UPDATE SET key = excluded.key RETURNING id""",
            language=language,
            key=key,
        ).scalar_one()
    )


def _add(conn: Connection, prompt_id: int, by: str, now: dt.datetime, **values: Any) -> int:
    return int(
        run(
            conn,
            """INSERT INTO prompt_version (prompt_id, number, digest, file_name, duration_ms, clipped, levelled_db,
                   trimmed_ms, restored, saved_at, saved_by)
               SELECT :prompt, 1 + coalesce(max(number), 0), :digest, :file_name, :duration_ms, :clipped, :levelled_db,
                   :trimmed_ms, :restored, :now, :by
               FROM prompt_version WHERE prompt_id = :prompt RETURNING number""",
            prompt=prompt_id,
            by=by,
            now=now,
            **values,
        ).scalar_one()
    )


def copy_prompts(here: Connection, there: Connection, keys: Collection[str]) -> int:
    """Copy the newest versions of these recordings, with the pieces of texts, to another library; gives how many.

    What stands there under the same name already and sounds the same is left alone.
    """
    known = library_digests(there)
    rows = run(
        here,
        """SELECT DISTINCT ON (p.id) p.language, p.key, v.*
           FROM prompt p JOIN prompt_version v ON v.prompt_id = p.id ORDER BY p.id, v.number DESC""",
    ).all()
    wanted = [row for row in rows if any(_is_for(key, row.key) for key in keys)]
    for row in wanted:
        if known.get(f"{row.language}/{row.key}") == row.digest:
            continue
        run(
            there,
            "INSERT INTO prompt_sound (digest, body) VALUES (:digest, :body) ON CONFLICT DO NOTHING",
            digest=row.digest,
            body=sound_of(here, row.digest),
        )
        same = {name: getattr(row, name) for name in Version.__struct_fields__ if name not in _OF_ITS_TIME}
        _add(there, _prompt(there, row.language, row.key), row.saved_by, row.saved_at, **same, restored=None)
    return len(wanted)
