"""People taken out of running campaigns, and those who have promised to pay."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from campaigns.people_town import SILENCE, TALK, Town
from campaigns.world import DAY, HOUR, NOON, World
from oklik.campaigns import recheck
from oklik.campaigns.facts import fact_from_json
from oklik.campaigns.persons import find_people
from oklik.campaigns.promises import Settled, settle_promises
from oklik.campaigns.reconcile import settle
from oklik.campaigns.record import StepRecord, record
from oklik.campaigns.removal import Reason, Removed, Who, remove, still_up

pytestmark = pytest.mark.integration

A, B, C, D = (f"+7916000000{n}" for n in range(1, 5))
HEAD = "ID должника;Договор;Телефон"


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def take_out(town: Town, *whos: Who, reason: Reason = Reason.PAID, **how: int) -> Removed:
    with town.engine.begin() as conn:
        return remove(conn, whos, reason, NOON, **how)


@pytest.mark.parametrize("who", [Who(key="7"), Who(number=B), Who(number=D), Who(contract="К-2")])
def test_by_key_phone_or_contract_the_whole_person_is_out(town: Town, who: Who) -> None:
    first = town.called(HEAD, f"7;К-1;{A}, {D}", f"7;К-2;{B}", f"8;К-3;{C}")
    second = town.called("Телефон", A)
    assert take_out(town, who) == Removed(1, 3, 0)
    assert town.call() == [C]
    assert town.reasons(first) == ["removed_paid", "removed_paid", "reached"]
    assert town.reasons(second) == ["removed_paid"]
    assert town.column("SELECT rule FROM verdict WHERE NOT allowed") == ["removed_paid"] * 3
    assert take_out(town, who) == Removed(1, 0, 0), "doing it twice changes nothing"


def test_nobody_is_named_and_the_others_are_taken_out(town: Town) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    unknown = Who(key="70", row=3)
    assert take_out(town, Who(key="7", row=2), unknown) == Removed(1, 1, 0, (unknown,))


def test_of_one_campaign_or_of_one_project_only(town: Town) -> None:
    first, second = town.called(HEAD, f"7;К-1;{A}"), town.called(HEAD, f"7;К-1;{A}")
    other = town.campaign(town.load(HEAD, f"7;К-1;{A}", project="other"))
    assert take_out(town, Who(key="7"), campaign_id=first, project_id=1).ended == 1
    assert (town.reasons(first), town.reasons(second)) == (["removed_paid"], [None])
    assert take_out(town, Who(key="7"), project_id=1, reason=Reason.DISPUTE).ended == 1
    assert (town.reasons(second), town.reasons(other)) == (["removed_dispute"], [None])
    assert take_out(town, Who(key="7")).ended == 1


def test_a_call_that_is_up_goes_on_and_nothing_follows_it(town: Town) -> None:
    campaign = town.called("Телефон", A)
    claimed = town.claim()
    assert take_out(town, Who(number=A)) == Removed(1, 0, 1)
    with town.engine.begin() as conn:
        (target,) = still_up(conn)
    assert not recheck.still_allowed(claimed[0], NOON, removed={target})
    town.end(claimed, NOON, **SILENCE)
    assert town.reasons(campaign) == ["removed_paid"]
    assert town.column("SELECT state FROM target") == ["done"]
    assert town.call(NOON + DAY) == []


def test_a_result_is_a_result_even_then(town: Town) -> None:
    campaign = town.called("Телефон", A)
    claimed = town.claim()
    take_out(town, Who(number=A))
    town.end(claimed, NOON, **TALK)
    assert town.reasons(campaign) == ["reached"]


def test_an_intent_that_is_given_back_is_not_claimed_again(town: Town) -> None:
    campaign = town.called("Телефон", A)
    claimed = town.claim()
    take_out(town, Who(number=A))
    with town.engine.begin() as conn:
        recheck.give_back(conn, [one.uuid for one in claimed], NOON)
    assert town.reasons(campaign) == ["removed_paid"]
    assert town.call(NOON + HOUR) == []


# -- promises ---------------------------------------------------------------------------------------------------------


PROMISE = {**TALK, "promised": (dt.date(2025, 3, 6), "1500")}
FRIDAY = dt.datetime(2025, 3, 7, 9, 0, tzinfo=dt.UTC)


def test_a_promise_pauses_the_persons_other_campaigns_on_debts(town: Town) -> None:
    given = town.called(HEAD, f"7;К-1;{A}")
    assert town.call(**PROMISE) == [A]
    other = town.called(HEAD, f"7;К-2;{B}")
    survey = town.called(HEAD, f"7;К-2;{C}", purpose="survey")
    elsewhere = town.campaign(town.load("Телефон", D, project="other"))
    assert sorted(town.call(NOON + DAY)) == [C, D]
    assert (town.reasons(given), town.reasons(other)) == (["reached"], ["promise"])
    assert (town.reasons(survey), town.reasons(elsewhere)) == (["reached"], ["reached"])
    assert town.column("SELECT due FROM target WHERE campaign_id = :c", c=other) == [
        dt.datetime(2025, 3, 7, 5, 0, tzinfo=dt.UTC)  # eight in the morning of the day after, in Moscow
    ]
    assert town.call(FRIDAY) == [B]


def test_a_promise_is_of_its_project(town: Town) -> None:
    town.called("Телефон", A)
    assert town.call(**PROMISE) == [A]
    town.campaign(town.load("Телефон", A, project="other"))
    assert town.call(NOON + DAY) == [A]


@pytest.mark.parametrize("how", list(Settled))
def test_a_settled_promise_pauses_nothing(town: Town, how: Settled) -> None:
    town.called(HEAD, f"7;К-1;{A}")
    town.call(**PROMISE)
    town.called(HEAD, f"7;К-2;{B}")
    assert town.call(NOON + DAY) == []
    with town.engine.begin() as conn:
        (people,) = find_people(conn, key="7")
        assert settle_promises(conn, people, how, NOON + DAY) == 1
    assert town.call(NOON + DAY) == [B]
    assert town.column("SELECT state FROM promise") == [str(how)]


def test_the_promise_is_kept_with_what_was_promised_once(town: Town) -> None:
    town.called("Телефон", A)
    claimed = town.claim()
    town.end(claimed, NOON, **PROMISE)
    town.end(claimed, NOON, **PROMISE)
    assert town.column("SELECT date || ' ' || amount || ' ' || state FROM promise") == ["2025-03-06 1500 open"]
    assert town.column("SELECT attempt_uuid FROM promise") == [UUID(str(claimed[0].uuid))]


def test_a_call_that_nobody_saw_end_keeps_its_promise_too(town: Town) -> None:
    town.called("Телефон", A)
    (claimed,) = town.claim()
    fact = {"type": "promised", "node": "p", "date": "2025-03-06", "amount": "20"}
    with town.engine.begin() as conn:
        world = World(conn)
        steps = [StepRecord(claimed.uuid, 0, NOON, fact_from_json(fact))]
        record(conn, world.holder(), steps=steps)
        settle(conn, world.holder(), gone=[claimed.uuid], now=NOON)
    assert town.column("SELECT amount FROM promise") == ["20"]
