"""What calls write into the contacts' columns is kept beside what stood there before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_change",
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_contact_change_contact_id_contact"),
        sa.PrimaryKeyConstraint("attempt_uuid", "seq", name="pk_contact_change"),
    )
    op.create_index("ix_contact_change_contact_id", "contact_change", ["contact_id"])


def downgrade() -> None:
    op.drop_table("contact_change")
