"""A retry plan as people write it: a YAML file of `oklik run --retry-plan`, with waits such as 30m, 3h, 1d.

What the file leaves out keeps its default (dialing.retry).  What is wrong is one line with file, line and place.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from oklik.dialing.retry import DAY, HOUR, MINUTE, OutcomeClass, RetryPlan, Seconds, Wait
from oklik.failures import BadInput, check_file
from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError
from oklik.scenario.faults import sentence

_UNITS = {"s": 1, "с": 1, "m": MINUTE, "м": MINUTE, "h": HOUR, "ч": HOUR, "d": DAY, "д": DAY}
_SPAN = re.compile(r"([0-9]{1,5}) ?(s|с|m|min|м|мин|h|ч|d|д)\.?")

_WORDS = {
    "span": {"ru": "нужно время с единицей: 30m, 3h или 1d", "en": "a time with its unit is needed: 30m, 3h or 1d"},
    "no_delay": {"ru": "нужно after: через сколько звонить", "en": "after is needed: how long to wait"},
    "enum": {"ru": "такого исхода нет; есть: {known}", "en": "there is no such outcome; there are: {known}"},
}


def _seconds(given: object) -> int:
    found = _SPAN.fullmatch(given.strip().lower()) if isinstance(given, str) else None
    if found is None:
        raise PydanticCustomError("span", "a time with its unit is needed")
    return int(found[1]) * _UNITS[found[2][0]]


class _Wait(BaseModel):
    model_config = ConfigDict(extra="forbid")
    after: tuple[Annotated[Seconds, BeforeValidator(_seconds)], ...] = ()
    most: Annotated[int, Field(ge=0, le=50)] | None = None

    def wait(self) -> Wait:
        """Give the rule; where no number of calls is named, one for each delay."""
        return Wait(after_s=self.after, most=len(self.after) if self.most is None else self.most)


class _Plan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 4
    waits: Mapping[OutcomeClass, _Wait] = Field(default_factory=dict)
    other_hour: bool = True
    confirm_invalid: Annotated[int, Field(ge=1, le=5)] = 2

    def plan(self) -> RetryPlan:
        """Give the plan, which keeps the defaults of outcomes that are not named."""
        return RetryPlan(
            max_attempts=self.max_attempts,
            waits={outcome: one.wait() for outcome, one in self.waits.items()},
            other_hour=self.other_hour,
            confirm_invalid=self.confirm_invalid,
        )


def read_retry_plan(path: Path) -> RetryPlan:
    """Read a plan.  Raises BadInput with one line that names file, line and field."""
    check_file(path, "--retry-plan")
    try:
        data, marks = reading.read(path.read_text("utf-8"), str(path))
    except ScenarioError as error:
        raise BadInput.worded({code: error.describe(code) for code in ("ru", "en")}) from None
    except UnicodeDecodeError:
        raise BadInput("retry_plan_utf8", path=path) from None
    try:
        read = _Plan.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise _told(path, marks, fault["loc"], _said(fault)) from None
    for outcome, one in read.waits.items():
        if one.most and not one.after:
            raise _told(path, marks, ("waits", str(outcome), "most"), _WORDS["no_delay"])
    return read.plan()


def _said(fault: Any) -> Mapping[str, str]:
    known = _WORDS.get(fault["type"])
    if known is None:
        return sentence(fault)
    return {code: text.format(known=", ".join(OutcomeClass)) for code, text in known.items()}


def _told(path: Path, marks: reading.Marks, loc: tuple[int | str, ...], said: Mapping[str, str]) -> BadInput:
    place = tuple(str(step) for step in loc if step != "[key]")
    line = reading.line_of(marks, place)
    start = f"{path}:{line}" if line else str(path)
    field = f"{'.'.join(place)}: " if place else ""
    return BadInput.worded({code: f"{start}: {field}{said[code]}" for code in ("ru", "en")})
