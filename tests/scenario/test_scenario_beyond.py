"""Requests and plug-ins in the core: nothing breaks out of its place, nothing is believed that does not fit."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from beyond_making import BALANCE, HOOK, REQUEST, STATUS, asked
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import CONTACT, TODAY, around, facts, make, run, way

from oklik.scenario import json_path
from oklik.scenario.beyond import meant, word
from oklik.scenario.check import check, has_errors
from oklik.scenario.errors import ScenarioError
from oklik.scenario.explore import explore
from oklik.scenario.flow import (
    Digits,
    Hook,
    HookEnded,
    HookRun,
    Played,
    Request,
    Requested,
    Responded,
    Step,
    VariableSet,
)
from oklik.scenario.golden import GoldenRun, differences, play
from oklik.scenario.interpreter import IllegalEvent, resume, start
from oklik.scenario.kinds.fetched import Fetched
from oklik.scenario.kinds.requesting import host_of
from oklik.scenario.prompts import all_prompts
from oklik.scenario.simulate import KeysError
from oklik.scenario.spoken import Template, parse_template
from oklik.scenario.vocabulary import vocabulary

QUICK = settings(max_examples=60, derandomize=True, deadline=None)
odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "..",
        "../..",
        "/",
        "?a=1",
        "#",
        "%2e%2e",
        "\r\nX: y",
        '"',
        '","a":"',
        "{{ name }}",
        "@evil",
        "\\",
        "\0",
        "я" * 999,
    ]
)


def sent(values: dict[str, str] = CONTACT, **more: Any) -> Request:
    step = start(around({**REQUEST, **more}), values, TODAY)
    assert isinstance(step.instruction, Request), step.facts
    return step.instruction


def answered(scenario: Any, **values: str) -> Step:
    return resume(scenario, start(scenario, CONTACT, TODAY).session, Responded(ok=True, values=values, status=200))


# -- what is sent -------------------------------------------------------------------------------------------------


def test_a_request_is_put_together_of_the_contact() -> None:
    request = sent(query={"q": "{{ name }}", "n": "1"}, headers={"X-City": "city {{ city }}"}, credential="crm")
    assert request.url == (
        "https://crm.example.com/clients/%D0%9E%D0%BC%D1%81%D0%BA/balance?q="
        "%D0%98%D0%92%D0%90%D0%9D%D0%9E%D0%92%20%D0%98%D0%92%D0%90%D0%9D%20%D0%98%D0%92%D0%90%D0%9D%D0%9E%D0%92%D0%98%D0%A7&n=1"
    )
    assert request.headers == {"X-City": "city %D0%9E%D0%BC%D1%81%D0%BA"}
    assert request.body == '{"who":"ИВАНОВ ИВАН ИВАНОВИЧ","debt":21001.5}'
    assert (request.credential, request.credential_header) == ("crm", "Authorization")
    assert request.wanted == {"balance": "client.balance", "status": "status"}
    assert [say.text for say in request.waiting] == ["Секунду."]


def test_numbers_and_booleans_are_sent_as_such() -> None:
    body = {"a": ["{{ debt | number }}", "{{ city|boolean }}", "{{ debt }}", 1, True, None, 0.5], "b": "n {{ due }}"}
    request = sent({**CONTACT, "debt": "1 500", "city": "Да"}, body=body, url="https://crm.example.com")
    assert request.body == '{"a":[1500,true,"1 500",1,true,null,0.5],"b":"n 31.12.2026"}'


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"city": ""}, "not sent: url: city cannot stand in a path"),
        ({"city": ".."}, "not sent: url: city cannot stand in a path"),
        ({"city": " . "}, "not sent: url: city cannot stand in a path"),
        ({"city": "я" * 1000}, "not sent: url: too long"),
        ({"debt": "много"}, "not sent: body: debt is no number"),
    ],
)
def test_a_request_that_makes_no_sense_is_not_sent(values: dict[str, str], fault: str) -> None:
    """And the fault does not repeat the value."""
    step = start(around(REQUEST), CONTACT | values, TODAY)
    assert Requested(node="n", ok=False, fault=fault) in step.facts
    assert step.session.node == "to_failed"


def test_a_body_that_grows_too_large_is_not_sent() -> None:
    node = {**REQUEST, "url": "https://crm.example.com/", "body": ["{{ city }}"] * 100}
    assert isinstance(start(around(node), CONTACT, TODAY).instruction, Request)
    step = start(around(node), CONTACT | {"city": "д" * 900}, TODAY)
    assert Requested(node="n", ok=False, fault="not sent: body: too large") in step.facts


@QUICK
@given(odd, odd)
def test_no_value_breaks_out_of_its_place(city: str, name: str) -> None:
    node = {**REQUEST, "query": {"q": "x{{ name }}"}, "headers": {"X-Who": "{{ name }}"}, "body": {"k": "{{ name }}"}}
    step = start(around(node), {**CONTACT, "city": city, "name": name}, TODAY)
    if not isinstance(step.instruction, Request):
        assert step.session.node == "to_failed"
        return
    request = step.instruction
    assert request.url.isascii()
    assert request.url.isprintable()
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "crm.example.com", "")
    empty, clients, segment, balance = parts.path.split("/")
    assert (empty, clients, unquote(segment), balance) == ("", "clients", city.strip()[:1000].strip(), "balance")
    assert segment not in {".", ".."}
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", f"x{name}"[:1000])]
    assert request.headers["X-Who"].isascii()
    assert request.headers["X-Who"].isprintable()
    assert json.loads(request.body or "") == {"k": name[:1000]}


@pytest.mark.parametrize(
    "url",
    [
        *("crm.example.com", "ftp://crm.example.com", "https://", "https:///x", "https://user@crm.example.com"),
        *("https://user:p@crm.example.com/", "https://{{ city }}.example.com/", "https://crm.example.com:{{ city }}/"),
        *(
            "{{ city }}",
            "https://crm.example.com\\@evil/",
            "https://[::1]/",
            "https://crm.example.com?a=1",
            "https://я.рф",
        ),
        *("https://crm.example.com#a", "https://crm example.com/", "https://a..b/", " https://a.b/", "https://a.b/\n"),
    ],
)
def test_an_address_whose_host_is_not_fixed_is_no_address(url: str) -> None:
    with pytest.raises(ScenarioError, match=r"an address such as https://|invisible character"):
        make(asked(url=url))


def test_whom_a_request_goes_to() -> None:
    assert host_of("https://CRM.example.com/a") == "https://crm.example.com:443"
    assert host_of("http://1c.local:8080") == "http://1c.local:8080"
    node = make(asked(credential="crm")).nodes["a"]
    assert [(need.what, need.name) for need in node.needs()] == [
        ("host", "https://crm.example.com:443"),
        ("credential", "crm"),
    ]
    assert [need.name for need in make({"a": HOOK, "end": {"kind": "hangup"}}).nodes["a"].needs()] == ["scoring.offer"]


# -- what comes ---------------------------------------------------------------------------------------------------


def rules(**how: Any) -> Fetched:
    return Fetched(**{"type": "text", "example": "1", **how})


READ: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"type": "text"}, {"  да \n нет ": "да нет", "": None, " \t": None, "\0": None, "x" * 2000: "x" * 1000}),
    ({"type": "choice", "values": ("a", "b c")}, {"a": "a", " b  c ": "b c", "A": None, "": None}),
    (
        {"type": "number", "max": 400},
        {"7": "7", "7.0": "7", "007": "7", "7.5": None, "-1": None, "401": None, "1e2": None, "٣": None, "0x1": None},
    ),
    ({"type": "number", "min": -5, "max": -1}, {"-5": "-5", "0": None, "-0": None}),
    ({"type": "number"}, {"999999999": "999999999", "1000000000": None, "9" * 400: None}),
    (
        {"type": "money"},
        {
            "1500": "1500",
            "1500.5": "1500.50",
            "1500.50": "1500.50",
            "0.001": None,
            "-1": None,
            "-0.00": "0",
            "1,5": None,
        },
    ),
    ({"type": "money", "min": -10}, {"-7.5": "-7.50", "-10.01": None}),
    (
        {"type": "date"},
        {
            "2026-12-31": "2026-12-31",
            "2026-12-31T10:00:00Z": "2026-12-31",
            "31.12.2026": "2026-12-31",
            "2026-02-30": None,
        },
    ),
    ({"type": "time"}, {"9:05": "09:05", "2026-12-31T14:30:00": "14:30", "25:00": None, "9": None}),
    ({"type": "digits"}, {"0012": "0012", "1 2": None, "٣": None, "1" * 33: None, "-1": None}),
    (
        {"type": "phone"},
        {"+7 (916) 123-45-67": "+79161234567", "89161234567": "+79161234567", "12": None, "1" * 50: None},
    ),
]


@pytest.mark.parametrize(("how", "values"), READ, ids=[how["type"] for how, _ in READ])
def test_a_value_is_taken_in_its_plain_form_or_not_at_all(how: dict[str, Any], values: dict[str, str | None]) -> None:
    assert {text: rules(**how).read(text) for text in values} == values


@QUICK
@given(st.sampled_from([how for how, _ in READ]), odd)
def test_whatever_comes_is_read_or_refused_and_stays_as_it_is(how: dict[str, Any], text: str) -> None:
    value = rules(**how).read(text)
    if value is not None:
        assert value
        assert rules(**how).read(value) == value


def test_all_values_are_taken_or_none() -> None:
    scenario = around(REQUEST)
    step = answered(scenario, balance="много", status="active")
    assert step.session.node == "to_failed"
    assert not [fact for fact in step.facts if isinstance(fact, VariableSet)]
    assert "много" not in str([fact for fact in step.facts if isinstance(fact, Requested)])


def test_a_stand_in_takes_the_place_of_what_is_missing_or_unfit() -> None:
    answers = {"balance": {**BALANCE, "default": "0.00"}, "status": {**STATUS, "default": ""}}
    scenario = around({**REQUEST, "answers": answers})
    for values in ({}, {"balance": "много", "status": "open"}):
        step = answered(scenario, **values)
        assert step.session.node == "to_ok"
        assert {name: step.session.variables[name] for name in answers} == {"balance": "0", "status": ""}
    node = scenario.nodes["n"]
    assert node.assigns("ok", frozenset()) == {"balance"}
    assert node.gives({})["status"] == ("active", "closed", "")


@pytest.mark.parametrize("event", [Played(), Digits(keys="1"), HookEnded(ok=True, exit="ok")])
def test_another_event_is_no_answer(event: Any) -> None:
    scenario = around(REQUEST)
    with pytest.raises(IllegalEvent):
        resume(scenario, start(scenario, CONTACT, TODAY).session, event)


def test_a_plug_in_that_chooses_what_the_node_has_not_has_failed() -> None:
    scenario = around(HOOK)
    session = start(scenario, CONTACT, TODAY).session
    for chosen in ("failed", "", "other"):
        step = resume(scenario, session, HookEnded(ok=True, exit=chosen, values={"percent": "10"}))
        assert step.session.node == "to_failed"
        assert [fact.ok for fact in step.facts if isinstance(fact, HookRun)] == [False]
    asked_ = start(scenario, CONTACT, TODAY).instruction
    assert asked_ == Hook(node="n", hook="scoring.offer", arguments={"debt": "21001,50"}, wanted={"percent": "percent"})


# -- where it lies in the answer ------------------------------------------------------------------------------------

ANSWER = b'{"a": {"b": [1.10, true, null, "x", {"c": 5}]}, "d-e": -0.5, "big": 1e300, "n": [{"k": 1, "v": "y"}]}'
FOUND = {
    "a.b[0]": "1.10",
    "a.b[1]": "true",
    "a.b[2]": None,
    "a.b[-1].c": "5",
    "a.b": None,
    "a": None,
    "z.y": None,
    '"d-e"': "-0.5",
    "big": None,
    "n[?k==`1`].v | [0]": "y",
    "length(n)": "1",
    "length(big)": None,
    "z || a.b[3]": "x",
    "not_null(z, a.b[3])": "x",
}


@pytest.mark.parametrize("path", FOUND)
def test_a_path_leads_to_a_text_or_to_nothing(path: str) -> None:
    assert json_path.path_fault(path) is None
    found = json_path.values(json_path.read_body(ANSWER), {"x": path})
    assert found.get("x") == FOUND[path]


DEAR = [
    "[@,@] | [] | [@,@] | []",
    "{a: @, b: @}",
    "map(&x, @)",
    "sort_by(@, &x)",
    "to_string(@)",
    "merge(@, @)",
    "&a",
    "(" * 99,
]


@pytest.mark.parametrize("path", ["", "a[", "a b", "\0", *DEAR])
def test_a_path_that_could_outgrow_the_answer_is_refused(path: str) -> None:
    fault = json_path.path_fault(path)
    assert fault is not None
    assert fault["ru"] != fault["en"]


@pytest.mark.parametrize("body", [b"", b"<a>", b"{", b"NaN", b"[Infinity]", b"[" * 99_999, b"9" * 9999, b"\xff"])
def test_what_is_no_json_is_refused_in_a_line(body: bytes) -> None:
    with pytest.raises(json_path.NoAnswer, match=r"^the answer is [a-zA-Z ]+$"):
        json_path.read_body(body)


@QUICK
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists, max_leaves=9)
)
def test_any_value_has_a_text_or_none(value: Any) -> None:
    text = json_path.text(value)
    assert text is None or len(text) <= 1000
    assert text is not None or not isinstance(value, str | bool)


# -- what is said of it ---------------------------------------------------------------------------------------------

AMOUNTS = st.integers(-99_999_999_999, 99_999_999_999).map(lambda n: f"{Decimal(n) / 100:.2f}")
TIMES = st.times().map(lambda time: f"{time:%H:%M}")
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)).map(str)
SPOKEN: dict[str, tuple[dict[str, Any], st.SearchStrategy[str], str]] = {
    "money": ({"min": -999_999_999}, AMOUNTS, "{{ x | money('RUB') }}"),
    "number": ({"min": -999_999_999}, st.integers(-999_999_999, 999_999_999).map(str), "{{ x | number }}"),
    "date": ({}, DATES, "{{ x | date('gen') }}"),
    "time": ({}, TIMES, "{{ x | time('acc') }}"),
    "phone": ({}, st.integers(9_000_000_000, 9_999_999_999).map(lambda n: f"+7{n}"), "{{ x | phone }}"),
}


@pytest.mark.parametrize("kind", SPOKEN)
@pytest.mark.parametrize("language", ["ru", "en"])
@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.data())
def test_every_word_of_a_fetched_value_is_made_before_the_call(kind: str, language: str, data: st.DataObject) -> None:
    how, values, text = SPOKEN[kind]
    text = text if language == "ru" else text.replace("('gen')", "").replace("('acc')", "")
    value = rules(type=kind, **how).read(data.draw(values))
    if value is None:
        return
    template = parse_template(text)
    words = {
        word
        for say in vocabulary(template, {"x": rules(type=kind, **how).sampled()}, language=language)
        for word in say.text.split()
    }
    said = Template("", template.slots).speak({"x": value}, language=language, today=TODAY, personal=())
    assert {word.strip(",") for say in said for word in say.text.split()} <= words


def told(text: str, **how: Any) -> dict[str, Any]:
    answers = {"x": {"path": "x", "example": "1", **how}}
    say = {"b": {"kind": "play", "text": text, "exits": {"done": "end"}}}
    return {**asked(answers=answers, exits={"ok": "b", "failed": "end"}), **say}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("{{ x | money('RUB') }}", {"type": "money"}),
        ("{{ x | number }}", {"type": "number"}),
        ("{{ x | count('день') }}", {"type": "number", "max": 30}),
        ("{{ x | digits }}", {"type": "digits"}),
        ("{{ x | date }}", {"type": "date", "example": "2026-12-31"}),
        ("{{ x }}", {"type": "choice", "values": ["да", "нет"], "example": "да"}),
    ],
)
def test_what_can_be_put_together_of_words_may_be_spoken(text: str, how: dict[str, Any]) -> None:
    scenario = make(told(text, **how))
    assert not has_errors(check(scenario))
    ready = all_prompts(scenario, CONTACT, TODAY)
    words = {word for say in ready for word in say.text.split()}
    step = answered(scenario, x=how.get("example", "1"))
    assert step.instruction is not None
    assert all(say in ready or set(say.text.split()) <= words for say in step.instruction.parts)  # type: ignore[union-attr]


def test_a_variable_marked_private_is_personal_too() -> None:
    nodes = told("{{ x | money('RUB') }}", type="money", private=True)
    book = make(nodes).phrasebook
    assert "x" in book.private
    assert "x" in book.personal
    nodes = told("Да.", type="text", personal=True)
    book = make(nodes).phrasebook
    assert "x" not in book.private
    assert "x" in book.personal


def test_an_answer_of_another_system_is_no_conversation() -> None:
    """Who then says nothing has not talked, and the checker says so."""
    menu = {"kind": "menu", "text": "?", "options": {"1": {"exit": "x"}}, "exits": {"x": "end", "no_input": "end"}}
    scenario = make({**asked(exits={"ok": "b", "failed": "b"}), "b": menu})
    assert not scenario.keyed
    assert "outcome_misleading" in {issue.code for issue in check(scenario)}


# -- simulator, walk, golden runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["!ok:strange=1", "!talked", "!other", "!"])
def test_an_input_that_the_scenario_does_not_know_is_refused(keys: str) -> None:
    scenario = around({**REQUEST, "exits": {"ok": "t", "failed": "to_failed"}}, variables={})
    nodes = {"t": {"kind": "transfer", "group": "g", "exits": {"talked": "to_ok", "no_agent": "to_ok"}}}
    scenario = make(
        {name: json.loads(node.model_dump_json(by_alias=True)) for name, node in scenario.nodes.items()} | nodes
    )
    if keys == "!talked":
        assert way(run(scenario, keys)) == ["ok", "talked"], "what is meant for the transfer waits for it"
        return
    with pytest.raises(KeysError):
        run(scenario, keys)


def test_keys_wait_until_they_are_asked_for() -> None:
    menu = {"kind": "menu", "text": "?", "options": {"1": {"exit": "x"}}, "exits": {"x": "end", "no_input": "end"}}
    scenario = make({**asked(exits={"ok": "b", "failed": "end"}), "b": menu})
    assert way(run(scenario, "1")) == ["ok", "x"]
    assert way(run(scenario, "!failed")) == ["failed"]
    assert facts(run(scenario, ". x"))[-1] == {"type": "ended", "node": "b", "reason": "hung_up"}


@QUICK
@given(st.dictionaries(st.sampled_from(["balance", "status"]), odd, min_size=1))
def test_what_comes_is_written_and_read_again(values: dict[str, str]) -> None:
    node = around(REQUEST).nodes["n"]
    event = Responded(ok=True, values={"balance": "1500.50", "status": "active"} | values, status=200)
    written = word(event)
    assert len(written.split()) == 1
    assert meant(written, sent(), node) == event


def test_the_walk_tries_answers_that_lead_elsewhere() -> None:
    cases = [
        {"exit": "closed", "conditions": [{"field": "status", "op": "equals", "value": "closed"}]},
        {"exit": "rich", "conditions": [{"field": "balance", "op": "more", "value": "70000"}]},
    ]
    branch = {"kind": "branch", "cases": cases, "exits": {"closed": "closed", "rich": "rich", "else": "end"}}
    ends = {"closed": {"kind": "hangup"}, "rich": {"kind": "hangup", "text": "Ого."}}
    scenario = make({**asked(exits={"ok": "b", "failed": "end"}), "b": branch, **ends})
    found = explore(scenario, TODAY)
    assert (found.not_taken, found.never_reached, found.findings) == ((), (), ())
    assert found.complete


def test_the_walk_tries_every_exit_however_many_answers_there_are() -> None:
    answers = {f"x{n}": {**STATUS, "values": [f"v{k}" for k in range(40)], "example": "v0"} for n in range(30)}
    for answer in answers.values():
        del answer["path"]
    outcomes = [f"way{n}" for n in range(20)]
    node = around({"kind": "hook", "hook": "a", "outcomes": outcomes, "answers": answers}).nodes["n"]
    tried = node.trials({})
    assert len(tried) <= 401
    assert {event.exit for event in tried if isinstance(event, HookEnded)} == {*outcomes, ""}


def test_a_fault_behind_an_answer_is_shown_with_the_keys_that_lead_there() -> None:
    nodes = told("{{ x }}", type="choice", values=["да", "!"], example="да")
    found = explore(make(nodes), TODAY)
    ways = [finding.way.keys for finding in found.findings if finding.way is not None]
    assert ways == ["!ok:x=%21"]


def test_a_golden_run_keeps_what_came() -> None:
    scenario = around(REQUEST)
    new = GoldenRun(name="r", contact=CONTACT, today=TODAY, keys="!ok:status=closed")
    done = play(scenario, new)
    assert done.steps[0].event == {
        "type": "responded",
        "ok": True,
        "values": {"balance": "1500.50", "status": "closed"},
        "status": 200,
    }
    assert done.steps[0].asks is not None
    assert "headers" not in done.steps[0].asks, "what is at its default is not written down"
    assert not list(differences(scenario, done))
    assert list(differences(around({**REQUEST, "url": "https://other.example.com/"}), done))
