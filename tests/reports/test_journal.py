"""A person's journal: every contact, ours and made elsewhere, as the regulator is to read it."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import Engine

from campaigns.people_town import LEFT, SILENCE, TALK, Town
from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns.intents import Claimed
from oklik.campaigns.outside_contacts import OutsideContact, put_contacts
from oklik.campaigns.persons import find_people, seen_at
from oklik.campaigns.return_call import Ring, receive
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import Purpose
from oklik.reports.journal import Days, Journal, read_journal
from oklik.reports.journal_sheets import write_journal

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
HEAD = "ID должника;Договор;Телефон;Телефон поручителя"
ALL: Days = (None, None)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    """Debtor 7 with two contracts and a guarantor: a talk with a promise, an SMS, calls of others, denials."""
    made = Town(engine, tmp_path)
    made.called(HEAD, f"7;К-1;{A};{D}", f"8;К-9;{B};{D}", third_persons=True)
    assert sorted(made.call(NOON - HOUR / 2, **SILENCE)) == [A, B]
    made.do("UPDATE target SET due = :now, phone_index = 1 WHERE id = 1", now=NOON)
    made.do("UPDATE target SET state = 'done' WHERE id = 2")
    assert made.call(NOON + HOUR / 2, **LEFT) == [D]
    made.called(HEAD, f"7;К-2;{A};")
    promised = {**TALK, "promised": (dt.date(2025, 3, 10), "1500")}
    assert made.call(NOON + DAY, **promised) == [A]
    made.called(HEAD, f"7;К-1;{C};")
    assert made.call(NOON + DAY + HOUR) == []
    with engine.begin() as conn:
        about = {"purpose": Purpose.DEBT, "source": "1C"}
        sms = OutsideContact(key="7", at=NOON - HOUR, kind=OutsideKind.SMS, talk=True, **about)  # type: ignore[arg-type]
        visit = OutsideContact(
            number=C,
            at=NOON - 2 * DAY,
            kind=OutsideKind.VISIT,
            talk=False,
            note="никого дома",
            **about,  # type: ignore[arg-type]
        )
        put_contacts(conn, 1, [sms, visit], NOON)
    return made


def journal(town: Town, *, key: str = "7", number: str = "", days: Days = ALL) -> Journal:
    with town.engine.connect() as conn:
        found = find_people(conn, number=number) or seen_at(conn, number) if number else find_people(conn, key=key)
        (people,) = found
        return read_journal(
            conn, people, asked=number or key, number=number, days=days, zone="Asia/Omsk", now=NOON + 2 * DAY
        )


def test_every_contact_is_there_in_order_and_nobody_elses(town: Town) -> None:
    told = journal(town)
    assert [(one.kind, one.ours, one.number, one.role, one.contract, one.talk) for one in told.contacts] == [
        ("visit", False, C, "own", "", False),
        ("sms", False, "", "own", "", True),
        ("call", True, A, "own", "К-1", False),
        ("call", True, D, "guarantor", "К-1", True),
        ("call", True, A, "own", "К-2", True),
    ]
    assert (told.zone, told.zone_known) == ("Europe/Moscow", True)
    assert told.numbers == {A: "own", C: "own", D: "guarantor"}
    assert told.known_as == "7 (p)"
    assert all(one.allowed_at and one.allowed_until for one in told.contacts if one.ours)
    assert [one.rule for one in told.denied] == ["promise"]
    assert [(one.kind, one.about, one.detail) for one in told.wishes] == [("promise", "2025-03-10", "1500")]


def test_a_phone_tells_of_everybody_who_was_called_there(town: Town) -> None:
    """The guarantor is no person of a list: the journal of the phone has the calls to it."""
    told = journal(town, number=D)
    assert [(one.number, one.role, one.contract) for one in told.contacts] == [(D, "guarantor", "К-1")]
    assert told.known_as == D
    assert [one.number for one in journal(town, number=B).contacts] == [B]


def test_days_are_the_persons_and_included(town: Town) -> None:
    day = NOON.date()
    assert len(journal(town, days=(day, day)).contacts) == 3
    assert len(journal(town, days=(day + DAY, None)).contacts) == 1
    assert [one.kind for one in journal(town, days=(None, day - DAY)).contacts] == ["visit"]


def test_a_call_that_was_never_sent_is_no_contact(town: Town) -> None:
    before = len(journal(town).contacts)
    town.do("UPDATE attempt SET disposition = 'not_sent' WHERE role = 'guarantor'")
    assert len(journal(town).contacts) == before - 1


def test_the_file_can_be_handed_over(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "journal.xlsx"
    write_journal(journal(town), path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Человек", "Контакты", "Не звонили", "Согласия и обещания"]
    rows = list(book["Контакты"].values)
    assert rows[0][1] == "Дата и время (Europe/Moscow)"
    talk = rows[-1]
    assert [f"{cell:%d.%m %H:%M}" for cell in talk[1:3]] == ["05.03 12:00", "05.03 09:00"]
    assert talk[3:6] == ("Оклик: звонок", A, "свой телефон")
    assert talk[7] == "взыскание долга"
    assert talk[10] == "Сценарий пройден"
    assert talk[13].startswith("разрешён в 12:00:00, до ")
    assert rows[1][15] == "никого дома"
    denied = list(book["Не звонили"].values)[1]
    assert "обещал оплатить до 10.03.2025" in denied[4]
    wishes = list(book["Согласия и обещания"].values)[1]
    assert wishes[2:] == ("обещал оплатить", "10.03.2025", "1500")
    write_journal(journal(town), path, language="en")
    english = openpyxl.load_workbook(path)
    russian = {str(cell) for sheet in english for row in sheet.values for cell in row if _russian(str(cell))}
    assert russian == {"К-1", "К-2", "никого дома"}, "only what the customer has written"


def _russian(text: str) -> bool:
    return any("а" <= sign <= "я" for sign in text.casefold())


def test_as_values_for_a_program(town: Town) -> None:
    told = journal(town).to_json("ru")
    last = told["contacts"][-1]
    assert last["at"] == {"local": "2025-03-05T12:00:00+03:00", "utc": "2025-03-05T09:00:00+00:00"}
    assert (last["result"], last["disposition"], last["number"]) == ("Сценарий пройден", "completed", A)
    assert told["denied"][0]["reason"].startswith("Человек обещал оплатить")


def test_recorded_calls_are_named_and_those_deleted_are_told(town: Town, tmp_path: Path) -> None:
    called, guarantor, last = journal(town).contacts[2:]
    for one, part, n in ((called, "call", 1), (guarantor, "agent", 1), (guarantor, "agent", 2), (last, "call", 1)):
        town.do(
            """INSERT INTO call_recording (call_uuid, campaign_id, part, n, node, path, state, at)
               VALUES (:u, 1, :p, :n, 'fs1', :path, 'ready', :at)""",
            u=one.uuid,
            p=part,
            n=n,
            path=f"campaign-1/{one.uuid}-{part}-{n}.mp3",
            at=one.at,
        )
    town.do("UPDATE call_recording SET state = 'deleted', deleted_at = :now WHERE id IN (1, 3)", now=NOON + DAY)
    town.do("UPDATE call_recording SET state = 'lost' WHERE id = 4")
    told = journal(town).contacts[2:]
    assert [one.files for one in told] == [(), (f"campaign-1/{guarantor.uuid}-agent-1.mp3",), ()]
    assert [one.deleted for one in told] == [(NOON + DAY,), (NOON + DAY,), ()]
    assert [one.lost for one in told] == [0, 0, 1]
    assert journal(town).to_json("ru")["contacts"][2]["deleted"][0]["local"] == "2025-03-05T12:00:00+03:00"
    assert journal(town, number=D).contacts[0].files == told[1].files, "asked by the phone, too"
    path = tmp_path / "journal.xlsx"
    write_journal(journal(town), path)
    cells = [str(row[14]) for row in openpyxl.load_workbook(path)["Контакты"].values][3:]
    assert cells[0] == f"запись удалена 05.03.2025\n{called.uuid}"
    assert cells[1] == f"campaign-1/{guarantor.uuid}-agent-1.mp3\nзапись удалена 05.03.2025\n{guarantor.uuid}"
    assert cells[2] == f"файл записи не найден\n{last.uuid}"


def test_a_return_call_has_its_recording_and_is_no_call_of_ours(town: Town, tmp_path: Path) -> None:
    before = len(journal(town).contacts)
    with town.engine.begin() as conn:
        world = World(conn)
        call = Ring(uuid=uuid4(), caller=A, dialed="+74950000001", at=NOON + DAY + HOUR)
        found = receive(conn, world.holder(), call, virtual=False, ready=lambda _: True, greets=lambda _: True)
        assert isinstance(found, Claimed)
    town.do(
        """INSERT INTO call_recording (call_uuid, campaign_id, part, n, node, path, state, at)
           VALUES (:u, 1, 'call', 1, 'fs1', 'campaign-1/back.mp3', 'ready', :at)""",
        u=call.uuid,
        at=NOON + DAY + HOUR,
    )
    told = journal(town)
    assert len(told.contacts) == before + 1
    last = told.contacts[-1]
    assert (last.returned, last.number, last.caller_id, last.files) == (
        True,
        A,
        "+74950000001",
        ("campaign-1/back.mp3",),
    )
    assert any(one.uuid == last.uuid for one in journal(town, number=A).contacts)
    path = tmp_path / "journal.xlsx"
    write_journal(told, path)
    rows = list(openpyxl.load_workbook(path)["Контакты"].values)
    assert rows[-1][3] == "звонок человека нам"
    assert "campaign-1/back.mp3" in rows[-1][14]
