"""The answers by voice and the recorded calls of an `oklik run`, put beside its report: what it links to must travel.

Answers keep their names, which are made of ids; calls are named by the campaign's template, or by number and time.
The folder and its files are open to their owner and his group, as far as his umask goes, and to nobody else.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from oklik.campaigns.call_recordings import call_names, template_of
from oklik.dialing.call_recording import BESIDE
from oklik.messages import Sentence, why
from oklik.reports.rows import recordings

FOLDER_MODE, FILE_MODE = 0o770, 0o660  # before the umask


@dataclass(frozen=True)
class Beside:
    """folder: of the recordings; copied: that lie there now; missing: that do not, and why the first one does not."""

    folder: Path
    copied: int
    missing: int
    why: Sentence | None


def folder_of(report: Path) -> Path:
    """OUT_recordings beside OUT.xlsx."""
    return report.with_name(f"{report.stem}_recordings")


def put_beside(engine: Engine, campaign_id: int, source: Path, report: Path) -> Beside | None:
    """Copy what is not there yet; None when there are no answers by voice.

    What else lies in the folder is left alone, and a file that cannot be copied is no reason to have no report.
    """
    with engine.connect() as connection:
        names = {path: Path(path).name for path in recordings(connection, campaign_id)}
        names |= call_names(connection, campaign_id, template_of(connection, campaign_id) or BESIDE)
    if not names:
        return None
    folder = folder_of(report)
    copied, failed = 0, list[OSError]()
    for path, name in names.items():
        try:
            place = folder / name
            place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            copy_whole(source / path, place)
            copied += 1
        except OSError as error:
            failed.append(error)
    return Beside(folder, copied, len(failed), why(failed[0]) if failed else None)


def copy_whole(source: Path, place: Path) -> None:
    """Whole or not at all; one that is there already with as many bytes is the same."""
    with source.open("rb") as sound:
        if place.exists() and place.stat().st_size == os.fstat(sound.fileno()).st_size:
            return
        part = place.with_name(f".{place.name}.part")
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            with os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(sound, copy)
            part.replace(place)
        except OSError:
            part.unlink(missing_ok=True)
            raise
