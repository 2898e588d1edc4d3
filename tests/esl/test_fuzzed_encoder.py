"""200,000 hostile commands, and every rule of the encoder taken out once; at full length: make fuzz."""

import re

import pytest

from fuzz import encoder, mutants
from fuzz.switch_grammar import read
from oklik.esl import commands, readback

CASES = 200_000
FOUND_IN = 60.0  # seconds; hardly any takes one


def test_no_field_changes_what_the_switch_does() -> None:
    fuzz = encoder.Fuzz(20, commands, readback)
    found = encoder.hunt(fuzz, cases=CASES)
    assert found.violation is None
    assert fuzz.taken > CASES // 10  # else it shows nothing
    assert fuzz.refused > CASES // 2


def test_commands_without_fields() -> None:
    for name, meant in encoder.FIXED.items():
        assert read(getattr(commands, name)()) == meant


def test_every_builder_is_among_them() -> None:
    built = {one.build for one in encoder.COMMANDS} | set(encoder.FIXED)
    public = {
        name
        for name, value in vars(commands).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == commands.__name__
    }
    assert public - built == {"BadField", "check_leg"}


@pytest.mark.parametrize("name", mutants.RULES)
def test_a_rule_that_is_missing_is_found(name: str) -> None:
    rule = mutants.RULES[name]
    if rule.behind:  # what stands before it holds alone, and it holds alone
        for held in ((name,), rule.behind):
            fuzz = encoder.Fuzz(21, *mutants.without(*held))
            assert encoder.hunt(fuzz, cases=20_000, structural=True).violation is None
    fuzz = encoder.Fuzz(22, *mutants.without(name, *rule.behind))
    assert encoder.hunt(fuzz, seconds=FOUND_IN, structural=bool(rule.behind)).violation is not None


def test_every_refusal_is_a_rule() -> None:
    """What is written into the encoder later is to be taken out here, too."""
    for module, refusals in ((commands, 8), (readback, 16)):
        with open(module.__file__ or "", encoding="utf-8") as file:  # noqa: PTH123  a path as text
            source = file.read()
        found = len(re.findall(r"raise (?:BadField|Misread)\(", source))
        assert found == refusals, f"{module.__name__} refuses in {found} places: is each among fuzz.mutants.RULES?"
