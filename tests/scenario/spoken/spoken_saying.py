"""What the tests of spoken values share."""

import datetime as dt

import pytest

from oklik.scenario.spoken import SpokenError, TemplateError, parse_template

TODAY = dt.date(2026, 11, 22)  # a Sunday


def say(text: str, value: object, language: str = "ru", today: dt.date = TODAY) -> str:
    """What is heard for a value of x, or why it cannot be said, in Russian."""
    try:
        pieces = parse_template(text).speak({"x": str(value)}, language=language, today=today, personal=())
    except SpokenError as error:
        return error.text("ru")
    return " ".join(piece.text for piece in pieces)


def refused(text: str, language: str = "ru") -> TemplateError:
    """The error of a text that cannot be right."""
    with pytest.raises(TemplateError) as caught:
        parse_template(text).check(language)
    return caught.value


def forms(text: str) -> list[str]:
    """A table of forms in one line."""
    return text.split()


def plain(text: str) -> str:
    """Without ё, which num2words writes now and then."""
    return text.replace("ё", "е")
