"""What a dialer process is told when it is started: one JSON object on standard input or in a file.

Secrets are not in it: the switch's password comes from an environment variable that it names.
"""

import datetime as dt
import os
from decimal import Decimal

import msgspec

from oklik.dialing.destinations import BadDestinations, parse_destinations
from oklik.dialing.zones import MOSCOW, ZoneError, parse_zone

HEIR_LEAST_S = 5.0  # signs of life come every two seconds, and may be late


class SettingsError(Exception):
    """The settings are wrong; the message is one line that names the field."""


class DialerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one dialer.

    node: this dialer's name at the switch and in the lease.  campaign_id: only that one; None: all that run.
    channels: legs at a time, persons' and agents'; cps: legs sent in any rolling campaign second.
    speed, start: campaign time of a virtual switch (start None: now); refused on a real one.
    prompts: folder of rendered prompts.  recordings: folder of answers by voice, which the switch writes; "": there are
    none, and no campaign that records can be called.  sent: folder of journals of what is sent (sent_journal); "": none
    is kept.  until_done: leave when no campaign of ours has anything left.
    grace_s: real seconds that live calls have to finish after SIGTERM.
    heir_s: real seconds of silence of another node's dialer after which this one settles what it has left open; longer
    than the switch lets calls without a dialer go on (a minute).
    request_hosts: whom scenarios may ask (outside.hosts); request_ca: a file of certificates to trust besides.
    destinations: what may be dialed at all, as dialing.destinations.parse_destinations reads it.
    zone: of the office, whose day minutes_day and money_day are limits of; None: no limit.
    """

    database_url: str
    switch_host: str
    switch_port: int
    prompts: str
    recordings: str = ""
    sent: str = ""
    node: str = "node1"
    password_env: str = "OKLIK_SWITCH_PASSWORD"  # noqa: S105  the name of a variable
    campaign_id: int | None = None
    channels: int = 10
    cps: float = 5.0
    speed: float = 1.0
    start: dt.datetime | None = None
    ring_s: int = 30
    max_s: int = 900
    until_done: bool = False
    grace_s: float = 900.0
    heir_s: float = 120.0
    request_hosts: str = ""
    request_ca: str | None = None
    destinations: str = "RU"
    zone: str = MOSCOW
    minutes_day: int | None = None
    money_day: Decimal | None = None

    def password(self) -> str:
        """The switch's password.  Raises SettingsError when the variable is not set."""
        try:
            return os.environ[self.password_env]
        except KeyError:
            raise SettingsError(f"the environment variable {self.password_env} (switch password) is not set") from None


def read_settings(data: bytes) -> DialerSettings:
    """Parse and check the JSON.  Raises SettingsError."""
    try:
        settings = msgspec.json.decode(data, type=DialerSettings)
    except msgspec.DecodeError as error:
        raise SettingsError(f"dialer settings: {error}") from None
    limits = {
        "channels": 1 <= settings.channels <= 10_000,
        "cps": 0.01 <= settings.cps <= 1_000,
        "speed": 0.1 <= settings.speed <= 1_000,
        "ring_s": 1 <= settings.ring_s <= 300,
        "max_s": 10 <= settings.max_s <= 14_400,
        "heir_s": settings.heir_s >= HEIR_LEAST_S,
        "minutes_day": settings.minutes_day is None or settings.minutes_day >= 0,
        "money_day": settings.money_day is None or settings.money_day >= 0,
        "start": settings.start is None or settings.start.tzinfo is not None,
    }
    try:
        parse_zone(settings.zone)
    except ZoneError as error:
        raise SettingsError(f"dialer settings: zone: {error}") from None
    try:
        parse_destinations(settings.destinations)
    except BadDestinations as error:
        raise SettingsError(f"dialer settings: destinations: {error}") from None
    for name, right in limits.items():
        if not right:
            raise SettingsError(f"dialer settings: {name} {getattr(settings, name)} is out of bounds")
    return settings
