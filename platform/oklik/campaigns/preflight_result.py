"""What a launch check has found: one value with everything in it, as it goes to JSON and comes back."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from oklik.campaigns.preflight_facts import Duplicates, Speech, Unfilled
from oklik.dialing.forecast import Forecast
from oklik.dialing.zones import ZoneRule


class Blocked(msgspec.Struct, frozen=True):
    """Contacts that cannot be called now, by rule.  args: of its sentence, of one of them; next_at: the first moment
    at which one of them can; None: never."""

    rule: str
    args: dict[str, Any]
    contacts: int
    next_at: dt.datetime | None


class HourOf(msgspec.Struct, frozen=True):
    """How many contacts can be called within an hour.  at: its start."""

    at: dt.datetime
    contacts: int


class FirstStop(msgspec.Struct, frozen=True):
    """The first forbidden minute: when calling must first stop, and for how many."""

    at: dt.datetime
    contacts: int


class Unplaced(msgspec.Struct, frozen=True):
    """Contacts of whom several zones are possible.  hours_left: of calling in the coming week, for most of them;
    hours_usual: what there would be by the campaign's clock alone."""

    contacts: int
    hours_left: float
    hours_usual: float


class Cost(msgspec.Struct, frozen=True):
    """What is to be paid.  by_attempt: first calls, second ones ..., without talk.  Prices are means over the people.

    currency: ISO 4217; unpriced_percent: of the people, those for whose line nobody has said any price.
    """

    attempt_price: Decimal
    minute_price: Decimal
    by_attempt: list[Decimal]
    minutes: int
    total: Decimal
    currency: str = "RUB"
    unpriced_percent: int = 0


class Preflight(msgspec.Struct, frozen=True, kw_only=True):
    """What a launch check has found.

    contacts = over + allowed + all of blocked.  over: those for whom nothing more is planned.  at: the campaign time
    for which it was made; days: how far it looks.  reachable: can be called in these days at all.  hours: by the
    campaign's clock, from the hour of `at` on; local_hours: by weekday (Monday first) and hour of the contact's own
    clock where that is certain, else of the campaign's, in the coming week.  cost: None where no price is known.
    """

    campaign_id: int
    name: str
    state: str
    purpose: str
    zone: str
    virtual: bool
    at: dt.datetime
    days: int
    contacts: int
    over: int
    allowed: int
    blocked: list[Blocked]
    reachable: int
    hours: list[HourOf]
    local_hours: list[list[int]]
    first_stop: FirstStop | None
    zone_rules: dict[ZoneRule, int]
    unplaced: Unplaced | None
    duplicates: Duplicates
    unfilled: list[Unfilled]
    speech: Speech
    forecast: Forecast
    cost: Cost | None

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names; money as text."""
        told: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return told

    @classmethod
    def from_json(cls, told: Any) -> "Preflight":
        """Read what to_json gave.  Raises msgspec.ValidationError."""
        return msgspec.convert(told, cls, strict=False)


class Prices(msgspec.Struct, frozen=True):
    """What the carrier takes for an attempt and for a minute of talk; None: what is kept with the trunk."""

    attempt: Decimal | None = None
    minute: Decimal | None = None
