"""Presets, drafts and pilots of campaigns, standing campaigns, counts of results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from oklik.store.ahead import AheadIndex, add_indexes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
# Pages of a campaign's attempts in the order of time, and their counts hour by hour.
AHEAD = (AheadIndex("ix_attempt_campaign_time", "attempt", ("campaign_id", "started_at", "uuid")),)


def upgrade() -> None:
    op.create_table(
        "preset",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_preset"),
        sa.UniqueConstraint("name", name="uq_preset_name"),
    )
    op.create_table(
        "preset_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("preset_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["preset_id"], ["preset.id"], name="fk_preset_version_preset_id_preset"),
        sa.PrimaryKeyConstraint("id", name="pk_preset_version"),
        sa.UniqueConstraint("preset_id", "number", name="uq_preset_version_preset_id_number"),
    )
    op.create_table(
        "standing_campaign",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("preset_id", sa.BigInteger(), nullable=True),
        sa.Column("overrides", JSONB(), nullable=False),
        sa.Column("voice", JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_standing_campaign_project_id_project"),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_standing_campaign_scenario_id_scenario"),
        sa.ForeignKeyConstraint(["preset_id"], ["preset.id"], name="fk_standing_campaign_preset_id_preset"),
        sa.PrimaryKeyConstraint("id", name="pk_standing_campaign"),
        sa.UniqueConstraint("project_id", "name", name="uq_standing_campaign_project_id_name"),
    )
    op.create_table(
        "standing_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("standing_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_ru", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('taken','refused')", name=op.f("ck_standing_list_state")),
        sa.ForeignKeyConstraint(
            ["standing_id"], ["standing_campaign.id"], name="fk_standing_list_standing_id_standing_campaign"
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_standing_list_campaign_id_campaign"),
        sa.PrimaryKeyConstraint("id", name="pk_standing_list"),
        sa.UniqueConstraint("standing_id", "digest", name="uq_standing_list_standing_id_digest"),
    )
    op.create_table(
        "result_span",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_result_span_campaign_id_campaign"),
        sa.PrimaryKeyConstraint("campaign_id", "since", name="pk_result_span"),
    )
    op.create_table(
        "report_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('xlsx','csv')", name=op.f("ck_report_file_kind")),
        sa.CheckConstraint("state IN ('waiting','running','done','failed')", name=op.f("ck_report_file_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_report_file_campaign_id_campaign"),
        sa.PrimaryKeyConstraint("id", name="pk_report_file"),
    )
    op.add_column("campaign", sa.Column("preset_version_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_campaign_preset_version_id_preset_version", "campaign", "preset_version", ["preset_version_id"], ["id"]
    )
    op.add_column("campaign", sa.Column("settings", JSONB(), nullable=True))
    op.add_column("campaign", sa.Column("pilot", sa.Integer(), nullable=True))
    add_indexes(AHEAD)
    op.drop_index("ix_attempt_campaign_id", table_name="attempt")


def downgrade() -> None:
    op.create_index("ix_attempt_campaign_id", "attempt", ["campaign_id"])
    op.drop_index("ix_attempt_campaign_time", table_name="attempt")
    op.drop_column("campaign", "pilot")
    op.drop_column("campaign", "settings")
    op.drop_constraint("fk_campaign_preset_version_id_preset_version", "campaign")
    op.drop_column("campaign", "preset_version_id")
    for table in ("report_file", "result_span", "standing_list", "standing_campaign", "preset_version", "preset"):
        op.drop_table(table)
