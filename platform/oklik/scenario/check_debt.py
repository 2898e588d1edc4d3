"""The check of debt scenarios that a number to call back is said: who owes must be able to ask.

That the creditor is named, and to whom, is the business of `check_privacy`: both are about what was heard on a path.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Issue, NodeBase, warning
from oklik.scenario.paths import walk
from oklik.scenario.spoken import Template, TemplateError

# (the debt was told, a phone was said)
State = tuple[bool, bool]
_PHONE = re.compile(r"\+?\d(?:[\s()-]{0,3}\d){5,}")


def debt_issues(scenario: Scenario) -> Iterator[Issue]:
    """All of them."""
    if scenario.purpose != "debt":
        return
    for language in scenario.languages:
        inside = "" if len(scenario.languages) == 1 else f".{language}"
        phoned = {name for name in scenario.nodes if _says_phone(scenario, name, language)}
        states = _states(scenario, language, phoned)
        if phoned.isdisjoint(states):
            ru = "Нигде не звучит телефон, по которому должник может позвонить: {{ phone | phone }} или номер цифрами"
            en = "No phone is said that the debtor could call: {{ phone | phone }} or a number in digits"
            yield warning(None, f"nodes{inside}", "phone_missing", ru, en)
            continue
        for name, found in states.items():
            if scenario.nodes[name].ends() is not None and any(
                (told or _tells(scenario, name, language)) and not (said or name in phoned) for told, said in found
            ):
                ru = "Звонок может кончиться здесь так, что о долге человек услышал, а телефон — нет"
                en = "The call can end here with the debt told and no phone said"
                yield warning(name, None, "phone_not_named", ru, en)


def _states(scenario: Scenario, language: str, phoned: set[str]) -> dict[str, frozenset[State]]:
    """The states in which each node can be entered."""
    tells = {name for name in scenario.nodes if _tells(scenario, name, language)}

    def along(name: str, _: NodeBase, __: str, states: frozenset[State]) -> frozenset[State]:
        return frozenset((told or name in tells, said or name in phoned) for told, said in states)

    return walk(scenario, frozenset({(False, False)}), along, frozenset.union)


def _tells(scenario: Scenario, name: str, language: str) -> bool:
    """Whether the person may hear of the debt here."""
    return any(
        phrase.message or not scenario.phrasebook.private.isdisjoint(template.fields)
        for phrase in scenario.nodes[name].phrases()
        if not phrase.agent and (template := _template(scenario, name, phrase.field, language))
    )


def _says_phone(scenario: Scenario, name: str, language: str) -> bool:
    """Whether a text of the node that is surely heard has a phone."""
    for phrase in scenario.nodes[name].phrases():
        template = _template(scenario, name, phrase.field, language)
        if phrase.agent or phrase.field not in {"before", "text", "after"} or template is None:
            continue
        if any(slot.filter == "phone" or scenario.types.get(slot.name) == "phone" for slot in template.slots):
            return True
        if any(isinstance(part, str) and _PHONE.search(part) for part in template.parts):
            return True
    return False


def _template(scenario: Scenario, node: str, field: str, language: str) -> Template | None:
    with suppress(TemplateError):
        return scenario.phrasebook.template(node, field, language)
    return None  # reported as template_bad
