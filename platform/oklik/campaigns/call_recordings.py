"""Recordings of calls: what is said before one, their rows, their compression, their end.

The switch writes stereo wav (the person at the left); mp3 of it takes a tenth of the room and is played everywhere.
"""

import datetime as dt
import hashlib
import logging
import subprocess
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine

from oklik.campaigns.rows import run
from oklik.dialing.call_recording import UNIQUE, check_name, name_of, numbered
from oklik.dialing.zones import tzinfo
from oklik.scenario.flow import Say

log = logging.getLogger(__name__)

_WARNINGS = {"ru": "Разговор записывается.", "en": "This call is recorded."}
_AT_ONCE = 50
_ONE_AT_A_TIME = 0x6F6B6C696B0014
_FORGET_AFTER = dt.timedelta(days=1)  # a call whose file has not been found for so long has none
KBITS = 32


class NoEncoder(Exception):
    """ffmpeg is not there, or cannot make mp3; recordings stay as they are."""


class Kept(NamedTuple):
    """A recording.  at: the beginning; number: the person's; path: in the folder of recordings; there: still."""

    uuid: UUID
    part: str
    n: int
    path: str
    seconds: float | None
    at: dt.datetime
    number: str
    there: bool


def warning(language: str) -> Say:
    """What a person hears before anything else if the call is recorded."""
    return Say(text=_WARNINGS[language], language=language)


def begun(conn: Connection, files: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of recordings that have begun: uuid, campaign_id, part, n, path, at, node."""
    run(
        conn,
        """INSERT INTO call_recording (call_uuid, campaign_id, part, n, path, at, node)
           SELECT uuid, campaign_id, part, n, path, at, node FROM json_to_recordset(CAST(:rows AS json))
               AS r(uuid uuid, campaign_id bigint, part text, n smallint, path text, at timestamptz, node text)
           ON CONFLICT (call_uuid, part, n) DO NOTHING""",
        files,
    )


def compress(
    engine: Engine,
    root: Path,
    now: dt.datetime,
    *,
    campaign_id: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Compress the recordings of calls that are over; how many were.  root: the dialer's folder of recordings.

    One process does it at a time.  A file that is not here is left to another machine's worker, and given up after a
    day.  Raises NoEncoder.
    """
    done, last = 0, 0
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        if not run(guard, "SELECT pg_try_advisory_lock(:key)", key=_ONE_AT_A_TIME).scalar_one():
            return 0
        try:
            while not should_stop():
                rows = _raw(guard, campaign_id, last)
                if not rows:
                    break
                for row in rows:
                    last = row.id
                    done += _compress_one(guard, root, row, now)
                    progress(done)
        finally:
            run(guard, "SELECT pg_advisory_unlock(:key)", key=_ONE_AT_A_TIME)
    return done


def _raw(conn: Connection, campaign_id: int | None, last: int) -> Sequence[Any]:
    return run(
        conn,
        """SELECT r.id, r.path, r.at FROM call_recording r JOIN call c ON c.uuid = r.call_uuid
           WHERE r.state = 'raw' AND r.id > :last AND c.state IN ('final', 'unknown', 'not_sent')
             AND (CAST(:campaign AS bigint) IS NULL OR r.campaign_id = CAST(:campaign AS bigint))
           ORDER BY r.id LIMIT :most""",
        campaign=campaign_id,
        last=last,
        most=_AT_ONCE,
    ).all()


def _compress_one(conn: Connection, root: Path, row: Any, now: dt.datetime) -> bool:
    source = root / row.path
    if not source.is_file():
        if now - row.at > _FORGET_AFTER:
            run(conn, "UPDATE call_recording SET state = 'lost' WHERE id = :id AND state = 'raw'", id=row.id)
        return False
    target = source.with_suffix(".mp3")
    try:
        seconds = _seconds(source)
        _encode(source, target)
        data = target.read_bytes()
    except (OSError, wave.Error, EOFError, subprocess.SubprocessError) as error:
        log.error("the recording %s cannot be compressed: %s", source, error)
        return False
    run(
        conn,
        """UPDATE call_recording SET state = 'ready', path = :path, seconds = :seconds, bytes = :bytes, sha256 = :digest
           WHERE id = :id AND state = 'raw'""",
        id=row.id,
        path=str(target.relative_to(root)),
        seconds=seconds,
        bytes=len(data),
        digest=hashlib.sha256(data).hexdigest(),
    )
    source.unlink(missing_ok=True)
    return True


def _seconds(source: Path) -> float:
    """By the size: the head of a file whose writer was killed does not tell."""
    with wave.open(str(source), "rb") as file:
        frame, rate = file.getnchannels() * file.getsampwidth(), file.getframerate()
    size = source.stat().st_size
    return round(max(0, size - 44) / (frame * rate), 2)


def _encode(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), "-ac", "2", "-b:a", f"{KBITS}k"]
    try:
        subprocess.run([*command, "-f", "mp3", str(part)], check=True, capture_output=True, timeout=600)
    except FileNotFoundError as error:
        raise NoEncoder("ffmpeg is not installed (apt-get install ffmpeg)") from error
    except subprocess.CalledProcessError as error:
        part.unlink(missing_ok=True)
        told = error.stderr.decode("utf-8", "replace").strip().splitlines()
        if any("encoder" in line.lower() for line in told):
            raise NoEncoder(f"ffmpeg makes no mp3: {told[-1]}") from error
        raise OSError(told[-1] if told else f"ffmpeg ended with {error.returncode}") from error
    part.chmod(source.stat().st_mode & 0o777)
    part.replace(target)


def expire(engine: Engine, root: Path, now: dt.datetime) -> int:
    """Delete what was kept long enough; the rows stay and say when.  How many were deleted."""
    deleted = 0
    while True:
        with engine.begin() as conn:
            rows = run(
                conn,
                """SELECT r.id, r.path FROM call_recording r JOIN campaign c ON c.id = r.campaign_id
                   WHERE r.deleted_at IS NULL AND r.at + make_interval(days => c.record_days) < :now
                   ORDER BY r.id LIMIT :most FOR UPDATE OF r SKIP LOCKED""",
                now=now,
                most=_AT_ONCE,
            ).all()
            for row in rows:
                (root / row.path).unlink(missing_ok=True)
            run(
                conn,
                """UPDATE call_recording SET state = 'deleted', deleted_at = :now
                   WHERE id = ANY(CAST(:ids AS bigint[]))""",
                ids=[row.id for row in rows],
                now=now,
            )
        deleted += len(rows)
        if len(rows) < _AT_ONCE:
            return deleted


def kept(
    conn: Connection, campaign_id: int, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> Iterator[Kept]:
    """Recordings of a campaign that were begun within these instants, in the order of time; there: they can be had."""
    for row in run(
        conn,
        """SELECT r.call_uuid, r.part, r.n, r.path, r.seconds, r.at, c.number, r.state IN ('raw', 'ready')
           FROM call_recording r JOIN call c ON c.uuid = r.call_uuid
           WHERE r.campaign_id = :campaign
             AND (CAST(:since AS timestamptz) IS NULL OR r.at >= CAST(:since AS timestamptz))
             AND (CAST(:until AS timestamptz) IS NULL OR r.at < CAST(:until AS timestamptz))
           ORDER BY r.at, r.id""",
        campaign=campaign_id,
        since=since,
        until=until,
    ):
        yield Kept(*row)


def call_names(
    conn: Connection,
    campaign_id: int,
    template: str,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> dict[str, str]:
    """Recordings of a campaign as path in the folder -> name by the template, in the order of time.

    Equal names are numbered in that order, those of files that are gone among them, so that each recording has the same
    name whenever and for whichever days it is asked for.
    """
    head = run(conn, "SELECT name, zone FROM campaign WHERE id = :id", id=campaign_id).one()
    zone = tzinfo(head.zone)
    every = list(kept(conn, campaign_id, *((since, until) if template in UNIQUE else ())))
    names = numbered(
        name_of(
            template,
            uuid=one.uuid,
            part=one.part,
            n=one.n,
            path="",
            number=one.number,
            campaign=head.name,
            local=one.at.astimezone(zone),
        )
        for one in every
    )
    return {
        one.path: name + PurePosixPath(one.path).suffix
        for one, name in zip(every, names, strict=True)
        if one.there and (since is None or one.at >= since) and (until is None or one.at < until)
    }


def template_of(conn: Connection, campaign_id: int) -> str | None:
    """Give the campaign's template of names; None for the usual ones."""
    found: str | None = run(conn, "SELECT record_name FROM campaign WHERE id = :id", id=campaign_id).scalar()
    return found


def set_template(conn: Connection, campaign_id: int, template: str) -> None:
    """Keep the campaign's template of names.  Raises BadTemplate."""
    run(conn, "UPDATE campaign SET record_name = :name WHERE id = :id", name=check_name(template), id=campaign_id)
