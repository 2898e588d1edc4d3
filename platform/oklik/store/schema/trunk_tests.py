"""Calls that try a trunk: somebody of ours is rung through exactly that one and hears which keys arrived."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_


class TrunkTest(Base):
    """A test call of a trunk.  Times are the wall's.

    state: preparing (what it says is being spoken), asked, dialing, ringing, answered, done, denied (rule, args: the
    gate's word), failed (fault: our own failure; it may have been sent), expired (nobody served it before deadline).
    voice, language: what it speaks with.  dtmf: as the trunk was set then, "" where its gateway is not ours.
    keys: [{key, ways, at_s}] in order, at_s: seconds after the answer.  by: HangupBy.  node, virtual: who served it.
    """

    __tablename__ = "trunk_test"
    id: Mapped[int] = id_()
    trunk_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("trunk.id"))
    number: Mapped[str]
    language: Mapped[str]
    voice: Mapped[dict[str, Any]]
    dtmf: Mapped[str]
    ordered_by: Mapped[str]
    ordered_at: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(server_default=text("'preparing'"))
    node: Mapped[str | None]
    virtual: Mapped[bool | None]
    call_uuid: Mapped[UUID | None] = mapped_column(unique=True)
    rule: Mapped[str | None]
    args: Mapped[dict[str, Any] | None]
    keys: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    answered_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    cause: Mapped[str | None]
    q850: Mapped[int | None] = mapped_column(SmallInteger)
    sip_status: Mapped[int | None] = mapped_column(SmallInteger)
    hangup_by: Mapped[str | None]
    fault: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('preparing','asked','dialing','ringing','answered','done','denied','failed','expired')",
            name="state",
        ),
        # one at a time on a trunk
        Index("ix_trunk_test_open", "trunk_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_trunk_test_trunk_id_id", "trunk_id", "id"),
    )
