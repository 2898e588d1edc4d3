"""Who may use the API, what was changed by whom, and what was asked already."""

import datetime as dt
from typing import Any

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class ApiToken(Base):
    """A program's key to the API.  digest: sha256 of the token, which is 256 random bits and is kept nowhere.

    scopes: campaigns.tokens.Scope.  last_used_at: to the minute.  user_id: whose it is, null for one that a command
    made; it can never do more than that user, and nothing while they are disabled.  expires_at: null for never.
    """

    __tablename__ = "api_token"
    id: Mapped[int] = id_()
    name: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    user_id: Mapped[int | None] = ref("user_account.id", nullable=True)
    expires_at: Mapped[dt.datetime | None]


class AuditEntry(Base):
    """A change that somebody made, written in the change's own transaction; rows are only ever added.

    who: token:NAME or user:NAME; via: api, web or command; subject: what it was made to.  Times are the wall's.
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = id_()
    at: Mapped[dt.datetime]
    who: Mapped[str]
    via: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]


class IdempotencyKey(Base):
    """The answer to a request that came with an Idempotency-Key, for a day: the same request again gets it again.

    owner: token:ID or user:ID.  request: sha256 of method, path and body.
    """

    __tablename__ = "idempotency_key"
    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(index=True)
