"""The web process as a child: by `oklik web` alone, by `oklik up` among the others.

What it serves is the business of `oklik_web`, of which only the name is known here.
"""

import datetime as dt
from ipaddress import ip_address

from oklik.campaigns.one_time_codes import make_first_admin_code
from oklik.config import Settings, WebAddress
from oklik.crew import WEB, Crew
from oklik.display import Display
from oklik.keeper import Keeper
from oklik.messages import say
from oklik.tls import Certificate, addresses, certificate_for
from oklik.waiting import until_told
from oklik.wiring import Database, open_database

LOOK_S = 0.5


def serve_web(settings: Settings, display: Display, *, host: str | None, port: int | None) -> None:
    """Serve until SIGINT or SIGTERM.  Raises BadInput for an address where one cannot listen."""
    given = settings.web_address or WebAddress.default()
    address = WebAddress(host or given.host, given.port if port is None else port)
    with (
        until_told() as leaving,
        open_database(settings) as database,
        Crew(settings, database, virtual=True) as crew,
    ):
        display.line(say("database", settings.language, where=database.shown))
        keeper = keep_web(crew, settings, database, display, address)
        while not leaving.wait(LOOK_S):
            keeper.look()


def keep_web(crew: Crew, settings: Settings, database: Database, display: Display, address: WebAddress) -> Keeper:
    """Start it and keep it up; tells people where it is, and the one-time code while there is no account.

    Raises BadInput for a certificate that cannot be used.
    """
    language, now = settings.language, dt.datetime.now(dt.UTC)
    files = certificate_for(settings, address.host, now) if settings.tls else None
    keeper = Keeper(WEB, lambda: crew.start_web(address, files[:2] if files else None), display, language)
    _tell(display, language, crew.web_at, files)
    with database.engine.begin() as conn:
        code = make_first_admin_code(conn, now)
    if code is not None:
        display.line(say("first_start", language, code=code))
    return keeper


def _tell(display: Display, language: str, where: tuple[str, int], files: Certificate | None) -> None:
    host, port = where
    scheme = "http" if files is None else "https"
    shown = host
    if host in {"0.0.0.0", "::"}:  # noqa: S104  every address of this machine: one that others can use is shown
        shown = next(iter(addresses()), "localhost")
    address = f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}"
    for key in ("pages_at", "web_at"):
        display.line(say(key, language, where=address))
    if files is not None and files.own:
        display.line(say("tls_own", language, path=files.certificate))
    elif files is None and not _loopback(host):
        display.line(say("web_open", language))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
