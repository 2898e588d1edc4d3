"""The processes that run campaigns on this machine: a switch if none is named, a job worker, a dialer.

Here is what each is told.  They are stopped in the opposite order of their need for each other, whichever was started
again meanwhile.  When to start them again is the keeper's business.
"""

import datetime as dt
import secrets
from pathlib import Path
from typing import Any, Self

from oklik.campaigns.web_key import web_key
from oklik.config import Settings, WebAddress
from oklik.failures import BadInput, Failure
from oklik.options import SwitchAddress
from oklik.processes import Child, ChildError, start
from oklik.wiring import Database

READY_S = 30.0
REHEARSAL_GRACE_S = 20.0
MAX_S = 900  # of a call, where nothing else is told
LEAVE_S = 30.0  # beyond that
DIALER, JOBS, SWITCH, WEB = "dialer", "jobs", "virtual switch", "web"
LEDGER = "virtual-switch.ledger"


class Crew:
    """Children of this process; leaving the `with` stops those that still run."""

    def __init__(
        self, settings: Settings, database: Database, *, virtual: bool, recordings: Path | None = None
    ) -> None:
        """recordings: where answers by voice go, of this database alone; by default those of the installation."""
        self._recordings = recordings
        self._settings = settings
        self._database = database
        self._children: dict[str, Child] = {}
        self._loading: set[str] = set()
        self._virtual = virtual
        self._grace_s = REHEARSAL_GRACE_S
        self.web_at = ("", 0)  # host and port, once it was started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop all; the dialer still needs the switch, and nobody needs the job worker any more."""
        for name in (WEB, JOBS, DIALER):
            if name in self._children:
                self._children[name].terminate()
        for name, grace_s in ((DIALER, self._grace_s + LEAVE_S), (JOBS, LEAVE_S), (WEB, LEAVE_S), (SWITCH, LEAVE_S)):
            child = self._children.pop(name, None)
            if child is not None:
                child.stop(grace_s, told=name != SWITCH)

    def start_virtual_switch(
        self, *, speed: float, seed: int, population: Path | None, again: SwitchAddress | None = None
    ) -> SwitchAddress:
        """A virtual switch with a password of its own; gives where it listens.  again: of one that died."""
        password = again.password if again else secrets.token_urlsafe(32)
        arguments = ["oklik.telephony.virtual", "--listen", again.where if again else "127.0.0.1:0", "--with-parent"]
        arguments += ["--speed", f"{speed:g}", "--seed", str(seed), "--ledger", str(self._settings.logs / LEDGER)]
        if population is not None:
            arguments += ["--population", str(population)]
        self._spawn(SWITCH, arguments, secrets_={"OKLIK_SWITCH_PASSWORD": password})
        ready = self._ready(SWITCH)
        return SwitchAddress(str(ready["host"]), int(ready["port"]), password)

    def start_dialer(
        self,
        address: SwitchAddress,
        *,
        channels: int,
        cps: float,
        max_s: int = MAX_S,
        campaign_id: int | None = None,
        speed: float = 1.0,
        begin: dt.datetime | None = None,
    ) -> Child:
        """A dialer for one campaign, then it leaves when that is over; or for all that run, for good."""
        if not self._virtual:
            self._grace_s = float(max_s)  # the longest call may end in peace
        told: dict[str, Any] = {
            "database_url": self._database.url,
            "switch_host": address.host,
            "switch_port": address.port,
            "prompts": str(self._settings.prompts),
            "recordings": str((self._recordings or self._settings.voice_answers).absolute()),
            # Where nobody real is called, nobody can be called twice.
            "sent": "" if self._virtual else str(self._settings.sent.absolute()),
            "destinations": self._settings.destinations,
            "zone": self._settings.zone,
            "minutes_day": self._settings.minutes_day,
            "money_day": None if self._settings.money_day is None else str(self._settings.money_day),
            "node": self._settings.node,
            "campaign_id": campaign_id,
            "channels": channels,
            "cps": cps,
            "max_s": max_s,
            "speed": speed,
            "start": begin.isoformat() if begin else None,
            "until_done": campaign_id is not None,
            "grace_s": self._grace_s,
            "request_hosts": self._settings.request_hosts,
            "request_ca": str(self._settings.request_ca.absolute()) if self._settings.request_ca else None,
        }
        self._spawn(DIALER, ["oklik.worker"], told=told, secrets_={"OKLIK_SWITCH_PASSWORD": address.password})
        self._ready(DIALER)
        return self._children[DIALER]

    def spawn_jobs(self) -> None:
        """Let the worker of background jobs load while other things are done; start_jobs() waits for it."""
        told = {"database_url": self._database.url, "prompts": str(self._settings.prompts)}
        told |= {"destinations": self._settings.destinations, "currency": self._settings.currency}
        told |= {"incoming": str(self._settings.incoming.absolute()), "zone": self._settings.zone}
        told["reports"] = str(self._settings.report_files.absolute())
        if self._settings.recordings is not None:
            told["recordings"] = str(self._settings.recordings.absolute())
        told["calls"] = str((self._recordings or self._settings.voice_answers).absolute())
        self._spawn(JOBS, ["oklik.jobs"], told=told)

    def start_jobs(self) -> Child:
        """The worker of background jobs: it makes the prompts."""
        if JOBS not in self._loading:
            self.spawn_jobs()
        self._ready(JOBS)
        return self._children[JOBS]

    def start_web(self, address: WebAddress, tls: tuple[Path, Path] | None = None) -> Child:
        """The web process; where it listens is in web_at then.  tls: certificate and key."""
        with self._database.engine.begin() as conn:
            secret = web_key(conn)
        told = {
            "database_url": self._database.url,
            "host": address.host,
            "port": address.port,
            "zone": self._settings.zone,
            "language": self._settings.language,
            "destinations": self._settings.destinations,
            "recordings": str(self._settings.voice_answers),
            "prompts": str(self._settings.prompts.absolute()),
            "incoming": str(self._settings.incoming.absolute()),
            "reports": str(self._settings.report_files.absolute()),
            "secret": secret,
            "switch_conf": str(self._settings.switch_conf.absolute()) if self._settings.switch_conf else "",
            "proxies": [one.strip() for one in self._settings.web_proxies.split(",") if one.strip()],
            "certificate": str(tls[0]) if tls else "",
            "key": str(tls[1]) if tls else "",
        }
        for name, place in (
            ("voices", self._settings.voices),
            ("dictionary", self._settings.dictionary),
            ("recorded", self._settings.recordings),
        ):
            if place is not None:
                told[name] = str(place.absolute())
        self._spawn(WEB, ["oklik_web"], told=told)
        ready = self._ready(WEB)
        self.web_at = (str(ready["host"]), int(ready["port"]))
        return self._children[WEB]

    def child(self, name: str) -> Child:
        """One of those that were started."""
        return self._children[name]

    def _spawn(
        self,
        name: str,
        arguments: list[str],
        *,
        told: dict[str, Any] | None = None,
        secrets_: dict[str, str] | None = None,
    ) -> None:
        gone = self._children.pop(name, None)
        if gone is not None:
            gone.stop()
        log = self._settings.logs / f"{name.replace(' ', '-')}.log"
        self._children[name] = start(name, arguments, log=log, settings=told, secrets=secrets_)
        self._loading.add(name)

    def _ready(self, name: str) -> dict[str, Any]:
        self._loading.discard(name)
        try:
            return self._children[name].await_ready(READY_S)
        except ChildError as error:
            kind = BadInput if error.bad_input else Failure
            raise kind("not_started", name=name, why=error) from None
