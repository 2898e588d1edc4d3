"""Which campaigns there are, and how one of them is found by what a person calls it."""

from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run


class Listed(msgspec.Struct, frozen=True):
    """A campaign.  targets: contacts in it; done: those for whom nothing more is planned."""

    id: int
    project: str
    name: str
    purpose: str
    state: str
    targets: int
    done: int

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.structs.asdict(self)


class NoSuchCampaign(ValueError):
    """Nothing, or more than one campaign, goes by that name.  known: names (with numbers) that could be meant."""

    def __init__(self, given: str, known: list[str]) -> None:
        self.given, self.known = given, known
        super().__init__(f"no one campaign is called {given!r}; there are: {', '.join(known) or 'none'}")


_MOST_NAMED = 10

_CAMPAIGNS = """SELECT c.id, p.name AS project, c.name, c.purpose, c.state, t.targets, t.done
FROM campaign c JOIN project p ON p.id = c.project_id
CROSS JOIN LATERAL (
    SELECT count(*) AS targets, count(*) FILTER (WHERE state = 'done') AS done
    FROM target WHERE campaign_id = c.id) t
WHERE c.state <> 'trial'"""


def all_campaigns(conn: Connection) -> list[Listed]:
    """Give all campaigns, the newest first."""
    return [Listed(*row) for row in run(conn, f"{_CAMPAIGNS} ORDER BY c.id DESC")]


def find_campaign(conn: Connection, given: str) -> int:
    """Give the id of the campaign that a person means: its number, or its name where only one has it.

    Raises NoSuchCampaign.
    """
    rows = run(conn, "SELECT id, name FROM campaign WHERE state <> 'trial' ORDER BY id DESC").all()
    if given.isascii() and given.isdecimal() and any(row.id == int(given) for row in rows):
        return int(given)
    named = [row.id for row in rows if row.name == given]
    if len(named) != 1:
        could = [row for row in rows if row.name == given] or rows
        raise NoSuchCampaign(given, [f"{row.id} ({row.name})" for row in could[:_MOST_NAMED]])
    return int(named[0])
