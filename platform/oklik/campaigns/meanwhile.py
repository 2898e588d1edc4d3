"""Two people who change the same thing: whoever saves second is told so, and nothing of the first is lost unseen.

What is changed as a whole has a version, a text that differs as soon as anything of it does.  Whoever saves says which
one their change was made to.
"""

from sqlalchemy import Connection

from oklik.campaigns.rows import run


class ChangedMeanwhile(Exception):
    """Somebody else has saved meanwhile; nothing is written.  version: the present one; who: as in the audit, or ""."""

    def __init__(self, version: str, who: str) -> None:
        self.version, self.who = version, who
        super().__init__(f"changed meanwhile by {who or 'somebody'}")


def check_version(conn: Connection, given: str | None, present: str, *, room: str, subject: str) -> None:
    """Make sure that a change was made to what there is.  Raises ChangedMeanwhile.

    given: the version that was changed; None: whatever there is.  The row must be locked, so that it stays so.
    room, subject: what audit entries of such changes begin with ("trunks."), and what they name.
    """
    if given is None or given == present:
        return
    who = run(
        conn,
        """SELECT who FROM audit_entry WHERE subject = :subject AND starts_with(action, :room)
           ORDER BY id DESC LIMIT 1""",
        subject=subject,
        room=room,
    ).scalar()
    raise ChangedMeanwhile(present, str(who or ""))
