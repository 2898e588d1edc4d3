"""Where Oklik keeps its things and what it is told by the environment.

Every setting is an environment variable with the prefix OKLIK_; nothing has to be set for a first run.
A wrong value is refused with the variable's name.  What a single command is told on its command line is not here.
"""

import os
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConfigError(Exception):
    """A setting is wrong; the message names the environment variable."""


def default_home() -> Path:
    """/var/lib/oklik for root (a server), else the user's data folder by the XDG rules."""
    if os.geteuid() == 0:
        return Path("/var/lib/oklik")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "oklik"


class Settings(BaseSettings):
    """The settings of this installation.

    home: folder of the embedded database, prompts and logs.  database_url: a PostgreSQL of yours instead of the
    embedded one.  switch: esl://HOST:PORT of the FreeSWITCH node for `oklik up`; its password in switch_password.
    voices, dictionary: files as in docs/voices.md.  node: this dialer's name at the switch.
    """

    model_config = SettingsConfigDict(env_prefix="OKLIK_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=default_home)
    database_url: SecretStr | None = None
    switch: str | None = None
    switch_password: SecretStr | None = None
    voices: Path | None = None
    dictionary: Path | None = None
    node: str = Field(default="node1", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    zone: str = "Europe/Moscow"
    language: str = Field(default="ru", pattern="^(ru|en)$")

    @property
    def postgres_data(self) -> Path:
        """Data of the embedded PostgreSQL."""
        return self.home / "postgres"

    @property
    def prompts(self) -> Path:
        """Rendered prompts, by content hash."""
        return self.home / "prompts"

    @property
    def logs(self) -> Path:
        """What the processes say."""
        return self.home / "logs"


def load_settings() -> Settings:
    """The settings from the environment.  Raises ConfigError."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "OKLIK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigError(f"{name}: {first['msg']}") from None
