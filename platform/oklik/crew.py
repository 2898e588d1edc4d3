"""The processes that run campaigns on this machine: a switch if none is named, a dialer, a job worker.

They are started in the order in which they need each other and stopped in the opposite one.
"""

import datetime as dt
import secrets
from pathlib import Path
from typing import Any, Self

from oklik.config import Settings
from oklik.failures import BadInput, Failure
from oklik.options import SwitchAddress
from oklik.processes import Child, ChildError, start
from oklik.wiring import Database

READY_S = 30.0
REHEARSAL_GRACE_S = 20.0
REAL_GRACE_S = 900.0
NOBODY = Path("/dev/null")


class Crew:
    """Children of this process; leaving the `with` stops those that still run."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._children: list[Child] = []
        self._virtual = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the youngest first: the dialer still needs the switch."""
        while self._children:
            child = self._children.pop()
            child.stop(REHEARSAL_GRACE_S if self._virtual else REAL_GRACE_S)

    def start_virtual_switch(self, *, speed: float, seed: int, population: Path | None) -> SwitchAddress:
        """A virtual switch with a password of its own; gives where it listens."""
        self._virtual = True
        password = secrets.token_urlsafe(32)
        logs = self._settings.logs
        arguments = ["oklik.telephony.virtual", "--listen", "127.0.0.1:0", "--with-parent"]
        arguments += ["--speed", f"{speed:g}", "--seed", str(seed), "--ledger", str(logs / "virtual-switch.ledger")]
        if population is not None:
            arguments += ["--population", str(population)]
        ready = self._start("virtual switch", arguments, secrets_={"OKLIK_SWITCH_PASSWORD": password})
        return SwitchAddress(str(ready["host"]), int(ready["port"]), password)

    def start_dialer(
        self,
        address: SwitchAddress,
        *,
        channels: int,
        cps: float,
        campaign_id: int | None = None,
        speed: float = 1.0,
        begin: dt.datetime | None = None,
    ) -> Child:
        """A dialer for one campaign, then it leaves when that is over; or for all that run, for good."""
        told: dict[str, Any] = {
            "database_url": self._database.url,
            "switch_host": address.host,
            "switch_port": address.port,
            "prompts": str(self._settings.prompts),
            "node": self._settings.node,
            "campaign_id": campaign_id,
            "channels": channels,
            "cps": cps,
            "speed": speed,
            "start": begin.isoformat() if begin else None,
            "until_done": campaign_id is not None,
            "grace_s": REHEARSAL_GRACE_S if self._virtual else REAL_GRACE_S,
        }
        self._start("dialer", ["oklik.worker"], told=told, secrets_={"OKLIK_SWITCH_PASSWORD": address.password})
        return self._children[-1]

    def start_jobs(self) -> Child:
        """The worker of background jobs: it makes the prompts."""
        told = {
            "database_url": self._database.url,
            "prompts": str(self._settings.prompts),
        }
        self._start("jobs", ["oklik.jobs"], told=told)
        return self._children[-1]

    def _start(
        self,
        name: str,
        arguments: list[str],
        *,
        told: dict[str, Any] | None = None,
        secrets_: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        log = self._settings.logs / f"{name.replace(' ', '-')}.log"
        child = start(name, arguments, log=log, settings=told, secrets=secrets_)
        try:
            ready = child.await_ready(READY_S)
        except ChildError as error:
            raise (BadInput if error.bad_input else Failure)(str(error)) from None
        self._children.append(child)
        return ready
