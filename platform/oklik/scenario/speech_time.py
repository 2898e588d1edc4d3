"""How long a text takes to say, told by its length: good enough to warn of prompts that nobody hears out.

The sound itself is made elsewhere; here is only the estimate that needs no speech engine.
"""

from functools import cache

from oklik.scenario.spoken import FILTERS, Template

# People on the telephone hang up in longer ones.
LONGEST_S = 30.0

# Letters, blanks and marks a second.  Measured with espeak-ng 1.51 at 145 words a minute (the built-in voice's own
# rate, pauses at full stops included) over all prompts of 60 characters or more of the debt reminder and the survey
# that come with the program: Russian 1605 characters in 123.0 s, English 1497 in 116.4 s; single prompts lie within
# 20 % of it.
CHARACTERS_A_SECOND = {"ru": 13.0, "en": 12.9}
_OTHER_LANGUAGES = min(CHARACTERS_A_SECOND.values())

# A name, a city: what a value without a filter is taken for.
_PLAIN = 12


def seconds(template: Template, language: str) -> float:
    """About how long the text takes; values count as long as the examples of their filters."""
    words = sum(
        len(" ".join(part.split())) if isinstance(part, str) else _length(part.filter, language)
        for part in template.parts
    )
    return words / CHARACTERS_A_SECOND.get(language, _OTHER_LANGUAGES)


@cache
def _length(filter_: str | None, language: str) -> float:
    examples = FILTERS[filter_].examples if filter_ else ()
    lengths = [len(example.spoken) for example in examples if example.language == language]
    return sum(lengths) / len(lengths) if lengths else _PLAIN
