"""What dialers tell of themselves while they live: a row a switch node, overwritten about once a second."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base


class DialerState(Base):
    """How a dialer does.  Read for people only: nobody's right to dial hangs on it (that is NodeLease).

    beat_at: wall time of the last beat; campaign_now: campaign time at that moment, running on at `speed`.
    campaign_id: the only campaign it calls for, None: all.  state: a code of campaigns.pulse.  legs: up now.
    trunks: what each trunk's limits say, as {id: {"legs": ..., "state": ...}}.
    stalled_s, unled: troubles, see campaigns.pulse.Pulse.
    """

    __tablename__ = "dialer_state"
    node: Mapped[str] = mapped_column(primary_key=True)
    virtual: Mapped[bool]
    campaign_id: Mapped[int | None] = mapped_column(BigInteger)
    beat_at: Mapped[dt.datetime]
    campaign_now: Mapped[dt.datetime]
    speed: Mapped[float]
    state: Mapped[str]
    legs: Mapped[int]
    channels: Mapped[int]
    cps: Mapped[float]
    trunks: Mapped[dict[str, Any]]
    stalled_s: Mapped[float] = mapped_column(server_default="0")
    unled: Mapped[int] = mapped_column(server_default="0")
