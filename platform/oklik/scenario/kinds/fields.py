"""What the parts of a scenario document are built of: the forms of names and texts, and fields that explain themselves.

Every field says in the model itself what the editor, the reference and `diff` call it; which fields there are is the
business of the kinds and of `document`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from oklik.scenario.errors import Sentence

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
RecordingKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
Sentence_ = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
# A plain string is the text in the scenario's first language.
Text = Sentence_ | dict[Language, Sentence_]


def texts(text: Text, languages: tuple[str, ...]) -> Sentence:
    """A text by language; a plain string belongs to the first one."""
    return {languages[0]: text} if isinstance(text, str) else dict(text)


def first_text(text: Text | None, languages: tuple[str, ...]) -> str | None:
    """A text in the first language; None where it is missing."""
    return text if isinstance(text, str) or text is None else text.get(languages[0])


def form_field(
    ru: str,
    en: str,
    help_ru: str,
    help_en: str,
    *,
    widget: str = "text",
    choices: Mapping[str, tuple[str, str]] | None = None,
    default: Any = ...,
    **limits: Any,
) -> Any:
    """A model field with what the editor and the reference need: title, help and widget; limits are pydantic's.

    choices: (Russian, English) label of each value, for a field of few values.
    """
    extra: Any = {"title": {"ru": ru, "en": en}, "help": {"ru": help_ru, "en": help_en}, "widget": widget}
    if choices:
        extra["choices"] = {value: {"ru": label[0], "en": label[1]} for value, label in choices.items()}
    return Field(default, json_schema_extra=extra, **limits)


class Part(BaseModel):
    """Any piece of a scenario document: frozen, and nothing unknown slips in."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, coerce_numbers_to_str=True, allow_inf_nan=False
    )


def private_field() -> Any:
    """Whether a value must not be heard before the right party has confirmed."""
    return form_field(
        "Тайна",
        "Private",
        "Не произносить, пока не ответил тот самый человек",
        "Never said before the right party has confirmed",
        widget="switch",
        default=False,
    )


def personal_field() -> Any:
    """Whether only local speech engines may see a value as a whole."""
    return form_field(
        "Персональные данные",
        "Personal",
        "Не отдавать внешним речевым службам",
        "Not given to remote speech services",
        widget="switch",
        default=False,
    )
