"""People call back: attempts by either side, calls without an attempt, a campaign's own scenario for them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("direction", sa.Text(), nullable=False, server_default=sa.text("'out'")))
    op.create_check_constraint(op.f("ck_attempt_direction"), "attempt", "direction IN ('out','in')")
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent','inbound')")
    op.add_column("campaign", sa.Column("return_scenario_version_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_campaign_return_scenario_version_id_scenario_version"),
        "campaign",
        "scenario_version",
        ["return_scenario_version_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("campaign", "return_scenario_version_id")
    op.execute("DELETE FROM call WHERE kind = 'inbound'")
    op.drop_constraint(op.f("ck_call_kind"), "call", type_="check")
    op.create_check_constraint(op.f("ck_call_kind"), "call", "kind IN ('person','agent')")
    op.drop_column("attempt", "direction")
