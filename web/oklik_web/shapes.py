"""What bodies of requests have in common: strict models, phone numbers, lengths."""

import datetime as dt
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from oklik.campaigns.numbers import NotOneNumber, one_number
from oklik_web.problems import Problem

Number = Annotated[
    str,
    Field(
        min_length=1, max_length=60, description="A phone number in any usual spelling", examples=["8 916 123-45-67"]
    ),
]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Moment = AwareDatetime

Version = Annotated[str | None, Field(max_length=64)]  # of what is changed: see campaigns.meanwhile


def _of_our_time(value: dt.datetime) -> dt.datetime:
    """What lies elsewhere is a slip of the pen, and neither Python nor PostgreSQL can reckon with all of it."""
    if not _FIRST.year < value.year < _LAST.year:
        raise PydanticCustomError("datetime_far", "must be of our time")
    return value


_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
MomentIn = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
DayIn = Annotated[dt.date, Field(ge=_FIRST, le=_LAST)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
E164 = Annotated[str, Field(description="A number in E.164", examples=["+79161234567"])]


class Body(BaseModel):
    """A request's body: what it does not know it refuses, so that a slip of the pen is not lost in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _printable(cls, value: Any) -> Any:
        """PostgreSQL keeps no text with a null character, and nobody has a use for one."""
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and "\0" in text:
                raise PydanticCustomError("unprintable", "must not hold a null character")
        return value


class OneNumber(Body):
    """A number that is asked about."""

    number: Number


def number_of(text: str, field: str) -> str:
    """Give the E.164 form of a number.  Raises Problem naming the field."""
    try:
        return one_number(text)
    except NotOneNumber as error:
        raise Problem(422, error.text, field=field) from None
