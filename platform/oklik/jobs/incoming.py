"""The watched folders of standing campaigns: ROOT/ID, one each; a file that was put there is taken within a minute.

A file that was used goes to `done`, one that cannot be used to `bad`, with the reason in a text beside it.  A file that
still grows, a hidden one and what office programs put beside an open file are left alone.
"""

import datetime as dt
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

from oklik.campaigns.standing import Came, Standing, all_standing, take_file
from oklik.campaigns.which_switch import on_virtual_switch

log = logging.getLogger(__name__)

SETTLED_S = 5.0  # a file that nobody has written to for so long is whole
DONE, BAD = "done", "bad"
_MOST_BYTES = 200 * 1024 * 1024
_TOO_LARGE = {"ru": "файл больше 200 МБ", "en": "the file is larger than 200 MB"}


def take_lists(
    engine: Engine,
    root: Path,
    *,
    zone: str,
    wall: dt.datetime,
    should_stop: Callable[[], bool] = lambda: False,
    settled_s: float = SETTLED_S,
) -> list[Came]:
    """Take every file that lies there; gives what came of each.  zone: of the office; wall: real time."""
    with engine.connect() as conn:
        campaigns = [one for one in all_standing(conn) if one.active]
        virtual = on_virtual_switch(conn, wall)
    came: list[Came] = []
    for standing in campaigns:
        folder = folder_of(root, standing.id)
        folder.mkdir(parents=True, exist_ok=True)
        for path in _whole_files(folder, settled_s):
            if should_stop():
                return came
            try:
                came.append(_take(engine, standing, path, zone=zone, wall=wall, virtual=virtual))
            except Exception:  # tried again in a minute; it holds up no other file
                log.exception("standing campaign %s: %s cannot be taken now", standing.id, path.name)
    return came


def folder_of(root: Path, standing_id: int) -> Path:
    """Give the folder of a standing campaign."""
    return root / str(standing_id)


def _take(engine: Engine, standing: Standing, path: Path, *, zone: str, wall: dt.datetime, virtual: bool) -> Came:
    if path.stat().st_size > _MOST_BYTES:
        found = Came(id=0, source=path.name, at=wall, state="refused", campaign_id=None, reason=_TOO_LARGE)
    else:
        found = take_file(engine, standing, path, _digest(path), wall, virtual=virtual, zone=zone)
    if found.reason is None:
        _aside(path, DONE)
        log.info("standing campaign %s: %s became campaign %s", standing.id, path.name, found.campaign_id)
    else:
        moved = _aside(path, BAD)
        told = "\n".join(found.reason.values()) + "\n"
        moved.with_name(moved.name + ".txt").write_text(told, "utf-8")
        log.warning("standing campaign %s: %s was refused: %s", standing.id, path.name, found.reason["en"])
    return found


def _whole_files(folder: Path, settled_s: float) -> Iterator[Path]:
    """Files of a folder, the oldest first.  Links are none: they could show what is elsewhere on the machine."""
    found = []
    for entry in os.scandir(folder):
        if entry.name.startswith((".", "~")) or entry.name.endswith((".part", ".tmp", ".crdownload")):
            continue
        if not entry.is_file(follow_symlinks=False):
            continue
        changed = entry.stat(follow_symlinks=False).st_mtime
        if time.time() - changed >= settled_s:
            found.append((changed, entry.name))
    for _, name in sorted(found):
        yield folder / name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _aside(path: Path, where: str) -> Path:
    """Move a file into a folder beside it, under a name that is free there."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem} ({number}){path.suffix}"
    path.replace(target)
    return target
