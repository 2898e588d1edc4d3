"""Drafts that are tried on a phone: a version of no scenario, in a campaign that nobody sees."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_STATES = "'draft','running','paused','done','stopped'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_campaign_state"), "campaign", type_="check")
    op.create_check_constraint(op.f("ck_campaign_state"), "campaign", f"state IN ({_STATES},'trial')")
    op.alter_column("scenario_version", "scenario_id", nullable=True)
    op.add_column("scenario_version", sa.Column("trial_of", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scenario_version_trial_of_scenario"), "scenario_version", "scenario", ["trial_of"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_scenario_version_trial"), "scenario_version", "(scenario_id IS NULL) <> (trial_of IS NULL)"
    )


def downgrade() -> None:
    op.execute(
        """DELETE FROM call_order WHERE campaign_id IN (SELECT id FROM campaign WHERE state = 'trial');
           DELETE FROM target WHERE campaign_id IN (SELECT id FROM campaign WHERE state = 'trial');
           DELETE FROM campaign_trunk WHERE campaign_id IN (SELECT id FROM campaign WHERE state = 'trial');
           DELETE FROM campaign WHERE state = 'trial';
           DELETE FROM scenario_version WHERE scenario_id IS NULL;"""
    )
    op.drop_constraint(op.f("ck_scenario_version_trial"), "scenario_version", type_="check")
    op.drop_column("scenario_version", "trial_of")
    op.alter_column("scenario_version", "scenario_id", nullable=False)
    op.drop_constraint(op.f("ck_campaign_state"), "campaign", type_="check")
    op.create_check_constraint(op.f("ck_campaign_state"), "campaign", f"state IN ({_STATES})")
