"""Digits spelled one by one, phone numbers in groups, and the lone digits and keys of a prompt's fixed text."""

import re
from functools import lru_cache
from itertools import accumulate

from oklik.scenario.spoken import english, russian
from oklik.scenario.spoken.errors import Unreadable
from oklik.scenario.spoken.grammar import Case

_LETTERS = {
    "а": "а", "б": "бэ", "в": "вэ", "г": "гэ", "д": "дэ", "е": "е", "ё": "ё", "ж": "жэ", "з": "зэ", "и": "и",
    "й": "и краткое", "к": "ка", "л": "эль", "м": "эм", "н": "эн", "о": "о", "п": "пэ", "р": "эр", "с": "эс",
    "т": "тэ", "у": "у", "ф": "эф", "х": "ха", "ц": "цэ", "ч": "че", "ш": "ша", "щ": "ща", "ъ": "твёрдый знак",
    "ы": "ы", "ь": "мягкий знак", "э": "э", "ю": "ю", "я": "я",
    "a": "эй", "b": "би", "c": "си", "d": "ди", "e": "и", "f": "эф", "g": "джи", "h": "эйч", "i": "ай",
    "j": "джей", "k": "кей", "l": "эль", "m": "эм", "n": "эн", "o": "о", "p": "пи", "q": "кью", "r": "ар",
    "s": "эс", "t": "ти", "u": "ю", "v": "ви", "w": "дабл ю", "x": "икс", "y": "уай", "z": "зэд",
}  # fmt: skip
_EXTENSION = re.compile(r"(?:,|;)?\s*(?:доб(?:авочный)?|вн|ext|x)\.?\s*(\d{1,6})$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _symbol(char: str, language: str) -> str:
    if char.isascii() and char.isdigit():
        return english.ONES[int(char)] if language == "en" else russian.cardinal(int(char))
    if language == "en":
        if char.isascii() and char.isalpha():
            return char.upper()
    elif char in _LETTERS:
        return _LETTERS[char]
    raise Unreadable("digits")


def digits_words(text: str, language: str, group: int | None = None, *, numbers: bool = False) -> str:
    """Digits (and letters, as in contract numbers) one by one; blanks, dashes and slashes become a pause.

    group: so many stand together, whatever was written between them; what is left over makes the first group shorter,
    never the last.  numbers: a group of digits is said as a number, its leading zeros one by one.
    """
    groups = [group_ for group_ in re.split(r"[\s\-–—./\\,()№#_:]+", text.lower()) if group_]
    if not groups or sum(map(len, groups)) > 40:
        raise Unreadable("digits")
    if group:
        whole = "".join(groups)
        first = len(whole) % group
        groups = [whole[:first]] * bool(first) + [whole[at : at + group] for at in range(first, len(whole), group)]
    return ", ".join(_group_words(found, language, numbers=numbers) for found in groups)


def _group_words(group: str, language: str, *, numbers: bool) -> str:
    if not numbers:
        return " ".join(_symbol(char, language) for char in group)
    runs = re.findall(r"[0-9]+|[^0-9]", group)
    return " ".join(
        _as_number(run, language) if run.isdecimal() and len(run) <= 4 else _group_words(run, language, numbers=False)
        for run in runs
    )


# How many digits stand together in a number of so many, when nobody tells: never one alone at the end.
_SIZES = {
    5: (2, 3), 6: (3, 3), 7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4), 11: (1, 3, 3, 4), 12: (3, 3, 3, 3),
    13: (3, 3, 3, 4), 14: (3, 3, 4, 4), 15: (3, 3, 3, 3, 3),
}  # fmt: skip
_SIZES_RU = {4: (2, 2), 5: (1, 2, 2), 6: (2, 2, 2), 7: (3, 2, 2)}


@lru_cache(maxsize=4096)
def phone_words(text: str, language: str) -> str:
    """A phone number in the groups it is said in: «восемь, девятьсот двенадцать, триста сорок пять, …».

    A number of another country than Russia is said digit by digit, in the groups as written or, written in one, as
    its country writes it: «plus one, two one two, five five five, zero one four seven».
    """
    text, extension = text.strip(), ""
    if match := _EXTENSION.search(text):
        text, extension = text[: match.start()], match[1]
    if re.search(r"[^\d\s()+\-–—.\u00a0]", text) or text.rfind("+") > 0:
        raise Unreadable("phone")
    digits = re.sub(r"\D", "", text)
    if not 3 <= len(digits) <= 15 or not digits.isascii():
        raise Unreadable("phone")
    words = _russian_phone(digits, text.startswith("+"), language) or _other_phone(digits, text, language)
    if extension:
        words.append("extension" if language == "en" else "добавочный")
        words.append(digits_words(extension, language))
    return ", ".join(words)


def _russian_phone(digits: str, international: bool, language: str) -> list[str]:
    """The groups of a Russian number; none when it is not one."""
    if len(digits) == 10 and digits[0] in "3489" and not international and language == "ru":
        digits = "8" + digits
    if len(digits) != 11 or digits[0] not in "78" or (digits[0] == "8" and international):
        return []
    # at home one dials eight; from abroad, and to an English ear, it is plus seven
    first = "plus seven" if language == "en" else "восемь"
    groups = (digits[1:4], digits[4:7], digits[7:9], digits[9:])
    return [first, *(_group(group, language) for group in groups)]


def _other_phone(digits: str, text: str, language: str) -> list[str]:
    if language == "ru" and len(digits) <= 7 and not text.startswith("+"):
        return [_group(group, language) for group in _cut(digits, _SIZES_RU.get(len(digits)))]
    groups = re.findall(r"\d+", text)
    if not _sayable(groups):
        groups = _by_country(digits) if text.startswith("+") else _cut(digits, _SIZES.get(len(digits)))
    words = [" ".join(_symbol(char, language) for char in group) for group in groups]
    if text.startswith("+"):
        words[0] = f"{'plus' if language == 'en' else 'плюс'} {words[0]}"
    return words


def _sayable(groups: list[str]) -> bool:
    """Whether one can say and remember a number in these groups: two to four digits, the first may be one."""
    return len(groups) > 1 and len(groups[0]) <= 4 and all(2 <= len(group) <= 4 for group in groups[1:])


def _by_country(digits: str) -> list[str]:
    """The groups in which its own country writes a number that begins with the country's code."""
    import phonenumbers

    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return _cut(digits, _SIZES.get(len(digits)))
    groups = re.findall(r"\d+", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    return [part for group in groups for part in _cut(group, _SIZES.get(len(group)))]


def _cut(digits: str, sizes: tuple[int, ...] | None) -> list[str]:
    ends = list(accumulate(sizes or (len(digits),)))
    return [digits[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@lru_cache(maxsize=4096)
def _group(digits: str, language: str) -> str:
    if language == "en":
        return " ".join(_symbol(char, language) for char in digits)
    return _as_number(digits, language)


def _as_number(digits: str, language: str) -> str:
    """«ноль ноль семь», «сорок два»."""
    zeros = len(digits) - len(digits.lstrip("0"))
    words = [_symbol("0", language)] * zeros
    if digits[zeros:]:
        words.append(english.cardinal(int(digits)) if language == "en" else russian.cardinal(int(digits)))
    return " ".join(words)


# A key that stands alone: before it a stop, a dash or a word that calls for a key, after it a stop or «или».
_BEFORE = re.compile(
    r"(?:^|[,.;:!?(«–—-]|\b(?:нажмите|нажать|наберите|введите|цифр[ауы]|клавиш[ауи]|кнопк[ауи]|или|либо|и|"
    r"клавишей|кнопкой))\s*$",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?<![^\s(«])(?P<key>\d{1,3}|[*#])(?=[,.;:!?)»…]+(?:\s|$)|\s*$|\s+(?:или|и|либо|or|and|to|[–—-])\s)", re.IGNORECASE
)
_RANGE = re.compile(
    r"\b(?P<from>от|с)\s+(?P<low>\d{1,3})\s+(?P<to>до|по)\s+(?P<high>\d{1,3})\b(?![.,:]\d)", re.IGNORECASE
)
_KEYS = {"*": ("звёздочку", "звёздочкой", "star"), "#": ("решётку", "решёткой", "the hash key")}


@lru_cache(maxsize=4096)
def spell_keys(text: str, language: str) -> str:
    """Fixed text with lone keys and «от 0 до 10» in words; other digits are left: only a person can tell their case."""
    if language not in ("ru", "en"):
        return text
    if language == "ru":
        text = _RANGE.sub(_range_words, text)

    def word(match: re.Match[str]) -> str:
        key, before = match["key"], match.string[: match.start()]
        if language == "ru" and _BEFORE.search(before) is None:
            return key
        if key in _KEYS:
            with_key = before.rstrip().lower().endswith(("клавишей", "кнопкой"))
            return _KEYS[key][2 if language == "en" else with_key]
        return english.cardinal(int(key)) if language == "en" else russian.cardinal(int(key))

    return _KEY.sub(word, text)


def _range_words(match: re.Match[str]) -> str:
    low = russian.cardinal(int(match["low"]), Case.GEN)
    high = russian.cardinal(int(match["high"]), Case.GEN if match["to"].lower() == "до" else Case.ACC)
    return f"{match['from']} {low} {match['to']} {high}"
