"""English numerals (British reading): cardinals, decimals, ordinals, years, dates, counted nouns."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from oklik.scenario.spoken.russian import split_decimal

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children", "foot": "feet"}


def _below_hundred(number: int) -> str:
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")


@lru_cache(maxsize=4096)
def cardinal(number: int) -> str:
    """The number (0 <= number < 10**12) in words: «one thousand two hundred and five»."""
    words = []
    for power, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if count := number // power % 1000:
            words.append(f"{cardinal(count)} {name}")
    rest = number % 1000
    if rest >= 100:
        words.append(f"{ONES[rest // 100]} hundred")
    if rest % 100 or not words:
        words.append(("and " if words else "") + _below_hundred(rest % 100))
    return " ".join(words)


def decimal_words(value: Decimal) -> str:
    """A decimal number: «minus two point five»."""
    minus = "minus " if value < 0 else ""
    whole, places, part = split_decimal(abs(value))
    if not places:
        return minus + cardinal(whole)
    return f"{minus}{cardinal(whole)} point {' '.join(ONES[int(digit)] for digit in f'{part:0{places}}')}"


@lru_cache(maxsize=4096)
def ordinal(number: int) -> str:
    """The ordinal: «twenty-first»."""
    words = cardinal(number)
    start = max(words.rfind("-"), words.rfind(" ")) + 1
    head, last = words[:start], words[start:]
    regular = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return head + _ORDINALS.get(last, regular)


def year_words(year: int) -> str:
    """A year as it is said: «twenty twenty-six», «two thousand and five», «nineteen oh five»."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(year)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{_below_hundred(rest)}"


@lru_cache(maxsize=4096)
def date_words(day: dt.date, *, year: bool = True) -> str:
    """«the thirty-first of December», with year: «… twenty twenty-six»."""
    words = f"the {ordinal(day.day)} of {MONTHS[day.month - 1]}"
    return f"{words} {year_words(day.year)}" if year else words


def plural(noun: str) -> str:
    """The regular plural of the last word, with the few irregular ones that are counted: «working days»."""
    head, space, word = noun.rpartition(" ")
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        word += "es"
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        word = word[:-1] + "ies"
    else:
        word += "s"
    return head + space + word
