"""Bankruptcy lasts: later campaigns do not call, whatever list, key or phone, until it is taken back."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from campaigns.people_town import SILENCE, Town
from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns import exclusions
from oklik.campaigns.coming_back import Returned
from oklik.campaigns.exclusions import NotExcluded
from oklik.campaigns.persons import find_people
from oklik.campaigns.planned import plan_of
from oklik.campaigns.removal import Reason, Removed, Who, remove
from oklik.dialing.sentences import sentence
from oklik.reports.journal import read_journal
from oklik.reports.journal_sheets import write_journal
from oklik.reports.proof import read_proof
from oklik.reports.proof_sheet import write_proof
from oklik.reports.why import why
from oklik.reports.why_words import advice
from support.patience import LONG_S

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
HEAD = "ID должника;Телефон;Телефон поручителя"


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def bankrupt(town: Town, who: Who, **where: int) -> Removed:
    with town.engine.begin() as conn:
        return remove(conn, [who], Reason.BANKRUPT, NOON, by="user:anna", **where)


def take_back(town: Town, key: str = "7", **where: Any) -> Returned:
    with town.engine.begin() as conn:
        (people,) = find_people(conn, key=key)
        how = {"project_id": None, "by": "user:boris", "why": "дело прекращено", **where}
        return exclusions.take_back(conn, people, NOON + DAY, **how)


@pytest.mark.parametrize("who", [Who(key="7"), Who(number=A)], ids=["key", "phone"])
@pytest.mark.parametrize("purpose", ["debt", "survey"])
def test_a_later_list_does_not_call_them_either(town: Town, who: Who, purpose: str) -> None:
    town.called(HEAD, f"7;{A};")
    assert bankrupt(town, who, project_id=1) == Removed(1, 1, 0)
    later = town.called(HEAD, f"7;{B};", f"8;{C};", purpose=purpose)
    by_phone = town.called("Телефон", A, purpose=purpose)
    assert town.call() == [C]
    assert (town.reasons(later), town.reasons(by_phone)) == (["bankrupt", "reached"], ["bankrupt"])


def test_of_one_campaign_it_is_of_its_project_all_the_same(town: Town) -> None:
    first, second = town.called(HEAD, f"7;{A};"), town.called(HEAD, f"7;{A};")
    other = town.campaign(town.load(HEAD, f"7;{B};", project="other"))
    assert bankrupt(town, Who(key="7"), campaign_id=first).ended == 1
    assert town.call() == [B], "another project's debtor of the same key is somebody else"
    assert (town.reasons(second), town.reasons(other)) == (["bankrupt"], ["reached"])


def test_everywhere_is_everywhere(town: Town) -> None:
    town.load(HEAD, f"7;{A};")
    bankrupt(town, Who(number=A))
    town.campaign(town.load("Телефон", A, project="other"))
    assert town.call() == []


@pytest.mark.parametrize("reason", [Reason.PAID, Reason.DISPUTE, Reason.OTHER])
def test_other_reasons_end_what_is_there_only(town: Town, reason: Reason) -> None:
    town.called(HEAD, f"7;{A};")
    with town.engine.begin() as conn:
        remove(conn, [Who(key="7")], reason, NOON)
    town.called(HEAD, f"7;{A};")
    assert town.call() == [A]


def test_a_bankrupt_guarantors_phone_is_passed_over(town: Town) -> None:
    town.load(HEAD, f"8;{D};")
    bankrupt(town, Who(key="8"), project_id=1)
    town.called(HEAD, f"7;{A};{D}", base_zone="Europe/Moscow")
    assert [town.call(NOON + n * 4 * HOUR, **SILENCE) for n in range(2)] == [[A], [A]]


def test_taken_back_they_are_called_and_what_was_ended_comes_back(town: Town) -> None:
    first = town.called(HEAD, f"7;{A};")
    town.do("UPDATE target SET prepared = 'g 2025'")
    bankrupt(town, Who(key="7"), project_id=1)
    later = town.called(HEAD, f"7;{B};")
    assert town.call() == []
    assert take_back(town) == Returned(back=2)
    assert town.call(NOON + DAY) == [A]
    assert town.reasons(later) == ["person_busy"], "not one after the other"
    assert town.column("SELECT removed FROM target WHERE campaign_id = :c", c=first) == [None]
    with pytest.raises(NotExcluded):
        take_back(town)
    bankrupt(town, Who(key="7"), project_id=1)
    assert town.column("SELECT count(*) FROM exclusion") == [2], "it may come true again"


def test_doing_it_twice_changes_nothing_and_another_project_takes_nothing_back(town: Town) -> None:
    town.load(HEAD, f"7;{A};")
    bankrupt(town, Who(key="7"), project_id=1)
    bankrupt(town, Who(key="7"), project_id=1)
    bankrupt(town, Who(number=A))
    assert town.column("SELECT project_id FROM exclusion ORDER BY id") == [1, None]
    with pytest.raises(NotExcluded):
        take_back(town, project_id=2)
    take_back(town, project_id=1)
    town.called(HEAD, f"7;{A};")
    assert town.call() == [], "everywhere is more than that project"


def test_the_joined_are_one_and_two_keys_are_not(town: Town) -> None:
    town.load(HEAD, f"7;{A};", f"8;{A};")
    bankrupt(town, Who(key="8"), project_id=1)
    town.called(HEAD, f"7;{B};", f"8;{C};")
    town.called("Телефон", A)
    assert sorted(town.call()) == [B], "who is known by the couple's phone only belongs to the older of them"


def test_a_claim_under_way_is_waited_for(town: Town) -> None:
    """A list that is imported and claimed at the same moment: either the call is committed before, or never made."""
    town.called(HEAD, f"7;{A};")
    town.do("UPDATE target SET state = 'done'")
    done: list[Removed] = []

    def take_out() -> None:
        done.append(bankrupt(town, Who(key="7"), project_id=1))

    with town.engine.connect() as conn:
        claiming = conn.begin()
        town.do("UPDATE target SET state = 'waiting'")
        world = World(conn)
        assert len(world.claim(world.holder(), NOON, 10)) == 1
        remover = threading.Thread(target=take_out)
        remover.start()
        remover.join(0.3)
        assert remover.is_alive(), "the claim holds the person"
        claiming.commit()
        remover.join(LONG_S)
    assert [(one.ended, one.up) for one in done] == [(0, 1)]


def test_nobody_is_claimed_while_it_is_being_written(town: Town) -> None:
    """A campaign that is launched at this moment: the removal has not seen its targets, nor the claim the mark."""
    town.load(HEAD, f"7;{A};")
    with town.engine.begin() as conn:
        (people,) = find_people(conn, key="7")
        exclusions.exclude(conn, [people.root], NOON, project_id=1, by="user:anna")
        later = town.called(HEAD, f"7;{A};")
        assert town.claim() == []
        assert town.reasons(later) == [None], "not yet"
    assert town.claim() == []
    assert town.reasons(later) == ["bankrupt"]


def test_it_is_told_wherever_people_look(town: Town, tmp_path: Path) -> None:
    town.load(HEAD, f"7;{A};")
    bankrupt(town, Who(key="7"), project_id=1)
    campaign = town.called(HEAD, f"7;{A};")
    with town.engine.begin() as conn:
        assert plan_of(conn, campaign, A, NOON).future.reason == "bankrupt"
    assert town.call() == []
    take_back(town)
    town.do("UPDATE target SET state = 'done', reason = 'bankrupt'")
    town.do("UPDATE campaign SET list_id = (SELECT max(id) FROM contact_list)")
    with town.engine.connect() as conn:
        (entry,) = why(conn, campaign, NOON, NOON).entries
        (people,) = find_people(conn, key="7")
        journal = read_journal(conn, people, asked="7", number="", days=(None, None), zone="Europe/Moscow", now=NOON)
        proof = read_proof(conn, A, NOON + DAY)
    assert entry.to_json("ru")["sentence"] == "Отмечено банкротство: не звоним, пока отметка не снята"
    assert "oklik people readmit" in advice(entry.section, entry.code, "en", terminal=True)
    assert "oklik" not in entry.to_json("en")["advice"]
    assert [one.rule for one in journal.denied] == [one.rule for one in proof.refusals] == ["bankrupt"]
    assert [(one.kind, one.about, one.detail) for one in journal.wishes] == [
        ("bankrupt", "p", "user:anna"),
        ("readmitted", "p", "user:boris: дело прекращено"),
    ]
    assert [(one.project, one.taken_back_by) for one in proof.exclusions] == [("p", "user:boris")]
    write_journal(journal, tmp_path / "journal.xlsx")
    write_proof(proof, tmp_path / "proof.xlsx", zone="Europe/Moscow", language="ru")
    assert {sentence("bankrupt", {}, "ru"), sentence("bankrupt", {}, "en")}.isdisjoint({"bankrupt"})
    told = " ".join(cells(tmp_path / "journal.xlsx") + cells(tmp_path / "proof.xlsx"))
    for part in ("отмечено банкротство", "проект p", "дело прекращено", "Банкротство"):
        assert part in told


def cells(path: Path) -> list[str]:
    import openpyxl

    return [str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row if cell]
