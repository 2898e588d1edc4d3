"""The walk through all calls: what it finds, what it must not miss, and that it ends whatever the graph."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from scenario_making import CONTACT, READY, TODAY, around, make
from test_scenario_properties import scenarios

from oklik.scenario.check import check, has_errors
from oklik.scenario.document import MAX_NODES, Scenario, load_file
from oklik.scenario.errors import ScenarioError
from oklik.scenario.explore import Exploration, explore
from oklik.scenario.exploring.answers import answers
from oklik.scenario.exploring.contacts import built_contacts
from oklik.scenario.exploring.waits import wait_s
from oklik.scenario.flow import Collect, Digits, HungUp, NoInput, Play, Played, Say, Transfer, TransferEnded
from oklik.scenario.interpreter import STEP_CAP
from oklik.scenario.kinds import KINDS
from oklik.scenario.paths import in_order
from oklik.scenario.simulate import simulate
from oklik.scenario.speech_time import speech_s
from oklik.scenario.substitute import MAX_LENGTH
from support.patience import cheaply

ROOT = Path(__file__).parents[2]
BYE = {"kind": "hangup", "outcome": "no_input"}


def menu(exits: dict[str, str], silent: str = "bye", **fields: Any) -> dict[str, Any]:
    """A menu whose keys 1, 2, … lead to these exits."""
    options = {str(key): {"exit": name, "label": name} for key, name in enumerate(exits, 1)}
    return {"kind": "menu", "text": "Выбирайте.", "options": options, "exits": {**exits, "no_input": silent}, **fields}


def play(target: str, text: str = "Да.") -> dict[str, Any]:
    return {"kind": "play", "text": text, "exits": {"done": target}}


def branch(field: str, op: str, value: str, yes: str, no: str) -> dict[str, Any]:
    case = {"exit": "yes", "conditions": [{"field": field, "op": op, "value": value}]}
    return {"kind": "branch", "cases": [case], "exits": {"yes": yes, "else": no}}


def walk(nodes: dict[str, Any], **changes: Any) -> Exploration:
    return explore(make(nodes, **changes), TODAY)


def codes(found: Exploration) -> set[tuple[str, str]]:
    return {(finding.code, finding.node) for finding in found.findings}


# -- ready scenarios ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_ready_scenarios_are_walked_clean(path: Path) -> None:
    scenario = load_file(path)
    found = explore(scenario, TODAY)
    assert found.findings == ()
    assert found.complete
    assert found.never_reached == ()
    assert 30 < found.longest_s < 600
    assert msgspec.json.decode(msgspec.json.encode(found), type=Exploration) == found


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_way_can_be_played_by_the_simulator(path: Path) -> None:
    scenario = load_file(path)
    way = explore(scenario, TODAY).longest
    assert way is not None
    now = dt.datetime.fromisoformat(way.now)
    lines = simulate(scenario, way.contact, way.keys, now, way.language, holiday=way.holiday, who=way.who)
    played = [line["node"] for line in lines]
    steps = [node for index, node in enumerate(played) if index == 0 or node != played[index - 1]]
    assert [node for node in steps if node in way.nodes] == steps
    assert steps[-1] == way.nodes[-1]


# -- planted faults -------------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "loose end": ({"a": menu({"x": "bye", "y": "gone"}), "bye": BYE}, {("loose_end", "a")}),
    "silent circle": (
        {
            "a": {"kind": "set", "variable": "stage", "value": "x", "exits": {"done": "b"}},
            "b": branch("stage", "equals", "x", "a", "a"),
        },
        {("too_long", "b")},
    ),
    "idle circle": ({"a": play("b"), "b": play("a")}, {("idle_circle", "a")}),
    "silence leads back": ({"a": menu({"x": "bye"}, "a"), "bye": BYE}, {("idle_circle", "a")}),
    "nobody answers for ever": (
        {
            "a": {"kind": "transfer", "group": "g", "exits": {"talked": "bye", "no_agent": "a"}},
            "bye": BYE,
        },
        {("idle_circle", "a")},
    ),
    "no way out": (
        {"q": menu({"x": "a"}, "a"), "a": play("b"), "b": play("a")},
        {("no_end", "q"), ("idle_circle", "a"), ("never_reached", "bye")},
    ),
    "optional value": ({"a": play("bye", "Город {{ city }}."), "bye": BYE}, {("unspeakable", "a")}),
    "nobody comes": ({"a": play("bye"), "b": play("bye"), "bye": BYE}, {("never_reached", "b")}),
    "impossible": (
        {"a": branch("stage", "equals", "x", "b", "bye"), "b": play("bye"), "bye": BYE},
        {("never_reached", "b")},
    ),
    "too long": (
        {**{f"n{n}": play(f"n{n + 1}") for n in range(260)}, "n260": BYE},
        {("too_long", f"n{STEP_CAP // 2 - 1}"), *(("never_reached", f"n{n}") for n in range(STEP_CAP // 2, 261))},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_planted_faults_are_found(name: str) -> None:
    nodes, expected = FAULTS[name]
    nodes = {**nodes, "bye": BYE} if name == "no way out" else nodes
    found = walk(nodes)
    assert expected <= codes(found)
    assert {code for code, _ in codes(found)} == {code for code, _ in expected}
    for finding in found.findings:
        assert (finding.way is None) == (finding.code in {"never_reached", "start_missing"})


def test_a_missing_start_is_found() -> None:
    found = walk({"bye": BYE}, start="nowhere")
    assert codes(found) == {("start_missing", "")}
    assert found.longest is None


def test_the_way_to_a_fault_is_the_shortest() -> None:
    nodes = {"a": menu({"x": "b", "y": "gone"}), "b": menu({"x": "a", "y": "bye"}), "bye": BYE}
    (finding,) = walk(nodes).findings
    assert finding.way is not None
    assert (finding.way.keys, finding.way.nodes) == ("2", ("a",))


def test_a_value_that_cannot_be_spoken_names_the_person() -> None:
    scenario = make({"a": play("bye", "Долг {{ debt | money('RUB') }}."), "bye": BYE})
    bad = {**CONTACT, "debt": "много"}
    found = explore(scenario, TODAY, contacts=[CONTACT, bad])
    (finding,) = found.findings
    assert (finding.code, finding.node) == ("unspeakable", "a")
    assert finding.way is not None
    assert finding.way.contact == bad
    assert "«много»" in finding.text["ru"]


# -- what is tried --------------------------------------------------------------------------------------------


def test_every_key_a_wrong_one_and_silence_are_tried() -> None:
    asked = menu({"x": "to_x", "y": "to_y"}, "silent", invalid="Нет такой.", no_input="Не слышно.", repeat_key="*")
    ends = {name: {"kind": "hangup", "text": f"Конец {name}."} for name in ("to_x", "to_y", "silent", "wrong")}
    asked["exits"]["invalid"] = "wrong"
    found = walk({"q": asked, **ends})
    assert found.not_taken == ()
    assert set(found.prompts) == {
        "Выбирайте.",
        "Нет такой.",
        "Не слышно.",
        "Конец to_x.",
        "Конец to_y.",
        "Конец silent.",
        "Конец wrong.",
    }
    assert found.endings["hung_up"] > 0


def test_all_ends_of_a_transfer_are_tried() -> None:
    ends = {name: {"kind": "hangup"} for name in ("talked", "no_agent", "failed", "left")}
    found = walk({"t": {"kind": "transfer", "group": "g", "exits": {name: name for name in ends}}, **ends})
    assert (found.not_taken, found.never_reached) == ((), ())


def test_two_digits_and_the_values_of_conditions_are_tried() -> None:
    asked = {"kind": "ask", "text": "Сколько?", "question": "n", "max_digits": 4, "max_value": 5000}
    nodes = {
        "q": {**asked, "exits": {"done": "ten", "no_input": "bye"}},
        "ten": branch("n", "equals", "10", "a", "much"),
        "much": branch("n", "equals", "4217", "b", "bye"),
        "a": play("bye"),
        "b": play("bye"),
        "bye": BYE,
    }
    found = walk(nodes)
    assert (found.never_reached, found.not_taken) == ((), ())


def test_people_are_made_to_fit_the_conditions() -> None:
    nodes = {
        "a": branch("debt", "more", "20000", "rich", "b"),
        "b": branch("city", "equals", "Тула", "tula", "c"),
        "c": branch("city", "empty", "", "nowhere", "d"),
        "d": branch("due", "less", "2020-01-01", "old", "bye"),
        **{name: play("bye") for name in ("rich", "tula", "nowhere", "old")},
        "bye": BYE,
    }
    found = walk(nodes)
    assert (found.never_reached, found.not_taken) == ((), ())
    assert found.contacts > 4


def test_one_given_person_is_the_only_one() -> None:
    scenario = make({"a": branch("debt", "more", "20000", "rich", "bye"), "rich": play("bye"), "bye": BYE})
    found = explore(scenario, TODAY, contacts=[{**CONTACT, "debt": "5"}])
    assert (found.contacts, found.never_reached, found.findings) == (1, ("rich",), ())


def test_all_languages_or_the_one_asked_for() -> None:
    nodes = {"a": {"kind": "hangup", "text": {"ru": "Пока.", "en": "Bye."}}}
    scenario = make(nodes, languages=["ru", "en"])
    assert explore(scenario, TODAY).prompts == ("Bye.", "Пока.")
    assert explore(scenario, TODAY, languages=["en"]).prompts == ("Bye.",)
    with pytest.raises(ValueError, match="no language"):
        explore(scenario, TODAY, languages=["de"])


def test_people_outside_the_limits_of_a_column_are_not_made() -> None:
    columns = {"debt": {"title": "Долг", "type": "money", "min": 5000, "max": 9000}}
    nodes = {"a": branch("debt", "more", "6000", "b", "c"), "b": play("bye"), "c": play("bye"), "bye": BYE}
    found = walk({**nodes, "d": branch("debt", "more", "9000", "b", "c")}, columns=columns)
    assert [finding.node for finding in found.findings] == ["d"]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """An instruction that nobody knows yet."""

    node: str
    stop_key: str = "5"
    max_s: float = 60.0


def test_answers_follow_from_the_instruction_alone() -> None:
    collect = Collect(node="q", parts=(), allowed="123#", max_digits=3, terminators="#")
    tried = answers(collect, ("213", "9", "4567"), TODAY)
    assert all(Digits(keys=keys) in tried for keys in ("1", "2", "3", "213", "111", "333"))
    assert Digits(keys="0") in tried
    assert Digits(keys="", complete=False) in tried
    assert Digits(keys="4567") not in tried
    unknown: Any = Recording(node="r")
    tried = answers(unknown, (), TODAY)
    wanted = (Digits(keys="5"), Played(), NoInput(), HungUp(), HungUp(talked=True))
    assert all(event in tried for event in wanted)
    assert len([event for event in tried if isinstance(event, TransferEnded)]) >= 3
    assert wait_s(unknown, NoInput()) == 60.0


# -- seconds --------------------------------------------------------------------------------------------------


def test_seconds_are_speech_and_waits() -> None:
    said = (Say(text="x" * 100, language="ru"),)
    assert speech_s(said) == pytest.approx(7.9)
    collect = Collect(node="q", parts=said, max_digits=3, timeout_s=5, digit_timeout_s=2)
    assert wait_s(collect, NoInput()) == 5
    assert wait_s(collect, Digits(keys="123")) == 9
    assert wait_s(collect, Digits(keys="1")) == 7
    assert wait_s(Play(node="q", parts=said), Played()) == 0
    assert wait_s(Transfer(node="q", group="g", ring_s=20, wait_s=0), NoInput()) == 20
    assert wait_s(Transfer(node="q", group="g", ring_s=20, wait_s=120), NoInput()) == 120


def test_the_longest_call_goes_no_circle_twice() -> None:
    nodes = {
        "a": play("q", "А" * 100),
        "q": menu({"again": "a", "on": "bye"}, timeout_s=5, tries=2),
        "bye": {"kind": "hangup", "text": "Б" * 50},
    }
    found = walk(nodes)
    assert found.longest is not None
    assert found.longest.nodes == ("a", "q", "bye")
    asked = speech_s((Say(text="Выбирайте.", language="ru"),)) + 5
    assert found.longest_s == pytest.approx(7.9 + 2 * asked + 0.2 + 50 * 0.077, abs=0.1)


# -- bounds ---------------------------------------------------------------------------------------------------


def survey(count: int, **last: Any) -> dict[str, Any]:
    """So many questions one after the other, each with five answers."""
    five = [f"e{key}" for key in range(5)]
    nodes: dict[str, Any] = {}
    for n in range(count):
        after = f"q{n + 1}" if n + 1 < count else "last"
        nodes[f"q{n}"] = menu(dict.fromkeys(five, after), question=f"a{n}")
    return {**nodes, "last": last or play("bye"), "bye": BYE}


def test_a_survey_of_thirty_questions_does_not_explode() -> None:
    found = walk(survey(30))
    assert found.complete
    assert found.states < 120
    assert found.ways == 10**12


def test_a_spoken_answer_is_spoken_with_every_value() -> None:
    text = " ".join(f"{{{{ a{n} | number }}}}" for n in range(8))
    found = walk(survey(8, **play("bye", text)))
    assert found.complete
    assert {"один", "два", "три", "четыре", "пять"} <= {prompt.strip(" .,") for prompt in found.prompts}
    assert found.states < 2000


def test_too_many_combinations_are_thinned_and_said_so() -> None:
    conditions = [{"field": f"a{n}", "op": "equals", "value": "5"} for n in range(8)]
    last = {
        "kind": "branch",
        "cases": [{"exit": "yes", "conditions": conditions}],
        "exits": {"yes": "x", "else": "bye"},
    }
    found = explore(make({**survey(8, **last), "x": play("bye")}), TODAY)
    assert found.thinned
    assert not found.complete
    assert ("never_reached", "x") not in codes(found)
    assert found.states < 20_000


def test_bounds_stop_the_walk_and_are_told() -> None:
    scenario = make(survey(30))
    assert explore(scenario, TODAY, max_states=20).cut == "states"
    looks: list[tuple[int, int]] = []

    def watch(walked: int, known: int) -> bool:
        looks.append((walked, known))
        return len(looks) < 3

    found = explore(make(survey(60)), TODAY, watch=watch)
    assert (found.cut, found.complete, len(looks)) == ("time", False, 4)
    assert not found.findings  # what was not walked is no fault
    assert looks == sorted(looks)


HOSTILE = """
import json, sys, time
sys.path[:0] = {path!r}
from test_scenario_explore import TODAY, explore, hostile, make
began = time.process_time()
found = explore(make(hostile({kind!r})), TODAY)
spent = time.process_time() - began
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))  # of this program alone
print(json.dumps([spent, int(peak) / 1024, found.states]))
"""


def hostile(kind: str) -> dict[str, Any]:
    """500 nodes, every exit leads to another one."""
    if kind == "menus":
        ten = range(10)
        return {
            f"n{n}": {
                **menu({f"e{key}": f"n{(n * 7 + key * 31 + 1) % 500}" for key in ten[:9]}, f"n{(n + 1) % 500}"),
                "question": f"a{n}",
            }
            for n in range(500)
        }
    nodes: dict[str, Any] = {}
    for n in range(250):
        asked = {"kind": "ask", "text": "Скажите, {{ name }}.", "question": f"a{n}", "max_digits": 8}
        nodes[f"n{n}"] = {**asked, "exits": {"done": f"b{n}", "no_input": f"n{(n + 1) % 250}"}}
        conditions = [{"field": f"a{(n + k) % 250}", "op": "more", "value": "5"} for k in range(20)]
        exits = {"x": f"n{(n * 7 + 1) % 250}", "else": f"n{(n * 13 + 5) % 250}"}
        nodes[f"b{n}"] = {"kind": "branch", "cases": [{"exit": "x", "conditions": conditions}], "exits": exits}
    return nodes


@pytest.mark.seconds
@pytest.mark.parametrize("kind", ["menus", "asks"])
def test_hostile_graphs_take_little_time_and_memory(kind: str) -> None:
    path = [str(ROOT / "platform"), str(ROOT / "tests"), str(ROOT / "tests/scenario")]
    program = HOSTILE.format(path=path, kind=kind)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=400)
    seconds, megabytes, states = json.loads(done.stdout)
    assert states > 400
    assert megabytes < 200
    cheaply(seconds, 8)


def test_a_variable_that_doubles_fills_no_memory() -> None:
    nodes = {
        "q": menu({"x": "more"}),
        "more": {"kind": "set", "variable": "stage", "value": "{{ stage }}{{ stage }}", "exits": {"done": "say"}},
        "say": play("q", "{{ stage }}"),
        "bye": BYE,
    }
    scenario = make(nodes, variables={"stage": {"value": "а"}})
    check(scenario)
    found = explore(scenario, TODAY)
    assert max(map(len, found.prompts)) <= MAX_LENGTH
    assert found.states < 200


def test_a_scenario_has_so_many_nodes_and_no_more() -> None:
    nodes = {f"n{n}": play(f"n{n + 1}") for n in range(MAX_NODES - 1)}
    assert not has_errors(check(make({**nodes, f"n{MAX_NODES - 1}": BYE})))
    with pytest.raises(ScenarioError, match=str(MAX_NODES)):
        make({**nodes, f"n{MAX_NODES - 1}": play("last"), "last": BYE})


# -- random documents -----------------------------------------------------------------------------------------


@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenarios)
def test_random_scenarios_agree_with_the_checker(scenario: Scenario) -> None:
    found = explore(scenario, TODAY, max_states=400)
    issues = check(scenario)
    raised = {issue.code for issue in issues}
    kinds = {code for code, _ in codes(found)}
    unreachable = {issue.node for issue in issues if issue.code == "unreachable"}
    assert unreachable <= set(found.never_reached)
    assert set(scenario.nodes) - set(found.never_reached) <= set(in_order(scenario))
    decides = any(node.compares() for node in scenario.nodes.values())
    if found.complete and not decides and "unspeakable" not in kinds:
        assert set(found.never_reached) == unreachable
    assert "loose_end" not in kinds
    if not has_errors(issues):
        assert not kinds & {"idle_circle", "no_end", "start_missing"}
    if "idle_circle" in kinds:
        assert "endless_loop" in raised
    assert explore(scenario, TODAY, max_states=400) == found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_exit_of_every_kind_is_taken(kind: str) -> None:
    node = {name: value for name, value in KINDS[kind].example.items() if name != "exits"}
    found = explore(around(node), TODAY)
    assert (found.not_taken, found.never_reached) == ((), ())


# -- sample people ----------------------------------------------------------------------------------------------


def people(nodes: dict[str, Any], **changes: Any) -> list[dict[str, str]]:
    return built_contacts(make(nodes, **changes), "ru", TODAY)


def text_column(**fields: Any) -> dict[str, Any]:
    return {"columns": {"name": {"title": "Имя", "type": "name"}, "c": {"title": "C", **fields}}}


def spoken(text: str) -> dict[str, Any]:
    return {"a": play("bye", text), "bye": BYE}


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("{{ c }}.", {}, "Омск"),
        ("{{ name | gender('Уважаемый', 'Уважаемая', 'Друг', column='c') }}!", {}, "муж"),
        ("Ждём в {{ c | time }}.", {"type": "time"}, "14:30"),
        ("Ждём {{ c | date('gen') }}.", {"type": "date"}, "2026-03-12"),
        ("Ждём {{ c | date('gen') }}, в {{ c | time('acc') }}.", {"type": "date"}, "2026-03-12 14:30"),
        ("Код {{ c | digits }}.", {"type": "digits"}, "1001"),
        ("{{ c | count('день') }}.", {"type": "number", "max": 30}, "30"),
        ("{{ c | surname }}.", {}, "Омск"),
    ],
)
def test_people_have_values_that_the_texts_can_say(text: str, fields: dict[str, Any], value: str) -> None:
    nodes = spoken(text)
    assert people(nodes, **text_column(**fields))[0]["c"] == value
    if fields.get("type") or "gender" in text:
        assert not walk(nodes, **text_column(**fields)).findings


def test_a_column_that_is_compared_holds_what_is_looked_for() -> None:
    nodes = {"a": branch("c", "equals", "ж", "b", "bye"), "b": play("bye", "Сударыня."), "bye": BYE}
    assert [person["c"] for person in people(nodes, **text_column())] == ["ж", "другое"]
    assert [person["c"] for person in people(nodes, **text_column(required=False))] == ["ж", "другое", ""]
    assert walk(nodes, **text_column()).prompts == ("Сударыня.",)


def test_a_payment_made_before_today_is_tried_too() -> None:
    ask = {"kind": "ask", "text": "Когда?", "question": "paid", "type": "date", "earliest_days": -30, "latest_days": 0}
    nodes = {"a": {**ask, "exits": {"done": "b", "no_input": "bye"}}, "b": {"kind": "hangup"}, "bye": BYE}
    assert not walk(nodes).findings
    assert walk(nodes).not_taken == ()
