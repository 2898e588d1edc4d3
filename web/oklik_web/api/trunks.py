"""Trunks: the lines to the outside, how they do, and which campaigns use them.

What could ring or be shown is checked by the use case, as for the command line: a dial string rings the number that
the guard has judged and nothing else, and no number is shown that costs whoever calls it back.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from oklik.campaigns import trunks
from oklik.campaigns.launch import LaunchRefused
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunk_use import used
from oklik.campaigns.trunks import Listed
from oklik.reports.lines import lines
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment, Version
from oklik_web.whom import check_campaign
from oklik_web.words import said

blueprint = APIBlueprint("trunks", __name__)

MOST = 1_000  # caller ids or routes in a request

Name = Annotated[str, Field(min_length=1, max_length=100)]
DialString = Annotated[str, Field(max_length=300, examples=["sofia/gateway/mts/{digits}"])]
Channels = Annotated[int, Field(ge=1, le=5_000)]
Cps = Annotated[float, Field(gt=0, le=500)]
Reserved = Annotated[int | None, Field(ge=0, le=5_000)]
Weight = Annotated[float | None, Field(ge=0.01, le=100)]
Minutes = Annotated[int | None, Field(ge=0, le=10**9)]
Money = Annotated[Decimal | None, Field(ge=0, max_digits=18, decimal_places=4)]
Short = Annotated[str, StringConstraints(max_length=40)]
Several = Annotated[tuple[Short, ...], Field(max_length=MOST)]
Names = Annotated[tuple[Name, ...], Field(max_length=100)]


class _Limits(Body):
    """reserved_inbound: channels kept for calls to us.  A limit of 0 a day takes the limit away.

    attempt_price, minute_price: of what no route has a price for, in the installation's currency.
    extensions: short numbers behind the trunk that are telephones of ours, X for any digit.
    """

    reserved_inbound: Reserved = None
    weight: Weight = None
    minutes_day: Minutes = None
    money_day: Money = None
    attempt_price: Money = None
    minute_price: Money = None
    extensions: Several = ()


class TrunkIn(_Limits):
    """A trunk.  caller_ids: numbers to show; routes: what it takes, such as +7916, RU:mobile=1.20 or *@5."""

    name: Name
    dial_string: DialString
    channels: Channels
    cps: Cps
    caller_ids: Several = ()
    routes: Several = ()


class TrunkChangeIn(_Limits):
    """What changes; what is left out stays.  caller_ids, routes are added, without_... go; verify: they are ours.

    version: of what is changed; null: whatever there is by now.
    """

    name: Name
    version: Version = None
    dial_string: DialString | None = None
    channels: Channels | None = None
    cps: Cps | None = None
    caller_ids: Several = ()
    without_caller_ids: Several = ()
    verify: Several = ()
    routes: Several = ()
    without_routes: Several = ()
    without_extensions: Several = ()


class TrunkNameIn(Body):
    """A trunk by its name."""

    name: Name


class UseIn(Body):
    """Over which trunks a campaign calls: the first is its own; [] leaves them as they are.

    all: every shared one besides.  weight: its part of trunks that several share.  minutes_day, money_day: at most so
    much a day, 0: no limit.
    """

    trunks: Names = ()
    all: bool = False
    weight: Weight = None
    minutes_day: Minutes = None
    money_day: Money = None


class TrunkOut(BaseModel):
    """A trunk.  caller_ids: number to who has verified it, null: nobody.  campaigns: how many use it.

    attempt_price, minute_price: of what no route has a price for.

    state: of its breaker, as the dialer that sees it best has it.  version: to be given back with a change.
    """

    name: str
    dial_string: str
    channels: int
    cps: float
    reserved_inbound: int
    weight: float
    shared: bool
    minutes_day: int | None
    money_day: Decimal | None
    attempt_price: Decimal | None
    minute_price: Decimal | None
    extensions: list[str]
    caller_ids: dict[str, str | None]
    routes: list[str]
    campaigns: int
    state: str
    version: str


class TrunksOut(BaseModel):
    """Trunks by name."""

    trunks: list[TrunkOut]


class GoneOut(BaseModel):
    """It is there no more."""

    name: str


class BreakerOut(BaseModel):
    """A trunk's breaker at one dialer: closed, open, half_open or ramp, since `at`.  next_at: of the next try."""

    node: str
    state: str
    at: Moment
    next_at: Moment | None
    calls: int
    faults: int


class TrunkHealthOut(BaseModel):
    """in_use: legs that are up over it now; waits_for: what its limits say, by dialer."""

    name: str
    channels: int
    reserved_inbound: int
    cps: float
    in_use: int
    waits_for: dict[str, str]
    breakers: list[BreakerOut]


class TrunksHealthOut(BaseModel):
    """Health of the trunks, by name."""

    trunks: list[TrunkHealthOut]


class UsedOut(BaseModel):
    """Over which trunks a campaign calls, its own first; all: every shared one besides.  Limits a day: null, none."""

    campaign_id: int
    trunks: list[str]
    all: bool
    weight: float
    minutes_day: int | None
    money_day: Decimal | None


@blueprint.get("/trunks")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(TrunksOut)
def show() -> TrunksOut:
    """List all trunks: limits, numbers to show, routes."""
    with running().engine.connect() as conn:
        return TrunksOut(trunks=[_told(one) for one in trunks.all_trunks(conn)])


@blueprint.get("/trunks/health")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(TrunksHealthOut)
def health() -> TrunksHealthOut:
    """Say how the trunks do: channels in use, what their limits say, breakers."""
    app = running()
    with app.engine.connect() as conn:
        found = lines(conn, app.clock.now())
    return TrunksHealthOut.model_validate({"trunks": found}, from_attributes=True)


@blueprint.post("/trunks/add")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(TrunkIn)
@blueprint.output(TrunkOut)
@changing
def add(change: Change, json_data: TrunkIn) -> TrunkOut:
    """Make a trunk that campaigns may use."""
    told = json_data.model_dump(exclude={"name"})
    trunks.add_trunk(change.conn, json_data.name, trunks.Change(**told), change.now)
    change.note("trunks.add", json_data.name, told)
    return _one(change, json_data.name)


@blueprint.post("/trunks/set")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(TrunkChangeIn)
@blueprint.output(TrunkOut)
@changing
def set_(change: Change, json_data: TrunkChangeIn) -> TrunkOut:
    """Change a trunk: limits, numbers to show, routes.  Calls that are up go on.

    409 where somebody else has changed it since `version`: nothing is written, the answer holds the present `version`.
    """
    told = json_data.model_dump(exclude={"name", "version"}, exclude_unset=True)
    if not told:
        raise Problem(422, said("nothing_changes"))
    wanted = trunks.Change(**told, by=change.actor.who)
    trunks.set_trunk(change.conn, json_data.name, wanted, change.now, json_data.version)
    change.note("trunks.set", json_data.name, told)
    return _one(change, json_data.name)


@blueprint.post("/trunks/remove")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(TrunkNameIn)
@blueprint.output(GoneOut)
@changing
def remove(change: Change, json_data: TrunkNameIn) -> GoneOut:
    """Take a trunk away that no campaign uses."""
    trunks.remove_trunk(change.conn, json_data.name)
    change.note("trunks.remove", json_data.name, {})
    return GoneOut(name=json_data.name)


@blueprint.get("/campaigns/<int:campaign_id>/trunks")
@allowed(Scope.TRUNKS_READ)
@blueprint.output(UsedOut)
def in_use(campaign_id: int) -> UsedOut:
    """Say over which trunks a campaign calls, and how much of them is its."""
    with running().engine.connect() as conn:
        check_campaign(conn, campaign_id)
        return _used(conn, campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/trunks")
@allowed(Scope.TRUNKS_WRITE)
@blueprint.input(UseIn)
@blueprint.output(UsedOut)
@changing
def use(change: Change, campaign_id: int, json_data: UseIn) -> UsedOut:
    """Say over which trunks a campaign calls, how much of them is its, and what it may cost a day."""
    check_campaign(change.conn, campaign_id)
    told = json_data.model_dump(exclude_unset=True)
    if not told:
        raise Problem(422, said("nothing_changes"))
    try:
        trunks.assign(
            change.conn,
            campaign_id,
            json_data.trunks,
            every=json_data.all,
            weight=json_data.weight,
            minutes_day=json_data.minutes_day,
            money_day=json_data.money_day,
        )
    except LaunchRefused as error:  # numbers that nobody has verified, shown to real people
        raise Problem(409, error.text, field="trunks") from None
    except trunks.NoSuchTrunk as error:
        raise Problem(422, error.text, field="trunks") from None
    change.note("trunks.use", str(campaign_id), told)
    return _used(change.conn, campaign_id)


def _used(conn: Connection, campaign_id: int) -> UsedOut:
    found = used(conn, campaign_id)
    return UsedOut(
        campaign_id=campaign_id,
        trunks=found.trunks,
        all=found.every,
        weight=found.weight,
        minutes_day=found.minutes_day,
        money_day=found.money_day,
    )


def _one(change: Change, name: str) -> TrunkOut:
    return next(_told(one) for one in trunks.all_trunks(change.conn) if one.name == name)


def _told(one: Listed) -> TrunkOut:
    shown: Sequence[str] = tuple(TrunkOut.model_fields)
    return TrunkOut(**{name: getattr(one, name) for name in shown})
