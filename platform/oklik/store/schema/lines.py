"""Which way calls go: trunks, the numbers they show, switch nodes, agents' phones."""

from sqlalchemy import BigInteger, UniqueConstraint
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
    """A line to the outside.  dial_string holds {number}; number_format: how the carrier wants it (+7, 7, 8)."""

    __tablename__ = "trunk"
    id: Mapped[int] = id_()
    name: Mapped[str] = mapped_column(unique=True)
    dial_string: Mapped[str]
    channels: Mapped[int]
    cps: Mapped[float]


class CallerId(Base):
    """A number we may show on a trunk."""

    __tablename__ = "caller_id"
    id: Mapped[int] = id_()
    trunk_id: Mapped[int] = ref("trunk.id")
    number: Mapped[str]
    __table_args__ = (UniqueConstraint("trunk_id", "number"),)


class NodeLease(Base):
    """Which dialer drives a switch node.  epoch rises with each owner: the fence against a zombie."""

    __tablename__ = "node_lease"
    node: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str]
    core_uuid: Mapped[str]
