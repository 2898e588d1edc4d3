"""Contacts keep the remarks on their row and the kinds of its cells; the attempt that tells most gives their outcome.

Of lists that are here already neither remarks nor kinds are known; a new import brings them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# dialing.disposition.TELLING as it was when this was written; a migration must not change with it.
_LEVELS = (
    "opted_out",
    "transferred completed delivered declined",
    "partial no_agent abandoned",
    "wrong_person no_input hung_up",
    "machine unknown",
    "busy no_answer rejected unreachable invalid_number",
    "line_fault cancelled",
)
_LEVEL = " ".join(f"WHEN '{one}' THEN {level}" for level, ones in enumerate(_LEVELS) for one in ones.split())


def upgrade() -> None:
    op.add_column("contact", sa.Column("kinds", postgresql.JSONB(), nullable=True))
    op.add_column("contact", sa.Column("notes", postgresql.JSONB(), nullable=True))
    op.execute(
        f"""UPDATE target SET disposition = best.disposition
            FROM (SELECT DISTINCT ON (target_id) target_id, disposition FROM attempt
                  WHERE NOT open AND disposition <> 'not_sent'
                  ORDER BY target_id, CASE disposition {_LEVEL} END, n DESC) AS best
            WHERE best.target_id = target.id AND target.disposition <> best.disposition"""  # noqa: S608  ours
    )


def downgrade() -> None:
    op.drop_column("contact", "notes")
    op.drop_column("contact", "kinds")
    op.execute("UPDATE attempt SET disposition = 'completed' WHERE disposition = 'declined'")
    op.execute(
        """UPDATE target SET disposition = latest.disposition
           FROM (SELECT DISTINCT ON (target_id) target_id, disposition FROM attempt
                 WHERE NOT open AND disposition <> 'not_sent' ORDER BY target_id, n DESC) AS latest
           WHERE latest.target_id = target.id AND target.disposition <> latest.disposition"""
    )
