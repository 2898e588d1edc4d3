"""Test calls of trunks, and who has confirmed the phones on which tests ring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trunk_test",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("trunk_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", JSONB(), nullable=False),
        sa.Column("dtmf", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'preparing'"), nullable=False),
        sa.Column("node", sa.Text()),
        sa.Column("virtual", sa.Boolean()),
        sa.Column("call_uuid", sa.Uuid()),
        sa.Column("rule", sa.Text()),
        sa.Column("args", JSONB()),
        sa.Column("keys", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("cause", sa.Text()),
        sa.Column("q850", sa.SmallInteger()),
        sa.Column("sip_status", sa.SmallInteger()),
        sa.Column("hangup_by", sa.Text()),
        sa.Column("fault", sa.Text()),
        sa.CheckConstraint(
            "state IN ('preparing','asked','dialing','ringing','answered','done','denied','failed','expired')",
            name=op.f("ck_trunk_test_state"),
        ),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunk.id"], name="fk_trunk_test_trunk_id_trunk"),
        sa.PrimaryKeyConstraint("id", name="pk_trunk_test"),
        sa.UniqueConstraint("call_uuid", name="uq_trunk_test_call_uuid"),
    )
    op.create_index(
        "ix_trunk_test_open", "trunk_test", ["trunk_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_trunk_test_trunk_id_id", "trunk_test", ["trunk_id", "id"])
    op.add_column("tester_phone", sa.Column("confirmed_by", sa.Text()))
    op.add_column("tester_phone", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    # until now only an administrator could name one
    op.execute("UPDATE tester_phone SET confirmed_by = added_by, confirmed_at = added_at")


def downgrade() -> None:
    # an older version rings every phone of the table
    op.execute("DELETE FROM tester_phone WHERE confirmed_at IS NULL")
    op.drop_column("tester_phone", "confirmed_at")
    op.drop_column("tester_phone", "confirmed_by")
    op.drop_table("trunk_test")
