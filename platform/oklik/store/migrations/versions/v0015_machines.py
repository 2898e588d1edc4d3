"""What a campaign does about answering machines, and the signs of them that a call has shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("machines", postgresql.JSONB(), nullable=True))
    op.add_column("attempt", sa.Column("signs", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("attempt", "signs")
    op.drop_column("campaign", "machines")
