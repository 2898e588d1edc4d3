"""Whose fault a fault of the line is."""

import datetime as dt

import pytest

from oklik.dialing.line_faults import MEMORY_S, ONE_IN, OTHERS, Witness, counts

NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)
ME = 0


def seen(*faults: bool) -> Witness:
    witness = Witness()
    for contact, fault in enumerate(faults, 1):
        witness.saw(contact, 100.0 + contact, fault=fault)
    return witness


@pytest.mark.parametrize(
    ("faults", "works"),
    [
        ([], None),
        ([False], True),
        ([True], False),
        ([False] * OTHERS, True),
        ([True, *[False] * OTHERS], True),
        ([*[False] * OTHERS, True], False),
        ([True, *[False] * (OTHERS - 1)], False),
    ],
)
def test_the_last_five_others_tell(faults: list[bool], works: bool | None) -> None:
    assert seen(*faults).works(ME, 200.0) is works


def test_own_calls_tell_nothing_however_many() -> None:
    witness = seen(*[False] * OTHERS)
    for n in range(20):
        witness.saw(ME, 200.0 + n, fault=True)
    assert witness.works(ME, 300.0) is True
    assert witness.works(1, 300.0) is False, "but they do to others"


def test_the_last_call_to_each_counts() -> None:
    witness = seen(*[True] * OTHERS)
    for contact in range(1, OTHERS + 1):
        assert witness.works(ME, 200.0) is False
        witness.saw(contact, 150.0, fault=False)
    assert witness.works(ME, 200.0) is True


def test_what_was_an_hour_ago_tells_nothing() -> None:
    assert seen(False, False).works(ME, 101.5 + MEMORY_S) is True, "one is left"
    assert seen(False, False).works(ME, 102.0 + MEMORY_S) is None


def test_one_a_day_where_nobody_knows() -> None:
    for works in (False, None):
        assert counts(works, [], NOON)
        assert not counts(works, [NOON - ONE_IN / 2], NOON)
        assert not counts(works, [NOON - 3 * ONE_IN, NOON - ONE_IN / 2], NOON)
        assert counts(works, [NOON - ONE_IN], NOON)
    assert counts(True, [NOON], NOON)
