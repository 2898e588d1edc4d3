"""What proves that a call was wanted or not: the stop list's history, the texts people consented to."""

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_


class StopEvent(Base):
    """What happened to a number on the stop list; rows are only ever added.

    kind: added, repeated (asked for once more while it was on the list), removed.  source: call, import, command, api
    or whatever a person named.  recorded_by: who wrote it, "" for the call itself.  call_uuid: the call it was said in.
    """

    __tablename__ = "stop_event"
    id: Mapped[int] = id_()
    number: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    call_uuid: Mapped[UUID | None]
    at: Mapped[dt.datetime]
    __table_args__ = (
        CheckConstraint("kind IN ('added','repeated','removed')", name="kind"),
        Index("ix_stop_event_number", "number", "id"),
    )


class ConsentText(Base):
    """A text that people have consented to, kept once.  digest: sha256 of it."""

    __tablename__ = "consent_text"
    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    first_at: Mapped[dt.datetime]
