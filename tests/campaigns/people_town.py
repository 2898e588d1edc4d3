"""Lists with keys, contracts and phones of others, campaigns over them, and calls that end as a test wants."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from campaigns.world import MINUTE, NOON, World
from oklik.campaigns.import_contacts import ImportSummary, import_contacts
from oklik.campaigns.intents import Claimed

TALK: Mapping[str, Any] = {"answered": True, "talk_s": 20.0, "ended_reason": "completed"}
SILENCE: Mapping[str, Any] = {"cause": "NO_ANSWER"}
LEFT: Mapping[str, Any] = {"answered": True, "talk_s": 5.0}


class Town:
    """Lists are files, a campaign over each; everything is committed at once."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.files = engine, folder, 0
        with engine.begin() as conn:
            World(conn).base()

    def file(self, header: str, *rows: str, name: str = "") -> Path:
        """A CSV of lines."""
        self.files += 1
        path = self.folder / (name or f"list{self.files}.csv")
        path.write_text("\n".join([header, *rows]), "utf-8")
        return path

    def load(self, header: str, *rows: str, project: str = "p", **how: Any) -> ImportSummary:
        """Import a list under its file's name; the zone is Moscow's."""
        path = self.file(f"{header};Пояс", *(f"{row};МСК" for row in rows))
        return import_contacts(self.engine, project, path.stem, path, now=NOON, **how)

    def campaign(self, imported: ImportSummary, **how: Any) -> int:
        """A campaign on debts over a list."""
        extra = {name: how.pop(name) for name in ("third_persons", "as_messages") if name in how}
        with self.engine.begin() as conn:
            world = World(conn)
            campaign = world.campaign(**{"purpose": "debt", **how})
            conn.execute(
                text(
                    """DELETE FROM target USING contact
                       WHERE contact.id = contact_id AND campaign_id = :c AND list_id <> :l"""
                ),
                {"c": campaign, "l": imported.list_id},
            )
            conn.execute(
                text("UPDATE campaign SET project_id = :p WHERE id = :c"), {"p": imported.project_id, "c": campaign}
            )
            for name, value in extra.items():
                conn.execute(text(f"UPDATE campaign SET {name} = :v WHERE id = :c"), {"v": value, "c": campaign})
        return campaign

    def called(self, header: str, *rows: str, **how: Any) -> int:
        """A campaign on debts over a new list."""
        return self.campaign(self.load(header, *rows), **how)

    def claim(self, now: dt.datetime = NOON, limit: int = 10) -> list[Claimed]:
        """Claim and leave the calls open."""
        with self.engine.begin() as conn:
            world = World(conn)
            return world.claim(world.holder(), now, limit)

    def end(self, claimed: Sequence[Claimed], now: dt.datetime, **summary: Any) -> None:
        """End calls that were claimed."""
        with self.engine.begin() as conn:
            world = World(conn)
            holder = world.holder()
            for one in claimed:
                world.finish(holder, one, now, **summary)
            world.invariants()

    def call(self, now: dt.datetime = NOON, limit: int = 10, **summary: Any) -> list[str]:
        """Claim; every call ends so, a talk if nothing else is said.  Gives the numbers called."""
        claimed = self.claim(now, limit)
        self.end(claimed, now + MINUTE, **(summary or TALK))
        return [one.number for one in claimed]

    def reasons(self, campaign: int) -> list[str | None]:
        """Why each contact of a campaign is where it is, in order of the list."""
        return self.column("SELECT reason FROM target WHERE campaign_id = :c ORDER BY id", c=campaign)

    def column(self, statement: str, **values: Any) -> list[Any]:
        """The first column of a query."""
        with self.engine.begin() as conn:
            return list(conn.execute(text(statement), values).scalars())

    def do(self, statement: str, **values: Any) -> None:
        """Change something by hand."""
        with self.engine.begin() as conn:
            conn.execute(text(statement), values)
