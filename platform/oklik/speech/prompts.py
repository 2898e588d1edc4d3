"""The prompt store: what is to be said, as files that the switch can play, kept by content.

A clip's name is the hash of everything that decides how it sounds: the voice, the language, how sound is finished,
and the text as the dictionary leaves it (so a changed entry makes only those clips anew that it touches).  Calls only
look clips up; making them is `render`, done before the call by `oklik.campaigns.prepare_prompts`.

Numbers, amounts and dates («composed») are spoken whole by a local voice, for the melody of the whole phrase is better
and its clips are quick to make.  A remote voice is asked for single words only, each once in its life, and the phrase
is joined here: it learns nobody's debt, and a list of 100,000 amounts costs some hundred requests.  Spelled digits are
joined of words with every voice, so that a number which a person keys in can be read back.
"""

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from oklik.scenario.flow import Say
from oklik.speech import audio, beep, music, phrasing
from oklik.speech.dictionary import Dictionary
from oklik.speech.engines.base import EngineError
from oklik.speech.prompt_errors import PromptFailed, PromptMissing, tell
from oklik.speech.recordings import Recorded
from oklik.speech.voices import ANY_PROBE, PROBES, Voice

__all__ = ["Clips", "PromptFailed", "PromptMissing", "PromptStore"]

_REMEMBERED = 200_000  # looked-up clips kept in memory, some 60 MB at most
_GENERATION = "generation"
_DOWN_AFTER = 3  # failures in a row after which the engine is not asked again in this round


class Clips(NamedTuple):
    """Files to play one after the other, and how long they last together."""

    files: tuple[str, ...]
    ms: int


class PromptStore:
    """Clips of one voice under `root` (8 kHz mono 16-bit wav).  Several processes may share a root.

    dictionary: instead of the one pinned with the voice.  width: how many clips are made at once.  recordings: where
    the recorded prompts lie that are pinned with the voice; only who makes clips needs it.
    """

    def __init__(
        self,
        root: Path,
        voice: Voice,
        dictionary: Dictionary | None = None,
        *,
        width: int | None = None,
        recordings: Recorded | None = None,
    ) -> None:
        self._root = root.absolute()
        self._scratch = self._root / "tmp"
        self._voice = voice
        self._dictionary = dictionary or voice.dictionary
        self._recordings = recordings
        # A local voice takes a core a clip; a remote one waits for the network, but is not to be stormed.
        self._width = width or ((os.cpu_count() or 1) if voice.local else 4)
        self._known: dict[Say, Clips] = {}

    # -- looking up -------------------------------------------------------------------------------------------

    def clips(self, parts: Sequence[Say]) -> Clips:
        """The clips of the parts, in order.  Makes nothing.  Raises PromptMissing."""
        found = [self._find(say) for say in parts]
        return Clips(tuple(file for clips in found for file in clips.files), sum(clips.ms for clips in found))

    def _find(self, say: Say) -> Clips:
        try:
            return self._whole(say)
        except FileNotFoundError:
            if not self._by_words(say):
                raise PromptMissing(say) from None
        except (OSError, audio.SoundError) as error:
            raise PromptMissing(say) from error
        # What a person keyed in could not be joined beforehand; its single words are all there.
        try:
            clips = [self._whole(word) for word, _ in self._words(say)]
        except (OSError, audio.SoundError, PromptFailed) as error:
            raise PromptMissing(say) from error
        return Clips(tuple(clip.files[0] for clip in clips), sum(clip.ms for clip in clips))

    def _whole(self, say: Say) -> Clips:
        """The one clip of a text; the disk is asked only once.  Raises OSError, SoundError."""
        clips = self._known.get(say)
        if clips is None:
            path = self._path(say)
            clips = Clips((str(path),), audio.clip_ms(path))
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[say] = clips
        return clips

    def music(self, own: Say | None = None) -> str:
        """The file of the music on hold.  Raises OSError when it cannot be written.

        own: the recording to be heard, if there was such a file when the voice was pinned.
        """
        if own is not None and self._recorded(own)[1]:
            try:
                return self._whole(own).files[0]
            except (OSError, audio.SoundError) as error:
                raise PromptMissing(own) from error
        path = self._root / f"{_digest('hold music', music.VERSION)}.wav"
        if not path.exists():
            self._open()
            audio.write_wav(path, music.hold_music(), self._scratch)
        return str(path)

    def beep(self) -> Clips:
        """The tone before a recording.  Raises OSError when it cannot be written."""
        path = self._root / f"{_digest('beep', beep.VERSION)}.wav"
        if not path.exists():
            self._open()
            audio.write_wav(path, beep.beep(), self._scratch)
        return Clips((str(path),), audio.clip_ms(path))

    def has(self, says: Iterable[Say]) -> bool:
        """Is every one of these on the disk at this moment?"""
        return all(self._ready(say) for say in says)

    def generation(self) -> str:
        """A word that the folder of clips has had since it was made; "" when there is none.

        Clips that were there under the same word are there still, for nobody removes single ones.
        """
        try:
            return (self._root / _GENERATION).read_text("ascii").strip()
        except (OSError, ValueError):
            return ""

    # -- making -----------------------------------------------------------------------------------------------

    def ensure(self, says: Iterable[Say]) -> None:
        """Make what is missing.  Raises PromptFailed for the first one that cannot be made."""
        for failure in self.render(says).values():
            raise failure

    def render(self, says: Iterable[Say]) -> dict[Say, PromptFailed]:
        """Make what is missing; returns those that cannot be made, and why.  Everything else is ready afterwards."""
        missing = [say for say in dict.fromkeys(says) if not self._ready(say)]
        if not missing:
            return {}
        try:
            self._open()
        except OSError as error:
            return {say: PromptFailed(say, "storage", f"{self._root}: {error.strerror}") for say in missing}
        work = _Round(self._width)
        failed: dict[Say, PromptFailed] = {}
        composed: dict[Say, list[tuple[Say, int]]] = {}
        for say in missing:
            if self._by_words(say):
                try:
                    composed[say] = self._words(say)
                except PromptFailed as refused:
                    failed[say] = refused
        # In the order of the alphabet, so that not even the order of the words tells whose number they were.
        words = sorted(
            {word for single in composed.values() for word, _ in single}, key=lambda word: (word.language, word.text)
        )
        spoilt = work.run(self._make, [word for word in words if not self._ready(word)])
        failed |= work.run(self._make, [say for say in missing if not self._by_words(say)])
        for say, single in composed.items():
            bad = next((spoilt[word] for word, _ in single if word in spoilt), None)
            failure = PromptFailed(say, bad.code, bad.detail) if bad else self._attempt(self._join, say)
            if failure:
                failed[say] = failure
        return failed

    def begin(self) -> str:
        """Make the folder if need be; its generation.  Raises OSError."""
        self._open()
        found = self.generation()
        if not found:
            part = self._scratch / f"{uuid.uuid4().hex}.part"
            part.write_text(f"{uuid.uuid4().hex}\n", "ascii")
            try:
                os.link(part, self._root / _GENERATION)  # another process may be doing the same: the first one counts
            except FileExistsError:
                pass
            finally:
                part.unlink()
            found = self.generation()
        return found

    def close(self) -> None:
        """Give the voice's connections back.  It may be used afterwards, and opens them anew."""
        self._voice.close()

    def probe(self, language: str) -> PromptFailed | None:
        """Make a clip of a harmless phrase and throw it away: None when the voice and the disk work, else why not."""
        say = Say(text=PROBES.get(language, ANY_PROBE), language=language)

        def attempt(say: Say) -> None:
            path = self._scratch / f"{uuid.uuid4().hex}.wav"
            self._open()
            audio.write_wav(path, audio.speech(self._voice.speak(say.text, say.language)), self._scratch)
            path.unlink()

        return self._attempt(attempt, say)

    def _ready(self, say: Say) -> bool:
        """Is the clip on the disk now?  What is remembered of it does not count."""
        try:
            if os.path.exists(self._whole(say).files[0]):  # noqa: PTH110  half the cost, for each text of each contact
                return True
            del self._known[say]
            self._whole(say)
        except (OSError, audio.SoundError):
            return False
        return True

    def _open(self) -> None:
        # Whoever knows a clip's name may read it (the switch, which is told names); nobody else may list them.
        self._root.parent.mkdir(parents=True, exist_ok=True)
        self._root.mkdir(mode=0o711, exist_ok=True)
        self._scratch.mkdir(mode=0o700, exist_ok=True)

    def _make(self, say: Say) -> PromptFailed | None:
        return self._attempt(self._speak, say)

    def _attempt(self, way: Callable[[Say], None], say: Say) -> PromptFailed | None:
        try:
            way(say)
        except PromptFailed as failure:
            return failure
        except EngineError as error:
            return PromptFailed(say, "engine_down" if error.down else "engine", str(error))
        except audio.SoundError as error:
            return PromptFailed(say, "sound", str(error))
        except OSError as error:
            return PromptFailed(say, "storage", f"{self._root}: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001  whatever it is
            # Ours to mend; but one text must not hold up all others, nor leave its contact without a reason.
            tell(say, error)
            return PromptFailed(say, "unforeseen", type(error).__name__)
        return None

    def _speak(self, say: Say) -> None:
        spoken = self._spoken(say)
        name, digest = self._recorded(say)
        if digest:
            if self._recordings is None:
                raise audio.SoundError(f"the recording {name} is needed, but no folder of recordings is set")
            body = audio.speech(self._recordings.sound(name, digest))
        elif not phrasing.has_words(spoken):
            body = audio.silence(0)  # a full stop between two values: a pause is all there is to hear
        elif say.personal and not self._voice.local:
            raise PromptFailed(say, "personal", self._voice.name)
        elif not self._voice.speaks(say.language):
            raise PromptFailed(say, "language", say.language)
        else:
            body = audio.speech(self._voice.speak(phrasing.without_lead(spoken), say.language))
        before, after = phrasing.pauses(spoken)
        self._write(say, [audio.silence(before), body, audio.silence(after)])

    def _join(self, say: Say) -> None:
        before, after = phrasing.pauses(self._spoken(say))
        pieces, gap = [audio.silence(before)], 0
        for word, pause in self._words(say):
            pieces += [audio.silence(gap), audio.trim(audio.read_clip(self._path(word)))]
            gap = pause
        self._write(say, [*pieces, audio.silence(after)])

    def _write(self, say: Say, pieces: list[audio.Samples]) -> None:
        audio.write_wav(self._path(say), np.concatenate(pieces), self._scratch)

    # -- what a text becomes ----------------------------------------------------------------------------------

    def _spoken(self, say: Say) -> str:
        return self._dictionary.read(" ".join(say.text.split()), say.language)

    def _by_words(self, say: Say) -> bool:
        """Spelled digits and what is read back too: what will be keyed in cannot be spoken beforehand."""
        if not say.composed or not phrasing.has_words(say.text) or self._recorded(say)[1]:
            return False
        return say.words or not self._voice.local or phrasing.is_spelled(say.text, say.language)

    def _recorded(self, say: Say) -> tuple[str, str]:
        """The recording that this text prefers and its content; "" when there is none in its language."""
        name = f"{say.language}/{say.recording}"
        return name, self._voice.recordings.get(name, "") if say.recording else ""

    def _words(self, say: Say) -> list[tuple[Say, int]]:
        """The single words of a composed text and the pause after each, ms.

        A word is nobody's any more, so it is not personal; a text with digits in it would be somebody's still.
        """
        # What only the call tells is split first and looked up in the dictionary word by word: before the call nobody
        # knows which words will stand together.
        found = phrasing.words(say.text if say.words else self._spoken(say))
        if say.personal and not self._voice.local and not all(word.is_plain for word in found):
            raise PromptFailed(say, "personal", self._voice.name)
        return [(Say(text=word.text, language=say.language), word.pause_ms) for word in found]

    def _path(self, say: Say) -> Path:
        _, recorded = self._recorded(say)
        if recorded:
            return self._root / f"{_digest('recording', recorded, phrasing.pauses(self._spoken(say)))}.wav"
        if not self._voice.speaks(say.language):
            return self._root / f"{_digest('nobody', say.language, say.text)}.wav"
        way = "words" if self._by_words(say) else "whole"
        return self._root / f"{_digest(way, self._voice.identity(say.language), self._spoken(say))}.wav"


def _digest(*what: object) -> str:
    plain = json.dumps([audio.VERSION, *what], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


class _Round:
    """One round of making clips on several threads; a voice that is down is not asked a thousand times."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._last: PromptFailed | None = None

    def run(self, make: Callable[[Say], PromptFailed | None], says: list[Say]) -> dict[Say, PromptFailed]:
        """The failures."""
        if not says:
            return {}
        with ThreadPoolExecutor(min(self._width, len(says)), thread_name_prefix="voice") as pool:
            ends = pool.map(lambda say: self._one(make, say), says)
            return {say: failure for say, failure in zip(says, ends, strict=True) if failure}

    def _one(self, make: Callable[[Say], PromptFailed | None], say: Say) -> PromptFailed | None:
        last = self._last
        if last is not None and self._in_a_row >= _DOWN_AFTER:
            return PromptFailed(say, last.code, last.detail)
        failure = make(say)
        with self._lock:
            if failure is not None and failure.systemic:
                self._in_a_row, self._last = self._in_a_row + 1, failure
            elif failure is None:
                self._in_a_row = 0
        return failure
