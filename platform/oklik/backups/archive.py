"""The file of a backup: a zip with `manifest.json`, `database.dump` and the folders of the installation.

Any zip program opens it.  Only folders and plain files are taken and put back, never links; names are checked before
anything is written, and every byte is compared with the manifest before the first one is put anywhere.
"""

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from oklik.backups.manifest import Manifest, ManifestError, Part, read_manifest

MANIFEST, DATABASE = "manifest.json", "database.dump"
FOLDERS = ("prompts", "voice-answers", "incoming", "reports", "configuration")
CHUNK = 256 * 1024
MANIFEST_MOST = 1024 * 1024
# Sounds and PostgreSQL's dump do not get smaller by packing.
_PACKED_ALREADY = (".wav", ".mp3", ".dump", ".zip", ".xlsx", ".ods", ".gz")
_MODE = 0o2777
# All that the zip module has been seen to say of bytes that are no zip.
_NO_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError)
_TIME = (1980, 1, 1, 0, 0, 0)  # of all entries: a backup of the same things has the same bytes


class ArchiveError(Exception):
    """The file is no backup, or it is damaged.  code: not_one, damaged, or newer."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class _Digest:
    """Of a part, entry by entry."""

    def __init__(self) -> None:
        self.files, self.bytes = 0, 0
        self._sum = hashlib.sha256()

    def add(self, name: str, mode: int, size: int, content: bytes) -> None:
        """An entry.  content: the digest of its bytes."""
        self.files += not name.endswith("/")
        self.bytes += size
        self._sum.update(f"{name}\0{mode:o}\0{size}\0".encode() + content)

    def part(self) -> Part:
        """What the manifest says of it."""
        return Part(self.files, self.bytes, self._sum.hexdigest())


class Writer:
    """A new file, readable by its owner only.  It must not be there yet.  Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._parts: dict[str, _Digest] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            with suppress(*(() if kind is None else (OSError, ValueError))):  # else the first error is the one to tell
                self._zip.close()
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def put(self, part: str, name: str, chunks: Iterable[bytes], *, mode: int = 0o600) -> None:
        """Put a file in.  name: with its part's folder, if it has one."""
        content, size = hashlib.sha256(), 0
        info = _entry(name, stat.S_IFREG | mode & _MODE)
        if not name.endswith(_PACKED_ALREADY):
            info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as target:
            for chunk in chunks:
                target.write(chunk)
                content.update(chunk)
                size += len(chunk)
        self._of(part).add(name, mode & _MODE, size, content.digest())

    def put_tree(
        self,
        name: str,
        source: Path,
        *,
        seen: Callable[[int], None],
        skipped: Callable[[str], None],
        without: Collection[str] = (),
    ) -> None:
        """Put a file in under a name, or a folder with all it holds.

        seen: told the bytes of each file; skipped: of each name left out; without: names that are not wanted.
        """
        part = name.split("/", 1)[0]
        for path in _walk(source, lambda path: _name(name, source, path) in without):
            inner = _name(name, source, path)
            try:
                found = path.lstat()
                if not _safe(inner) or not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
                    skipped(repr(inner))
                elif stat.S_ISDIR(found.st_mode):
                    self._put_folder(part, inner, found.st_mode & _MODE)
                else:
                    with path.open("rb") as file:
                        self.put(part, inner, _chunks(file), mode=found.st_mode)
                    seen(found.st_size)
            except FileNotFoundError:
                continue  # deleted meanwhile, as recordings are when their time is over

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest with what is known of the parts; gives it."""
        whole = Manifest(
            format=manifest.format,
            oklik=manifest.oklik,
            made_at=manifest.made_at,
            revision=manifest.revision,
            postgres=manifest.postgres,
            parts={name: digest.part() for name, digest in self._parts.items()},
        ).sealed()
        self._zip.writestr(_entry(MANIFEST, stat.S_IFREG | 0o600), whole.to_json())
        return whole

    def _put_folder(self, part: str, name: str, mode: int) -> None:
        info = _entry(f"{name}/", stat.S_IFDIR | mode)
        self._zip.writestr(info, b"")
        self._of(part).add(f"{name}/", mode, 0, hashlib.sha256().digest())

    def _of(self, part: str) -> _Digest:
        return self._parts.setdefault(part, _Digest())


class Reader:
    """A backup's file, with its manifest.  Raises ArchiveError, OSError."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except _NO_ZIP:
            raise ArchiveError("not_one") from None
        try:
            self.manifest = self._read_manifest()
            self._entries = self._sorted_out()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def total(self) -> int:
        """Of all parts, unpacked."""
        return sum(part.bytes for part in self.manifest.parts.values())

    def check(self, seen: Callable[[int], None]) -> None:
        """Read everything and compare it with the manifest.  seen: told the bytes so far.  Raises ArchiveError."""
        done = 0
        for part, entries in self._entries.items():
            digest = _Digest()
            for info in entries:
                content, size = hashlib.sha256(), 0
                for chunk in self._read(info):
                    content.update(chunk)
                    size += len(chunk)
                    done += len(chunk)
                    seen(done)
                digest.add(info.filename, _mode(info), size, content.digest())
            if digest.part() != self.manifest.parts[part]:
                raise ArchiveError("damaged")

    def database(self) -> IO[bytes]:
        """Open the database's dump."""
        return self._zip.open(DATABASE)

    def extract(self, target: Path, seen: Callable[[int], None]) -> None:
        """Put the folders back under target; check() comes first.  seen: told the bytes so far.  Raises OSError."""
        done = 0
        folders: list[tuple[Path, int]] = []
        for part, entries in self._entries.items():
            if part not in FOLDERS:
                continue
            for info in entries:
                path = target / info.filename
                if info.is_dir():
                    path.mkdir(mode=0o700, parents=True, exist_ok=True)
                    folders.append((path, _mode(info)))
                    continue
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _fresh(path, self._read(info), _mode(info))
                done += info.file_size
                seen(done)
        for path, mode in reversed(folders):
            path.chmod(mode)

    def _read(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(info) as source:
                yield from _chunks(source)
        except _NO_ZIP:
            raise ArchiveError("damaged") from None

    def _read_manifest(self) -> Manifest:
        try:
            info = self._zip.getinfo(MANIFEST)
        except KeyError:
            raise ArchiveError("not_one") from None
        if info.file_size > MANIFEST_MOST:
            raise ArchiveError("damaged")
        try:
            return read_manifest(b"".join(self._read(info)))
        except ManifestError as error:
            raise ArchiveError(error.code) from None

    def _sorted_out(self) -> dict[str, list[zipfile.ZipInfo]]:
        """The entries of each part.  Whatever belongs to none, comes twice or leads elsewhere makes it no backup."""
        names: set[str] = set()
        found: dict[str, list[zipfile.ZipInfo]] = {part: [] for part in self.manifest.parts}
        for info in self._zip.infolist():
            name = info.filename
            if name == MANIFEST and name not in names:
                names.add(name)
                continue
            part = "database" if name == DATABASE else name.split("/", 1)[0]
            known = name == DATABASE or part in FOLDERS
            if not known or part not in found or name in names or not _safe(name):
                raise ArchiveError("damaged")
            if not (stat.S_ISDIR if info.is_dir() else stat.S_ISREG)(info.external_attr >> 16):
                raise ArchiveError("damaged")
            names.add(name)
            found[part].append(info)
        if DATABASE not in names or any(part != "database" and part not in FOLDERS for part in found):
            raise ArchiveError("damaged")
        return found


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = 3  # Unix: the modes are believed
    info.external_attr = mode << 16 | (0x10 if name.endswith("/") else 0)
    return info


def _mode(info: zipfile.ZipInfo) -> int:
    return info.external_attr >> 16 & _MODE


def _safe(name: str) -> bool:
    """Whether a name leads to where it says: no way up, no other root, nothing that a file system reads otherwise."""
    words = name.removesuffix("/").split("/")
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.isprintable() and "\\" not in name and not any(word in {"", ".", ".."} for word in words)


def _name(name: str, source: Path, path: Path) -> str:
    return name if path == source else f"{name}/{path.relative_to(source).as_posix()}"


def _walk(place: Path, unwanted: Callable[[Path], bool]) -> Iterator[Path]:
    """A file or folder and all that is in it, sorted; links to folders are not followed."""
    if unwanted(place):
        return
    yield place
    if place.is_symlink() or not place.is_dir():
        return
    with suppress(FileNotFoundError):
        for inner in sorted(place.iterdir(), key=os.fsencode):
            yield from _walk(inner, unwanted)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _fresh(path: Path, chunks: Iterable[bytes], mode: int) -> None:
    """A file that nobody else sees half."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        os.fchmod(file.fileno(), mode)
