"""Two versions compared: every difference of the call in one sentence, and nothing that is none."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_making import COLUMNS, around, document

from oklik.scenario.diff import Change, describe, diff
from oklik.scenario.document import from_json, load_file, to_json
from oklik.scenario.kinds import KINDS

ROOT = Path(__file__).parents[2]

NODES: dict[str, Any] = {
    "hello": {"kind": "play", "text": "Здравствуйте! {{ name | name }}.", "exits": {"done": "ask"}},
    "ask": {
        "kind": "menu",
        "title": "Придёт ли",
        "text": "Придёте — нажмите 1, нет — 2.",
        "question": "coming",
        "options": {
            "1": {"exit": "yes", "label": "Да", "value": "yes"},
            "2": {"exit": "no", "label": "Нет", "value": "no"},
        },
        "exits": {"yes": "bye", "no": "sorry", "no_input": "sorry"},
    },
    "far": {
        "kind": "branch",
        "cases": [
            {"exit": "omsk", "conditions": [{"field": "city", "op": "equals", "value": "Омск"}]},
            {"exit": "tomsk", "conditions": [{"field": "city", "op": "equals", "value": "Томск"}]},
        ],
        "exits": {"omsk": "bye", "tomsk": "bye", "else": "bye"},
    },
    "bye": {"kind": "hangup", "text": "До свидания!"},
    "sorry": {"kind": "hangup", "outcome": "no_input"},
}


def changed(path: str = "", value: Any = None, *, remove: bool = False, **document_changes: Any) -> list[Change]:
    """What is told when one thing in NODES changes."""
    nodes = document(NODES)["nodes"]
    copy = to_json(from_json(document(nodes)))
    if path:
        *way, last = path.split(".")
        place = copy["nodes"]
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if remove:
            del place[last]
        else:
            place[last] = value
    return list(diff(from_json(document(NODES)), from_json({**copy, **document_changes})))


def told(*arguments: Any, **more: Any) -> list[str]:
    found = changed(*arguments, **more)
    for change in found:
        assert "{" not in describe(change, "en") or "{{" in describe(change, "en")
    return [f"{describe(change, 'ru')} [{change.code}]" for change in found]


def test_the_same_is_the_same() -> None:
    assert changed() == []
    assert told(layout={"hello": [1, 2]}) == []
    assert told(columns=dict(reversed(COLUMNS.items()))) == []
    assert told(nodes=dict(reversed(NODES.items()))) == []
    assert told("hello.text", {"ru": NODES["hello"]["text"]}) == [], "written by language, it is the same text"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("bye.text", "Пока!", "шаг bye, text: Прощание: было «До свидания!», стало «Пока!» [text_changed]"),
        ("sorry.text", "Жаль.", "шаг sorry, text: Прощание: новый: «Жаль.» [text_added]"),
        (
            "ask.exits.no",
            "bye",
            "шаг ask, exits.no: Исход «Кнопка 2» ведёт к шагу «bye», раньше к «sorry» [exit_reled]",
        ),
        (
            "ask.exits.invalid",
            "bye",
            "шаг ask, exits.invalid: Исход «{invalid}» ведёт к шагу «bye», раньше к «sorry» [exit_reled]",
        ),
        ("ask.tries", 5, "шаг ask, tries: Попыток: было {tries}, стало 5 [setting_changed]"),
        (
            "ask.options.2.label",
            "Не придёт",
            ("шаг ask, options.2.label: Кнопки «2», Значение в отчёте: было «Нет», стало «Не придёт» [text_changed]"),
        ),
        (
            "ask.options.2.answer",
            False,
            ("шаг ask, options.2.answer: Кнопки «2», Это ответ на вопрос: было да, стало нет [setting_changed]"),
        ),
        ("ask.options.3", {"exit": "no"}, "шаг ask, options.3: Кнопки «3»: добавлено [option_added]"),
        (
            "far.cases.0.conditions.0.op",
            "contains",
            (
                "шаг far, cases.omsk.conditions.city.op: Случаи «omsk», Условия «city», Сравнение: "
                "было «равно», стало «содержит» [setting_changed]"
            ),
        ),
        (
            "sorry.outcome",
            "declined",
            "шаг sorry, outcome: Итог: было «{no_input}», стало «{declined}» [setting_changed]",
        ),
        ("hello.message", True, "шаг hello, message: Это сообщение: было нет, стало да [setting_changed]"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_one_change_is_one_sentence(path: str, value: Any, line: str) -> None:
    menu = KINDS["menu"].model_fields
    ways = {exit_.name: exit_.title["ru"] for exit_ in from_json(document(NODES)).nodes["ask"].exits()}
    outcomes: Any = KINDS["hangup"].model_fields["outcome"].json_schema_extra
    words = {code: label["ru"] for code, label in outcomes["choices"].items()}
    titles: Any = menu["tries"].json_schema_extra
    expected = line.replace("Попыток", titles["title"]["ru"]).replace("{tries}", str(menu["tries"].default))
    expected = expected.replace("{invalid}", ways.get("invalid", "invalid"))
    titled: Any = outcomes["title"]["ru"]
    expected = expected.replace("Итог", titled).replace("{no_input}", words["no_input"])
    assert told(path, value) == [expected.replace("{declined}", words["declined"])]


def test_options_taken_away_and_put_in_another_order() -> None:
    options = NODES["ask"]["options"]
    assert told("ask.options", dict(reversed(options.items()))) == [
        "шаг ask, options: Кнопки: другой порядок: 2, 1 [option_order]"
    ]
    assert told("ask.options.2", remove=True) == ["шаг ask, options.2: Кнопки «2»: убрано [option_removed]"]
    assert told("far.cases", NODES["far"]["cases"][::-1]) == [
        "шаг far, cases: Случаи: другой порядок: tomsk, omsk [option_order]"
    ]


def test_exits_connected_and_cut() -> None:
    (cut,) = told("hello.exits", {})
    assert cut.endswith("больше никуда не ведёт, вёл к шагу «ask» [exit_cut]")
    without = document({**NODES, "hello": {**NODES["hello"], "exits": {}}})
    (led,) = diff(from_json(without), from_json(document(NODES)))
    assert (led.node, led.field, led.code) == ("hello", "exits.done", "exit_led")


def test_nodes_added_removed_and_of_another_kind() -> None:
    more = {**NODES, "extra": {"kind": "play", "text": "Ещё", "exits": {"done": "bye"}}}
    assert told(nodes=more) == ["шаг extra: Новый шаг: Сказать «Ещё» [node_added]"]
    less = {name: node for name, node in NODES.items() if name != "far"}
    assert told(nodes=less) == ["шаг far: Шага больше нет: Условие [node_removed]"]
    other = {**NODES, "hello": {"kind": "hangup", "text": NODES["hello"]["text"]}}
    assert [change.code for change in changed(nodes=other)][:1] == ["kind_changed"]


def test_a_renamed_node_is_not_a_new_one() -> None:
    swap = {"bye": "farewell", "ask": "question"}
    nodes = {
        swap.get(name, name): {
            **node,
            **({"exits": {way: swap.get(to, to) for way, to in node["exits"].items()}} if "exits" in node else {}),
        }
        for name, node in NODES.items()
    }
    assert told(nodes=nodes) == [
        "шаг question: Шаг «ask» переименован [node_renamed]",
        "шаг farewell: Шаг «bye» переименован [node_renamed]",
    ]
    started = {"start" if name == "hello" else name: node for name, node in NODES.items()}
    assert [change.code for change in changed(nodes=started, start="start")] == ["node_renamed"]


def test_of_two_alike_the_one_that_takes_over_the_way_is_the_renamed() -> None:
    ends = {"to_done": {"kind": "hangup"}, "spare": {"kind": "hangup"}}
    first = {"kind": "play", "text": "а", "exits": {"done": "to_done"}}
    old = from_json(document({"n": first, **ends}))
    new = from_json(
        document({"n": {**first, "exits": {"done": "z"}}, "a": {"kind": "hangup"}, "z": {"kind": "hangup"}})
    )
    assert {(change.node, change.text["ru"]) for change in diff(old, new)} == {
        ("z", "Шаг «to_done» переименован"),
        ("a", "Шаг «spare» переименован"),
    }


def test_a_node_that_leads_elsewhere_is_another_one() -> None:
    old = document({"a": {"kind": "play", "text": "а", "exits": {"done": "x"}}, "x": {"kind": "hangup"}})
    new = document(
        {"b": {"kind": "play", "text": "а", "exits": {"done": "y"}}, "x": {"kind": "hangup"}, "y": {"kind": "hangup"}}
    )
    codes = [change.code for change in diff(from_json(old), from_json(new))]
    assert codes == ["start_changed", "node_added", "node_added", "node_removed"]


def test_what_belongs_to_the_whole_scenario() -> None:
    columns = {**COLUMNS, "debt": {**COLUMNS["debt"], "private": False, "personal": True, "min": 1}}
    del columns["city"]
    found = told(
        title="Другое",
        purpose="debt",
        languages=["en", "ru"],
        start="ask",
        variables={"stage": {"value": "1"}, "phone": {}},
        columns={**columns, "visit": {"title": "Дата", "type": "date"}},
    )
    assert [line for line in found if "шаг " not in line.partition(":")[0]][:2] == [
        "title.ru: Название (ru): убран: «Проба» [text_removed]",
        "title.en: Название (en): новый: «Другое» [text_added]",
    ]
    for line in (
        "languages: Новый язык: «en» [language_added]",
        "languages: Основной язык: было «ru», стало «en» [language_first]",
        "purpose: Цель: было «Уведомление», стало «Напоминание о долге» [setting_changed]",
        "start: Звонок начинается с шага «ask», раньше с «hello» [start_changed]",
        "columns.city: Столбец «city»: убрано [column_removed]",
        "columns.visit: Столбец «visit»: добавлено [column_added]",
        "columns.debt.private: Столбец «debt», Тайна: было да, стало нет [setting_changed]",
        "columns.debt.min: Столбец «debt», Не меньше: было ничего, стало 1 [setting_changed]",
        "variables.phone: Переменная «phone»: добавлено [variable_added]",
        "variables.stage.value: Переменная «stage», Сначала: было ничего, стало «1» [setting_changed]",
    ):
        assert line in found, "\n".join(found)


def test_long_texts_are_shown_where_they_differ() -> None:
    common = "Уважаемый абонент, мы звоним вам по поводу вашей записи на приём в нашу клинику в ближайшее время. "
    tail = " После этого мы с радостью ответим на все ваши вопросы и подберём удобный день и час."
    old = from_json(document({**NODES, "bye": {"kind": "hangup", "text": f"{common}Ждём во вторник.{tail}"}}))
    new = from_json(document({**NODES, "bye": {"kind": "hangup", "text": f"{common}Ждём в среду.{tail}"}}))
    (change,) = diff(old, new)
    assert change.text["ru"] == (
        "Прощание: было «… ближайшее время. Ждём во вторник. После этого мы …», "
        "стало «… ближайшее время. Ждём в среду. После этого мы …»"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_told_by_its_title(kind: str) -> None:
    """Nothing is missed: a node compared with one whose field is at its default, field by field."""
    node = KINDS[kind].model_validate(KINDS[kind].example)
    for name, info in KINDS[kind].model_fields.items():
        if info.is_required() or name in {"kind", "targets"} or getattr(node, name) == info.get_default():
            continue
        written = info.alias or name
        less = {key: value for key, value in KINDS[kind].example.items() if key != written}
        found = diff(around(KINDS[kind].example), around({**less, "exits": {}}))
        about: Any = info.json_schema_extra
        own = [change for change in found if change.node == "n" and (change.field or "").split(".")[0] == written]
        assert own, name
        assert all(about["title"][language] in change.text[language] for change in own for language in ("ru", "en"))


def test_the_versions_of_ready_scenarios() -> None:
    file = ROOT / "scenarios/debt-reminder/ru.yaml"
    scenario = load_file(file)
    assert diff(scenario, from_json(to_json(scenario))) == ()
    english = load_file(ROOT / "scenarios/debt-reminder/en.yaml")
    there, back = diff(scenario, english), diff(english, scenario)
    assert there
    assert {change.node for change in there} == {change.node for change in back}


@settings(max_examples=40, deadline=None)
@given(st.permutations(["hello", "ask", "far", "bye", "sorry"]), st.integers(0, 4))
def test_renaming_any_nodes_is_told_as_renaming(names: list[str], count: int) -> None:
    swap = {name: f"new_{name}" for name in names[:count]}
    nodes = {
        swap.get(name, name): {**node, "exits": {way: swap.get(to, to) for way, to in node.get("exits", {}).items()}}
        for name, node in NODES.items()
    }
    new = from_json(document(nodes, start=swap.get("hello", "hello")))
    found = diff(from_json(document(NODES)), new)
    assert sorted((change.code, change.node) for change in found) == sorted(
        ("node_renamed", name) for name in swap.values()
    )
