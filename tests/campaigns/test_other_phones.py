"""Phones of others: whom the law lets be called, whose wish counts for whom, and who is one with whom."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from campaigns.people_town import LEFT, SILENCE, Town
from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns.import_contacts import ImportSummary
from oklik.campaigns.lists.layout import Named
from oklik.campaigns.lists.reading import read_list
from oklik.campaigns.opt_out import opt_out
from oklik.dialing.law.shapes import Role

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
RELATIVE = "Телефон;Телефон родственника"
GUARANTOR = "Телефон;Телефон поручителя"


class Moscow(Town):
    """Of people whose region is known, their relatives' too."""

    def campaign(self, imported: ImportSummary, **how: Any) -> int:
        return super().campaign(imported, base_zone="Europe/Moscow", **how)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Moscow(engine, tmp_path)


def consent(town: Town) -> None:
    town.do(
        """INSERT INTO consent (person_id, purpose, source, text_version, given_at)
           SELECT id, 'third_persons', 'договор', '1', :now FROM person""",
        now=NOON,
    )


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Телефон", Role.OWN),
        ("Мобильный", Role.OWN),
        ("Телефон рабочий", Role.WORK),
        ("Рабочий тел.", Role.WORK),
        ("Телефон родственника", Role.RELATIVE),
        ("Телефон супруги", Role.RELATIVE),
        ("Телефон поручителя", Role.GUARANTOR),
        ("Телефон созаёмщика", Role.GUARANTOR),
        ("Телефон третьего лица", Role.THIRD),
        ("Телефон контактного лица", Role.THIRD),
        ("Work phone", Role.WORK),
        ("Relative phone", Role.RELATIVE),
        ("Guarantor's phone", Role.GUARANTOR),
    ],
)
def test_whose_phones_a_header_names(tmp_path: Path, header: str, role: Role) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header};Мобильный 2\n{B};{A}\n{D};{C}\n", "utf-8")
    preview = read_list(path)
    assert preview.other_phones == ({header: role} if role is not Role.OWN else {})


def test_the_persons_own_phones_come_first_and_a_role_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Телефон родственника;Доп;Телефон\n{C};{B};{A}\n", "utf-8")
    (row,) = read_list(path, named=Named(roles={"Доп": Role.GUARANTOR})).first_rows
    assert row.phones == (A, B, C)  # type: ignore[union-attr]
    assert row.roles == (Role.OWN, Role.GUARANTOR, Role.RELATIVE)  # type: ignore[union-attr]


def test_a_list_of_other_peoples_phones_only_is_no_list(tmp_path: Path) -> None:
    from oklik.campaigns.lists.errors import ListError

    path = tmp_path / "list.csv"
    path.write_text(f"ФИО;Телефон поручителя\nИван;{A}\n", "utf-8")
    with pytest.raises(ListError):
        read_list(path)


def test_a_relative_is_not_called_about_a_debt(town: Town) -> None:
    """The debtor does not answer: the retry stays with the debtor's own phones."""
    town.called(RELATIVE, f"{A};{B}")
    assert town.call(**SILENCE) == [A]
    assert town.column("SELECT phone_index FROM target") == [0], "the plan knows it, not only the gate"
    assert town.call(NOON + 4 * HOUR, **SILENCE) == [A]


def test_with_the_consent_on_record_a_relative_is_called(town: Town) -> None:
    town.called(RELATIVE, f"{A};{B}")
    consent(town)
    assert [town.call(NOON + n * 4 * HOUR, **SILENCE) for n in range(2)] == [[A], [B]]
    assert town.column("SELECT role FROM attempt ORDER BY started_at") == [None, "relative"]


def test_with_the_campaigns_switch_too(town: Town) -> None:
    town.called(RELATIVE, f"{A};{B}", third_persons=True)
    assert [town.call(NOON + n * 4 * HOUR, **SILENCE) for n in range(2)] == [[A], [B]]


def test_a_relative_who_answers_is_not_rung_again_at_once(town: Town) -> None:
    town.called(RELATIVE, f"{A};{B}", third_persons=True)
    assert town.call(**SILENCE) == [A]
    assert town.call(NOON + 4 * HOUR, answered=True, talk_s=5.0, right_party="other") == [B]
    assert town.call(NOON + DAY + 5 * HOUR, **SILENCE) == [A]


def test_a_guarantor_is_a_debtor_but_in_no_other_matter(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{B}")
    survey = town.called(GUARANTOR, f"{C};{D}", purpose="survey")
    assert sorted(town.call(**SILENCE)) == [A, C]
    assert sorted(town.call(NOON + 4 * HOUR, **SILENCE)) == [B, C]
    town.do("UPDATE target SET phone_index = 1, due = :now WHERE campaign_id = :c", c=survey, now=NOON + DAY)
    assert D not in town.call(NOON + DAY, **SILENCE)


def test_only_a_phone_that_must_not_be_called_ends_with_the_rule(town: Town) -> None:
    campaign = town.called(RELATIVE, f";{B}", f"{A};{C}")
    assert town.call() == [A]
    assert town.reasons(campaign) == ["phone_role", "reached"]


def test_phones_of_others_make_nobody_one(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}", f"{B};{D}", f"{D};")
    assert sorted(town.call()) == [A, B, D]


def test_phones_at_work_make_nobody_one(town: Town) -> None:
    town.called("Телефон;Рабочий телефон", f"{A};{D}", f"{B};{D}")
    assert sorted(town.call()) == [A, B]


def test_a_guarantor_of_two_debtors_has_a_peace_of_their_own(town: Town) -> None:
    """The same guarantor's phone stands for two debtors: what was said there for one counts for the other."""
    town.called(GUARANTOR, f"{A};{D}", f"{B};{D}")
    town.do("UPDATE target SET phone_index = 1")
    assert town.call() == [D]
    assert town.call(NOON + HOUR) == []
    assert town.column("SELECT rule FROM verdict WHERE NOT allowed ORDER BY id")[-1] == "talks_day"


def test_a_guarantor_is_not_on_two_calls_at_once(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}", f"{B};{D}")
    town.do("UPDATE target SET phone_index = 1")
    claimed = town.claim()
    assert [one.number for one in claimed] == [D]
    assert town.claim(NOON + HOUR) == []
    town.end(claimed, NOON + HOUR, **LEFT)


def test_two_claims_at_once_do_not_both_call_the_guarantor(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}")
    other = town.called(GUARANTOR, f"{B};{D}")
    town.do("UPDATE target SET phone_index = 1")
    with town.engine.connect() as first, town.engine.connect() as second:
        mine, yours = first.begin(), second.begin()
        claimed = World(first).claim(World(first).holder("fs1"), NOON, 1)
        assert [one.number for one in claimed] == [D]
        assert World(second).claim(World(second).holder("fs2"), NOON, 1) == [], "the first is not committed yet"
        yours.commit()
        mine.commit()
    assert town.reasons(other) == ["person_busy"]


def test_a_guarantors_wish_is_about_that_phone(town: Town) -> None:
    campaign = town.called(GUARANTOR, f"{A};{D}")
    debtor = town.called("Телефон", D)
    town.do("UPDATE target SET phone_index = 1 WHERE campaign_id = :c", c=campaign)
    town.do("UPDATE target SET due = :later WHERE campaign_id = :c", c=debtor, later=NOON + HOUR)
    claimed = town.claim()
    assert [one.number for one in claimed] == [D]
    with town.engine.begin() as conn:
        opt_out(conn, claimed[0].uuid, claimed[0].number, NOON)
    town.end(claimed, NOON, answered=True, talk_s=5.0, opted_out=True)
    assert town.column("SELECT number FROM suppression") == [D]
    assert town.call(NOON + HOUR, limit=10) == []
    assert town.reasons(debtor) == ["stop_list"], "who has asked for peace has it in all campaigns"
    assert town.call(NOON + DAY + HOUR) == [A], "the debtor has not asked for it"


def test_a_debtors_wish_is_not_the_guarantors(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}")
    claimed = town.claim()
    with town.engine.begin() as conn:
        opt_out(conn, claimed[0].uuid, claimed[0].number, NOON)
    town.end(claimed, NOON, answered=True, talk_s=5.0, opted_out=True)
    assert town.column("SELECT number FROM suppression") == [A]


def test_a_guarantor_who_has_asked_for_peace_is_passed_over(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}")
    town.do("INSERT INTO suppression VALUES (:n, 'import', NULL, :now)", n=D, now=NOON)
    assert [town.call(NOON + n * 4 * HOUR, **SILENCE) for n in range(2)] == [[A], [A]]


def test_a_phone_that_closes_between_two_calls_leads_back_to_the_persons_own(town: Town) -> None:
    town.called(GUARANTOR, f"{A};{D}")
    assert town.call(**SILENCE) == [A]
    town.do("INSERT INTO suppression VALUES (:n, 'import', NULL, :now)", n=D, now=NOON)
    assert town.call(NOON + 4 * HOUR, **SILENCE) == [A]
