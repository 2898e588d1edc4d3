"""A scenario's phrases, parsed once, and what follows from the columns for speaking them.

One Phrasebook belongs to a Scenario (`scenario.phrasebook`) and lives as long as it does, so that a call only looks up
and fills in.  Templates are parsed when first needed: a draft with one bad text can still be checked as a whole.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from oklik.scenario.errors import PromptError
from oklik.scenario.flow import Say
from oklik.scenario.kinds.base import Phrase, texts
from oklik.scenario.spoken import EXPECTED, Template, TemplateError, ValueMissing, ValueUnreadable, parse_template

if TYPE_CHECKING:
    from oklik.scenario.document import Scenario


class Phrasebook:
    """The phrases of one scenario by node and field."""

    def __init__(self, scenario: "Scenario") -> None:
        self._scenario = scenario
        self._texts = {
            (name, phrase.field): texts(phrase.text, scenario.languages)
            for name, node in scenario.nodes.items()
            for phrase in node.phrases()
        }
        self._templates: dict[tuple[str, str, str], Template | TemplateError] = {}
        self._fixed: dict[tuple[str, str, str], tuple[Say, ...]] = {}

    @cached_property
    def phrases(self) -> tuple[tuple[str, Phrase], ...]:
        """Every phrase with the name of its node."""
        return tuple((name, phrase) for name, node in self._scenario.nodes.items() for phrase in node.phrases())

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The fields with a text of each node."""
        nodes = self._scenario.nodes.items()
        return {name: tuple(phrase.field for phrase in node.phrases()) for name, node in nodes}

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of each column."""
        return {name: column.type for name, column in self._scenario.columns.items()}

    @cached_property
    def private(self) -> frozenset[str]:
        """Names whose value must not be heard before the right party is confirmed."""
        return self._spread({name for name, column in self._scenario.columns.items() if column.private})

    @cached_property
    def personal(self) -> frozenset[str]:
        """Names whose value only local speech engines may see as a whole."""
        return self._spread({name for name, column in self._scenario.columns.items() if column.personal})

    @cached_property
    def speaks_personal(self) -> bool:
        """Whether any phrase speaks a personal value as a whole, so that the scenario needs a local voice."""
        return any(
            slot.name in self.personal and not slot.composed and not slot.fixed
            for node, phrase in self.phrases
            for language in self._scenario.languages
            for slot in self.template(node, phrase.field, language).slots
        )

    def _spread(self, names: set[str]) -> frozenset[str]:
        """The names and every variable made of one of them, however far."""
        while True:
            made = {
                variable
                for node in self._scenario.nodes.values()
                for variable, sources in node.derives().items()
                if variable not in names and not names.isdisjoint(sources)
            }
            if not made:
                return frozenset(names)
            names |= made

    def made_of_columns(self, name: str) -> bool:
        """Whether a variable's value can come from a column, however far."""
        return name in self._columned

    @cached_property
    def _columned(self) -> frozenset[str]:
        return self._spread(set(self._scenario.columns))

    def template(self, node: str, field: str, language: str) -> Template:
        """The template of a phrase; a missing translation falls back to another.  Raises TemplateError."""
        key = (node, field, language)
        found = self._templates.get(key)
        if found is None:
            by_language = self._texts[node, field]
            text = by_language.get(language) or by_language.get(self._scenario.languages[0])
            try:
                found = parse_template(text if text is not None else next(iter(by_language.values()), ""))
            except TemplateError as bad:
                found = bad
            self._templates[key] = found
        if isinstance(found, TemplateError):
            raise found.with_traceback(None)  # every check of the scenario asks anew
        return found

    def fixed(self, node: str, field: str, language: str) -> tuple[Say, ...] | None:
        """A phrase without values that was spoken before: most of a call is made of these."""
        return self._fixed.get((node, field, language))

    def say(self, node: str, field: str, language: str, values: Mapping[str, str], today: dt.date) -> tuple[Say, ...]:
        """A phrase as speech; a field without a text gives nothing.  Raises PromptError."""
        key = (node, field, language)
        if (node, field) not in self._texts:
            return ()
        try:
            template = self.template(node, field, language)
            said = template.speak(values, language=language, today=today, personal=self.personal)
        except ValueMissing as error:
            args = {"name": error.name, "title": self._title(error.name)}
            ru, en = f"нет значения: «{args['title']}»", f"value missing: {args['title']!r}"
            raise PromptError(node, field, "value_missing", args, {"ru": ru, "en": en}) from None
        except ValueUnreadable as error:
            expected = EXPECTED[error.expected]
            args = {
                "name": error.name,
                "title": self._title(error.name),
                "value": error.value,
                "expected": error.expected,
            }
            ru = f"«{args['title']}»: не читается «{error.value}», нужно: {expected['ru']}"
            en = f"{args['title']!r}: cannot read {error.value!r}, expected {expected['en']}"
            raise PromptError(node, field, "value_unreadable", args, {"ru": ru, "en": en}) from None
        except TemplateError as error:
            text = {"ru": error.text("ru"), "en": error.text("en")}
            raise PromptError(node, field, "template_bad", {"position": str(error.position + 1)}, text) from None
        if not template.slots:
            self._fixed[key] = said
        return said

    def _title(self, name: str) -> str:
        """What the customer calls a value: the column's heading."""
        scenario = self._scenario
        column = scenario.columns.get(name)
        return texts(column.title, scenario.languages).get(scenario.languages[0], name) if column else name
