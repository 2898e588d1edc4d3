"""How a campaign is run, apart from what it says and to whom: what a preset holds and a campaign may override.

One model for presets, for overrides and for what a campaign was made with.  Which law holds is told by the number that
is called and the purpose; nothing here widens it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from oklik.dialing.call_recording import Part
from oklik.dialing.campaign_hours import CampaignHours
from oklik.dialing.law.shapes import Purpose
from oklik.dialing.machines import MachinePolicy
from oklik.dialing.retry import RetryPlan
from oklik.dialing.zones import ZoneError, parse_zone

Name = Annotated[str, Field(min_length=1, max_length=200)]


class RunSettings(BaseModel):
    """Everything else of a campaign.

    purpose: what its scenarios are for; None: any.  zone: of the office, None for the installation's; base_zone: of
    the list's people where neither row nor number tells it.  trunks: names of lines, the first is tried first; none:
    the only one there is, or with every_trunk all shared ones.  hours: they narrow the legal ones.  record: what of
    calls is recorded.  weight: its part of lines that several share; minutes_day, money_day: at most so much a day.
    third_persons, as_messages: as of campaigns.launch.Launch.  pilot: how many are called first, where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    purpose: Purpose | None = None
    zone: Name | None = None
    base_zone: Name | None = None
    trunks: tuple[Name, ...] = Field(default=(), max_length=50)
    every_trunk: bool = False
    hours: CampaignHours | None = None
    retry: RetryPlan = RetryPlan()
    machines: MachinePolicy = MachinePolicy()
    record: Part = Part.OFF
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    minutes_day: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    money_day: Annotated[Decimal, Field(gt=0, le=10**12, max_digits=18, decimal_places=2)] | None = None
    third_persons: bool = False
    as_messages: bool = False
    pilot: Annotated[int, Field(ge=1, le=10_000)] = 50

    @field_validator("zone", "base_zone")
    @classmethod
    def _known_zone(cls, given: str | None) -> str | None:
        if given is None:
            return None
        try:
            return parse_zone(given)
        except ZoneError as error:
            raise ValueError(str(error)) from None

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return self.model_dump(mode="json", by_alias=True)


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field.  code, args: of pydantic."""

    field: str
    error: Any


class SettingsRefused(ValueError):
    """Settings do not fit.  faults: by field; str(): the first one in a line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{one.field}: {one.error['msg']}" for one in faults[:3]))


def read_settings(*layers: Mapping[str, Any]) -> RunSettings:
    """Read settings of layers, of which the last that names a field decides.  Raises SettingsRefused."""
    together: dict[str, Any] = {}
    for layer in layers:
        together |= layer
    try:
        return RunSettings.model_validate(together)
    except ValidationError as error:
        raise SettingsRefused(
            [
                Fault(".".join(str(part) for part in one["loc"]) or "settings", one)
                for one in error.errors(include_url=False)
            ]
        ) from None


def purpose_of(*, debt: bool = False, sells: bool = False, asks: bool = False, booked: bool = False) -> Purpose:
    """Give the purpose that plain questions tell; of several the one with the strictest law.

    debt: somebody is reminded of a debt or asked to pay; sells: something is offered or praised; asks: opinions or data
    are asked for; booked: people are reminded of what they have booked themselves.
    """
    for said, purpose in (
        (debt, Purpose.DEBT),
        (sells, Purpose.ADVERTISING),
        (asks, Purpose.SURVEY),
        (booked, Purpose.APPOINTMENT),
    ):
        if said:
            return purpose
    return Purpose.INFORMATIONAL
