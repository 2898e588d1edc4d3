"""The message of a scenario as it can be left on an answering machine: which node says it, and whether it may.

Whoever lives there hears a machine, and nothing was asked before it beeped: so the message must hold nothing private
and nothing that only the call brings to light.
"""

from contextlib import suppress

from oklik.scenario.document import Scenario
from oklik.scenario.spoken import TemplateError


class MessageError(ValueError):
    """The message cannot be left.  text: one line in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def message_node(scenario: Scenario) -> str:
    """Give the node that says the scenario's message.

    Raises MessageError: there is none, there are several, or what it says is not for a machine.
    """
    found = [name for name, node in scenario.nodes.items() if any(phrase.message for phrase in node.phrases())]
    if not found:
        raise MessageError(
            "оставить сообщение автоответчику нельзя: в сценарии ни одна фраза не отмечена как сообщение",
            "no message can be left on a machine: no phrase of the scenario is marked as the message",
        )
    if len(found) > 1:
        listed = ", ".join(f"«{name}»" for name in found)
        raise MessageError(
            f"оставить сообщение автоответчику нельзя: сообщением отмечены несколько шагов: {listed}",
            f"no message can be left on a machine: several nodes are marked as the message: {', '.join(found)}",
        )
    (name,) = found
    spoken = _spoken(scenario, name)
    for title, which in (
        (("личные данные", "private data"), spoken & scenario.phrasebook.private),
        (("то, что станет известно только в разговоре", "what only the talk brings"), spoken - scenario.columns.keys()),
    ):
        if which:
            listed = ", ".join(f"«{item}»" for item in sorted(which))
            raise MessageError(
                f"оставить сообщение автоответчику нельзя: в шаге «{name}» звучат {title[0]}: {listed}",
                f"no message can be left on a machine: node {name} speaks {title[1]}: {', '.join(sorted(which))}",
            )
    return name


def _spoken(scenario: Scenario, name: str) -> frozenset[str]:
    """The fields that the node speaks, in any language."""
    used: set[str] = set()
    for field in scenario.phrasebook.fields[name]:
        for language in scenario.languages:
            with suppress(TemplateError):  # the check of the scenario has told of it
                used |= scenario.phrasebook.template(name, field, language).fields
    return frozenset(used)
