"""`oklik campaign recordings`: the recorded calls of a campaign, into a folder or a ZIP, named as somebody wants them.

A folder is filled file by file, and what is there already with as many bytes is the same, so that a download that was
broken off is gone on with.  A ZIP takes its name when it is whole.
"""

import datetime as dt
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from oklik.campaigns.call_recordings import call_names, set_template, template_of
from oklik.campaigns.listing import NoSuchCampaign, find_campaign
from oklik.dialing.call_recording import NAME
from oklik.dialing.zones import tzinfo
from oklik.display import Display, Step
from oklik.failures import BadInput
from oklik.messages import say, why
from oklik.recording_names import checked_name
from oklik.recordings_beside import FOLDER_MODE, copy_whole

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What is to be downloaded.  since, until: instants, the second one excluded; to: a .zip file, else a folder.

    name: None for the campaign's template, else the usual one.
    """

    campaign: str
    to: Path
    since: dt.datetime | None
    until: dt.datetime | None
    name: str | None

    @classmethod
    def read(
        cls, campaign: str, to: Path, since: str | None, until: str | None, name: str | None, *, zone: str
    ) -> Self:
        """Check what a person gave; days are the office's.  Raises BadInput."""
        template = None if name is None else checked_name(name, "--name")
        first, last = _day("--from", since, zone), _day("--until", until, zone)
        if _is_zip(to) and to.exists():
            raise BadInput("download_there", path=to)
        return cls(campaign, to, first, last and last + DAY, template)


def keep_name(engine: Engine, campaign: str, name: str) -> None:
    """Keep the template with the campaign, for every download and report from now on.  Raises BadInput."""
    template = checked_name(name, "--name")
    with engine.begin() as conn:
        set_template(conn, find_campaign(conn, campaign), template)


def _day(option: str, given: str | None, zone: str) -> dt.datetime | None:
    if given is None:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(given), dt.time(), tzinfo(zone))
    except ValueError:
        raise BadInput("download_day", option=option, given=given) from None


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def download(engine: Engine, source: Path, wanted: Wanted, display: Display, language: str) -> int:
    """Download; gives how many files there are now.  source: the folder of recordings.  Raises BadInput."""
    with engine.connect() as conn:
        try:
            campaign_id = find_campaign(conn, wanted.campaign)
        except NoSuchCampaign as error:
            raise BadInput("no_campaign", given=error.given, known=", ".join(error.known)) from None
        template = wanted.name or template_of(conn, campaign_id) or NAME
        names = call_names(conn, campaign_id, template, wanted.since, wanted.until)
    if not names:
        display.line(say("download_none", language))
        return 0
    step = display.step(say("downloading", language), len(names))
    there = {path: name for path, name in names.items() if (source / path).is_file()}
    try:
        (_zip if _is_zip(wanted.to) else _folder)(source, wanted.to, there, step)
    except OSError as error:
        raise BadInput("disk", path=error.filename or wanted.to, why=why(error)) from None
    step.end(say("downloaded", language, n=len(there), path=wanted.to))
    if gone := len(names) - len(there):
        display.line(say("download_gone", language, n=gone))
    return len(there)


def _folder(source: Path, target: Path, names: Mapping[str, str], step: Step) -> None:
    for done, (path, name) in enumerate(names.items(), start=1):
        place = target / name
        place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        copy_whole(source / path, place)
        step.at(done, len(names))


def _zip(source: Path, target: Path, names: Mapping[str, str], step: Step) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:  # mp3 cannot be made smaller
            for done, (path, name) in enumerate(names.items(), start=1):
                archive.write(source / path, name)
                step.at(done, len(names))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
