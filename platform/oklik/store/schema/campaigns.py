"""Who is to be called with what: campaigns, their work queue, what people ask of them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class Campaign(Base):
    """A list, a scenario version and the rules of calling.

    state: draft, running, paused, done, stopped.  purpose: see dialing.law.shapes.  retry: dialing.retry.RetryPlan as
    JSON.  window: dialing.campaign_hours as JSON or None; it narrows the legal window, it never widens it.
    columns: scenario column -> the customer's header.  voice: the one voice of the whole campaign, decided at launch.
    virtual: ran on the virtual switch; nobody real was called.  reported_at: when `oklik run` wrote its report; until
    then the same command goes on with it.  held: why the dialer itself has paused it, as a code of campaigns.commands.
    machines: dialing.machines.MachinePolicy as JSON; None: the default.
    paused_at: since when it is paused, None while it is not, or where nobody noted it; retries stand still meanwhile.
    as_messages: its calls are voice messages and no talks, where the law knows the difference.  third_persons: whoever
    launched it has the consents that the law wants for phones of others (dialing.law.shapes.Role).
    record: what of its calls is recorded (dialing.call_recording); record_days: for how long that is kept; record_name:
    the template of the recordings' names, None for the usual one.
    return_scenario_version_id: what whoever calls back hears; None: the campaign's own scenario.
    preset_version_id: the preset it was made of; settings: all it was made with, campaigns.run_settings.RunSettings as
    JSON, None where a command launched it.  pilot: only so many are called first; None: there is no pilot, or no more.
    segment: which people of its lists it was made of, campaigns.joined_lists.Chosen as JSON; None: all of them.
    weight: its part of a trunk that several share.  all_trunks: it may go over every shared trunk; else over trunk_id
    and those of campaign_trunk.  minutes_day, money_day: at most so much on one day of the office; None: no limit.
    """

    __tablename__ = "campaign"
    id: Mapped[int] = id_()
    project_id: Mapped[int] = ref("project.id")
    name: Mapped[str]
    scenario_version_id: Mapped[int] = ref("scenario_version.id")
    list_id: Mapped[int] = ref("contact_list.id")
    trunk_id: Mapped[int] = ref("trunk.id")
    purpose: Mapped[str]
    state: Mapped[str]
    zone: Mapped[str]  # the zone of the office: times in reports and the scenario's "today" where none is better
    base_zone: Mapped[str | None]  # where the list's people are if neither their row nor their number says it
    window: Mapped[dict[str, Any] | None]
    retry: Mapped[dict[str, Any]]
    columns: Mapped[dict[str, Any]]
    voice: Mapped[dict[str, Any]]
    virtual: Mapped[bool]
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    reported_at: Mapped[dt.datetime | None]
    machines: Mapped[dict[str, Any] | None]
    held: Mapped[str | None]
    paused_at: Mapped[dt.datetime | None]
    as_messages: Mapped[bool] = mapped_column(server_default=text("false"))
    third_persons: Mapped[bool] = mapped_column(server_default=text("false"))
    record: Mapped[str] = mapped_column(server_default=text("'off'"))
    record_days: Mapped[int | None] = mapped_column(SmallInteger)
    return_scenario_version_id: Mapped[int | None] = ref("scenario_version.id", nullable=True)
    weight: Mapped[float] = mapped_column(server_default=text("1"))
    all_trunks: Mapped[bool] = mapped_column(server_default=text("false"))
    minutes_day: Mapped[int | None]
    money_day: Mapped[Decimal | None]
    record_name: Mapped[str | None]
    preset_version_id: Mapped[int | None] = ref("preset_version.id", nullable=True)
    settings: Mapped[dict[str, Any] | None]
    pilot: Mapped[int | None]
    segment: Mapped[dict[str, Any] | None]
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("state IN ('draft','running','paused','done','stopped','trial')", name="state"),
        CheckConstraint("record IN ('off','call','agent')", name="record"),
        CheckConstraint("weight > 0", name="weight"),
    )


class Target(Base):
    """A contact in a campaign: the work queue.

    state: preparing (prompts are being made), waiting (due says from when), dialing, done.
    reason: why it is done without an outcome, or why it waits: a rule or reason code with args in reason_args.
    attempts counts those that consume an attempt; faults counts line faults, which have their own small cap.
    last_hours: local hours of the attempts so far, so that a retry can choose another hour.
    wish: the next call is one that the person asked for, at the time they asked for.
    removed: the person was taken out of the campaign while it ran, a reason code of campaigns.removal; a call that was
    up then goes on to its end, and nothing follows it.
    prepared: the generation of the prompts' folder and the years for which its speech was made; None: look for it.
    """

    __tablename__ = "target"
    id: Mapped[int] = id_()
    campaign_id: Mapped[int] = ref("campaign.id")
    contact_id: Mapped[int] = ref("contact.id", index=True)
    person_id: Mapped[int] = ref("person.id", index=True)
    state: Mapped[str]
    due: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    faults: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    phone_index: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    last_hours: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    disposition: Mapped[str | None]
    reason: Mapped[str | None]
    reason_args: Mapped[dict[str, Any] | None]
    prepared: Mapped[str | None]
    wish: Mapped[bool] = mapped_column(server_default=text("false"))
    removed: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("campaign_id", "contact_id"),
        CheckConstraint("state IN ('preparing','waiting','dialing','done')", name="state"),
        Index("ix_target_queue", "campaign_id", "due", "id", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_target_preparing",
            "campaign_id",
            "due",
            "id",
            postgresql_where=text("state = 'preparing' AND reason IS DISTINCT FROM 'pilot'"),
        ),
        Index("ix_target_open", "campaign_id", "state"),
        Index("ix_target_removed", "id", postgresql_where=text("removed IS NOT NULL AND state = 'dialing'")),
    )


class Command(Base):
    """What people or the web ask of a running dialer: pause, resume, stop.  result is None until carried out."""

    __tablename__ = "command"
    id: Mapped[int] = id_()
    campaign_id: Mapped[int] = ref("campaign.id")
    kind: Mapped[str]
    created_at: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime]
    result: Mapped[str | None]
