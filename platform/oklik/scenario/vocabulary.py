"""Every word that reading back an answer can need, found before the answer is known.

An amount or a date that a person keys in has too many values to make each of them ahead.  A kind of node names samples
of such an answer (`NodeBase.samples`); their words are the vocabulary, and any value is put together of it in the call.
"""

import datetime as dt
import re
from collections.abc import Mapping

from oklik.scenario.flow import Say
from oklik.scenario.spoken import Template

_WORD = re.compile(r"[\w\u0301]+(?:-[\w\u0301]+)*")


def vocabulary(
    template: Template, samples: Mapping[str, tuple[str, ...]], *, language: str, today: dt.date
) -> tuple[Say, ...]:
    """For each slot that speaks an answer with samples the words it can need, in one Say.  Raises SpokenError."""
    said: dict[Say, None] = {}
    for slot in template.slots:
        if slot.name not in samples or not slot.composed:
            continue
        alone = Template(template.source, (slot,))
        words: set[str] = set()
        for value in samples[slot.name]:
            for piece in alone.speak({slot.name: value}, language=language, today=today, personal=()):
                words.update(_WORD.findall(piece.text))
        said[Say(text=" ".join(sorted(words)), language=language, composed=True, words=True)] = None
    return tuple(said)
