"""Launch checks that were asked for, and what they found."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class PreflightRow(Base):
    """A launch check of a campaign, made by a job.

    state: waiting, running, done, failed.  progress: 0 to 1.  at: the campaign time for which it is made.
    result: campaigns.preflight_result.Preflight as JSON; error: one line when it failed.
    """

    __tablename__ = "preflight"
    id: Mapped[int] = id_()
    campaign_id: Mapped[int] = ref("campaign.id")
    at: Mapped[dt.datetime]
    state: Mapped[str]
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    __table_args__ = (CheckConstraint("state IN ('waiting','running','done','failed')", name="state"),)
