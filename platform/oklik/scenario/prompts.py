"""Every piece of speech that one contact's call can need, whatever is pressed.

It is made before the call, so that a call never waits for a speech engine and never falls silent; a value that is
missing or cannot be read stops the contact here, with its reason.  Making the sound is the speech room's business.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from types import MappingProxyType

from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.flow import Say
from oklik.scenario.kinds.base import MAX_VALUES, Values
from oklik.scenario.limits import within_limits
from oklik.scenario.paths import possible_values
from oklik.scenario.spoken import Template, TemplateError

__all__ = ["PromptError", "all_prompts", "combinations", "speaks_personal"]

# An answer of any length that is only read out digit by digit needs no more than the digits themselves.
ALL_DIGITS = "0123456789"


def all_prompts(
    scenario: Scenario, contact: Mapping[str, str], today: dt.date, language: str | None = None
) -> tuple[Say, ...]:
    """Every Say that a call to this contact can contain, each once.  Raises PromptError.

    today: the date of the call there; its time of day is not known yet, nor which lot will be drawn: all those ways
    are open.  language: in which the call begins.

    An answer without limits may be spoken digit by digit; then the ten digits are returned, as one Say.  So are the
    words of a number, amount, date or phone that is read back (`vocabulary`).  A date that is «завтра» on some day is
    returned in all its words: what is made today may be played on another day.
    """
    book, language = scenario.phrasebook, language or scenario.languages[0]
    within_limits(scenario, contact, language)
    values, reached = possible_values(scenario, contact, language)
    said: dict[Say, None] = {}
    for node, spoken in reached.items():
        for key in scenario.nodes[node].sounds():
            said |= dict.fromkeys(Say(text="", language=each, recording=key) for each in spoken)
        for field in book.fields[node]:
            for each in scenario.languages if (node, field) in book.everywhere else spoken:
                fixed = book.fixed(node, field, each)
                if fixed is not None:
                    said |= dict.fromkeys(fixed)
                    continue
                for chosen in _choices(scenario, node, field, each, values, contact):
                    for day in (today, *book.days(node, field, each, chosen, today)):
                        said |= dict.fromkeys(book.say(node, field, each, chosen, day))
                said |= dict.fromkeys(book.vocabulary(node, field, each))
    return tuple(said)


def speaks_personal(scenario: Scenario) -> bool:
    """Whether a personal value is spoken as a whole somewhere: then the scenario needs a local voice."""
    return scenario.phrasebook.speaks_personal


def _choices(  # noqa: PLR0917  wide, but of one use
    scenario: Scenario,
    node: str,
    field: str,
    language: str,
    values: Mapping[str, Values],
    contact: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    try:
        template = scenario.phrasebook.template(node, field, language)
    except TemplateError as error:
        text = {"ru": error.text("ru"), "en": error.text("en")}
        raise PromptError(node, field, "template_bad", {"position": str(error.position + 1)}, text) from None
    before = {name: contact.get(name, "") for name in scenario.rewritten}
    chosen = combinations(template, values, scenario.chart.samples, before)
    if chosen is None:
        ru = "в тексте может прозвучать слишком много разных ответов"
        en = "too many different answers can be spoken in this text"
        raise PromptError(node, field, "too_many_values", {"limit": str(MAX_VALUES)}, {"ru": ru, "en": en})
    yield from chosen


def combinations(
    template: Template,
    values: Mapping[str, Values],
    samples: Mapping[str, Values] = MappingProxyType({}),
    before: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[dict[str, str]] | None:
    """The values of a template's fields in every combination; None when there are too many to make ahead.

    An answer with samples stands with one of them: its words are made ahead, not its values.  before: what stood in a
    column that the call may write; it is spoken as it is until then.
    """
    names = sorted(template.fields)
    if not names:
        return iter(({},))
    options = [_options(template, name, values.get(name, ("",)), samples.get(name), before.get(name)) for name in names]
    finite = [item for item in options if item is not None]
    if len(finite) < len(options) or prod(map(len, finite)) > MAX_VALUES:
        return None
    return (dict(zip(names, chosen, strict=True)) for chosen in product(*finite))


def _options(template: Template, name: str, values: Values, samples: Values, before: str | None) -> Values:
    if values is None:
        if samples and all(slot.composed for slot in template.slots if slot.name == name):
            return (samples[0], before) if before else samples[:1]
        digits_only = all(slot.made.spelled for slot in template.slots if slot.name == name)
        if not digits_only:
            return None
        return (ALL_DIGITS, before) if before else (ALL_DIGITS,)
    # Where a value is spoken it has been given: `check` sees to that, and a column that is empty is an error anyway.
    return tuple(value for value in values if value) or ("",)
