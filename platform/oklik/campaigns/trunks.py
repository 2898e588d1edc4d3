"""Trunks as people keep them: made, changed, listed, removed, and given to campaigns.

What is refused is refused before anything is written.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection

from oklik.campaigns.agent_phones import PhoneRefused, check_phones, outside_of, phones_behind
from oklik.campaigns.dialable import NotDialable, check_caller_id, check_trunk
from oklik.campaigns.launch import check_verified
from oklik.campaigns.meanwhile import check_version
from oklik.campaigns.rows import run
from oklik.campaigns.trials_forgotten import forget_trials
from oklik.dialing.extensions import MOST, is_extension
from oklik.dialing.routing import BadRoute, Route, parse_route, written


class TrunkRefused(ValueError):
    """It cannot be done.  text: one line in "ru" and "en"; str() the English one; field: of Change, "" for none.

    command: the command or option that helps, for who sits at a terminal; "": none.
    """

    def __init__(self, ru: str, en: str, *, field: str = "", command: str = "") -> None:
        self.text, self.field, self.command = {"ru": ru, "en": en}, field, command
        super().__init__(en)


class NoSuchTrunk(TrunkRefused):
    """There is none of this name."""


class TrunkBusy(TrunkRefused):
    """Not as things stand: the name is taken, or a campaign needs the trunk."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed; None and () leave things as they are.  A limit of 0 a day takes the limit away.

    caller_ids, routes: are added (a route that is there gets the new price and priority); without_*: go.
    verify: caller ids that are ours, says `by`.  Routes as dialing.routing.parse_route reads them.
    attempt_price, minute_price: of what no route has a price for.  extensions: short rows of digits, X for any digit,
    that are telephones of ours behind the trunk.
    """

    dial_string: str | None = None
    channels: int | None = None
    cps: float | None = None
    reserved_inbound: int | None = None
    weight: float | None = None
    minutes_day: int | None = None
    money_day: Decimal | None = None
    attempt_price: Decimal | None = None
    minute_price: Decimal | None = None
    extensions: Sequence[str] = ()
    without_extensions: Sequence[str] = ()
    caller_ids: Sequence[str] = ()
    without_caller_ids: Sequence[str] = ()
    verify: Sequence[str] = ()
    by: str = ""
    routes: Sequence[str] = ()
    without_routes: Sequence[str] = ()


class Listed(msgspec.Struct, frozen=True):
    """A trunk.  caller_ids: number -> who has verified it, None: nobody.  routes: as they are written.

    version: another one as soon as something that people set differs, its gateway included; see campaigns.meanwhile.
    """

    id: int
    name: str
    dial_string: str
    channels: int
    cps: float
    reserved_inbound: int
    weight: float
    shared: bool
    minutes_day: int | None
    money_day: str | None
    attempt_price: str | None
    minute_price: str | None
    extensions: list[str]
    caller_ids: dict[str, str | None]
    routes: list[str]
    campaigns: int
    state: str
    version: str

    def to_json(self) -> dict[str, Any]:
        """Give JSON values by the fields' names."""
        return msgspec.structs.asdict(self)


def add_trunk(conn: Connection, name: str, wanted: Change, now: dt.datetime) -> int:
    """Make a shared trunk; returns its id.  dial_string, channels and cps must be said.  Raises TrunkRefused."""
    if run(conn, "SELECT 1 FROM trunk WHERE name = :name", name=name).first():
        raise TrunkBusy(f"линия «{name}» уже есть", f"there is a trunk {name!r} already", field="name")
    if not name.strip() or wanted.dial_string is None or wanted.channels is None or wanted.cps is None:
        raise TrunkRefused(
            "у линии должны быть имя, строка набора, каналы и звонки в секунду",
            "a trunk needs a name, a dial string, channels and calls a second",
        )
    _check(wanted, wanted.channels, wanted.reserved_inbound or 0)
    _check_phones(conn, wanted.dial_string, wanted.extensions)
    trunk = run(
        conn,
        """INSERT INTO trunk (name, dial_string, channels, cps, shared) VALUES (:name, :dial, :channels, :cps, true)
           RETURNING id""",
        name=name,
        dial=wanted.dial_string,
        channels=wanted.channels,
        cps=wanted.cps,
    ).scalar_one()
    _apply(conn, int(trunk), name, wanted, now)
    return int(trunk)


def set_trunk(conn: Connection, name: str, wanted: Change, now: dt.datetime, version: str | None = None) -> None:
    """Change a trunk; calls that are up go on.  version: what was changed, None: whatever there is.

    Raises TrunkRefused, ChangedMeanwhile.
    """
    row = _find(conn, name)
    unchanged_since(conn, row.id, name, version)
    reserved = row.reserved_inbound if wanted.reserved_inbound is None else wanted.reserved_inbound
    _check(wanted, row.channels if wanted.channels is None else wanted.channels, reserved)
    ours = {*row.extensions, *wanted.extensions} - {*wanted.without_extensions}
    _check_phones(conn, wanted.dial_string or row.dial_string, sorted(ours), besides=row.id)
    _apply(conn, row.id, name, wanted, now)


def unchanged_since(conn: Connection, trunk_id: int, name: str, version: str | None) -> None:
    """Make sure that a trunk is as it was when a change of it was begun; it stays locked.  Raises ChangedMeanwhile."""
    run(conn, "SELECT FROM trunk WHERE id = :id FOR UPDATE", id=trunk_id)
    if version is not None:
        asked = f"SELECT {_VERSION} FROM trunk t WHERE t.id = :id"  # noqa: S608  ours
        present = run(conn, asked, id=trunk_id).scalar_one()
        check_version(conn, version, str(present), room="trunks.", subject=name)


# Who has verified a number is not among it: each save says so anew.
_VERSION = """md5(jsonb_build_array(
    to_jsonb(t),
    (SELECT jsonb_agg(jsonb_build_array(number, verified_at IS NOT NULL) ORDER BY number)
     FROM caller_id WHERE trunk_id = t.id),
    (SELECT jsonb_agg(to_jsonb(r) - 'id' ORDER BY prefix, country, kind) FROM trunk_route r WHERE r.trunk_id = t.id),
    (SELECT to_jsonb(g) - 'revision' - 'changed_at' FROM trunk_gateway g WHERE g.trunk_id = t.id))::text)"""


def remove_trunk(conn: Connection, name: str) -> None:
    """Take a trunk away that no campaign uses, or has used.  Raises TrunkRefused."""
    row = _find(conn, name)
    forget_trials(conn, trunk_id=row.id)
    used = run(
        conn,
        """SELECT name FROM campaign WHERE trunk_id = :id
           UNION ALL
           SELECT c.name FROM campaign c JOIN campaign_trunk t ON t.campaign_id = c.id WHERE t.trunk_id = :id
           LIMIT 1""",
        id=row.id,
    ).scalar()
    if used is not None:
        raise TrunkBusy(
            f"линией «{name}» пользуется кампания «{used}»: отчёты о звонках нуждаются в ней",
            f"the campaign {used!r} uses the trunk {name!r}: reports on its calls need it",
        )
    for table in (
        "trunk_route",
        "caller_id",
        "trunk_lease",
        "trunk_health",
        "gateway_state",
        "trunk_gateway",
        "trunk_test",
    ):
        run(conn, f"DELETE FROM {table} WHERE trunk_id = :id", id=row.id)  # noqa: S608  names of ours
    run(conn, "DELETE FROM trunk WHERE id = :id", id=row.id)


def all_trunks(conn: Connection) -> list[Listed]:
    """Give all trunks by name."""
    rows = run(
        conn,
        f"""SELECT t.id, t.name, t.dial_string, t.channels, t.cps, t.reserved_inbound, t.weight, t.shared,
               t.minutes_day, CAST(t.money_day AS text) AS money_day, t.extensions,
               CAST(t.attempt_price AS text) AS attempt_price, CAST(t.minute_price AS text) AS minute_price,
               (SELECT json_object_agg(number, coalesce(verified_by, CASE WHEN verified_at IS NOT NULL THEN '' END))
                FROM caller_id WHERE trunk_id = t.id) AS caller_ids,
               (SELECT count(*) FROM campaign c WHERE c.state <> 'trial' AND (c.trunk_id = t.id OR EXISTS (
                    SELECT FROM campaign_trunk x WHERE x.campaign_id = c.id AND x.trunk_id = t.id))) AS campaigns,
               coalesce((SELECT state FROM trunk_health WHERE trunk_id = t.id
                         ORDER BY state = 'closed', at DESC LIMIT 1), 'closed') AS state,
               {_VERSION} AS version
           FROM trunk t ORDER BY t.name""",  # noqa: S608  ours
    )
    return [
        Listed(
            **{
                **row._asdict(),
                "caller_ids": row.caller_ids or {},
                "routes": [written(route) for route in _routes(conn, row.id)],
            }
        )
        for row in rows
    ]


def assign(
    conn: Connection,
    campaign: int,
    trunks: Sequence[str] = (),
    *,
    every: bool = False,
    weight: float | None = None,
    minutes_day: int | None = None,
    money_day: Decimal | None = None,
) -> None:
    """Say over which trunks a campaign calls, how much of them is its, and what it may cost a day (0: no limit).

    trunks: names, the first is the campaign's own; (): as they are.  every: all shared ones besides.
    Raises TrunkRefused.
    """
    _check_limits(weight, minutes_day, money_day)
    found = [_find(conn, name).id for name in trunks]
    if found or every:
        run(
            conn,
            "UPDATE campaign SET trunk_id = coalesce(:trunk, trunk_id), all_trunks = :every WHERE id = :id",
            trunk=found[0] if found else None,
            every=every,
            id=campaign,
        )
        run(conn, "DELETE FROM campaign_trunk WHERE campaign_id = :id", id=campaign)
        run(
            conn,
            """INSERT INTO campaign_trunk (campaign_id, trunk_id)
               SELECT :id, unnest(CAST(:trunks AS bigint[])) ON CONFLICT DO NOTHING""",
            id=campaign,
            trunks=found[1:],
        )
    _set(conn, "campaign", campaign, {"weight": weight, "minutes_day": minutes_day, "money_day": money_day})
    virtual = run(conn, "SELECT virtual FROM campaign WHERE id = :id", id=campaign).scalar_one()
    if not virtual:
        check_verified(conn, _trunks_of(conn, campaign))


def _trunks_of(conn: Connection, campaign: int) -> list[int]:
    return run(
        conn,
        """SELECT trunk_id FROM campaign WHERE id = :id
           UNION SELECT trunk_id FROM campaign_trunk WHERE campaign_id = :id
           UNION SELECT t.id FROM trunk t JOIN campaign c ON c.id = :id WHERE c.all_trunks AND t.shared""",
        id=campaign,
    ).scalars()


def _find(conn: Connection, name: str) -> Any:
    row = run(
        conn,
        "SELECT id, channels, reserved_inbound, dial_string, extensions FROM trunk WHERE name = :name",
        name=name,
    ).first()
    if row is None:
        known = run(conn, "SELECT name FROM trunk ORDER BY shared DESC, name LIMIT 10").scalars()
        ru, en = (", ".join(known) or nobody for nobody in ("ни одной", "none"))
        raise NoSuchTrunk(
            f"линии «{name}» нет; есть: {ru}", f"there is no trunk {name!r}; there are: {en}", field="name"
        )
    return row


_DIALED = (
    "нужно sofia/gateway/ИМЯ/{number}, sofia/ПРОФИЛЬ/{number}@АДРЕС или user/{number}; вместо {number} можно {digits} "
    "или {national}, перед ним — до 6 цифр, которые не меняют номер"
)


def _check(wanted: Change, channels: int, reserved: int) -> None:
    if wanted.dial_string is not None:
        try:
            check_trunk(wanted.dial_string)
        except NotDialable as error:
            told = f"строка набора «{wanted.dial_string}» недопустима: {_DIALED}"
            raise TrunkRefused(told, str(error), field="dial_string") from None
    if channels < 1 or (wanted.cps is not None and wanted.cps <= 0):
        raise TrunkRefused(
            "у линии должно быть не меньше одного канала и больше нуля звонков в секунду",
            "a trunk needs at least one channel and more than no calls a second",
            field="channels" if channels < 1 else "cps",
        )
    if not 0 <= reserved <= channels:
        raise TrunkRefused(
            f"для входящих нельзя оставить {reserved} каналов из {channels}",
            f"{reserved} of {channels} channels cannot be kept for inbound calls",
            field="reserved_inbound",
        )
    _check_limits(wanted.weight, wanted.minutes_day, wanted.money_day)
    for field in ("caller_ids", "verify"):
        for place, number in enumerate(getattr(wanted, field)):
            _check_caller_id(number, f"{field}.{place}")
    for field in ("routes", "without_routes"):
        for place, text in enumerate(getattr(wanted, field)):
            _route(text, f"{field}.{place}")
    for field in ("attempt_price", "minute_price"):
        price = getattr(wanted, field)
        if price is not None and price < 0:
            raise TrunkRefused("цена не может быть меньше нуля", "a price cannot be below nought", field=field)
    for field in ("extensions", "without_extensions"):
        for place, text in enumerate(getattr(wanted, field)):
            if not is_extension(text):
                raise TrunkRefused(
                    f"внутренний номер — до {MOST} цифр, X вместо любой цифры, например 1XX, а не «{text}»",
                    f"an extension is up to {MOST} digits, X for any of them, such as 1XX, and not {text!r}",
                    field=f"{field}.{place}",
                )


def _check_caller_id(number: str, field: str) -> None:
    try:
        check_caller_id(number)
    except NotDialable as error:
        raise TrunkRefused(error.ru, str(error), field=field) from None


def _check_phones(conn: Connection, dial_string: str, extensions: Sequence[str], *, besides: int = 0) -> None:
    """Make sure that no agent's extension becomes a number of the carrier."""
    outside = outside_of(conn, [(dial_string, extensions)], besides=besides)
    try:
        check_phones(phones_behind(conn, dial_string), outside)
    except PhoneRefused as error:
        raise TrunkRefused(
            f"{error.text['ru']}: запишите его среди внутренних, например 105 или 1XX",
            f"{error.text['en']}: note it among the extensions, such as 105 or 1XX",
            field="extensions",
            command="--extension",
        ) from None


def _check_limits(weight: float | None, minutes: int | None, money: Decimal | None) -> None:
    if weight is not None and not 0.01 <= weight <= 100:
        told = f"a weight is 0.01 to 100, and not {weight}"
        raise TrunkRefused(f"вес — от 0.01 до 100, а не {weight}", told, field="weight")
    for field, limit in (("minutes_day", minutes), ("money_day", money)):
        if limit is not None and limit < 0:
            told = "a limit a day cannot be below nought"
            raise TrunkRefused("предел на день не может быть меньше нуля", told, field=field)


def _route(text: str, field: str = "routes") -> Route:
    try:
        return parse_route(text)
    except BadRoute:
        raise TrunkRefused(
            f"маршрут «{text}» не читается: нужно +7916, RU, RU:mobile, mobile или *, затем =ЦЕНА и @ОЧЕРЁДНОСТЬ",
            f"cannot read the route {text!r}: +7916, RU, RU:mobile, mobile or *, then =PRICE and @PRIORITY",
            field=field,
        ) from None


def _apply(conn: Connection, trunk: int, name: str, wanted: Change, now: dt.datetime) -> None:
    limits = ("dial_string", "channels", "cps", "reserved_inbound", "weight", "minutes_day", "money_day")
    prices = ("attempt_price", "minute_price")
    _set(conn, "trunk", trunk, {column: getattr(wanted, column) for column in (*limits, *prices)})
    run(
        conn,
        """INSERT INTO caller_id (trunk_id, number)
           SELECT :trunk, unnest(CAST(:numbers AS text[])) ON CONFLICT DO NOTHING""",
        trunk=trunk,
        numbers=list(wanted.caller_ids),
    )
    run(
        conn,
        "DELETE FROM caller_id WHERE trunk_id = :trunk AND number = ANY(CAST(:numbers AS text[]))",
        trunk=trunk,
        numbers=list(wanted.without_caller_ids),
    )
    run(
        conn,
        """UPDATE trunk SET extensions = ARRAY(
               SELECT DISTINCT one FROM unnest(extensions || CAST(:more AS text[])) AS one
               WHERE NOT one = ANY(CAST(:gone AS text[])) ORDER BY one)
           WHERE id = :trunk""",
        trunk=trunk,
        more=list(wanted.extensions),
        gone=list(wanted.without_extensions),
    )
    done = run(
        conn,
        """UPDATE caller_id SET verified_at = :now, verified_by = :by
           WHERE trunk_id = :trunk AND number = ANY(CAST(:numbers AS text[])) RETURNING number""",
        trunk=trunk,
        numbers=list(wanted.verify),
        now=now,
        by=wanted.by,
    ).scalars()
    if missing := sorted(set(wanted.verify) - set(done)):
        raise TrunkRefused(
            f"у линии «{name}» нет номера {missing[0]}: сначала добавьте его",
            f"the trunk {name!r} has no number {missing[0]}: add it first",
            field="verify",
            command=f"--caller-id {missing[0]}",
        )
    for text in wanted.routes:
        _put_route(conn, trunk, _route(text))
    for text in wanted.without_routes:
        gone = _route(text)
        run(
            conn,
            "DELETE FROM trunk_route WHERE trunk_id = :t AND prefix = :p AND country = :c AND kind = :k",
            t=trunk,
            p=gone.prefix,
            c=gone.country,
            k=gone.kind,
        )


def _set(conn: Connection, table: str, row: int, values: dict[str, Any]) -> None:
    """Write those that are said; a limit a day of 0 means none."""
    for column, value in values.items():
        if value is not None:
            stored = None if column.endswith("_day") and not value else value
            run(conn, f"UPDATE {table} SET {column} = :v WHERE id = :id", v=stored, id=row)  # noqa: S608  ours


def _put_route(conn: Connection, trunk: int, route: Route) -> None:
    run(
        conn,
        """INSERT INTO trunk_route (trunk_id, prefix, country, kind, price, priority)
           VALUES (:trunk, :prefix, :country, :kind, :price, :priority)
           ON CONFLICT (trunk_id, prefix, country, kind) DO UPDATE SET price = excluded.price,
               priority = excluded.priority""",
        trunk=trunk,
        prefix=route.prefix,
        country=route.country,
        kind=route.kind,
        price=route.price,
        priority=route.priority,
    )


def _routes(conn: Connection, trunk: int) -> list[Route]:
    rows = run(
        conn,
        """SELECT prefix, country, kind, price, priority FROM trunk_route
           WHERE trunk_id = :trunk ORDER BY length(prefix) DESC, prefix, country, kind""",
        trunk=trunk,
    )
    return [Route(*row) for row in rows]
