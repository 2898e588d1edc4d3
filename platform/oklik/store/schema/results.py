"""What results are counted from: each ended call as one row, and the ways through scenarios, each kept once."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class CallWay(Base):
    """A way through a version of a scenario, as some call went it.

    nodes: in the order in which they were entered; exits: by which each was left, "" where it was not; reason: of
    scenario.flow.Ended, "" where nobody noted the end.  digest: of all this, so that each way is kept once.
    """

    __tablename__ = "call_way"
    id: Mapped[int] = id_()
    version_id: Mapped[int] = ref("scenario_version.id")
    digest: Mapped[str] = mapped_column(unique=True)
    nodes: Mapped[list[str]]
    exits: Mapped[list[str]]
    reason: Mapped[str]


class CallResult(Base):
    """A call as results count it, written by a job once nothing of it can change any more.

    It can be made anew of attempt, call, step and answer at any time.  outcome: the disposition; cause: "CAUSE SIP" of
    a call that nobody answered.  way_id: None where the scenario did not begin.  second: of what was being said when
    the person hung up, prompt_s: how long that is, in whole seconds; None: they did not, or nobody knows.
    answers: question -> value; None: there are none.
    """

    __tablename__ = "call_result"
    attempt_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[dt.datetime]
    direction: Mapped[str]
    outcome: Mapped[str]
    answered: Mapped[bool]
    talk_s: Mapped[float]
    cause: Mapped[str | None]
    way_id: Mapped[int | None] = mapped_column(BigInteger)
    second: Mapped[int | None] = mapped_column(SmallInteger)
    prompt_s: Mapped[int | None] = mapped_column(SmallInteger)
    answers: Mapped[dict[str, Any] | None]
    __table_args__ = (
        Index("ix_call_result_contact", "campaign_id", "contact_id"),
        Index("ix_call_result_time", "campaign_id", "started_at", "attempt_uuid"),
        Index("ix_call_result_outcome", "campaign_id", "outcome", "started_at", "attempt_uuid"),
        Index("ix_call_result_talk", "campaign_id", "talk_s", "attempt_uuid"),
        Index("ix_call_result_way", "campaign_id", "way_id", "started_at", "attempt_uuid"),
    )
