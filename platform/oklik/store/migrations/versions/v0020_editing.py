"""Drafts of scenarios, golden runs, tried-out calls, the library of recorded prompts; who published a version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_JSON = postgresql.JSON(astext_type=sa.Text())


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _saved() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    op.add_column("scenario_version", sa.Column("published_by", sa.Text(), nullable=True))
    op.add_column("scenario_version", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("scenario_version", sa.Column("draft_revision", sa.Integer(), nullable=True))
    op.create_table(
        "scenario_draft",
        _id(),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", _JSON, nullable=False),
        *_saved(),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_scenario_draft_scenario_id_scenario"),
        sa.PrimaryKeyConstraint("id", name="pk_scenario_draft"),
        sa.UniqueConstraint("scenario_id", "revision", name="uq_scenario_draft_scenario_id_revision"),
    )
    op.create_table(
        "golden_run",
        _id(),
        sa.Column("scenario_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("run", _JSON, nullable=False),
        *_saved(),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_golden_run_scenario_id_scenario"),
        sa.PrimaryKeyConstraint("id", name="pk_golden_run"),
        sa.UniqueConstraint("scenario_id", "name", name="uq_golden_run_scenario_id_name"),
    )
    op.create_table(
        "simulation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.BigInteger(), nullable=True),
        sa.Column("document", _JSON, nullable=False),
        sa.Column("begun", _JSON, nullable=False),
        sa.Column("moves", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_simulation_scenario_id_scenario"),
        sa.PrimaryKeyConstraint("id", name="pk_simulation"),
    )
    op.create_index("ix_simulation_begun_at", "simulation", ["begun_at"])
    op.create_table(
        "prompt",
        _id(),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompt"),
        sa.UniqueConstraint("language", "key", name="uq_prompt_language_key"),
    )
    op.create_table(
        "prompt_sound",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_prompt_sound"),
    )
    op.create_table(
        "prompt_version",
        _id(),
        sa.Column("prompt_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("clipped", sa.Boolean(), nullable=False),
        sa.Column("levelled_db", sa.Float(), nullable=False),
        sa.Column("trimmed_ms", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        *_saved(),
        sa.ForeignKeyConstraint(["digest"], ["prompt_sound.digest"], name="fk_prompt_version_digest_prompt_sound"),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name="fk_prompt_version_prompt_id_prompt"),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_version"),
        sa.UniqueConstraint("prompt_id", "number", name="uq_prompt_version_prompt_id_number"),
    )


def downgrade() -> None:
    for table in ("prompt_version", "prompt_sound", "prompt", "simulation", "golden_run", "scenario_draft"):
        op.drop_table(table)
    op.drop_column("scenario_version", "draft_revision")
    op.drop_column("scenario_version", "note")
    op.drop_column("scenario_version", "published_by")
