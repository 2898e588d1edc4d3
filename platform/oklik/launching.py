"""The campaign of an `oklik run` command: found again if the same command began it before, else imported and launched.

A command is known by its key (RunOptions.key), which stands in the campaign's name.  Its campaign is settled when it is
over and its report is written; until then the same command goes on with it, so that nobody is called twice because a
machine was switched off or a disk was full.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Row, text

from oklik.campaigns import pronunciation
from oklik.campaigns.commands import hold, thaw
from oklik.campaigns.import_contacts import ImportSummary, import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, check_agents, launch, put_group, put_trunk
from oklik.campaigns.projects import usual_name, usual_project
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.unprovable import count_unprovable
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.dialing.call_recording import Part, parse_days
from oklik.dialing.gate import Policy
from oklik.dialing.law.shapes import ROLE_TITLES, Role
from oklik.dialing.outlook import stretches, total
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import ZoneRule
from oklik.display import Display
from oklik.inputs import Inputs, policy_of
from oklik.messages import say
from oklik.options import RunOptions
from oklik.reports.zone_rules import ZoneRules, zone_rules
from oklik.store.deferring import PREPARE_PROMPTS, defer
from oklik.wiring import Database

OVER = ("done", "stopped")


class Found(NamedTuple):
    """A campaign that is not settled; over: all calls are made, only the report is missing."""

    campaign_id: int
    over: bool


def find(database: Database, options: RunOptions, inputs: Inputs) -> Found | None:
    """The unsettled campaign of this very command.  It gets the agents and limits that the command names now."""
    with database.engine.begin() as connection:
        rows = _campaigns(connection, options, inputs)
        if not rows or (rows[0].state in OVER and rows[0].reported_at is not None):
            return None
        row = rows[0]
        if row.state in OVER:
            return Found(int(row.id), over=True)
        if row.state == "paused":
            thaw(connection, row.id, SystemClock().now())
        go_on = "UPDATE campaign SET state = 'running', held = NULL, paused_at = NULL WHERE id = :id"
        connection.execute(text(go_on), {"id": row.id})
        # What a voice that was down has left would be taken for today's trouble.
        connection.execute(
            text(
                """UPDATE target SET reason = NULL, reason_args = NULL
                   WHERE campaign_id = :id AND state = 'preparing' AND reason = 'voice_down'"""
            ),
            {"id": row.id},
        )
        check_agents(connection, _trunk(options, row.name).dial_string, inputs.agent_groups)
        put_trunk(connection, _trunk(options, row.name), SystemClock().now())
        for name, endpoints in inputs.agent_groups.items():
            put_group(connection, row.project_id, name, endpoints)
        return Found(int(row.id), over=False)


def begin(
    database: Database, settings: Settings, options: RunOptions, inputs: Inputs, display: Display, *, now: dt.datetime
) -> int:
    """Import the list and launch a new campaign; returns its id.  now: campaign time.

    Raises ListError, LaunchRefused.
    """
    with database.engine.connect() as connection:
        check_agents(connection, _trunk(options, "").dial_string, inputs.agent_groups)
        earlier = len(_campaigns(connection, options, inputs))
        project = usual_name(connection)
    name = _base_name(options, inputs) + (f" · {earlier + 1}" if earlier else "")
    step = display.step(say("reading", options.language), None)
    imported = import_contacts(
        database.engine,
        project,
        name,
        options.contacts,
        now=now,
        sheet=options.sheet,
        phone_column=options.phone_column,
        named=options.named,
        progress=step.at,
    )
    counts = {"contacts": imported.contacts, "rejected": imported.rejected, "remarks": imported.remarks}
    step.end(say("imported", options.language, **counts))
    for line in told_of_columns(imported, options.language):
        display.line(line)
    with database.engine.begin() as connection:
        usual_project(connection)  # the import may have made it, without its mark
        version = publish_scenario(connection, imported.project_id, inputs.scenario, now)
        back = inputs.back and publish_scenario(connection, imported.project_id, inputs.back, now)
        launched = launch(
            connection,
            Launch(
                project_id=imported.project_id,
                name=name,
                scenario_version_id=version.id,
                list_id=imported.list_id,
                trunk=_trunk(options, name),
                zone=settings.zone,
                base_zone=options.zone,
                window=options.window,
                retry=(options.retry_plan or RetryPlan()) if options.retry else RetryPlan.none(),
                agent_groups=inputs.agent_groups,
                voice=pronunciation.added(connection, inputs.voice.to_json()),
                machines=options.machines,
                virtual=inputs.virtual,
                as_messages=options.as_messages,
                third_persons=options.third_persons,
                return_scenario_version_id=back.id if back else None,
                record=Part(options.record),
                record_name=options.record_name,
                record_days=parse_days(settings.recording_days),
            ),
            now,
        )
        unprovable = count_unprovable(connection, imported.list_id, inputs.scenario)
        work = f"{PREPARE_PROMPTS} {launched.campaign_id}"
        defer(connection, PREPARE_PROMPTS, only_one=work, campaign_id=launched.campaign_id)
        rules = zone_rules(connection, launched.campaign_id)
    display.line(told_rules(rules.counts, options.language))
    if options.zone is None and rules.unplaced:
        policy = policy_of(settings, options, inputs.scenario)
        display.line(_unplaced(rules, policy, launched.contacts, now, options.language))
    if launched.never_open:
        told = say("some_never_open", options.language, n=launched.never_open, contacts=launched.contacts)
        display.line(told)
    if unprovable:
        display.line(say("some_unprovable", options.language, n=unprovable, contacts=launched.contacts))
    return launched.campaign_id


WEEK = dt.timedelta(days=7)


def told_rules(counts: Mapping[ZoneRule, int], language: str) -> str:
    """One line: how many contacts each rule of zones decided."""
    rules = " · ".join(say(f"zone_rule_{rule}", language, n=n) for rule, n in counts.items())
    return say("zone_rules", language, rules=rules)


def _unplaced(rules: ZoneRules, policy: Policy, contacts: int, now: dt.datetime, language: str) -> str:
    """How many contacts may be in several zones, and how much of the next week that costs most of them."""
    zones, number = rules.unplaced[0]
    book = WindowBook()

    def hours(where: frozenset[str]) -> float:
        found = stretches(lambda moment: policy.ask(number, where, moment, book), now, now + WEEK)
        return round(total(found) / dt.timedelta(hours=1), 1)

    left, usual = hours(zones), hours(frozenset({policy.zone}))
    n = rules.counts[ZoneRule.POSSIBLE]
    return say("unplaced", language, n=n, contacts=contacts, left=left, usual=usual)


def told_of_columns(imported: ImportSummary, language: str) -> list[str]:
    """Which columns were taken to tell persons and contracts apart, and which hold phones of others."""
    lines = []
    if imported.person_column is not None:
        values = {"column": imported.person_column, "people": imported.persons, "contacts": imported.contacts}
        lines.append(say("person_column", language, **values))
        if imported.contract_column is not None:
            lines.append(say("contract_column", language, column=imported.contract_column))
    for column, role in imported.other_phones.items():
        lines.append(say("role_column", language, column=column, role=ROLE_TITLES[Role(role)]))
    return lines


def unspoken(database: Database, campaign_id: int) -> int:
    """How many contacts were given up because the voice could not speak their texts."""
    with database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT count(*) FROM target WHERE campaign_id = :id AND state = 'done' AND reason = 'prompt_failed'"),
            {"id": campaign_id},
        )
        return int(found.scalar_one())


def pause(database: Database, campaign_id: int, *, rehearsed: bool) -> None:
    """The campaign waits for the same command, which sets it running again.  Rehearsed time stands still by itself."""
    with database.engine.begin() as connection:
        hold(connection, campaign_id, None, None if rehearsed else SystemClock().now())


def settle(database: Database, campaign_id: int, now: dt.datetime) -> None:
    """The campaign is over and its report is written: the same command would begin a new one."""
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE campaign SET reported_at = :now WHERE id = :id AND state IN ('done', 'stopped')"),
            {"now": now, "id": campaign_id},
        )


def _base_name(options: RunOptions, inputs: Inputs) -> str:
    return f"{options.contacts.name} · {inputs.scenario.name} · {options.key()[:10]}"


def _campaigns(connection: Connection, options: RunOptions, inputs: Inputs) -> list[Row[tuple[object, ...]]]:
    """Those of this very command, the newest first."""
    found = connection.execute(
        text(
            """SELECT c.id, c.name, c.state, c.reported_at, c.project_id
               FROM campaign c JOIN project p ON p.id = c.project_id
               WHERE p.usual AND starts_with(c.name, :base) ORDER BY c.id DESC"""
        ),
        {"base": _base_name(options, inputs)},
    )
    return list(found.all())


def _trunk(options: RunOptions, name: str) -> TrunkSpec:
    return TrunkSpec(
        name=name,
        dial_string=options.dial_string,
        channels=options.channels,
        cps=options.cps,
        caller_ids=(options.caller_id,) if options.caller_id else (),
        vouched="oklik run --caller-id",  # who types it on the command line says that it is theirs
    )
