"""The ready scenarios as they sound: spoken by a real voice, so that nobody has to listen longer than people do."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oklik.scenario.document import load_file
from oklik.scenario.flow import Say
from oklik.scenario.simulate import simulate
from oklik.speech import audio
from oklik.speech.dictionary import load_dictionary
from oklik.speech.prompts import PromptStore
from oklik.speech.voices import choose_voice, default_voices

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 3, 2)
LONGEST_S = 20.0  # of one prompt; people hang up
PROMISE_S = 70.0  # from hello to a noted promise, without the time to think
PAUSE_MS = 600  # within a prompt; more sounds like a line gone dead

CALLS: list[tuple[str, str, dict[str, str], str]] = [
    ("debt-reminder", "ru", {"name": "ИВАНОВА МАРИЯ ПЕТРОВНА", "debt": "21 001,50", "due": "15.03.2026"}, "1 1 5#"),
    (
        "debt-reminder",
        "ru",
        {"name": "Кузнецов Пётр Ильич", "debt": "128 743,68", "due": "2025-12-31", "contract": "77-1234"},
        "1 1 14#",
    ),
    ("debt-reminder", "ru", {"name": "Ли Саша", "debt": "1 200 000", "due": "01.04.2026"}, "1 1 7#"),
    ("debt-reminder", "en", {"name": "John Smith", "debt": "21,001.50", "due": "15.03.2026"}, "1 1 5#"),
    ("satisfaction-survey", "ru", {"name": "Иванова Мария Петровна"}, "1 10 1 1 1"),
    ("satisfaction-survey", "en", {"name": "John Smith"}, "1 10 1 1 1"),
]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


def longest_pause_ms(samples: Any) -> int:
    """The longest stretch of silence with speech on both sides."""
    frames = np.abs(samples[: len(samples) // 80 * 80]).reshape(-1, 80).max(axis=1)
    loud = np.flatnonzero(frames > 0.01)
    return int(np.diff(loud).max()) * 10


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(("name", "language", "contact", "keys"), CALLS)
def test_a_call_is_short_and_has_no_holes(
    name: str, language: str, contact: dict[str, str], keys: str, clips: Path
) -> None:
    voice = choose_voice([one for one in default_voices() if one.kind == "espeak"], [language], True)
    store = PromptStore(clips, voice, load_dictionary(ROOT / "prompts"))
    total = 0.0
    for line in simulate(load_file(ROOT / "scenarios" / name / f"{language}.yaml"), contact, keys, TODAY):
        said = [Say(**part) for part in (line["instruction"] or {}).get("parts", ())]
        if not said:
            continue
        store.ensure(said)
        found = store.clips(said)
        assert found.ms < LONGEST_S * 1000, line["prompt"]
        samples = np.concatenate([audio.read_clip(Path(file)) for file in found.files])
        assert longest_pause_ms(samples) <= PAUSE_MS, line["prompt"]
        total += found.ms / 1000
    assert line["ended"] == "completed"
    assert total < PROMISE_S
