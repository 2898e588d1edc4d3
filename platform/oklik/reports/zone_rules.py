"""What told where the people of a campaign are: how many contacts each rule of dialing.zones decided."""

from collections import Counter

import msgspec
from sqlalchemy import Connection, text

from oklik.dialing.zones import ZoneRule, where
from oklik.store.numbering import current_plan

_CHUNK = 5_000


class ZoneRules(msgspec.Struct, frozen=True):
    """Contacts by the rule that decided, in the order of the rules; rules that decided nothing are left out.

    unplaced: those of whom several zones are possible, most frequent first, with a number that they are of.
    """

    counts: dict[ZoneRule, int]
    unplaced: list[tuple[frozenset[str], str]]


def zone_rules(conn: Connection, campaign_id: int) -> ZoneRules:
    """Count the contacts of a campaign by their first number, with the register as it is now."""
    plan = current_plan(conn)
    counts: Counter[ZoneRule] = Counter()
    unplaced: Counter[frozenset[str]] = Counter()
    numbers: dict[frozenset[str], str] = {}
    statement = text(
        """SELECT c.zone, coalesce(c.phones[1], '') AS number, g.base_zone
           FROM target t JOIN contact c ON c.id = t.contact_id JOIN campaign g ON g.id = t.campaign_id
           WHERE t.campaign_id = :id"""
    )
    with conn.execute(statement, {"id": campaign_id}, execution_options={"yield_per": _CHUNK}) as rows:
        for row in rows:
            zones, rule = where(row.zone, row.number, row.base_zone, plan)
            counts[rule] += 1
            if rule is ZoneRule.POSSIBLE:
                unplaced[zones] += 1
                numbers.setdefault(zones, row.number)
    return ZoneRules(
        {rule: counts[rule] for rule in ZoneRule if counts[rule]},
        [(zones, numbers[zones]) for zones, _ in unplaced.most_common()],
    )
