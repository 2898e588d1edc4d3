"""Which people of its lists a campaign was made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("segment", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "segment")
