"""Contacts made elsewhere count for the caps; a file of them is read whole, and twice changes nothing."""

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from campaigns.people_town import LEFT, SILENCE, Town
from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.outside_contacts import BadContact, Kept, OutsideContact, put_contacts
from oklik.campaigns.outside_file import Defaults, OutsideSummary, put_file
from oklik.dialing.elsewhere import OutsideKind
from oklik.dialing.law.shapes import Purpose
from oklik.dialing.zones import tzinfo

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
KEYED = "ID должника;Телефон"
MOSCOW = Defaults(zone=tzinfo("Europe/Moscow"), purpose=Purpose.DEBT)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def tell(town: Town, **contact: Any) -> Kept:
    given = {"at": NOON - HOUR, "kind": OutsideKind.CALL, "talk": True, "purpose": Purpose.DEBT, **contact}
    with town.engine.begin() as conn:
        return put_contacts(conn, 1, [OutsideContact(**given)], NOON)


def read(town: Town, *lines: str, defaults: Defaults = MOSCOW, now: dt.datetime = NOON) -> OutsideSummary:
    path = town.file(*lines, name="contacts.csv")
    with town.engine.begin() as conn:
        return put_file(conn, 1, path, defaults, now=now)


def test_a_talk_elsewhere_counts_as_ours(town: Town) -> None:
    campaign = town.called(KEYED, f"7;{A}")
    assert tell(town, key="7") == Kept(1, 0)
    assert town.call() == []
    assert town.reasons(campaign) == ["talks_day"]
    assert town.call(NOON + DAY) == [A]


def test_it_counts_by_the_phone_for_everybody_who_has_it(town: Town) -> None:
    campaign = town.called(KEYED, f"7;{A}, {D}", f"8;{B}, {D}", f"9;{C}")
    tell(town, number=D)
    assert town.call() == [C]
    assert town.reasons(campaign) == ["talks_day", "talks_day", "reached"]


def test_one_told_by_a_key_is_that_debtors_alone(town: Town) -> None:
    town.called(KEYED, f"7;{A}, {D}", f"8;{B}, {D}")
    tell(town, key="7", number=D)
    assert town.call() == [B]


def test_it_may_come_before_the_list(town: Town) -> None:
    tell(town, number=A)
    tell(town, key="8")
    assert town.call(NOON, 10) == []
    town.called(KEYED, f"7;{B}, {A}", f"8;{C}")
    assert town.call() == []


def test_unanswered_calls_elsewhere_have_the_cap_of_unanswered_ones(town: Town) -> None:
    campaign = town.called("Телефон", A)
    for n in range(4):
        tell(town, number=A, talk=False, at=NOON - HOUR - n * MINUTE)
    assert town.call() == []
    assert town.reasons(campaign) == ["unanswered_day"]


def test_an_sms_is_no_talk_and_no_call(town: Town) -> None:
    tell(town, number=A, kind=OutsideKind.SMS)
    tell(town, number=A, kind=OutsideKind.SMS, at=NOON - MINUTE)
    town.called("Телефон", A)
    assert town.call() == [A]


def test_sms_and_voice_messages_have_their_own_caps_where_calls_are_messages(town: Town) -> None:
    """2 a day, 4 a week, 16 a month (230-FZ): with a voice message of ours and an SMS the day is full."""
    tell(town, number=A, kind=OutsideKind.SMS)
    first = town.called("Телефон", A, as_messages=True)
    assert town.call() == [A]
    assert town.column("SELECT message FROM attempt") == [True]
    second = town.called("Телефон", A, as_messages=True)
    assert town.call(NOON + HOUR) == []
    assert (town.reasons(first), town.reasons(second)) == (["reached"], ["messages_day"])
    talks = town.called("Телефон", A)
    assert town.call(NOON + HOUR) == [A], "messages do not count as talks"
    assert town.reasons(talks) == ["reached"]


def test_a_visit_counts_as_a_talk(town: Town) -> None:
    town.called("Телефон", A, B)
    tell(town, number=A, kind=OutsideKind.VISIT)
    tell(town, number=B, kind=OutsideKind.VISIT, talk=False)
    assert town.call() == [B]


def test_a_guarantor_who_was_called_elsewhere_is_left_in_peace(town: Town) -> None:
    town.called("Телефон;Телефон поручителя", f"{A};{D}")
    town.do("UPDATE target SET phone_index = 1")
    tell(town, number=D)
    assert town.call() == []


def test_the_same_contact_is_kept_once(town: Town) -> None:
    assert tell(town, number=A) == Kept(1, 0)
    assert tell(town, number=A) == Kept(0, 1)
    assert tell(town, number=A, source="1C", external_id="5") == Kept(1, 0)
    assert tell(town, number=B, source="1C", external_id="5", talk=False) == Kept(0, 1)
    assert tell(town, number=A, source="other", external_id="5") == Kept(1, 0)


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ({}, "no_person"),
        ({"number": "12"}, "bad_phone"),
        ({"number": A, "at": NOON + DAY}, "future"),
        ({"number": A, "at": dt.datetime(2025, 3, 4, 9, 0)}, "no_zone"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_kept_is_refused(town: Town, contact: dict[str, Any], code: str) -> None:
    with pytest.raises(BadContact) as refused:
        tell(town, **contact)
    assert refused.value.code == code
    assert town.column("SELECT count(*) FROM outside_contact") == [0]


def test_a_file_is_read_whole_and_every_wrong_row_named(town: Town) -> None:
    lines = (
        "Дата звонка;Время;Телефон;ID должника;Вид;Разговор;Длительность, с;Цель;ID звонка",
        "04.03.2025;09:15;8 916 000-00-01;;звонок;да;65;долг;1",
        "04.03.2025;09:16;;7;смс;;;взыскание долга;2",
        f"2025-03-03T10:00:00+03:00;;{B};;;нет;0;;3",
        f"32.03.2025;09:16;{A};;звонок;да;;;4",
        "04.03.2025;09:17;;;звонок;да;;;5",
        "04.03.2025;09:17;телефон;;звонок;да;;;6",
        f"04.03.2025;09:17;{A};;факс;да;;;7",
        f"04.03.2025;09:17;{A};;звонок;может быть;;;8",
        f"04.03.2025;09:17;{A};;звонок;да;долго;;9",
        f"04.03.2026;09:17;{A};;звонок;да;;;10",
        f"04.03.2025;09:17;{A};;звонок;да;;погода;11",
        f"04.03.2025;;{C};;визит;да;;;12",
    )
    told = read(town, *lines)
    assert (told.rows, told.added, told.known) == (12, 4, 0)
    assert [(one.row, one.code) for one in told.refused] == [
        (5, "bad_date"),
        (6, "no_person"),
        (7, "bad_phone"),
        (8, "bad_kind"),
        (9, "bad_talk"),
        (10, "bad_seconds"),
        (11, "future"),
        (12, "bad_purpose"),
    ]
    with town.engine.begin() as conn:
        from sqlalchemy import text

        rows = conn.execute(text("SELECT * FROM outside_contact ORDER BY external_id::int")).all()
    assert [(r.number, r.kind, r.talk, r.seconds) for r in rows] == [
        (A, "call", True, 65),
        (None, "sms", True, None),
        (B, "call", False, 0),
        (C, "visit", True, None),
    ]
    assert rows[0].at == dt.datetime(2025, 3, 4, 6, 15, tzinfo=dt.UTC)
    assert rows[3].note == "время не указано"
    again = read(town, *lines)
    assert (again.added, again.known, len(again.refused)) == (0, 4, 8)


def test_the_same_file_without_numbers_of_contacts_changes_nothing_either(town: Town) -> None:
    lines = ("Дата;Телефон", f"04.03.2025 09:15;{A}", f"04.03.2025 09:25;{A}")
    assert read(town, *lines).added == 2
    assert (read(town, *lines).added, read(town, *lines).known) == (0, 2)


def test_what_is_no_file_of_contacts_is_refused(town: Town) -> None:
    with pytest.raises(ListError, match="дата"):
        read(town, "Телефон;Имя", f"{A};Иван")
    with pytest.raises(ListError, match="Цель") as told:
        read(town, "Дата;Телефон", f"04.03.2025 09:15;{A}", defaults=Defaults(zone=dt.UTC))
    assert "--purpose" in told.value.command


@pytest.mark.parametrize("number", [A, B])
def test_a_claim_under_way_is_waited_for(town: Town, number: str) -> None:
    """What is told while a claim holds the person is told to the next claim, and not to nobody.

    B is another row of `person`, that has turned out to be one with A: the claim holds A's.
    """
    town.called("Телефон", A, B)
    second = town.called("Телефон", f"{A}, {B}")
    town.do("UPDATE target SET state = 'done' WHERE id = 2")
    with town.engine.connect() as conn:
        claiming = conn.begin()
        world = World(conn)
        holder = world.holder()
        claimed = world.claim(holder, NOON, 1)
        assert len(claimed) == 1
        teller = threading.Thread(target=tell, args=(town,), kwargs={"number": number})
        teller.start()
        teller.join(0.3)
        assert teller.is_alive(), "the person is held"
        claiming.commit()
        teller.join(20)
    assert not teller.is_alive()
    town.end(claimed, NOON, **SILENCE)
    assert town.call(NOON + HOUR, **LEFT) == []
    assert set(town.reasons(second)) == {"talks_day"}
