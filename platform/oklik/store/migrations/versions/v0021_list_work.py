"""Lists in the application: uploaded files, edited cells, words to search by, segments; lists that were deleted."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oklik.store.ahead import AheadIndex, add_indexes

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
AHEAD = (
    AheadIndex("ix_contact_list_row", "contact", ("list_id", "row_number", "id")),
    AheadIndex("ix_suppression_added", "suppression", ("added_at", "number")),
)


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("contact_list", sa.Column("layout", postgresql.JSONB(), nullable=True))
    op.add_column("contact_list", _moment("indexed_at", nullable=True))
    op.add_column("contact_list", _moment("deleted_at", nullable=True))
    op.add_column("contact_list", sa.Column("deleted_name", sa.Text(), nullable=True))
    add_indexes(AHEAD)
    op.create_table(
        "list_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'uploaded'")),
        sa.Column("phase", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("rows", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("project", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("name", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("options", postgresql.JSONB(), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("error", postgresql.JSONB(), nullable=True),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(
            "state IN ('uploaded','waiting','running','done','failed','cancelled')", name=op.f("ck_list_import_state")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["contact_list.id"], name="fk_list_import_list_id_contact_list", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_list_import"),
    )
    op.create_index("ix_list_import_list_id", "list_import", ["list_id"])
    op.create_table(
        "list_upload_part",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["list_import.id"], name="fk_list_upload_part_import_id_list_import", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_list_upload_part"),
    )
    op.create_table(
        "contact_edit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("kind_before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        _moment("at"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_contact_edit_contact_id_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contact_edit"),
    )
    op.create_index("ix_contact_edit_contact_id", "contact_edit", ["contact_id"])
    op.create_table(
        "contact_words",
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_contact_words_contact_id_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact_words"),
    )
    op.create_index("ix_contact_words_words", "contact_words", ["words"], postgresql_using="gin")
    op.create_table(
        "segment",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["list_id"], ["contact_list.id"], name="fk_segment_list_id_contact_list"),
        sa.PrimaryKeyConstraint("id", name="pk_segment"),
        sa.UniqueConstraint("list_id", "name", name="uq_segment_list_id_name"),
    )


def downgrade() -> None:
    for table in ("segment", "contact_words", "contact_edit", "list_upload_part", "list_import"):
        op.drop_table(table)
    op.drop_index("ix_suppression_added", "suppression")
    op.drop_index("ix_contact_list_row", "contact")
    for column in ("deleted_name", "deleted_at", "indexed_at", "layout"):
        op.drop_column("contact_list", column)
