"""Every word that reading back an answer can need, found before the answer is known.

An amount or a date that a person keys in has too many values to make each of them ahead.  A kind of node names samples
of such an answer (`NodeBase.samples`); their words are the vocabulary, and any value is put together of it in the call.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from oklik.scenario.flow import Say
from oklik.scenario.spoken import Slot, Template, ValueUnreadable

_WORD = re.compile(r"[\w\u0301]+(?:-[\w\u0301]+)*")
_LONG_AGO = dt.date(1, 1, 1)  # a today of another year than any date, so that every year is said


def vocabulary(template: Template, samples: Mapping[str, tuple[str, ...]], *, language: str) -> tuple[Say, ...]:
    """For each slot that speaks an answer with samples the words it can need, in one Say.  Raises SpokenError."""
    said: dict[Say, None] = {}
    for slot in template.slots:
        if slot.name not in samples or not slot.composed:
            continue
        try:
            words = _words(replace(slot, name="value", position=0), samples[slot.name], language)
        except ValueUnreadable as bad:
            raise ValueUnreadable(slot.name, bad.value, bad.expected) from None
        said[Say(text=words, language=language, composed=True, words=True)] = None
    return tuple(said)


@lru_cache(maxsize=256)
def _words(slot: Slot, samples: tuple[str, ...], language: str) -> str:
    """The words of all samples; most texts of a scenario, and of others, speak answers in the same few ways."""
    alone = Template("", (slot,))
    words: set[str] = set()
    for value in slot.made.samples(samples):
        for piece in alone.speak({slot.name: value}, language=language, today=_LONG_AGO, personal=()):
            words.update(_WORD.findall(piece.text))
    return " ".join(sorted(words))
