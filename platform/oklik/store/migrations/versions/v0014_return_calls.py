"""People call back, and calls are recorded: attempts by either side, calls without an attempt, files of recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("direction", sa.Text(), nullable=False, server_default=sa.text("'out'")))
    op.create_check_constraint(op.f("ck_attempt_direction"), "attempt", "direction IN ('out','in')")
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent','inbound')")
    op.add_column("campaign", sa.Column("return_scenario_version_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_campaign_return_scenario_version_id_scenario_version"),
        "campaign",
        "scenario_version",
        ["return_scenario_version_id"],
        ["id"],
    )
    op.add_column("campaign", sa.Column("record", sa.Text(), nullable=False, server_default=sa.text("'off'")))
    op.create_check_constraint(op.f("ck_campaign_record"), "campaign", "record IN ('off','call','agent')")
    op.add_column("campaign", sa.Column("record_days", sa.SmallInteger(), nullable=True))
    op.create_table(
        "call_recording",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("call_uuid", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'raw'")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part IN ('call','agent')", name=op.f("ck_call_recording_part")),
        sa.CheckConstraint("state IN ('raw','ready','lost','deleted')", name=op.f("ck_call_recording_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_call_recording_campaign_id_campaign"),
        sa.PrimaryKeyConstraint("id", name="pk_call_recording"),
        sa.UniqueConstraint("call_uuid", "part", "n", name="uq_call_recording_call_uuid_part_n"),
    )
    op.create_index("ix_call_recording_campaign_id_at", "call_recording", ["campaign_id", "at"])
    op.create_index("ix_call_recording_raw", "call_recording", ["id"], postgresql_where=sa.text("state = 'raw'"))


def downgrade() -> None:
    op.drop_table("call_recording")
    op.drop_column("campaign", "record_days")
    op.drop_column("campaign", "record")
    op.drop_column("campaign", "return_scenario_version_id")
    op.execute("DELETE FROM call WHERE kind = 'inbound'")
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent')")
    op.drop_column("attempt", "direction")
