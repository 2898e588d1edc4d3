"""What a test call of a trunk says, in the organisation's own voice."""

from collections.abc import Mapping
from typing import Final

from oklik.scenario.flow import Say

ENDS: Final = "#"
KEYS: Final = "0123456789*#"
LANGUAGES: Final = ("ru", "en")
_RU = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "звёздочку", "решётку")
_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star", "hash")
_TEXTS: Mapping[str, tuple[str, str]] = {
    "intro": (
        "Проверка линии. Нажмите любую клавишу, и я её назову. Чтобы закончить, нажмите решётку.",
        "This is a test of the line. Press any key, and I will name it. To finish, press hash.",
    ),
    "again": (
        "Я не слышу клавиш. Нажмите любую ещё раз.",
        "I hear no keys. Please press any key again.",
    ),
    "unheard": (
        "Ни одна клавиша не дошла. Проверка закончена.",
        "No key has arrived. The test is over.",
    ),
    "bye": ("Вы нажали решётку. Проверка закончена.", "You pressed hash. The test is over."),
}


def phrase(name: str, language: str) -> Say:
    """Give a phrase: intro, again, unheard or bye."""
    return Say(text=_TEXTS[name][LANGUAGES.index(language)], language=language)


def pressed(key: str, language: str) -> Say:
    """Give what is said of a key."""
    place = KEYS.index(key)
    text = f"Вы нажали {_RU[place]}." if language == "ru" else f"You pressed {_EN[place]}."
    return Say(text=text, language=language)


def every(language: str) -> list[Say]:
    """Give all that a call may say."""
    return [*(phrase(name, language) for name in _TEXTS), *(pressed(key, language) for key in KEYS)]
