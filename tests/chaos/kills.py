"""A dialer that is killed a thousand times in one campaign: nobody is called twice, nobody is lost."""

import random
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from chaos.nursery import Nursery
from chaos.oracle import Tail, Verdict, verdict
from oklik.scenario.document import load_text
from support.patience import LONG_S, until
from support.stage import ENVIRONMENT, make_campaign, staged

NOTICE = """\
format: 1
name: notice
title: {ru: Уведомление}
languages: [ru]
purpose: survey
start: notice
columns:
  name: {title: {ru: Имя}, type: text}
nodes:
  notice:
    kind: play
    text: {ru: "Здравствуйте, {{ name }}. Завтра не будет воды."}
    message: true
    exits: {done: bye}
  bye:
    kind: hangup
"""
PEOPLE = {
    "outcomes": {
        "answer": 0.8,
        "no_answer": 0,
        "busy": 0.2,
        "unreachable": 0,
        "invalid": 0,
        "machine": 0,
        "rejected": 0,
        "line_fault": 0,
    },
    "ring_s": [0.2, 1.0],
    "refuse_s": [0.2, 1.0],
    "personas": {"cooperative": {"share": 1}},
}
EARLY = 0.15  # of the kills come while the dialer is still starting


class Outcome(NamedTuple):
    """kills: that hit a living dialer.  seconds: of the whole, real ones."""

    seed: int
    kills: int
    seconds: float
    verdict: Verdict

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.kills} kills in {self.seconds:.0f} s; {self.verdict}"


def storm(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    kills: int,
    contacts: int,
    seed: int,
    mutant: str = "",
    speed: float = 30.0,
    channels: int = 60,
) -> Outcome:
    """Run a campaign whose dialer is killed at random moments.

    The kills are spread over the campaign by how many were dialed, so that a slow machine meets the same number.
    """
    began = time.monotonic()
    make_campaign(engine, folder / "prompts", contacts, scenario=load_text(NOTICE, "notice.yaml"))
    dice = random.Random(seed)
    # The last ones leave time for it to be killed before everybody is called.
    moments = sorted(dice.randrange(contacts * 9 // 10) for _ in range(kills))
    hit = 0
    with staged(folder, database_url, population=PEOPLE, speed=speed, channels=channels, cps=500) as stage:
        nursery = Nursery(folder / "dialer.log", ENVIRONMENT, mutant)
        ledger = Tail(stage.ledger_file)
        try:
            for moment in moments:
                dialer = nursery.dialer(stage.settings)
                if dice.random() < EARLY:
                    time.sleep(dice.uniform(0, 0.3))
                else:
                    until(lambda m=moment, d=dialer: ledger.look().count["dial"] >= m or d.gone, every=0.005)
                    time.sleep(dice.uniform(0, 0.02))
                if dialer.gone:  # it has called everybody
                    break
                dialer.kill()
                hit += 1
            last = nursery.dialer(stage.settings)
            assert last.wait(max(LONG_S, contacts / 10)) == 0
            return Outcome(seed, hit, time.monotonic() - began, verdict(engine, ledger))
        finally:
            nursery.close()
