"""Transfers on the virtual switch: every ending as the scenario and the report see it."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine

from oklik.campaigns.launch import put_group
from oklik.scenario.document import Scenario, load_text
from patched.people import TALKERS, talkers
from patched.test_campaign import assert_sound, assert_within, most_at_a_time
from support.patience import enough, in_time
from support.stage import make_campaign, most_in_a_second, number, one, rows, staged
from support.survey import SURVEY

pytestmark = pytest.mark.heavy

PEOPLE = 3
WISHES = {number(n): {"keys": ["0"]} for n in range(PEOPLE)}


def transferring(*how: str) -> Scenario:
    """The survey with another transfer."""
    return load_text(SURVEY.replace("group: sales", "\n    ".join(how)), "survey.yaml")


def agents(**more: Any) -> dict[str, Any]:
    return {**TALKERS["agents"], **more}


class Case(NamedTuple):
    """What the agents do, who is in the group, and what must come of it; legs: those that were really dialed."""

    agents: dict[str, Any]
    group: tuple[str, ...]
    outcome: str
    disposition: str
    legs: tuple[str, ...]


BOTH = ("user/1001", "user/1002")
CASES = {
    "talked": Case(agents(), BOTH, "talked", "transferred", BOTH[:1]),
    "all busy": Case(agents(answer=0, busy=1), BOTH, "no_agent", "completed", BOTH),
    "nobody answers": Case(agents(answer=0, no_answer=1), BOTH[:1], "no_agent", "completed", BOTH[:1]),
    "an empty group": Case(agents(), (), "no_agent", "completed", ()),
    "no dial string": Case(agents(), ("skinny/1001",), "failed", "completed", ()),
    "one bad dial string": Case(agents(), ("skinny/1001", "user/1002"), "talked", "transferred", BOTH[1:]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_how_a_transfer_ends(tmp_path: Path, database_url: str, engine: Engine, case: Case) -> None:
    make_campaign(engine, tmp_path / "prompts", 1, scenario=transferring("group: sales", "ring_s: 5", "wait_s: 0"))
    with engine.begin() as conn:  # not by the launch, which refuses a phone that cannot be rung
        put_group(conn, 1, "sales", case.group)
    with staged(tmp_path, database_url, population=talkers(numbers=WISHES, agents=case.agents), speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    found = rows(engine, "SELECT fact->>'outcome' FROM step WHERE fact->>'type' = 'transferred'")
    assert found == [(case.outcome,)]
    assert rows(engine, "SELECT DISTINCT disposition FROM target") == [(case.disposition,)]
    dialed = sorted(rows(engine, "SELECT number FROM call WHERE kind = 'agent' AND state <> 'not_sent'"))
    assert dialed == [(leg,) for leg in case.legs]
    if case.outcome == "talked":
        talked = rows(engine, "SELECT (fact->>'talk_s')::float8 FROM step WHERE fact->>'type' = 'transferred'")
        assert all(2.0 < seconds < 60.0 for (seconds,) in talked), talked


@pytest.mark.parametrize(("accepts", "outcome"), [(1.0, "talked"), (0.0, "no_agent")])
def test_a_voicemail_presses_no_key_and_gets_nobody(
    tmp_path: Path, database_url: str, engine: Engine, accepts: float, outcome: str
) -> None:
    whisper = 'whisper: {ru: "Клиент на линии, нажмите один."}'
    scenario = transferring("group: sales", 'accept_key: "1"', whisper)
    make_campaign(engine, tmp_path / "prompts", PEOPLE, agents=("user/1001",), scenario=scenario)
    people = talkers(numbers=WISHES, agents=agents(accepts=accepts))
    with staged(tmp_path, database_url, population=people, speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    found = rows(engine, "SELECT fact->>'outcome' FROM step WHERE fact->>'type' = 'transferred'")
    assert found == [(outcome,)] * PEOPLE


@pytest.mark.seconds
def test_a_person_who_leaves_frees_the_ringing_agent_at_once(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 1, agents=("user/1001", "user/1002"))
    leavers = {n: {"keys": ["0"], "leaves_s": 14.0} for n in WISHES}
    people = talkers(numbers=leavers, agents=agents(ring_s=[19.0, 19.0]))
    with staged(tmp_path, database_url, population=people, speed=5) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        gone = {line["uuid"]: line["t"] for line in stage.ledger("ended")}
    legs = rows(engine, "SELECT uuid::text, attempt_uuid::text, number, state FROM call WHERE kind = 'agent'")
    assert [(leg, state) for _, _, leg, state in legs] == [("user/1001", "final")]
    assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'abandoned'") == 1
    for agent, person, _, _ in legs:
        assert gone[agent] - gone[person] >= 0
        in_time(gone[agent] - gone[person], 4.0, "campaign seconds; it would have rung for ten")


MOBILE = "sofia/gateway/pstn/+74950009{:03}"


@pytest.mark.seconds
@pytest.mark.parametrize("whose", ["the dialer's", "the trunk's"])
def test_agents_legs_count_within_the_limits(tmp_path: Path, database_url: str, engine: Engine, whose: str) -> None:
    """Everybody asks for an agent: in the switch's ledger no second and no moment holds more legs than allowed."""
    people, channels, cps = 14, 7, 5
    wishes = {number(n): {"keys": ["0"]} for n in range(people)}
    busy_agents = agents(endpoints=["user/*", "sofia/gateway/pstn/+74950009*"], talk_s=[0.5, 1.5], ring_s=[0.1, 0.3])
    phones = tuple(MOBILE.format(n) if whose == "the trunk's" else f"user/10{n:02}" for n in range(3))
    make_campaign(engine, tmp_path / "prompts", people, agents=phones, seconds=0.1)
    limits = {"channels": channels, "cps": float(cps)}
    if whose == "the trunk's":
        with engine.begin() as conn:
            conn.exec_driver_sql("UPDATE trunk SET channels = %s, cps = %s", (channels, cps))
        limits = {"channels": 100, "cps": 100.0}
    with staged(
        tmp_path, database_url, population=talkers(numbers=wishes, agents=busy_agents), speed=2, **limits
    ) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        legs = [line for line in stage.ledger("dial") if not line["number"].startswith("+7916")]
        assert len(legs) >= people, "an agent for everybody"
        assert most_at_a_time(stage) <= channels
        assert one(engine, "SELECT count(*) FROM target WHERE disposition = 'transferred'") == people
        assert_within(most_in_a_second(line["t"] for line in stage.ledger("dial")), cps)
        enough(most_at_a_time(stage), channels - 1)


MANAGER = "+74950009001"


@pytest.mark.parametrize(
    ("plan", "came"),
    [
        ({"outcome": "answer", "ring_s": 1, "talk_s": 3}, ("talked", "transferred")),
        ({"outcome": "busy", "ring_s": 0.5}, ("no_agent", "completed")),
    ],
)
def test_a_transfer_to_a_number_goes_through_the_campaign_s_trunk(
    tmp_path: Path, database_url: str, engine: Engine, plan: dict[str, Any], came: tuple[str, str]
) -> None:
    scenario = transferring(f'number: "{MANAGER}"', "wait_s: 0")
    make_campaign(engine, tmp_path / "prompts", 1, scenario=scenario)
    people = talkers(numbers={number(0): {"keys": ["0"], "talk_s": 60}, MANAGER: plan})
    with staged(tmp_path, database_url, population=people, speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert stage.dials() == {number(0): 1, MANAGER: 1}
    assert rows(engine, "SELECT fact->>'outcome' FROM step WHERE fact->>'type' = 'transferred'") == [came[:1]]
    assert rows(engine, "SELECT disposition FROM target") == [came[1:]]
    (leg,) = rows(
        engine,
        """SELECT l.number, l.caller_id = p.caller_id, v.allowed FROM call l
           JOIN call p ON p.uuid = l.attempt_uuid JOIN verdict v ON v.call_uuid = l.uuid WHERE l.kind = 'agent'""",
    )
    assert leg == (f"sofia/gateway/pstn/{MANAGER}", True, True)


def test_a_number_that_the_gate_refuses_is_not_dialed(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 1, scenario=transferring(f'number: "{MANAGER}"'))
    with engine.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO suppression (number, source, added_at) VALUES (%s, 'test', now())", (MANAGER,)
        )
    with staged(tmp_path, database_url, population=talkers(numbers=WISHES), speed=10) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        assert MANAGER not in stage.dials()
    assert rows(engine, "SELECT fact->>'outcome' FROM step WHERE fact->>'type' = 'transferred'") == [("failed",)]
    assert rows(engine, "SELECT v.rule FROM verdict v JOIN call c ON c.uuid = v.call_uuid WHERE NOT v.allowed") == []
    assert one(engine, "SELECT rule FROM verdict WHERE NOT allowed") == "stop_list"
    assert "no permission" in one(engine, "SELECT fault FROM attempt")


def test_who_presses_the_key_to_leave_goes_on_with_the_scenario(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    scenario = transferring("group: sales", 'leave_key: "*"')
    make_campaign(engine, tmp_path / "prompts", 1, agents=("user/1001",), scenario=scenario)
    waits = {number(0): {"keys": ["0"], "presses": [{"at_s": 14, "key": "*"}]}}
    people = talkers(numbers=waits, agents=agents(ring_s=[19.0, 19.0]))
    with staged(tmp_path, database_url, population=people, speed=5) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    assert rows(engine, "SELECT fact->>'outcome' FROM step WHERE fact->>'type' = 'transferred'") == [("left",)]
    assert rows(engine, "SELECT fact->>'exit' FROM step WHERE fact->>'node' = 'people' AND fact->>'type' = 'left'") == [
        ("left",)
    ]
