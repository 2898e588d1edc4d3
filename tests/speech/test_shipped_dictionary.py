"""The shipped dictionaries: stresses stand on vowels, one a word, and words that were misread are right."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STRESS = "\u0301"
VOWELS = "аеёиоуыэюя"
WORDS = yaml.safe_load((ROOT / "prompts" / "dictionary.ru.yaml").read_text("utf-8"))["words"]


@pytest.mark.parametrize("written", WORDS)
def test_stresses_stand_on_vowels_one_a_word(written: str) -> None:
    said = str(WORDS[written]).lower()
    for at in (found.start() for found in re.finditer(STRESS, said)):
        assert said[at - 1] in VOWELS, said
    for word in re.split(r"[\s,]+", said):
        assert word.count(STRESS) <= 1, word


@pytest.mark.parametrize("written", [word for word in WORDS if "-" in str(WORDS[word])])
def test_a_word_spelled_letter_by_letter_has_a_stress(written: str) -> None:
    assert STRESS in WORDS[written]


def test_words_that_were_once_wrong() -> None:
    assert WORDS["ФИО"].startswith(f"фами{STRESS}лия")
    assert WORDS["договором"] == f"догово{STRESS}ром"
    # «С начала года» and «она начала» are stressed differently: the voice must tell them apart by itself.
    assert "начала" not in WORDS
