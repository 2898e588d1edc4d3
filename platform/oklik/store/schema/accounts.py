"""Who uses the pages: accounts, their sessions in browsers, one-time codes, and the key that signs cookies.

Times are the wall's.  Neither a password nor a code nor a session's secret is kept, only what recognises them.
"""

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class UserAccount(Base):
    """Somebody who signs in.  login: in small letters; name: as shown.

    password: argon2id with its parameters, null until the person has chosen one; language: null for the
    installation's; disabled_at: since when they are not let in.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("role IN ('admin', 'supervisor', 'marketer', 'agent')", name="role"),)
    id: Mapped[int] = id_()
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password: Mapped[str | None]
    language: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    last_login_at: Mapped[dt.datetime | None]
    disabled_at: Mapped[dt.datetime | None]


class WebSession(Base):
    """A browser that is signed in.  digest: sha256 of its 256 random bits; seen_at: to the minute.

    Rows go when the person signs out, gets another password or role, is disabled, or the limits of time are reached.
    """

    __tablename__ = "web_session"
    id: Mapped[int] = id_()
    digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = ref("user_account.id", index=True)
    created_at: Mapped[dt.datetime] = mapped_column(index=True)
    seen_at: Mapped[dt.datetime]


class OneTimeCode(Base):
    """What opens one page once: the first admin's (user_id null), or the choice of a password by that user.

    digest: sha256; used: the row goes.
    """

    __tablename__ = "one_time_code"
    id: Mapped[int] = id_()
    digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = ref("user_account.id", index=True, nullable=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class Installation(Base):
    """What this database is called, in files that lie beside it; one row, made with the table.  No secret.

    outbox_from: attempts that ended before have no row in the outbox any more (campaigns.outbox); None: all have.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    outbox_from: Mapped[dt.datetime | None]


class WebKey(Base):
    """The key that signs the cookies of all web processes of this database; one row."""

    __tablename__ = "web_key"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]
