"""Calls as results count them, the ways they went, and filters of reports that are asked for.

Counts of spans that were kept before are counted anew by the job, which then writes the rows of their calls as well.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_way",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("nodes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("exits", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scenario_version.id"], name="fk_call_way_version_id_scenario_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call_way"),
        sa.UniqueConstraint("digest", name="uq_call_way_digest"),
    )
    op.create_table(
        "call_result",
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("talk_s", sa.Float(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("way_id", sa.BigInteger(), nullable=True),
        sa.Column("second", sa.SmallInteger(), nullable=True),
        sa.Column("prompt_s", sa.SmallInteger(), nullable=True),
        sa.Column("answers", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("attempt_uuid", name="pk_call_result"),
    )
    for name, *columns in (
        ("contact", "contact_id"),
        ("time", "started_at", "attempt_uuid"),
        ("outcome", "outcome", "started_at", "attempt_uuid"),
        ("talk", "talk_s", "attempt_uuid"),
        ("way", "way_id", "started_at", "attempt_uuid"),
    ):
        op.create_index(f"ix_call_result_{name}", "call_result", ["campaign_id", *columns])
    op.add_column("report_file", sa.Column("wanted", postgresql.JSONB(), nullable=True))
    op.execute("DELETE FROM result_span")


def downgrade() -> None:
    op.drop_column("report_file", "wanted")
    for table in ("call_result", "call_way"):
        op.drop_table(table)
