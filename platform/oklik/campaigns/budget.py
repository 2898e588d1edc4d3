"""Minutes and money a day: reserved before a call is sent, corrected when it is over.

Limits may stand on a campaign, on a trunk, and on the installation.  A call holds the longest it may take until it is
over; so the calls of one moment can never spend more than is left, whoever sends them.  One advisory lock, taken only
where there is a limit, keeps dialers from spending the same minute twice.  The day is that of the office.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.campaigns.ways import Way
from oklik.dialing.gate import Deny
from oklik.dialing.routing import Price
from oklik.dialing.zones import MOSCOW, tzinfo

ALL, CAMPAIGN, TRUNK = "all", "campaign", "trunk"
NOTHING = Decimal(0)


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What the installation says: its limits (None: none), the office's zone, how long a call may be in minutes."""

    minutes_day: int | None = None
    money_day: Decimal | None = None
    zone: str = MOSCOW
    call_minutes: int = 15


class Limited(msgspec.Struct, frozen=True):
    """A campaign's limits of a day."""

    id: int
    minutes_day: int | None
    money_day: Decimal | None


class Answer(Enum):
    """What the budgets say to a call."""

    YES = "yes"
    LATER = "later"  # calls that are up hold the rest; they may give it back
    TOMORROW = "tomorrow"  # it is spent


class _Account(msgspec.Struct):
    """One limit.  spent, held: minutes and money; taken: what this claim holds besides."""

    limit: tuple[int | None, Decimal | None]
    spent: tuple[int, Decimal] = (0, NOTHING)
    held: tuple[int, Decimal] = (0, NOTHING)
    taken_minutes: int = 0
    taken_money: Decimal = NOTHING

    def answer(self, minutes: int, money: Decimal) -> Answer:
        most_minutes, most_money = self.limit
        if most_minutes is not None and self.spent[0] + minutes > most_minutes:
            return Answer.TOMORROW
        if most_money is not None and self.spent[1] + money > most_money:
            return Answer.TOMORROW
        minutes += self.spent[0] + self.held[0] + self.taken_minutes
        money += self.spent[1] + self.held[1] + self.taken_money
        within = (most_minutes is None or minutes <= most_minutes) and (most_money is None or money <= most_money)
        return Answer.YES if within else Answer.LATER


class Purse:
    """What may still be spent, held fast until the transaction ends."""

    def __init__(
        self,
        conn: Connection,
        spending: Spending,
        campaigns: Iterable[Limited],
        ways: Iterable[Way],
        now: dt.datetime,
    ) -> None:
        self._conn = conn
        self._spending = spending
        self._day = now.astimezone(tzinfo(spending.zone)).date()
        limits: dict[tuple[str, int], tuple[int | None, Decimal | None]] = {
            (ALL, 0): (spending.minutes_day, spending.money_day)
        }
        limits |= {(CAMPAIGN, one.id): (one.minutes_day, one.money_day) for one in campaigns}
        limits |= {(TRUNK, way.trunk.id): (way.minutes_day, way.money_day) for way in ways}
        self._accounts = {key: _Account(limit) for key, limit in limits.items() if limit != (None, None)}
        if self._accounts:
            self._read()

    def _read(self) -> None:
        _lock(self._conn)
        for row in run(
            self._conn,
            """SELECT scope, scope_id, spent_minutes, spent_money, held_minutes, held_money FROM budget
               WHERE day = :day""",
            day=self._day,
        ):
            account = self._accounts.get((row.scope, row.scope_id))
            if account is not None:
                account.spent = (row.spent_minutes, row.spent_money)
                account.held = (row.held_minutes, row.held_money)

    @property
    def bound(self) -> bool:
        """Whether there is any limit."""
        return bool(self._accounts)

    def take(self, campaign: int, trunk: int, price: Price) -> Answer:
        """Ask for one call of full length, and count it if the answer is yes."""
        keys = ((ALL, 0), (CAMPAIGN, campaign), (TRUNK, trunk))
        accounts = [self._accounts[key] for key in keys if key in self._accounts]
        minutes = self._spending.call_minutes
        money = price.of(minutes)
        answers = {account.answer(minutes, money) for account in accounts}
        for answer in (Answer.TOMORROW, Answer.LATER):
            if answer in answers:
                return answer
        for account in accounts:
            account.taken_minutes += minutes
            account.taken_money += money
        return Answer.YES

    def denial(self) -> Deny:
        """The gate's word where all of it is spent: the next day of the office begins it anew."""
        midnight = dt.datetime.combine(self._day + dt.timedelta(days=1), dt.time(), tzinfo(self._spending.zone))
        return Deny("budget_day", {}, midnight.astimezone(dt.UTC))

    def keep(self, calls: Sequence[tuple[UUID, int, int, Price]]) -> None:
        """Write down what these calls hold: (leg, campaign, trunk, price), each taken before."""
        if not self._accounts or not calls:
            return
        minutes = self._spending.call_minutes
        run(
            self._conn,
            """INSERT INTO reservation (call_uuid, campaign_id, trunk_id, day, minutes, price, attempt_price)
               SELECT uuid, campaign, trunk, :day, :minutes, coalesce(minute, 0), coalesce(attempt, 0)
               FROM json_to_recordset(CAST(:rows AS json))
                   AS r(uuid uuid, campaign bigint, trunk bigint, minute numeric, attempt numeric)
               ON CONFLICT (call_uuid) DO NOTHING""",
            [
                {"uuid": uuid, "campaign": campaign, "trunk": trunk, **price._asdict()}
                for uuid, campaign, trunk, price in calls
            ],
            day=self._day,
            minutes=minutes,
        )
        held: dict[tuple[str, int], tuple[int, Decimal]] = {}
        for _, campaign, trunk, price in calls:
            for key in ((ALL, 0), (CAMPAIGN, campaign), (TRUNK, trunk)):
                before = held.get(key, (0, NOTHING))
                held[key] = before[0] + minutes, before[1] + price.of(minutes)
        _add(self._conn, {(*key, self._day): (0, NOTHING, *sums) for key, sums in held.items()})


UNSENT = -1.0
"""Instead of seconds talked: the leg was never sent, and costs nothing."""


def settle(conn: Connection, talked_s: Mapping[UUID, float]) -> None:
    """Give back what ended legs held and count what they took: leg -> seconds talked, begun minutes count whole.

    A call that was sent costs an attempt, whatever came of it; UNSENT: it was not.

    Infinity, where nobody knows how long it was: all that was held.  A leg that holds nothing (there was no limit, or
    it was settled before) changes nothing.
    """
    if not talked_s:
        return
    rows = run(
        conn,
        """DELETE FROM reservation WHERE call_uuid = ANY(CAST(:legs AS uuid[]))
           RETURNING call_uuid, campaign_id, trunk_id, day, minutes, price, attempt_price""",
        legs=list(talked_s),
    ).all()
    if not rows:
        return
    changes: dict[tuple[str, int, dt.date], tuple[int, Decimal, int, Decimal]] = {}
    for row in rows:
        talked, price = talked_s[row.call_uuid], Price(row.attempt_price, row.price)
        minutes = math.ceil(min(max(talked, 0.0) / 60, row.minutes))
        spent = NOTHING if talked == UNSENT else price.of(minutes)
        change = (minutes, spent, -row.minutes, -price.of(row.minutes))
        for scope, number in ((ALL, 0), (CAMPAIGN, row.campaign_id), (TRUNK, row.trunk_id)):
            key = (scope, number, row.day)
            before = changes.get(key, (0, NOTHING, 0, NOTHING))
            changes[key] = (
                before[0] + change[0],
                before[1] + change[1],
                before[2] + change[2],
                before[3] + change[3],
            )
    _lock(conn)
    _add(conn, changes)


def settle_unsent(conn: Connection, legs: Collection[UUID]) -> None:
    """Give back what legs held that were never sent."""
    settle(conn, dict.fromkeys(legs, UNSENT))


def _lock(conn: Connection) -> None:
    """One at a time may read and change the budgets; until the end of the transaction."""
    run(conn, "SELECT pg_advisory_xact_lock(hashtext('oklik budget'))")


def _add(conn: Connection, changes: Mapping[tuple[str, int, dt.date], tuple[int, Decimal, int, Decimal]]) -> None:
    records: list[dict[str, Any]] = [
        {"scope": scope, "id": number, "day": day, "sm": sm, "s": s, "hm": hm, "h": h}
        for (scope, number, day), (sm, s, hm, h) in changes.items()
    ]
    run(
        conn,
        """INSERT INTO budget (scope, scope_id, day, spent_minutes, spent_money, held_minutes, held_money)
           SELECT scope, id, day, sm, s, hm, h FROM json_to_recordset(CAST(:rows AS json))
               AS r(scope text, id bigint, day date, sm int, s numeric, hm int, h numeric)
           ON CONFLICT (scope, scope_id, day) DO UPDATE SET
               spent_minutes = budget.spent_minutes + excluded.spent_minutes,
               spent_money = budget.spent_money + excluded.spent_money,
               held_minutes = budget.held_minutes + excluded.held_minutes,
               held_money = budget.held_money + excluded.held_money""",
        records,
    )
