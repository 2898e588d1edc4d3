"""The options of `oklik run`, checked as a whole before anything is begun."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from oklik.config import Settings
from oklik.dialing.endpoint import EndpointError, check_dial_string
from oklik.dialing.rules import parse_span
from oklik.failures import BadInput

_CALLER_ID = re.compile(r"\+?[0-9]{2,20}")


@dataclass(frozen=True)
class SwitchAddress:
    """Where a real switch listens, and its password, which is never shown."""

    host: str
    port: int
    password: str

    def __repr__(self) -> str:
        return f"{self.host}:{self.port}"

    @classmethod
    def read(cls, address: str, settings: Settings) -> Self:
        """Parse esl://[:PASSWORD@]HOST[:PORT].  Raises BadInput; the message never holds the password."""
        parts = urlsplit(address)
        try:
            port = parts.port or 8021
        except ValueError:
            raise BadInput("--switch: the port is not a number from 1 to 65535") from None
        if parts.scheme != "esl" or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise BadInput("--switch: esl://:PASSWORD@HOST:PORT is expected")
        password = unquote(parts.password) if parts.password else ""
        if not password and settings.switch_password is not None:
            password = settings.switch_password.get_secret_value()
        if not password:
            raise BadInput("--switch: no password, neither in the address nor in OKLIK_SWITCH_PASSWORD")
        if password == "ClueCon":  # noqa: S105  the very one that must not be used
            raise BadInput("--switch: the switch still has FreeSWITCH's well-known password; give it one of its own")
        return cls(parts.hostname, port, password)


@dataclass(frozen=True)
class RunOptions:
    """What to call, with what, over which switch; language: of messages and report."""

    scenario: Path
    contacts: Path
    report: Path
    switch: SwitchAddress | None
    dial_string: str
    caller_id: str | None
    channels: int
    cps: float
    window: tuple[str, str] | None
    retry: bool
    speed: float
    seed: int
    population: Path | None
    agents: Mapping[str, tuple[str, ...]]
    sheet: str | None
    phone_column: str | None
    voices: Path | None
    language: str

    @classmethod
    def checked(cls, settings: Settings, **given: Any) -> Self:
        """The options as given on a command line, or BadInput naming the one that is wrong."""
        switch = SwitchAddress.read(given["switch"], settings) if given["switch"] else None
        language = given["language"] or settings.language
        if language not in ("ru", "en"):
            raise BadInput(f"--language {language}: ru or en")
        if switch is not None:
            for name in ("speed", "seed", "population"):
                if given[name] is not None:
                    raise BadInput(f"--{name}: only for the virtual switch; a real one calls real people in real time")
        for name in ("scenario", "contacts", "population", "voices"):
            path = given[name]
            if path is not None and not path.is_file():
                raise BadInput(f"{path}: no such file")
        caller_id = given["caller_id"]
        if caller_id is not None and not _CALLER_ID.fullmatch(caller_id):
            raise BadInput(f"--caller-id {caller_id}: digits, with or without a leading +")
        try:
            check_dial_string(given["dial_string"])
        except EndpointError as error:
            raise BadInput(f"--dial-string: {error}") from None
        _check_report(given["report"])
        return cls(
            **{
                **given,
                "switch": switch,
                "language": language,
                "window": _window(given["window"]),
                "speed": given["speed"] or 1.0,
                "seed": given["seed"] or 0,
                "agents": _agents(given["agents"]),
                "voices": given["voices"] or settings.voices,
            }
        )

    def key(self) -> str:
        """The same for a command that is run again: scenario, list, switch and rules, by content."""
        digest = hashlib.sha256()
        for path in (self.scenario, self.contacts):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        rest = (
            self.sheet,
            self.phone_column,
            repr(self.switch),
            self.dial_string,
            self.caller_id,
            self.window,
            self.retry,
        )
        digest.update(repr(rest).encode())
        if self.switch is None:
            digest.update(repr((self.speed, self.seed, self.population, self.channels, self.cps)).encode())
        return digest.hexdigest()


def _window(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    start, dash, end = text.partition("-")
    try:
        parse_span(start, end)
    except ValueError as error:
        raise BadInput(f"--window {text}: {error}" if dash else f"--window {text}: HH:MM-HH:MM is expected") from None
    return start.strip(), end.strip()


def _agents(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, found, members = text.partition("=")
        dial_strings = tuple(part.strip() for part in members.split(",") if part.strip())
        if not found or not name.strip() or not dial_strings:
            raise BadInput(f"--agents {text}: GROUP=DIALSTRING,DIALSTRING... is expected")
        groups[name.strip()] = dial_strings
    return groups


def _check_report(report: Path) -> None:
    if report.suffix.lower() != ".xlsx":
        raise BadInput(f"--report {report}: the report is an Excel file, its name must end in .xlsx")
    if report.is_dir():
        raise BadInput(f"--report {report}: this is a folder")
    if not report.absolute().parent.is_dir():
        raise BadInput(f"--report {report}: there is no folder {report.absolute().parent}")
