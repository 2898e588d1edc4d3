"""What becomes of a database that was put back from a backup: nobody is called because of what it says.

It does not know what was done after it was made: who was called, who asked not to be called again, who was taken out.
So every campaign that ran is paused, and nothing that people asked for then is carried out now.
"""

import datetime as dt

from sqlalchemy import Connection

from oklik.campaigns.rows import run

RESTORED = "restored"
"""Why a campaign is held, as commands.hold says it."""


def statements(made_at: dt.datetime) -> list[str]:
    """Give the SQL that belongs into the transaction which puts the tables back.  made_at: of the backup.

    Tables and columns here are those of any version that could make backups.  Retries stand still since the backup was
    made, as in a pause; rehearsed time does so by itself.
    """
    at = f"TIMESTAMPTZ '{made_at.astimezone(dt.UTC).isoformat()}'"
    return [
        f"""UPDATE campaign SET state = 'paused', held = '{RESTORED}',
               paused_at = CASE WHEN virtual THEN NULL ELSE {at} END WHERE state = 'running'""",  # noqa: S608  a constant, a time
        "UPDATE standing_campaign SET active = false WHERE active",
        "UPDATE command SET result = 'expired' WHERE result IS NULL",
        "UPDATE call_order SET state = 'expired' WHERE state = 'asked'",
        "UPDATE trunk_test SET state = 'expired', ended_at = now() WHERE ended_at IS NULL",
        # programs that hold one may be gone, found out or replaced since then
        "UPDATE api_token SET revoked_at = now() WHERE revoked_at IS NULL",
        f"""INSERT INTO audit_entry (at, who, via, address, action, subject, details)
            VALUES (now(), 'user:restore', 'command', NULL, 'backup.restore', 'database',
                    jsonb_build_object('made_at', {at}))""",  # noqa: S608  a time of ours
    ]


def was_restored(conn: Connection, made_at: dt.datetime) -> bool:
    """Say whether this is a database that was put back from the backup of that moment."""
    if not run(conn, "SELECT to_regclass('audit_entry') IS NOT NULL").scalar_one():
        return False
    found = run(
        conn,
        """SELECT count(*) FROM audit_entry
           WHERE action = 'backup.restore' AND CAST(details ->> 'made_at' AS timestamptz) = :at""",
        at=made_at,
    )
    return bool(found.scalar_one())


def held_campaigns(conn: Connection) -> list[str]:
    """Give the names of the campaigns that wait since a restore for somebody to let them go on."""
    rows = run(conn, "SELECT name FROM campaign WHERE state = 'paused' AND held = :why ORDER BY id", why=RESTORED)
    return [str(row.name) for row in rows]
