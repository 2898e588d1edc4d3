"""A small world for the tests of the use cases: a list, a trunk, campaigns, and looks into the tables."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from oklik.campaigns import lease
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.intents import Claimed
from oklik.campaigns.invariants import INVARIANTS
from oklik.campaigns.lease import Holder
from oklik.campaigns.ordered import claim
from oklik.dialing.disposition import CallSummary
from oklik.dialing.retry import RetryPlan

# A Tuesday, 12:00 in Moscow: open in every zone of European Russia.
NOON = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class World:
    """Puts rows and reads them; every method works in the given connection's transaction."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def one(self, statement: str, **values: Any) -> Any:
        """The single value of a query."""
        return self.conn.execute(text(statement), values).scalar_one()

    def all(self, statement: str, **values: Any) -> Sequence[Any]:
        """The rows of a query."""
        return self.conn.execute(text(statement), values).all()

    def base(self) -> None:
        """A project, a scenario version, a list and a trunk, each with id 1."""
        for statement in (
            "INSERT INTO project (name) VALUES ('p')",
            "INSERT INTO scenario (project_id, name) VALUES (1, 's')",
            """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
               VALUES (1, 1, 'd', '{}', '2025-01-01T00:00Z')""",
            """INSERT INTO contact_list (project_id, name, source, digest, columns, imported_at)
               VALUES (1, 'l', 'l.csv', 'd', '["Имя"]', '2025-01-01T00:00Z')""",
            """INSERT INTO trunk (name, dial_string, channels, cps)
               VALUES ('t', 'sofia/gateway/pstn/{number}', 100, 50)""",
            """INSERT INTO caller_id (trunk_id, number, verified_at)
               VALUES (1, '74950000001', '2025-01-01T00:00Z'), (1, '74950000002', '2025-01-01T00:00Z')""",
        ):
            self.conn.execute(text(statement))

    def reminder(self, document: Any, *, zoned: int, unzoned: int) -> None:
        """A base whose scenario is this document, with people of whom some have no zone."""
        self.base()
        self.says(document)
        self.people(zoned)
        self.people(unzoned, zone=None, first=100)

    def says(self, document: Any) -> None:
        """The scenario of the base is this document and not an empty one."""
        written = json.dumps(document, ensure_ascii=False)
        self.all("UPDATE scenario_version SET document = CAST(:d AS json) RETURNING id", d=written)

    def people(self, count: int, *, zone: str | None = "МСК", phones: int = 1, first: int = 0) -> None:
        """Contacts 1..count of list 1, each a person of its own."""
        self.conn.execute(
            text(
                """WITH p AS (
                       INSERT INTO person (key) SELECT '+7916' || lpad((:first + g)::text, 7, '0')
                       FROM generate_series(1, :count) g RETURNING id, key)
                   INSERT INTO contact (list_id, person_id, row_number, phones, fields, zone)
                   SELECT 1, id, :first + row_number() OVER (ORDER BY id),
                       ARRAY(SELECT CASE WHEN k = 1 THEN key ELSE '+7926' || right(key, 7) END
                             FROM generate_series(1, :phones) k),
                       '{"Имя": "Иван"}', :zone FROM p"""
            ),
            {"count": count, "phones": phones, "zone": zone, "first": first},
        )

    def campaign(
        self,
        *,
        purpose: str = "informational",
        retry: RetryPlan | None = None,
        window: tuple[str, str] | None = None,
        base_zone: str | None = None,
        state: str = "running",
        due: dt.datetime = NOON - DAY,
        virtual: bool = False,
    ) -> int:
        """A campaign over all contacts, all of them waiting."""
        campaign = self.one(
            """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone,
                   base_zone, "window", retry, columns, voice, virtual, created_at)
               SELECT 1, 'c' || count(*), 1, 1, 1, :purpose, :state, 'Europe/Moscow', :base_zone,
                   CAST(:window AS jsonb), CAST(:retry AS jsonb), '{"name": "Имя"}', '{}', :virtual, '2025-01-01T00:00Z'
               FROM campaign RETURNING id""",
            purpose=purpose,
            base_zone=base_zone,
            state=state,
            window=json.dumps({"from": window[0], "to": window[1]}) if window else None,
            retry=json.dumps((retry or RetryPlan()).to_json()),
            virtual=virtual,
        )
        self.conn.execute(
            text(
                """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
                   SELECT :campaign, id, person_id, 'waiting', :due FROM contact ORDER BY id"""
            ),
            {"campaign": campaign, "due": due},
        )
        return int(campaign)

    def holder(self, node: str = "fs1") -> Holder:
        """Take the lease of a node."""
        return lease.take(self.conn, node, owner="test", core_uuid="core")

    def claim(self, holder: Holder, now: dt.datetime = NOON, limit: int = 10, **more: Any) -> list[Claimed]:
        """Claim on the real-switch side."""
        return claim(self.conn, holder, now, limit, **{"virtual": False, **more})

    def finish(self, holder: Holder, claimed: Claimed | UUID, now: dt.datetime, **summary: Any) -> Any:
        """Finish one call."""
        uuid = claimed if isinstance(claimed, UUID) else claimed.uuid
        return finish(self.conn, holder, [Finished(uuid, now, CallSummary(**summary))], now)

    def target(self, claimed: Claimed) -> Any:
        """The target's row."""
        return self.all("SELECT * FROM target WHERE id = :id", id=claimed.target_id)[0]

    def invariants(self) -> None:
        """What must hold after anything."""
        for what, statement in INVARIANTS.items():
            assert not self.all(statement), what
