"""People and not rows: the customer's person key, whose a phone is, contacts made elsewhere, removals, promises.

Downgrade: the earlier tables know one row of a list for each person.  Of a person's rows in a list the first (by row
number, then id) stays with them; every further one gets a person of its own, who is one with them (`same_as`), so that
no row, target or attempt is lost and they still share locks, caps and the stop list.  What the earlier tables cannot
hold goes: keys, contracts, whose a phone is, contacts made elsewhere, promises.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oklik.store.ahead import AheadIndex, add_indexes

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
AHEAD = (AheadIndex("ix_call_number", "call", ("number", "intent_at")),)


def upgrade() -> None:
    op.add_column("person", sa.Column("project_id", sa.BigInteger(), nullable=True))
    op.add_column("person", sa.Column("own_key", sa.Text(), nullable=True))
    op.create_foreign_key("fk_person_project_id_project", "person", "project", ["project_id"], ["id"])
    op.create_check_constraint("own_key", "person", "(project_id IS NULL) = (own_key IS NULL)")
    _index("ix_person_own_key", "person", ["own_key"], "own_key IS NOT NULL")
    op.add_column("contact", sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("contact", sa.Column("contract", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("part", sa.Text(), server_default="", nullable=False))
    op.drop_constraint("uq_contact_list_id_person_id", "contact", type_="unique")
    op.create_unique_constraint("uq_contact_list_id_person_id_part", "contact", ["list_id", "person_id", "part"])
    _index("ix_contact_contract", "contact", ["contract"], "contract IS NOT NULL")
    no = sa.text("false")
    op.add_column("campaign", sa.Column("as_messages", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("campaign", sa.Column("third_persons", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("target", sa.Column("removed", sa.Text(), nullable=True))
    _index("ix_target_removed", "target", ["id"], "removed IS NOT NULL AND state = 'dialing'")
    op.add_column("attempt", sa.Column("message", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("attempt", sa.Column("role", sa.Text(), nullable=True))
    add_indexes(AHEAD)
    _outside_contact()
    _promise()


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(condition))


def _outside_contact() -> None:
    op.create_table(
        "outside_contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("talk", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('call','message','sms','visit')", name=op.f("ck_outside_contact_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_outside_contact_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_outside_contact"),
        sa.UniqueConstraint("source", "external_id", name="uq_outside_contact_source_external_id"),
    )
    op.create_index("ix_outside_contact_person", "outside_contact", ["person_id", "at"])
    op.create_index("ix_outside_contact_number", "outside_contact", ["number", "at"])


def _promise() -> None:
    op.create_table(
        "promise",
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open','kept','broken','withdrawn')", name=op.f("ck_promise_state")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_promise_target_id_target"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_promise_person_id_person"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_promise_project_id_project"),
        sa.PrimaryKeyConstraint("attempt_uuid", name="pk_promise"),
    )
    op.create_index("ix_promise_person_id", "promise", ["person_id"])


def downgrade() -> None:
    op.drop_table("promise")
    op.drop_table("outside_contact")
    op.drop_index("ix_call_number", "call")
    op.drop_column("attempt", "role")
    op.drop_column("attempt", "message")
    op.drop_column("target", "removed")
    op.drop_column("campaign", "third_persons")
    op.drop_column("campaign", "as_messages")
    op.drop_constraint("uq_contact_list_id_person_id_part", "contact", type_="unique")
    _one_row_a_person()
    op.create_unique_constraint("uq_contact_list_id_person_id", "contact", ["list_id", "person_id"])
    op.drop_column("contact", "part")
    op.drop_column("contact", "contract")
    op.drop_column("contact", "roles")
    op.drop_column("person", "own_key")
    op.drop_column("person", "project_id")


def _one_row_a_person() -> None:
    """Part a person's further rows in a list.  A key with the contact's id is nobody else's, neither a phone."""
    op.execute(
        """CREATE TEMPORARY TABLE further ON COMMIT DROP AS
           SELECT id, person_id, 'contact ' || id AS key FROM (
               SELECT id, person_id, row_number() OVER (
                   PARTITION BY list_id, person_id ORDER BY contact.row_number, id) AS nth FROM contact) AS numbered
           WHERE nth > 1"""
    )
    op.execute(
        """INSERT INTO person (key, same_as)
           SELECT further.key, coalesce(person.same_as, person.id)
           FROM further JOIN person ON person.id = further.person_id ORDER BY further.id
           ON CONFLICT (key) DO NOTHING"""
    )
    for table, row in (("contact", "id"), ("target", "contact_id")):
        op.execute(
            f"""UPDATE {table} SET person_id = own.id
                FROM further JOIN person own ON own.key = further.key
                WHERE {table}.{row} = further.id"""  # noqa: S608  constants
        )
    op.execute("DROP TABLE further")
