"""Launch a campaign: everything that can be known to be wrong is refused here, before anybody is called.

Makes the campaign, its trunk with caller ids, its agent groups, and one target a contact in state `preparing`;
prompts are made next (prepare_prompts.py), which lets targets into the queue one by one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.agent_phones import PhoneRefused, check_phones, outside_of, phones_behind
from oklik.campaigns.dialable import NotDialable, check_agent_phone, check_caller_id, check_trunk
from oklik.campaigns.handovers import groups_of
from oklik.campaigns.prompt_library import pinned
from oklik.campaigns.rows import run
from oklik.campaigns.versions import stored_version
from oklik.dialing.call_recording import Part, check_name, keep_days
from oklik.dialing.campaign_hours import plain
from oklik.dialing.gate import Policy
from oklik.dialing.hours import parse_span
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.law.shapes import TITLES, Purpose
from oklik.dialing.machines import DEFAULT, MachinePolicy, OnBeep
from oklik.dialing.retry import RetryPlan
from oklik.dialing.sentences import outside_hours, sentence
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import ZoneError, parse_zone, where
from oklik.scenario.check import check, describe
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario
from oklik.scenario.left_message import MessageError, message_node
from oklik.store.numbering import current_plan


class LaunchRefused(ValueError):
    """The campaign cannot be launched.  text: one line in "ru" and "en"; str() gives the English one.

    command: the command or option that helps, for who sits at a terminal; "": none.
    """

    def __init__(self, ru: str, en: str, *, command: str = "") -> None:
        self.text, self.command = {"ru": ru, "en": en}, command
        super().__init__(en)


class TrunkSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk as it is to be.  dial_string: see dialing.endpoint; channels: at a time; cps: calls in any second.

    vouched: who says that the caller ids are ours to show; "": nobody, and those that are new are unverified.
    """

    name: str
    dial_string: str
    channels: int
    cps: float
    caller_ids: tuple[str, ...] = ()
    vouched: str = ""


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be launched.

    window: ("HH:MM", "HH:MM") in the contact's time where that is certain, else in the office's; None for the legal
    hours.  zone: of the office; base_zone: of the list's people, where neither their row nor their number tells it.
    agent_groups: dial strings by group name, in the order they are rung; groups that exist already need not be named.
    return_scenario_version_id: for those who call back; None: the same scenario.  record_days: as the installation
    keeps recordings, by purpose (dialing.call_recording.keep_days).  record_name: a template of their names that was
    checked, None for the usual one.  state: running, or draft for one that start() of drafts.py sets going.
    voice: as the prompt makers read it.  virtual: for the virtual switch only.  as_messages: its calls are voice
    messages and no talks, a word for the customer's lawyer; only where the law knows the difference.  third_persons:
    the customer has the consents to calls at phones of others.  machines: what is done about answering machines.
    """

    project_id: int
    name: str
    scenario_version_id: int
    list_id: int
    trunk: TrunkSpec
    zone: str = "Europe/Moscow"
    base_zone: str | None = None
    window: tuple[str, str] | None = None
    retry: RetryPlan = RetryPlan()
    agent_groups: Mapping[str, Sequence[str]] = {}
    voice: Mapping[str, Any] = {}
    virtual: bool = False
    machines: MachinePolicy = DEFAULT
    as_messages: bool = False
    third_persons: bool = False
    return_scenario_version_id: int | None = None
    record: Part = Part.OFF
    record_name: str | None = None
    record_days: Mapping[str, int] = {}
    state: str = "running"


class Launched(msgspec.Struct, frozen=True):
    """A campaign that runs now.

    contacts: how many targets it has; never_open: how many of them have no legal hour, whatever the day.
    """

    campaign_id: int
    contacts: int
    never_open: int


def launch(conn: Connection, wanted: Launch, now: dt.datetime) -> Launched:
    """Launch; the campaign is running at once.  Raises LaunchRefused, and then nothing is written."""
    scenario = _scenario(conn, wanted.scenario_version_id)
    columns = _columns(conn, wanted, scenario)
    _check_purpose(scenario)
    if wanted.as_messages:
        check_messages(str(scenario.purpose))
    if wanted.return_scenario_version_id is not None:
        back = _scenario(conn, wanted.return_scenario_version_id)
        check_return(scenario, back)
        _check_groups(conn, wanted, back)
        columns = _columns(conn, wanted, back) | columns
    _check_settings(wanted)
    check_agents(conn, wanted.trunk.dial_string, wanted.agent_groups)
    _check_window(wanted, scenario)
    _check_groups(conn, wanted, scenario)
    _check_message(wanted, scenario)
    if run(
        conn,
        "SELECT 1 FROM campaign WHERE project_id = :project AND name = :name",
        project=wanted.project_id,
        name=wanted.name,
    ).first():
        raise LaunchRefused(f"кампания «{wanted.name}» уже есть", f"there is a campaign {wanted.name!r} already")
    trunk_id = put_trunk(conn, wanted.trunk, now)
    if not wanted.virtual:
        check_verified(conn, [trunk_id])
    for name, endpoints in wanted.agent_groups.items():
        put_group(conn, wanted.project_id, name, endpoints)
    campaign_id = run(
        conn,
        """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone,
               base_zone, "window", retry, columns, voice, machines, virtual, created_at, as_messages, third_persons,
               return_scenario_version_id, record, record_days, record_name)
           VALUES (:project, :name, :version, :list, :trunk, :purpose, :state, :zone, :base, CAST(:window AS jsonb),
               CAST(:retry AS jsonb), CAST(:columns AS jsonb), CAST(:voice AS jsonb),
               CAST(:machines AS jsonb), :virtual, :now, :as_messages, :third_persons, :back, :record, :days,
               :record_name)
           RETURNING id""",
        project=wanted.project_id,
        name=wanted.name,
        version=wanted.scenario_version_id,
        list=wanted.list_id,
        trunk=trunk_id,
        purpose=str(scenario.purpose),
        state=wanted.state,
        zone=wanted.zone,
        base=wanted.base_zone,
        window=_json({"from": wanted.window[0], "to": wanted.window[1]}) if wanted.window else None,
        retry=_json(wanted.retry.to_json()),
        columns=_json(columns),
        voice=_json(pinned(conn, wanted.voice)),
        machines=None if wanted.machines == DEFAULT else _json(wanted.machines.to_json()),
        virtual=wanted.virtual,
        now=now,
        as_messages=wanted.as_messages,
        third_persons=wanted.third_persons,
        back=wanted.return_scenario_version_id,
        record=str(wanted.record),
        record_name=None if wanted.record_name is None else check_name(wanted.record_name),
        days=keep_days(str(scenario.purpose), wanted.record_days) if wanted.record is not Part.OFF else None,
    ).scalar_one()
    contacts = run(
        conn,
        """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
           SELECT :campaign, id, person_id, 'preparing', :now FROM contact WHERE list_id = :list ORDER BY row_number""",
        campaign=campaign_id,
        list=wanted.list_id,
        now=now,
    ).rowcount
    policy = _policy(wanted, scenario)
    return Launched(int(campaign_id), contacts, _never_open(conn, wanted, policy, now) if wanted.window else 0)


def check_verified(conn: Connection, trunks: Sequence[int]) -> None:
    """Real people are shown only numbers of which somebody has made sure that they are ours.  Raises LaunchRefused."""
    row = run(
        conn,
        """SELECT t.name, c.number FROM caller_id c JOIN trunk t ON t.id = c.trunk_id
           WHERE t.id = ANY(CAST(:trunks AS bigint[])) AND c.verified_at IS NULL ORDER BY c.id LIMIT 1""",
        trunks=list(trunks),
    ).first()
    if row is not None:
        raise LaunchRefused(
            f"номер {row.number} линии «{row.name}» не проверен: администратор должен убедиться, что он закреплён за "
            "вами, и подтвердить его на странице линии",
            f"the number {row.number} of the trunk {row.name!r} is not verified: an administrator has to make sure "
            "that it is yours to show, and to say so on the trunk's page",
            command=f"oklik trunk set «{row.name}» --verify {row.number}",
        )


def _policy(wanted: Launch, scenario: Scenario) -> Policy:
    return Policy(
        purpose=str(scenario.purpose),
        max_attempts=wanted.retry.max_attempts,
        window=plain(wanted.window),
        zone=wanted.zone,
    )


def _never_open(conn: Connection, wanted: Launch, policy: Policy, now: dt.datetime) -> int:
    """Count contacts whose possible zones have no hour in common that law and window allow."""
    book, plan = WindowBook(), current_plan(conn)
    rows = run(conn, "SELECT zone, phones[1] AS number FROM contact WHERE list_id = :list", list=wanted.list_id)
    return sum(
        policy.ask(row.number, where(row.zone, row.number, wanted.base_zone, plan).zones, now, book)[0] is None
        for row in rows
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def check_return(scenario: Scenario, back: Scenario) -> None:
    """Make sure that a campaign's voice can speak what callers are to hear.  Raises LaunchRefused."""
    strange = sorted(set(back.languages) - set(scenario.languages))
    if strange:
        told = ", ".join(strange)
        raise LaunchRefused(
            f"сценарий для тех, кто перезвонил, говорит на языках, которых нет в сценарии кампании: {told}",
            f"the scenario for those who call back speaks languages that the campaign's does not: {told}",
        )


def _scenario(conn: Connection, version_id: int) -> Scenario:
    stored = stored_version(conn, version_id)
    if stored is None:
        raise LaunchRefused(f"нет версии сценария {version_id}", f"there is no scenario version {version_id}")
    scenario = stored.scenario()
    errors = [issue for issue in check(scenario) if issue.severity == "error"]
    if errors:
        raise LaunchRefused(describe(errors[0], "ru"), describe(errors[0], "en"))
    return scenario


def _columns(conn: Connection, wanted: Launch, scenario: Scenario) -> dict[str, str]:
    headers = run(  # locked: whoever deletes the list meanwhile waits, and sees the campaign
        conn,
        "SELECT columns FROM contact_list WHERE id = :id AND deleted_at IS NULL FOR KEY SHARE",
        id=wanted.list_id,
    ).scalar()
    if headers is None:
        raise LaunchRefused(f"нет списка {wanted.list_id}", f"there is no list {wanted.list_id}")
    headers = [str(header) for header in headers]
    try:
        found = match(scenario, headers)
    except ColumnsMissing as error:
        raise LaunchRefused(error.text["ru"], error.text["en"]) from error
    return {**found, **_added(scenario, found, headers)}


def _added(scenario: Scenario, found: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    """Headers for the columns that calls write and the list has not: their titles, unless another column has them."""
    added: dict[str, str] = {}
    for name in sorted(scenario.rewritten - found.keys()):
        _, title = scenario.translate(scenario.columns[name].title, scenario.languages[0])
        taken = {*headers, *added.values()}
        added[name] = title if title not in taken else f"{title} ({name})"
    return added


def _check_purpose(scenario: Scenario) -> None:
    rules = rules_of(scenario.purpose)
    if rules.human:
        args = {"purpose": str(rules.purpose)}
        raise LaunchRefused(sentence("needs_human", args, "ru"), sentence("needs_human", args, "en"))


def check_messages(purpose: str) -> None:
    """Raise LaunchRefused where no law known here tells voice messages from talks for a purpose."""
    if rules_of(purpose).messages is None:
        title = TITLES[Purpose(purpose)]
        raise LaunchRefused(
            f"с целью «{title['ru']}» закон не отличает голосовые сообщения от разговоров",
            f"for {title['en']} the law does not tell voice messages from talks",
            command="--as-messages",
        )


def _check_settings(wanted: Launch) -> None:
    try:
        check_trunk(wanted.trunk.dial_string)
        parse_zone(wanted.zone)
        if wanted.base_zone is not None:
            parse_zone(wanted.base_zone)
        if wanted.window:
            parse_span(*wanted.window)
    except (NotDialable, ZoneError, ValueError) as error:
        raise LaunchRefused(f"настройки: {error}", str(error)) from error
    if wanted.trunk.channels < 1 or wanted.trunk.cps <= 0:
        raise LaunchRefused(
            "у линии должно быть не меньше одного канала и больше нуля звонков в секунду",
            "a trunk needs at least one channel and more than no calls a second",
        )
    for number in wanted.trunk.caller_ids:
        try:
            check_caller_id(number)
        except NotDialable as error:
            raise LaunchRefused(error.ru, str(error)) from None
    for name, endpoints in wanted.agent_groups.items():
        for agent in endpoints:
            try:
                check_agent_phone(agent)
            except NotDialable as error:
                raise LaunchRefused(
                    f"группа «{name}»: строка набора «{agent}» недопустима", f"group {name!r}: {error}"
                ) from error


def check_agents(conn: Connection, dial_string: str, groups: Mapping[str, Sequence[str]]) -> None:
    """Make sure that agents' phones ring no short or premium number over a line.  Raises LaunchRefused.

    dial_string: of the trunk to come; groups: phones by name.
    """
    phones = [phone for endpoints in groups.values() for phone in endpoints]
    try:
        check_phones([*phones, *phones_behind(conn, dial_string)], outside_of(conn, [(dial_string, ())]))
    except PhoneRefused as error:
        raise LaunchRefused(error.text["ru"], error.text["en"]) from None


def _check_window(wanted: Launch, scenario: Scenario) -> None:
    window = plain(wanted.window)
    if window and not rules_of(scenario.purpose).hours.meets(window):
        told = {code: outside_hours(str(scenario.purpose), window, code) for code in ("ru", "en")}
        raise LaunchRefused(told["ru"], told["en"])


def _check_message(wanted: Launch, scenario: Scenario) -> None:
    if wanted.machines.on_beep is OnBeep.LEAVE_MESSAGE:
        try:
            message_node(scenario)
        except MessageError as error:
            raise LaunchRefused(error.text["ru"], error.text["en"]) from error


def _check_groups(conn: Connection, wanted: Launch, scenario: Scenario) -> None:
    needed = groups_of(scenario)
    there = set(
        run(conn, "SELECT name FROM agent_group WHERE project_id = :project", project=wanted.project_id).scalars()
    )
    missing = sorted(needed - there - set(wanted.agent_groups))
    if missing:
        names = ", ".join(missing)
        raise LaunchRefused(
            f"сценарий переводит на группу операторов, которой нет: {names}",
            f"the scenario transfers to an agent group that does not exist: {names}",
        )


def put_trunk(conn: Connection, trunk: TrunkSpec, now: dt.datetime | None = None) -> int:
    """Make the trunk of this name, or give it these settings; returns its id.

    now: when its numbers are vouched for, if they are.
    """
    trunk_id = run(
        conn,
        """INSERT INTO trunk (name, dial_string, channels, cps) VALUES (:name, :dial, :channels, :cps)
           ON CONFLICT (name) DO UPDATE SET dial_string = excluded.dial_string, channels = excluded.channels,
               cps = excluded.cps
           RETURNING id""",
        name=trunk.name,
        dial=trunk.dial_string,
        channels=trunk.channels,
        cps=trunk.cps,
    ).scalar_one()
    run(
        conn,
        """WITH gone AS (
               DELETE FROM caller_id WHERE trunk_id = :trunk AND NOT number = ANY(CAST(:numbers AS text[]))
           )
           INSERT INTO caller_id (trunk_id, number, verified_at, verified_by)
           SELECT :trunk, number, CASE WHEN CAST(:by AS text) <> '' THEN CAST(:now AS timestamptz) END,
               nullif(CAST(:by AS text), '')
           FROM unnest(CAST(:numbers AS text[])) AS number
           ON CONFLICT (trunk_id, number) DO UPDATE SET
               verified_at = coalesce(caller_id.verified_at, excluded.verified_at),
               verified_by = coalesce(caller_id.verified_by, excluded.verified_by)""",
        trunk=trunk_id,
        by=trunk.vouched,
        now=now,
        numbers=list(trunk.caller_ids),
    )
    return int(trunk_id)


def put_group(conn: Connection, project_id: int, name: str, endpoints: Sequence[str]) -> None:
    """Make the agent group of this name, or give it these agents, in the order they are rung."""
    group_id = run(
        conn,
        """INSERT INTO agent_group (project_id, name) VALUES (:project, :name)
           ON CONFLICT (project_id, name) DO UPDATE SET name = excluded.name RETURNING id""",
        project=project_id,
        name=name,
    ).scalar_one()
    run(conn, "DELETE FROM membership WHERE group_id = :g", g=group_id)
    run(
        conn,
        """INSERT INTO membership (group_id, position, endpoint)
           SELECT :g, place, endpoint FROM unnest(CAST(:endpoints AS text[])) WITH ORDINALITY AS m(endpoint, place)""",
        g=group_id,
        endpoints=list(endpoints),
    )
