"""What a dialer tells of its troubles: how long its loop stood still, how many calls it found that nobody led."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dialer_state", sa.Column("stalled_s", sa.Float(), server_default="0", nullable=False))
    op.add_column("dialer_state", sa.Column("unled", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("dialer_state", "unled")
    op.drop_column("dialer_state", "stalled_s")
