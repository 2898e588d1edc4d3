"""A campaign knows the region of its list; persons know all their numbers, and which of them are one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("base_zone", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("same_as", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_person_same_as_person"), "person", "person", ["same_as"], ["id"])
    op.create_index("ix_person_same_as", "person", ["same_as"], postgresql_where=sa.text("same_as IS NOT NULL"))
    op.create_table(
        "person_phone",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_phone_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_person_phone")),
    )
    op.create_index("ix_person_phone_number", "person_phone", ["number"])
    # Numbers of lists that are here already; which persons are one is found when a list is next imported.
    op.execute(
        """INSERT INTO person_phone (person_id, number)
           SELECT DISTINCT contact.person_id, phone
           FROM contact JOIN person ON person.id = contact.person_id, unnest(contact.phones) AS phone
           WHERE phone <> person.key"""
    )


def downgrade() -> None:
    op.drop_table("person_phone")
    op.drop_index("ix_person_same_as", table_name="person")
    op.drop_constraint(op.f("fk_person_same_as_person"), "person")
    op.drop_column("person", "same_as")
    op.drop_column("campaign", "base_zone")
