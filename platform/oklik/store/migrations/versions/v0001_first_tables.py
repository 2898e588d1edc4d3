"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "answer",
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attempt_uuid", "question", name=op.f("pk_answer")),
    )
    op.create_table(
        "call",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("core_uuid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("q850", sa.SmallInteger(), nullable=True),
        sa.Column("sip_status", sa.SmallInteger(), nullable=True),
        sa.Column("hangup_by", sa.Text(), nullable=True),
        sa.Column("ring_s", sa.Double(), nullable=True),
        sa.Column("talk_s", sa.Double(), nullable=True),
        sa.CheckConstraint("kind IN ('person','agent')", name=op.f("ck_call_kind")),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_call")),
    )
    op.create_index("ix_call_attempt", "call", ["attempt_uuid"], unique=False)
    op.create_index(
        "ix_call_open",
        "call",
        ["node"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('final','not_sent','unknown')"),
    )
    op.create_table(
        "node_lease",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("core_uuid", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_node_lease")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("attempt_uuid", "kind", name=op.f("uq_outbox_attempt_uuid_kind")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("name", name=op.f("uq_project_name")),
    )
    op.create_table(
        "step",
        sa.Column("attempt_uuid", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("fact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("attempt_uuid", "seq", name=op.f("pk_step")),
    )
    op.create_table(
        "suppression",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("call_uuid", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_suppression")),
    )
    op.create_table(
        "trunk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dial_string", sa.Text(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("cps", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trunk")),
        sa.UniqueConstraint("name", name=op.f("uq_trunk_name")),
    )
    op.create_table(
        "agent_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_agent_group_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_group")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_agent_group_project_id_name")),
    )
    op.create_table(
        "caller_id",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("trunk_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunk.id"], name=op.f("fk_caller_id_trunk_id_trunk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_id")),
        sa.UniqueConstraint("trunk_id", "number", name=op.f("uq_caller_id_trunk_id_number")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "contact_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_contact_list_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_list")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_contact_list_project_id_name")),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_scenario_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_scenario_project_id_name")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["contact_list.id"], name=op.f("fk_contact_list_id_contact_list")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("list_id", "person_id", name=op.f("uq_contact_list_id_person_id")),
    )
    op.create_index(op.f("ix_contact_person_id"), "contact", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["agent_group.id"], name=op.f("fk_membership_group_id_agent_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("group_id", "position", name=op.f("uq_membership_group_id_position")),
    )
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["contact_list.id"], name=op.f("fk_rejected_row_list_id_contact_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
        sa.UniqueConstraint("list_id", "row_number", name=op.f("uq_rejected_row_list_id_row_number")),
    )
    op.create_index(op.f("ix_rejected_row_list_id"), "rejected_row", ["list_id"], unique=False)
    op.create_table(
        "scenario_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_version_scenario_id_scenario")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_version")),
        sa.UniqueConstraint("scenario_id", "digest", name=op.f("uq_scenario_version_scenario_id_digest")),
        sa.UniqueConstraint("scenario_id", "number", name=op.f("uq_scenario_version_scenario_id_number")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scenario_version_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("trunk_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("window", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("retry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("voice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft','running','paused','done','stopped')", name=op.f("ck_campaign_state")),
        sa.ForeignKeyConstraint(["list_id"], ["contact_list.id"], name=op.f("fk_campaign_list_id_contact_list")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_campaign_project_id_project")),
        sa.ForeignKeyConstraint(
            ["scenario_version_id"],
            ["scenario_version.id"],
            name=op.f("fk_campaign_scenario_version_id_scenario_version"),
        ),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunk.id"], name=op.f("fk_campaign_trunk_id_trunk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_campaign_project_id_name")),
    )
    op.create_table(
        "command",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_command_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("faults", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("phone_index", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "last_hours", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_args", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("state IN ('preparing','waiting','dialing','done')", name=op.f("ck_target_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_target_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_target_contact_id_contact")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_target_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("campaign_id", "contact_id", name=op.f("uq_target_campaign_id_contact_id")),
    )
    op.create_index("ix_target_open", "target", ["campaign_id", "state"], unique=False)
    op.create_index(op.f("ix_target_person_id"), "target", ["person_id"], unique=False)
    op.create_index(
        "ix_target_queue",
        "target",
        ["campaign_id", "due", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "attempt",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("talk", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("consumed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("heard_percent", sa.SmallInteger(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_attempt_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id_person")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_attempt_target_id_target")),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_attempt")),
        sa.UniqueConstraint("target_id", "n", name=op.f("uq_attempt_target_id_n")),
    )
    op.create_index(op.f("ix_attempt_campaign_id"), "attempt", ["campaign_id"], unique=False)
    op.create_index("ix_attempt_person_time", "attempt", ["person_id", "started_at"], unique=False)
    op.create_index(op.f("ix_attempt_target_id"), "attempt", ["target_id"], unique=False)
    op.create_index("uq_attempt_open_person", "attempt", ["person_id"], unique=True, postgresql_where=sa.text("open"))
    op.create_index("uq_attempt_open_target", "attempt", ["target_id"], unique=True, postgresql_where=sa.text("open"))
    op.create_table(
        "verdict",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_uuid", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_verdict_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("attempt_uuid", name=op.f("uq_verdict_attempt_uuid")),
    )
    op.create_index(op.f("ix_verdict_target_id"), "verdict", ["target_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_verdict_target_id"), table_name="verdict")
    op.drop_table("verdict")
    op.drop_index("uq_attempt_open_target", table_name="attempt", postgresql_where=sa.text("open"))
    op.drop_index("uq_attempt_open_person", table_name="attempt", postgresql_where=sa.text("open"))
    op.drop_index(op.f("ix_attempt_target_id"), table_name="attempt")
    op.drop_index("ix_attempt_person_time", table_name="attempt")
    op.drop_index(op.f("ix_attempt_campaign_id"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("ix_target_queue", table_name="target", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f("ix_target_person_id"), table_name="target")
    op.drop_index("ix_target_open", table_name="target")
    op.drop_table("target")
    op.drop_table("command")
    op.drop_table("campaign")
    op.drop_table("scenario_version")
    op.drop_index(op.f("ix_rejected_row_list_id"), table_name="rejected_row")
    op.drop_table("rejected_row")
    op.drop_table("membership")
    op.drop_index(op.f("ix_contact_person_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_table("scenario")
    op.drop_table("contact_list")
    op.drop_index(op.f("ix_consent_person_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_table("caller_id")
    op.drop_table("agent_group")
    op.drop_table("trunk")
    op.drop_table("suppression")
    op.drop_table("step")
    op.drop_table("project")
    op.drop_table("person")
    op.drop_table("outbox")
    op.drop_table("node_lease")
    op.drop_index(
        "ix_call_open", table_name="call", postgresql_where=sa.text("state NOT IN ('final','not_sent','unknown')")
    )
    op.drop_index("ix_call_attempt", table_name="call")
    op.drop_table("call")
    op.drop_table("answer")
