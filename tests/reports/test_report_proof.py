"""The proof of a number: everything that was ever allowed, refused and done, in a sheet for a regulator."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import consents, stop_list
from oklik.campaigns.consents import Given
from oklik.campaigns.opt_out import opt_out
from oklik.dialing.retry import RetryPlan
from oklik.reports.proof import Proof, read_proof
from oklik.reports.proof_sheet import spaced, write_proof

pytestmark = pytest.mark.integration

ANY_HOUR = RetryPlan(other_hour=False)
NUMBER = "+79160000001"
LATER = NOON + 3 * DAY
TEXT = (
    "Я согласен получать звонки с рекламой товаров и услуг ООО «Ромашка» на указанный мной номер телефона, в том числе "
    "автоматические. Согласие действует до отзыва; отозвать его можно по телефону 8 800 000-00-00, письмом или "
    "нажатием клавиши во время звонка.\n\nЯ предупреждён, что отзыв действует с момента его получения."
)


@pytest.fixture
def proof(engine: Engine) -> Proof:
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(2)
        how = {"recorded_by": "user:anna", "now": NOON - DAY}
        given = Given(
            number=NUMBER,
            purpose="advertising",
            source="Договор № 17",
            given_at=NOON - 9 * DAY,
            text=TEXT,
            text_version="2.1",
        )
        survey = Given(number=NUMBER, purpose="survey", source="=cmd()", given_at=NOON - DAY, text_version="1")
        consents.add(conn, [given, survey], **how)  # type: ignore[arg-type]
        consents.revoke(conn, NUMBER, source="письмо", recorded_by="token:crm", now=NOON, purpose="advertising")
        stop_list.put(
            conn, [NUMBER], source="import", reason="список от юристов", recorded_by="user:anna", now=NOON - 2 * DAY
        )
        stop_list.take_off(
            conn, NUMBER, source="command", reason="попал по ошибке", recorded_by="user:boris", now=NOON - DAY
        )
        world.campaign(purpose="debt", retry=ANY_HOUR)
        world.campaign(virtual=True)
        conn.execute(text("UPDATE campaign SET name = 'Долги, март' WHERE id = 1"))
        holder = world.holder()
        (claimed, _) = world.claim(holder)
        assert claimed.number == NUMBER
        world.finish(holder, claimed, NOON + MINUTE, cause="NO_ANSWER", hangup_by="switch")
        (rehearsed,) = world.claim(holder, NOON + 10 * MINUTE, virtual=True)
        world.finish(holder, rehearsed, NOON + 11 * MINUTE, cause="USER_BUSY", hangup_by="person")
        conn.execute(text("UPDATE target SET due = :now WHERE state = 'waiting'"), {"now": NOON})
        assert world.claim(holder, NOON + 12 * HOUR) == [], "the night"
        conn.execute(text("UPDATE target SET due = :now WHERE state = 'waiting'"), {"now": NOON})
        claims = [c for c in world.claim(holder, NOON + DAY) if c.person_id == claimed.person_id]
        opt_out(conn, claims[0].uuid, claims[0].number, NOON + DAY)
        world.finish(holder, claims[0], NOON + DAY + MINUTE, answered=True, talk_s=33.4, opted_out=True, hangup_by="us")
    with engine.connect() as conn:
        return read_proof(conn, NUMBER, LATER)


def test_all_of_it_is_told(proof: Proof) -> None:
    assert proof.listed_since == NOON + DAY
    assert proof.others_listed == []
    assert [(one.purpose, one.text, one.revoked_source) for one in proof.consents] == [
        ("advertising", TEXT, "письмо"),
        ("survey", None, None),
    ]
    assert [one.purpose for one in proof.holding()] == ["survey"]
    assert [(one.kind, one.reason) for one in proof.stop_list] == [
        ("added", "список от юристов"),
        ("removed", "попал по ошибке"),
        ("added", ""),
    ]
    first, rehearsed, second = proof.calls
    assert (first.campaign, first.disposition, first.talk_s, first.virtual) == ("Долги, март", "no_answer", None, False)
    assert first.legal_until is not None and first.legal_until > first.at
    assert (rehearsed.virtual, rehearsed.disposition) == (True, "busy")
    assert (second.disposition, second.talk_s) == ("opted_out", 33.4)
    assert {one.rule for one in proof.refusals} >= {"window"}


def test_it_is_json(proof: Proof) -> None:
    told = json.loads(json.dumps(proof.to_json()))
    assert told["consents"][0]["given_at"] == "2025-02-23T09:00:00Z"
    assert told["calls"][2]["disposition"] == "opted_out"


def test_of_a_number_that_nobody_knows(engine: Engine) -> None:
    with engine.connect() as conn:
        proof = read_proof(conn, "+79990000000", LATER)
    assert (proof.consents, proof.calls, proof.stop_list, proof.refusals) == ([], [], [], [])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_sheet_says_it_in_words(proof: Proof, tmp_path: Path, language: str) -> None:
    path = tmp_path / "proof.xlsx"
    write_proof(proof, path, zone="Europe/Moscow", language=language)
    book = openpyxl.load_workbook(path)
    first, calls, refusals = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    said = "\n".join(str(cell) for row in first for cell in row if cell is not None)
    expected = {
        "ru": (
            "+7 916 000-00-01",
            "Нет: номер в стоп-листе с 05.03.2025 12:00:00",
            "отозвано",
            "попал по ошибке",
            "в звонке",
        ),
        "en": ("+7 916 000-00-01", "No: on the stop list since", "revoked", "taken off the list", "in the call"),
    }[language]
    for words in (*expected, "=cmd()", TEXT[:200], "user:boris", "2.1"):
        assert words in said
    assert [row[1] for row in calls[1:]] == ["Долги, март", "c1", "Долги, март"]
    assert str(calls[1][0]) == "2025-03-04 12:00:00"
    assert len(refusals) == len(proof.refusals) + 1
    assert "no_answer" not in str(calls) and "window" not in str(refusals), "no code reaches people"
    kinds = [cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert "f" not in kinds


def test_a_long_text_is_told_whole(proof: Proof, tmp_path: Path) -> None:
    """Excel shows no row higher than 409 points, so it goes over several."""
    import msgspec

    words = [f"слово{n}" for n in range(3_000)]
    (long, *_) = (msgspec.structs.replace(one, text=" ".join(words)) for one in proof.consents)
    path = tmp_path / "proof.xlsx"
    write_proof(msgspec.structs.replace(proof, consents=[long]), path, zone="Europe/Moscow", language="ru")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    told = " ".join(str(row[2]) for row in sheet.iter_rows(values_only=True) if row[2])
    assert [word for word in words if word not in told] == []
    assert max(size.height or 0 for size in sheet.row_dimensions.values()) <= 409


def test_numbers_as_people_read_them() -> None:
    assert (spaced("+79161234567"), spaced("+442079460000")) == ("+7 916 123-45-67", "+442079460000")
