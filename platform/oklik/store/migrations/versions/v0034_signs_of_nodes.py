"""Signs of life of switch nodes: what a dialer that is gone for good has left open is settled by another node's."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node_sign",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("longest_s", sa.Integer(), nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("node", name="pk_node_sign"),
    )


def downgrade() -> None:
    op.drop_table("node_sign")
