"""From when on the outbox is whole: older rows of it are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("outbox_from", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("installation", "outbox_from")
