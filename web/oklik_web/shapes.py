"""What bodies of requests have in common: strict models, phone numbers, lengths."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Number = Annotated[
    str,
    Field(
        min_length=1, max_length=60, description="A phone number in any usual spelling", examples=["8 916 123-45-67"]
    ),
]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Moment = AwareDatetime
E164 = Annotated[str, Field(description="A number in E.164", examples=["+79161234567"])]


class Body(BaseModel):
    """A request's body: what it does not know it refuses, so that a slip of the pen is not lost in silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class OneNumber(Body):
    """A number that is asked about."""

    number: Number
