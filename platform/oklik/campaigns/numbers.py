"""A phone number that a person typed where exactly one is meant: for the stop list, consents, the API."""

from oklik.dialing.phones import read_phones
from oklik.dialing.rejections import Rejection, sentence

SHOWN_CHARACTERS = 60


class NotOneNumber(ValueError):
    """A text is no number that can be called, or several.  text: one line in "ru" and "en"; str() the English one."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def one_number(text: str, country: str = "RU") -> str:
    """Give the E.164 form of a number in any usual spelling.  country: of numbers without a country code.

    Raises NotOneNumber.
    """
    found = read_phones(text, country)
    shown = text.strip()[:SHOWN_CHARACTERS]
    if found.bad:
        bad = found.bad[0]
        raise NotOneNumber(*(sentence(bad.code, bad.text, language) for language in ("ru", "en")))
    if not found.numbers:
        said = {language: sentence(Rejection.NO_PHONE, "", language) for language in ("ru", "en")}
        raise NotOneNumber(f"{said['ru']}: «{shown}»", f"{said['en']}: “{shown}”")
    if len(found.numbers) > 1:
        raise NotOneNumber(f"«{shown}»: несколько номеров, а нужен один", f"{shown!r}: several numbers, one is needed")
    return found.numbers[0]
