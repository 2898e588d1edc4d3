"""Calls that people order, phones of testers, and verdicts on calls that are about nobody of a campaign."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("verdict", "target_id", nullable=True)
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent','inbound','test')")
    op.create_table(
        "tester_phone",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tester_phone"),
    )
    op.create_table(
        "call_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("endpoint", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("agent_group", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'asked'")),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("args", postgresql.JSONB(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict_id", sa.BigInteger(), nullable=True),
        sa.Column("call_uuid", sa.Uuid(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('manual','test','agent_first')", name=op.f("ck_call_order_kind")),
        sa.CheckConstraint(
            "state IN ('asked','denied','claimed','expired','cancelled','failed')", name=op.f("ck_call_order_state")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_call_order_campaign_id_campaign"),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_call_order_target_id_target"),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name="fk_call_order_verdict_id_verdict"),
        sa.PrimaryKeyConstraint("id", name="pk_call_order"),
        sa.UniqueConstraint("call_uuid", name="uq_call_order_call_uuid"),
    )
    op.create_index("ix_call_order_asked", "call_order", ["id"], postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    op.drop_table("call_order")
    op.drop_table("tester_phone")
    op.execute("DELETE FROM verdict WHERE target_id IS NULL")
    op.execute("DELETE FROM call WHERE kind = 'test'")
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent','inbound')")
    op.alter_column("verdict", "target_id", nullable=False)
