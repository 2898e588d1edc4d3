"""`oklik up`: everything on one machine, for good.

Starts the database, the virtual switch if no FreeSWITCH is configured, a job worker, a dialer for all campaigns and the
web process; starts a child again when it dies (keeper), and stops all in order.
"""

import datetime as dt

from sqlalchemy import text

from oklik.campaigns.commands import UNREADABLE, hold
from oklik.campaigns.versions import VersionUnreadable, read_version
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.crew import DIALER, JOBS, SWITCH, Crew
from oklik.display import Display
from oklik.failures import BadInput
from oklik.keeper import Keeper
from oklik.messages import say, switch_there, virtual_switch
from oklik.options import SwitchAddress
from oklik.processes import Child
from oklik.supplies import certificates_lacking, joined, missing
from oklik.telephony.port import Probed
from oklik.waiting import until_told
from oklik.web_process import keep_web
from oklik.wiring import Database, open_database, reach, sole_driver

MOST_CHANNELS, MOST_CPS = 5000, 500.0  # of one node; each trunk has its own limits in the database
LOOK_S = 0.5


def serve(settings: Settings, display: Display, *, speed: float) -> None:
    """Run until SIGINT or SIGTERM.  Raises BadInput when a setting is wrong; a child that dies is started again."""
    address = SwitchAddress.read(settings.switch, settings, "OKLIK_SWITCH") if settings.switch else None
    if address is not None and speed != 1.0:
        raise BadInput("virtual_only", name="speed")
    _check_named(settings, display)
    seen = Probed(virtual=True) if address is None else reach(settings, address)
    with (
        until_told() as leaving,
        open_database(settings) as database,
        sole_driver(database, settings.node),
        Crew(settings, database, virtual=seen.virtual) as crew,
    ):
        display.line(say("database", settings.language, where=database.shown))
        _check_supplies(settings, database, display)
        keepers = _start(crew, settings, database, display, address, seen=seen, speed=speed)
        display.line(say("up", settings.language))
        while not leaving.wait(LOOK_S):
            for keeper in keepers:
                keeper.look()
        display.line(say("leaving", settings.language))


def _check_named(settings: Settings, display: Display) -> None:
    """What settings name is there.  Raises BadInput for what no dialer begins without; else it is only said."""
    if settings.request_ca is not None and (lacking := certificates_lacking(settings.request_ca)):
        raise BadInput.worded(joined(lacking.values()))
    for name, path in settings.absent().items():
        display.line(say("setting_absent", settings.language, name=name, path=path))


def _check_supplies(settings: Settings, database: Database, display: Display) -> None:
    """Everything that the campaigns which are to be called need is there.  Raises BadInput.

    One whose scenario cannot be read is paused and told of; it keeps up no other.
    """
    called = []
    with database.engine.begin() as connection:
        rows = connection.execute(
            text(
                """SELECT id, name, state, virtual, scenario_version_id AS version FROM campaign
                   WHERE state IN ('running', 'paused') ORDER BY id"""
            )
        ).all()
        for row in rows:
            try:
                called.append((row.name, read_version(connection, row.version)))
            except VersionUnreadable as error:
                if row.state == "running":
                    hold(connection, row.id, UNREADABLE, None if row.virtual else SystemClock().now())
                    display.line(say("campaign_unreadable", settings.language, name=row.name, why=error.text))
    for name, scenario in called:
        if lacking := missing(scenario, settings):
            told = joined(lacking)
            raise BadInput.worded({"ru": f"кампания «{name}»: {told['ru']}", "en": f"campaign {name!r}: {told['en']}"})


def _start(
    crew: Crew,
    settings: Settings,
    database: Database,
    display: Display,
    address: SwitchAddress | None,
    *,
    seen: Probed,
    speed: float,
) -> list[Keeper]:
    """Everything that is kept up, in the order of need."""
    language = settings.language
    where = address
    keepers = []

    def switch() -> Child:
        nonlocal where
        where = crew.start_virtual_switch(speed=speed, seed=0, population=None, again=where)
        return crew.child(SWITCH)

    def dialer() -> Child:
        assert where is not None
        begin = dt.datetime.now(dt.UTC) if seen.virtual else None
        return crew.start_dialer(where, channels=MOST_CHANNELS, cps=MOST_CPS, speed=speed, begin=begin)

    if address is None:
        keepers.append(Keeper(SWITCH, switch, display, language))
        display.line(virtual_switch(language, speed))
    else:
        for line in switch_there(language, address.where, virtual=seen.virtual, guarded=seen.guarded):
            display.line(line)
    keepers.append(Keeper(JOBS, crew.start_jobs, display, language))
    keepers.append(Keeper(DIALER, dialer, display, language))
    if settings.web_address is not None:
        keepers.append(keep_web(crew, settings, database, display, settings.web_address))
    return keepers
