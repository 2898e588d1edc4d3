"""Many dialers, debtors with several contracts, guarantors of two debtors: nobody twice at once, no cap is passed."""

import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from campaigns.crowd import ANSWERED, EAGER, SILENT, dial_all
from campaigns.people_town import Town
from campaigns.world import DAY, NOON, World
from oklik.campaigns.removal import Reason, Removed, Who, remove

pytestmark = pytest.mark.integration

THREADS, DEBTORS, CAMPAIGNS = 4, 24, 3


def test_contracts_and_guarantors_are_never_called_over_a_cap(crowd: Engine, tmp_path: Path) -> None:
    town = Town(crowd, tmp_path)
    rows = [
        f"{debtor};К-{debtor}-{n};+7916{n}00{debtor:04};+7917000{debtor // 2:04}"
        for debtor in range(1, DEBTORS + 1)
        for n in (1, 2)
    ]
    imported = town.load("ID должника;Договор;Телефон;Телефон поручителя", *rows)
    assert imported.persons == DEBTORS
    for _ in range(CAMPAIGNS):
        town.campaign(imported, retry=EAGER, base_zone="Europe/Moscow")
    total = len(dial_all(crowd, NOON, [ANSWERED, SILENT, SILENT], threads=THREADS, gap=(10, 60), most=8))
    with crowd.begin() as conn:
        made = conn.execute(
            text(
                """SELECT p.own_key, a.role, a.talk, a.started_at, a.ended_at, c.number
                   FROM attempt a JOIN person p ON p.id = a.person_id JOIN call c ON c.uuid = a.uuid
                   ORDER BY a.started_at"""
            )
        ).all()
    assert len(made) == total > DEBTORS
    assert max(row.started_at for row in made) < NOON + DAY / 3, "all of it on one local day"
    others = [row for row in made if row.role == "guarantor"]
    assert others, "guarantors were called"
    for whose in (lambda row: row.own_key, lambda row: row.number):
        assert max(Counter(whose(row) for row in made if row.talk).values()) == 1
        for one in {whose(row) for row in made}:
            times = [(row.started_at, row.ended_at) for row in made if whose(row) == one]
            assert all(before[1] <= after[0] for before, after in pairwise(times)), "one at a time"


def test_a_removal_waits_for_a_claim_under_way_and_marks_what_it_claimed(crowd: Engine, tmp_path: Path) -> None:
    town = Town(crowd, tmp_path)
    town.called("ID должника;Договор;Телефон", "7;К-1;+79160000001", "7;К-2;+79160000002")
    done: list[Removed] = []

    def take_out() -> None:
        with crowd.begin() as conn:
            done.append(remove(conn, [Who(key="7")], Reason.PAID, NOON))

    with crowd.connect() as conn:
        claiming = conn.begin()
        world = World(conn)
        holder = world.holder()
        assert len(world.claim(holder, NOON, 10)) == 1
        remover = threading.Thread(target=take_out)
        remover.start()
        remover.join(0.3)
        assert remover.is_alive(), "the claim holds the targets"
        claiming.commit()
        remover.join(20)
    assert done == [Removed(1, 1, 1)]
    assert town.call(NOON + DAY) == []
