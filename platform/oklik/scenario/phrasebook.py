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
from oklik.scenario.spoken import (
    EXPECTED,
    SpokenError,
    Template,
    TemplateError,
    ValueMissing,
    ValueUnreadable,
    parse_template,
)
from oklik.scenario.spoken.errors import shown
from oklik.scenario.translations import chain, pick
from oklik.scenario.vocabulary import vocabulary

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
        self._chains = {
            language: chain(scenario.languages, scenario.fallback, language) for language in scenario.languages
        }
        self._templates: dict[tuple[str, str, str], tuple[str, Template] | TemplateError] = {}
        self._fixed: dict[tuple[str, str, str], tuple[Say, ...]] = {}
        self._recordings = {
            (node, field): found
            for node, field in self._texts
            if (found := scenario.recordings.get(f"{node}.{field}")) is not None
        }
        self._constant: dict[str, bool] = {}
        self._vocabularies: dict[tuple[str, str, str], tuple[Say, ...]] = {}

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
    def everywhere(self) -> frozenset[tuple[str, str]]:
        """The phrases, as (node, field), that are said in every language at once."""
        return frozenset((name, phrase.field) for name, phrase in self.phrases if phrase.every)

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of each column, and of each answer that is to be compared as one."""
        answers = {name: type_ for node in self._scenario.nodes.values() for name, type_ in node.answer_types().items()}
        return answers | {name: column.type for name, column in self._scenario.columns.items()}

    @cached_property
    def _free(self) -> Mapping[str, tuple[str, ...]]:
        return self._scenario.chart.samples

    @cached_property
    def private(self) -> frozenset[str]:
        """Names whose value must not be heard before the right party is confirmed."""
        told = {name for node in self._scenario.nodes.values() for name in node.private()}
        return self._spread(told | {name for name, column in self._scenario.columns.items() if column.private})

    @cached_property
    def personal(self) -> frozenset[str]:
        """Names whose value only local speech engines may see as a whole."""
        told = {name for node in self._scenario.nodes.values() for name in node.personal()}
        return self._spread(told | {name for name, column in self._scenario.columns.items() if column.personal})

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
        """The template of a phrase; for a missing translation that of the language standing in.

        Raises TemplateError.
        """
        return self._found(node, field, language)[1]

    def _found(self, node: str, field: str, language: str) -> tuple[str, Template]:
        """The language in which a phrase is spoken, and its template."""
        key = (node, field, language)
        found = self._templates.get(key)
        if found is None:
            spoken, text = pick(self._texts[node, field], self._chains.get(language, (language,)))
            try:
                found = spoken, parse_template(text)
            except TemplateError as bad:
                found = bad
            self._templates[key] = found
        if isinstance(found, TemplateError):
            raise found.with_traceback(None)  # every check of the scenario asks anew
        return found

    def constant(self, node: str) -> bool:
        """Whether no phrase of a node holds a value, in any language: then it says the same in every call."""
        known = self._constant.get(node)
        if known is None:
            languages = self._scenario.languages
            spoken = [(field, language) for field in self.fields[node] for language in languages]
            known = self._constant[node] = not any(self._varies(node, *each) for each in spoken)
        return known

    def _varies(self, node: str, field: str, language: str) -> bool:
        try:
            return bool(self.template(node, field, language).slots)
        except TemplateError:
            return True  # whoever says it is told why that cannot be

    def fixed(self, node: str, field: str, language: str) -> tuple[Say, ...] | None:
        """A phrase without values that was spoken before: most of a call is made of these."""
        return self._fixed.get((node, field, language))

    def say(self, node: str, field: str, language: str, values: Mapping[str, str], today: dt.date) -> tuple[Say, ...]:
        """A phrase as speech; a field without a text gives nothing.  Raises PromptError."""
        key = (node, field, language)
        if (node, field) not in self._texts:
            return ()
        try:
            spoken, template = self._found(node, field, language)
            said = template.speak(
                values,
                language=spoken,
                today=today,
                personal=self.personal,
                recording=self._recordings.get((node, field)),
                free=self._free,
            )
        except SpokenError as error:
            raise self._refusal(node, field, error) from None
        if not template.slots:
            self._fixed[key] = said
        return said

    def recordings(self, node: str, field: str, language: str) -> tuple[str, ...]:
        """The recorded files that a phrase prefers, as "language/key".  Raises TemplateError."""
        recording = self._scenario.recordings.get(f"{node}.{field}")
        spoken, template = self._found(node, field, language)
        keys = template.recordings(spoken, recording) if recording else ()
        return tuple(f"{spoken}/{key}" for key in keys)

    def vocabulary(self, node: str, field: str, language: str) -> tuple[Say, ...]:
        """The words that a phrase can need for answers which only the call tells.  Raises PromptError."""
        key = (node, field, language)
        said = self._vocabularies.get(key)
        if said is None:
            try:
                spoken, template = self._found(*key)
                said = vocabulary(template, self._scenario.chart.samples, language=spoken)
            except SpokenError as error:
                raise self._refusal(node, field, error) from None
            self._vocabularies[key] = said
        return said

    def _refusal(self, node: str, field: str, error: SpokenError) -> PromptError:
        """Why a phrase cannot be spoken, in the customer's words."""
        if isinstance(error, ValueMissing):
            args = {"name": error.name, "title": shown(self._scenario.heading(error.name))}
            ru, en = f"нет значения: «{args['title']}»", f"value missing: {args['title']!r}"
            return PromptError(node, field, "value_missing", args, {"ru": ru, "en": en})
        if isinstance(error, ValueUnreadable):
            expected = EXPECTED[error.expected]
            args = {
                "name": error.name,
                "title": shown(self._scenario.heading(error.name)),
                "value": error.value,
                "expected": error.expected,
            }
            ru = f"«{args['title']}»: не читается «{shown(error.value)}», нужно: {expected['ru']}"
            en = f"{args['title']!r}: cannot read {shown(error.value)!r}, expected {expected['en']}"
            return PromptError(node, field, "value_unreadable", args, {"ru": ru, "en": en})
        assert isinstance(error, TemplateError)
        text = {"ru": error.text("ru"), "en": error.text("en")}
        return PromptError(node, field, "template_bad", {"position": str(error.position + 1)}, text)

    def days(
        self, node: str, field: str, language: str, values: Mapping[str, str], today: dt.date
    ) -> tuple[dt.date, ...]:
        """Days that stand for all ways to say a phrase in the year of today («завтра»); none when there is but one."""
        return self.template(node, field, language).days(values, today)
