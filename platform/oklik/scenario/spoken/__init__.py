"""Spoken values: templates of what is said, and numbers, money, dates and names in words, Russian and English.

Pure text work.  What is done with the pieces (recordings, speech engines, word clips) is the speech room's
business; which fields a scenario may speak and when is checked by the scenario room.
"""

from oklik.scenario.spoken import agreement
from oklik.scenario.spoken.errors import (
    EXPECTED,
    SpokenError,
    TemplateError,
    ValueMissing,
    ValueUnreadable,
)
from oklik.scenario.spoken.names import PersonName, read_gender, read_name
from oklik.scenario.spoken.nouns import CURRENCY_NOUNS
from oklik.scenario.spoken.registry import FILTERS, FilterKind
from oklik.scenario.spoken.slots import Slot
from oklik.scenario.spoken.template import LANGUAGES, Template, join, parse_template

__all__ = [
    "CURRENCY_NOUNS",
    "EXPECTED",
    "FILTERS",
    "LANGUAGES",
    "FilterKind",
    "PersonName",
    "Slot",
    "SpokenError",
    "Template",
    "TemplateError",
    "ValueMissing",
    "ValueUnreadable",
    "agreement",
    "join",
    "parse_template",
    "read_gender",
    "read_name",
]
