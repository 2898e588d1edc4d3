"""What the organisation sets for itself: its working days, and what it calls the outcomes of calls."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base


class WorkCalendar(Base):
    """Whose public holidays count.  scope: a project, or 0 for the organisation, which holds where a project has none.

    calendar: as dialing.calendars.is_public takes it.  skip: campaigns do not call on those days.
    """

    __tablename__ = "work_calendar"
    scope: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    calendar: Mapped[str]
    skip: Mapped[bool]
    changed_by: Mapped[str]
    changed_at: Mapped[dt.datetime]


class OwnDayRow(Base):
    """A day that is another one than the calendar says.  scope: as above; a project's own word goes before.

    kind: off, nobody is called; work, a public holiday or a day off of the organisation that is worked.
    """

    __tablename__ = "own_day"
    scope: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[dt.datetime]
    __table_args__ = (CheckConstraint("kind IN ('off', 'work')", name="kind"),)


class OutcomeName(Base):
    """What the organisation calls an outcome, instead of the standard name.

    outcome: a disposition.  "" in a language: the standard name there.
    """

    __tablename__ = "outcome_name"
    outcome: Mapped[str] = mapped_column(primary_key=True)
    ru: Mapped[str]
    en: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[dt.datetime]
