"""Names of recordings lead nowhere else, and nothing is deleted before the law allows."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oklik.dialing.call_recording import (
    BESIDE,
    NAME,
    BadTemplate,
    check_name,
    file_name,
    keep_days,
    name_of,
    numbered,
    parse_days,
)

NOON = dt.datetime(2026, 3, 2, 12, 5, 9, tzinfo=dt.UTC)


def test_the_template_that_is_shipped() -> None:
    assert check_name(NAME) == NAME
    told = file_name(NAME, campaign="Долги, март", phone="+79161234567", id_="abc", local=NOON)
    assert told == "Долги, март/2026-03-02/+79161234567-12-05-09-abc"


@given(campaign=st.text(max_size=50), phone=st.text(max_size=20))
def test_whatever_the_fields_hold_they_lead_to_no_other_place(campaign: str, phone: str) -> None:
    told = file_name(NAME, campaign=campaign, phone=phone, id_="abc", local=NOON)
    parts = told.split("/")
    assert len(parts) == 3
    assert all(part.strip(". ") for part in parts)
    assert not set(told) & set('\\:*?"<>|\0\n')


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{phone}" * 29, "length"),
        ("{nothing}-{id}", "field"),
        ("{id.__class__}", "letters"),
        ("{id", "letters"),
        ("C:\\{id}", "letters"),
        ("../{id}", "place"),
        ("/{id}", "place"),
        ("{date}//{id}", "place"),
        ("{id}/", "place"),
        ("{id}\0", "letters"),
        ("", "place"),
        (". ./{id}", "place"),
    ],
)
def test_a_wrong_template_is_refused(template: str, why: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        check_name(template)
    assert refused.value.why == why


@given(phone=st.text(max_size=400), campaign=st.text(max_size=400))
def test_names_are_short_enough_for_any_system(phone: str, campaign: str) -> None:
    for template in ("Ж" * 180 + "{campaign}{phone}", "{phone}/{campaign}{campaign}{campaign}", NAME, BESIDE):
        told = file_name(check_name(template), campaign=campaign, phone=phone, id_="a" * 12, local=NOON)
        assert all(0 < len(part.encode()) <= 181 for part in told.split("/"))
        assert not told.endswith((".", " "))
    assert told.endswith("a" * 12), "what makes names differ is not cut off"


@pytest.mark.parametrize(("phone", "name"), [("nul", "_nul"), ("COM1.x", "_COM1.x"), ("command", "command")])
def test_names_that_windows_keeps_for_itself(phone: str, name: str) -> None:
    assert file_name("{phone}", campaign="c", phone=phone, id_="a", local=NOON) == name


def test_equal_names_are_numbered_in_their_order() -> None:
    told = list(numbered(["a", "b", "A", "a (2)", "a", "a"]))
    assert told == ["a", "b", "A (2)", "a (2) (2)", "a (3)", "a (4)"]


@given(st.lists(st.sampled_from(["a", "A", "a (2)", "a (3)", "b"]), max_size=12))
def test_no_two_have_one_name(names: list[str]) -> None:
    told = list(numbered(names))
    assert len({one.casefold() for one in told}) == len(names)


def test_parts_of_one_call_have_names_of_their_own() -> None:
    given = {"uuid": UUID(int=7), "path": "campaign-1/x.mp3", "number": "+7916", "campaign": "c", "local": NOON}
    names = {name_of("{id}", part=part, n=n, **given) for part, n in (("call", 1), ("agent", 1), ("agent", 2))}
    assert names == {"000000000000.mp3", "000000000000-agent1.mp3", "000000000000-agent2.mp3"}


def test_debts_are_kept_as_long_as_the_law_wants() -> None:
    assert keep_days("survey") == 180
    assert keep_days("survey", parse_days("30")) == 30
    assert keep_days("survey", parse_days("30, survey=90")) == 90
    assert keep_days("debt", parse_days("30")) == 1096
    assert keep_days("debt", parse_days("30, debt=2000")) == 2000


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "4000", "survey=", "=5", "debt=30", "30; survey=5"])
def test_wrong_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_days(text)
