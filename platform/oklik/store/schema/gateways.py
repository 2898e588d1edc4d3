"""How a trunk logs in at its carrier, what the switches say of it, and how words are to be read aloud."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base


class TrunkGateway(Base):
    """What somebody filled in about a trunk's gateway; its password is in the switch's configuration file only.

    login: registration, or address where the carrier knows us by ours.  codecs: in the order of preference, with
    commas.  dtmf: how keys travel.  caller_id: the header that shows our number.  nat_address: the address the carrier
    sees, "": the node's own.  ping: seconds between OPTIONS, 0: none.  revision: rises with each change, and with each
    wish to have the switch read its configuration again.
    """

    __tablename__ = "trunk_gateway"
    __table_args__ = (
        CheckConstraint("login IN ('registration', 'address')", name="login"),
        CheckConstraint("dtmf IN ('rfc2833', 'info', 'inband')", name="dtmf"),
        CheckConstraint("caller_id IN ('from', 'pai', 'rpid')", name="caller_id"),
    )
    trunk_id: Mapped[int] = mapped_column(ForeignKey("trunk.id"), primary_key=True, autoincrement=False)
    login: Mapped[str]
    host: Mapped[str]
    user_name: Mapped[str]
    codecs: Mapped[str]
    dtmf: Mapped[str]
    caller_id: Mapped[str]
    nat_address: Mapped[str]
    ping: Mapped[int]
    revision: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[dt.datetime]


class GatewayState(Base):
    """What a switch says of a gateway, as its dialer asked it last.

    state: the switch's own word, MISSING where it has none of that name.  up: calls are let through.  sip_status: of
    the last refused registration, 0: none is known.  applied: the revision with which the switch read its files last.
    at: of the last change, seen_at: of the last look; wall time.
    """

    __tablename__ = "gateway_state"
    trunk_id: Mapped[int] = mapped_column(ForeignKey("trunk_gateway.trunk_id"), primary_key=True, autoincrement=False)
    node: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    up: Mapped[bool]
    sip_status: Mapped[int]
    applied: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]


class Pronunciation(Base):
    """How a word is to be read aloud; stands above the dictionaries in files."""

    __tablename__ = "pronunciation"
    language: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    reading: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[dt.datetime]
