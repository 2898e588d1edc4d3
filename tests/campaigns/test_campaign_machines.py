"""What the database keeps of machines: the policy, the signs, what follows, and the count of it all."""

import json

import pytest

from campaigns.world import HOUR, MINUTE, NOON, World
from oklik.campaigns.launch import Launch, LaunchRefused, TrunkSpec, launch
from oklik.campaigns.publish_scenario import publish_scenario
from oklik.commands.machines import lines
from oklik.dialing.machines import MachinePolicy, OnBeep, Signs
from oklik.dialing.vocabulary import Disposition
from oklik.reports.machines import machine_report
from oklik.scenario.document import Scenario, from_json

pytestmark = pytest.mark.integration

LEAVE = MachinePolicy(on_beep=OnBeep.LEAVE_MESSAGE, false_answer_s=2.0)
BEEP = Signs(rang=True, beep_s=4.0)


def campaign(world: World, policy: MachinePolicy) -> int:
    made = world.campaign()
    world.all("UPDATE campaign SET machines = CAST(:p AS jsonb) RETURNING id", p=json.dumps(policy.to_json()))
    return made


def test_the_policy_comes_with_the_claim_and_the_signs_are_kept(world: World) -> None:
    world.people(1)
    campaign(world, LEAVE)
    holder = world.holder()
    (claimed,) = world.claim(holder)
    assert claimed.machines == LEAVE
    ended = {"answered": True, "talk_s": 20.0, "signs": BEEP, "message_heard": True, "heard_percent": 100}
    assert world.finish(holder, claimed, NOON + MINUTE, **ended) == {claimed.uuid: Disposition.MACHINE}
    assert world.one("SELECT signs FROM attempt") == {"rang": True, "beep_s": 4.0, "early": False, "asked": False} | {
        "key_s": None
    }
    target = world.target(claimed)
    assert (target.state, target.reason) == ("done", "message_left")
    assert world.one("SELECT talk FROM attempt") is False


def test_a_machine_that_cut_the_message_short_is_called_again(world: World) -> None:
    world.people(1)
    campaign(world, LEAVE)
    holder = world.holder()
    (claimed,) = world.claim(holder)
    world.finish(holder, claimed, NOON + MINUTE, answered=True, talk_s=9.0, signs=BEEP, heard_percent=60)
    target = world.target(claimed)
    assert (target.state, target.disposition) == ("waiting", "machine")
    assert target.due >= NOON + 3 * HOUR


def test_the_count_of_signs_and_the_detector_s_error(world: World) -> None:
    world.people(6)
    made = campaign(world, MachinePolicy(on_beep=OnBeep.NOTE, key_gate=True, false_answer_s=2.0))
    holder = world.holder()
    calls = world.claim(holder)
    talk = {"answered": True, "talk_s": 20.0}
    done = {**talk, "ended_reason": "completed"}
    ends = [
        {**done, "signs": Signs(rang=True, asked=True, key_s=2.0)},
        {**done, "signs": Signs(rang=True, asked=True, key_s=6.0, beep_s=1.0)},  # a human who was taken for a beep
        {**talk, "signs": Signs(rang=True, asked=True, beep_s=4.0), "ended_reason": "no_input"},
        {**talk, "signs": Signs(rang=True, asked=True), "ended_reason": "no_input"},
        {"answered": True, "talk_s": 1.5, "signs": Signs()},
        {"cause": "NO_ANSWER", "signs": Signs(early=True)},
    ]
    for call, ended in zip(calls, ends, strict=True):
        world.finish(holder, call, NOON + MINUTE, **ended)
    report = machine_report(world.conn, made)
    assert (report.answered, report.keyed, report.beeped, report.silent) == (5, 2, 2, 1)
    assert (report.machines, report.messages, report.false_answers, report.announced) == (2, 0, 1, 1)
    assert report.key_s == (3.0, 4.0, 5.0)
    assert report.false_alarms is not None
    assert (report.false_alarms.found, report.false_alarms.all) == (1, 2)
    assert json.loads(json.dumps(report.to_json()))["policy"]["key_gate"] is True
    for language in ("ru", "en"):
        told = list(lines(report, language))
        assert len(told) == 10
        assert "1" in told[-1]


def test_where_calls_are_broken_off_the_error_is_not_made_up(world: World) -> None:
    world.people(1)
    report = machine_report(world.conn, campaign(world, LEAVE))
    assert report.false_alarms is None
    assert "не измерена" in list(lines(report, "ru"))[-1]


def scenario(**nodes: object) -> Scenario:
    head = {"format": 1, "name": "s", "title": "С", "languages": ["ru"], "purpose": "informational", "start": "a"}
    columns = {"debt": {"title": "Долг", "type": "money", "private": True}}
    return from_json({**head, "columns": columns, "nodes": {**nodes, "z": {"kind": "hangup"}}})


def play(text: str, to: str = "z", **more: object) -> dict[str, object]:
    return {"kind": "play", "text": text, "exits": {"done": to}, **more}


PLAIN = scenario(a=play("Здравствуйте.", "b"), b=play("Заказ готов.", message=True))
WHO = {"kind": "identify", "text": "Это Иван?", "exits": {"confirmed": "b", "other": "z", "wrong_number": "z"}}
PRIVATE = scenario(a={**WHO, "exits": {**WHO["exits"], "no_input": "z"}}, b=play("Долг {{ debt }}.", message=True))  # type: ignore[dict-item]
TWICE = scenario(a=play("Раз.", "b", message=True), b=play("Два.", message=True))
NONE = scenario(a=play("Раз."))


@pytest.mark.parametrize(
    ("which", "part"), [(PRIVATE, "личные данные: «debt»"), (TWICE, "«a», «b»"), (NONE, "ни одна фраза")]
)
def test_what_is_not_for_a_machine_is_refused_at_launch(world: World, which: Scenario, part: str) -> None:
    with pytest.raises(LaunchRefused) as refused:
        launched(world, which, LEAVE)
    assert part in refused.value.text["ru"]


def test_a_plain_message_may_be_left(world: World) -> None:
    made = launched(world, PLAIN, LEAVE)
    assert world.one("SELECT machines FROM campaign WHERE id = :id", id=made) == LEAVE.to_json()
    assert world.one("SELECT count(*) FROM campaign WHERE machines IS NULL") == 0


def launched(world: World, which: Scenario, policy: MachinePolicy) -> int:
    world.all("UPDATE contact_list SET columns = '[\"Долг\"]' RETURNING id")
    version = publish_scenario(world.conn, 1, which, NOON)
    wanted = Launch(
        project_id=1,
        name="m",
        scenario_version_id=version.id,
        list_id=1,
        trunk=TrunkSpec(name="t", dial_string="sofia/gateway/pstn/{number}", channels=1, cps=1),
        machines=policy,
    )
    return launch(world.conn, wanted, NOON).campaign_id
