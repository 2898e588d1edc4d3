"""The checks of calls between scenarios: that the other one is there, that its returns and our exits are the same, and
that both mean the same by the names that they share.

Putting the scenarios together is the business of `linking`; the linked nodes are checked as all others are.
"""

from collections.abc import Iterator

from oklik.scenario.document import Column, Scenario
from oklik.scenario.kinds.base import Issue, error, texts, warning
from oklik.scenario.linking import Call

# Purposes with rules of their own, which a call of another purpose would not keep.
_STRICT = frozenset({"debt", "advertising"})


def call_issues(scenario: Scenario) -> Iterator[Issue]:
    """All but those of `way_issues`."""
    for call in scenario.calls:
        if call.called is None:
            name = call.asked.calls()
            ru = f"Сценария «{name}» нет: ни в subscenarios, ни в файле {name}.yaml или {name}/scenario.yaml рядом"
            en = f"There is no scenario {name!r}, neither in subscenarios nor in {name}.yaml or {name}/scenario.yaml"
            yield error(call.node, "scenario", "subscenario_unknown", ru, en)
            continue
        yield from _purpose_issues(scenario, call.node, call.called)
        yield from _column_issues(scenario, call.node, call.called)
        yield from _variable_issues(scenario, call, call.called)
    called = {id(call.called) for call in scenario.calls}
    for name, document in scenario.written.subscenarios.items():
        if id(document) not in called:
            ru, en = f"Подсценарий «{name}» никто не вызывает", f"Nobody calls the subscenario {name!r}"
            yield warning(None, f"subscenarios.{name}", "subscenario_unused", ru, en)


def way_issues(scenario: Scenario) -> Iterator[Issue]:
    """Returns that lead nowhere, and exits by which nobody returns."""
    for call in scenario.calls:
        if call.called is None:
            continue
        if call.called.start not in call.called.nodes:
            ru = f"В подсценарии нет шага «{call.called.start}», с которого он начинается"
            en = f"The subscenario lacks the node {call.called.start!r} that begins it"
            yield error(call.node, "scenario", "start_missing", ru, en)
        returns = dict.fromkeys(back for node in call.called.nodes.values() if (back := node.returns()) is not None)
        for name in returns:
            if name not in call.asked.targets:
                ru = f"Подсценарий возвращается с исходом «{name}», а он никуда не ведёт: соедините его"
                en = f"The subscenario returns by exit “{name}”, which leads nowhere: connect it to the next node"
                yield error(call.node, f"exits.{name}", "exit_dangling", ru, en)
        for name, target in call.asked.targets.items():
            if name not in returns:
                listed = ", ".join(f"«{one}»" for one in returns)
                ru = f"Подсценарий не возвращается с исходом «{name}»; есть: {listed or 'ни одного'}"
                en = f"The subscenario never returns by exit {name!r}; there are: {', '.join(returns) or 'none'}"
                yield error(call.node, f"exits.{name}", "exit_unknown", ru, en)
            if target not in call.inside.nodes:
                ru, en = f"Шаг «{target}» не существует", f"Node {target!r} does not exist"
                yield error(call.node, f"exits.{name}", "target_unknown", ru, en)


def _purpose_issues(scenario: Scenario, node: str, called: Scenario) -> Iterator[Issue]:
    if called.purpose in _STRICT and called.purpose != scenario.purpose:
        ru = f"Цель подсценария — {called.purpose}, а этого сценария — {scenario.purpose}: её правила не соблюдались бы"
        en = (
            f"The subscenario's purpose is {called.purpose}, this one's {scenario.purpose}: its rules would not be kept"
        )
        yield error(node, "scenario", "purpose_clash", ru, en)


def _column_issues(scenario: Scenario, node: str, called: Scenario) -> Iterator[Issue]:
    """Columns of one name that are not the same column."""
    for name, column in called.columns.items():
        here = scenario.columns[name]
        if here.type != column.type:
            ru = f"Столбец «{name}» в подсценарии типа {column.type}, а здесь — {here.type}"
            en = f"Column {name!r} is of type {column.type} in the subscenario, here of type {here.type}"
            yield error(node, "scenario", "column_clash", ru, en)
        elif (titles := _other_titles(scenario, here, called, column)) is not None:
            ru = f"Столбец «{name}» в подсценарии называется «{titles[1]}», а здесь «{titles[0]}»: один ли это столбец?"
            en = f"Column {name!r} is called {titles[1]!r} in the subscenario, {titles[0]!r} here: is it the same one?"
            yield error(node, "scenario", "column_clash", ru, en)


def _other_titles(scenario: Scenario, here: Column, called: Scenario, there: Column) -> tuple[str, str] | None:
    """The two headings, where they differ in a language that both have and neither knows the other's as an alias."""
    ours, theirs = texts(here.title, scenario.languages), texts(there.title, called.languages)
    for language in scenario.languages:
        pair = ours.get(language), theirs.get(language)
        if pair[0] and pair[1] and pair[0] != pair[1] and not {*pair} & {*here.aliases, *there.aliases}:
            return pair[0], pair[1]
    return None


def _variable_issues(scenario: Scenario, call: Call, called: Scenario) -> Iterator[Issue]:
    """Variables of one name with two beginnings, and values for names that are no variables there."""
    for name, variable in called.variables.items():
        here = scenario.variables[name]
        if variable.value and here.value != variable.value:
            ru = f"Переменная «{name}» в подсценарии сначала «{variable.value}», а здесь «{here.value}»"
            en = f"Variable {name!r} begins as {variable.value!r} in the subscenario, here as {here.value!r}"
            yield error(call.node, "scenario", "variable_clash", ru, en)
    for name in call.asked.derives():
        if name not in called.variables:
            ru = f"Переменная «{name}» не объявлена в подсценарии"
            en = f"Variable {name} is not declared in the subscenario"
            yield error(call.node, f"with.{name}", "name_unknown", ru, en)
