"""What else is between us and a person: contacts made elsewhere, promises to pay."""

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class OutsideContact(Base):
    """A contact that another system had with a person: it counts for the caps like one of ours.

    number: E.164, where it is known.  kind: call, message (a voice message), sms, visit.  talk: the person was spoken
    to, or the message reached them.  source: which system; external_id: its own number of the contact, or a digest of
    the row where it has none, so that the same contact told twice is one.
    """

    __tablename__ = "outside_contact"
    id: Mapped[int] = id_()
    person_id: Mapped[int] = ref("person.id")
    number: Mapped[str | None]
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    talk: Mapped[bool]
    purpose: Mapped[str]
    seconds: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None]
    source: Mapped[str]
    external_id: Mapped[str]
    added_at: Mapped[dt.datetime]
    __table_args__ = (
        CheckConstraint("kind IN ('call','message','sms','visit')", name="kind"),
        UniqueConstraint("source", "external_id"),
        Index("ix_outside_contact_person", "person_id", "at"),
        Index("ix_outside_contact_number", "number", "at"),
    )


class Promise(Base):
    """A promise to pay, given in a call: it pauses the person's other campaigns on debts until its date is over.

    date: by when; amount: rubles as a text, "" when only the date was asked.  state: open (it pauses), kept, broken,
    withdrawn.
    """

    __tablename__ = "promise"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    target_id: Mapped[int] = ref("target.id")
    person_id: Mapped[int] = ref("person.id", index=True)
    project_id: Mapped[int] = ref("project.id")
    at: Mapped[dt.datetime]
    date: Mapped[dt.date]
    amount: Mapped[str]
    state: Mapped[str]
    settled_at: Mapped[dt.datetime | None]
    __table_args__ = (CheckConstraint("state IN ('open','kept','broken','withdrawn')", name="state"),)
