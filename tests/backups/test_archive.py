"""The file of a backup: what it takes, and that nothing damaged, changed or leading elsewhere is ever put back."""

import datetime as dt
import json
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from oklik.backups.archive import ArchiveError, Reader, Writer
from oklik.backups.manifest import FORMAT, Manifest, ManifestError, read_manifest

BARE = Manifest(
    format=FORMAT, oklik="0.1.0", made_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), revision="0001", postgres=18, parts={}
)


def ignored(_: object) -> None:
    """Nobody looks."""


def made(folder: Path, **more: bytes) -> Path:
    """A backup with a database of nonsense and two folders."""
    home = folder / "home"
    (home / "prompts" / "ab").mkdir(parents=True)
    (home / "prompts").chmod(0o711)
    (home / "prompts" / "ab" / "clip.wav").write_bytes(b"RIFF" * 1000)
    (home / "incoming").mkdir()
    (home / "incoming" / "Список должников.csv").write_text("Имя;Телефон\n" * 200, "utf-8")
    (home / "incoming" / "link").symlink_to("/etc/passwd")
    (home / "incoming" / "clip.wav").write_bytes(b"")
    (home / "incoming" / "clip.wav").chmod(0o644)
    path = folder / "backup.zip"
    skipped: list[str] = []
    with Writer(path) as writer:
        writer.put("database", "database.dump", [b"dump" * 1000, b"end"])
        for name in ("prompts", "incoming"):
            writer.put_tree(name, home / name, seen=ignored, skipped=skipped.append)
        for name, content in more.items():
            writer.put("configuration", name, [content])
        writer.finish(BARE)
    assert skipped == ["'incoming/link'"]
    return path


def test_what_was_taken_comes_back_with_its_modes(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    target = tmp_path / "target"
    with Reader(path) as reader:
        reader.check(ignored)
        reader.extract(target, ignored)
        with reader.database() as source:
            assert source.read() == b"dump" * 1000 + b"end"
    assert (target / "prompts" / "ab" / "clip.wav").read_bytes() == b"RIFF" * 1000
    assert (target / "incoming" / "Список должников.csv").read_text("utf-8").startswith("Имя")
    assert stat.S_IMODE((target / "prompts").stat().st_mode) == 0o711
    assert stat.S_IMODE((target / "incoming" / "clip.wav").stat().st_mode) == 0o644
    assert sorted(one.name for one in target.iterdir()) == ["incoming", "prompts"]


def test_no_byte_can_be_changed(tmp_path: Path) -> None:
    """Each of 3,000 places, wherever it lies: in contents, in names, in the zip's own tables."""
    path = made(tmp_path)
    whole = path.read_bytes()
    chance = random.Random(5)
    kept = 0
    with Reader(path) as reader:
        before = reader.manifest
    for _ in range(3000):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        target = tmp_path / "changed"
        try:
            with Reader(path) as reader:
                reader.check(ignored)
                reader.extract(target, ignored)
                kept += 1
                assert reader.manifest == before  # fields of the zip that say nothing, such as the time of an entry
        except ArchiveError:
            assert not target.exists()
            continue
        contents = {one.relative_to(target): one.read_bytes() for one in target.rglob("*") if one.is_file()}
        assert {str(name): len(found) for name, found in contents.items()} == {
            "prompts/ab/clip.wav": 4000,
            "incoming/clip.wav": 0,
            "incoming/Список должников.csv": 4400,
        }
        assert contents[Path("prompts/ab/clip.wav")] == b"RIFF" * 1000
        for one in sorted(target.rglob("*"), reverse=True):
            one.rmdir() if one.is_dir() else one.unlink()
        target.rmdir()
    assert kept < 1000


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
def test_one_that_was_cut_short_is_none(tmp_path: Path, size: int) -> None:
    path = made(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ArchiveError, match="not_one"):
        Reader(path)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same entries, changed by somebody with a zip program."""
    with zipfile.ZipFile(path) as source:
        entries = {info.filename: (info, source.read(info)) for info in source.infolist()}
    contents = {name: data for name, (_, data) in entries.items()}
    change(contents)
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as file:
        for name, data in contents.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = entries[name][0].external_attr if name in entries else (stat.S_IFREG | 0o600) << 16
            file.writestr(info, data)
    return target


def edited_manifest(**fields: object) -> Callable[[dict[str, bytes]], None]:
    def change(contents: dict[str, bytes]) -> None:
        contents["manifest.json"] = json.dumps(json.loads(contents["manifest.json"]) | fields).encode()

    return change


def put(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda contents: contents.update({name: content})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (edited_manifest(revision="0002"), "damaged"),
        (edited_manifest(made_at="2027-01-01T00:00:00Z"), "damaged"),
        (edited_manifest(parts={}), "damaged"),
        (edited_manifest(seal="0" * 64), "damaged"),
        (edited_manifest(more=1), "damaged"),
        (edited_manifest(format=FORMAT + 1), "newer"),
        (lambda contents: contents.pop("manifest.json"), "not_one"),
        (lambda contents: contents.pop("database.dump"), "damaged"),
        (put("manifest.json", b"{"), "damaged"),
        (put("manifest.json", b" " * 2_000_000), "damaged"),
        (put("prompts/../../evil.wav", b"x"), "damaged"),
        (put("/etc/cron.d/evil", b"x"), "damaged"),
        (put("prompts/a\\..\\b", b"x"), "damaged"),
        (put("postgres/PG_VERSION", b"x"), "damaged"),
        (put("voice-answers/new.wav", b"x"), "damaged"),  # a part that the manifest does not know
    ],
)
def test_what_was_edited_is_refused_before_anything_is_written(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], code: str
) -> None:
    with pytest.raises(ArchiveError, match=f"^{code}$"):
        Reader(rewritten(made(tmp_path), change))


@pytest.mark.parametrize(
    "change",
    [
        put("database.dump", b"dump"),
        put("prompts/ab/clip.wav", b"RIFF" * 999 + b"RIFX"),
        put("prompts/more.wav", b"x"),
        lambda contents: contents.pop("prompts/ab/clip.wav"),
    ],
)
def test_other_contents_are_found(tmp_path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with Reader(rewritten(made(tmp_path), change)) as reader, pytest.raises(ArchiveError, match="damaged"):
        reader.check(ignored)


def test_a_link_in_the_file_is_none(tmp_path: Path) -> None:
    path = made(tmp_path)
    with zipfile.ZipFile(path, "a") as file:
        info = zipfile.ZipInfo("prompts/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveError, match="damaged"):
        Reader(path)


def test_what_is_deleted_meanwhile_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "prompts"
    (source / "folder").mkdir(parents=True)
    for name in ("a.wav", "b.wav", "folder/c.wav", "z.wav"):
        (source / name).write_bytes(b"sound")

    def seen(_: int) -> None:  # somebody deletes while we read
        (source / "b.wav").unlink(missing_ok=True)
        (source / "folder" / "c.wav").unlink(missing_ok=True)
        if (source / "folder").is_dir():
            (source / "folder").rmdir()

    path = tmp_path / "backup.zip"
    with Writer(path) as writer:
        writer.put("database", "database.dump", [b"dump"])
        writer.put_tree("prompts", source, seen=seen, skipped=ignored)
        writer.finish(BARE)
    with Reader(path) as reader:
        reader.check(ignored)
        reader.extract(tmp_path / "target", ignored)
    assert sorted(one.name for one in (tmp_path / "target" / "prompts").iterdir()) == ["a.wav", "z.wav"]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        Writer(made(tmp_path))


def test_the_seal_is_over_everything() -> None:
    sealed = BARE.sealed()
    assert read_manifest(sealed.to_json()) == sealed
    for field, value in (("oklik", "9"), ("postgres", 1), ("revision", "x")):
        told = json.loads(sealed.to_json()) | {field: value}
        with pytest.raises(ManifestError):
            read_manifest(json.dumps(told).encode())
