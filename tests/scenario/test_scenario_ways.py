"""Kinds that choose the way without asking: the clock at the contact, the lot of a split, marks, and the language."""

import datetime as dt
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, TODAY, around, make, run

from oklik.scenario.check import check
from oklik.scenario.document import Scenario
from oklik.scenario.flow import Collect, Digits, Ended, HungUp, Left, NoInput, Noted, Play, Played, Session, Step
from oklik.scenario.interpreter import resume, start
from oklik.scenario.prompts import all_prompts
from oklik.scenario.questions import questions
from oklik.scenario.simulate import simulate

END = {"end": {"kind": "hangup"}}
BOTH = {"ru": "Проба", "en": "Trial"}


def at(text: str) -> dt.datetime:
    """A wall clock at the contact; 2 March 2026 is a Monday."""
    return dt.datetime.fromisoformat(text)


def left(step: Step) -> list[str]:
    return [fact.exit for fact in step.facts if isinstance(fact, Left)]


def ended(step: Step) -> str | None:
    return next((fact.reason for fact in step.facts if isinstance(fact, Ended)), None)


# -- hours ------------------------------------------------------------------------------------------------------

WEEK = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00"}
NIGHT = {"days": ["fri"], "from": "22:00", "to": "06:00"}


def hours(*schedule: dict[str, Any], **more: Any) -> Scenario:
    return around({"kind": "hours", "schedule": list(schedule), **more})


@pytest.mark.parametrize(
    ("row", "moment", "exit_name"),
    [
        (WEEK, "2026-03-02T08:59:59", "closed"),
        (WEEK, "2026-03-02T09:00", "open"),
        (WEEK, "2026-03-02T17:59:59", "open"),
        (WEEK, "2026-03-02T18:00", "closed"),
        (WEEK, "2026-03-07T12:00", "closed"),
        (NIGHT, "2026-03-06T21:59", "closed"),
        (NIGHT, "2026-03-06T22:00", "open"),
        (NIGHT, "2026-03-07T05:59", "open"),
        (NIGHT, "2026-03-07T06:00", "closed"),
        (NIGHT, "2026-03-06T05:00", "closed"),
        (NIGHT, "2026-03-07T23:00", "closed"),
        ({"from": "00:00", "to": "24:00"}, "2026-03-08T23:59", "open"),
        ({"days": ["sun"], "from": "20:00", "to": "24:00"}, "2026-03-09T00:00", "closed"),
        ({"days": ["sun"], "from": "20:00", "to": "00:00"}, "2026-03-08T23:59", "open"),
        ({"days": ["sun"], "from": "20:00", "to": "00:00"}, "2026-03-09T00:00", "closed"),
    ],
)
def test_the_timetable(row: dict[str, Any], moment: str, exit_name: str) -> None:
    assert left(start(hours(row), CONTACT, at(moment))) == [exit_name]


def test_any_row_of_the_timetable_opens() -> None:
    scenario = hours(WEEK, {"days": ["sat"], "from": "10:00", "to": "15:00"})
    assert left(start(scenario, CONTACT, at("2026-03-07T12:00"))) == ["open"]
    assert left(start(scenario, CONTACT, at("2026-03-07T09:30"))) == ["closed"]


def test_a_holiday_is_closed_unless_it_is_a_day_like_others() -> None:
    monday = at("2026-03-02T12:00")
    assert left(start(hours(WEEK), CONTACT, monday, holiday=True)) == ["holiday"]
    assert left(start(hours(WEEK, holidays=False), CONTACT, monday, holiday=True)) == ["open"]
    shared = hours(WEEK, exits={"open": "to_open", "closed": "to_closed"})
    assert start(shared, CONTACT, monday, holiday=True).session.node == "to_closed"
    assert list(simulate(shared, CONTACT, "", monday, holiday=True))[-1]["node"] == "to_closed"


def test_the_clock_is_taken_as_it_stands_and_a_date_alone_is_its_noon() -> None:
    morning = {"from": "10:00", "to": "11:00"}
    there = dt.timezone(dt.timedelta(hours=7))
    assert left(start(hours(morning), CONTACT, at("2026-03-02T10:30").replace(tzinfo=there))) == ["open"]
    assert left(start(hours({"from": "12:00", "to": "12:01"}), CONTACT, TODAY)) == ["open"]


def test_the_moment_travels_with_the_session_and_old_sessions_are_read() -> None:
    nodes = {
        "hello": {"kind": "play", "text": "Да.", "exits": {"done": "h"}},
        "h": {"kind": "hours", "schedule": [WEEK], "exits": {"open": "end", "closed": "late"}},
        "late": {"kind": "hangup"},
    } | END
    scenario = make(nodes)
    step = start(scenario, CONTACT, at("2026-03-02T18:30"), holiday=False)
    data = msgspec.json.encode(step.session)
    assert resume(scenario, msgspec.json.decode(data, type=Session), Played()).session.node == "late"
    old = msgspec.json.decode(data)
    for name in ("time", "holiday", "who", "outcome"):
        del old[name]
    assert resume(scenario, msgspec.convert(old, Session), Played()).session.node == "end"


@pytest.mark.parametrize("text", ["9:00", "25:00", "12:60", "24:01", ""])
def test_a_time_of_day_is_written_with_four_figures(text: str) -> None:
    with pytest.raises(ValueError, match="from"):
        hours({"from": text, "to": "18:00"})


# -- time in a branch -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "city", "moment", "exit_name"),
    [
        ("all", "Омск", "2026-03-02T12:00", "x"),
        ("all", "Омск", "2026-03-02T20:00", "else"),
        ("all", "Томск", "2026-03-02T12:00", "else"),
        ("any", "Омск", "2026-03-02T20:00", "x"),
        ("any", "Томск", "2026-03-02T12:00", "x"),
        ("any", "Томск", "2026-03-02T20:00", "else"),
    ],
)
def test_time_is_one_condition_more(match: str, city: str, moment: str, exit_name: str) -> None:
    case = {"exit": "x", "match": match, "hours": [WEEK]}
    case["conditions"] = [{"field": "city", "op": "equals", "value": "Омск"}]
    scenario = around({"kind": "branch", "cases": [case]})
    assert left(start(scenario, {**CONTACT, "city": city}, at(moment))) == [exit_name]


def test_speech_is_made_ready_for_any_time() -> None:
    nodes = {
        "b": {"kind": "branch", "cases": [{"exit": "x", "hours": [WEEK]}], "exits": {"x": "day", "else": "night"}},
        "day": {"kind": "play", "text": "День.", "exits": {"done": "h"}},
        "night": {"kind": "play", "text": "Ночь.", "exits": {"done": "h"}},
        "h": {"kind": "hours", "schedule": [WEEK], "exits": {"open": "o", "closed": "c", "holiday": "f"}},
        "o": {"kind": "hangup", "text": "Открыто."},
        "c": {"kind": "hangup", "text": "Закрыто."},
        "f": {"kind": "hangup", "text": "Праздник."},
    }
    assert {part.text for part in all_prompts(make(nodes), CONTACT, TODAY)} == {
        "День.", "Ночь.", "Открыто.", "Закрыто.", "Праздник.",
    }  # fmt: skip


@pytest.mark.parametrize("match", ["all", "any"])
def test_a_case_with_a_time_proves_a_field_only_where_both_are_needed(match: str) -> None:
    case = {"exit": "x", "match": match, "hours": [WEEK], "conditions": [{"field": "city", "op": "filled"}]}
    nodes = {
        "b": {"kind": "branch", "cases": [case], "exits": {"x": "say", "else": "end"}},
        "say": {"kind": "play", "text": "{{ city }}", "exits": {"done": "end"}},
    } | END
    assert [issue.code for issue in check(make(nodes))] == ([] if match == "all" else ["value_optional"])


def test_a_case_that_failed_by_its_time_proves_no_field() -> None:
    case = {"exit": "x", "hours": [WEEK], "conditions": [{"field": "city", "op": "empty"}]}
    nodes = {
        "b": {"kind": "branch", "cases": [case], "exits": {"x": "end", "else": "say"}},
        "say": {"kind": "play", "text": "{{ city }}", "exits": {"done": "end"}},
    } | END
    assert [issue.code for issue in check(make(nodes))] == ["value_optional"]


# -- split ------------------------------------------------------------------------------------------------------

PEOPLE = [str(number) for number in range(1200)]


def split(name: str = "n", **weights: int) -> Scenario:
    ways = [{"exit": exit_name, "weight": weight, "label": exit_name} for exit_name, weight in weights.items()]
    node = {"kind": "split", "question": "variant", "ways": ways, "exits": dict.fromkeys(weights, "end")}
    return make({name: node} | END)


def drawn(scenario: Scenario) -> dict[str, str]:
    return {who: left(start(scenario, CONTACT, TODAY, who=who))[0] for who in PEOPLE}


def test_people_are_divided_by_weight() -> None:
    counted = Counter(drawn(split(a=1, b=3)).values())
    assert 0.22 < counted["a"] / len(PEOPLE) < 0.28


def test_a_person_gets_the_same_way_whatever_else_changes() -> None:
    scenario = split(a=1, b=1)
    for who in PEOPLE[:50]:
        first = left(start(scenario, CONTACT, TODAY, who=who))
        later = left(start(split(b=5, a=5), {**CONTACT, "city": "Тверь"}, at("2027-01-01T09:00"), who=who))
        assert first == later


def test_the_person_travels_with_the_session() -> None:
    ways = [{"exit": "a", "label": "A"}, {"exit": "b", "label": "B"}]
    nodes = {
        "hello": {"kind": "play", "text": "Да.", "exits": {"done": "n"}},
        "n": {"kind": "split", "question": "variant", "ways": ways, "exits": {"a": "end", "b": "end"}},
    } | END
    scenario, alone = make(nodes), split(a=1, b=1)
    for who in PEOPLE[:20]:
        step = resume(scenario, start(scenario, CONTACT, TODAY, who=who).session, Played())
        assert left(step)[1:] == left(start(alone, CONTACT, TODAY, who=who))
        assert step.session.who != who, "a phone number must not lie in the session"


def test_a_known_person_has_known_luck() -> None:
    """Other numbers here would mean that a new release of ours gives everybody another variant."""
    lots = drawn(split(a=1, b=1))
    assert "".join(lots[who] for who in PEOPLE[:12]) == "bbabaabbabbb"


def test_only_a_grown_or_new_way_gains_people() -> None:
    before = drawn(split(a=1, b=1))
    for after, gains in ((drawn(split(a=3, b=1)), "a"), (drawn(split(a=1, b=1, c=1)), "c")):
        moved = {who for who in PEOPLE if before[who] != after[who]}
        assert moved
        assert {after[who] for who in moved} == {gains}


def test_two_splits_are_drawn_apart() -> None:
    one, two = drawn(split(a=1, b=1)), drawn(split("m", a=1, b=1))
    assert 0.45 < sum(one[who] == two[who] for who in PEOPLE) / len(PEOPLE) < 0.55


def test_without_a_name_the_fields_tell_people_apart() -> None:
    scenario = split(a=1, b=1)
    taken = [left(start(scenario, {**CONTACT, "city": city}, TODAY))[0] for city in PEOPLE[:100]]
    assert len(set(taken)) == 2
    assert taken == [left(start(scenario, {**CONTACT, "city": city}, TODAY))[0] for city in PEOPLE[:100]]


def test_the_way_is_counted_and_can_be_used_but_nobody_answered() -> None:
    branch = {"field": "variant", "op": "equals", "value": "a"}
    nodes = {
        "n": {
            "kind": "split",
            "title": "Вариант",
            "question": "variant",
            "ways": [{"exit": "a", "label": "Первый"}, {"exit": "b", "label": "Второй"}],
            "exits": {"a": "said", "b": "said"},
        },
        "said": {"kind": "play", "text": "Вариант {{ variant }}.", "exits": {"done": "br"}},
        "br": {"kind": "branch", "cases": [{"exit": "x", "conditions": [branch]}], "exits": {"x": "end", "else": "o"}},
        "o": {"kind": "hangup"},
    } | END
    scenario = make(nodes)
    assert check(scenario) == []
    (asked,) = questions(scenario)
    assert (asked.name, asked.asked, asked.title["ru"]) == ("variant", False, "Вариант")
    assert asked.options == {"a": {"ru": "Первый"}, "b": {"ru": "Второй"}}
    step = start(scenario, CONTACT, TODAY)
    (noted,) = [fact for fact in step.facts if isinstance(fact, Noted)]
    assert noted.label in {"Первый", "Второй"}
    assert isinstance(step.instruction, Play)
    heard = {part.text for part in all_prompts(scenario, CONTACT, TODAY)}
    assert {part.text for part in step.instruction.parts} <= heard


# -- mark -------------------------------------------------------------------------------------------------------


def marked(end: str | None = None, *outcomes: str, then: dict[str, Any] | None = None) -> Step:
    """A call that is marked so, hears a word and comes to an end with an outcome; end None: it is left at the word."""
    nodes: dict[str, Any] = {
        f"m{place}": {"kind": "mark", "outcome": outcome, "tags": ["x"], "exits": {"done": f"m{place + 1}"}}
        for place, outcome in enumerate(outcomes)
    }
    nodes[f"m{len(outcomes)}"] = {"kind": "play", "text": "Да.", "exits": {"done": "then" if then else "bye"}}
    nodes["bye"] = {"kind": "hangup", "outcome": end or "completed"}
    scenario = make(nodes | ({"then": then} if then else {}))
    step = start(scenario, CONTACT, TODAY)
    session = msgspec.json.decode(msgspec.json.encode(step.session), type=Session)
    return resume(scenario, session, HungUp() if end is None else Played())


@pytest.mark.parametrize(
    ("end", "outcomes", "reason"),
    [
        (None, (), "hung_up"),
        (None, ("completed",), "completed"),
        (None, ("declined",), "declined"),
        (None, ("keep",), "hung_up"),
        (None, ("declined", "keep"), "declined"),
        (None, ("declined", "completed"), "completed"),
        ("completed", ("declined",), "declined"),
        ("completed", ("keep",), "completed"),
        ("no_agent", ("declined",), "no_agent"),
    ],
)
def test_a_mark_tells_the_outcome_unless_the_end_does(end: str | None, outcomes: tuple[str, ...], reason: str) -> None:
    assert ended(marked(end, *outcomes)) == reason


def test_a_mark_does_not_hide_an_opt_out() -> None:
    stop = {"kind": "opt_out", "text": "Хорошо.", "exits": {"done": "bye"}}
    nodes = {
        "m": {"kind": "mark", "outcome": "completed", "exits": {"done": "s"}},
        "s": stop,
        "bye": {"kind": "hangup"},
    }
    scenario = make(nodes)
    step = resume(scenario, start(scenario, CONTACT, TODAY).session, HungUp())
    assert ended(step) == "opted_out"


# -- language ---------------------------------------------------------------------------------------------------

HELLO = {"kind": "hangup", "text": {"ru": "Здравствуйте, {{ name | name }}.", "en": "Hello, {{ name | name }}."}}
CHOICE: dict[str, Any] = {
    "kind": "language",
    "text": {"ru": "По-русски — один.", "en": "For English, two."},
    "invalid": {"ru": "Не то.", "en": "Wrong key."},
    "options": {"1": "ru", "2": "en"},
    "tries": 2,
    "exits": {"done": "hello"},
}


def bilingual(node: dict[str, Any], **more: Any) -> Scenario:
    columns = {"name": {"title": BOTH, "type": "name"}, "city": {"title": BOTH, "required": False}}
    return make({"n": node, "hello": HELLO, **more}, title=BOTH, languages=["ru", "en"], columns=columns)


PERSON = {"name": "John Smith"}


@pytest.mark.parametrize(("keys", "heard"), [("1", "Здравствуйте"), ("2", "Hello"), ("- -", "Здравствуйте")])
def test_a_key_chooses_the_language_of_what_follows(keys: str, heard: str) -> None:
    scenario = bilingual(CHOICE)
    assert [issue for issue in check(scenario) if issue.severity == "error"] == []
    lines = run(scenario, keys, PERSON)
    assert next(line for line in lines if line["node"] == "hello")["prompt"].startswith(heard)


def test_the_question_is_heard_in_every_language_by_its_own_voice() -> None:
    asked = start(bilingual(CHOICE), PERSON, TODAY, "en").instruction
    assert isinstance(asked, Collect)
    assert [(part.language, part.text) for part in asked.parts] == [
        ("en", "For English, two."),
        ("ru", "По-русски — один."),
    ]
    assert asked.allowed == "12"
    again = run(bilingual(CHOICE), "7 2", PERSON)[1]["instruction"]["parts"]
    assert [part["text"] for part in again] == [
        "Не то.", "По-русски — один.", "Wrong key.", "For English, two."
    ]  # fmt: skip


def test_every_language_of_the_question_is_made_ready() -> None:
    heard = {part.text for part in all_prompts(bilingual(CHOICE), {"name": "Анна"}, TODAY, "en")}
    assert {"По-русски — один.", "For English, two.", "Не то.", "Wrong key."} <= heard
    once = {**CHOICE, "options": {"2": "en"}, "exits": {"done": "hello", "no_input": "end", "invalid": "end"}}
    apart = bilingual(once, end={"kind": "hangup"})
    heard = {part.text for part in all_prompts(apart, {"name": "Анна"}, TODAY)}
    assert {"По-русски — один.", "For English, two."} <= heard
    assert not any(text.startswith("Здравствуйте") for text in heard)


@pytest.mark.parametrize(
    ("city", "language"),
    [("en", "en"), (" EN-us ", "en"), ("English", "en"), ("английский", "en"), ("ru", "ru"), ("de", "ru"), ("", "ru")],
)
def test_a_column_chooses_the_language_and_only_its_speech_is_made(city: str, language: str) -> None:
    scenario = bilingual({"kind": "language", "column": "city", "exits": {"done": "hello"}})
    contact = {**PERSON, "city": city}
    assert start(scenario, contact, TODAY).session.language == language
    # "done" and "unknown" lead to one place here, so what was spoken before is made as well.
    assert language in {part.language for part in all_prompts(scenario, contact, TODAY)}
    apart = {"done": "hello", "unknown": "end"}
    scenario = bilingual({"kind": "language", "column": "city", "exits": apart}, end={"kind": "hangup"})
    assert {part.language for part in all_prompts(scenario, contact, TODAY)} == (
        {language} if city.strip()[:2] not in {"", "de"} else set()
    )


def test_a_fixed_language_needs_no_speech_in_the_other() -> None:
    scenario = bilingual({"kind": "language", "language": "en", "exits": {"done": "hello"}})
    assert {part.language for part in all_prompts(scenario, PERSON, TODAY)} == {"en"}
    assert left(start(scenario, PERSON, TODAY)) == ["done"]


def test_values_are_read_in_the_language_that_is_spoken() -> None:
    """«1,500» is one and a half in Russian and a thousand and a half in English."""
    rich = {"exit": "rich", "conditions": [{"field": "debt", "op": "more", "value": "1000"}]}
    nodes = {
        "n": {"kind": "language", "language": "en", "exits": {"done": "b"}},
        "b": {"kind": "branch", "cases": [rich], "exits": {"rich": "rich", "else": "poor"}},
        "rich": {"kind": "hangup", "text": BOTH},
        "poor": {"kind": "hangup", "text": BOTH},
    }
    columns = {"debt": {"title": BOTH, "type": "number"}}
    scenario = make(nodes, title=BOTH, languages=["ru", "en"], columns=columns)
    assert start(scenario, {"debt": "1,500"}, TODAY).session.node == "rich"
    assert {part.language for part in all_prompts(scenario, {"debt": "1,500"}, TODAY)} == {"en"}


# -- random calls -----------------------------------------------------------------------------------------------

NAMES = [f"n{number}" for number in range(6)]
targets = st.sampled_from([*NAMES, "end"])


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, Any]:
    text = draw(st.sampled_from([{"ru": "Раз.", "en": "One."}, {"ru": "{{ city }}", "en": "{{ city }}!"}]))
    opening = {"days": ["mon"], "from": draw(st.sampled_from(["09:00", "13:00"])), "to": "18:00"}
    case = {"exit": "x", "match": draw(st.sampled_from(["all", "any"])), "hours": [opening]}
    case["conditions"] = [{"field": "variant", "op": "equals", "value": "x"}]
    node, exits = draw(
        st.sampled_from(
            [
                ({"kind": "play", "text": text}, ["done"]),
                ({"kind": "menu", "text": text, "options": {"1": {"exit": "x"}}}, ["x", "no_input"]),
                ({"kind": "hours", "schedule": [opening]}, ["open", "closed"]),
                ({"kind": "split", "question": "variant", "ways": [{"exit": "x"}, {"exit": "y"}]}, ["x", "y"]),
                ({"kind": "branch", "cases": [case]}, ["x", "else"]),
                ({"kind": "mark", "outcome": "declined", "tags": ["a"]}, ["done"]),
                ({"kind": "language", "language": draw(st.sampled_from(["ru", "en"]))}, ["done"]),
                ({"kind": "language", "column": "city"}, ["done", "unknown"]),
                ({**CHOICE, "tries": 1}, ["done", draw(st.sampled_from(["no_input", "invalid"]))]),
            ]
        )
    )
    return {**node, "exits": {name: draw(targets) for name in exits}}


@settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.fixed_dictionaries({name: nodes() for name in NAMES}),
    st.sampled_from(["en", "Омск"]),
    st.sampled_from(["2026-03-02T10:00", "2026-03-03T15:00"]),
    st.booleans(),
    st.lists(st.sampled_from(["1", "2", "-"]), max_size=12),
)
def test_whatever_way_is_taken_its_speech_was_made(
    graph: dict[str, Any], city: str, moment: str, holiday: bool, keys: list[str]
) -> None:
    scenario = make(
        {**graph, "end": {"kind": "hangup", "text": {"ru": "Пока.", "en": "Bye."}}},
        title=BOTH,
        languages=["ru", "en"],
        columns={"city": {"title": BOTH}},
    )
    contact = {"city": city}
    ready = set(all_prompts(scenario, contact, at(moment).date()))
    step = start(scenario, contact, at(moment), holiday=holiday, who=city)
    for key in keys:
        if isinstance(step.instruction, Play | Collect):
            assert set(step.instruction.parts) <= ready
        if step.session.over:
            break
        session = msgspec.json.decode(msgspec.json.encode(step.session), type=Session)
        event = Played() if isinstance(step.instruction, Play) else NoInput() if key == "-" else Digits(keys=key)
        step = resume(scenario, session, event)
