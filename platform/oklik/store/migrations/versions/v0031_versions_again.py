"""A document that is published again after others becomes a version again."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_scenario_version_scenario_id_digest", "scenario_version", type_="unique")


def downgrade() -> None:
    # Of two that are the same the later one is marked by its number, for campaigns have it.
    op.execute(
        """UPDATE scenario_version v SET digest = v.digest || '#' || v.number WHERE EXISTS (
               SELECT FROM scenario_version w
               WHERE w.scenario_id = v.scenario_id AND w.digest = v.digest AND w.number < v.number)"""
    )
    op.create_unique_constraint("uq_scenario_version_scenario_id_digest", "scenario_version", ["scenario_id", "digest"])
