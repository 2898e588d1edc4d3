"""Where Oklik keeps its things and what it is told by the environment.

Every setting is an environment variable with the prefix OKLIK_; nothing has to be set for a first run.
A wrong value is refused with the variable's name, and so is a name that nothing reads: a limit that is spelled wrong
would be no limit.  What a single command is told on its command line is not here.
"""

import os
import re
from decimal import Decimal
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_EXPECTED = {
    "node": (
        "имя узла — строчные латинские буквы, цифры и дефисы, до 32 знаков",
        "a node's name is small Latin letters, digits and hyphens, 32 at most",
    ),
    "language": ("ru или en", "ru or en"),
    "recording_days": (
        "сколько дней хранить записи звонков: 180 или 180, survey=90; для debt не меньше 1096",
        "for how many days recorded calls are kept: 180, or 180, survey=90; for debt at least 1096",
    ),
    "request_hosts": (
        "адреса через запятую: crm.example.com, 1c.local:8443 или http://1c.local:8080",
        "hosts parted by commas: crm.example.com, crm.local:8443 or http://crm.local:8080",
    ),
    "destinations": (
        "коды стран и префиксы через запятую, первой — своя страна: RU, KZ, +37529",
        "country codes and prefixes with commas between, the home country first: RU, KZ, +37529",
    ),
    "currency": ("код валюты ISO 4217, например RUB или KZT", "the code of a currency by ISO 4217, such as RUB or KZT"),
    "web": (
        "нужно АДРЕС:ПОРТ, например 127.0.0.1:8020, или off",
        "HOST:PORT is expected, such as 127.0.0.1:8020, or off",
    ),
    "web_proxies": (
        "адреса или сети прокси через запятую: 127.0.0.1, 10.0.0.0/8",
        "addresses or networks of proxies parted by commas: 127.0.0.1, 10.0.0.0/8",
    ),
    "tls": ("1 или 0", "1 or 0"),
    "minutes_day": ("целое число минут, не меньше нуля", "a whole number of minutes, not below nought"),
    "money_day": ("сумма, не меньше нуля, например 1500.50", "an amount, not below nought, such as 1500.50"),
    "zone": ("неизвестный часовой пояс; нужно, например, Europe/Moscow", "an unknown time zone; say Europe/Moscow"),
}
# Read elsewhere: secrets of commands and scenarios, the shell's in docs/api.md, what tests and benches are told, and
# what Kubernetes gives to everybody beside a service of the name oklik.
_ELSEWHERE = re.compile(
    r"GATEWAY_PASSWORD|CREDENTIAL_.+|TOKEN|(LIVE|BENCH|CHAOS)_.+|EXAMPLES|ONLY|UPDATE|CHROMIUM"
    r"|SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_.+)?"
)
_NEAR = 0.75  # how alike a name is to be for a hint, 0..1
_ANY = ("неверное значение", "not an acceptable value")


class ConfigError(Exception):
    """A setting is wrong.  name: the environment variable; expected: what it should be, in "ru" and "en"."""

    def __init__(self, name: str, expected: tuple[str, str]) -> None:
        self.name = name
        self.expected = {"ru": expected[0], "en": expected[1]}
        super().__init__(f"{name}: {expected[1]}")


def default_home() -> Path:
    """/var/lib/oklik for root (a server), else the user's data folder by the XDG rules."""
    if os.geteuid() == 0:
        return Path("/var/lib/oklik")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "oklik"


class WebAddress(NamedTuple):
    """Where the web process listens.  port 0: any free one."""

    host: str
    port: int

    @classmethod
    def default(cls) -> "WebAddress":
        """This machine only."""
        return cls.read(LOOPBACK)

    @classmethod
    def read(cls, text: str) -> "WebAddress":
        """Of HOST:PORT, an IPv6 host in brackets.  Raises ValueError."""
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not port.isascii() or not port.isdecimal() or int(port) > 65535:
            raise ValueError(text)
        return cls(host, int(port))


LOOPBACK = "127.0.0.1:8020"


class Settings(BaseSettings):
    """The settings of this installation.

    home: folder of the embedded database, prompts, answers by voice and logs.  database_url: a PostgreSQL of yours
    instead of the embedded one.  switch: esl://HOST:PORT of the FreeSWITCH node for `oklik up`; its password in
    switch_password.  destinations: what may be dialed: the home country, then others and prefixes.
    minutes_day, money_day: no more is spent on one day of the office, over all lines; money by the lines' prices.
    currency: of all prices and limits of money, ISO 4217.
    voices, dictionary, recordings: files and a folder as in docs/voices.md.  node: this dialer's name at the switch.
    web: HOST:PORT of the pages and the API that `oklik up` serves, or off.  tls: by https, with tls_certificate and
    tls_key (PEM) or a certificate of this machine's own.  web_proxies: networks of proxies whose X-Forwarded-* is
    believed.
    switch_conf: the folder that `oklik switch-conf` has made, where pages write the gateways of trunks.
    request_hosts, request_ca: whom scenarios may ask, and certificates to trust besides, as in docs/requests.md.
    """

    model_config = SettingsConfigDict(env_prefix="OKLIK_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=default_home)
    database_url: SecretStr | None = None
    switch: str | None = None
    switch_password: SecretStr | None = None
    switch_conf: Path | None = None
    voices: Path | None = None
    dictionary: Path | None = None
    recordings: Path | None = None
    request_hosts: str = ""
    request_ca: Path | None = None
    node: str = Field(default="node1", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    zone: str = "Europe/Moscow"  # of the office
    destinations: str = "RU"
    web: str = LOOPBACK
    web_proxies: str = ""
    tls: bool = False
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    recording_days: str = "180"
    minutes_day: int | None = Field(default=None, ge=0)
    money_day: Decimal | None = Field(default=None, ge=0)
    currency: str = "RUB"
    language: str = Field(default="ru", pattern="^(ru|en)$")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        from oklik.dialing.zones import parse_zone  # its tables take their time, and hardly anyone sets a zone

        return parse_zone(zone)

    @field_validator("request_hosts")
    @classmethod
    def _readable_hosts(cls, hosts: str) -> str:
        from oklik.outside.hosts import AllowedHosts

        AllowedHosts.read(hosts)
        return hosts

    @field_validator("destinations")
    @classmethod
    def _known_destinations(cls, destinations: str) -> str:
        if destinations != "RU":
            from oklik.dialing.destinations import parse_destinations  # as above

            parse_destinations(destinations)
        return destinations

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        from oklik.dialing.currencies import parse_currency

        return parse_currency(currency)

    @field_validator("web")
    @classmethod
    def _known_address(cls, web: str) -> str:
        if web != "off":
            WebAddress.read(web)
        return web

    @field_validator("web_proxies")
    @classmethod
    def _known_networks(cls, proxies: str) -> str:
        for one in proxies.split(","):
            if one.strip():
                ip_network(one.strip())
        return proxies

    @property
    def web_address(self) -> WebAddress | None:
        """Where the web process listens; None where there is none."""
        return None if self.web == "off" else WebAddress.read(self.web)

    @field_validator("recording_days")
    @classmethod
    def _readable_days(cls, days: str) -> str:
        if days != "180":
            from oklik.dialing.call_recording import parse_days

            parse_days(days)
        return days

    @property
    def postgres_data(self) -> Path:
        """Data of the embedded PostgreSQL."""
        return self.home / "postgres"

    @property
    def prompts(self) -> Path:
        """Rendered prompts, by content hash."""
        return self.home / "prompts"

    @property
    def voice_answers(self) -> Path:
        """What people say when a scenario records them, and recorded calls; the switch writes there."""
        return self.home / "voice-answers"

    @property
    def sent(self) -> Path:
        """What dialers have sent, by node and database: read when a database comes back from a backup."""
        return self.home / "sent"

    @property
    def incoming(self) -> Path:
        """Lists for standing campaigns, a folder each."""
        return self.home / "incoming"

    @property
    def report_files(self) -> Path:
        """Reports that people have asked for in the browser; old ones are deleted."""
        return self.home / "reports"

    def absent(self) -> dict[str, Path]:
        """What settings name and is not there, or in a place that is closed to us: variable -> file or folder."""
        named = {name: getattr(self, name) for name in ("dictionary", "recordings", "switch_conf", "request_ca")}
        return {
            f"OKLIK_{name.upper()}": path
            for name, path in named.items()
            if path is not None and not os.path.exists(path)  # noqa: PTH110  a closed folder is no error here
        }

    @property
    def restoring(self) -> Path:
        """Whose files lie here while the tables of that backup do not: the seal of one that is being put back."""
        return self.home / ".restoring"

    @property
    def logs(self) -> Path:
        """What the processes say."""
        return self.home / "logs"


def load_settings() -> Settings:
    """The settings from the environment.  Raises ConfigError."""
    _check_names()
    try:
        return Settings()
    except ValidationError as error:
        # The value itself is not repeated: it may be a secret in the wrong variable.
        field = str(error.errors()[0]["loc"][0]).lower().removeprefix("oklik_")
        raise ConfigError(f"OKLIK_{field.upper()}", _EXPECTED.get(field, _ANY)) from None


def _check_names() -> None:
    """Raise ConfigError for a variable of ours that nothing reads."""
    known = {name.upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        prefix, name = variable[:6].upper(), variable[6:].upper()
        if prefix == "OKLIK_" and name not in known and not _ELSEWHERE.fullmatch(name):
            near = get_close_matches(name, known, n=1, cutoff=_NEAR)
            if near:
                told = (f"такой настройки нет; может быть, OKLIK_{near[0]}?", f"no such setting; OKLIK_{near[0]}?")
            else:
                names = ", ".join(f"OKLIK_{one}" for one in sorted(known))
                told = (f"такой настройки нет, есть {names}", f"no such setting, there are {names}")
            raise ConfigError(variable, told)
