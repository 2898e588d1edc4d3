"""How campaigns are set up and run again: presets of the organisation, standing campaigns, counts of results."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oklik.store.schema.base import Base, id_, ref


class Preset(Base):
    """Settings of campaigns under a name.  number: of its newest version; removed_at: nobody is offered it any more."""

    __tablename__ = "preset"
    id: Mapped[int] = id_()
    name: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int]
    removed_at: Mapped[dt.datetime | None]


class PresetVersion(Base):
    """A preset as it was saved; never changed.  settings: campaigns.run_settings.RunSettings as JSON."""

    __tablename__ = "preset_version"
    id: Mapped[int] = id_()
    preset_id: Mapped[int] = ref("preset.id")
    number: Mapped[int]
    settings: Mapped[dict[str, Any]]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str]
    __table_args__ = (UniqueConstraint("preset_id", "number"),)


class StandingCampaign(Base):
    """A campaign that is run anew with every list that comes.

    Each list makes a campaign of the newest version of the scenario and of the preset.  overrides: settings in the
    place of the preset's.  voice: decided when it was made.  active: lists are taken.
    """

    __tablename__ = "standing_campaign"
    id: Mapped[int] = id_()
    project_id: Mapped[int] = ref("project.id")
    name: Mapped[str]
    scenario_id: Mapped[int] = ref("scenario.id")
    preset_id: Mapped[int | None] = ref("preset.id", nullable=True)
    overrides: Mapped[dict[str, Any]]
    voice: Mapped[dict[str, Any]]
    active: Mapped[bool]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class StandingList(Base):
    """A list that came for a standing campaign, once by its content.

    state: taken (campaign_id says which campaign it has become), refused (reason_ru, reason_en say why).
    """

    __tablename__ = "standing_list"
    id: Mapped[int] = id_()
    standing_id: Mapped[int] = ref("standing_campaign.id")
    source: Mapped[str]
    digest: Mapped[str]
    at: Mapped[dt.datetime]
    state: Mapped[str]
    campaign_id: Mapped[int | None] = ref("campaign.id", nullable=True)
    reason_ru: Mapped[str | None]
    reason_en: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("standing_id", "digest"),
        CheckConstraint("state IN ('taken','refused')", name="state"),
    )


class ResultSpan(Base):
    """The results of the calls that a campaign began in five minutes, once none of them can change any more.

    counts: reports.results.Counts as JSON.
    """

    __tablename__ = "result_span"
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, Any]]


class ReportFile(Base):
    """A report that somebody has asked for; a job writes it.  kind: xlsx, csv.  state: waiting, running, done, failed.

    file: its name in the folder of reports, which is emptied of old ones; progress: 0 to 1.  wanted: which calls, as
    reports.wanted.Wanted in JSON; None: it is the report of all contacts.
    """

    __tablename__ = "report_file"
    id: Mapped[int] = id_()
    campaign_id: Mapped[int] = ref("campaign.id")
    kind: Mapped[str]
    language: Mapped[str]
    state: Mapped[str]
    progress: Mapped[float]
    file: Mapped[str | None]
    error: Mapped[str | None]
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[str]
    wanted: Mapped[dict[str, Any] | None]
    __table_args__ = (
        CheckConstraint("kind IN ('xlsx','csv')", name="kind"),
        CheckConstraint("state IN ('waiting','running','done','failed')", name="state"),
    )
