"""Finds what is wrong with a scenario before anybody is called: every issue with its place and a plain sentence.

Errors forbid the launch, warnings do not.  Here are the checks of the graph; those of the texts lie in `check_texts`,
those of privacy in `check_privacy` and `check_debt`, those of columns in `check_columns`, of recordings in
`check_recordings`, those of called scenarios in `check_calls`, and what one node can tell of itself in its kind.
"""

from collections.abc import Collection, Iterator, Mapping

from oklik.scenario.check_calls import call_issues, way_issues
from oklik.scenario.check_columns import column_issues, fetched_issues
from oklik.scenario.check_debt import debt_issues
from oklik.scenario.check_privacy import privacy_issues
from oklik.scenario.check_recordings import recording_issues
from oklik.scenario.check_texts import text_issues
from oklik.scenario.document import Scenario
from oklik.scenario.errors import step_name
from oklik.scenario.kinds.base import Issue, error, warning
from oklik.scenario.needs import HookShape
from oklik.scenario.paths import Known, circles, in_order, known_names
from oklik.scenario.speech_time import LONGEST_S

__all__ = ["MISSING", "Issue", "check", "describe", "has_errors"]


def check(
    scenario: Scenario,
    longest_s: float = LONGEST_S,
    *,
    hooks: Mapping[str, HookShape] | None = None,
    recorded: Collection[str] | None = None,
) -> list[Issue]:
    """Everything found, errors before warnings, each group in the order of the call.

    longest_s: how many seconds a prompt may take (`speech_time`).  hooks: the functions of the plug-ins that are
    installed; recorded: the recordings that there are, as "language/key"; None: not known, and then nothing is said
    of them.
    """
    known = known_names(scenario)
    issues = [*_graph_issues(scenario, known), *_node_issues(scenario, known), *_name_issues(scenario)]
    for name, node in scenario.nodes.items() if hooks is not None else ():
        issues += node.check_hooks(name, hooks or {})
    issues += [*call_issues(scenario), *column_issues(scenario), *fetched_issues(scenario)]
    issues += text_issues(scenario, known, longest_s)
    issues += recording_issues(scenario, recorded)
    issues += privacy_issues(scenario)
    issues += debt_issues(scenario)
    issues += _sending_issues(scenario)
    order = {name: place for place, name in enumerate((*in_order(scenario), *scenario.nodes))}
    first: dict[object, Issue] = {}
    twins = scenario.twins
    for issue in issues:
        first.setdefault(_key(issue, twins), issue)
    return sorted(
        first.values(),
        key=lambda issue: (issue.severity == "warning", order.get(issue.node or "", -1)),
    )


def has_errors(issues: list[Issue]) -> bool:
    """Whether the scenario must not be launched."""
    return any(issue.severity == "error" for issue in issues)


def describe(issue: Issue, language: str = "ru") -> str:
    """One line: `ошибка: шаг menu, options.1.exit: sentence [code]`."""
    words = {"ru": {"error": "ошибка", "warning": "замечание", "node": "шаг"}, "en": {"node": "node"}}[language]
    step = f"{words['node']} {step_name(issue.node, language)}" if issue.node else ""
    place = ", ".join(part for part in (step, issue.field) if part)
    parts = (words.get(issue.severity, issue.severity), place, issue.text[language])
    line = f"{': '.join(part for part in parts if part)} [{issue.code}]"
    return " ".join(line.split())  # names and values of the document may hold line breaks


def _key(issue: Issue, twins: Mapping[str, str]) -> tuple[str | None, str | None, str, str]:
    """By what an issue is the same as another one: what is wrong in a scenario that is called twice is told once."""
    node = twins.get(issue.node or "", issue.node)
    return node, issue.field, issue.code, issue.text["en"]


# -- the graph --------------------------------------------------------------------------------------------------

# Exits that lead nowhere, by the code that the exit names.
MISSING = {
    "exit_dangling": (
        "Исход «{title}» никуда не ведёт: соедините его со следующим шагом",
        "Exit “{title}” leads nowhere: connect it to the next node",
    ),
    "no_input_missing": (
        "Не сказано, что делать, если человек молчит: соедините исход «{title}»",
        "Nothing is said about silence: connect exit “{title}”",
    ),
    "no_agent_missing": (
        "Не сказано, что делать, если операторы заняты: соедините исход «{title}»",
        "Nothing is said about busy agents: connect exit “{title}”",
    ),
}


def _graph_issues(scenario: Scenario, known: Known) -> Iterator[Issue]:
    if scenario.start not in scenario.nodes:
        ru, en = f"Начальный шаг «{scenario.start}» не существует", f"The start node {scenario.start!r} does not exist"
        yield error(None, "start", "start_missing", ru, en)
        return
    reached = set(in_order(scenario))
    broken = [*_exit_issues(scenario), *way_issues(scenario)]
    yield from broken
    yield from _loop_issues(scenario, reached)
    if broken:
        return  # what else the graph seems to lack, it may lack for want of these ways only
    for name in scenario.nodes:
        if name not in reached:
            ru, en = "К этому шагу не ведёт ни один путь", "No path leads to this node"
            yield warning(name, None, "unreachable", ru, en)
    yield from _outcome_issues(scenario, known)


def _exit_issues(scenario: Scenario) -> Iterator[Issue]:
    """Exits that lead nowhere, and exits and nodes that there are not."""
    for name, node in scenario.nodes.items():
        exits = {exit_.name: exit_ for exit_ in node.exits()}
        for exit_ in exits.values():
            if exit_.name not in node.targets and exit_.shares is None:
                ru, en = MISSING[exit_.missing]
                text = {"ru": ru.format(title=exit_.title["ru"]), "en": en.format(title=exit_.title["en"])}
                yield error(name, f"exits.{exit_.name}", exit_.missing, text["ru"], text["en"])
        for exit_name, target in node.targets.items():
            if exit_name not in exits:
                ru, en = f"У шага нет исхода «{exit_name}»", f"The node has no exit {exit_name!r}"
                yield error(name, f"exits.{exit_name}", "exit_unknown", ru, en)
            if target not in scenario.nodes:
                own = target.rpartition(".")[2]
                ru, en = f"Шаг «{own}» не существует", f"Node {own!r} does not exist"
                yield error(name, f"exits.{exit_name}", "target_unknown", ru, en)


def _loop_issues(scenario: Scenario, reached: set[str]) -> Iterator[Issue]:
    """Circles that a silent line goes round for ever: without a key of the person, the call would not end."""
    ways = {
        name: {
            target
            for exit_ in scenario.nodes[name].exits()
            if not exit_.by_key and (target := scenario.nodes[name].target(exit_.name)) in reached
        }
        for name in reached
    }
    for name in sorted(circles(ways)):
        ru = "Звонок может ходить здесь по кругу без единого нажатия и никогда не кончится"
        en = "The call can go round here for ever without a key being pressed"
        yield error(name, None, "endless_loop", ru, en)


def _outcome_issues(scenario: Scenario, known: Known) -> Iterator[Issue]:
    """Ends that would count as a finished conversation though nobody talked, or a stranger did."""
    expected = {
        "no_input": ("no_input", "человек не ответил", "nobody answered"),
        "other": ("wrong_person", "ответил другой человек", "somebody else answered"),
        "wrong_number": ("wrong_person", "номер чужой", "the number is somebody else's"),
    }
    for name, node in scenario.nodes.items():
        if known.get(name, frozenset()) & scenario.keyed:
            continue  # an answer was given before: there was a conversation
        for exit_name, (outcome, why_ru, why_en) in expected.items():
            target = _beyond_seams(scenario, node.targets.get(exit_name, ""))
            end = scenario.nodes.get(target)
            if end is not None and end.ends() == "completed":
                step = {language: step_name(target, language) for language in ("ru", "en")}
                ru = f"В отчёте будет «пройден», хотя {why_ru}: дайте шагу «{step['ru']}» итог {outcome}"
                en = f"The report will say completed, though {why_en}: give node {step['en']} the outcome {outcome}"
                yield warning(name, f"exits.{exit_name}", "outcome_misleading", ru, en)


def _beyond_seams(scenario: Scenario, name: str) -> str:
    """The node, or the one that follows where scenarios are only joined."""
    passed: set[str] = set()
    while name in scenario.nodes and scenario.nodes[name].seam and name not in passed:
        passed.add(name)
        name = next(iter(scenario.chart.ways[name].values()), name)
    return name


# -- names and nodes --------------------------------------------------------------------------------------------


def _node_issues(scenario: Scenario, known: Known) -> Iterator[Issue]:
    for name, node in scenario.nodes.items():
        yield from node.check(name, scenario)
        for field, used in (*node.reads(), *node.sends()):
            if used not in scenario.names:
                ru = f"Нет ни столбца, ни переменной, ни ответа «{used}»"
                en = f"There is no column, variable or answer {used!r}"
                yield error(name, field, "name_unknown", ru, en)
            elif name in known and used not in known[name] | node.looks_for() | scenario.columns.keys():
                ru = f"Сюда можно прийти, когда «{used}» ещё не имеет значения: оно будет пустым"
                en = f"One can come here before {used!r} has a value: it will be empty"
                yield warning(name, field, "read_before_set", ru, en)


def _sending_issues(scenario: Scenario) -> Iterator[Issue]:
    """Personal values that leave the house, each with where it goes."""
    for name, node in scenario.nodes.items():
        hosts = ", ".join(need.name for need in node.needs() if need.what == "host")
        for field, used in dict.fromkeys(node.sends()):
            if used in scenario.phrasebook.personal:
                ru = f"Персональные данные уйдут в другую систему: «{used}» на {hosts}"
                en = f"Personal data goes to another system: {used!r} to {hosts}"
                yield warning(name, field, "personal_sent", ru, en)


def _name_issues(scenario: Scenario) -> Iterator[Issue]:
    """One name for two things."""
    columns, variables, answers = frozenset(scenario.columns), scenario.settable, scenario.answers
    for name in sorted((columns & variables) | (columns & answers) | (variables & answers)):
        ru = f"Имя «{name}» занято дважды: столбец, переменная и ответ должны называться по-разному"
        en = f"Name {name!r} is used twice: a column, a variable and an answer need different names"
        yield error(None, name, "name_clash", ru, en)
