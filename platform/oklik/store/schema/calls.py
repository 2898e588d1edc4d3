"""What became of it: legs, attempts, the gate's word on each, and what was said in them."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class CallRow(Base):
    """Every leg: the person's and the agents'.  The UUID is ours, committed before the switch hears of it.

    kind: person, agent, inbound (they called us; the UUID is the switch's, the number theirs, the caller id ours that
    they dialed), test (somebody of ours who has ordered it).  attempt_uuid: the attempt the leg serves; there is none
    of a stranger who calls and of a test, so no report and no cap knows of them.  The times follow CallState.
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
    trunk_id: Mapped[int | None] = mapped_column(BigInteger)  # whose line it took; None: of none
    __table_args__ = (
        CheckConstraint("kind IN ('person','agent','inbound','test')", name="kind"),
        Index("ix_call_attempt", "attempt_uuid"),
        Index("ix_call_number", "number", "intent_at"),
        Index("ix_call_open", "node", postgresql_where=text("state NOT IN ('final','not_sent','unknown')")),
    )


class Attempt(Base):
    """The dialing of a person, or their calling us.  uuid equals that of the person's leg.

    n: 1, 2, ... of this target.  direction: out; in: the person has called back, which consumes nothing, though it may
    be a talk.
    open: not final yet; one open attempt a target and one a person, whatever happens (partial unique indexes).
    talk: the person was spoken to (counts for the caps on talks).  heard_percent: of the marked message,
    None: it never began.  consumed: this attempt counts against the contact's attempts.
    signs: dialing.machines.Signs as JSON, of who was at the phone; None: there were none.
    message: its campaign's calls are voice messages.  role: whose phone was called, as in Contact; None: the person's
    own.  own_fault: the line failed, and counts against the contact (dialing.line_faults); None: no fault of the line.
    """

    __tablename__ = "attempt"
    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    target_id: Mapped[int] = ref("target.id", index=True)
    person_id: Mapped[int] = ref("person.id")
    purpose: Mapped[str]
    n: Mapped[int] = mapped_column(SmallInteger)
    open: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    disposition: Mapped[str | None]
    talk: Mapped[bool] = mapped_column(server_default=text("false"))
    consumed: Mapped[bool] = mapped_column(server_default=text("true"))
    heard_percent: Mapped[int | None] = mapped_column(SmallInteger)
    signs: Mapped[dict[str, Any] | None]
    fault: Mapped[str | None]
    own_fault: Mapped[bool | None]
    message: Mapped[bool] = mapped_column(server_default=text("false"))
    role: Mapped[str | None]
    direction: Mapped[str] = mapped_column(server_default=text("'out'"))
    __table_args__ = (
        CheckConstraint("direction IN ('out','in')", name="direction"),
        UniqueConstraint("target_id", "n"),
        Index("ix_attempt_campaign_time", "campaign_id", "started_at", "uuid"),
        Index("uq_attempt_open_target", "target_id", unique=True, postgresql_where=text("open")),
        Index("uq_attempt_open_person", "person_id", unique=True, postgresql_where=text("open")),
        Index("ix_attempt_person_time", "person_id", "started_at"),
        Index(
            "ix_attempt_others",
            "started_at",
            postgresql_where=text("role IN ('guarantor', 'relative', 'third')"),
        ),
    )


class Verdict(Base):
    """What the gate said: allow, or deny with the rule and next instant.

    call_uuid: the leg it is about, a person's or an agent's (no leg is dialed without its allow); a person whose call
    was denied has no leg yet.  target_id: None of a test call, which is about nobody of the campaign.
    """

    __tablename__ = "verdict"
    id: Mapped[int] = id_()
    target_id: Mapped[int | None] = ref("target.id", index=True, nullable=True)
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


class CallRecording(Base):
    """A recorded call, or the part of it with an agent: stereo, the person at the left.  n: 1, 2, ... of its part.

    path: relative to the dialer's folder of recordings.  state: raw (as the switch writes it), ready (compressed),
    lost (there is no file), deleted (deleted_at says when; the row stays).  seconds .. sha256: of the ready file.
    """

    __tablename__ = "call_recording"
    id: Mapped[int] = id_()
    call_uuid: Mapped[UUID]
    campaign_id: Mapped[int] = ref("campaign.id")
    part: Mapped[str]
    n: Mapped[int] = mapped_column(SmallInteger)
    node: Mapped[str]
    path: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'raw'"))
    at: Mapped[dt.datetime]
    seconds: Mapped[float | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    deleted_at: Mapped[dt.datetime | None]
    __table_args__ = (
        UniqueConstraint("call_uuid", "part", "n"),
        CheckConstraint("part IN ('call','agent')", name="part"),
        CheckConstraint("state IN ('raw','ready','lost','deleted')", name="state"),
        Index("ix_call_recording_campaign_id_at", "campaign_id", "at"),
        Index("ix_call_recording_raw", "id", postgresql_where=text("state = 'raw'")),
    )


class Outbox(Base):
    """A row for each final attempt, for systems beside us; written in the same transaction (campaigns.outbox)."""

    __tablename__ = "outbox"
    id: Mapped[int] = id_()
    attempt_uuid: Mapped[UUID]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    done_at: Mapped[dt.datetime | None]
    __table_args__ = (UniqueConstraint("attempt_uuid", "kind"),)
