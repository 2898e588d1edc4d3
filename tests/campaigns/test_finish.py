import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import agent_leg, reconcile, record
from oklik.campaigns.facts import fact_from_json, summarise
from oklik.campaigns.finish import Finished, finish
from oklik.campaigns.launch import TrunkSpec, put_group, put_trunk
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.progress import progress
from oklik.campaigns.record import StepRecord
from oklik.dialing.disposition import CallSummary, judge_call
from oklik.dialing.retry import RetryPlan
from oklik.dialing.sentences import sentence
from oklik.dialing.vocabulary import CallState, Disposition
from oklik.scenario import flow

pytestmark = pytest.mark.integration

SURVEY: list[flow.Fact] = [
    flow.Entered(node="who", kind="identify"),
    flow.Answered(node="who", question="who", value="1", label="Да"),
    flow.RightParty(node="who", result="confirmed"),
    flow.MessageHeard(node="debt"),
    flow.Entered(node="menu", kind="menu"),
    flow.Answered(node="menu", question="choice", value="2", label="Уже оплатил"),
    flow.Answered(node="menu", question="choice", value="1", label="Заплачу"),
]


def test_a_completed_call_closes_everything_once(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    end = NOON + MINUTE
    summary = {"answered": True, "ring_s": 5.5, "talk_s": 30.0, "ended_reason": "completed", "hangup_by": "us"}
    assert world.finish(holder, claimed, end, heard_percent=80, **summary) == {claimed.uuid: Disposition.COMPLETED}
    attempt = world.all("SELECT * FROM attempt")[0]
    assert (attempt.open, attempt.disposition, attempt.talk, attempt.consumed) == (False, "completed", True, True)
    assert (attempt.heard_percent, attempt.ended_at) == (80, end)
    leg = world.all("SELECT * FROM call")[0]
    assert (leg.state, leg.cause, leg.hangup_by, leg.ring_s, leg.talk_s) == ("final", "NORMAL_CLEARING", "us", 5.5, 30)
    assert leg.answered_at == end - dt.timedelta(seconds=30)
    target = world.target(claimed)
    assert (target.state, target.disposition, target.reason, target.attempts) == ("done", "completed", "reached", 1)
    assert target.last_hours == [12]
    # The second time, with another story: nothing changes, nobody is told twice.
    assert world.finish(holder, claimed, end + MINUTE, cause="USER_BUSY") == {}
    assert world.all("SELECT * FROM attempt")[0] == attempt
    assert world.target(claimed) == target
    assert world.one("SELECT count(*) FROM outbox") == 1


def test_no_answer_comes_again_at_another_hour_and_then_ends(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan(max_attempts=3))
    holder = world.holder()
    now, seen = NOON, []
    for _ in range(3):
        (claimed,) = world.claim(holder, now)
        world.finish(holder, claimed, now + MINUTE, cause="NO_ANSWER", q850=19)
        target = world.target(claimed)
        seen.append((target.state, target.reason, target.attempts))
        now = target.due
    assert seen == [("waiting", "retry", 1), ("waiting", "retry", 2), ("done", "max_attempts", 3)]
    hours = world.one("SELECT last_hours FROM target")
    assert len(set(hours)) == 3
    assert world.all("SELECT n FROM attempt ORDER BY n") == [(1,), (2,), (3,)]


def test_a_line_fault_costs_the_person_nothing_but_has_its_own_cap(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan(max_attempts=1))
    holder = world.holder()
    now = NOON
    for faults in range(1, 5):
        (claimed,) = world.claim(holder, now)
        world.finish(holder, claimed, now, **DOWN, line_works=True)
        target = world.target(claimed)
        assert (target.attempts, target.faults) == (0, faults)
        assert target.last_hours == []
        now = target.due
    assert (target.state, target.reason, target.reason_args) == ("done", "line_faults", {"faults": 4})


DOWN = {"cause": "NORMAL_TEMPORARY_FAILURE", "sip_status": 503}


@pytest.mark.parametrize(("works", "days"), [(None, 1), (False, 1), (False, 5)])
def test_days_without_the_line_cost_nobody_their_place(world: World, works: bool | None, days: int) -> None:
    """Every call over it fails; whoever was tried is called when it works again."""
    people = 6 if days == 1 else 1
    world.people(people)
    world.campaign()
    holder, now, faults = world.holder(), NOON, 0
    while now < NOON + days * DAY:
        for claimed in world.claim(holder, now):
            world.finish(holder, claimed, now, **DOWN, line_works=works)
            faults += 1
        now = max(now + MINUTE, world.one("SELECT min(due) FROM target"))
    assert world.all("SELECT DISTINCT state, attempts FROM target") == [("waiting", 0)], "nobody is lost"
    assert faults > 30 * people, "tried again and again"
    for _ in range(20):
        for claimed in world.claim(holder, now):
            world.finish(holder, claimed, now, answered=True, talk_s=9.0, ended_reason="completed")
        now += MINUTE
    assert world.all("SELECT state, disposition, count(*) FROM target GROUP BY 1, 2") == [("done", "completed", people)]


def test_a_fault_that_comes_back_when_nobody_else_is_called_ends_after_days(world: World) -> None:
    world.people(1)
    world.campaign()
    holder, now = world.holder(), NOON
    while world.one("SELECT state FROM target") == "waiting":
        for claimed in world.claim(holder, now):
            world.finish(holder, claimed, now, **DOWN)
        now = max(now + MINUTE, world.one("SELECT due FROM target"))
    assert world.one("SELECT reason FROM target") == "line_faults"
    assert 3 * DAY <= now - NOON < 4 * DAY
    assert world.one("SELECT count(*) FROM attempt WHERE own_fault") == 4


def test_faults_of_an_outage_do_not_add_up_with_later_ones(world: World) -> None:
    world.people(1)
    world.campaign()
    holder, now = world.holder(), NOON
    for works in (*[False] * 8, True, True):
        (claimed,) = world.claim(holder, now)
        world.finish(holder, claimed, now, **DOWN, line_works=works)
        now = world.target(claimed).due
    (claimed,) = world.claim(holder, now)
    world.finish(holder, claimed, now, **DOWN, line_works=True)
    assert world.target(claimed).state == "waiting", "three when the line worked"
    now = world.target(claimed).due
    (claimed,) = world.claim(holder, now)
    world.finish(holder, claimed, now, **DOWN, line_works=True)
    assert (world.target(claimed).state, world.target(claimed).reason) == ("done", "line_faults")


def test_the_switchs_refusal_gives_the_call_back(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan.none())
    holder = world.holder()
    (claimed,) = world.claim(holder)
    world.finish(holder, claimed, NOON, cause="OKLIK_STALE_EPOCH", sent=False)
    assert world.one("SELECT state FROM call") == "not_sent"
    assert world.target(claimed).state == "waiting"
    assert len(world.claim(holder)) == 1


def test_the_next_number_is_tried_and_a_strangers_number_never_again(world: World) -> None:
    world.people(1, phones=2)
    world.campaign()
    holder = world.holder()
    (first,) = world.claim(holder)
    fact = flow.RightParty(node="who", result="wrong_number")
    record.record(world.conn, holder, steps=[StepRecord(first.uuid, 0, NOON, fact)])
    world.finish(
        holder, first, NOON, answered=True, talk_s=9.0, right_party="wrong_number", ended_reason="wrong_person"
    )
    assert world.target(first).due == NOON, "nobody who matters was disturbed"
    now = NOON + 10 * MINUTE
    (second,) = world.claim(holder, now)
    assert (first.number, second.number) == ("+79160000001", "+79260000001")
    world.finish(holder, second, now, cause="NO_ANSWER")
    now = world.target(second).due
    (third,) = world.claim(holder, now)
    assert third.number == second.number


def test_a_number_twice_invalid_ends_it(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON, cause="UNALLOCATED_NUMBER", sip_status=404)
    (second,) = world.claim(holder, NOON + 2 * HOUR)
    world.finish(holder, second, NOON + 2 * HOUR, cause="UNALLOCATED_NUMBER", sip_status=404)
    target = world.target(second)
    assert (target.state, target.disposition, target.reason) == ("done", "invalid_number", "number_dead")


def test_a_stopped_campaign_calls_nobody_again(world: World) -> None:
    world.people(2)
    campaign = world.campaign()
    holder = world.holder()
    first, second = world.claim(holder)
    world.one("UPDATE campaign SET state = 'stopped' WHERE id = :c RETURNING 1", c=campaign)
    world.finish(holder, first, NOON, cause="NO_ANSWER")
    world.finish(holder, second, NOON, answered=True, ended_reason="completed")
    assert [world.target(c).reason for c in (first, second)] == ["stopped", "reached"]


def test_a_dialer_that_lost_the_node_writes_nothing(world: World) -> None:
    world.people(1)
    world.campaign()
    old = world.holder()
    (claimed,) = world.claim(old)
    new = world.holder()
    call = Finished(claimed.uuid, NOON, CallSummary(answered=True))
    for write in (
        lambda: finish(world.conn, old, [call], NOON),
        lambda: record.record(world.conn, old, states={claimed.uuid: {CallState.SENT: NOON}}),
        lambda: reconcile.settle(world.conn, old, gone=[claimed.uuid], now=NOON),
        lambda: agent_leg.intend(
            world.conn, old, [agent_leg.AgentLeg(uuid4(), claimed.uuid, "sales", "user/1", "", NOON)]
        ),
        lambda: agent_leg.ended(world.conn, old, []),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert world.one("SELECT open FROM attempt")
    assert world.one("SELECT state FROM call") == "intent"
    assert finish(world.conn, new, [call], NOON) == {claimed.uuid: Disposition.HUNG_UP}


def test_states_only_move_forward(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)

    def put(**times: dt.datetime) -> Any:
        states = {CallState(name): at for name, at in times.items()}
        record.record(world.conn, holder, states={claimed.uuid: states})
        return world.all("SELECT * FROM call")[0]

    second = dt.timedelta(seconds=1)
    assert put(sent=NOON, ringing=NOON + second).state == "ringing"
    leg = put(answered=NOON + 2 * second, sent=NOON + HOUR)
    assert (leg.state, leg.sent_at, leg.answered_at) == ("answered", NOON, NOON + 2 * second)
    assert put(ringing=NOON + HOUR).state == "answered"
    world.finish(holder, claimed, NOON + MINUTE, answered=True, talk_s=3.0)
    leg = put(answered=NOON + HOUR, ended=NOON + HOUR)
    assert (leg.state, leg.answered_at, leg.ended_at) == ("final", NOON + 2 * second, NOON + MINUTE)


def steps_of(uuid: Any, facts: list[flow.Fact]) -> list[StepRecord]:
    return [StepRecord(uuid, seq, NOON + dt.timedelta(seconds=seq), fact) for seq, fact in enumerate(facts)]


def test_steps_are_kept_once_and_the_last_answer_stands(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    steps = steps_of(claimed.uuid, SURVEY)
    record.record(world.conn, holder, steps=steps[:6])
    record.record(world.conn, holder, steps=steps[4:])
    record.record(world.conn, holder, steps=steps[:6])
    kept = world.all("SELECT seq, fact FROM step ORDER BY seq")
    assert [fact_from_json(row.fact) for row in kept] == SURVEY
    answers = world.all("SELECT question, value, label FROM answer ORDER BY question")
    assert [tuple(row) for row in answers] == [("choice", "1", "Заплачу"), ("who", "1", "Да")]
    world.finish(holder, claimed, NOON + MINUTE, answered=True)


def test_what_the_scenario_notes_is_kept_like_an_answer_and_a_mark_as_a_step(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    facts: list[flow.Fact] = [
        flow.Noted(node="lot", question="variant", value="a", label="Первый"),
        flow.LanguageSet(node="speak", language="en"),
        flow.Marked(node="m", outcome="declined", tags=("VIP",)),
        flow.Ended(node="m", reason="declined"),
    ]
    record.record(world.conn, holder, steps=steps_of(claimed.uuid, facts))
    kept = world.all("SELECT fact FROM step ORDER BY seq")
    assert [fact_from_json(row.fact) for row in kept] == facts
    answers = world.all("SELECT question, value, label FROM answer")
    assert [tuple(row) for row in answers] == [("variant", "a", "Первый")]
    summary = summarise(facts, answered=True, talk_s=9.0)
    assert (summary.answers, summary.ended_reason) == (0, "declined")
    assert judge_call(summary).disposition is Disposition.DECLINED


def test_facts_are_summed_up() -> None:
    summary = summarise(SURVEY, answered=True, heard_percent=40)
    assert (summary.answers, summary.right_party, summary.message_heard, summary.heard_percent) == (
        1,
        "confirmed",
        True,
        100,
    )
    waiting = [*SURVEY, flow.Entered(node="t", kind="transfer")]
    assert summarise(waiting).transfer == "waiting"
    assert summarise([*waiting, flow.Transferred(node="t", outcome="talked")]).transfer == "talked"
    over = [flow.OptedOut(node="o"), flow.Ended(node="o", reason="opted_out")]
    assert (summarise(over).opted_out, summarise(over).ended_reason) == (True, "opted_out")
    assert summarise([flow.CallLater(node="l", after_s=600)]).call_later_s == 600
    assert summarise(SURVEY[:3]).answers == 0, "who am I talking to is no answer of the survey"


def test_after_a_crash_the_evidence_decides(world: World) -> None:
    world.people(5)
    world.campaign()
    old = world.holder()
    unsent, rang, surveyed, done, live = claims = world.claim(old)
    states = {c.uuid: {CallState.SENT: NOON} for c in (rang, surveyed, done, live)}
    for claimed in (surveyed, done):
        states[claimed.uuid][CallState.ANSWERED] = NOON + dt.timedelta(seconds=5)
    ended: list[flow.Fact] = [*SURVEY, flow.Ended(node="bye", reason="completed")]
    record.record(world.conn, old, states=states, steps=steps_of(surveyed.uuid, SURVEY) + steps_of(done.uuid, ended))
    put_group(world.conn, 1, "sales", ["user/1"])
    leg = agent_leg.AgentLeg(uuid4(), surveyed.uuid, "sales", "user/1", "", NOON)
    agent_leg.intend(world.conn, old, [leg])

    new = world.holder()
    legs = reconcile.open_legs(world.conn, "fs1")
    assert {(o.uuid, o.kind) for o in legs} == {(c.uuid, "person") for c in claims} | {(leg.uuid, "agent")}
    assert {o.core_uuid for o in legs} == {"core"}
    assert reconcile.open_legs(world.conn, "fs2") == []
    assert reconcile.open_legs(world.conn, "fs1", before=NOON) == []
    later = NOON + MINUTE
    gone = [rang.uuid, surveyed.uuid, done.uuid, leg.uuid]
    closed = reconcile.settle(world.conn, new, never_dialed=[unsent.uuid], gone=gone, now=later)
    assert closed == {
        unsent.uuid: Disposition.NOT_SENT,
        rang.uuid: Disposition.UNKNOWN,
        surveyed.uuid: Disposition.DELIVERED,
        done.uuid: Disposition.COMPLETED,
    }
    assert [o.uuid for o in reconcile.open_legs(world.conn, "fs1")] == [live.uuid]
    assert (world.target(unsent).state, world.target(unsent).due) == ("waiting", later)
    unknown = world.target(rang)
    assert (unknown.state, unknown.attempts) == ("waiting", 1)
    assert unknown.due >= later + DAY - HOUR, "counted as a call"
    assert world.one("SELECT talk FROM attempt WHERE uuid = :u", u=rang.uuid)
    assert world.target(surveyed).state == world.target(done).state == "done"
    before = world.all("SELECT * FROM target ORDER BY id")
    reconcile.settle(world.conn, new, never_dialed=[unsent.uuid], gone=gone, now=later + HOUR)
    assert world.all("SELECT * FROM target ORDER BY id") == before
    world.finish(new, live, later, cause="NO_ANSWER")


def test_a_step_that_cannot_be_read_is_left_out_and_the_others_tell(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A newer version has written it, before its dialer died and one of ours came in its place."""
    world.people(2)
    world.campaign()
    holder = world.holder()
    surveyed, picked_up = world.claim(holder)
    record.record(world.conn, holder, steps=steps_of(surveyed.uuid, SURVEY))
    for claimed in (surveyed, picked_up):
        world.conn.execute(
            text("""INSERT INTO step (attempt_uuid, seq, at, node, fact)
                    VALUES (:u, 99, :at, 'x', '{"type": "of a newer version", "node": "x"}')"""),
            {"u": claimed.uuid, "at": NOON + MINUTE},
        )
    closed = reconcile.settle(world.conn, holder, gone=[surveyed.uuid, picked_up.uuid], now=NOON + HOUR)
    assert closed == {surveyed.uuid: Disposition.DELIVERED, picked_up.uuid: Disposition.UNKNOWN}
    legs = world.all("SELECT answered_at IS NOT NULL AS answered, ended_at FROM call")
    assert {tuple(leg) for leg in legs} == {(True, NOON + MINUTE)}, "whoever is asked something has answered"
    assert f"a fact of attempt {picked_up.uuid} cannot be read" in caplog.text


def test_an_opt_out_holds_for_every_number_and_campaign(world: World) -> None:
    world.people(2, phones=2)
    world.campaign(purpose="debt")
    world.campaign(purpose="survey")
    holder = world.holder()
    (claimed,) = world.claim(holder, limit=1)
    for _ in range(2):
        opt_out(world.conn, claimed.uuid, claimed.number, NOON)
    numbers = world.all("SELECT number, source, call_uuid FROM suppression ORDER BY number")
    assert [row.number for row in numbers] == [claimed.number, claimed.number.replace("+7916", "+7926")]
    assert {row.call_uuid for row in numbers} == {claimed.uuid}
    others = world.all(
        "SELECT * FROM target WHERE person_id = :p AND id <> :t", p=claimed.person_id, t=claimed.target_id
    )
    assert {(t.state, t.reason) for t in others} == {("done", "stop_list")}
    world.finish(holder, claimed, NOON, answered=True, opted_out=True)
    assert (world.target(claimed).state, world.target(claimed).disposition) == ("done", "opted_out")
    assert claimed.person_id not in {c.person_id for c in world.claim(holder)}


def test_legs_of_agents_are_rows_too(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    put_group(world.conn, 1, "sales", ["user/1", "user/2"])
    assert agent_leg.group(world.conn, campaign, "sales").endpoints == ("user/1", "user/2")
    assert agent_leg.group(world.conn, campaign, "nobody").endpoints == ()
    leg = agent_leg.AgentLeg(uuid4(), claimed.uuid, "sales", "user/1", "100", NOON)
    assert agent_leg.intend(world.conn, holder, [leg]) == {leg.uuid: None}
    assert agent_leg.intend(world.conn, holder, [leg]) == {leg.uuid: None}, "the same batch once more"
    end = agent_leg.AgentLegEnd(leg.uuid, NOON + MINUTE, "USER_BUSY", 17, 486, "person", 3.0)
    agent_leg.ended(world.conn, holder, [end])
    agent_leg.ended(world.conn, holder, [agent_leg.AgentLegEnd(leg.uuid, NOON + HOUR, "NORMAL_CLEARING")])
    row = world.all("SELECT * FROM call WHERE kind = 'agent'")[0]
    assert (row.state, row.cause, row.q850, row.sip_status, row.number) == ("final", "USER_BUSY", 17, 486, "user/1")
    world.finish(holder, claimed, NOON + MINUTE, answered=True)


def test_a_leg_to_a_number_goes_through_the_campaign_s_own_trunk_or_not_at_all(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    number = "+74951234567"
    group = agent_leg.phone(world.conn, campaign, number)
    (endpoint,) = group.endpoints
    assert (endpoint.endswith(number), group.number) == (True, number)
    trunk = world.one("SELECT trunk_id FROM campaign")
    legs = {
        what: agent_leg.AgentLeg(uuid4(), claimed.uuid, "", where, "100", NOON, phone)
        for what, where, phone in (
            ("right", endpoint, number),
            ("elsewhere", f"sofia/gateway/other/{number}", number),
            ("premium", agent_leg.phone(world.conn, campaign, "+78091234567").endpoints[0], "+78091234567"),
            ("unwanted", agent_leg.phone(world.conn, campaign, "+74951234568").endpoints[0], "+74951234568"),
        )
    }
    put = "INSERT INTO suppression (number, source, added_at) VALUES (:n, 'test', :now) RETURNING 1"
    world.one(put, n="+74951234568", now=NOON)
    allowed = agent_leg.intend(world.conn, holder, list(legs.values()))
    assert {uuid: lines and lines.id for uuid, lines in allowed.items()} == {legs["right"].uuid: trunk}
    rules = {row.call_uuid: (row.allowed, row.rule) for row in world.all("SELECT * FROM verdict")}
    assert {what: rules[leg.uuid] for what, leg in legs.items()} == {
        "right": (True, "allowed"),
        "elsewhere": (False, "not_an_agent"),
        "premium": (False, "destination_premium"),
        "unwanted": (False, "stop_list"),
    }
    assert world.one("SELECT args ->> 'number' FROM verdict WHERE rule = 'destination_premium'") == "+78091234567"
    assert [row.number for row in world.all("SELECT number FROM call WHERE kind = 'agent'")] == [endpoint]


def test_who_was_answering_when_we_crashed_keeps_the_answers_and_is_called_again(world: World) -> None:
    world.people(1)
    world.campaign()
    old = world.holder()
    (claimed,) = world.claim(old)
    states = {claimed.uuid: {CallState.SENT: NOON, CallState.ANSWERED: NOON}}
    record.record(world.conn, old, states=states, steps=steps_of(claimed.uuid, SURVEY[4:]))
    new = world.holder()
    reconcile.settle(world.conn, new, gone=[claimed.uuid], now=NOON + MINUTE)
    cut = world.target(claimed)
    assert (cut.state, cut.disposition, cut.attempts) == ("waiting", "partial", 1)
    assert world.one("SELECT talk AND consumed FROM attempt"), "it counts as a call"
    (again,) = world.claim(new, cut.due)
    assert cut.due >= NOON + DAY - HOUR
    world.finish(new, again, cut.due, answered=True, answers=1, cause="LOST", talk_s=20.0)
    assert (world.target(again).state, world.target(again).reason) == ("done", "no_more_of"), "once, not for ever"


def test_no_agent_is_rung_without_the_gate_s_word(world: World) -> None:
    """For whom, and who: the person's call must be up, the phone one of the group's at this moment."""
    world.people(2)
    world.campaign()
    holder = world.holder()
    live, over = world.claim(holder)
    put_group(world.conn, 1, "sales", ["user/1"])
    world.finish(holder, over, NOON + MINUTE, answered=True)

    def leg(of: Any, group: str, endpoint: str) -> agent_leg.AgentLeg:
        return agent_leg.AgentLeg(uuid4(), of.uuid, group, endpoint, "", NOON + MINUTE)

    yes, stranger, other_group, late = legs = [
        leg(live, "sales", "user/1"),
        leg(live, "sales", "user/2"),
        leg(live, "support", "user/1"),
        leg(over, "sales", "user/1"),
    ]
    nobody = agent_leg.AgentLeg(uuid4(), uuid4(), "sales", "user/1", "", NOON)
    assert agent_leg.intend(world.conn, holder, [*legs, nobody]) == {yes.uuid: None}
    word = {row.call_uuid: (row.rule, row.allowed) for row in world.all("SELECT * FROM verdict")}
    assert [word[one.uuid] for one in legs] == [
        ("allowed", True),
        ("not_an_agent", False),
        ("not_an_agent", False),
        ("call_over", False),
    ]
    for one in (stranger, other_group, late):
        assert sentence(word[one.uuid][0], None, "ru") != word[one.uuid][0], "a rule has a sentence"
    assert [row.uuid for row in world.all("SELECT uuid FROM call WHERE kind = 'agent'")] == [yes.uuid]
    world.finish(holder, live, NOON + MINUTE, answered=True)


def test_an_agent_s_mobile_takes_a_line_of_its_trunk(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    own, gateway, other = "user/1", "sofia/gateway/mobile/+79001112233", "sofia/gateway/mobile/8+79001112233"
    put_group(world.conn, 1, "sales", [own, gateway, other])
    put_trunk(world.conn, TrunkSpec(name="mobile", dial_string="sofia/gateway/mobile/{number}", channels=3, cps=2))
    eight = put_trunk(
        world.conn, TrunkSpec(name="eight", dial_string="sofia/gateway/mobile/8{number}", channels=4, cps=5)
    )
    legs = [agent_leg.AgentLeg(uuid4(), claimed.uuid, "sales", leg, "", NOON) for leg in (own, gateway, other)]
    trunks = agent_leg.intend(world.conn, holder, legs)
    found = [trunks[leg.uuid] for leg in legs]
    assert [trunk and (trunk.channels, trunk.cps) for trunk in found] == [None, (3, 2.0), (4, 5.0)]
    assert found[2] is not None
    assert found[2].id == eight
    world.finish(holder, claimed, NOON + MINUTE, answered=True)


def test_of_trunks_with_one_dial_string_the_person_s_counts(world: World) -> None:
    """Every run leaves a trunk of its own: an agent's leg must not be held to the limits of an earlier one's."""
    world.people(1)
    world.campaign()
    (claimed,) = world.claim(holder := world.holder())
    own = world.one("SELECT trunk_id FROM campaign")
    dial = world.one("SELECT dial_string FROM trunk WHERE id = :id", id=own)
    for name in ("earlier", "later"):
        put_trunk(world.conn, TrunkSpec(name=name, dial_string=dial, channels=1, cps=0.1))
    mobile = dial.replace("{number}", "+79001112233")
    other = "sofia/gateway/other/+79005556677"
    put_group(world.conn, 1, "sales", [mobile, other])
    used = world.campaign()
    for name in ("idle", "used", "newer"):
        made = put_trunk(
            world.conn, TrunkSpec(name=name, dial_string="sofia/gateway/other/{number}", channels=7, cps=1)
        )
        if name == "used":
            world.one("UPDATE campaign SET trunk_id = :t WHERE id = :c RETURNING 1", t=made, c=used)
            in_use = made
    legs = [agent_leg.AgentLeg(uuid4(), claimed.uuid, "sales", leg, "", NOON) for leg in (mobile, other)]
    trunks = agent_leg.intend(world.conn, holder, legs)
    assert [trunk and trunk.id for trunk in (trunks[leg.uuid] for leg in legs)] == [own, in_use]
    world.finish(holder, claimed, NOON + MINUTE, answered=True)


def test_the_first_word_on_a_leg_stands(world: World) -> None:
    """A batch that was committed without our knowing comes again, and the group has changed meanwhile."""
    world.people(1)
    world.campaign()
    (claimed,) = world.claim(holder := world.holder())
    denied = agent_leg.AgentLeg(uuid4(), claimed.uuid, "sales", "user/1", "", NOON)
    assert agent_leg.intend(world.conn, holder, [denied]) == {}
    put_group(world.conn, 1, "sales", ["user/1"])
    assert agent_leg.intend(world.conn, holder, [denied]) == {}
    world.finish(holder, claimed, NOON + MINUTE, answered=True)


def test_the_outcome_of_a_contact_is_its_best_attempt_the_retry_goes_by_each(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, answered=True, transfer="no_agent", ended_reason="no_agent", talk_s=59)
    now = world.target(first).due
    (second,) = world.claim(holder, now)
    assert world.finish(holder, second, now, cause="USER_BUSY", sip_status=486) == {second.uuid: Disposition.BUSY}
    target = world.target(second)
    assert (target.disposition, target.state) == ("no_agent", "waiting")
    assert target.due - now <= HOUR, "busy: it is tried again soon, not in a day as after a second no_agent"
    told = progress(world.conn, 1, now=now)
    assert (told.waiting, told.dispositions) == (1, {})
    (third,) = world.claim(holder, target.due)
    world.finish(holder, third, target.due, answered=True, ended_reason="completed", talk_s=20)
    assert world.target(third).disposition == "completed"
    assert progress(world.conn, 1, now=now).dispositions == {"completed": 1}


def test_who_asked_for_a_later_call_waits_for_it(world: World) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    world.finish(holder, claimed, NOON, answered=True, ended_reason="completed", call_later_s=5400)
    target = world.target(claimed)
    assert (target.state, target.disposition, target.due) == ("waiting", "call_later", NOON + dt.timedelta(minutes=90))


def test_who_declined_is_not_called_again_even_in_a_stopped_campaign(world: World) -> None:
    world.people(1)
    campaign = world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    world.one("UPDATE campaign SET state = 'stopped' WHERE id = :c RETURNING 1", c=campaign)
    world.finish(holder, claimed, NOON, answered=True, ended_reason="declined", answers=1)
    target = world.target(claimed)
    assert (target.state, target.disposition, target.reason) == ("done", "declined", "reached")


@pytest.mark.parametrize(
    ("how", "again"),
    [
        ({}, False),
        ({"cancelled": True, "hangup_by": "us"}, True),
        ({"fault": "the switch refused Playback"}, True),
        ({"cause": "LOST"}, True),
    ],
    ids=["the person left", "we had to leave", "our failure", "nobody saw it"],
)
def test_who_was_cut_off_by_us_in_mid_survey_is_called_again(world: World, how: dict[str, Any], again: bool) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    told = world.finish(holder, claimed, NOON + MINUTE, answered=True, answers=1, talk_s=20.0, **how)
    assert told == {claimed.uuid: Disposition.PARTIAL}
    assert world.target(claimed).state == ("waiting" if again else "done")
    if again:
        later = NOON + 2 * DAY + HOUR
        (second,) = world.claim(holder, later)
        world.finish(holder, second, later, cause="NO_ANSWER")
        assert world.target(claimed).state == "waiting", "the first call does not stand against it later either"
