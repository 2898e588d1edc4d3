"""Nothing of a voice's program outlives its text, and what killed processes left is cleared away."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from oklik.speech import leftovers
from oklik.speech.audio import to_wav
from oklik.speech.engines import leash
from oklik.speech.engines.base import EngineError
from oklik.speech.engines.command import CommandVoice
from oklik.speech.leftovers import OLD_S, sweep, working_folder
from speech.fakes import tone
from support.patience import LONG_S

# Speaks at once, but leaves a child in the background, whose number is put down.
LEAVES_A_CHILD = 'sleep 600 >/dev/null 2>&1 & echo $! > "$1"; cat "$2"'


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def ends(pid: int) -> bool:
    """It ends soon, or has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], LONG_S)[0])
    finally:
        os.close(handle)


def test_children_in_the_background_end_with_their_program(tmp_path: Path, temporary: Path) -> None:
    sound, note = tmp_path / "sound.wav", tmp_path / "child"
    sound.write_bytes(to_wav(tone(0.5, 8000).samples))
    order = ["sh", "-c", LEAVES_A_CHILD, "sh", str(note), str(sound)]
    assert len(CommandVoice(arguments=order, languages={"ru": "x"}).open().speak("да", "ru").samples) == 4000
    assert ends(int(note.read_text()))
    assert list(temporary.iterdir()) == []


@pytest.fixture
def killed_parent(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A process that was killed while its voice spoke: the numbers of the program and of its child."""
    note = tmp_path / "numbers"
    os.mkfifo(note)
    order = ["sh", "-c", 'sleep 600 & echo $$ $! > "$1"; wait', "sh", str(note)]
    code = (
        "import sys; from oklik.speech.engines.command import CommandVoice\n"
        "CommandVoice(arguments=sys.argv[1:], languages={'ru': 'x'}, timeout_s=60).open().speak('да', 'ru')"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment["TMPDIR"] = tempfile.gettempdir()
    process = subprocess.Popen([sys.executable, "-c", code, *order], env=environment)
    try:
        program, child = map(int, note.read_text().split())
        yield program, child
    finally:
        process.kill()
        process.wait()


def test_the_voice_ends_with_a_killed_parent(killed_parent: tuple[int, int], temporary: Path) -> None:
    program, child = killed_parent
    (folder,) = temporary.iterdir()
    parent = int(folder.name.split("-")[2])
    assert sweep(temporary / "prompts") == 0, "it is at work"
    os.kill(parent, signal.SIGKILL)
    os.waitid(os.P_PID, parent, os.WEXITED | os.WNOWAIT)
    assert ends(program)
    assert ends(child)


def test_a_program_whose_parent_is_gone_already_is_not_begun(tmp_path: Path) -> None:
    order = [sys.executable, "-I", "-S", leash.__file__, "1", "touch", str(tmp_path / "begun")]
    assert subprocess.run(order, check=False).returncode == leash.NOT_STARTED
    assert not (tmp_path / "begun").exists()


def test_a_program_that_cannot_be_started_is_down(tmp_path: Path) -> None:
    program = tmp_path / "spoilt"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    with pytest.raises(EngineError, match="spoilt does not start: Exec format error") as caught:
        CommandVoice(arguments=[str(program)], languages={"ru": "x"}).open().speak("да", "ru")
    assert caught.value.down


def test_a_program_that_was_killed_failed(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="sh failed: 137") as caught:
        CommandVoice(arguments=["sh", "-c", "kill -9 $$"], languages={"ru": "x"}).open().speak("да", "ru")
    assert not caught.value.down


def test_what_is_left_is_swept_and_what_is_needed_stays(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    scratch = tmp_path / "prompts" / "tmp"
    scratch.mkdir(parents=True)
    forgotten = temporary / f"oklik-voice-{ended.pid}-abc"
    long_ago = temporary / f"oklik-voice-{os.getpid()}-long-ago"
    others = temporary / "somebody-else"
    for folder in (forgotten, long_ago, others):
        (folder / "deep").mkdir(parents=True)
    clip, old, fresh = tmp_path / "prompts" / "clip.wav", scratch / "old.part", scratch / "fresh.part"
    for file in (clip, old, fresh):
        file.touch()
    for path in (long_ago, others, clip, old):
        os.utime(path, (0, 0))
    with working_folder() as needed:
        monkeypatch.setattr(leftovers.time, "time", lambda: OLD_S + 1000)
        os.utime(needed, (2000, 2000))
        os.utime(fresh, (2000, 2000))
        assert sweep(tmp_path / "prompts") == 3
        assert needed.is_dir()
    assert sorted(path.name for path in temporary.iterdir()) == ["somebody-else"]
    assert clip.exists()
    assert not old.exists()
    assert fresh.exists()


def test_what_belongs_to_others_is_left(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (temporary / "oklik-voice-0-theirs").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert sweep(tmp_path) == 0
    assert list(temporary.iterdir())
