"""Over which trunk an allowed call goes: the first of its routes that has room in this claim and money for the day.

The gate has said yes before; what finds no line here is looked at again soon (put_aside), what finds no money is a
denial of the gate until the next day.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from oklik.campaigns.asking import Allowed, Denied
from oklik.campaigns.budget import Answer, Purse
from oklik.campaigns.rows import run
from oklik.campaigns.ways import Way, Ways
from oklik.dialing.sharing import Slots

ASIDE = dt.timedelta(seconds=3)
"""After so long somebody whose lines were full is looked at again; those behind come first until then."""
MOST_ASIDE = 200
"""No more are put aside in one claim: each costs a write."""


class Placed(NamedTuple):
    """An allowed call and its line.  price: of a minute, None where nobody has said."""

    allowed: Allowed
    way: Way
    price: Decimal | None


class Places(NamedTuple):
    """What became of allowed calls: sent over a line; targets to be looked at again soon; denied after all.

    unused: those of the last two kinds.
    """

    placed: list[Placed]
    aside: list[int]
    denied: list[Denied]
    unused: list[Allowed]


def place(campaign: int, ways: Ways, allowed: Sequence[Allowed], slots: Slots, purse: Purse) -> Places:
    """Give each call a line.  slots: how many this campaign may send over each trunk; what is used is taken off."""
    found = Places([], [], [], [])
    for one in allowed:
        answers = set()
        for way, route in ways.of(one[1]):
            if slots.get(way.trunk.id, 0) <= 0:
                answers.add(Answer.LATER)
                continue
            answer = purse.take(campaign, way.trunk.id, route.price) if purse.bound else Answer.YES
            if answer is Answer.YES:
                slots[way.trunk.id] -= 1
                found.placed.append(Placed(one, way, route.price))
                break
            answers.add(answer)
        else:
            found.unused.append(one)
            if answers == {Answer.TOMORROW}:
                found.denied.append((one[0].id, purse.denial()))
            else:
                found.aside.append(one[0].id)
    return found


def put_aside(conn: Connection, targets: Sequence[int], now: dt.datetime) -> None:
    """Let those whose lines are full wait a moment, so that others behind them are seen."""
    run(
        conn,
        """UPDATE target SET due = :later, reason = 'no_line', reason_args = '{}'
           WHERE id = ANY(CAST(:targets AS bigint[]))""",
        targets=list(targets),
        later=now + ASIDE,
    )
