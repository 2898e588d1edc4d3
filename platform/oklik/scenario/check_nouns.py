"""The check of nouns beside numbers: «{{ n | number }} дней» becomes «один дней» for one of the values.

Where every value that can be spoken fits the written word nothing is said.  The dictionary work is `spoken`'s.
"""

import re
from collections.abc import Iterator, Mapping

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Issue, Values, warning
from oklik.scenario.spoken import CURRENCY_NOUNS, Slot, Template, agreement
from oklik.scenario.spoken.filters import Number
from oklik.scenario.spoken.grammar import Case

# A one in digits, and a word that may be a genitive plural: in Russian those end in a consonant, й or ь.
_ONE = re.compile(r"(?<![\d.,:-])(\d*1)(\s+[а-яё]*[бвгджзйклмнпрстфхцчшщь]\b)", re.IGNORECASE)
_ONE_EN = re.compile(r"(?<![\d.,:-])(1)(\s+[a-z]+s\b)", re.IGNORECASE)
_COUNTING = frozenset({"count", "money"})


def noun_faults(scenario: Scenario, template: Template, language: str, values: Mapping[str, Values]) -> Iterator[Issue]:
    """Nouns that will not agree with the number before them.  Where they stand is for the caller to say."""
    pairs = zip(template.parts, template.parts[1:], strict=False)
    for slot, rest in pairs:
        if not isinstance(slot, Slot) or not isinstance(rest, str) or not _numeric(scenario, slot, values):
            continue
        counted = agreement.after(rest, language)
        if counted is None:
            continue
        if slot.filter in _COUNTING:
            if counted.noun in (CURRENCY_NOUNS if slot.filter == "money" else {slot.args[0]}):
                ru = (
                    f"«{counted.written}» прозвучит дважды: {{{{ {slot.name} | {slot.filter} }}}} уже говорит это слово"
                )
                en = f"{counted.written!r} is said twice: {{{{ {slot.name} | {slot.filter} }}}} says the word already"
                yield warning(None, None, "noun_repeated", ru, en)
            continue
        possible = None if slot.name in scenario.columns else values.get(slot.name)
        cases = (slot.made.case,) if isinstance(slot.made, Number) else (Case.NOM, Case.ACC)
        if possible and all(
            agreement.fits(counted, int(text), language, cases) for text in possible if text.isdecimal()
        ):
            continue
        better = "money('RUB')" if counted.noun in CURRENCY_NOUNS else f"count('{counted.noun}')"
        ru = f"«{counted.written}» подойдёт не ко всякому числу; лучше {{{{ {slot.name} | {better} }}}}"
        en = f"{counted.written!r} will not fit every number; better {{{{ {slot.name} | {better} }}}}"
        yield warning(None, None, "noun_unfit", ru, en)
    yield from _literal_faults(template, language)


def _numeric(scenario: Scenario, slot: Slot, values: Mapping[str, Values]) -> bool:
    """Whether the slot says a number in words."""
    if slot.filter in _COUNTING or slot.filter == "number":
        return True
    if slot.filter is not None:
        return False
    column = scenario.columns.get(slot.name)
    if column is not None:
        return column.type in {"number", "money"}
    possible = [text for text in values.get(slot.name) or () if text]
    return bool(possible) and all(text.isdecimal() for text in possible)


def _literal_faults(template: Template, language: str) -> Iterator[Issue]:
    """«1 дней» written out.  Only a one is judged: every other number has a form for each of the noun's."""
    pattern = {"ru": _ONE, "en": _ONE_EN}.get(language)
    for part in template.parts:
        if not isinstance(part, str) or pattern is None:
            continue
        for found in pattern.finditer(part):
            counted = agreement.after(part[found.end(1) :], language)
            if counted is not None and not agreement.fits(counted, int(found[1]), language):
                ru = f"«{found[1]} {counted.written}» — так не говорят: исправьте слово после числа"
                en = f"“{found[1]} {counted.written}” is not how one says it: correct the word after the number"
                yield warning(None, None, "noun_unfit", ru, en)
