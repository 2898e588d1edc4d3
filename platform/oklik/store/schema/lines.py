"""Which way calls go: trunks, the numbers they show, switch nodes, agents' phones."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class AgentGroup(Base):
    """A group of agents that a transfer node names."""

    __tablename__ = "agent_group"
    id: Mapped[int] = id_()
    project_id: Mapped[int] = ref("project.id")
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Membership(Base):
    """An agent's place in a group: rung in order of position.  endpoint: typed dial string."""

    __tablename__ = "membership"
    id: Mapped[int] = id_()
    group_id: Mapped[int] = ref("agent_group.id")
    position: Mapped[int]
    endpoint: Mapped[str]
    __table_args__ = (UniqueConstraint("group_id", "position"),)


class Trunk(Base):
    """A line to the outside.  dial_string holds {number}; number_format: how the carrier wants it (+7, 7, 8).

    attempt_price, minute_price: what the carrier takes for an attempt and for a minute of talk, where no route says
    otherwise; None: nobody said.  extensions: short rows of digits that agents may have behind it (1XX).
    reserved_inbound: so many of its channels are never used for calls of ours.  weight: its part of the calls where
    routes say nothing better.  shared: made by an administrator, so it is one of "all"; what a single command made for
    itself is not.  minutes_day, money_day: at most so much on one day of the office; None: no limit.
    """

    __tablename__ = "trunk"
    id: Mapped[int] = id_()
    name: Mapped[str] = mapped_column(unique=True)
    dial_string: Mapped[str]
    channels: Mapped[int]
    cps: Mapped[float]
    attempt_price: Mapped[Decimal | None] = mapped_column(Numeric)
    minute_price: Mapped[Decimal | None] = mapped_column(Numeric)
    reserved_inbound: Mapped[int] = mapped_column(server_default=text("0"))
    weight: Mapped[float] = mapped_column(server_default=text("1"))
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    minutes_day: Mapped[int | None]
    money_day: Mapped[Decimal | None]
    extensions: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (CheckConstraint("weight > 0 AND reserved_inbound >= 0", name="bounds"),)


class TrunkRoute(Base):
    """What a trunk takes: numbers by prefix (+7916), country (RU) and kind (mobile); "" says nothing.

    price: of a minute.  priority: the lower one first among equally exact routes.  A trunk without routes takes any.
    """

    __tablename__ = "trunk_route"
    id: Mapped[int] = id_()
    trunk_id: Mapped[int] = ref("trunk.id")
    prefix: Mapped[str] = mapped_column(server_default=text("''"))
    country: Mapped[str] = mapped_column(server_default=text("''"))
    kind: Mapped[str] = mapped_column(server_default=text("''"))
    price: Mapped[Decimal | None]
    priority: Mapped[int] = mapped_column(server_default=text("0"))
    __table_args__ = (UniqueConstraint("trunk_id", "prefix", "country", "kind"),)


class TrunkLease(Base):
    """So much of a trunk's limits is one dialer's, until a moment of real time; all of them together are the trunk's.

    channels: at a time.  slots: of the calls that the trunk takes in its window (a second; below one call a second,
    the one call in so many).  reserved: of what is kept for inbound calls, those that calls to this one take.
    """

    __tablename__ = "trunk_lease"
    trunk_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    node: Mapped[str] = mapped_column(primary_key=True)
    channels: Mapped[int]
    slots: Mapped[int]
    reserved: Mapped[int] = mapped_column(server_default=text("0"))
    until: Mapped[dt.datetime]


class TrunkHealth(Base):
    """What a dialer thinks of a trunk (dialing.breaker): published when it changes, for people.

    state: closed, open, half_open, ramp.  next_at: when the next call is tried, campaign time; None: no such moment.
    """

    __tablename__ = "trunk_health"
    trunk_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    node: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[dt.datetime]
    next_at: Mapped[dt.datetime | None]
    calls: Mapped[int]
    faults: Mapped[int]


class Budget(Base):
    """What a day of the office has cost: of a campaign, of a trunk, of all (scope_id 0).

    Only where a limit is set.  spent: of calls that are over; held: of calls that are not, as long as they may get.
    """

    __tablename__ = "budget"
    scope: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    spent_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    spent_money: Mapped[Decimal] = mapped_column(server_default=text("0"))
    held_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    held_money: Mapped[Decimal] = mapped_column(server_default=text("0"))
    __table_args__ = (CheckConstraint("scope IN ('all','campaign','trunk')", name="scope"),)


class Reservation(Base):
    """What a leg that is not over holds of the budgets; gone when it is over.

    price: of a minute; attempt_price: of the call.
    """

    __tablename__ = "reservation"
    call_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    trunk_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[dt.date]
    minutes: Mapped[int] = mapped_column(Integer)
    price: Mapped[Decimal]
    attempt_price: Mapped[Decimal] = mapped_column(server_default=text("0"))


class CampaignTrunk(Base):
    """A further trunk of a campaign, beside campaign.trunk_id."""

    __tablename__ = "campaign_trunk"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    trunk_id: Mapped[int] = mapped_column(ForeignKey("trunk.id"), primary_key=True)


class CallerId(Base):
    """A number we may show on a trunk.  verified_at, verified_by: when and who made sure that it is ours to show."""

    __tablename__ = "caller_id"
    id: Mapped[int] = id_()
    trunk_id: Mapped[int] = ref("trunk.id")
    number: Mapped[str]
    verified_at: Mapped[dt.datetime | None]
    verified_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("trunk_id", "number"),)


class NodeLease(Base):
    """Which dialer drives a switch node.  epoch rises with each owner: the fence against a zombie."""

    __tablename__ = "node_lease"
    node: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str]
    core_uuid: Mapped[str]


class NodeSign(Base):
    """A dialer's sign of life, for the other nodes': while it changes, what the node has open is its own affair.

    told_at: the writer's real time.  host, port: of its switch; longest_s: of its calls, ringing included.
    """

    __tablename__ = "node_sign"
    node: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[dt.datetime]
    host: Mapped[str]
    port: Mapped[int]
    longest_s: Mapped[int]
    virtual: Mapped[bool]
