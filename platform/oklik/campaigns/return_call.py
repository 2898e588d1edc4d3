"""Somebody calls us: who is it, in which campaign, and the rows of the call before it is answered.

The gate is not asked, for they call us; the stop list is: whoever is on it hears no campaign.  Person and open attempts
are looked at under the person's lock, which a claim holds as well, so nobody is spoken to twice at a time.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns import lease
from oklik.campaigns.intents import Claimed
from oklik.campaigns.lease import Holder
from oklik.campaigns.rows import run
from oklik.campaigns.running import Trunk
from oklik.dialing.endpoint import pick_caller_id
from oklik.dialing.phones import read_phones
from oklik.dialing.zones import certain_zone, tzinfo, where

REMEMBERED = dt.timedelta(days=7)
"""Whoever calls within this time of a campaign's call is taken to mean that campaign."""
_LOOKED_AT = 50  # latest calls to the person among which the meant one is looked for


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """A caller who is in no campaign.  campaign_id: whose voice speaks; number: E.164, "" where it was withheld;
    local: the moment by the office's clock.
    """

    uuid: UUID
    campaign_id: int
    language: str
    number: str
    local: dt.datetime


class Busy(msgspec.Struct, frozen=True):
    """The person has a call of ours at this very moment, or is being called: that attempt's leg."""

    uuid: UUID


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """A call to us.  uuid: the channel's; caller, dialed: as the carrier wrote them."""

    uuid: UUID
    caller: str
    dialed: str
    at: dt.datetime

    @property
    def number(self) -> str:
        """The caller's, E.164; "" if it is none."""
        return _number(self.caller)

    @property
    def ours(self) -> str:
        """The one that was dialed, E.164 if it can be read so."""
        return _number(self.dialed) or self.dialed


def receive(
    conn: Connection,
    holder: Holder,
    ring: Ring,
    *,
    virtual: bool,
    ready: Callable[[Claimed], bool],
    greets: Callable[[Stranger], bool],
) -> Claimed | Stranger | Busy | None:
    """Find out who calls and write the intent to answer.

    ready, greets: is all speech of that call there?  Who cannot be given the campaign's words is greeted as a stranger;
    None: not even that can be said (or no campaign has ever run), and nothing is written.  Raises LeaseLost.
    """
    lease.check(conn, holder)
    for _ in range(2):  # an import may join persons between the look and the lock
        meant = _meant(conn, ring, virtual=virtual) if ring.number else None
        if meant is None or _suppressed(conn, ring.number, meant.root):
            break
        if not run(
            conn, "SELECT id FROM person WHERE id = :root AND same_as IS NULL FOR UPDATE", root=meant.root
        ).first():
            continue
        busy = _open_attempt(conn, meant.root)
        if busy is not None:
            return Busy(busy)
        claimed = _claimed(conn, ring, meant)
        if not ready(claimed):
            break
        _write_leg(conn, holder, ring)
        _write_attempt(conn, claimed, ring.at)
        return claimed
    stranger = _stranger(conn, ring, greets, virtual=virtual)
    if stranger is not None:
        _write_leg(conn, holder, ring)
    return stranger


def _number(text: str) -> str:
    """E.164, "" if it is none: a name, withheld, or nonsense."""
    found = read_phones(text).numbers
    return found[0] if len(found) == 1 else ""


def _meant(conn: Connection, ring: Ring, *, virtual: bool) -> Row[Any] | None:
    """The call of ours that is answered by this one: over the number that they dialed, to theirs, the latest."""
    number, ours = ring.number, ring.ours
    rows = run(
        conn,
        """WITH holder AS (
               SELECT id FROM person WHERE key = :number
               UNION SELECT person_id FROM person_phone WHERE number = :number
           ), root AS (
               SELECT DISTINCT coalesce(p.same_as, p.id) AS id FROM person p JOIN holder USING (id)
           ), family AS (
               SELECT id, id AS root FROM root
               UNION ALL SELECT p.id, p.same_as FROM person p JOIN root ON root.id = p.same_as
           )
           SELECT a.campaign_id, a.target_id, a.person_id, f.root, leg.number, leg.caller_id, a.started_at
           FROM attempt a JOIN family f ON f.id = a.person_id
           JOIN call leg ON leg.uuid = a.uuid
           JOIN campaign c ON c.id = a.campaign_id
           WHERE a.started_at >= :since AND a.direction = 'out' AND a.disposition IS DISTINCT FROM 'not_sent'
             AND c.virtual = :virtual AND c.state <> 'stopped'
           ORDER BY a.started_at DESC, a.uuid LIMIT :most""",
        number=number,
        since=ring.at - REMEMBERED,
        virtual=virtual,
        most=_LOOKED_AT,
    ).all()
    return max(
        rows, key=lambda row: (_number(row.caller_id) == ours, row.number == number, row.started_at), default=None
    )


def _suppressed(conn: Connection, number: str, root: int) -> bool:
    return bool(
        run(
            conn,
            """WITH family AS (SELECT id, key FROM person WHERE id = :root OR same_as = :root)
               SELECT EXISTS (SELECT 1 FROM suppression WHERE number = :number)
                   OR EXISTS (SELECT 1 FROM suppression s JOIN family ON family.key = s.number)
                   OR EXISTS (SELECT 1 FROM suppression s JOIN person_phone f ON f.number = s.number
                              JOIN family ON family.id = f.person_id)""",
            number=number,
            root=root,
        ).scalar_one()
    )


def _open_attempt(conn: Connection, root: int) -> UUID | None:
    found: UUID | None = run(
        conn,
        """SELECT a.uuid FROM attempt a JOIN person p ON p.id = a.person_id
           WHERE a.open AND (p.id = :root OR p.same_as = :root)""",
        root=root,
    ).scalar()
    return found


def _claimed(conn: Connection, ring: Ring, meant: Row[Any]) -> Claimed:
    row = run(
        conn,
        """SELECT c.zone AS office, c.base_zone, c.columns, c.record,
               coalesce(c.return_scenario_version_id, c.scenario_version_id) AS version,
               t.id AS target_id, t.contact_id, t.prepared, k.fields, k.zone, p.key,
               l.id AS trunk_id, l.channels, l.cps,
               ARRAY(SELECT number FROM caller_id WHERE trunk_id = l.id ORDER BY id) AS caller_ids,
               1 + (SELECT max(a.n) FROM attempt a WHERE a.target_id = t.id) AS n
           FROM target t JOIN campaign c ON c.id = t.campaign_id JOIN trunk l ON l.id = c.trunk_id
           JOIN contact k ON k.id = t.contact_id JOIN person p ON p.id = :root
           WHERE t.id = :target""",
        target=meant.target_id,
        root=meant.root,
    ).one()
    zone = certain_zone(where(row.zone, ring.number, row.base_zone).zones, row.office)
    return Claimed(
        uuid=ring.uuid,
        trunk=Trunk(row.trunk_id, row.channels, row.cps),
        campaign_id=meant.campaign_id,
        scenario_version_id=row.version,
        target_id=row.target_id,
        contact_id=row.contact_id,
        person_id=meant.person_id,
        person_key=row.key,
        n=row.n,
        number=ring.number,
        caller_id=pick_caller_id(row.caller_ids, meant.person_id),
        endpoint="",
        fields=row.fields,
        columns=row.columns,
        legal_until=ring.at,
        zone=zone,
        local=ring.at.astimezone(tzinfo(zone)),
        prepared=row.prepared,
        record=row.record,
    )


def _write_attempt(conn: Connection, claimed: Claimed, now: dt.datetime) -> None:
    run(
        conn,
        """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, started_at, direction, consumed)
           SELECT :uuid, id, :target, :person, purpose, :n, :now, 'in', false FROM campaign WHERE id = :campaign""",
        uuid=claimed.uuid,
        campaign=claimed.campaign_id,
        target=claimed.target_id,
        person=claimed.person_id,
        n=claimed.n,
        now=now,
    )


def _write_leg(conn: Connection, holder: Holder, ring: Ring) -> None:
    run(
        conn,
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
           VALUES (:uuid, 'inbound', :uuid, :node, :epoch, :core, 'intent', :number, :ours, :now)""",
        uuid=ring.uuid,
        node=holder.node,
        epoch=holder.epoch,
        core=holder.core_uuid,
        number=ring.number,
        ours=ring.ours,
        now=ring.at,
    )


def _stranger(conn: Connection, ring: Ring, greets: Callable[[Stranger], bool], *, virtual: bool) -> Stranger | None:
    """Speak with the voice of the campaign that shows the number they dialed, else of the latest one."""
    hosts: Sequence[Row[Any]] = run(
        conn,
        """SELECT c.id, c.zone, v.document -> 'languages' ->> 0 AS language,
               ARRAY(SELECT number FROM caller_id WHERE trunk_id = c.trunk_id) AS shown
           FROM campaign c JOIN scenario_version v ON v.id = c.scenario_version_id
           WHERE c.virtual = :virtual ORDER BY c.state = 'running' DESC, c.id DESC LIMIT :most""",
        virtual=virtual,
        most=_LOOKED_AT,
    ).all()
    for host in sorted(hosts, key=lambda host: ring.ours not in map(_number, host.shown)):
        stranger = Stranger(
            uuid=ring.uuid,
            campaign_id=host.id,
            language=host.language or "",
            number=ring.number,
            local=ring.at.astimezone(tzinfo(host.zone)),
        )
        if greets(stranger):
            return stranger
    return None
