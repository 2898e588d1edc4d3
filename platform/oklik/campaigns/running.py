"""The campaigns that run now, as the claim reads them: rules of calling, trunk with its limits, agents."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.handovers import NUMBERS
from oklik.campaigns.rows import run
from oklik.campaigns.ways import Trunk, Ways, read_ways, ways_of
from oklik.dialing.campaign_hours import from_json
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import goes_through
from oklik.dialing.gate import Policy
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook

__all__ = ["Running", "Trunk", "policy_of", "running", "trunks_of_agents"]


class Running(msgspec.Struct):
    """A running campaign.  agents: dial strings of those to whom its scenario may hand people over.

    numbers: it may hand them over to phones too, through its own trunks.  ways: the trunks it calls over; trunk and
    dial_string are the first one's.  weight: its part of a trunk that several share.
    """

    id: int
    book: WindowBook
    policy: Policy
    zone: str
    base_zone: str | None
    scenario_version_id: int
    columns: dict[str, str]
    dial_string: str
    agents: tuple[str, ...]
    trunk: Trunk
    ways: Ways
    numbers: bool = False
    weight: float = 1.0
    minutes_day: int | None = None
    money_day: Decimal | None = None


def running(
    conn: Connection,
    virtual: bool,
    campaign_ids: Sequence[int] | None,
    book: WindowBook,
    destinations: Destinations = HOME,
) -> list[Running]:
    """Give the running campaigns of this kind of switch (of these, or of all), in order of their ids."""
    rows = run(
        conn,
        """SELECT c.id, c.purpose, c.retry, c."window", c.zone, c.base_zone, c.scenario_version_id, c.columns,
               c.trunk_id, c.weight, c.all_trunks, c.minutes_day, c.money_day,
               ARRAY(SELECT trunk_id FROM campaign_trunk WHERE campaign_id = c.id ORDER BY 1) AS further,
               ARRAY(SELECT m.endpoint FROM agent_group g JOIN membership m ON m.group_id = g.id
                     WHERE g.project_id = c.project_id AND g.name = ANY(v.agent_groups) ORDER BY m.id) AS agents,
               :numbers = ANY(v.agent_groups) AS numbers
           FROM campaign c
           JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE c.state = 'running' AND c.virtual = :virtual
             AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(CAST(:ids AS bigint[])))
           ORDER BY c.id""",
        virtual=virtual,
        numbers=NUMBERS,
        ids=None if campaign_ids is None else list(campaign_ids),
    ).all()
    if not rows:
        return []
    trunks = [trunk for row in rows for trunk in (row.trunk_id, *row.further)]
    known = read_ways(conn, trunks, virtual=virtual, shared=any(row.all_trunks for row in rows))
    return [
        Running(
            row.id,
            book,
            policy_of(row.purpose, row.retry, row.window, row.zone, destinations),
            row.zone,
            row.base_zone,
            row.scenario_version_id,
            row.columns,
            known[row.trunk_id].dial_string,
            tuple(row.agents),
            known[row.trunk_id].trunk,
            ways_of(row.trunk_id, row.further, row.all_trunks, known),
            row.numbers,
            row.weight,
            row.minutes_day,
            row.money_day,
        )
        for row in rows
    ]


def trunks_of_agents(campaigns: Collection[Running]) -> set[int]:
    """Give the trunks of these campaigns whose lines legs to agents, or to phones instead, take as well."""
    crews = {one.agents for one in campaigns if one.agents}
    own = {way.trunk.id for one in campaigns if one.numbers for way in one.ways}
    ways = {way.trunk.id: way.dial_string for one in campaigns for way in one.ways}
    return own | {trunk for trunk, dialed in ways.items() for crew in crews if _any_through(dialed, crew)}


@lru_cache(maxsize=512)
def _any_through(dial_string: str, agents: tuple[str, ...]) -> bool:
    return any(goes_through(dial_string, agent) for agent in agents)


def policy_of(
    purpose: str,
    retry: Mapping[str, Any],
    window: Mapping[str, Any] | None,
    zone: str,
    destinations: Destinations = HOME,
) -> Policy:
    """Give the gate's policy of a campaign's row."""
    kept = msgspec.json.encode(window) if window else b""
    return _policy(purpose, RetryPlan.from_json(retry).max_attempts, kept, zone, destinations)


@lru_cache(maxsize=512)  # asked anew at every claim, and reading the hours costs more than the claim's other work
def _policy(purpose: str, max_attempts: int, window: bytes, zone: str, destinations: Destinations) -> Policy:
    hours = from_json(msgspec.json.decode(window)) if window else None
    return Policy(purpose=purpose, max_attempts=max_attempts, window=hours, zone=zone, destinations=destinations)
