"""Random documents of all node kinds, mutated ready scenarios, and random hosts that also answer what was not asked.

Kinds, their fields and the events are taken from the program's own lists, so that a new one is tried without a word
here.  `test_scenario_properties` knows the kinds and says more of them.
"""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odd_making import ODD, changed, places, removed, survives, value_at
from scenario_making import CONTACT, READY, TODAY, WHO

from oklik.scenario import flow
from oklik.scenario.check import check, has_errors
from oklik.scenario.document import Scenario, ScenarioError, from_json, load_file, to_json
from oklik.scenario.errors import IllegalEvent, PromptError
from oklik.scenario.exploring.ordinary import ordinary
from oklik.scenario.flow import Event, HungUp, Session, Step
from oklik.scenario.interpreter import STEP_CAP, resume, start
from oklik.scenario.kinds import KINDS
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.prompts import all_prompts
from oklik.scenario.spoken import TemplateError

QUICK = settings(
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
NODES = [f"n{i}" for i in range(7)]
TEXTS = [
    "Да.",
    "{{ name | name }}, добрый день!",
    "Долг {{ debt | money('RUB') }}.",
    "{{ a | number }}",
    "{{ b }}",
    "{{",
]
COLUMNS = {"name": {"title": "ФИО", "type": "name"}, "debt": {"title": "Долг", "type": "money"}}

# -- nodes ------------------------------------------------------------------------------------------------------


def field_values(schema: Mapping[str, Any], now: Any) -> st.SearchStrategy[Any]:
    """Values for a field, as its JSON schema has it; what the schema does not tell stays as in the example."""
    if "anyOf" in schema:
        return st.one_of([field_values(one, now) for one in schema["anyOf"]])
    if schema.get("widget") == "speech":
        return st.sampled_from(TEXTS).map(lambda text: {"ru": text, "en": text})
    if choices := schema.get("enum"):
        return st.sampled_from(choices)
    match schema.get("type"):
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            low = int(schema.get("minimum", 0))
            return st.integers(low, int(schema.get("maximum", low + 20)))
        case "number":
            low = schema.get("minimum", 0.5)
            return st.floats(low, schema.get("maximum", low + 20), width=16)
        case "string" if schema.get("pattern") == "^[0-9*#]$":
            return st.sampled_from("0123456789*#")
        case "string" if schema.get("pattern") == "^[a-z][a-z0-9_]{0,39}$":
            return st.sampled_from(["a", "b", "name"]) if now is None else st.just(now)
    return st.just(now)


@cache
def _schema(kind: type[NodeBase]) -> dict[str, Any]:
    return kind.model_json_schema(by_alias=True)


@st.composite
def nodes(draw: st.DrawFn, place: int) -> dict[str, Any]:
    """A node of any kind: its example, some fields drawn anew, its exits wired.

    Without a key the call only goes on to later nodes, so that few graphs run in circles.
    """
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    schema = _schema(kind)
    node = {**kind.example}
    for name in draw(st.lists(st.sampled_from(sorted(schema["properties"])), max_size=3)):
        if name not in {"kind", "exits", "title"}:
            field = schema["properties"][name]
            node[name] = draw(field_values({**field, **field.get("x-oklik", {})}, node.get(name)))
    node = {name: value for name, value in node.items() if value is not None}
    try:
        exits = kind.model_validate(node).exits()
    except ValueError:
        exits, node = kind.model_validate(kind.example).exits(), {**kind.example}
    later = [*NODES[place + 1 :], "end"]
    every = [*NODES, "end"]
    wired = {item.name: draw(st.sampled_from(every if item.by_key else later)) for item in exits}
    return {**node, "exits": wired} if wired or "exits" in node else node


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A scenario of such nodes; whatever they read is declared, most often."""
    graph = {name: draw(nodes(place)) for place, name in enumerate(NODES)}
    document = {
        "format": 1,
        "name": "random",
        "title": {"ru": "Случай", "en": "Chance"},
        "languages": draw(st.sampled_from([["ru", "en"], ["en", "ru"]])),
        "purpose": draw(st.sampled_from(["informational", "survey", "appointment", "debt"])),
        "start": "n0",
        "columns": COLUMNS,
        "nodes": {**graph, "end": {"kind": "hangup"}},
        "subscenarios": {"who-answers": WHO},
    }
    document["organization"] = "Пример"
    scenario = from_json(document)
    declared = {name for node in scenario.nodes.values() for name in node.derives()}
    if draw(st.integers(0, 5)):
        declared |= used(scenario) - scenario.names
    return from_json({**document, "variables": {name: {"value": "7"} for name in declared - COLUMNS.keys()}})


def used(scenario: Scenario) -> set[str]:
    names = {name for node in scenario.nodes.values() for _, name in node.reads()}
    for node, phrase in scenario.phrasebook.phrases:
        for language in scenario.languages:
            try:
                names |= scenario.phrasebook.template(node, phrase.field, language).fields
            except TemplateError:
                continue
    return names


# -- events -----------------------------------------------------------------------------------------------------


def of_type(wanted: Any) -> st.SearchStrategy[Any]:
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return st.sampled_from(list(wanted))
    if wanted is str:
        odd = st.sampled_from(
            ["", "1", "2", "12", "#", "*", "a", "１", "٣", "²", "1" * 300, "-1", " 1", "1\n", "{{ name }}"]
        )
        return st.one_of(odd, st.text(alphabet="0123456789*#", max_size=6))
    if wanted == float | None:  # no NaN and no infinity: JSON has neither
        return st.none() | st.floats(0, 100)
    return st.floats(0, 100) if wanted is float else st.from_type(wanted)


EVENTS: dict[Any, st.SearchStrategy[Event]] = {
    kind: st.builds(kind, **{field.name: of_type(field.type) for field in msgspec.structs.fields(kind)})
    for kind in get_args(Event)
}
FACTS, INSTRUCTIONS = get_args(flow.Fact), get_args(flow.Instruction)


def carried(session: Session) -> Session:
    return msgspec.json.decode(msgspec.json.encode(session), type=Session)


def some_event(draw: Any, scenario: Scenario, session: Session) -> tuple[Event, Step]:
    """What a host does next: tries kinds of events until one is taken.  Whatever is refused is an IllegalEvent."""
    kinds = draw(st.permutations([kind for kind in EVENTS if kind is not HungUp]))
    if not draw(st.integers(0, 25)):
        kinds = [HungUp]
    for kind in [*kinds, HungUp]:
        event = draw(EVENTS[kind])
        before = msgspec.json.encode(session)
        try:
            return event, resume(scenario, session, event)
        except IllegalEvent as error:
            assert kind is not HungUp
            assert "\n" not in str(error)
            assert msgspec.json.encode(session) == before
    raise AssertionError


def call(draw: Any, scenario: Scenario, contact: Mapping[str, str]) -> Step:
    """A whole call.  Raises PromptError."""
    step = start(scenario, contact, TODAY)
    for _ in range(STEP_CAP + 1):
        assert isinstance(step.instruction, INSTRUCTIONS) or step.session.over
        assert all(isinstance(fact, FACTS) for fact in step.facts)
        if step.session.over:
            break
        event, after = some_event(draw, scenario, step.session)
        assert resume(scenario, carried(step.session), event) == after
        assert msgspec.json.decode(msgspec.json.encode(after), type=Step) == after
        step = after
    assert step.session.over
    assert step.session.steps <= STEP_CAP + len(scenario.nodes)
    assert sum(isinstance(fact, flow.Ended) for fact in step.facts) == 1
    over = resume(scenario, step.session, HungUp())
    assert (over.instruction, over.facts) == (None, ())
    for kind in EVENTS.keys() - {HungUp}:
        with pytest.raises(IllegalEvent):
            resume(scenario, step.session, draw(EVENTS[kind]))
    return step


def judged_call(draw: Any, scenario: Scenario, contact: Mapping[str, str]) -> bool:
    """A call that must not fail if the checker has found no error.  Returns whether it found none."""
    sound = not has_errors(check(scenario))
    try:
        all_prompts(scenario, contact, TODAY)
    except PromptError as error:
        # the contact's own lack, or what the checker has objected to
        assert not sound or error.code.startswith("value_")
        sound = False
    try:
        call(draw, scenario, contact)
    except PromptError:
        assert not sound
    return sound


# -- properties -------------------------------------------------------------------------------------------------


@settings(QUICK, max_examples=80)
@given(scenarios(), st.data())
def test_a_call_of_any_scenario_ends(scenario: Scenario, data: st.DataObject) -> None:
    assert from_json(to_json(scenario)) == scenario
    judged_call(data.draw, scenario, CONTACT)


def test_enough_random_scenarios_are_sound() -> None:
    """Otherwise the property above would say nothing."""
    sound = []

    @settings(QUICK, max_examples=60, database=None)
    @given(scenarios())
    def count(scenario: Scenario) -> None:
        sound.append(not has_errors(check(scenario)))

    count()
    assert sum(sound) >= len(sound) / 4


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
@settings(QUICK, max_examples=15)
@given(data=st.data())
def test_random_hosts_of_the_ready_scenarios(path: Path, data: st.DataObject) -> None:
    scenario = load_file(path)
    usual = ordinary(scenario, scenario.languages[0], TODAY)
    contact = {name: CONTACT.get(name, usual[name]) for name in scenario.columns}
    assert judged_call(data.draw, scenario, contact)


@cache
def ready(path: Path) -> dict[str, Any]:
    """Its document, which nobody may change: mutations are made in copies."""
    return to_json(load_file(path))


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
@settings(QUICK, max_examples=25)
@given(data=st.data())
def test_mutated_ready_scenarios(path: Path, data: st.DataObject) -> None:
    """A field less, an odd value, or the value of another place: refused, found fault with, or fit to be called."""
    document = ready(path)
    for _ in range(data.draw(st.integers(1, 3))):
        where = sorted(places(document), key=str)
        assume(where)
        at = data.draw(st.sampled_from(where))
        how = data.draw(st.sampled_from(["remove", "odd", "other"]))
        if how == "remove":
            document = removed(document, at)
        elif how == "odd":
            document = changed(document, at, data.draw(st.sampled_from(ODD)))
        else:
            document = changed(document, at, value_at(document, data.draw(st.sampled_from(where))))
    if not survives(document):
        return
    try:
        scenario = from_json(yaml.load(yaml.dump(document, Dumper=yaml.CSafeDumper), Loader=yaml.CSafeLoader))
    except ScenarioError:
        pytest.fail("written as YAML it is another document")
    contact = {name: CONTACT.get(name, "5") for name in scenario.columns}
    judged_call(data.draw, scenario, contact)
