"""Files of work that did not come to its end: where they lie while it goes on, and how they are cleared away later.

A process that is killed cannot tidy up, and what it leaves is speech about people.  Who makes prompts sweeps once when
it starts; files that somebody may still be writing are left alone.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OLD_S = 3600.0
"""No clip takes so long: a voice has ten minutes at most."""
_PREFIX = "oklik-voice-"


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for one text, for nobody's eyes but ours; it goes at the end.  Raises OSError.

    The maker's process number is in its name, so that another can tell whether it is still needed.
    """
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep(prompts: Path) -> int:
    """Remove what killed processes left: working folders of voices, half-written clips in that folder of prompts.

    Returns how many things went.  Never fails: what cannot be removed stays.
    """
    before = time.time() - OLD_S
    gone = 0
    for folder in _ours(Path(tempfile.gettempdir()), f"{_PREFIX}*"):
        if not _alive(folder) or _changed(folder) < before:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    for part in _ours(prompts / "tmp", "*"):
        if _changed(part) < before:
            with suppress(OSError):
                part.unlink()
                gone += 1
    return gone


def _ours(folder: Path, pattern: str) -> list[Path]:
    """Not of another user: the folder for temporary things is everybody's."""
    found: list[Path] = []
    with suppress(OSError):
        for path in folder.glob(pattern):
            with suppress(OSError):
                if path.lstat().st_uid == os.geteuid():
                    found.append(path)
    return found


def _alive(folder: Path) -> bool:
    """Is the process there whose working folder this is?  A number that is somebody else's now counts as there."""
    number = folder.name.removeprefix(_PREFIX).split("-")[0]
    return not number.isdecimal() or Path(f"/proc/{number}").exists()


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return time.time()
