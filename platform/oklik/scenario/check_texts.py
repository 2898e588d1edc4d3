"""The checks of what is spoken: translations, templates, and that every value is known and can be made ahead.

Privacy has its own module; the grammar of templates is `spoken`'s.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec.structs import replace

from oklik.scenario.check_nouns import noun_faults
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Issue, Phrase, Values, error, texts, warning
from oklik.scenario.paths import Known, possible_values
from oklik.scenario.prompts import combinations
from oklik.scenario.speech_time import longer_than
from oklik.scenario.spoken import FILTERS, LANGUAGES, SpokenError, Template, TemplateError, ValueUnreadable
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.filters import Context, Filter
from oklik.scenario.translations import declared, standing_in, translatable
from oklik.scenario.vocabulary import vocabulary

# Types that are not to be read out as they stand in the list.
_WANTS_FILTER = {"money": "money('RUB')"} | {name: name for name in ("date", "time", "number", "digits", "phone")}


def text_issues(scenario: Scenario, known: Known, longest_s: float) -> Iterator[Issue]:
    """All of them.  known: of `known_names`; longest_s: a prompt that takes longer is too long."""
    yield from _heading_issues(scenario)
    yield from _fallback_issues(scenario)
    values, reached = possible_values(scenario, None, scenario.languages[0])
    twins = scenario.twins
    for name, phrase in scenario.phrasebook.phrases:
        for language in texts(phrase.text, scenario.languages):
            if language not in scenario.languages:
                continue
            place = phrase.field if len(scenario.languages) == 1 else f"{phrase.field}.{language}"
            try:
                template = scenario.phrasebook.template(name, phrase.field, language)
                template.check(language)
            except TemplateError as bad:
                ru, en = f"Ошибка в тексте, {bad.text('ru')}", f"Error in the text, {bad.text('en')}"
                yield error(name, place, "template_bad", ru, en)
                continue
            if name not in twins:
                for issue in _wording_issues(scenario, template, language, values, longest_s):
                    yield replace(issue, node=name, field=place)
                yield from _slot_issues(scenario, name, place, template)
                yield from _unspoken_issues(phrase, name, place, template)
            if name in reached and template.fields <= scenario.names:
                given_here = known.get(name, frozenset()) | frozenset(phrase.gives)
                yield from _value_issues(scenario, name, place, template, given_here)
                fixed = scenario.columns.keys() - scenario.rewritten
                given = {field: values[field] for field in template.fields - fixed}
                for issue in _ahead_faults(scenario, template, given, language):
                    yield replace(issue, node=name, field=place)
    yield from _translation_issues(scenario)


def _wording_issues(
    scenario: Scenario, template: Template, language: str, values: Mapping[str, Values], longest_s: float
) -> Iterator[Issue]:
    """What is wrong with a text wherever it is said: so it need not be looked at in every call of its scenario."""
    takes = longer_than(template, language, longest_s)
    if takes is not None:
        ru = f"Текст звучит около {takes:.0f} с, а дослушивают редко больше {longest_s:g} с: сократите"
        en = f"The text takes about {takes:.0f} s, and few listen for more than {longest_s:g} s: shorten it"
        yield warning(None, None, "prompt_long", ru, en)
    yield from noun_faults(scenario, template, language, values)


# -- translations -----------------------------------------------------------------------------------------------


def _heading_issues(scenario: Scenario) -> Iterator[Issue]:
    for language in sorted(set(scenario.languages) - LANGUAGES):
        ru = f"Числа, суммы и даты на языке «{language}» не произносятся"
        en = f"Numbers, amounts and dates cannot be spoken in language {language!r}"
        yield warning(None, "languages", "language_unsupported", ru, en)
    if len(set(scenario.languages)) < len(scenario.languages):
        ru, en = "Язык указан дважды", "A language is listed twice"
        yield error(None, "languages", "language_repeated", ru, en)


def _translation_issues(scenario: Scenario) -> Iterator[Issue]:
    for name, field, text, spoken in translatable(scenario):
        given = texts(text, scenario.languages)
        for language in scenario.languages:
            if language in given:
                continue
            ru, en = f"Нет перевода на язык «{language}»", f"The translation into {language!r} is missing"
            instead = standing_in(scenario, given, language)
            if instead is None:
                yield error(name, field, "translation_missing", ru, en)
            elif spoken:
                ru, en = f"{ru}: прозвучит на «{instead}»", f"{en}: it will be spoken in {instead!r}"
                yield warning(name, field, "translation_missing", ru, en)
            elif language in LANGUAGES:  # reports are in these
                ru = f"{ru}: в отчёте на этом языке ответ будет назван своим кодом"
                en = f"{en}: a report in this language will name the answer by its code"
                yield warning(name, field, "translation_missing", ru, en)
        for language in given:
            if language not in scenario.languages:
                ru = f"Языка «{language}» нет среди языков сценария"
                en = f"Language {language!r} is not one of the scenario's"
                yield error(name, field, "language_unknown", ru, en)


def _fallback_issues(scenario: Scenario) -> Iterator[Issue]:
    for language, instead in scenario.fallback.items():
        place = f"fallback.{language}"
        for one in dict.fromkeys((language, instead)):
            if one not in scenario.languages:
                ru = f"Языка «{one}» нет среди языков сценария"
                en = f"Language {one!r} is not one of the scenario's"
                yield error(None, place, "language_unknown", ru, en)
        if language in (instead, *declared(scenario.fallback, instead)):
            ru = f"Замена языка «{language}» возвращается к нему самому"
            en = f"The fallback of language {language!r} comes back to itself"
            yield error(None, place, "fallback_circle", ru, en)


# -- values -----------------------------------------------------------------------------------------------------


def _slot_issues(scenario: Scenario, node: str, place: str, template: Template) -> Iterator[Issue]:
    for name in sorted(template.fields - scenario.names):
        ru = f"В тексте «{name}», но нет такого столбца, переменной или ответа"
        en = f"The text uses {name!r}, but there is no such column, variable or answer"
        yield error(node, place, "name_unknown", ru, en)
    for slot in template.slots:
        column = scenario.columns.get(slot.name)
        if column is None:
            continue
        if slot.filter is None and column.type in _WANTS_FILTER:
            filter_ = _WANTS_FILTER[column.type]
            ru = f"«{slot.name}» прозвучит как записано в списке; лучше {{{{ {slot.name} | {filter_} }}}}"
            en = f"{slot.name!r} will be read as it stands in the list; better {{{{ {slot.name} | {filter_} }}}}"
            yield warning(node, place, "filter_missing", ru, en)
        elif slot.filter is not None and column.type not in FILTERS[slot.filter].columns:
            ru = f"«{slot.name}» — столбец типа {column.type}, а произносится как {slot.filter}"
            en = f"{slot.name!r} is a column of type {column.type}, but is spoken as {slot.filter}"
            yield error(node, place, "filter_unfit", ru, en)


def _unspoken_issues(phrase: Phrase, node: str, place: str, template: Template) -> Iterator[Issue]:
    """A text that reads answers back and does not say them asks to confirm what nobody has heard."""
    for name in phrase.gives:
        if name not in template.fields:
            ru = f"Человека просят подтвердить «{name}», а в тексте этого нет: добавьте {{{{ {name} }}}}"
            en = f"The person is asked to confirm {name!r}, but the text does not say it: add {{{{ {name} }}}}"
            yield warning(node, place, "answer_not_read_back", ru, en)


def _value_issues(
    scenario: Scenario, node: str, place: str, template: Template, known: frozenset[str]
) -> Iterator[Issue]:
    needed = {slot.name for slot in template.slots if not slot.fixed}
    for name in sorted(needed - known):
        if name in scenario.columns:
            ru = f"«{name}» в списке может быть пустым: такому человеку не позвоним; проверьте поле шагом «Условие»"
            en = f"{name!r} may be empty in the list: such a person is not called; test it with a branch before"
            yield warning(node, place, "value_optional", ru, en)
        else:
            ru = f"К этому месту можно прийти, не получив «{name}»: нечего будет произнести"
            en = f"One can come here without {name!r} having a value: there would be nothing to say"
            yield error(node, place, "value_unset", ru, en)


def _ahead_faults(
    scenario: Scenario, template: Template, given: Mapping[str, Values], language: str
) -> Iterator[Issue]:
    """Every answer that a text can speak must be sayable, and made before the call."""
    if not given:
        return
    samples = scenario.chart.samples
    chosen = combinations(template, {**dict.fromkeys(scenario.columns, ("",)), **given}, samples)
    if chosen is None:
        ru = "Ответ без границ нельзя произнести: задайте границы (до 400 значений) или произносите по цифрам (digits)"
        en = "An answer without limits cannot be spoken: set limits (400 values) or speak it by digits"
        yield error(None, None, "too_many_values", ru, en)
        return
    if any(scenario.phrasebook.made_of_columns(name) for name in given):
        return  # known only when there is a person
    for slot in template.slots:
        # Slot by slot: what a text of several says in every combination is no news, and takes long.
        for text in given.get(slot.name) or ():
            expected = _unreadable(slot.made, text, language) if text.strip() else None  # reported as value_unset
            if expected is not None:
                bad = ValueUnreadable(slot.name, text, expected)
                ru, en = f"Не произнести: {bad.text('ru')}", f"Cannot be spoken: {bad.text('en')}"
                yield error(None, None, "value_unspeakable", ru, en)
                return
    try:
        vocabulary(
            Template(template.source, tuple(s for s in template.slots if s.name in given)), samples, language=language
        )
    except SpokenError as bad:
        ru, en = f"Не произнести: {bad.text('ru')}", f"Cannot be spoken: {bad.text('en')}"
        yield error(None, None, "value_unspeakable", ru, en)


@lru_cache(maxsize=20_000)
def _unreadable(made: Filter, text: str, language: str) -> str | None:
    """What the filter expected instead of this answer; None when it can say it, or when that hangs on another field."""
    if made.fields:
        return None
    try:
        made.speak(text, Context(language, dt.date(2000, 1, 1), {}))
    except Unreadable as why:
        return why.expected
    return None
