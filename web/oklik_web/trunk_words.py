"""How a trunk stands at the nodes, as one condition, for the pages that show a list of them."""

import datetime as dt

from sqlalchemy import Connection

from oklik.campaigns import gateways
from oklik.campaigns.gateways import Kept, NodeSeen
from oklik.dialing.gateways import Condition
from oklik_web.api import gateways as api

_RANK = {Condition.REGISTERED: 2, Condition.READY: 2, Condition.TRYING: 1, Condition.APPLYING: 1}


def conditions(conn: Connection, kept: Kept, now: dt.datetime) -> list[tuple[NodeSeen, Condition]]:
    """Give what each node says of it."""
    return [(one, api.condition_of(kept, one, now=now)) for one in gateways.states(conn).get(kept.trunk_id, ())]


def worst_condition(conn: Connection, kept: Kept, now: dt.datetime) -> Condition:
    """Give what people should hear of first: a fault at any node, then what is under way, then that all is well."""
    found = [one for _, one in conditions(conn, kept, now) if one is not Condition.UNKNOWN]
    return min(found, key=lambda one: _RANK.get(one, 0), default=Condition.UNKNOWN)
