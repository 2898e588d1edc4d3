"""What the public numbering register says, and the plan that is made of it."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base


class NumberingFile(Base):
    """An imported file of the register.  name: the register's own, by the codes in it: ABC-3xx, DEF-9xx, ..."""

    __tablename__ = "numbering_file"
    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    digest: Mapped[str]
    ranges: Mapped[int] = mapped_column(Integer)
    imported_at: Mapped[dt.datetime]


class NumberingRange(Base):
    """A block of numbers +7 `first` to `last`, ten digits each, both included.  zones: empty where none is known."""

    __tablename__ = "numbering_range"
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    operator: Mapped[str]
    region: Mapped[str]
    territory: Mapped[str]
    zones: Mapped[list[str]]


class NumberingPlanRow(Base):
    """The one plan of all ranges, as processes load it (dialing.numbering).  version: digest of what is packed."""

    __tablename__ = "numbering_plan"
    single: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    version: Mapped[str]
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (CheckConstraint("single", name="single"),)
