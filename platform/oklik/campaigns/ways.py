"""The trunks of campaigns as the claim and transfers read them: limits, dial string, numbers to show, routes."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.dialing.routing import EVERYTHING, Price, Route, Routed, order


class Trunk(msgspec.Struct, frozen=True):
    """A line with its limits: channels for calls of ours at a time, calls of ours in any rolling second.

    reserved: channels beside these, which only calls to us may take; they may take the others, too.
    """

    id: int
    channels: int
    cps: float
    reserved: int = 0


LIMITS = """greatest(t.channels - t.reserved_inbound, 0) AS channels,
    least(t.reserved_inbound, t.channels) AS reserved, t.cps"""
"""Columns of a Trunk but its id, of the table trunk as t."""


class Way(msgspec.Struct, frozen=True):
    """A trunk by which a campaign may call.

    caller_ids: numbers that may be shown on it; for a real switch only verified ones.  minutes_day, money_day: at most
    so much on one day; None: no limit.
    """

    trunk: Trunk
    dial_string: str
    caller_ids: tuple[str, ...]
    routed: Routed
    shared: bool = False
    minutes_day: int | None = None
    money_day: Decimal | None = None


class Ways(tuple[Way, ...]):
    """The ways of one campaign; the first is its own trunk's."""

    __slots__ = ()

    def take(self, number: str) -> bool:
        """Say whether any of them takes a number."""
        if not self[0].routed.routes:
            return True
        return any(not way.routed.routes for way in self) or any(way.routed.best(number) for way in self)

    def of(self, number: str) -> Sequence[tuple[Way, Route]]:
        """Give those that take a number, the best one first, each with the route that says so."""
        if len(self) == 1 and not self[0].routed.routes:
            return ((self[0], EVERYTHING),)
        by_id = {way.trunk.id: way for way in self}
        return [(by_id[trunk], route) for trunk, route in order(number, (way.routed for way in self))]


def read_ways(conn: Connection, trunks: Iterable[int], *, virtual: bool, shared: bool = False) -> dict[int, Way]:
    """Give the ways over these trunks, and over all shared ones if so wanted: trunk -> way."""
    rows = run(
        conn,
        f"""SELECT t.id, t.dial_string, {LIMITS}, t.weight,
               t.shared, t.minutes_day, t.money_day, t.attempt_price, t.minute_price,
               ARRAY(SELECT number FROM caller_id
                     WHERE trunk_id = t.id AND (:virtual OR verified_at IS NOT NULL) ORDER BY id) AS caller_ids,
               (SELECT CAST(json_agg(json_build_object('prefix', prefix, 'country', country, 'kind', kind,
                            'price', CAST(price AS text), 'priority', priority)) AS text)
                FROM trunk_route WHERE trunk_id = t.id) AS routes
           FROM trunk t
           WHERE t.id = ANY(CAST(:trunks AS bigint[])) OR (:shared AND t.shared)
           ORDER BY t.id""",  # noqa: S608  constants of this module
        trunks=sorted(set(trunks)),
        virtual=virtual,
        shared=shared,
    )
    return {row.id: _way(row) for row in rows}


def ways_of(first: int, further: Iterable[int], every_shared: bool, known: dict[int, Way]) -> Ways:
    """Give the ways of a campaign.  first: its own trunk; further: others; every_shared: all shared ones too."""
    ids = [first, *further, *(trunk for trunk, way in known.items() if every_shared and way.shared)]
    return Ways(known[trunk] for trunk in dict.fromkeys(ids) if trunk in known)


def _way(row: Any) -> Way:
    return Way(
        Trunk(row.id, row.channels, row.cps, row.reserved),
        row.dial_string,
        tuple(row.caller_ids),
        Routed(
            row.id, _routes(row.routes) if row.routes else (), row.weight, Price(row.attempt_price, row.minute_price)
        ),
        row.shared,
        row.minutes_day,
        row.money_day,
    )


@lru_cache(maxsize=256)  # asked anew at every claim
def _routes(text: str) -> tuple[Route, ...]:
    return tuple(
        Route(
            one["prefix"],
            one["country"],
            one["kind"],
            None if one["price"] is None else Decimal(one["price"]),
            one["priority"],
        )
        for one in msgspec.json.decode(text)
    )
