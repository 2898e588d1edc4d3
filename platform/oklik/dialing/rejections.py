"""Why a row of a list, or a number in it, cannot be called: the codes and their sentences.

The codes are kept in the database and shown in reports; the sentences are made here, in Russian and English, so that
a list reader, a report and a web page say the same.
"""

from enum import StrEnum


class Rejection(StrEnum):
    """What is wrong with a number or a row."""

    NO_PHONE = "no_phone"
    LETTERS = "letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SHORT_CODE = "short_code"
    UNASSIGNED = "unassigned"
    PREMIUM = "premium"
    ROUNDED = "rounded"
    FAX = "fax"
    DUPLICATE = "duplicate"
    TOTAL_ROW = "total_row"
    HEADER_AGAIN = "header_again"
    BAD_ZONE = "bad_zone"
    NO_PERSON_KEY = "no_person_key"
    KEY_OF_MANY = "key_of_many"


# {detail}: the offending text; for duplicates the row that came first.
_SENTENCES: dict[Rejection, dict[str, str]] = {
    Rejection.NO_PHONE: {"ru": "нет номера телефона", "en": "there is no phone number"},
    Rejection.LETTERS: {
        "ru": "в номере буквы («{detail}»): возможно, О вместо нуля",
        "en": "letters inside the number (“{detail}”): perhaps O for zero",
    },
    Rejection.TOO_SHORT: {"ru": "в номере не хватает цифр: «{detail}»", "en": "the number is too short: “{detail}”"},
    Rejection.TOO_LONG: {"ru": "в номере лишние цифры: «{detail}»", "en": "the number is too long: “{detail}”"},
    Rejection.SHORT_CODE: {
        "ru": "короткий или служебный номер: «{detail}»",
        "en": "a short or service code: “{detail}”",
    },
    Rejection.UNASSIGNED: {
        "ru": "таких номеров не бывает: «{detail}»",
        "en": "no such number can exist: “{detail}”",
    },
    Rejection.PREMIUM: {
        "ru": "платный номер, на такие не звоним: «{detail}»",
        "en": "a premium-rate number, never called: “{detail}”",
    },
    Rejection.ROUNDED: {
        "ru": "Excel округлил номер («{detail}»): оформите столбец как текст и выгрузите заново",
        "en": "Excel rounded the number (“{detail}”): make the column text and export again",
    },
    Rejection.FAX: {"ru": "это номер факса: «{detail}»", "en": "a fax number: “{detail}”"},
    Rejection.DUPLICATE: {"ru": "тот же номер, что в строке {detail}", "en": "the same number as in row {detail}"},
    Rejection.TOTAL_ROW: {"ru": "строка итогов, а не человек", "en": "a row of totals, not a person"},
    Rejection.HEADER_AGAIN: {"ru": "повтор заголовка таблицы", "en": "the table's header once more"},
    Rejection.BAD_ZONE: {
        "ru": "часовой пояс не понят («{detail}»), взят по номеру",
        "en": "the time zone is not understood (“{detail}”), taken from the number",
    },
    Rejection.NO_PERSON_KEY: {
        "ru": "нет ключа человека («{detail}»): узнаём его по телефону",
        "en": "there is no person key (“{detail}”): known by the phone",
    },
    Rejection.KEY_OF_MANY: {
        "ru": "ключ «{detail}» стоит у слишком многих: узнаём человека по телефону",
        "en": "too many rows have the key “{detail}”: known by the phone",
    },
}


def needs(code: str) -> frozenset[str]:
    """Give the names of the values that the sentence of a code is filled with: detail, or none."""
    known = code in set(Rejection) and "{detail}" in _SENTENCES[Rejection(code)]["ru"]
    return frozenset({"detail"}) if known else frozenset()


def sentence(code: str, detail: str, language: str = "ru") -> str:
    """Return the reason in words; languages other than Russian get English.  An unknown code is returned as it is."""
    try:
        texts = _SENTENCES[Rejection(code)]
    except ValueError:
        return f"{code}: {detail}" if detail else code
    return texts["ru" if language == "ru" else "en"].format(detail=detail)
