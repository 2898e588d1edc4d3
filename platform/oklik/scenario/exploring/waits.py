"""How long a call waits beside what is said, by the waits that the instructions name; the speech is `speech_time`'s.

The person always answers at the last moment, so that the figure is an upper estimate; a transfer counts the limit of
waiting, not the talk, of which nobody knows the length.
"""

from oklik.scenario.flow import Digits, Event, HungUp, Instruction, Played


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
