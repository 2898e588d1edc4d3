"""Over which trunk an allowed call goes: the first of its routes that has room in this claim and money for the day.

The gate has said yes before; what finds no line here is looked at again soon (put_aside), what finds no money is a
denial of the gate until the next day.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.asking import Allowed, Denied
from oklik.campaigns.budget import Answer, Purse
from oklik.campaigns.rows import run
from oklik.campaigns.ways import Way, Ways
from oklik.dialing.routing import Price
from oklik.dialing.sharing import Slots

ASIDE = dt.timedelta(seconds=3)
"""After so long somebody whose lines were full is looked at again; those behind come first until then."""
MOST_ASIDE = 200
"""No more are put aside in one claim: each costs a write."""


class Placed(NamedTuple):
    """An allowed call and its line, with what it costs there."""

    allowed: Allowed
    way: Way
    price: Price


class Aside(NamedTuple):
    """A target whose lines (trunks) have no room."""

    target: int
    trunks: list[int]


class Places(NamedTuple):
    """What became of allowed calls: sent over a line; to be looked at again soon; denied after all.

    unused: those of the last two kinds.
    """

    placed: list[Placed]
    aside: list[Aside]
    denied: list[Denied]
    unused: list[Allowed]


def place(campaign: int, ways: Ways, allowed: Sequence[Allowed], slots: Slots, purse: Purse) -> Places:
    """Give each call a line.  slots: how many this campaign may send over each trunk; what is used is taken off."""
    found = Places([], [], [], [])
    for one in allowed:
        answers, trunks = set(), []
        for way, route in ways.of(one[1]):
            trunks.append(way.trunk.id)
            if slots.get(way.trunk.id, 0) <= 0:
                answers.add(Answer.LATER)
                continue
            price = way.routed.price(route)
            answer = purse.take(campaign, way.trunk.id, price) if purse.bound else Answer.YES
            if answer is Answer.YES:
                slots[way.trunk.id] -= 1
                found.placed.append(Placed(one, way, price))
                break
            answers.add(answer)
        else:
            found.unused.append(one)
            if answers == {Answer.TOMORROW}:
                found.denied.append((one[0].id, purse.denial()))
            else:
                found.aside.append(Aside(one[0].id, trunks))
    return found


def put_aside(conn: Connection, targets: Sequence[Aside], now: dt.datetime, node: str) -> None:
    """Let those whose lines have no room wait a moment, so that others behind them are seen.

    The reason is breaker_open where this dialer (node) has shut all these lines after faults, else no_line.
    """
    run(
        conn,
        """WITH r AS (
               SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(target bigint, trunks bigint[])
           ), shut AS (
               SELECT array_agg(trunk_id) AS trunks FROM trunk_health
               WHERE node = :node AND state IN ('open', 'half_open')
           )
           UPDATE target SET due = :later, reason_args = '{}',
               reason = CASE WHEN r.trunks <@ shut.trunks THEN 'breaker_open' ELSE 'no_line' END
           FROM r, shut WHERE target.id = r.target""",
        [one._asdict() for one in targets],
        later=now + ASIDE,
        node=node,
    )
