"""Trunks that three nodes use: what their switches have noted, put together, is never more than the trunk takes.

Dialers are killed at random moments and come back at once or later, and switches stand still for a moment, so that what
was sent meanwhile reaches them in one heap.
"""

import random
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from chaos.crew import Crew, Most, crew
from chaos.kills import NOTICE
from chaos.oracle import Verdict, verdict
from oklik.scenario.document import load_text
from patched.people import talkers
from support.patience import LONG_S, until
from support.stage import make_campaign

# name -> channels, calls a second: the first is short of channels, the second of calls a second
TRUNKS: Mapping[str, tuple[int, int]] = {"narrow": (7, 30), "slow": (60, 7)}
STILL_S = 1.7  # a switch stands still: longer than a second, shorter than its dialer's patience
AWAY_S = 24.0  # long enough for the others to take a dead dialer's part


class Outcome(NamedTuple):
    """most: by trunk.  took_s: of the whole; kills, stills: dialers killed, switches held up."""

    seed: int
    kills: int
    stills: int
    took_s: float
    most: Mapping[str, Most]
    verdict: Verdict

    @property
    def within(self) -> bool:
        """No trunk has had more than it takes, at any moment and in any second."""
        return all(
            one.channels <= TRUNKS[name][0] and one.in_a_second <= TRUNKS[name][1] for name, one in self.most.items()
        )

    @property
    def worked(self) -> bool:
        """The limits were reached, or nearly: not to pass them means something."""
        narrow, slow = self.most["narrow"], self.most["slow"]
        return narrow.channels >= TRUNKS["narrow"][0] - 1 and slow.in_a_second >= TRUNKS["slow"][1] - 1

    def __str__(self) -> str:
        said = ", ".join(
            f"{name}: {one.channels} of {channels} at a time, {one.in_a_second} of {cps} in a second"
            for name, one in self.most.items()
            for channels, cps in [TRUNKS[name]]
        )
        how = f"seed {self.seed}, 3 nodes, {self.kills} kills, {self.stills} switches held up, {self.took_s:.0f} s"
        return f"{how}; {'WITHIN' if self.within else 'EXCEEDED'}: {said}; {self.verdict}"


def limits(
    folder: Path,
    database_url: str,
    engine: Engine,
    *,
    contacts: int,
    seed: int,
    mutant: str = "",
    away: int = 0,
    kill: bool = True,
) -> Outcome:
    """Three campaigns on two trunks, one of them on both.  away: so many dialers stay away for long."""
    scenario = load_text(NOTICE, "notice.yaml")
    a_third = contacts // 3
    for n, trunk in enumerate(("narrow", "slow", "narrow")):
        make_campaign(
            engine,
            folder / "prompts",
            a_third,
            name=f"campaign {n}",
            scenario=scenario,
            seconds=0.1,
            first=n * a_third,
            trunk=trunk,
        )
    with engine.begin() as conn:
        for name, (channels, cps) in TRUNKS.items():
            conn.execute(
                text("UPDATE trunk SET channels = :n, cps = :cps WHERE name = :name"),
                {"n": channels, "cps": cps, "name": name},
            )
        conn.execute(
            text(
                """INSERT INTO campaign_trunk (campaign_id, trunk_id)
                   SELECT c.id, t.id FROM campaign c, trunk t WHERE c.name = 'campaign 2' AND t.name = 'slow'"""
            )
        )
    people = talkers(ring_s=[0.2, 0.6], personas={"leaver": {"share": 1, "leaves_s": [0.6, 1.4]}})
    began = time.monotonic()
    with crew(folder, database_url, mutant=mutant, population=people, speed=1, channels=100, cps=100.0) as nodes:
        for name in nodes.stages:
            nodes.start(name)
        until(lambda: all(one.ready for one in nodes.dialers.values()), "all dial")
        hit = _storm(nodes, random.Random(seed), contacts * 0.85, away, kill=kill)
        for name, dialer in nodes.dialers.items():
            if dialer.gone and dialer.wait() != 0:
                nodes.start(name)
        for dialer in nodes.dialers.values():
            assert dialer.wait(max(LONG_S, contacts)) == 0
        most = {name: nodes.most(name) for name in TRUNKS}
        return Outcome(seed, *hit, time.monotonic() - began, most, verdict(engine, nodes.ledger))


def _storm(nodes: Crew, dice: random.Random, enough: float, away: int, *, kill: bool) -> tuple[int, int]:
    """Kill and hold up until enough were called; gives how many were killed and held up."""
    kills = stills = 0
    while nodes.ledger.calls < enough:
        time.sleep(dice.uniform(0.3, 1.2))
        name = dice.choice(list(nodes.stages))
        if nodes.dialers[name].gone:
            break
        if not kill or dice.random() < 0.4:
            switch = nodes.stages[name].switch
            switch.signal(signal.SIGSTOP)
            time.sleep(STILL_S)
            switch.signal(signal.SIGCONT)
            stills += 1
            continue
        nodes.dialers[name].kill()
        kills += 1
        stays, away = away > 0, max(0, away - 1)
        time.sleep(AWAY_S if stays else dice.uniform(0, 0.7))
        nodes.start(name)
    return kills, stills
