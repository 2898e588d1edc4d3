"""The public numbering register, launch checks, and what calls over a trunk cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "numbering_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("ranges", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_numbering_file"),
    )
    op.create_table(
        "numbering_range",
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("zones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("first", name="pk_numbering_range"),
    )
    op.create_table(
        "numbering_plan",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("single", name="single"),
        sa.PrimaryKeyConstraint("single", name="pk_numbering_plan"),
    )
    op.create_table(
        "preflight",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting','running','done','failed')", name="state"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_preflight_campaign_id_campaign"),
        sa.PrimaryKeyConstraint("id", name="pk_preflight"),
    )
    op.add_column("trunk", sa.Column("attempt_price", sa.Numeric(), nullable=True))
    op.add_column("trunk", sa.Column("minute_price", sa.Numeric(), nullable=True))


def downgrade() -> None:
    op.drop_column("trunk", "minute_price")
    op.drop_column("trunk", "attempt_price")
    op.drop_table("preflight")
    op.drop_table("numbering_plan")
    op.drop_table("numbering_range")
    op.drop_table("numbering_file")
