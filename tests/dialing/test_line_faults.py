"""Whose fault a fault of the line is."""

import datetime as dt
import random

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
    assert counts(None, [], NOON)
    assert not counts(None, [NOON - ONE_IN / 2], NOON)
    assert not counts(None, [NOON - 3 * ONE_IN, NOON - ONE_IN / 2], NOON)
    assert counts(None, [NOON - ONE_IN], NOON)
    assert counts(True, [NOON], NOON)
    assert not counts(False, [], NOON)


def test_bad_numbers_do_not_excuse_each_other() -> None:
    """Three fail while all others get through; at the end of the list only these are called."""
    witness, bad = Witness(), (1001, 1002, 1003)
    for n, contact in enumerate([*bad, *range(1, OTHERS)]):
        witness.saw(contact, float(n), fault=contact in bad)
    assert witness.works(1001, 50.0) is False, "four others are too few to tell"
    witness.saw(OTHERS, 60.0, fault=False)
    for n in range(4):
        for contact in bad:
            assert witness.works(contact, 100.0 + n) is True
            witness.saw(contact, 100.0 + n, fault=True)
    assert witness.works(2000, 200.0) is True
    witness.saw(1001, 300.0, fault=False)
    witness.saw(1001, 301.0, fault=True)
    assert witness.works(1002, 302.0) is False, "who got through in between is a witness again"


def test_in_an_outage_nobody_is_blamed_but_the_first() -> None:
    witness = seen(*[False] * 20)
    now, blamed = 200.0, 0
    for _ in range(50):
        for contact in range(100, 104):
            now += 60.0
            blamed += witness.works(contact, now) is True
            witness.saw(contact, now, fault=True)
    assert blamed == 1


def test_a_line_that_fails_now_and_then_is_the_line_s_affair() -> None:
    """Half of all calls fail: of a thousand faults hardly any counts, whoever is called again."""
    chance, witness, blamed, faults = random.Random(3), Witness(), 0, 0
    for n in range(2000):
        contact, fault = chance.randrange(40), chance.random() < 0.5
        if fault:
            faults += 1
            blamed += witness.works(contact, float(n)) is True
        witness.saw(contact, float(n), fault=fault)
    assert faults > 900
    assert blamed < faults / 10
