"""Random calls for the comparison of simulator and dialer: they fit what is asked, and keep within it."""

import datetime as dt
import random
from pathlib import Path

from oklik.scenario.document import Scenario, from_json, load_file
from oklik.scenario.flow import Answered, InvalidInput
from oklik.scenario.simulate import simulate
from support.keystreams import stream

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[2] / "scenarios"


def one_question(**asked: object) -> Scenario:
    head = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "survey", "start": "a"}
    node = {"text": "Сколько?", "exits": {"done": "z", "no_input": "z"}, **asked}
    return from_json({**head, "nodes": {"a": node, "z": {"kind": "hangup"}}})


def streams(scenario: Scenario, count: int = 200, **how: float) -> list[str]:
    return [stream(scenario, {}, NOON, "ru", random.Random(n), **how).keys for n in range(count)]


def test_the_same_seed_is_the_same_call() -> None:
    scenario = one_question(kind="ask", question="n", max_digits=4)
    assert streams(scenario) == streams(scenario)


def test_entries_keep_within_what_a_question_takes_unless_a_surplus_is_wanted() -> None:
    scenario = one_question(kind="ask", question="n", max_digits=3)

    def digits(item: str) -> str:
        return item.split("#", maxsplit=1)[0] if set(item) <= set("0123456789*#") else ""

    plain = [item for line in streams(scenario) for item in line.split()]
    assert max(len(digits(item)) for item in plain) == 3
    assert all(item.find("#") in {-1, len(item) - 1} for item in plain), "nothing after the end of an entry"
    more = [item for line in streams(scenario, surplus=0.5) for item in line.split()]
    assert any(len(digits(item)) > 3 for item in more)


def test_the_zero_of_a_ten_belongs_to_its_one() -> None:
    scenario = one_question(kind="rate", question="n", low=0, high=10)
    items = {item for line in streams(scenario) for item in line.split()}
    assert items >= {"1", "10", "-", "x", "hangup"}
    assert not {item for item in items if len(item) > 1 and item[0] in "234567890"}


def test_calls_are_such_as_people_make() -> None:
    """Most come to answers; some go wrong on the way."""
    scenario = load_file(ROOT / "satisfaction-survey" / "ru.yaml")
    contact = {"name": "Иванова Мария Петровна"}
    answered = wrong = 0
    for n in range(100):
        keys = stream(scenario, contact, NOON, "ru", random.Random(n)).keys
        facts = [fact["type"] for line in simulate(scenario, contact, keys, NOON) for fact in line["facts"]]
        answered += Answered.__struct_config__.tag in facts
        wrong += InvalidInput.__struct_config__.tag in facts
    assert answered > 50
    assert 10 < wrong < 90
