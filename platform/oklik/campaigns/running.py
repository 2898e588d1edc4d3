"""The campaigns that run now, as the claim reads them: rules of calling, trunk with its limits, agents."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.handovers import NUMBERS
from oklik.campaigns.own_days import DAYS_OFF, Calendar
from oklik.campaigns.rows import run
from oklik.campaigns.ways import Trunk, Ways, read_ways, ways_of
from oklik.dialing.campaign_hours import from_json
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import goes_through
from oklik.dialing.gate import Policy
from oklik.dialing.machines import DEFAULT, MachinePolicy
from oklik.dialing.numbering import NO_PLAN, NumberingPlan
from oklik.dialing.retry import RetryPlan
from oklik.dialing.windows import WindowBook
from oklik.store.numbering import PLAN_VERSION, plan_of

__all__ = ["Running", "Trunk", "policy_of", "running", "trunks_of_agents"]


class Running(msgspec.Struct):
    """A running campaign.  agents: dial strings of those to whom its scenario may hand people over.

    numbers: it may hand them over to phones too, through its own trunks.  ways: the trunks it calls over; trunk and
    dial_string are the first one's.  weight: its part of a trunk that several share.
    plan: the public numbering register.  project_id: whose promises matter.  record: see dialing.call_recording.Part.
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
    machines: MachinePolicy = DEFAULT
    plan: NumberingPlan = NO_PLAN
    project_id: int = 0
    record: str = "off"
    weight: float = 1.0
    minutes_day: int | None = None
    money_day: Decimal | None = None


def running(
    conn: Connection,
    virtual: bool,
    campaign_ids: Sequence[int] | None,
    book: WindowBook,
    destinations: Destinations = HOME,
    *,
    states: Sequence[str] = ("running",),
    at_rest: bool = False,
) -> list[Running]:
    """Give the running campaigns of this kind of switch (of these, or of all), in order of their ids.

    states: others than the running ones, for who only looks.  at_rest: of any state and either kind of switch.
    """
    rows = run(
        conn,
        f"""SELECT c.id, c.purpose, c.retry, c."window", c.zone, c.base_zone, c.scenario_version_id, c.columns,
               c.machines, c.project_id, c.as_messages, c.third_persons, c.record,
               c.trunk_id, c.weight, c.all_trunks, c.minutes_day, c.money_day,
               ARRAY(SELECT trunk_id FROM campaign_trunk WHERE campaign_id = c.id ORDER BY 1) AS further,
               ARRAY(SELECT m.endpoint FROM agent_group g JOIN membership m ON m.group_id = g.id
                     WHERE g.project_id = c.project_id AND g.name = ANY(v.agent_groups) ORDER BY m.id) AS agents,
               :numbers = ANY(v.agent_groups) AS numbers, {PLAN_VERSION} AS plan, {DAYS_OFF}
           FROM campaign c
           JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE (:at_rest OR (c.state = ANY(CAST(:states AS text[])) AND c.virtual = :virtual))
             AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(CAST(:ids AS bigint[])))
           ORDER BY c.id""",  # noqa: S608  constants of this package
        virtual=virtual,
        at_rest=at_rest,
        numbers=NUMBERS,
        states=list(states),
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
            policy_of(row, destinations),
            row.zone,
            row.base_zone,
            row.scenario_version_id,
            row.columns,
            known[row.trunk_id].dial_string,
            tuple(row.agents),
            known[row.trunk_id].trunk,
            ways_of(row.trunk_id, row.further, row.all_trunks, known),
            row.numbers,
            machines_of(row.machines),
            plan_of(conn, row.plan),
            row.project_id,
            row.record,
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


def policy_of(row: Any, destinations: Destinations = HOME) -> Policy:
    """Give the gate's policy of a campaign's row.

    purpose, retry, window, zone, as_messages, third_persons, and the columns of own_days.DAYS_OFF.
    """
    kept = msgspec.json.encode(row.window) if row.window else b""
    plan = RetryPlan.from_json(row.retry)
    calendar = Calendar(tuple(row.days_off), tuple(row.days_worked), row.skips or "")
    policy = _policy(row.purpose, (plan.max_attempts, plan.other_hour), kept, row.zone, destinations, calendar)
    if row.as_messages or row.third_persons:
        return replace(policy, as_messages=row.as_messages, third_persons=row.third_persons)
    return policy


def machines_of(kept: Mapping[str, Any] | None) -> MachinePolicy:
    """Give the way with answering machines of a campaign's row."""
    return DEFAULT if kept is None else _machines(msgspec.json.encode(kept))


@lru_cache(maxsize=512)
def _machines(kept: bytes) -> MachinePolicy:
    return MachinePolicy.from_json(msgspec.json.decode(kept))


@lru_cache(maxsize=512)  # asked anew at every claim, and reading the hours costs more than the claim's other work
def _policy(  # noqa: PLR0917  what a policy is made of
    purpose: str, retry: tuple[int, bool], window: bytes, zone: str, destinations: Destinations, calendar: Calendar
) -> Policy:
    max_attempts, other_hour = retry
    return Policy(
        purpose=purpose,
        max_attempts=max_attempts,
        window=calendar.applied(from_json(msgspec.json.decode(window)) if window else None),
        zone=zone,
        destinations=destinations,
        other_hour=other_hour,
    )
