"""Over which trunks a campaign calls, and how much of them is its: as it stands.  trunks.assign changes it."""

from decimal import Decimal

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from oklik.campaigns.rows import run


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """trunks: names, the campaign's own first; every: all shared ones besides.

    weight: its part of those that several share.  minutes_day, money_day: at most so much a day; None: no limit.
    """

    trunks: list[str]
    every: bool
    weight: float
    minutes_day: int | None
    money_day: Decimal | None


def used(conn: Connection, campaign_id: int) -> Use:
    """Look.  Raises NoResultFound when there is no such campaign."""
    row = run(
        conn,
        """SELECT c.all_trunks, c.weight, c.minutes_day, c.money_day,
               ARRAY(SELECT t.name FROM trunk t WHERE t.id = c.trunk_id OR EXISTS (
                         SELECT FROM campaign_trunk x WHERE x.campaign_id = c.id AND x.trunk_id = t.id)
                     ORDER BY t.id <> c.trunk_id, t.name) AS names
           FROM campaign c WHERE c.id = :id AND c.state <> 'trial'""",
        id=campaign_id,
    ).one_or_none()
    if row is None:
        raise NoResultFound(f"there is no campaign {campaign_id}")
    return Use(
        trunks=list(row.names),
        every=row.all_trunks,
        weight=row.weight,
        minutes_day=row.minutes_day,
        money_day=row.money_day,
    )
