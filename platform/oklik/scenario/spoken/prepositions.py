"""Russian prepositions that change before some words: «во вторник», «со среды», «ко второму», «об одном».

A fixed text cannot know which value will follow, so a filter may say the preposition itself.  Which case each governs
stands here too.
"""

import re

from oklik.scenario.spoken.grammar import Case

# The cases that a preposition governs; the first one when none is named.
PREPOSITIONS: dict[str, tuple[Case, ...]] = {
    "в": (Case.ACC, Case.PREP),
    "с": (Case.GEN, Case.INS, Case.ACC),
    "к": (Case.DAT,),
    "о": (Case.PREP,),
    "до": (Case.GEN,),
    "от": (Case.GEN,),
    "после": (Case.GEN,),
    "на": (Case.ACC, Case.PREP),
}

_LONGER = {
    "в": ("во", re.compile(r"[вф][бвгджзклмнпрстфхцчшщ]")),
    "с": ("со", re.compile(r"[сзшж][бвгджзклмнпрстфхцчшщ]|в[бвгджзклмнпрстфхцчшщ]")),
    "к": ("ко", re.compile(r"в[тсч]")),
    "о": ("об", re.compile(r"[аэиоу]")),
}


def lead(preposition: str, words: str) -> str:
    """The words after the preposition, in the form that it takes before them."""
    longer, before = _LONGER.get(preposition, ("", None))
    return f"{longer if before and before.match(words) else preposition} {words}"
