"""Prices of a whole trunk, extensions behind it, reserved channels that several dialers share, whose a fault was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    nothing = sa.text("0")
    op.add_column("reservation", sa.Column("attempt_price", sa.Numeric(), server_default=nothing, nullable=False))
    op.add_column("trunk_lease", sa.Column("reserved", sa.Integer(), server_default=nothing, nullable=False))
    op.add_column(
        "trunk", sa.Column("extensions", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("attempt", sa.Column("own_fault", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("attempt", "own_fault")
    op.drop_column("trunk", "extensions")
    op.drop_column("trunk_lease", "reserved")
    op.drop_column("reservation", "attempt_price")
