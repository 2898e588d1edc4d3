"""History of the stop list, consents with text and number, tokens of the API, the audit, repeated requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW_IN_CONSENT = (
    ("number", sa.Text()),
    ("text_digest", sa.Text()),
    ("recorded_at", MOMENT),
    ("revoked_source", sa.Text()),
    ("revoked_by", sa.Text()),
    ("revoke_recorded_at", MOMENT),
)


def upgrade() -> None:
    _stop_list()
    _consents()
    _access()


def _stop_list() -> None:
    op.create_table(
        "stop_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("call_uuid", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('added','repeated','removed')", name=op.f("ck_stop_event_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_stop_event"),
    )
    op.create_index("ix_stop_event_number", "stop_event", ["number", "id"])
    op.execute(
        """INSERT INTO stop_event (number, kind, source, reason, recorded_by, call_uuid, at)
           SELECT number, 'added', source, '', '', call_uuid, added_at FROM suppression ORDER BY added_at, number"""
    )


def _consents() -> None:
    op.create_table(
        "consent_text",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_consent_text"),
    )
    for name, kind in NEW_IN_CONSENT:
        op.add_column("consent", sa.Column(name, kind, nullable=True))
    op.add_column("consent", sa.Column("recorded_by", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.alter_column("consent", "person_id", nullable=True)
    op.create_foreign_key("fk_consent_text_digest_consent_text", "consent", "consent_text", ["text_digest"], ["digest"])
    op.create_check_constraint(op.f("ck_consent_whose"), "consent", "person_id IS NOT NULL OR number IS NOT NULL")
    op.create_index("ix_consent_number", "consent", ["number"])


def _access() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("name", name="uq_api_token_name"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("token_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_idempotency_key_token_id_api_token"),
        sa.PrimaryKeyConstraint("token_id", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def downgrade() -> None:
    for table in ("idempotency_key", "audit_entry", "api_token", "stop_event"):
        op.drop_table(table)
    op.drop_index("ix_consent_number", table_name="consent")
    op.drop_constraint(op.f("ck_consent_whose"), "consent")
    op.drop_constraint("fk_consent_text_digest_consent_text", "consent")
    op.execute("DELETE FROM consent WHERE person_id IS NULL")  # the earlier tables know no consent of a number alone
    op.alter_column("consent", "person_id", nullable=False)
    for name in ("recorded_by", *(name for name, _ in NEW_IN_CONSENT)):
        op.drop_column("consent", name)
    op.drop_table("consent_text")
