"""Those whose prompts are next to be made are found by an index, not by a look at all who wait for theirs."""

from alembic import op

from oklik.store.ahead import AheadIndex, add_indexes

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
AHEAD = (
    AheadIndex(
        "ix_target_preparing",
        "target",
        ("campaign_id", "due", "id"),
        "state = 'preparing' AND reason IS DISTINCT FROM 'pilot'",
    ),
)


def upgrade() -> None:
    add_indexes(AHEAD)


def downgrade() -> None:
    op.drop_index("ix_target_preparing", table_name="target")
