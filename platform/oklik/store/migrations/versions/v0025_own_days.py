"""Working days of the organisation and its projects."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_calendar",
        sa.Column("scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("skip", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_work_calendar"),
    )
    op.create_table(
        "own_day",
        sa.Column("scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_own_day_kind")),
        sa.PrimaryKeyConstraint("scope", "day", name="pk_own_day"),
    )


def downgrade() -> None:
    op.drop_table("own_day")
    op.drop_table("work_calendar")
