"""Who is called: persons and their numbers, lists and their rows, the stop list, consents."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class Project(Base):
    """Campaigns, lists and scenarios that belong together.

    usual: `oklik run` puts its own there; one at most.  archived_at: since when it takes nothing new.
    """

    __tablename__ = "project"
    id: Mapped[int] = id_()
    name: Mapped[str] = mapped_column(unique=True)
    usual: Mapped[bool] = mapped_column(server_default=text("false"))
    archived_at: Mapped[dt.datetime | None]
    __table_args__ = (Index("uq_project_usual", "usual", unique=True, postgresql_where=text("usual")),)


class Person(Base):
    """Whom caps, stop list and consent hang on, across lists.

    key: the E.164 number of a row's first phone, or, of a person known by the customer's own key (debtor id),
    "project_id:own_key": keys of different customers may be alike, so each project's are its own.
    same_as: the person that this one turned out to be, by a number of both; never one that itself is another.
    Locks, caps and the stop list hang on that one; what was written before stays with its own row.
    """

    __tablename__ = "person"
    id: Mapped[int] = id_()
    key: Mapped[str] = mapped_column(unique=True)
    same_as: Mapped[int | None] = ref("person.id", nullable=True)
    project_id: Mapped[int | None] = ref("project.id", nullable=True)
    own_key: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("(project_id IS NULL) = (own_key IS NULL)", name="own_key"),
        Index("ix_person_same_as", "same_as", postgresql_where=text("same_as IS NOT NULL")),
        Index("ix_person_own_key", "own_key", postgresql_where=text("own_key IS NOT NULL")),
    )


class PersonPhone(Base):
    """A number of a person that is not the person's key, from whichever list.  Numbers of others (a relative's, a
    guarantor's) and of offices are none: they say nothing of who somebody is."""

    __tablename__ = "person_phone"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index("ix_person_phone_number", "number"),)


class ContactList(Base):
    """An imported list.  columns: the customer's headers in their order; digest: sha256 of the file.

    layout: which columns tell phones, zones, persons and contracts, as campaigns.list_layout reads it; None of a list
    that an older version has imported.  indexed_at: since when its contacts can be searched by words.
    deleted_at: it was deleted, may be brought back for a while, and bears another name; deleted_name: the one it had.
    """

    __tablename__ = "contact_list"
    id: Mapped[int] = id_()
    project_id: Mapped[int] = ref("project.id")
    name: Mapped[str]
    source: Mapped[str]
    digest: Mapped[str]
    sheet: Mapped[str | None]
    columns: Mapped[list[Any]]
    imported_at: Mapped[dt.datetime]
    layout: Mapped[dict[str, Any] | None]
    indexed_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    deleted_name: Mapped[str | None]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Contact(Base):
    """A row of a list.  fields: cells by the customer's header; phones: every number of the row, E.164, in order.

    kinds: which of the cells were a number, a date or a time in the customer's table, as header -> "number", "date" or
    "time"; all else is text.  notes: what was wrong in the row though it can be called, as [code, detail] of
    dialing.rejections.  roles: whose each of the phones is, as dialing.law.shapes.Role; None: all are their own.
    contract: the cell of the list's column of contracts, None where it has none.  part: which of the person's rows in
    this list it is; a person known by a phone has one, "".
    """

    __tablename__ = "contact"
    id: Mapped[int] = id_()
    list_id: Mapped[int] = ref("contact_list.id")
    person_id: Mapped[int] = ref("person.id", index=True)
    row_number: Mapped[int]
    phones: Mapped[list[str]]
    fields: Mapped[dict[str, Any]]
    zone: Mapped[str | None]  # IANA name or UTC offset from the list's own column; None: by the number
    kinds: Mapped[dict[str, Any] | None]
    notes: Mapped[list[Any] | None]
    roles: Mapped[list[str] | None]
    contract: Mapped[str | None]
    part: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (
        UniqueConstraint("list_id", "person_id", "part"),
        Index("ix_contact_contract", "contract", postgresql_where=text("contract IS NOT NULL")),
        Index("ix_contact_phones", "phones", postgresql_using="gin", postgresql_where=text("roles IS NOT NULL")),
        Index("ix_contact_list_row", "list_id", "row_number", "id"),
    )


class RejectedRow(Base):
    """A row of a list that cannot be called, with the reason; nothing is dropped in silence."""

    __tablename__ = "rejected_row"
    id: Mapped[int] = id_()
    list_id: Mapped[int] = ref("contact_list.id", index=True)
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
    __table_args__ = (Index("ix_suppression_added", "added_at", "number"),)


class Consent(Base):
    """A consent to calls of a purpose: where it came from, which text, when, and when it was taken back.

    number: whose bearer gave it, E.164; person_id: who gave it.  Where both stand it counts for calls to that number of
    that person, else for the number whoever's it is, or for all numbers of the person.  text_digest: the text itself,
    where we have it.  given_at, revoked_at: when the person said so; recorded_at, revoke_recorded_at: when it was
    written here, by recorded_by and revoked_by.  Rows are never deleted.
    """

    __tablename__ = "consent"
    id: Mapped[int] = id_()
    person_id: Mapped[int | None] = ref("person.id", index=True, nullable=True)
    number: Mapped[str | None] = mapped_column(index=True)
    purpose: Mapped[str]
    source: Mapped[str]
    text_version: Mapped[str]
    text_digest: Mapped[str | None] = ref("consent_text.digest", nullable=True)
    given_at: Mapped[dt.datetime]
    recorded_by: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    revoked_source: Mapped[str | None]
    revoked_by: Mapped[str | None]
    revoke_recorded_at: Mapped[dt.datetime | None]
    __table_args__ = (CheckConstraint("person_id IS NOT NULL OR number IS NOT NULL", name="whose"),)


class ContactChange(Base):
    """A cell of a contact that a call has written, or wanted to: the value that was there, the new one, and who did it.

    header: the customer's; before: None where there was no such cell.  kept: False when the value did not fit the
    column, and the cell stayed as it was.
    """

    __tablename__ = "contact_change"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    contact_id: Mapped[int] = ref("contact.id", index=True)
    header: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    kept: Mapped[bool]
    at: Mapped[dt.datetime]


class Exclusion(Base):
    """A person whom no campaign calls until that is taken back, whatever list they are in: bankrupt.

    project_id: whose campaigns; None: everybody's.  The one row counts for all that are one with the person.  Rows are
    never deleted: taken_back_at, taken_back_by and taken_back_why say that it holds no more.
    """

    __tablename__ = "exclusion"
    id: Mapped[int] = id_()
    person_id: Mapped[int] = ref("person.id", index=True)
    project_id: Mapped[int | None] = ref("project.id", nullable=True)
    reason: Mapped[str]
    at: Mapped[dt.datetime]
    recorded_by: Mapped[str]
    taken_back_at: Mapped[dt.datetime | None]
    taken_back_by: Mapped[str | None]
    taken_back_why: Mapped[str | None]
    __table_args__ = (CheckConstraint("reason IN ('bankrupt')", name="reason"),)
