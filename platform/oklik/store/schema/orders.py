"""Calls that people order, and the phones on which they test campaigns."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class CallOrder(Base):
    """A call that a person has asked for; kind: dialing.orders.OrderKind.  Times are campaign time.

    state: asked, denied, claimed (call_uuid is its leg; done once that is over), expired, cancelled, failed (it was
    claimed and could not be sent).  rule, args, next_at: the gate's answer, verdict_id its row; while it is asked, why
    it waits.  target_id: who is called; of a test, whose data the scenario speaks with.  number: the phone to begin
    with, of a test the tester's; endpoint, agent_group: whom to ring first, and as whose agent.
    due: when the target was due before it was claimed out of turn.  tries: how often it was claimed and not sent.
    """

    __tablename__ = "call_order"
    id: Mapped[int] = id_()
    kind: Mapped[str]
    campaign_id: Mapped[int] = ref("campaign.id")
    target_id: Mapped[int] = ref("target.id")
    number: Mapped[str] = mapped_column(server_default=text("''"))
    endpoint: Mapped[str] = mapped_column(server_default=text("''"))
    agent_group: Mapped[str] = mapped_column(server_default=text("''"))
    ordered_by: Mapped[str]
    ordered_at: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    rule: Mapped[str | None]
    args: Mapped[dict[str, Any] | None]
    next_at: Mapped[dt.datetime | None]
    verdict_id: Mapped[int | None] = ref("verdict.id", nullable=True)
    call_uuid: Mapped[UUID | None] = mapped_column(unique=True)
    due: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    fault: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('manual','test','agent_first')", name="kind"),
        CheckConstraint("state IN ('asked','denied','claimed','expired','cancelled','failed')", name="state"),
        Index("ix_call_order_asked", "id", postgresql_where=text("state = 'asked'")),
    )


class TesterPhone(Base):
    """A phone of somebody of ours, who tests campaigns on it.  number: E.164.

    confirmed_by, confirmed_at: who has vouched for it; until then it is a wish, and nothing rings there.
    """

    __tablename__ = "tester_phone"
    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[dt.datetime]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[dt.datetime | None]
