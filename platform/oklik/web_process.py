"""The web process as a child: by `oklik web` alone, by `oklik up` among the others.

What it serves is the business of `oklik_web`, of which only the name is known here.
"""

from ipaddress import ip_address

from oklik.config import Settings, WebAddress
from oklik.crew import WEB, Crew
from oklik.display import Display
from oklik.keeper import Keeper
from oklik.messages import say
from oklik.waiting import until_told
from oklik.wiring import open_database

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
        keeper = keep_web(crew, settings, display, address)
        while not leaving.wait(LOOK_S):
            keeper.look()


def keep_web(crew: Crew, settings: Settings, display: Display, address: WebAddress) -> Keeper:
    """Start it and keep it up; tells people where it is."""
    keeper = Keeper(WEB, lambda: crew.start_web(address), display, settings.language)
    host, port = crew.web_at
    display.line(say("web_at", settings.language, host=f"[{host}]" if ":" in host else host, port=port))
    if not _loopback(host):
        display.line(say("web_open", settings.language))
    return keeper


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
