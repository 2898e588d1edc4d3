"""What can go wrong with spoken values, each with its text in Russian and English.

Two moments: a template is wrong (TemplateError, found when a scenario is checked), or one contact's value is
missing or cannot be read (ValueMissing, ValueUnreadable: that contact is not called, with this reason).
"""

from oklik.scenario.errors import plain

# What a reader expected, by the code that ValueUnreadable carries.
EXPECTED: dict[str, dict[str, str]] = {
    "money": {
        "ru": "сумма, например «12 345,50»",
        "en": "an amount such as 12345.50",
    },
    "money_ambiguous": {
        "ru": "сумма с двумя знаками копеек: это значение читается и как тысячи, и как дробь",
        "en": "an amount with two decimals: this value reads both as thousands and as a fraction",
    },
    "money_currency": {
        "ru": "сумма в той валюте, что названа в сценарии",
        "en": "an amount in the currency that the scenario names",
    },
    "money_large": {"ru": "сумма меньше триллиона", "en": "an amount below 10^12"},
    "number": {"ru": "число, например «1 200» или «2,5»", "en": "a number such as 1200 or 2.5"},
    "number_large": {"ru": "число меньше триллиона", "en": "a number below 10^12"},
    "ordinal": {"ru": "целое число от 0 до миллиарда", "en": "a whole number from 0 to a billion"},
    "date": {
        "ru": "дата, например «31.12.2026» или «2026-12-31»",
        "en": "a date such as 31.12.2026 or 2026-12-31",
    },
    "time": {"ru": "время, например «14:30»", "en": "a time such as 14:30 or 2:30 pm"},
    "digits": {"ru": "цифры и буквы, не длиннее 40", "en": "digits and letters, 40 at most"},
    "phone": {"ru": "номер телефона", "en": "a phone number"},
    "name": {"ru": "имя человека", "en": "a person's name"},
    "gender": {
        "ru": "имя с отчеством или пол («м», «ж»); без них нужна третья форма в gender(…)",
        "en": "a name with a patronymic or a gender (m, f); without them gender(…) needs a third form",
    },
    "text": {"ru": "слова, которые можно произнести", "en": "words that can be spoken"},
}


_SHOWN = 80  # characters of a value in a message


def shown(value: str) -> str:
    """A value as a message can name it: in one line, without what nobody sees, not too long."""
    return plain(value, _SHOWN)


class SpokenError(ValueError):
    """Common ground of this room's errors."""

    def text(self, language: str) -> str:
        """The message in "ru" or "en" (any other language gets English)."""
        raise NotImplementedError


class TemplateError(SpokenError):
    """A template is wrong.  position: offset in characters from its beginning, from 0."""

    def __init__(self, position: int, message: str, message_ru: str | None = None) -> None:
        self.position = position
        self.message = message
        self.message_ru = message_ru or message
        super().__init__(f"at character {position + 1}: {message}")

    def text(self, language: str) -> str:
        """The message with its position (counted from 1), in one line."""
        if language == "ru":
            return f"символ {self.position + 1}: {self.message_ru}"
        return f"at character {self.position + 1}: {self.message}"


class ValueMissing(SpokenError):
    """The contact has no value (or an empty one) for a field that the template speaks."""

    code = "value_missing"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no value for {name!r}")

    def text(self, language: str) -> str:
        """One line for a report."""
        return f"нет значения «{self.name}»" if language == "ru" else f"no value for {self.name!r}"


class ValueUnreadable(SpokenError):
    """The contact's value cannot be read as what the template speaks.

    value: the value as it stood in the list; expected: a key of EXPECTED.
    """

    code = "value_unreadable"

    def __init__(self, name: str, text: str, expected: str) -> None:
        self.name = name
        self.value = text
        self.expected = expected
        super().__init__(f"{name!r} is {text!r}; expected {EXPECTED[expected]['en']}")

    def text(self, language: str) -> str:
        """One line for a report."""
        if language == "ru":
            return f"«{self.name}»: «{shown(self.value)}» не читается; нужно: {EXPECTED[self.expected]['ru']}"
        return f"{self.name!r}: cannot read {shown(self.value)!r}; expected {EXPECTED[self.expected]['en']}"


class Unreadable(Exception):
    """A reader could not make sense of a value.  expected: a key of EXPECTED."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)
