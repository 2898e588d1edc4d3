"""The campaign of an `oklik run` command: found again if the same command began it before, else imported and launched.

A command is known by its key (RunOptions.key), which stands in the campaign's name.  Its campaign is settled when it is
over and its report is written; until then the same command goes on with it, so that nobody is called twice because a
machine was switched off or a disk was full.
"""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Connection, Row, text

from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.launch import Launch, TrunkSpec, launch, put_group, put_trunk
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.campaigns.unprovable import count_unprovable
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.dialing.retry import RetryPlan
from oklik.display import Display
from oklik.inputs import Inputs
from oklik.messages import say
from oklik.options import RunOptions
from oklik.store.deferring import PREPARE_PROMPTS, defer
from oklik.wiring import Database

PROJECT = "oklik run"
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
        connection.execute(text("UPDATE campaign SET state = 'running', held = NULL WHERE id = :id"), {"id": row.id})
        # What a voice that was down has left would be taken for today's trouble.
        connection.execute(
            text(
                """UPDATE target SET reason = NULL, reason_args = NULL
                   WHERE campaign_id = :id AND state = 'preparing' AND reason = 'voice_down'"""
            ),
            {"id": row.id},
        )
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
        earlier = len(_campaigns(connection, options, inputs))
    name = _base_name(options, inputs) + (f" · {earlier + 1}" if earlier else "")
    step = display.step(say("reading", options.language), None)
    imported = import_contacts(
        database.engine,
        PROJECT,
        name,
        options.contacts,
        now=now,
        sheet=options.sheet,
        phone_column=options.phone_column,
        progress=step.at,
    )
    counts = {"contacts": imported.contacts, "rejected": imported.rejected, "remarks": imported.remarks}
    step.end(say("imported", options.language, **counts))
    with database.engine.begin() as connection:
        version = publish_scenario(connection, imported.project_id, inputs.scenario, now)
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
                retry=RetryPlan() if options.retry else RetryPlan.none(),
                agent_groups=inputs.agent_groups,
                voice=inputs.voice.to_json(),
                virtual=inputs.virtual,
            ),
            now,
        )
        unprovable = count_unprovable(connection, imported.list_id, inputs.scenario)
        work = f"{PREPARE_PROMPTS} {launched.campaign_id}"
        defer(connection, PREPARE_PROMPTS, only_one=work, campaign_id=launched.campaign_id)
    if launched.never_open:
        told = say("some_never_open", options.language, n=launched.never_open, contacts=launched.contacts)
        display.line(told)
    if unprovable:
        display.line(say("some_unprovable", options.language, n=unprovable, contacts=launched.contacts))
    return launched.campaign_id


def unspoken(database: Database, campaign_id: int) -> int:
    """How many contacts were given up because the voice could not speak their texts."""
    with database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT count(*) FROM target WHERE campaign_id = :id AND state = 'done' AND reason = 'prompt_failed'"),
            {"id": campaign_id},
        )
        return int(found.scalar_one())


def pause(database: Database, campaign_id: int) -> None:
    """The campaign waits for the same command, which sets it running again."""
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE campaign SET state = 'paused' WHERE id = :id AND state = 'running'"), {"id": campaign_id}
        )


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
               WHERE p.name = :project AND starts_with(c.name, :base) ORDER BY c.id DESC"""
        ),
        {"project": PROJECT, "base": _base_name(options, inputs)},
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
