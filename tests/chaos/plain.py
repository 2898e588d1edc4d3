"""A switch without the guard's script, and a dialer to which something happens around the claim of a call there."""

import signal
import time
from pathlib import Path

from sqlalchemy import Engine

from chaos.kills import NOTICE, PEOPLE
from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from chaos.points import PLAIN_POINTS
from oklik.scenario.document import load_text
from oklik.telephony.freeswitch.guards import CLAIM_S
from support.patience import until
from support.stage import ENVIRONMENT, make_campaign, staged

POINTS = (*PLAIN_POINTS, "inside_send", "after_send", "after_ack", "ringing", "answered")


def fair(told: Verdict) -> bool:
    """Whether the smaller guarantee was kept: nobody twice, and who was not called counts as if they had been."""
    broken = told.twice or told.unfinished or told.missing or told.untold
    return not broken and told.lost == told.doubled <= told.unknown


def campaign(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    contacts: int,
    point: str = "",
    fault: str = "kill",
    nth: int = 5,
    mutant: str = "",
) -> Verdict:
    """Call everybody; point: where the fault strikes the first dialer (see chaos.points), "": none does."""
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"))
    with staged(folder, database_url, population=PEOPLE, speed=20.0, channels=20, cps=100, lua=False) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        told = folder / "struck"
        try:
            trap = {"point": point, "nth": nth, "fault": fault, "told": str(told)} if point else None
            first = nursery.dialer(stage.settings, trap)
            if point:
                until(lambda: told.exists() or first.gone, f"{fault} {point}")
                assert told.exists(), "the point was never passed"
            if fault == "stop" and point:
                until(lambda: first.asleep, "it sleeps")
                asleep = time.monotonic()
                assert nursery.dialer(stage.settings).wait() == 0
                until(lambda: time.monotonic() > asleep + CLAIM_S, "its claim is old")
                first.signal(signal.SIGCONT)
                first.wait()
            elif first.wait() != 0:
                assert nursery.dialer(stage.settings).wait() == 0
            return verdict(engine, ledger)
        finally:
            nursery.close()
