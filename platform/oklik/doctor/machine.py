"""The machine: room on its disk, memory, open files, its clock, the programs that make prompts."""

import ctypes
import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from oklik.config import Settings
from oklik.doctor.finding import Finding, bad, good, note, warn
from oklik.esl import commands
from oklik.messages import why

PLACE = "machine"
FULL_MB, TIGHT_MB = 200, 2_000  # free on the disk: below it nothing new is begun; below it a campaign may end badly
TIGHT_INODES = 10_000  # a prompt is a file
LEAST_FILES = 4_096  # of a process: a call takes none of them, a watcher of a page takes one
LEAST_MEMORY_MB = 300
PROGRAMS = ("espeak-ng", "ffmpeg")
_TIMEX_BYTES = 512  # struct timex is about 208 bytes on Linux; room to spare
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


def look(settings: Settings) -> Iterator[Finding]:
    """Look the machine over."""
    yield from _home(settings.home)
    for name, path in settings.absent().items():
        yield bad(PLACE, "absent", name=name, path=path)
    yield from _memory()
    yield _files()
    yield _clock()
    yield from _programs()


def _home(home: Path) -> Iterator[Finding]:
    try:
        commands.file_exists(f"{home}/prompts/clip.wav")
    except commands.BadField:
        yield bad(PLACE, "home_name", path=home)
        return
    there = home
    while not there.exists():
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        yield bad(PLACE, "home_closed", path=there)
        return
    try:
        disk, names = shutil.disk_usage(there), os.statvfs(there)
    except OSError as error:
        yield bad(PLACE, "home_unreadable", path=there, why=why(error))
        return
    free_mb = disk.free // 1_000_000
    if free_mb < FULL_MB:
        yield bad(PLACE, "disk_full", path=there, free=free_mb)
    elif free_mb < TIGHT_MB:
        yield warn(PLACE, "disk_tight", path=there, free=free_mb)
    else:
        yield good(PLACE, "disk", path=there, free=f"{free_mb / 1000:.0f}")
    if names.f_files and names.f_favail < TIGHT_INODES:
        yield warn(PLACE, "inodes", path=there, free=names.f_favail)


def _memory() -> Iterator[Finding]:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return
    free = next((int(line.split()[1]) // 1000 for line in lines if line.startswith("MemAvailable:")), None)
    if free is not None and free < LEAST_MEMORY_MB:
        yield warn(PLACE, "memory", free=free)


def _files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < LEAST_FILES:
        return warn(PLACE, "files", limit=soft, least=LEAST_FILES)
    return good(PLACE, "files_good")


def _clock() -> Finding:
    """Ask the kernel whether something keeps its clock right: calling hours are the law's."""
    state = clock_state()
    if state is None:
        return note(PLACE, "clock_unknown")
    return warn(PLACE, "clock_free") if state == _TIME_ERROR else good(PLACE, "clock")


def clock_state() -> int | None:
    """What adjtimex(2) says when nothing is to be changed: 0..5, or None where it cannot be asked."""
    try:
        ask = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    state = ask(ctypes.create_string_buffer(_TIMEX_BYTES))  # modes of nought: look only
    return None if state < 0 else int(state)


def _programs() -> Iterator[Finding]:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        yield bad(PLACE, "programs", names=", ".join(missing), packages=" ".join(missing))
    else:
        yield good(PLACE, "programs_good", names=", ".join(PROGRAMS))
