"""How long a call takes: an estimate out of the length of what is said and the waits that the instructions name.

Speech: PAUSE + PER_CHARACTER x characters for each stretch, by language.  Both are a least-squares fit over the 62
pieces of speech a language that the ready scenarios need, spoken by espeak-ng at the house's rate of 145 words a minute
(Russian 0.192 and 0.0766 s, English 0.249 and 0.0747 s; single pieces are up to twice as long, where many figures are
abbreviated).  Other voices and human recordings were not measured.
Waits: the person always answers at the last moment, so that the figure is an upper estimate; a transfer counts
the limit of waiting, not the talk, of which nobody knows the length.
"""

from collections.abc import Iterable

from oklik.scenario.flow import Digits, Event, HungUp, Instruction, Played, Say

PAUSE = {"ru": 0.2, "en": 0.25}
PER_CHARACTER = {"ru": 0.077, "en": 0.075}


def speech_s(parts: Iterable[Say]) -> float:
    """How long it takes to say this."""
    return sum(
        PAUSE.get(part.language, 0.25) + PER_CHARACTER.get(part.language, 0.077) * len(part.text) for part in parts
    )


def wait_s(instruction: Instruction, event: Event) -> float:
    """How long an instruction can take, beside its speech, until this event."""
    if isinstance(event, Played | HungUp):
        return 0.0
    between: float = getattr(instruction, "digit_timeout_s", 0.0)
    if isinstance(event, Digits) and event.keys:
        gaps = len(event.keys) - 1 + (len(event.keys) < getattr(instruction, "max_digits", 1))
        return float(getattr(instruction, "timeout_s", 0.0)) + between * gaps
    waits = [
        value
        for name in instruction.__struct_fields__
        if name.endswith("_s") and isinstance(value := getattr(instruction, name), int | float)
    ]
    return float(max(waits, default=0.0))
