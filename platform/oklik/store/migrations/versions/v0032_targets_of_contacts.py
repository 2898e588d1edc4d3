"""A contact's targets are found by an index: a list of contacts is dropped without reading all targets for each."""

from alembic import op

from oklik.store.ahead import AheadIndex, add_indexes

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
AHEAD = (AheadIndex("ix_target_contact_id", "target", ("contact_id",)),)


def upgrade() -> None:
    add_indexes(AHEAD)


def downgrade() -> None:
    op.drop_index("ix_target_contact_id", table_name="target")
