"""Clips that vanish are noticed: by the folder's generation at little cost, and by a look at the disk."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from oklik.campaigns.prepare_prompts import is_prepared, prepared_mark
from oklik.scenario.flow import Say
from oklik.speech.prompts import PromptStore
from speech.fakes import spy_voice

HELLO = Say(text="Здравствуйте!", language="ru")
BYE = Say(text="До свидания.", language="ru")


def test_a_look_at_the_disk_does_not_trust_what_is_remembered(tmp_path: Path) -> None:
    voice, spy = spy_voice()
    store = PromptStore(tmp_path / "prompts", voice)
    store.ensure([HELLO, BYE])
    assert store.has([HELLO, BYE])
    Path(store.clips([BYE]).files[0]).unlink()
    assert store.has([HELLO])
    assert not store.has([HELLO, BYE])
    store.ensure([HELLO, BYE])
    assert store.has([HELLO, BYE])
    assert spy.texts.count(BYE.text) == 2


def test_a_folder_has_one_generation_as_long_as_it_lives(tmp_path: Path) -> None:
    root = tmp_path / "prompts"
    store, other = (PromptStore(root, spy_voice()[0]) for _ in range(2))
    assert store.generation() == ""
    first = store.begin()
    assert first == store.begin() == other.begin() == other.generation() != ""
    shutil.rmtree(root)
    assert store.generation() == ""
    assert other.begin() not in ("", first)


def test_only_the_owner_may_list_the_clips_and_others_may_read_one_they_know(tmp_path: Path) -> None:
    root = tmp_path / "prompts"
    store = PromptStore(root, spy_voice()[0])
    store.ensure([HELLO])
    assert root.stat().st_mode & 0o777 == 0o711
    assert Path(store.clips([HELLO]).files[0]).stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize(
    ("mark", "generation", "day", "right"),
    [
        (prepared_mark("a", [2026]), "a", dt.date(2026, 12, 31), True),
        (prepared_mark("a", [2026]), "a", dt.date(2027, 1, 1), False),
        (prepared_mark("a", [2026, 2027]), "a", dt.date(2027, 1, 1), True),
        (prepared_mark("a", [2026]), "b", dt.date(2026, 3, 1), False),
        (prepared_mark("a", [2026]), "", dt.date(2026, 3, 1), False),
        (prepared_mark("", [2026]), "", dt.date(2026, 3, 1), False),
        (None, "a", dt.date(2026, 3, 1), False),
    ],
)
def test_speech_holds_for_its_folder_and_its_years(
    mark: str | None, generation: str, day: dt.date, right: bool
) -> None:
    assert is_prepared(mark, generation, day) is right
