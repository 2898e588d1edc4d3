"""A target knows in which generation of the prompts' folder its speech was made, and for which years."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("target", sa.Column("prepared", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("target", "prepared")
