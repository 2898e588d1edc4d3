"""Who is called no more until that is taken back, the name of a campaign's recordings, contacts by phones of others."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("record_name", sa.Text(), nullable=True))
    op.create_index(
        "ix_contact_phones",
        "contact",
        ["phones"],
        postgresql_using="gin",
        postgresql_where=sa.text("roles IS NOT NULL"),
    )
    others = sa.text("role IN ('guarantor', 'relative', 'third')")
    op.create_index("ix_attempt_others", "attempt", ["started_at"], postgresql_where=others)
    op.create_table(
        "exclusion",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Text(), nullable=True),
        sa.Column("taken_back_why", sa.Text(), nullable=True),
        sa.CheckConstraint("reason IN ('bankrupt')", name=op.f("ck_exclusion_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_exclusion_person_id_person"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_exclusion_project_id_project"),
        sa.PrimaryKeyConstraint("id", name="pk_exclusion"),
    )
    op.create_index("ix_exclusion_person_id", "exclusion", ["person_id"])
    # Who was taken out as bankrupt before is known by their targets only.
    op.execute(
        """INSERT INTO exclusion (person_id, project_id, reason, at, recorded_by)
           SELECT t.person_id, c.project_id, 'bankrupt', coalesce(min(v.at), max(c.created_at)), ''
           FROM target t JOIN campaign c ON c.id = t.campaign_id
           LEFT JOIN verdict v ON v.target_id = t.id AND v.rule = 'removed_bankrupt'
           WHERE t.removed = 'removed_bankrupt' GROUP BY t.person_id, c.project_id ORDER BY t.person_id, c.project_id"""
    )


def downgrade() -> None:
    op.drop_table("exclusion")
    op.drop_index("ix_attempt_others", table_name="attempt")
    op.drop_index("ix_contact_phones", table_name="contact")
    op.drop_column("campaign", "record_name")
