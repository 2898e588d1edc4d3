"""The tables.  One definition; Alembic's migrations are proved equal to it by a test.

Times are UTC and are campaign time (the injected clock), never SQL now(); money is text or numeric, phones are
E.164.  A row of a table that a later room brings (users, recordings, inbound routes) comes with that room's migration.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common ground of all tables: constraint names and the types of annotations."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this name
        dt.datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
    }


def _id() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(), primary_key=True)


def _ref(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey(target), index=index, nullable=nullable)


class Project(Base):
    """Campaigns, lists and scenarios that belong together."""

    __tablename__ = "project"
    id: Mapped[int] = _id()
    name: Mapped[str] = mapped_column(unique=True)


class Person(Base):
    """Whom caps, stop list and consent hang on, across lists.  key: E.164 number or the customer's person key.

    same_as: the person that this one turned out to be, by a number of both; never one that itself is another.
    Locks, caps and the stop list hang on that one; what was written before stays with its own row.
    """

    __tablename__ = "person"
    id: Mapped[int] = _id()
    key: Mapped[str] = mapped_column(unique=True)
    same_as: Mapped[int | None] = _ref("person.id", nullable=True)
    __table_args__ = (Index("ix_person_same_as", "same_as", postgresql_where=text("same_as IS NOT NULL")),)


class PersonPhone(Base):
    """A further number of a person, from whichever list; the first one is the person's key."""

    __tablename__ = "person_phone"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index("ix_person_phone_number", "number"),)


class ContactList(Base):
    """An imported list.  columns: the customer's headers in their order; digest: sha256 of the file."""

    __tablename__ = "contact_list"
    id: Mapped[int] = _id()
    project_id: Mapped[int] = _ref("project.id")
    name: Mapped[str]
    source: Mapped[str]
    digest: Mapped[str]
    sheet: Mapped[str | None]
    columns: Mapped[list[Any]]
    imported_at: Mapped[dt.datetime]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Contact(Base):
    """A row of a list.  fields: cells by the customer's header; phones: every number of the row, E.164, in order.

    kinds: which of the cells were a number, a date or a time in the customer's table, as header -> "number", "date" or
    "time"; all else is text.  notes: what was wrong in the row though it can be called, as [code, detail] of
    dialing.rejections.
    """

    __tablename__ = "contact"
    id: Mapped[int] = _id()
    list_id: Mapped[int] = _ref("contact_list.id")
    person_id: Mapped[int] = _ref("person.id", index=True)
    row_number: Mapped[int]
    phones: Mapped[list[str]]
    fields: Mapped[dict[str, Any]]
    zone: Mapped[str | None]  # IANA name or UTC offset from the list's own column; None: by the number
    kinds: Mapped[dict[str, Any] | None]
    notes: Mapped[list[Any] | None]
    __table_args__ = (UniqueConstraint("list_id", "person_id"),)


class RejectedRow(Base):
    """A row of a list that cannot be called, with the reason; nothing is dropped in silence."""

    __tablename__ = "rejected_row"
    id: Mapped[int] = _id()
    list_id: Mapped[int] = _ref("contact_list.id", index=True)
    row_number: Mapped[int]
    code: Mapped[str]  # no_phone, bad_phone, duplicate, ...
    detail: Mapped[str]  # the offending text, or what it doubles
    fields: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("list_id", "row_number"),)


class Suppression(Base):
    """The stop list: numbers nobody may call.  number: E.164."""

    __tablename__ = "suppression"
    number: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]  # call, import, ...
    call_uuid: Mapped[UUID | None]
    added_at: Mapped[dt.datetime]


class Consent(Base):
    """A person's consent to calls of a purpose: where it came from, which text, when, and when it was taken back."""

    __tablename__ = "consent"
    id: Mapped[int] = _id()
    person_id: Mapped[int] = _ref("person.id", index=True)
    purpose: Mapped[str]
    source: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Scenario(Base):
    """A scenario by name; its texts are in its versions."""

    __tablename__ = "scenario"
    id: Mapped[int] = _id()
    project_id: Mapped[int] = _ref("project.id")
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class ScenarioVersion(Base):
    """An immutable published version: the whole document, and the groups to which its transfers hand people over.

    Not JSONB: the order of a menu's options is the marketer's and is kept.
    """

    __tablename__ = "scenario_version"
    id: Mapped[int] = _id()
    scenario_id: Mapped[int] = _ref("scenario.id")
    number: Mapped[int]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    agent_groups: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    published_at: Mapped[dt.datetime]
    __table_args__ = (UniqueConstraint("scenario_id", "number"), UniqueConstraint("scenario_id", "digest"))


class AgentGroup(Base):
    """A group of agents that a transfer node names."""

    __tablename__ = "agent_group"
    id: Mapped[int] = _id()
    project_id: Mapped[int] = _ref("project.id")
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Membership(Base):
    """An agent's place in a group: rung in order of position.  endpoint: typed dial string."""

    __tablename__ = "membership"
    id: Mapped[int] = _id()
    group_id: Mapped[int] = _ref("agent_group.id")
    position: Mapped[int]
    endpoint: Mapped[str]
    __table_args__ = (UniqueConstraint("group_id", "position"),)


class Trunk(Base):
    """A line to the outside.  dial_string holds {number}; number_format: how the carrier wants it (+7, 7, 8)."""

    __tablename__ = "trunk"
    id: Mapped[int] = _id()
    name: Mapped[str] = mapped_column(unique=True)
    dial_string: Mapped[str]
    channels: Mapped[int]
    cps: Mapped[float]


class CallerId(Base):
    """A number we may show on a trunk."""

    __tablename__ = "caller_id"
    id: Mapped[int] = _id()
    trunk_id: Mapped[int] = _ref("trunk.id")
    number: Mapped[str]
    __table_args__ = (UniqueConstraint("trunk_id", "number"),)


class Campaign(Base):
    """A list, a scenario version and the rules of calling.

    state: draft, running, paused, done, stopped.  purpose: see dialing.law.shapes.  retry: dialing.retry.RetryPlan as
    JSON.  window: dialing.campaign_hours as JSON or None; it narrows the legal window, it never widens it.
    columns: scenario column -> the customer's header.  voice: the one voice of the whole campaign, decided at launch.
    virtual: ran on the virtual switch; nobody real was called.  reported_at: when `oklik run` wrote its report; until
    then the same command goes on with it.  held: why the dialer itself has paused it, as a code of campaigns.commands.
    """

    __tablename__ = "campaign"
    id: Mapped[int] = _id()
    project_id: Mapped[int] = _ref("project.id")
    name: Mapped[str]
    scenario_version_id: Mapped[int] = _ref("scenario_version.id")
    list_id: Mapped[int] = _ref("contact_list.id")
    trunk_id: Mapped[int] = _ref("trunk.id")
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
    held: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("state IN ('draft','running','paused','done','stopped')", name="state"),
    )


class Target(Base):
    """A contact in a campaign: the work queue.

    state: preparing (prompts are being made), waiting (due says from when), dialing, done.
    reason: why it is done without an outcome, or why it waits: a rule or reason code with args in reason_args.
    attempts counts those that consume an attempt; faults counts line faults, which have their own small cap.
    last_hours: local hours of the attempts so far, so that a retry can choose another hour.
    prepared: the generation of the prompts' folder and the years for which its speech was made; None: look for it.
    """

    __tablename__ = "target"
    id: Mapped[int] = _id()
    campaign_id: Mapped[int] = _ref("campaign.id")
    contact_id: Mapped[int] = _ref("contact.id")
    person_id: Mapped[int] = _ref("person.id", index=True)
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
    __table_args__ = (
        UniqueConstraint("campaign_id", "contact_id"),
        CheckConstraint("state IN ('preparing','waiting','dialing','done')", name="state"),
        Index("ix_target_queue", "campaign_id", "due", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_target_open", "campaign_id", "state"),
    )


class CallRow(Base):
    """Every leg: the person's and the agents'.  The UUID is ours, committed before the switch hears of it.

    kind: person, agent.  attempt_uuid: the attempt the leg serves.  The times follow CallState.
    """

    __tablename__ = "call"
    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    attempt_uuid: Mapped[UUID]
    node: Mapped[str]
    epoch: Mapped[int] = mapped_column(BigInteger)
    core_uuid: Mapped[str]
    state: Mapped[str]
    number: Mapped[str]
    caller_id: Mapped[str]
    intent_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    ringing_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    cause: Mapped[str | None]
    q850: Mapped[int | None] = mapped_column(SmallInteger)
    sip_status: Mapped[int | None] = mapped_column(SmallInteger)
    hangup_by: Mapped[str | None]
    ring_s: Mapped[float | None]
    talk_s: Mapped[float | None]
    __table_args__ = (
        CheckConstraint("kind IN ('person','agent')", name="kind"),
        Index("ix_call_attempt", "attempt_uuid"),
        Index("ix_call_open", "node", postgresql_where=text("state NOT IN ('final','not_sent','unknown')")),
    )


class Attempt(Base):
    """The dialing of a person.  uuid equals that of the person's leg.  n: 1, 2, ... of this target.

    open: not final yet; one open attempt a target and one a person, whatever happens (partial unique indexes).
    talk: the person was spoken to (counts for the caps on talks).  heard_percent: of the marked message,
    None: it never began.  consumed: this attempt counts against the contact's attempts.
    """

    __tablename__ = "attempt"
    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = _ref("campaign.id", index=True)
    target_id: Mapped[int] = _ref("target.id", index=True)
    person_id: Mapped[int] = _ref("person.id")
    purpose: Mapped[str]
    n: Mapped[int] = mapped_column(SmallInteger)
    open: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    disposition: Mapped[str | None]
    talk: Mapped[bool] = mapped_column(server_default=text("false"))
    consumed: Mapped[bool] = mapped_column(server_default=text("true"))
    heard_percent: Mapped[int | None] = mapped_column(SmallInteger)
    fault: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("target_id", "n"),
        Index("uq_attempt_open_target", "target_id", unique=True, postgresql_where=text("open")),
        Index("uq_attempt_open_person", "person_id", unique=True, postgresql_where=text("open")),
        Index("ix_attempt_person_time", "person_id", "started_at"),
    )


class Verdict(Base):
    """What the gate said: allow, or deny with the rule and next instant.

    call_uuid: the leg it is about, a person's or an agent's (no leg is dialed without its allow); a person whose call
    was denied has no leg yet.
    """

    __tablename__ = "verdict"
    id: Mapped[int] = _id()
    target_id: Mapped[int] = _ref("target.id", index=True)
    call_uuid: Mapped[UUID | None] = mapped_column(unique=True)
    at: Mapped[dt.datetime]
    allowed: Mapped[bool]
    rule: Mapped[str]
    args: Mapped[dict[str, Any]]
    next_at: Mapped[dt.datetime | None]


class StepRow(Base):
    """A fact of a call (scenario.flow.Fact as JSON), in order of seq."""

    __tablename__ = "step"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[dt.datetime]
    node: Mapped[str]
    fact: Mapped[dict[str, Any]]


class Answer(Base):
    """An answer to a question; the last one of an attempt stands."""

    __tablename__ = "answer"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    label: Mapped[str]
    at: Mapped[dt.datetime]


class Recording(Base):
    """An answer by voice; the last one of an attempt stands.  path: relative to the dialer's folder of recordings.

    seconds: of the file; its answer's value is the seconds until the last that was said.
    """

    __tablename__ = "recording"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    node: Mapped[str]
    take: Mapped[int] = mapped_column(SmallInteger)
    path: Mapped[str]
    seconds: Mapped[float]
    bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str]
    at: Mapped[dt.datetime]


class Command(Base):
    """What people or the web ask of a running dialer: pause, resume, stop.  result is None until carried out."""

    __tablename__ = "command"
    id: Mapped[int] = _id()
    campaign_id: Mapped[int] = _ref("campaign.id")
    kind: Mapped[str]
    created_at: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime]
    result: Mapped[str | None]


class NodeLease(Base):
    """Which dialer drives a switch node.  epoch rises with each owner: the fence against a zombie."""

    __tablename__ = "node_lease"
    node: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str]
    core_uuid: Mapped[str]


class Outbox(Base):
    """What must be told to others once an attempt is final; written in the same transaction."""

    __tablename__ = "outbox"
    id: Mapped[int] = _id()
    attempt_uuid: Mapped[UUID]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    done_at: Mapped[dt.datetime | None]
    __table_args__ = (UniqueConstraint("attempt_uuid", "kind"),)


class ContactChange(Base):
    """A cell of a contact that a call has written, or wanted to: the value that was there, the new one, and who did it.

    header: the customer's; before: None where there was no such cell.  kept: False when the value did not fit the
    column, and the cell stayed as it was.
    """

    __tablename__ = "contact_change"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    contact_id: Mapped[int] = _ref("contact.id", index=True)
    header: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    kept: Mapped[bool]
    at: Mapped[dt.datetime]
