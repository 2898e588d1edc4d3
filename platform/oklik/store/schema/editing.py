"""What is being made: drafts of scenarios, their golden runs, tried-out calls, and the library of recorded prompts."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class ScenarioDraft(Base):
    """A saved revision of a scenario that is being written; the one with the highest number is the draft.

    Not JSONB: the order of options is the marketer's.  Nobody but its writer has to be able to read it.
    """

    __tablename__ = "scenario_draft"
    id: Mapped[int] = id_()
    scenario_id: Mapped[int] = ref("scenario.id")
    revision: Mapped[int]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str]
    __table_args__ = (UniqueConstraint("scenario_id", "revision"),)


class GoldenRunRow(Base):
    """A call of a scenario that was looked at and found right."""

    __tablename__ = "golden_run"
    id: Mapped[int] = id_()
    scenario_id: Mapped[int] = ref("scenario.id")
    name: Mapped[str]
    run: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str]
    __table_args__ = (UniqueConstraint("scenario_id", "name"),)


class SimulationRow(Base):
    """A call that somebody tries out: what it began with, and what was done since.  Kept for a day."""

    __tablename__ = "simulation"
    id: Mapped[str] = mapped_column(primary_key=True)
    scenario_id: Mapped[int | None] = ref("scenario.id", nullable=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    begun: Mapped[dict[str, Any]] = mapped_column(JSON)
    moves: Mapped[list[Any]]
    begun_at: Mapped[dt.datetime]
    __table_args__ = (Index("ix_simulation_begun_at", "begun_at"),)


class PromptRow(Base):
    """A recorded prompt of the library, as scenarios name it: by language and key."""

    __tablename__ = "prompt"
    id: Mapped[int] = id_()
    language: Mapped[str]
    key: Mapped[str]
    __table_args__ = (UniqueConstraint("language", "key"),)


class PromptSound(Base):
    """The sound of a recorded prompt by its content: a whole wav file, 8 kHz mono."""

    __tablename__ = "prompt_sound"
    digest: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class PromptVersion(Base):
    """A version of a recorded prompt; the one with the highest number is in use.

    file_name: as it was called where it came from, for people only.  restored: the number of the version that this
    one brought back.
    """

    __tablename__ = "prompt_version"
    id: Mapped[int] = id_()
    prompt_id: Mapped[int] = ref("prompt.id")
    number: Mapped[int]
    digest: Mapped[str] = ref("prompt_sound.digest")
    file_name: Mapped[str]
    duration_ms: Mapped[int]
    clipped: Mapped[bool]
    levelled_db: Mapped[float]
    trimmed_ms: Mapped[int]
    restored: Mapped[int | None]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str]
    __table_args__ = (UniqueConstraint("prompt_id", "number"),)
