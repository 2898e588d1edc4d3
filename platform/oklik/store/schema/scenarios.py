"""What is said: scenarios and their published versions."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class Scenario(Base):
    """A scenario by name; its texts are in its versions."""

    __tablename__ = "scenario"
    id: Mapped[int] = id_()
    project_id: Mapped[int] = ref("project.id")
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class ScenarioVersion(Base):
    """An immutable published version: the whole document, and the groups to which its transfers hand people over.

    draft_revision: of the draft that it was made of, where it was made of one.  A document that was brought back stands
    here a second time, under its new number.
    scenario_id: None of a draft that somebody has tried on a phone (trial_of says whose): it is no version that could
    be chosen, compared or called with.

    Not JSONB: the order of a menu's options is the marketer's and is kept.
    """

    __tablename__ = "scenario_version"
    id: Mapped[int] = id_()
    scenario_id: Mapped[int | None] = ref("scenario.id", nullable=True)
    number: Mapped[int]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    agent_groups: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    published_at: Mapped[dt.datetime]
    published_by: Mapped[str | None]
    note: Mapped[str | None]
    draft_revision: Mapped[int | None]
    trial_of: Mapped[int | None] = ref("scenario.id", nullable=True)
    __table_args__ = (
        UniqueConstraint("scenario_id", "number"),
        CheckConstraint("(scenario_id IS NULL) <> (trial_of IS NULL)", name="trial"),
    )
