"""Random scenarios under random callers: nothing crashes, sessions survive JSON, the checker keeps its word.

The graphs are mostly bad on purpose: each property says what must hold unless the checker has objected.
"""

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_making import TODAY, make

from oklik.scenario.check import check
from oklik.scenario.document import Scenario, from_json, to_json
from oklik.scenario.errors import PromptError
from oklik.scenario.flow import (
    Collect,
    Digits,
    Event,
    Hangup,
    HungUp,
    Instruction,
    NoInput,
    Play,
    Played,
    RightParty,
    Say,
    Session,
    Step,
    Transfer,
    TransferEnded,
    TransferOutcome,
)
from oklik.scenario.interpreter import STEP_CAP, resume, start
from oklik.scenario.paths import circles
from oklik.scenario.prompts import all_prompts

NODES = ["n0", "n1", "n2", "n3", "n4", "n5"]
TEXTS = [
    "Да.",
    "Привет, {{ name | name }}!",
    "Долг {{ debt | money('RUB') }}.",
    "Код {{ code | digits }}.",
    "{{ days | count('день') }}",
    "Было {{ stage }}.",
    "Выбор {{ pick }}.",
    "Оценка {{ mark | number }}.",
    "Набрано {{ typed | phone }}.",
    "{{ city }}",
]
READ_BACK = [None, "Вы ввели {{ typed | number }}?", "{{ typed | money('RUB') }}?", "{{ typed | date }}?", "Верно?"]
PROMISED = ["{{ promise_date | date('gen') }}?", "{{ promise_amount | money('RUB') }} до {{ promise_date | date }}?"]
COLUMNS = {
    "name": {"title": "ФИО", "type": "name"},
    "debt": {"title": "Долг", "type": "money", "private": True},
    "city": {"title": "Город", "required": False},
}
texts = st.sampled_from(TEXTS)
maybe = st.one_of(st.none(), texts)
targets = st.sampled_from([*NODES, "end"])


def wired(node: dict[str, Any], *names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(names, targets)).map(lambda exits: {**node, "exits": exits})


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, Any]:
    asking = {"text": draw(texts), "invalid": draw(maybe), "no_input": draw(maybe), "tries": draw(st.integers(1, 3))}
    kind = draw(
        st.sampled_from(
            [
                "play",
                "identify",
                "menu",
                "ask",
                "code",
                "typed",
                "rate",
                "promise",
                "branch",
                "set",
                "transfer",
                "opt_out",
            ]
        )
    )
    match kind:
        case "play":
            return draw(wired({"kind": kind, "text": draw(texts), "message": draw(st.booleans())}, "done"))
        case "identify":
            digits = draw(st.sampled_from([{}, {"digits_of": "debt", "digits_text": "Код?", "digits_count": 2}]))
            return draw(wired({"kind": kind, **asking, **digits}, "confirmed", "other", "wrong_number", "no_input"))
        case "menu":
            options = {
                "1": {"exit": "a"},
                "2": {"exit": "b", "value": "two"},
                "3": {"exit": "a", "answer": draw(st.booleans())},
            }
            menu = {"kind": kind, "question": "pick", "options": options, "repeat_key": "*", **asking}
            return draw(wired(menu, "a", "b", "no_input"))
        case "ask":
            limits = {"question": "days", "max_digits": 2, "min_value": 1, "max_value": 14}
            return draw(wired({"kind": "ask", **limits, **asking}, "done", "no_input"))
        case "code":
            return draw(wired({"kind": "ask", "question": "code", "max_digits": 6, **asking}, "done", "no_input"))
        case "typed":
            limits = {"type": draw(st.sampled_from(["number", "date", "amount", "phone"])), "max_digits": 6}
            limits |= {"question": "typed", "confirm": draw(st.sampled_from(READ_BACK))}
            return draw(wired({"kind": "ask", **limits, **asking}, "done", "no_input"))
        case "rate":
            scale = {"question": "mark", "low": draw(st.integers(0, 1)), "high": draw(st.sampled_from([5, 10]))}
            return draw(wired({"kind": kind, **scale, **asking}, "done", "no_input"))
        case "promise":
            pay = {"amount_text": draw(maybe), "debt": draw(st.sampled_from([None, "debt"]))}
            pay |= {"confirm": draw(st.sampled_from(PROMISED))}
            return draw(wired({"kind": kind, **pay, **asking}, "promised", "declined", "no_input"))
        case "branch":
            field = draw(st.sampled_from(["city", "debt", "days", "pick", "stage", "typed", "promise_date"]))
            op = draw(st.sampled_from(["filled", "empty", "equals", "more"]))
            cases = [
                {
                    "exit": "x",
                    "conditions": [{"field": field, "op": op, "value": draw(st.sampled_from(["2", "two", "5"]))}],
                }
            ]
            return draw(wired({"kind": kind, "cases": cases}, "x", "else"))
        case "set":
            value = draw(
                st.sampled_from(["готово", "{{ pick }}", "{{ debt }} р", "{{ city }}", "{{ days }} и {{ pick }}"])
            )
            return draw(wired({"kind": kind, "variable": "stage", "value": value}, "done"))
        case "transfer":
            whom = draw(st.sampled_from([{"group": "g"}, {"number": "+79161234567"}]))
            place = draw(st.sampled_from([{}, {"position": "Вы {{ position | ordinal }}.", "leave_key": "*"}]))
            said = {"waiting": draw(maybe), "whisper": draw(maybe)}
            return draw(wired({"kind": kind, **whom, **place, **said}, "talked", "no_agent"))
        case _:
            return draw(wired({"kind": kind, "text": draw(maybe)}, "done"))


scenarios = st.fixed_dictionaries({name: nodes() for name in NODES}).map(
    lambda graph: make({**graph, "end": {"kind": "hangup", "text": "Пока."}}, columns=COLUMNS)
)
contacts = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["ИВАНОВ ИВАН ИВАНОВИЧ", "Анна"]),
        "debt": st.sampled_from(["21 001,50", "3"]),
        "city": st.sampled_from(["", "Омск", "5"]),
    }
)
TYPED = ["0503", "100*50", "89161234567", "5000", "50"]
presses = st.text(alphabet="0123456789*#", min_size=0, max_size=7)


@st.composite
def answers(draw: st.DrawFn, asked: Instruction) -> Event:
    """Any event a host may answer with; keys may be nonsense."""
    if draw(st.integers(0, 30)) == 0:
        return HungUp(talked=draw(st.booleans()))
    if isinstance(asked, Play):
        return Played()
    if isinstance(asked, Transfer):
        return TransferEnded(outcome=draw(st.sampled_from(list(TransferOutcome))))
    assert isinstance(asked, Collect)
    keys = draw(st.one_of(st.sampled_from("12312*"), st.integers(1, 15).map(str), st.sampled_from(TYPED), presses))
    return draw(st.sampled_from([Digits(keys=keys), Digits(keys=keys), NoInput()]))


def parts(asked: Instruction | None) -> tuple[Say, ...]:
    if isinstance(asked, Play | Collect):
        return asked.parts
    return asked.waiting + asked.whisper if isinstance(asked, Transfer) else ()


def carried(session: Session) -> Session:
    return msgspec.json.decode(msgspec.json.encode(session), type=Session)


def listed(said: Say, ready: set[Say], words: set[str]) -> bool:
    """Whether it was made ahead: as a whole, or (digits of any length) word by word."""
    return said in ready or (said.composed and set(said.text.replace(",", "").split()) <= words)


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenarios, contacts, st.data())
def test_random_calls(scenario: Scenario, contact: dict[str, str], data: st.DataObject) -> None:
    assert from_json(to_json(scenario)) == scenario
    issues = check(scenario)
    objected = {(issue.node, issue.code) for issue in issues}
    errors = any(issue.severity == "error" for issue in issues)
    try:
        ready = set(all_prompts(scenario, contact, TODAY))
    except PromptError as error:
        # an empty city is this contact's own lack; anything else must have been refused for everybody
        assert errors or error.args_.get("name") in {"city", "stage"}, error
        ready = None
    words = {word for said in ready or () if said.composed for word in said.text.replace(",", "").split()}

    confirmed = False
    step: Step | None = None
    for _ in range(40):
        try:
            if step is None:
                step = start(scenario, contact, TODAY)
            else:
                assert step.instruction is not None
                event = data.draw(answers(step.instruction))
                elsewhere = resume(scenario, carried(step.session), event)
                step = resume(scenario, step.session, event)
                assert elsewhere == step
        except PromptError:
            assert errors or ready is None
            return
        for fact in step.facts:
            confirmed = fact.result == "confirmed" if isinstance(fact, RightParty) else confirmed
        assert not (step.session.confirmed and not confirmed)
        asked = step.instruction
        if ready is not None:
            assert all(listed(said, ready, words) for said in parts(asked))
        heard = asked.waiting if isinstance(asked, Transfer) else parts(asked)
        if asked is not None and not step.session.confirmed:
            secret = any("рубл" in said.text or said.text.endswith(" р") for said in heard)
            assert not secret or (asked.node, "private_before_confirmed") in objected
        if step.session.over:
            assert asked is None or isinstance(asked, Hangup)
            return


@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenarios, contacts)
def test_a_silent_line_is_hung_up_unless_the_checker_warned(scenario: Scenario, contact: dict[str, str]) -> None:
    looping = any(issue.code == "endless_loop" for issue in check(scenario))
    try:
        step = start(scenario, contact, TODAY)
        for _ in range(STEP_CAP):
            asked = step.instruction
            if asked is None or isinstance(asked, Hangup):
                break
            silent: Event = Played() if isinstance(asked, Play) else NoInput()
            if isinstance(asked, Transfer):
                silent = TransferEnded(outcome=TransferOutcome.NO_AGENT)
            step = resume(scenario, step.session, silent)
    except PromptError:
        return
    reason = getattr(step.facts[-1], "reason", "")
    assert reason in {"completed", "no_input", "opted_out"} or (looping and reason == "too_long")


def comes_back(name: str, ways: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    stack = list(ways[name])
    while stack:
        step = stack.pop()
        if step not in seen:
            seen.add(step)
            stack += ways.get(step, ())
    return name in seen


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from(NODES), st.sets(st.sampled_from(NODES))))
def test_circles_are_where_one_comes_back(ways: dict[str, set[str]]) -> None:
    assert circles(ways) == {name for name in ways if comes_back(name, ways)}
