"""Gateways that are filled in on a page, what the switches say of them, and how words are read aloud."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trunk_gateway",
        sa.Column("trunk_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("login", "host", "user_name", "codecs", "dtmf", "caller_id", "nat_address")
        ),
        sa.Column("ping", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("login IN ('registration', 'address')", name=op.f("ck_trunk_gateway_login")),
        sa.CheckConstraint("dtmf IN ('rfc2833', 'info', 'inband')", name=op.f("ck_trunk_gateway_dtmf")),
        sa.CheckConstraint("caller_id IN ('from', 'pai', 'rpid')", name=op.f("ck_trunk_gateway_caller_id")),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunk.id"], name="fk_trunk_gateway_trunk_id_trunk"),
        sa.PrimaryKeyConstraint("trunk_id", name="pk_trunk_gateway"),
    )
    op.create_table(
        "gateway_state",
        sa.Column("trunk_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("sip_status", sa.Integer(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trunk_id"], ["trunk_gateway.trunk_id"], name="fk_gateway_state_trunk_id_trunk_gateway"
        ),
        sa.PrimaryKeyConstraint("trunk_id", "node", name="pk_gateway_state"),
    )
    op.create_table(
        "pronunciation",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("language", "word", name="pk_pronunciation"),
    )


def downgrade() -> None:
    for table in ("pronunciation", "gateway_state", "trunk_gateway"):
        op.drop_table(table)
