"""Gateways of trunks as people fill them in, and what dialers tell of them.

A change is a row with a higher revision; each dialer compares it with what it had its switch read last and brings the
switch there.  So a dialer that was away, and a second node, need no order of their own.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns import trunks
from oklik.campaigns.meanwhile import check_version
from oklik.campaigns.rows import run
from oklik.campaigns.trunks import Change, NoSuchTrunk, TrunkRefused
from oklik.dialing.gateways import (
    CallerIdRule,
    Dtmf,
    Gateway,
    GatewayFault,
    Login,
    NumberForm,
    check,
    dial_string,
    form_of,
    name_of,
)

NEW = ""  # the version of a trunk that is not there yet


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in: the gateway without its name, and the limits of the trunk (see trunks.Change)."""

    login: Login
    host: str
    user: str = ""
    numbers: NumberForm = NumberForm.DIGITS
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    dtmf: Dtmf = Dtmf.RFC2833
    caller_id: CallerIdRule = CallerIdRule.FROM
    nat_address: str = ""
    ping: int = 0
    channels: int
    cps: float
    attempt_price: Decimal | None = None
    minute_price: Decimal | None = None
    caller_ids: tuple[str, ...] = ()


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk's gateway as it is kept."""

    trunk_id: int
    trunk: str
    gateway: Gateway
    numbers: NumberForm | None
    revision: int
    changed_at: dt.datetime


class Wanted(msgspec.Struct, frozen=True):
    """What a dialer has to see to.  applied: the revision that this node's switch has read; None: none yet."""

    trunk_id: int
    revision: int
    applied: int | None

    @property
    def name(self) -> str:
        """The gateway's name at the switch."""
        return name_of(self.trunk_id)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a switch says of a gateway; see store.schema.GatewayState."""

    trunk_id: int
    state: str
    up: bool
    sip_status: int
    applied: int


class NodeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The same for people, with the node and the times."""

    node: str
    state: str
    up: bool
    sip_status: int
    applied: int
    at: dt.datetime
    seen_at: dt.datetime


def save(  # noqa: PLR0917  what, how, when, who, made to what
    conn: Connection, name: str, filled: Filled, now: dt.datetime, by: str, version: str | None = None
) -> Kept:
    """Make a trunk with its gateway, or change the one of that name; numbers to show are taken for verified by `by`.

    version: of the trunk that was changed (trunks.Listed); "": there was none; None: whatever there is.
    Raises GatewayFault, TrunkRefused and ChangedMeanwhile, before anything is written.
    """
    fresh = find(conn, name) is None
    if fresh and run(conn, "SELECT 1 FROM trunk WHERE name = :name", name=name).first():
        raise trunks.TrunkBusy(
            f"линия «{name}» уже есть и настроена командой: её шлюз описан в конфигурации коммутатора",
            f"there is a trunk {name!r} already, whose gateway stands in the switch's own configuration",
            field="name",
        )
    if not fresh and version == NEW:
        raise trunks.TrunkBusy(f"линия «{name}» уже есть", f"there is a trunk {name!r} already", field="name")
    check(_gateway(1, filled))
    change = Change(
        channels=filled.channels,
        cps=filled.cps,
        attempt_price=filled.attempt_price,
        minute_price=filled.minute_price,
        caller_ids=filled.caller_ids,
        verify=filled.caller_ids,
        by=by,
    )
    if fresh:
        check_version(conn, version, NEW, room="trunks.", subject=name)  # of one that somebody has removed meanwhile
        # the gateway is named after the trunk's number, which is not known yet
        first = msgspec.structs.replace(change, dial_string=dial_string(name_of(1), filled.numbers))
        trunk_id = trunks.add_trunk(conn, name, first, now)
    else:
        trunk_id = run(conn, "SELECT id FROM trunk WHERE name = :name", name=name).scalar_one()
        trunks.unchanged_since(conn, trunk_id, name, version)
    before = [] if fresh else list(caller_ids(conn, name))
    gone = tuple(number for number in before if number not in filled.caller_ids)
    whole = msgspec.structs.replace(
        change, dial_string=dial_string(name_of(trunk_id), filled.numbers), without_caller_ids=gone
    )
    trunks.set_trunk(conn, name, whole, now)
    run(  # a change passes over what is not said; here it is the whole, and a price that is not said is none
        conn,
        """UPDATE trunk SET attempt_price = CAST(:attempt AS numeric), minute_price = CAST(:minute AS numeric)
           WHERE id = :id""",
        id=trunk_id,
        attempt=filled.attempt_price,
        minute=filled.minute_price,
    )
    gateway = _gateway(trunk_id, filled)
    run(
        conn,
        """INSERT INTO trunk_gateway (trunk_id, login, host, user_name, codecs, dtmf, caller_id, nat_address, ping,
               revision, changed_at)
           VALUES (:id, :login, :host, :user, :codecs, :dtmf, :caller_id, :nat, :ping, 1, :now)
           ON CONFLICT (trunk_id) DO UPDATE SET login = excluded.login, host = excluded.host,
               user_name = excluded.user_name, codecs = excluded.codecs, dtmf = excluded.dtmf,
               caller_id = excluded.caller_id, nat_address = excluded.nat_address, ping = excluded.ping,
               revision = trunk_gateway.revision + 1, changed_at = excluded.changed_at""",
        id=trunk_id,
        login=str(gateway.login),
        host=gateway.host,
        user=gateway.user,
        codecs=",".join(gateway.codecs),
        dtmf=str(gateway.dtmf),
        caller_id=str(gateway.caller_id),
        nat=gateway.nat_address,
        ping=gateway.ping,
        now=now,
    )
    return get(conn, name)


def caller_ids(conn: Connection, name: str) -> Sequence[str]:
    """Give the numbers a trunk may show."""
    return run(
        conn,
        """SELECT c.number FROM caller_id c JOIN trunk t ON t.id = c.trunk_id WHERE t.name = :name ORDER BY c.number""",
        name=name,
    ).scalars()


def ask_again(conn: Connection, name: str, now: dt.datetime) -> Kept:
    """Have every switch read its configuration of this gateway again.  Raises NoSuchTrunk."""
    kept = get(conn, name)
    run(
        conn,
        "UPDATE trunk_gateway SET revision = revision + 1, changed_at = :now WHERE trunk_id = :id",
        id=kept.trunk_id,
        now=now,
    )
    return get(conn, name)


def set_dtmf(conn: Connection, name: str, dtmf: Dtmf, now: dt.datetime) -> Kept:
    """Set how keys travel, and leave all else.  Raises NoSuchTrunk."""
    kept = get(conn, name)
    run(
        conn,
        "UPDATE trunk_gateway SET dtmf = :dtmf, revision = revision + 1, changed_at = :now WHERE trunk_id = :id",
        id=kept.trunk_id,
        dtmf=str(dtmf),
        now=now,
    )
    return get(conn, name)


def find(conn: Connection, name: str) -> Kept | None:
    """Give a trunk's gateway; None where there is no such trunk, or its gateway was not filled in here."""
    row = run(conn, f"{_ALL} WHERE t.name = :name", name=name).first()
    return None if row is None else _kept(row)


def get(conn: Connection, name: str) -> Kept:
    """The same; raises NoSuchTrunk."""
    found = find(conn, name)
    if found is None:
        raise NoSuchTrunk(
            f"линии «{name}» с заполненным шлюзом нет", f"there is no trunk {name!r} with a gateway", field="name"
        )
    return found


def every(conn: Connection) -> Mapping[str, Kept]:
    """Give all of them by the trunk's name."""
    return {row.trunk: _kept(row) for row in run(conn, f"{_ALL} ORDER BY t.name")}


def states(conn: Connection) -> Mapping[int, Sequence[NodeSeen]]:
    """Give what the switches say, by trunk, by node."""
    found: dict[int, list[NodeSeen]] = {}
    for row in run(
        conn,
        """SELECT trunk_id, node, state, up, sip_status, applied, at, seen_at FROM gateway_state
           ORDER BY trunk_id, node""",
    ):
        trunk_id, *rest = row
        found.setdefault(trunk_id, []).append(
            NodeSeen(**dict(zip(("node", "state", "up", "sip_status", "applied", "at", "seen_at"), rest, strict=True)))
        )
    return found


# -- for dialers ------------------------------------------------------------------------------------------------


def wanted(conn: Connection, node: str) -> list[Wanted]:
    """Give the gateways there are, with what this node's switch has read of them."""
    rows = run(
        conn,
        """SELECT g.trunk_id, g.revision, s.applied FROM trunk_gateway g
           LEFT JOIN gateway_state s ON s.trunk_id = g.trunk_id AND s.node = :node ORDER BY g.trunk_id""",
        node=node,
    )
    return [Wanted(*row) for row in rows]


def unread(conn: Connection, node: str) -> set[int]:
    """Give the trunks whose gateway this node's switch has not read yet as it is now."""
    rows = run(
        conn,
        """SELECT g.trunk_id FROM trunk_gateway g
           LEFT JOIN gateway_state s ON s.trunk_id = g.trunk_id AND s.node = :node
           WHERE s.applied IS NULL OR s.applied < g.revision""",
        node=node,
    )
    return set(rows.scalars())


def publish(conn: Connection, node: str, seen: Sequence[Seen], wall: dt.datetime) -> None:
    """Write what a node's switch says; a gateway that was removed meanwhile is passed over."""
    run(
        conn,
        """INSERT INTO gateway_state (trunk_id, node, state, up, sip_status, applied, at, seen_at)
           SELECT r.trunk_id, :node, r.state, r.up, r.sip_status, r.applied, :now, :now
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(trunk_id bigint, state text, up boolean, sip_status int, applied bigint)
           JOIN trunk_gateway g ON g.trunk_id = r.trunk_id
           ON CONFLICT (trunk_id, node) DO UPDATE SET state = excluded.state, up = excluded.up,
               sip_status = excluded.sip_status, applied = excluded.applied, seen_at = excluded.seen_at,
               at = CASE WHEN (gateway_state.state, gateway_state.up, gateway_state.sip_status)
                   = (excluded.state, excluded.up, excluded.sip_status) THEN gateway_state.at ELSE excluded.at END""",
        [msgspec.structs.asdict(one) for one in seen],
        node=node,
        now=wall,
    )


_ALL = """SELECT t.id AS trunk_id, t.name AS trunk, t.dial_string, g.login, g.host, g.user_name, g.codecs, g.dtmf,
              g.caller_id, g.nat_address, g.ping, g.revision, g.changed_at
          FROM trunk_gateway g JOIN trunk t ON t.id = g.trunk_id"""


def _kept(row: Any) -> Kept:
    gateway = Gateway(
        name=name_of(row.trunk_id),
        login=Login(row.login),
        host=row.host,
        user=row.user_name,
        codecs=tuple(row.codecs.split(",")),
        dtmf=Dtmf(row.dtmf),
        caller_id=CallerIdRule(row.caller_id),
        nat_address=row.nat_address,
        ping=row.ping,
    )
    return Kept(
        trunk_id=row.trunk_id,
        trunk=row.trunk,
        gateway=gateway,
        numbers=form_of(row.dial_string),
        revision=row.revision,
        changed_at=row.changed_at,
    )


def _gateway(trunk_id: int, filled: Filled) -> Gateway:
    return Gateway(
        name=name_of(trunk_id),
        login=filled.login,
        host=filled.host,
        user=filled.user,
        codecs=filled.codecs,
        dtmf=filled.dtmf,
        caller_id=filled.caller_id,
        nat_address=filled.nat_address,
        ping=filled.ping,
    )


__all__ = [
    "Filled",
    "GatewayFault",
    "Kept",
    "NodeSeen",
    "Seen",
    "TrunkRefused",
    "Wanted",
    "ask_again",
    "caller_ids",
    "every",
    "find",
    "get",
    "publish",
    "save",
    "set_dtmf",
    "states",
    "wanted",
]
