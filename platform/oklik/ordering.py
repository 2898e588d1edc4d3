"""Ask something of a campaign and wait until it holds: pause, resume, stop, through the table of commands.

A dialer that is up carries the command out, for only it can drop what it has claimed and not sent.  Where none is up
nothing is on its way, so it is carried out here; the next dialer finds the campaign as it was asked for.
"""

import datetime as dt
import time
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Engine

from oklik.campaigns import commands
from oklik.campaigns.commands import Command, CommandKind
from oklik.reports.dialers import campaign_time, dialers

PATIENCE_S = 15.0  # real seconds; a dialer looks five times a second
_LOOK_S = 0.1
_FOR_EVER = dt.timedelta(days=3650)  # a rehearsal's clock jumps; who asks takes the command back if it comes to nothing


class By(StrEnum):
    """Who has carried a command out."""

    DIALER = "dialer"
    HERE = "here"  # no dialer is up
    NOBODY = "nobody"


class Ordered(NamedTuple):
    """What came of a command: done, refused with the campaign's state, or expired; who did it, and how long it took."""

    result: str
    by: By
    seconds: float


def ask(
    engine: Engine,
    campaign_id: int,
    kind: CommandKind,
    *,
    wall: Callable[[], dt.datetime],
    patience_s: float = PATIENCE_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Ordered:
    """Ask, wait for the result, and take the command back if nobody has carried it out within patience_s.

    wall: real time.  Raises NoResultFound when there is no such campaign.
    """
    began = wall()
    with engine.begin() as conn:
        now = campaign_time(conn, campaign_id, began)
        number = commands.request(conn, campaign_id, kind, now, within_s=_FOR_EVER.total_seconds())
    while (waited := (wall() - began).total_seconds()) < patience_s:
        with engine.connect() as conn:
            result = commands.result_of(conn, number)
            alive = any(one.alive for one in dialers(conn, campaign_id, wall()))
        if result is not None:
            return Ordered(result, By.DIALER, waited)
        if not alive:
            return Ordered(_carry_out(engine, campaign_id, kind, number, wall()), By.HERE, waited)
        sleep(_LOOK_S)
    with engine.begin() as conn:
        result = commands.withdraw(conn, number)
    waited = (wall() - began).total_seconds()
    if result is None:  # a stop that a dialer began and did not end
        return Ordered(_carry_out(engine, campaign_id, kind, number, wall()), By.HERE, waited)
    return Ordered(result, By.NOBODY if result == "expired" else By.DIALER, waited)


def _carry_out(engine: Engine, campaign_id: int, kind: CommandKind, number: int, wall: dt.datetime) -> str:
    with engine.connect() as conn:
        now = campaign_time(conn, campaign_id, wall)
    command = Command(number, campaign_id, kind, now + _FOR_EVER)
    if kind is CommandKind.STOP:
        with engine.begin() as conn:
            commands.halt(conn, command, now)
    with engine.begin() as conn:
        return commands.carry_out(conn, command, now)
