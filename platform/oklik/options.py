"""The options of `oklik run`, checked as a whole before anything is begun or anything heavy is loaded.

What the files hold is looked at in `inputs`, where the report is to go in `report_place`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from oklik.campaigns.dialable import NotDialable, check_agent_phone, check_caller_id, check_trunk
from oklik.campaigns.lists.headers import ROLE_WORDS
from oklik.campaigns.lists.layout import Named
from oklik.config import Settings
from oklik.dialing.hours import parse_span
from oklik.dialing.law.shapes import Role
from oklik.dialing.machines import DEFAULT, MachinePolicy
from oklik.dialing.retry import RetryPlan
from oklik.failures import BadInput, check_file
from oklik.known_passwords import LEAST, is_known
from oklik.messages import LANGUAGES
from oklik.recording_names import checked_name
from oklik.report_place import check_report

REHEARSAL_SPEED = 60.0  # a campaign of an hour in a minute, unless --speed says otherwise


@dataclass(frozen=True)
class SwitchAddress:
    """Where a switch listens, and its password, which is never shown.  name: the option or setting it came from."""

    host: str
    port: int
    password: str
    name: str = "--switch"

    def __repr__(self) -> str:
        return self.where

    @property
    def where(self) -> str:
        """HOST:PORT, for people."""
        return f"{self.host}:{self.port}"

    @classmethod
    def read(cls, address: str, settings: Settings, name: str = "--switch") -> Self:
        """Parse esl://[:PASSWORD@]HOST[:PORT].  Raises BadInput; the message never holds the password."""
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            raise BadInput("switch_address", name=name) from None
        if parts.scheme != "esl" or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise BadInput("switch_address", name=name)
        try:
            port = 8021 if parts.port is None else parts.port
        except ValueError:
            port = 0
        if port == 0:
            raise BadInput("switch_port", name=name)
        password = unquote(parts.password) if parts.password else ""
        if not password and settings.switch_password is not None:
            password = settings.switch_password.get_secret_value()
        if not password:
            raise BadInput("switch_no_password", name=name)
        if is_known(password):
            raise BadInput("switch_known_password", name=name)
        if len(password) < LEAST:
            raise BadInput("switch_short_password", name=name, least=LEAST)
        return cls(host, port, password, name)


@dataclass(frozen=True)
class RunOptions:
    """What to call, with what, over which switch; language: of messages and report.  zone: the region of the list."""

    scenario: Path
    contacts: Path
    report: Path
    switch: SwitchAddress | None
    dial_string: str
    caller_id: str | None
    channels: int
    cps: float
    window: tuple[str, str] | None
    zone: str | None
    retry: bool
    speed: float
    seed: int
    population: Path | None
    agents: Mapping[str, tuple[str, ...]]
    sheet: str | None
    phone_column: str | None
    voices: Path | None
    language: str
    retry_plan: RetryPlan | None = None
    return_scenario: Path | None = None  # for those who call back
    record: str = "off"  # dialing.call_recording.Part
    record_name: str | None = None  # of the recordings' files; None: the usual one
    max_minutes: int = 15  # of a call from its answer, talks with agents included
    machines: MachinePolicy = DEFAULT
    named: Named = field(default_factory=Named)
    third_persons: bool = False
    as_messages: bool = False

    @classmethod
    def checked(cls, settings: Settings, **given: Any) -> Self:
        """The options as given on a command line, or BadInput naming the one that is wrong."""
        named = _named(given)
        language = given["language"] or settings.language
        if language not in LANGUAGES:
            raise BadInput("language", given=language)
        if given["switch"] is not None:
            for name in ("speed", "seed", "population"):
                if given[name] is not None:
                    raise BadInput("virtual_only", name=name)
        switch = SwitchAddress.read(given["switch"], settings) if given["switch"] is not None else None
        _check_files(settings, given)
        if given.get("record", "off") not in ("off", "call", "agent"):
            raise BadInput("record", given=given["record"])
        _check_record_name(given)
        caller_id = given["caller_id"]
        try:
            if caller_id is not None:
                check_caller_id(caller_id)
        except NotDialable:
            raise BadInput("caller_id", given=caller_id) from None
        try:
            check_trunk(given["dial_string"])
        except NotDialable:
            raise BadInput("dial_string", given=given["dial_string"]) from None
        window, agents = _window(given["window"]), _agents(given["agents"])
        given_files = ("scenario", "contacts", "population", "voices", "return_scenario")
        inputs = [given.get(name) for name in given_files]
        inputs += [settings.voices, settings.dictionary, given.get("retry_plan")]
        check_report(given["report"], [path for path in inputs if path is not None])
        return cls(
            **{
                **{name: value for name, value in given.items() if name not in _OF_COLUMNS},
                "switch": switch,
                "language": language,
                "window": window,
                "zone": _zone(given["zone"]),
                "machines": _machines(given.get("machines")),
                "speed": given["speed"] or (REHEARSAL_SPEED if switch is None else 1.0),
                "seed": given["seed"] or 0,
                "agents": agents,
                "retry_plan": _plan(given),
                "voices": given["voices"] or settings.voices,
                "named": named,
            }
        )

    def key(self) -> str:
        """The same for a command that is run again: scenario, list, switch and rules, by content.

        How fast it dials, over which agents and in which language is not part of it: all that may change in mid-way.
        """
        digest = hashlib.sha256()
        for path in (self.scenario, self.contacts, self.population):
            digest.update(hashlib.sha256(path.read_bytes() if path is not None else b"").digest())
        if self.record != "off":
            digest.update(self.record.encode())
        if self.record_name is not None:
            digest.update(b"name " + self.record_name.encode())
        if self.return_scenario is not None:
            digest.update(hashlib.sha256(self.return_scenario.read_bytes()).digest())
        rest: tuple[object, ...] = (
            self.sheet,
            self.phone_column,
            repr(self.switch),
            self.dial_string,
            self.caller_id,
            self.window,
            self.zone,
            self.retry,
            self.seed,
            *(() if self.machines == DEFAULT else (self.machines.to_json(),)),
            *(() if self.retry_plan is None else (self.retry_plan.to_json(),)),
        )
        if self.named != Named() or self.third_persons or self.as_messages:
            rest = (*rest, repr(self.named), self.third_persons, self.as_messages)
        digest.update(repr(rest).encode())
        return digest.hexdigest()


_OF_COLUMNS = ("person_column", "contract_column", "phone_roles")


def _named(given: Mapping[str, Any]) -> Named:
    """What was said of the list's columns beside its phones."""
    roles: dict[str, Role] = {}
    for text in given.get("phone_roles") or ():
        header, _, word = text.rpartition("=")
        role = ROLE_WORDS.get(word.strip().casefold())
        if not header.strip() or role is None:
            raise BadInput("phone_role", given=text, known=", ".join(Role))
        roles[header.strip()] = role
    person, contract = given.get("person_column"), given.get("contract_column")
    return Named(roles=roles, person=person or "", contract=contract or "")


def _check_files(settings: Settings, given: Mapping[str, Any]) -> None:
    check_file(given["scenario"])
    check_file(given["contacts"])
    if given.get("return_scenario") is not None:
        check_file(given["return_scenario"], "--return-scenario")
    for name in ("population", "voices"):
        if given[name] is not None:
            check_file(given[name], f"--{name}")
    if given["voices"] is None and settings.voices is not None:
        check_file(settings.voices, "OKLIK_VOICES")


def _window(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    start, _, end = text.partition("-")
    try:
        parse_span(start, end)
    except ValueError:
        raise BadInput("window", given=text) from None
    return start.strip(), end.strip()


def _plan(given: Mapping[str, Any]) -> RetryPlan | None:
    path: Path | None = given.get("retry_plan")
    if path is None:
        return None
    if not given["retry"]:
        raise BadInput("retry_plan_and_none")
    from oklik.retry_plans import read_retry_plan  # only who has a plan needs its reader

    return read_retry_plan(path)


def _zone(text: str | None) -> str | None:
    if text is None:
        return None
    from oklik.dialing.zones import ZoneError, parse_base  # its tables take their time, and few name a zone

    try:
        return parse_base(text)
    except ZoneError:
        raise BadInput("zone", given=text) from None


def _check_record_name(given: Mapping[str, Any]) -> None:
    name: str | None = given.get("record_name")
    if name is None:
        return
    checked_name(name, "--record-name")
    if given.get("record", "off") == "off":
        raise BadInput("record_name_off")


def _machines(text: str | None) -> MachinePolicy:
    try:
        return DEFAULT if text is None else MachinePolicy.parse(text)
    except ValueError as error:
        raise BadInput("machines", given=text, detail=error) from None


def _agents(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, found, members = text.partition("=")
        group = name.strip()
        dial_strings = tuple(part.strip() for part in members.split(",") if part.strip())
        if not found or not group or not dial_strings:
            raise BadInput("agents", given=text)
        if group in groups:
            raise BadInput("agents_twice", group=group)
        for dial_string in dial_strings:
            try:
                check_agent_phone(dial_string)
            except NotDialable:
                raise BadInput("agent", group=group, given=dial_string) from None
        groups[group] = dial_strings
    return groups
