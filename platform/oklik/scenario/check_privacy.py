"""The checks that protect people: nothing private before the right party is confirmed, the creditor named in time.

Both look at all paths, loops included.  A path's state is whether the right party is confirmed and whether the caller
has been named; what a node speaks is judged by the states in which it can be entered.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Issue, NodeBase, Phrase, error, texts, warning
from oklik.scenario.paths import walk
from oklik.scenario.spoken import TemplateError
from oklik.scenario.spoken.errors import shown

# (right party confirmed, organization named)
State = tuple[bool, bool]


def privacy_issues(scenario: Scenario) -> Iterator[Issue]:
    """All of them."""
    if scenario.purpose == "debt" and scenario.organization is None:
        ru = "Не указано, от чьего имени звонок: в напоминании о долге кредитор должен быть назван"
        en = "It is not said who calls: a debt reminder must name the creditor"
        yield error(None, "organization", "creditor_missing", ru, en)
    for language in scenario.languages:
        yield from _language_issues(scenario, language)
    if scenario.purpose == "advertising" and not any(node.opts_out for node in scenario.nodes.values()):
        ru = "В рекламном сценарии нет шага «Больше не звонить»"
        en = "An advertising scenario without an opt-out node"
        yield warning(None, "nodes", "opt_out_missing", ru, en)


def _language_issues(scenario: Scenario, language: str) -> Iterator[Issue]:
    states = _states(scenario, language)
    for name, found in states.items():
        node = scenario.nodes[name]
        unconfirmed = any(not confirmed for confirmed, _ in found)
        unnamed = any(not named for _, named in found) and not _names(scenario, node, language)
        for phrase in node.phrases():
            secret = sorted(_fields(scenario, name, phrase, language) & scenario.phrasebook.private)
            place = phrase.field if len(scenario.languages) == 1 else f"{phrase.field}.{language}"
            if phrase.agent or not (secret or phrase.message):
                continue
            if secret and unconfirmed:
                listed = ", ".join(f"«{item}»" for item in secret)
                ru = f"{listed} может услышать посторонний: сначала человек должен подтвердить, что это он"
                en = f"A stranger may hear {', '.join(secret)}: the right person must confirm first"
                yield error(name, place, "private_before_confirmed", ru, en)
            if scenario.purpose == "debt" and scenario.organization is not None and unnamed:
                company = shown(texts(scenario.organization, scenario.languages).get(language, ""))
                ru = f"До этого места на каком-то пути не назван кредитор: {company}"
                en = f"On some path the creditor is not named before this: {company}"
                yield error(name, place, "creditor_not_named", ru, en)
    if language == scenario.languages[0]:
        early = {name for name, found in states.items() if any(not confirmed for confirmed, _ in found)}
        yield from _branch_issues(scenario, early)


def _branch_issues(scenario: Scenario, early: set[str]) -> Iterator[Issue]:
    """Ways chosen by a private value in the nodes that a stranger can come to: what follows gives the value away."""
    used_early = {used for name in early for used in _uses(scenario, name)}
    telling = {
        name for name, node in scenario.nodes.items() if not node.silent or not used_early.isdisjoint(node.derives())
    }
    noticed = _noticed(scenario, telling)
    for name in sorted(early):
        node = scenario.nodes[name]
        if node.derives():
            continue
        targets = set(scenario.chart.ways[name].values())
        private = [(field, used) for field, used in node.reads() if used in scenario.phrasebook.private]
        if not private or len({noticed[target] for target in targets}) < 2:
            continue
        for field, used in private:
            ru = f"Путь зависит от «{used}» ещё до подтверждения: по сказанному дальше это можно угадать"
            en = f"The way depends on {used} before the right person confirmed: what follows may give it away"
            if scenario.purpose == "debt":
                yield error(name, field, "private_branch", ru, en)
            else:
                yield warning(name, field, "private_branch", ru, en)


def _uses(scenario: Scenario, name: str) -> Iterator[str]:
    """The names that a node speaks or looks at."""
    for _, used in scenario.nodes[name].reads():
        yield used
    for field in scenario.phrasebook.fields[name]:
        for language in scenario.languages:
            with suppress(TemplateError):
                yield from scenario.phrasebook.template(name, field, language).fields


def _noticed(scenario: Scenario, telling: set[str]) -> dict[str, int]:
    """For each node, as bits, the nodes by which somebody on the line can tell the way that begins here from others:
    the first that are heard, and unheard ones on the way to them that change something used by what a stranger may
    hear (`telling`).
    """
    ways = scenario.chart.ways
    bits = {name: 1 << place if name in telling else 0 for place, name in enumerate(scenario.nodes)}
    before: dict[str, list[str]] = {name: [] for name in scenario.nodes}
    for name, node in scenario.nodes.items():
        for target in set(ways[name].values()) if node.silent else ():
            before[target].append(name)
    queue = deque(reversed(list(scenario.nodes)))
    waiting = set(queue)
    while queue:
        name = queue.popleft()
        waiting.discard(name)
        for earlier in before[name]:
            if bits[name] & ~bits[earlier]:
                bits[earlier] |= bits[name]
                if earlier not in waiting:
                    waiting.add(earlier)
                    queue.append(earlier)
    return bits


def _states(scenario: Scenario, language: str) -> dict[str, frozenset[State]]:
    """The states in which each node can be entered."""

    def along(_: str, node: NodeBase, exit_name: str, states: frozenset[State]) -> frozenset[State]:
        confirms, names = node.confirms(exit_name), _names(scenario, node, language)
        return frozenset((confirmed if confirms is None else confirms, named or names) for confirmed, named in states)

    return walk(scenario, frozenset({(False, False)}), along, frozenset.union)


def _names(scenario: Scenario, node: NodeBase, language: str) -> bool:
    """Whether the node names the organization in its main text or before it."""
    if scenario.organization is None:
        return False
    company = _plain(scenario.translate(scenario.organization, language)[1])
    return bool(company) and any(
        company in _plain(scenario.translate(phrase.text, language)[1])
        for phrase in node.phrases()
        if phrase.field in {"text", "before"} and not phrase.agent
    )


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold().replace("ё", "е")).split())


def _fields(scenario: Scenario, node: str, phrase: Phrase, language: str) -> frozenset[str]:
    try:
        return scenario.phrasebook.template(node, phrase.field, language).fields
    except TemplateError:
        return frozenset()  # reported as template_bad
