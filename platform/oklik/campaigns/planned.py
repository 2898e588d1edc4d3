"""A contact's calendar: what was tried, what comes next and why then, and what would follow if nobody answers.

Reads the same rows as the claim, without its locks, and lets dialing.planning play the future through.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from oklik.campaigns.asking import Known, subject_of
from oklik.campaigns.finish import tried_before
from oklik.campaigns.named_contact import named_contact
from oklik.campaigns.rows import run
from oklik.campaigns.running import Running, running
from oklik.dialing.destinations import HOME, Destinations
from oklik.dialing.planning import Foreseen, Future, Standing, Why, foresee, why
from oklik.dialing.retry import Retry, RetryPlan, next_call
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import certain_zone, tzinfo, where

_ANY_STATE = ("draft", "running", "paused", "done", "stopped")


class TriedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was made, or is up.  n: the contact's first, second ... call there.

    campaign: "" for this one, else another's name."""

    n: int
    at: dt.datetime
    number: str
    disposition: str | None
    campaign: str = ""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A contact's calendar.

    zone: the clock it is told by; certain: that is the contact's own.  state: of the target.  While the campaign is
    paused, nothing of the future holds before it goes on, and then it is later.  tried: oldest first.
    """

    campaign_id: int
    row: int
    numbers: list[str]
    zone: str
    certain: bool
    now: dt.datetime
    state: str
    reason: str | None
    reason_args: dict[str, Any]
    campaign_state: str
    tried: list[TriedCall]
    future: Future
    campaign: Running

    def hour_is_legal(self, start: dt.datetime) -> bool:
        """Say whether there is a legal moment for the first number within the hour that begins then."""
        number = self.numbers[0]
        zones = where(self.own_zone, number, self.campaign.base_zone, self.campaign.plan).zones
        opening = self.campaign.policy.ask(number, zones, start, self.campaign.book)[0]
        return opening is not None and opening < start + dt.timedelta(hours=1)

    own_zone: str | None = None


def plan_of(
    conn: Connection, campaign_id: int, given: str, now: dt.datetime, *, destinations: Destinations = HOME
) -> Planned:
    """Give the calendar of a contact, named as named_contact takes it.  now: campaign time.

    Raises NoSuchContact, and NoResultFound when there is no such campaign.
    """
    head = run(conn, "SELECT virtual, state, retry, paused_at FROM campaign WHERE id = :id", id=campaign_id).one()
    row = run(conn, _TARGET, target=named_contact(conn, campaign_id, given).target_id).one()
    (campaign,) = running(conn, head.virtual, [campaign_id], WindowBook(), destinations, states=_ANY_STATE)
    place = _Place(conn, campaign, row, RetryPlan.from_json(head.retry), head.paused_at, now)
    zones = where(row.zone, row.phones[0], campaign.base_zone, campaign.plan).zones
    return Planned(
        campaign_id=campaign_id,
        row=row.row_number,
        numbers=list(row.phones),
        zone=certain_zone(zones, campaign.zone),
        certain=len(zones) == 1,
        now=now,
        state=row.state,
        reason=row.reason,
        reason_args=row.reason_args or {},
        campaign_state=head.state,
        tried=_tried_calls(conn, row.id, list(place.known.root)),
        future=place.future(),
        campaign=campaign,
        own_zone=row.zone,
    )


_TARGET = """SELECT t.id, t.contact_id, t.person_id, coalesce(own.same_as, own.id) AS root, own.key, t.state, t.due,
    t.attempts, t.faults, t.phone_index, t.last_hours, t.wish, t.reason, t.reason_args,
    c.phones, c.roles, c.fields, c.zone, c.row_number
FROM target t JOIN contact c ON c.id = t.contact_id JOIN person own ON own.id = t.person_id
WHERE t.id = :target"""


class _Place:
    """A contact among all that its future hangs on."""

    def __init__(  # noqa: PLR0917  each once, and all of it is needed
        self,
        conn: Connection,
        campaign: Running,
        row: Row[Any],
        plan: RetryPlan,
        paused_at: dt.datetime | None,
        now: dt.datetime,
    ) -> None:
        self._conn, self._campaign, self._row, self._plan = conn, campaign, row, plan
        self._paused_at, self._now = paused_at, now
        self.known = Known(conn, [(campaign, [row])], now)
        self._tried = tried_before(conn, row.id, row.phones)

    def future(self) -> Future:
        """Give the calls to come, those of a call that is up taken as not answered."""
        row, campaign = self._row, self._campaign
        if row.state == "done":
            return Future((), row.reason or "reached", row.reason_args or {})
        due = self._due()
        standing = Standing(
            numbers=row.phones,
            subject=lambda number: subject_of(campaign, self.known, row, number),
            due=due,
            phone=row.phone_index,
            tried=self._tried,
            steps=self._steps() or [Why(row.reason or "waiting", due, row.reason_args or {})],
            calling=self._calling() if row.state == "dialing" else None,
        )
        return foresee(standing, campaign.policy, self._plan, self._now, campaign.book)

    def _due(self) -> dt.datetime:
        row, since = self._row, self._paused_at
        due: dt.datetime = row.due
        if since is not None and since < due <= self._now and row.attempts + row.faults and not row.wish:
            return due + (self._now - since)  # as a resume would do now, see commands.thaw
        return due

    def _calling(self) -> Foreseen | None:
        call = run(
            self._conn,
            """SELECT a.started_at, leg.number FROM attempt a JOIN call leg ON leg.uuid = a.uuid
               WHERE a.target_id = :id AND a.open""",
            id=self._row.id,
        ).first()
        if call is None:
            return None
        return Foreseen(call.started_at, call.number, self._zones(call.number), call.started_at, ())

    def _zones(self, number: str) -> frozenset[str]:
        return where(self._row.zone, number, self._campaign.base_zone, self._campaign.plan).zones

    def _steps(self) -> list[Why]:
        """How the next call's time came about, if it is still the one that the plan chose."""
        row, campaign = self._row, self._campaign
        last = run(
            self._conn,
            """SELECT a.ended_at, leg.number FROM attempt a JOIN call leg ON leg.uuid = a.uuid
               WHERE a.target_id = :id AND NOT a.open ORDER BY a.n DESC LIMIT 1""",
            id=row.id,
        ).first()
        if last is None or last.ended_at is None:
            return []
        zones = self._zones(last.number)
        again = next_call(
            self._plan,
            self._tried,
            phones=len(row.phones),
            now=last.ended_at,
            opens=lambda moment: campaign.policy.ask(last.number, zones, moment, campaign.book)[0],
            hours=row.last_hours,
            zone=tzinfo(certain_zone(zones, campaign.zone)),
        )
        return why(again) if isinstance(again, Retry) and again.due == row.due else []


def _tried_calls(conn: Connection, target_id: int, persons: Sequence[int]) -> list[TriedCall]:
    rows = run(
        conn,
        """SELECT a.n, a.started_at, a.disposition, leg.number, a.target_id = :target AS own, k.name
           FROM attempt a JOIN call leg ON leg.uuid = a.uuid JOIN campaign k ON k.id = a.campaign_id
           WHERE (a.target_id = :target OR a.person_id = ANY(CAST(:persons AS bigint[])))
               AND coalesce(a.disposition, '') <> 'not_sent'
           ORDER BY a.started_at, a.n""",
        target=target_id,
        persons=list(persons),
    )
    return [
        TriedCall(
            n=row.n,
            at=row.started_at,
            number=row.number,
            disposition=row.disposition,
            campaign="" if row.own else row.name,
        )
        for row in rows
    ]


def to_json(planned: Planned) -> dict[str, Any]:
    """Give JSON values: codes and instants (UTC)."""
    return {
        "campaign": planned.campaign_id,
        "campaign_state": planned.campaign_state,
        "row": planned.row,
        "numbers": planned.numbers,
        "zone": planned.zone,
        "zone_certain": planned.certain,
        "now": planned.now.isoformat(),
        "state": planned.state,
        "reason": planned.reason,
        "reason_args": planned.reason_args,
        "tried": [msgspec.structs.asdict(one) | {"at": one.at.isoformat()} for one in planned.tried],
        "next": [_call_json(one) for one in planned.future.calls],
        "end": {"reason": planned.future.reason, "args": planned.future.args},
    }


def _call_json(call: Foreseen) -> dict[str, Any]:
    steps = [{"code": one.code, "at": one.at.isoformat(), "args": one.args} for one in call.steps]
    return {"at": call.at.isoformat(), "number": call.number, "legal_until": call.legal_until.isoformat(), "why": steps}
