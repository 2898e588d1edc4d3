"""Test calls of trunks: ordered as a row, spoken by a job, served by a dialer, with the gate's word as any call.

Nobody of a list is called, so there is no campaign, no attempt and no target: a leg of kind `test`, its verdict, and
the row of the test, which tells how it goes.  One test of a trunk at a time; what nobody serves soon is never served.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import budget, lease
from oklik.campaigns.budget import Answer, Purse, Spending
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.campaigns.tester_phones import tried
from oklik.campaigns.ways import Trunk, Way, read_ways
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.endpoint import endpoint, pick_caller_id
from oklik.dialing.gate import Allow, Deny
from oklik.dialing.gateways import Dtmf, best_dtmf
from oklik.dialing.orders import judge_test
from oklik.dialing.sentences import sentence

WITHIN = dt.timedelta(minutes=2)  # in which it must be spoken and served
LONGEST_S = 180  # a call is hung up then
_GIVEN_UP = dt.timedelta(seconds=LONGEST_S + 120)  # after the deadline: whoever served it has died
MOST_KEPT = 20  # of a trunk that are told


class TrialRefused(ValueError):
    """It cannot be ordered.  text: one line in "ru" and "en"; str() gives the English one.  busy: one is under way."""

    def __init__(self, ru: str, en: str, *, busy: bool = False) -> None:
        self.text, self.busy = {"ru": ru, "en": en}, busy
        super().__init__(en)


class Press(msgspec.Struct, frozen=True):
    """A key that arrived.  ways: values of port.KeyWay, in the order in which they came; at_s: after the answer."""

    key: str
    ways: tuple[str, ...]
    at_s: float


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How a test stands; see store.schema.TrunkTest."""

    id: int
    trunk_id: int
    trunk: str
    number: str
    language: str
    dtmf: str
    by: str
    at: dt.datetime
    state: str
    node: str | None
    virtual: bool | None
    rule: str | None
    args: dict[str, Any] | None
    keys: tuple[Press, ...]
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    cause: str | None
    q850: int | None
    sip_status: int | None
    hangup_by: str | None
    fault: str | None

    @property
    def over(self) -> bool:
        """Nothing more will become of it."""
        return self.state in {"done", "denied", "failed", "expired"}

    @property
    def ways(self) -> tuple[str, ...]:
        """All ways in which a key came, in the order in which they were first met."""
        return tuple(dict.fromkeys(way for press in self.keys for way in press.ways))

    @property
    def works(self) -> Dtmf | None:
        """The way that the trunk should be set to; None: no key told of one."""
        return best_dtmf(self.ways)

    def sentence(self, language: str) -> str | None:
        """Give the gate's denial in words."""
        return sentence(self.rule, self.args, language) if self.rule else None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A test whose intent is committed.  caller_id: "" for none."""

    id: int
    uuid: UUID
    trunk: Trunk
    endpoint: str
    caller_id: str
    language: str
    voice: dict[str, Any]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How the call ended; fields as port.CallEnded's."""

    cause: str
    q850: int = 0
    sip_status: int = 0
    hangup_by: str = "unknown"
    sent: bool = True
    ring_s: float = 0.0
    talk_s: float = 0.0
    fault: str | None = None


# -- for people ---------------------------------------------------------------------------------------------------


def order(  # noqa: PLR0917  what a row is made of
    conn: Connection, trunk: str, number: str, language: str, voice: Mapping[str, Any], by: str, now: dt.datetime
) -> int:
    """Order a test call of a trunk (by name) to a phone (E.164) and give its number.  Raises TrialRefused.

    It waits for its speech (`unspoken`), which the job SPEAK_TRUNK_TEST makes.
    """
    row = run(
        conn,
        """SELECT t.id, coalesce(g.dtmf, '') AS dtmf FROM trunk t LEFT JOIN trunk_gateway g ON g.trunk_id = t.id
           WHERE t.name = :name""",
        name=trunk,
    ).first()
    if row is None:
        raise TrialRefused(f"линии «{trunk}» нет", f"there is no trunk {trunk!r}")
    _close_old(conn, row.id, now)
    found = run(
        conn,
        """INSERT INTO trunk_test (trunk_id, number, language, voice, dtmf, ordered_by, ordered_at, deadline)
           VALUES (:trunk, :number, :language, CAST(:voice AS jsonb), :dtmf, :by, :now, :deadline)
           ON CONFLICT (trunk_id) WHERE ended_at IS NULL DO NOTHING RETURNING id""",
        trunk=row.id,
        number=number,
        language=language,
        voice=msgspec.json.encode(voice).decode(),
        dtmf=row.dtmf,
        by=by,
        now=now,
        deadline=now + WITHIN,
    ).scalar()
    if found is None:
        raise TrialRefused(
            f"по линии «{trunk}» уже идёт проверочный звонок: дождитесь его конца",
            f"a test call through {trunk!r} is under way: wait for its end",
            busy=True,
        )
    return int(found)


def _close_old(conn: Connection, trunk_id: int, now: dt.datetime) -> None:
    """End what nobody will end: nobody has served it in time, or whoever did has died."""
    run(
        conn,
        """UPDATE trunk_test SET ended_at = :now,
               state = CASE WHEN state IN ('preparing', 'asked') THEN 'expired' ELSE 'failed' END,
               cause = CASE WHEN state IN ('preparing', 'asked') THEN cause ELSE 'LOST' END
           WHERE trunk_id = :trunk AND ended_at IS NULL
             AND (deadline < CAST(:gone AS timestamptz) OR (deadline < :now AND state IN ('preparing', 'asked')))""",
        trunk=trunk_id,
        now=now,
        gone=now - _GIVEN_UP,
    )


def look(conn: Connection, test_id: int, now: dt.datetime) -> Seen | None:
    """Give how a test stands; None: there is none of that number."""
    row = run(conn, f"{_SEEN} WHERE x.id = :id", id=test_id, now=now, gone=now - _GIVEN_UP).first()
    return None if row is None else _seen(row)


def recent(conn: Connection, trunk_id: int, now: dt.datetime) -> list[Seen]:
    """Give the last tests of a trunk, newest first."""
    rows = run(
        conn,
        f"{_SEEN} WHERE x.trunk_id = :trunk ORDER BY x.id DESC LIMIT :most",
        trunk=trunk_id,
        most=MOST_KEPT,
        now=now,
        gone=now - _GIVEN_UP,
    )
    return [_seen(row) for row in rows]


# -- for the job that speaks ----------------------------------------------------------------------------------------


def unspoken(conn: Connection, test_id: int) -> tuple[str, Mapping[str, Any]] | None:
    """Give language and voice of a test that waits for its speech; None: it does not."""
    row = run(conn, "SELECT language, voice FROM trunk_test WHERE id = :id AND state = 'preparing'", id=test_id).first()
    return None if row is None else (row.language, row.voice)


def spoken(conn: Connection, test_id: int, now: dt.datetime, fault: str | None = None) -> None:
    """All it says is on the disk, or cannot be made (fault)."""
    run(
        conn,
        """UPDATE trunk_test SET state = CASE WHEN CAST(:fault AS text) IS NULL THEN 'asked' ELSE 'failed' END,
               fault = CAST(:fault AS text),
               ended_at = CASE WHEN CAST(:fault AS text) IS NULL THEN NULL ELSE CAST(:now AS timestamptz) END
           WHERE id = :id AND state = 'preparing'""",
        id=test_id,
        now=now,
        fault=fault,
    )


# -- for dialers ----------------------------------------------------------------------------------------------------


def waiting(conn: Connection) -> bool:
    """Whether a test waits for somebody who serves it."""
    return bool(run(conn, "SELECT EXISTS (SELECT 1 FROM trunk_test WHERE state = 'asked')").scalar_one())


def claim(
    conn: Connection,
    holder: Holder,
    now: dt.datetime,
    wall: dt.datetime,
    *,
    virtual: bool,
    destinations: Destinations = HOME,
    spending: Spending = Spending(),  # noqa: B008  it never changes
) -> list[Claimed]:
    """Ask the gate for the tests that wait and write the intents of those it allows.  Raises LeaseLost.

    now: campaign time; wall: that of the office.  Only trunks whose gateway this node's switch has read as it is now.
    """
    lease.check(conn, holder)
    rows = run(
        conn,
        """SELECT x.id, x.trunk_id, x.number, x.language, x.voice, x.deadline FROM trunk_test x
           LEFT JOIN trunk_gateway g ON g.trunk_id = x.trunk_id
           LEFT JOIN gateway_state s ON s.trunk_id = x.trunk_id AND s.node = :node
           WHERE x.state = 'asked' AND (g.trunk_id IS NULL OR s.applied >= g.revision)
           ORDER BY x.id FOR UPDATE OF x SKIP LOCKED""",
        node=holder.node,
    ).all()
    late = [row.id for row in rows if row.deadline < wall]
    run(
        conn,
        "UPDATE trunk_test SET state = 'expired', ended_at = :now WHERE id = ANY(CAST(:ids AS bigint[]))",
        ids=late,
        now=wall,
    )
    found = (
        _judged(conn, holder, row, now, wall, virtual, destinations, spending) for row in rows if row.id not in late
    )
    return [one for one in found if one is not None]


def _judged(  # noqa: PLR0917  what a claim is given
    conn: Connection,
    holder: Holder,
    row: Row[Any],
    now: dt.datetime,
    wall: dt.datetime,
    virtual: bool,
    destinations: Destinations,
    spending: Spending,
) -> Claimed | None:
    way = read_ways(conn, [row.trunk_id], virtual=virtual)[row.trunk_id]
    routed = not way.routed.routes or way.routed.best(row.number) is not None
    phone = tried(conn, row.number, now, routed=routed)
    if phone is None:
        return None  # somebody holds it at this moment
    answer = judge_test(phone, now, destinations)
    uuid = uuid4()
    if isinstance(answer, Allow):
        purse = Purse(conn, spending, (), [way], now)
        price = way.routed.price(way.routed.best(row.number))
        if purse.take(0, way.trunk.id, price) is Answer.YES:
            purse.keep([(uuid, 0, way.trunk.id, price)])
        else:
            answer = purse.denial()
    if isinstance(answer, Deny):
        _deny(conn, row.id, answer, now, wall)
        return None
    caller_id = pick_caller_id(way.caller_ids, 0)
    _intend(conn, holder, row, way, uuid, caller_id, answer, now, virtual)
    return Claimed(
        id=row.id,
        uuid=uuid,
        trunk=way.trunk,
        endpoint=endpoint(way.dial_string, row.number),
        caller_id=caller_id,
        language=row.language,
        voice=row.voice,
    )


def _deny(conn: Connection, test_id: int, deny: Deny, now: dt.datetime, wall: dt.datetime) -> None:
    run(
        conn,
        """WITH v AS (
               INSERT INTO verdict (at, allowed, rule, args, next_at)
               VALUES (CAST(:now AS timestamptz), false, :rule, CAST(:args AS jsonb), :next_at)
           )
           UPDATE trunk_test SET state = 'denied', rule = :rule, args = CAST(:args AS jsonb), ended_at = :wall
           WHERE id = :id""",
        id=test_id,
        now=now,
        wall=wall,
        rule=deny.rule,
        args=msgspec.json.encode(deny.args).decode(),
        next_at=deny.next_at,
    )


def _intend(  # noqa: PLR0917  what a row is made of
    conn: Connection,
    holder: Holder,
    row: Row[Any],
    way: Way,
    uuid: UUID,
    caller_id: str,
    allow: Allow,
    now: dt.datetime,
    virtual: bool,
) -> None:
    run(
        conn,
        """WITH v AS (
               INSERT INTO verdict (call_uuid, at, allowed, rule, args, next_at)
               VALUES (CAST(:uuid AS uuid), CAST(:now AS timestamptz), true, 'allowed', '{}', :until)
           ), c AS (
               INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id,
                   intent_at, trunk_id)
               VALUES (CAST(:uuid AS uuid), 'test', CAST(:uuid AS uuid), :node, :epoch, :core, 'intent', :number,
                   :caller_id, CAST(:now AS timestamptz), :trunk)
           )
           UPDATE trunk_test SET state = 'dialing', call_uuid = CAST(:uuid AS uuid), node = :node, virtual = :virtual
           WHERE id = :id""",
        id=row.id,
        uuid=uuid,
        now=now,
        until=allow.until,
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
        number=row.number,
        caller_id=caller_id,
        trunk=way.trunk.id,
        virtual=virtual,
    )


def progress(conn: Connection, test_id: int, state: str, wall: dt.datetime) -> None:
    """It rings (ringing) or was answered (answered); never backwards."""
    run(
        conn,
        """UPDATE trunk_test SET state = :state,
               answered_at = CASE WHEN :state = 'answered' THEN CAST(:now AS timestamptz) ELSE answered_at END
           WHERE id = :id AND (state = 'dialing' OR (state = 'ringing' AND :state = 'answered'))""",
        id=test_id,
        state=state,
        now=wall,
    )


def heard(conn: Connection, test_id: int, keys: Sequence[Press]) -> None:
    """The keys that have arrived up to now."""
    run(
        conn,
        "UPDATE trunk_test SET keys = CAST(:keys AS jsonb) WHERE id = :id AND ended_at IS NULL",
        id=test_id,
        keys=msgspec.json.encode(keys).decode(),
    )


def end(  # noqa: PLR0917  what an end is
    conn: Connection, holder: Holder, one: Claimed, ended: Ended, now: dt.datetime, wall: dt.datetime
) -> None:
    """The call is over: row of the leg, budgets, test.  Raises LeaseLost."""
    lease.check(conn, holder)
    budget.settle(conn, {one.uuid: ended.talk_s if ended.sent else budget.UNSENT})
    run(
        conn,
        """UPDATE call SET state = CASE WHEN :sent THEN 'final' ELSE 'not_sent' END, cause = :cause,
               q850 = nullif(:q850, 0), sip_status = nullif(:sip_status, 0), hangup_by = :hangup_by, ring_s = :ring_s,
               talk_s = :talk_s, ended_at = coalesce(ended_at, :now)
           WHERE uuid = :uuid AND state NOT IN ('final', 'not_sent', 'unknown')""",
        uuid=one.uuid,
        now=now,
        **{name: getattr(ended, name) for name in ended.__struct_fields__ if name != "fault"},
    )
    run(
        conn,
        """UPDATE trunk_test SET state = CASE WHEN CAST(:fault AS text) IS NULL THEN 'done' ELSE 'failed' END,
               fault = CAST(:fault AS text), cause = :cause, q850 = nullif(:q850, 0),
               sip_status = nullif(:sip_status, 0), hangup_by = :hangup_by, ended_at = :now
           WHERE id = :id AND ended_at IS NULL""",
        id=one.id,
        fault=ended.fault,
        cause=ended.cause,
        q850=ended.q850,
        sip_status=ended.sip_status,
        hangup_by=ended.hangup_by,
        now=wall,
    )


_SEEN = """SELECT x.id, x.trunk_id, t.name AS trunk, x.number, x.language, x.dtmf, x.ordered_by AS by,
        x.ordered_at AS at, x.node, x.virtual, x.rule, x.args, x.keys, x.answered_at, x.ended_at, x.q850,
        x.sip_status, x.hangup_by, x.fault,
        CASE WHEN x.state IN ('preparing', 'asked') AND x.deadline < CAST(:now AS timestamptz) THEN 'expired'
             WHEN x.ended_at IS NULL AND x.deadline < CAST(:gone AS timestamptz) THEN 'failed'
             ELSE x.state END AS state,
        CASE WHEN x.ended_at IS NULL AND x.state NOT IN ('preparing', 'asked')
                  AND x.deadline < CAST(:gone AS timestamptz) THEN 'LOST' ELSE x.cause END AS cause
    FROM trunk_test x JOIN trunk t ON t.id = x.trunk_id"""


def _seen(row: Row[Any]) -> Seen:
    return Seen(**{**row._asdict(), "keys": msgspec.convert(row.keys, tuple[Press, ...])})
