"""What people do with lists in the application: files being imported, edited cells, words to search by, segments."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class ListImport(Base):
    """A file that was uploaded to become a list.

    state: uploaded (somebody looks at it), waiting, running, done, failed, cancelled.  phase: reading, indexing: what a
    running one is at; rows: read, or indexed, so far.  options: campaigns.list_imports.Mapping as JSON.  result: the
    import's summary; error: one line in "ru" and "en".  file: the name it came with, for people only.
    """

    __tablename__ = "list_import"
    id: Mapped[int] = id_()
    file: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'uploaded'"))
    phase: Mapped[str] = mapped_column(server_default=text("''"))
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    project: Mapped[str] = mapped_column(server_default=text("''"))
    name: Mapped[str] = mapped_column(server_default=text("''"))
    options: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("contact_list.id", ondelete="SET NULL"), index=True)
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime]
    __table_args__ = (
        CheckConstraint("state IN ('uploaded','waiting','running','done','failed','cancelled')", name="state"),
    )


class ListUploadPart(Base):
    """A piece of an uploaded file, n = 0, 1, ...; all of them go when the import is over."""

    __tablename__ = "list_upload_part"
    import_id: Mapped[int] = mapped_column(ForeignKey("list_import.id", ondelete="CASCADE"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ContactEdit(Base):
    """A cell that somebody has edited by hand: what stood there, what stands there now, who did it.

    before: None where there was no such cell; kind_before: the kind of the cell, as in Contact.kinds.
    undone: the edit that this one takes back.
    """

    __tablename__ = "contact_edit"
    id: Mapped[int] = id_()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    header: Mapped[str]
    before: Mapped[str | None]
    kind_before: Mapped[str | None]
    after: Mapped[str]
    at: Mapped[dt.datetime]
    by: Mapped[str]
    undone: Mapped[int | None] = mapped_column(BigInteger)


class ContactWords(Base):
    """The words and numbers by which a contact is found; made by campaigns.list_words, in no call's way."""

    __tablename__ = "contact_words"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    list_id: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(TSVECTOR)
    __table_args__ = (Index("ix_contact_words_words", "words", postgresql_using="gin"),)


class Segment(Base):
    """Contacts of a list that satisfy conditions, as campaigns.segments.Definition in JSON."""

    __tablename__ = "segment"
    id: Mapped[int] = id_()
    list_id: Mapped[int] = ref("contact_list.id")
    name: Mapped[str]
    definition: Mapped[dict[str, Any]]
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime]
    __table_args__ = (UniqueConstraint("list_id", "name"),)
