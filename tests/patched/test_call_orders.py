"""Calls that people order, on the virtual switch: its ledger says who was rung, and in which order."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from oklik.campaigns import call_orders
from oklik.campaigns.call_orders import OrderSeen, Wanted
from oklik.campaigns.named_contact import named_contact
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.dialing.orders import OrderKind
from oklik.scenario.document import load_text
from patched.people import TALKERS, talkers
from patched.test_campaign import assert_sound
from support.fraud import FRAUD
from support.stage import TUESDAY, Stage, make_campaign, number, one, rows, staged, until
from support.survey import SURVEY

pytestmark = pytest.mark.heavy

PHONE = "+79039990001"
AGENT = "user/1001"
FOR_GOOD_S = 1e9  # a rehearsal's clock runs ahead


def order(engine: Engine, kind: OrderKind, campaign: int, index: int = 0, **more: Any) -> int:
    """Order a call of the contact of that index."""
    with engine.begin() as conn:
        target, _ = named_contact(conn, campaign, number(index))
        wanted = Wanted(kind=kind, campaign_id=campaign, target_id=target, by="user:anna", **more)
        return call_orders.order(conn, wanted, TUESDAY, within_s=FOR_GOOD_S)


def seen(engine: Engine, asked: int) -> OrderSeen:
    with engine.connect() as conn:
        found = call_orders.look(conn, asked)
    assert found is not None
    return found


def testers(engine: Engine, *numbers: str) -> None:
    with engine.begin() as conn:
        for phone in numbers:
            add_phone(conn, NamedPhone(phone, "Анна", "user:root", TUESDAY, "user:root", TUESDAY))


def dialed(stage: Stage) -> list[str]:
    return [line["number"] for line in stage.ledger("dial")]


def test_a_manual_call_is_the_first_one(tmp_path: Path, database_url: str, engine: Engine) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 6)
    asked = order(engine, OrderKind.MANUAL, campaign, 4)
    with staged(tmp_path, database_url, population=talkers(), speed=20, channels=1) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert dialed(stage)[0] == number(4)
        assert stage.dials() == {number(n): 1 for n in range(6)}
    assert (seen(engine, asked).state, seen(engine, asked).disposition) == ("done", "completed")


def test_a_test_call_runs_the_scenario_and_counts_nowhere(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """Its callee goes through the whole survey, asks for an agent at its end and is connected."""
    campaign = make_campaign(engine, tmp_path / "prompts", 2, agents=[AGENT])
    testers(engine, PHONE)
    asked = order(engine, OrderKind.TEST, campaign, 1, number=PHONE)
    mine = {PHONE: {"keys": ["0"]}}
    with staged(tmp_path, database_url, population=talkers(numbers=mine), speed=20) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials()[PHONE] == 1
        assert len(stage.ledger("dial")) == 4, "and one agent"
    found = seen(engine, asked)
    assert (found.state, found.leg, found.disposition) == ("done", "final", None)
    leg = one(engine, "SELECT call_uuid FROM call_order WHERE id = :id", id=asked)
    assert one(engine, "SELECT count(*) FROM step WHERE attempt_uuid = :leg", leg=leg) > 0, "its steps can be read"
    assert one(engine, "SELECT count(*) FROM attempt") == 2
    assert one(engine, "SELECT count(*) FROM call WHERE kind = 'agent' AND attempt_uuid = :leg", leg=leg) == 1


def test_no_order_of_any_kind_rings_a_fraudster(tmp_path: Path, database_url: str, engine: Engine) -> None:
    numbers = FRAUD[::7]
    campaign = make_campaign(engine, tmp_path / "prompts", len(numbers), agents=[AGENT], seconds=0.1)
    testers(engine, *numbers)
    for index, fraud in enumerate(numbers):
        order(engine, OrderKind.TEST, campaign, index, number=fraud)
        kind = OrderKind.MANUAL if index % 2 else OrderKind.AGENT_FIRST
        order(engine, kind, campaign, index, endpoint="" if index % 2 else AGENT, group="" if index % 2 else "sales")
    with engine.begin() as conn:
        for index, fraud in enumerate(numbers):
            conn.exec_driver_sql("UPDATE contact SET phones = ARRAY[%s] WHERE phones[1] = %s", (fraud, number(index)))
    with staged(tmp_path, database_url, population=talkers(), speed=20, channels=50, cps=50.0) as stage:
        dialer = stage.dialer(until_done=False)
        until(lambda: one(engine, "SELECT count(*) FROM call_order WHERE state = 'asked'") == 0)
        dialer.signal(15)
        assert dialer.wait() == 0
        assert stage.ledger("dial") == []
    assert one(engine, "SELECT count(*) FROM call") == 0
    assert one(engine, "SELECT count(*) FROM call_order WHERE state = 'denied'") == 2 * len(numbers)


# -- the agent first ------------------------------------------------------------------------------------------------


def agent_first(engine: Engine, campaign: int, index: int = 0) -> int:
    return order(engine, OrderKind.AGENT_FIRST, campaign, index, endpoint=AGENT, group="sales")


def agents(**more: Any) -> dict[str, Any]:
    return {**TALKERS["agents"], **more}


def legs(stage: Stage, event: str = "dial") -> list[tuple[str, bool]]:
    """Legs of a kind of event in the ledger's order: (number or phone, is it the agent's?)."""
    return [(line["number"], not line["number"].startswith("+7916")) for line in stage.ledger(event)]


@pytest.mark.parametrize("agent_ends", [1.0, 0.0])
def test_the_agent_is_rung_first_and_the_two_talk(
    tmp_path: Path, database_url: str, engine: Engine, agent_ends: float
) -> None:
    """Whoever hangs up ends both legs."""
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    with staged(tmp_path, database_url, population=talkers(agents=agents(agent_ends=agent_ends)), speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert [agent for _, agent in legs(stage)] == [True, False]
        ends = {line["uuid"]: line["t"] for line in stage.ledger("ended")}
        answers = {line["uuid"]: line["t"] for line in stage.ledger("answered")}
    found = seen(engine, asked)
    assert (found.state, found.disposition, found.agent) == ("done", "transferred", "final")
    ((agent, person),) = rows(
        engine,
        """SELECT g.uuid::text, p.uuid::text FROM call g JOIN call p ON p.uuid = g.attempt_uuid
           WHERE g.kind = 'agent'""",
    )
    dials = {line["uuid"]: line["t"] for line in stage.ledger("dial")}
    assert dials[person] >= answers[agent], "nobody is called before the agent is there"
    assert ends[person] >= answers[person]
    assert agent in ends
    by = dict(rows(engine, "SELECT kind, hangup_by FROM call"))
    assert by == ({"agent": "person", "person": "us"} if agent_ends else {"agent": "us", "person": "person"})
    assert found.talk_s is not None
    assert found.talk_s > 1.0
    assert one(engine, "SELECT talk FROM attempt"), "for the caps it is a talk"


@pytest.mark.parametrize("how", [{"answer": 0, "busy": 1}, {"answer": 0, "no_answer": 1}])
def test_without_the_agent_nobody_is_called(
    tmp_path: Path, database_url: str, engine: Engine, how: dict[str, Any]
) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    with staged(tmp_path, database_url, population=talkers(agents=agents(**how)), speed=20) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert [agent for _, agent in legs(stage)] == [True, False], "the queue's own call comes after it"
    found = seen(engine, asked)
    assert (found.state, found.agent, found.leg) == ("failed", "final", "not_sent")
    tried = rows(engine, "SELECT n, disposition, consumed FROM attempt ORDER BY n")
    assert tried == [(1, "not_sent", False), (2, "completed", True)]


@pytest.mark.parametrize("outcome", ["busy", "no_answer"])
def test_a_person_who_cannot_be_had(tmp_path: Path, database_url: str, engine: Engine, outcome: str) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    people = talkers(numbers={number(0): {"outcome": outcome}}, agents=agents(talk_s=[500.0, 500.0]))
    with staged(tmp_path, database_url, population=people, speed=20) as stage:
        assert stage.dialer(ring_s=10).wait() == 0
        assert_sound(engine, stage)
    found = seen(engine, asked)
    assert (found.state, found.disposition, found.agent) == ("done", outcome, "final")
    assert one(engine, "SELECT consumed FROM attempt"), "it counts as any call that nobody takes"
    assert rows(engine, "SELECT hangup_by FROM call WHERE kind = 'agent'") == [("us",)], "who has heard so first"


def test_an_agent_who_leaves_ends_the_ringing(tmp_path: Path, database_url: str, engine: Engine) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    plans = {"*1001": {"leaves_s": 4.0}, number(0): {"outcome": "answer", "ring_s": [25.0, 25.0]}}
    with staged(tmp_path, database_url, population=talkers(numbers=plans), speed=5) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert len(stage.ledger("answered")) == 1, "the agent; the person is not called into nothing"
    assert (seen(engine, asked).state, seen(engine, asked).disposition) == ("done", "cancelled")


def test_who_asked_for_peace_while_the_agent_was_rung_is_not_called(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    slow = agents(ring_s=[15.0, 15.0])
    with staged(tmp_path, database_url, population=talkers(agents=slow), speed=5) as stage:
        dialer = stage.dialer()
        until(lambda: stage.ledger("dial"))
        with engine.begin() as conn:
            conn.exec_driver_sql(
                "INSERT INTO suppression (number, source, added_at) VALUES (%s, 'api', %s)", (number(0), TUESDAY)
            )
        assert dialer.wait() == 0
        assert_sound(engine, stage)
        assert [agent for _, agent in legs(stage)] == [True]
    assert (seen(engine, asked).state, seen(engine, asked).rule) == ("denied", "stop_list")


@pytest.mark.parametrize("moment", ["the agent rings", "the person rings", "they talk"])
def test_a_dialer_that_dies_in_it(tmp_path: Path, database_url: str, engine: Engine, moment: str) -> None:
    """Nobody is called twice; a person who was not called yet is called by the queue."""
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = agent_first(engine, campaign)
    people = talkers(ring_s=[8.0, 8.0], agents=agents(ring_s=[8.0, 8.0], talk_s=[60.0, 60.0]))
    with staged(tmp_path, database_url, population=people, speed=5) as stage:
        dialer = stage.dialer()
        if moment == "they talk":
            until(lambda: len(stage.ledger("answered")) == 2)
        else:
            until(lambda: len(stage.ledger("dial")) == (1 if moment == "the agent rings" else 2))
        dialer.signal(9)
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials()[number(0)] == 1
    assert seen(engine, asked).state == ("failed" if moment == "the agent rings" else "done")


def test_a_second_agent_s_phone_that_is_not_the_group_s_is_not_rung(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT])
    asked = order(engine, OrderKind.AGENT_FIRST, campaign, endpoint="user/6666", group="sales")
    with staged(tmp_path, database_url, population=talkers(), speed=20) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert [agent for _, agent in legs(stage)] == [False]
    assert seen(engine, asked).state == "failed"
    assert rows(engine, "SELECT rule FROM verdict WHERE NOT allowed") == [("not_an_agent",)]


def test_an_agent_belongs_to_one_person_at_a_time(tmp_path: Path, database_url: str, engine: Engine) -> None:
    campaign = make_campaign(engine, tmp_path / "prompts", 2, agents=[AGENT])
    asked = [agent_first(engine, campaign, index) for index in range(2)]
    people = talkers(agents=agents(talk_s=[20.0, 20.0]))
    with staged(tmp_path, database_url, population=people, speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert sum(agent for _, agent in legs(stage)) == 1
    assert [seen(engine, one).state for one in asked] == ["done", "failed"]
    assert seen(engine, asked[1]).fault == "the agent is on another call"


WHISPER = 'group: sales\n    whisper: {ru: "Клиент: {{ name }}, нажмите один."}\n    accept_key: "1"'


@pytest.mark.parametrize(("accepts", "state"), [(1.0, "done"), (0.0, "failed")])
def test_an_agent_s_voicemail_presses_no_key(
    tmp_path: Path, database_url: str, engine: Engine, accepts: float, state: str
) -> None:
    """The whisper and the accept key are those of the scenario's transfer."""
    scenario = load_text(SURVEY.replace("group: sales", WHISPER), "survey.yaml")
    campaign = make_campaign(engine, tmp_path / "prompts", 1, agents=[AGENT], scenario=scenario)
    asked = agent_first(engine, campaign)
    with staged(tmp_path, database_url, population=talkers(agents=agents(accepts=accepts)), speed=20) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    assert seen(engine, asked).state == state
