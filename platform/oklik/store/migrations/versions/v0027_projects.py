"""Projects that are archived, and the usual one, known by a mark instead of by its name."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("usual", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("project", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_project_usual", "project", ["usual"], unique=True, postgresql_where=sa.text("usual"))
    op.execute("UPDATE project SET usual = true WHERE name = 'oklik run'")
    op.execute(
        """UPDATE project SET name = 'Основной'
           WHERE usual AND NOT EXISTS (SELECT FROM project WHERE name = 'Основной')"""
    )
    op.execute(
        """UPDATE list_import SET project = (SELECT name FROM project WHERE usual)
           WHERE project = 'oklik run' AND EXISTS (SELECT FROM project WHERE usual)"""
    )


def downgrade() -> None:
    op.execute(
        """UPDATE project SET name = 'oklik run'
           WHERE usual AND NOT EXISTS (SELECT FROM project WHERE name = 'oklik run')"""
    )
    op.drop_index("uq_project_usual", table_name="project", postgresql_where=sa.text("usual"))
    op.drop_column("project", "archived_at")
    op.drop_column("project", "usual")
