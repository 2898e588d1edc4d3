"""Where answers by voice lie: a folder for each campaign that the switch writes into, and what is in its files.

A switch that cannot make a recording's file hangs the person up, so it is asked before a campaign's first call whether
it can write there, and whether we can read what it wrote.  Names are made of the attempt's uuid, the question and a
number: nothing of the customer's.  How a recording comes about on the leg is in `voice_answer`.

Modes: the campaign's folder is open to its owner only, or to the group of the folder above it when that one hands its
group down (setgid); nobody else can even look into it.
"""

import hashlib
import io
import logging
import stat
import wave
from pathlib import Path
from uuid import uuid4

import gevent
import msgspec
import numpy as np

from oklik.scenario.flow import VoiceAnswered
from oklik.telephony.port import Switch, SwitchError, SwitchLost, WaitTimeout

log = logging.getLogger(__name__)

ROOT_MODE = 0o711  # as the prompts: who is told a name gets there, nobody lists it
_WINDOW_S = 0.05
_LOUD = 200  # mean size of the samples of a window in which something is heard; the switch's own level of silence
_LEAST_S = 0.25  # less sound in all than this is a click, or what is left of the key that ended it
_LOOK = "the switch cannot make recordings in {folder}: give its user the right to write there (docs/freeswitch.md)"
_OURS = "what the switch records in {folder} cannot be read here: {why} (docs/freeswitch.md)"


class RecordingError(Exception):
    """A recording that was made cannot be read."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a recording's file.  seconds: its length; spoken_s: to the last that was said, 0 for nothing."""

    seconds: float
    spoken_s: float
    bytes: int
    sha256: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that is an answer.  path: relative to the folder of all recordings; seconds: of the file."""

    node: str
    question: str
    take: int
    path: str
    seconds: float
    bytes: int
    sha256: str


class Recordings:
    """The folder of all recordings of a dialer and its switch, which share a disk."""

    def __init__(self, root: Path, switch: Switch) -> None:
        self.root = root.absolute()
        self._switch = switch
        self._open: set[int] = set()  # campaigns whose folder was found in order

    def folder(self, campaign_id: int) -> Path:
        """Where a campaign's recordings lie."""
        return self.root / f"campaign-{campaign_id}"

    def of_call(self, campaign_id: int, uuid: str, part: str, n: int) -> tuple[str, str]:
        """The file for a recording of a call or a part of it: absolute, and relative to the folder of all."""
        path = self.folder(campaign_id) / f"{uuid}-{part}-{n}.wav"
        return str(path), str(path.relative_to(self.root))

    def why_closed(self, campaign_id: int) -> str | None:
        """Why nothing can be recorded for this campaign, in a sentence; None when all is well.

        The switch is asked once.  Raises SwitchLost, WaitTimeout.
        """
        if campaign_id in self._open:
            return None
        folder = self.folder(campaign_id)
        try:
            make_folder(folder)
            probe = folder / f"probe-{uuid4().hex}.wav"
            if not self._switch.can_write(str(probe)):
                return _LOOK.format(folder=folder)
            try:
                probe.read_bytes()
            finally:
                probe.unlink()
        except (SwitchLost, WaitTimeout):
            raise
        except SwitchError as error:
            return str(error)
        except OSError as error:
            return _OURS.format(folder=folder, why=error.strerror or error)
        self._open.add(campaign_id)
        return None

    def doubt(self, campaign_id: int) -> None:
        """A recording went wrong: the switch is asked again before the next call."""
        self._open.discard(campaign_id)


class Takes:
    """The recordings of one call."""

    def __init__(self, recordings: Recordings, campaign_id: int, uuid: str) -> None:
        self._root = recordings.root
        self._folder = recordings.folder(campaign_id)
        self._uuid = uuid
        self._made = 0
        self._files: dict[tuple[str, int], Path] = {}  # the latest of each take of each question
        self._measured: dict[Path, Measured] = {}
        self._all: list[Path] = []
        self._kept: dict[str, Path] = {}

    def begin(self, question: str, take: int) -> str:
        """A new file for a take; it has never been there before."""
        self._made += 1
        path = self._folder / f"{self._uuid}-{question}-{self._made}.wav"
        self._files[question, take] = path
        self._all.append(path)
        return str(path)

    def measure(self, question: str, take: int) -> Measured:
        """What was recorded, looked at in a thread of its own.  Raises RecordingError."""
        path = self._files[question, take]
        try:
            found: Measured = gevent.get_hub().threadpool.apply(measure, (path,))
        except (OSError, EOFError, wave.Error) as error:
            raise RecordingError(f"the recording {path} cannot be read: {error}") from error
        self._measured[path] = found
        return found

    def file(self, question: str, take: int) -> tuple[str, float]:
        """The file of a take and its length in seconds.  Raises KeyError for one that was not measured."""
        path = self._files[question, take]
        return str(path), self._measured[path].seconds

    def keep(self, answer: VoiceAnswered) -> Kept:
        """This take is the answer to its question; one that was before is so no more.  Raises KeyError as `file`."""
        path = self._files[answer.question, answer.take]
        found = self._measured[path]
        self._kept[answer.question] = path
        return Kept(
            node=answer.node,
            question=answer.question,
            take=answer.take,
            path=str(path.relative_to(self._root)),
            seconds=found.seconds,
            bytes=found.bytes,
            sha256=found.sha256,
        )

    def drop_the_rest(self) -> None:
        """The call is over: what nobody sent is nobody's."""
        kept = set(self._kept.values())
        for path in self._all:
            if path not in kept:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:  # the call went as it went
                    log.error("a recording that nobody sent cannot be deleted: %s", error)


def measure(path: Path) -> Measured:
    """Read a recording.  Raises OSError, EOFError, wave.Error."""
    data = path.read_bytes()
    with wave.open(io.BytesIO(data)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error("not 16 bits mono")
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return Measured(
        seconds=len(samples) / rate,
        spoken_s=_spoken_s(samples, rate),
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _spoken_s(samples: "np.ndarray[tuple[int, ...], np.dtype[np.int16]]", rate: int) -> float:
    """To the end of the last window in which something is heard; a sound alone in its place does not count."""
    step = int(rate * _WINDOW_S)
    windows = len(samples) // step
    sizes = np.abs(samples[: windows * step].astype(np.int32)).reshape(windows, step).mean(axis=1)
    loud = sizes > _LOUD
    if loud.sum() * _WINDOW_S < _LEAST_S:
        return 0.0
    return float((np.flatnonzero(loud)[-1] + 1) * _WINDOW_S)


def make_folder(folder: Path) -> None:
    """A folder for recordings, and the one above it.  Raises OSError."""
    root = folder.parent
    if not root.is_dir():
        root.mkdir(mode=ROOT_MODE, parents=True, exist_ok=True)
    if folder.is_dir():
        return
    handed_down = root.stat().st_mode & stat.S_ISGID
    folder.mkdir(mode=0o700, exist_ok=True)
    if handed_down:
        folder.chmod(0o2770)
