"""What the organisation calls the outcomes of calls."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcome_name",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("outcome", "ru", "en")),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("outcome", name="pk_outcome_name"),
    )


def downgrade() -> None:
    op.drop_table("outcome_name")
