"""Accounts, sessions and one-time codes of the pages; tokens that expire and belong to somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'supervisor', 'marketer', 'agent')", name=op.f("ck_user_account_role")),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("login", name="uq_user_account_login"),
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_web_session_user_id_user_account"),
        sa.PrimaryKeyConstraint("id", name="pk_web_session"),
        sa.UniqueConstraint("digest", name="uq_web_session_digest"),
    )
    op.create_index("ix_web_session_user_id", "web_session", ["user_id"])
    op.create_index("ix_web_session_created_at", "web_session", ["created_at"])
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_one_time_code_user_id_user_account"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_code"),
        sa.UniqueConstraint("digest", name="uq_one_time_code_digest"),
    )
    op.create_index("ix_one_time_code_user_id", "one_time_code", ["user_id"])
    op.create_table(
        "web_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_web_key_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_web_key"),
    )
    op.add_column("api_token", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.add_column("api_token", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key("fk_api_token_user_id_user_account", "api_token", "user_account", ["user_id"], ["id"])
    # Answers are kept for a day; those of now go on to hold.
    op.add_column("idempotency_key", sa.Column("owner", sa.Text(), nullable=True))
    op.execute("UPDATE idempotency_key SET owner = 'token:' || token_id")
    op.alter_column("idempotency_key", "owner", nullable=False)
    op.drop_column("idempotency_key", "token_id")
    op.create_primary_key("pk_idempotency_key", "idempotency_key", ["owner", "key"])


def downgrade() -> None:
    op.execute("DELETE FROM idempotency_key")
    op.drop_constraint("pk_idempotency_key", "idempotency_key")
    op.drop_column("idempotency_key", "owner")
    op.add_column("idempotency_key", sa.Column("token_id", sa.BigInteger(), nullable=False))
    op.create_primary_key("pk_idempotency_key", "idempotency_key", ["token_id", "key"])
    op.create_foreign_key("fk_idempotency_key_token_id_api_token", "idempotency_key", "api_token", ["token_id"], ["id"])
    op.drop_constraint("fk_api_token_user_id_user_account", "api_token")
    op.drop_column("api_token", "expires_at")
    op.drop_column("api_token", "user_id")
    for table in ("web_key", "one_time_code", "web_session", "user_account"):
        op.drop_table(table)
