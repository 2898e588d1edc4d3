"""Legs to agents are legs like any other: they have verdicts of their own, and campaigns know to whom they transfer.

A verdict names the leg it is about, not the attempt.  Documents of scenarios keep the order of their keys from now on.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("verdict", "attempt_uuid", new_column_name="call_uuid")
    op.execute("ALTER TABLE verdict RENAME CONSTRAINT uq_verdict_attempt_uuid TO uq_verdict_call_uuid")
    op.add_column(
        "scenario_version",
        sa.Column("agent_groups", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.execute(
        """UPDATE scenario_version SET agent_groups = ARRAY(
               SELECT DISTINCT node.value ->> 'group' FROM jsonb_each(document -> 'nodes') AS node
               WHERE node.value ->> 'kind' = 'transfer' ORDER BY 1)"""
    )
    op.execute("ALTER TABLE scenario_version ALTER document TYPE json USING document::json")


def downgrade() -> None:
    op.execute("ALTER TABLE scenario_version ALTER document TYPE jsonb USING document::jsonb")
    op.drop_column("scenario_version", "agent_groups")
    op.execute("DELETE FROM verdict WHERE call_uuid NOT IN (SELECT uuid FROM attempt)")
    op.execute("ALTER TABLE verdict RENAME CONSTRAINT uq_verdict_call_uuid TO uq_verdict_attempt_uuid")
    op.alter_column("verdict", "call_uuid", new_column_name="attempt_uuid")
