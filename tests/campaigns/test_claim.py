import datetime as dt
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import asking, intents
from oklik.campaigns.lease import LeaseLost
from oklik.campaigns.recheck import not_sent, still_allowed
from oklik.dialing.destinations import parse_destinations
from oklik.dialing.retry import RetryPlan
from oklik.dialing.sentences import sentence

pytestmark = pytest.mark.integration


def test_a_claim_commits_intent_with_everything_a_call_needs(world: World) -> None:
    world.people(3)
    campaign = world.campaign()
    holder = world.holder()
    first, second = world.claim(holder, limit=2)
    assert (first.number, first.endpoint) == ("+79160000001", "sofia/gateway/pstn/+79160000001")
    assert first.caller_id in {"74950000001", "74950000002"}
    assert second.caller_id in {"74950000001", "74950000002"}
    assert (first.n, first.campaign_id, first.fields, first.columns) == (
        1,
        campaign,
        {"Имя": "Иван"},
        {"name": "Имя"},
    )
    assert (first.zone, first.local.isoformat()) == ("Europe/Moscow", "2025-03-04T12:00:00+03:00")
    assert first.legal_until == dt.datetime(2025, 3, 4, 18, 0, tzinfo=dt.UTC)  # 21:00 in Moscow
    leg = world.all("SELECT * FROM call WHERE uuid = :u", u=first.uuid)[0]
    assert (leg.state, leg.kind, leg.node, leg.epoch, leg.core_uuid) == ("intent", "person", "fs1", 1, "core")
    assert world.target(first).state == "dialing"
    assert world.one("SELECT count(*) FROM target WHERE state = 'waiting'") == 1


def test_only_running_campaigns_of_this_kind_of_switch(world: World) -> None:
    world.people(1)
    world.campaign(state="paused")
    world.campaign(virtual=True)
    holder = world.holder()
    assert world.claim(holder) == []
    assert len(world.claim(holder, virtual=True)) == 1


def test_campaigns_share_the_limit(world: World) -> None:
    world.people(40)
    campaigns = [world.campaign() for _ in range(4)]
    claimed = world.claim(world.holder(), limit=12)
    # They stand in the same order in each list, so persons busy in one campaign are skipped in the next.
    assert {c.campaign_id for c in claimed} == set(campaigns)
    assert len({c.person_id for c in claimed}) == 12


def test_what_one_campaign_cannot_use_goes_to_the_others(world: World) -> None:
    world.people(10)
    world.campaign(due=NOON + DAY)
    full = world.campaign()
    assert [c.campaign_id for c in world.claim(world.holder(), limit=10)] == [full] * 10


def test_outside_hours_the_target_moves_to_the_opening_and_the_verdict_says_why(world: World) -> None:
    world.people(700)
    world.campaign(window=("13:00", "18:00"))
    holder = world.holder()
    assert world.claim(holder, limit=5) == []
    opening = dt.datetime(2025, 3, 4, 10, 0, tzinfo=dt.UTC)
    assert {row.due for row in world.all("SELECT due FROM target")} == {opening}, "all of them at once"
    assert {(r.rule, r.next_at) for r in world.all("SELECT * FROM verdict")} == {("window", opening)}
    assert world.claim(holder, NOON + MINUTE) == []
    assert world.one("SELECT count(*) FROM verdict") == 700, "the same denial is not written again and again"
    assert len(world.claim(holder, opening, limit=5)) == 5


def test_unknown_zone_waits_until_all_of_russia_is_awake(world: World) -> None:
    world.people(1, zone=None)
    world.campaign()
    holder = world.holder()
    assert world.claim(holder) == []  # 21:00 on Kamchatka
    again = world.one("SELECT due FROM target")
    assert again == dt.datetime(2025, 3, 5, 7, 0, tzinfo=dt.UTC)  # 9:00 in Kaliningrad
    assert len(world.claim(holder, again)) == 1


def test_stop_list_ends_the_target(world: World) -> None:
    world.people(2, phones=2)
    world.campaign()
    world.all("INSERT INTO suppression (number, source, added_at) VALUES ('+79260000001', 'import', now()) RETURNING 1")
    holder = world.holder()
    claimed = world.claim(holder)
    assert [c.number for c in claimed] == ["+79160000002"], "any number of the person is enough"
    rows = world.all("SELECT state, reason FROM target WHERE state = 'done'")
    assert [tuple(row) for row in rows] == [("done", "stop_list")]


def test_a_number_that_can_never_be_called_gives_way_to_the_next(world: World) -> None:
    world.people(2)
    world.all("UPDATE contact SET phones = ARRAY['+0', '+79260000001'] WHERE row_number = 1 RETURNING 1")
    world.all("UPDATE contact SET phones = ARRAY['+0', '+1'] WHERE row_number = 2 RETURNING 1")
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    assert claimed.number == "+79260000001"
    (row,) = world.all("SELECT state, reason, reason_args FROM target WHERE state = 'done'")
    assert tuple(row) == ("done", "bad_number", {"number": "+0"})


def test_a_person_on_another_call_waits(world: World) -> None:
    world.people(1)
    world.campaign()
    second = world.campaign()
    holder = world.holder()
    assert len(world.claim(holder)) == 1
    row = world.all("SELECT * FROM target WHERE campaign_id = :c", c=second)[0]
    assert row.reason == "person_busy"
    assert row.due == NOON + dt.timedelta(seconds=30)


def test_consent_and_human_are_asked_for(world: World) -> None:
    world.people(1)
    world.campaign(purpose="advertising")
    holder = world.holder()
    assert world.claim(holder) == []
    assert world.one("SELECT reason FROM target") == "needs_human"


def test_talks_of_all_campaigns_count_for_the_cap(world: World) -> None:
    world.people(1)
    world.campaign(purpose="debt")
    world.campaign(purpose="debt")
    holder = world.holder()
    (first,) = world.claim(holder)
    world.finish(holder, first, NOON + MINUTE, answered=True, talk_s=20.0, ended_reason="completed")
    later = NOON + HOUR
    assert world.claim(holder, later) == []
    row = world.all("SELECT reason, due FROM target WHERE state = 'waiting'")[0]
    assert row.reason == "talks_day"
    assert row.due == dt.datetime(2025, 3, 5, 5, 0, tzinfo=dt.UTC)  # tomorrow at 8:00 in Moscow
    assert len(world.claim(holder, row.due)) == 1


def test_a_lost_lease_claims_nothing(world: World) -> None:
    world.people(1)
    world.campaign()
    old = world.holder()
    world.holder()
    with pytest.raises(LeaseLost, match="epoch 1 is over"):
        world.claim(old)


def test_not_sent_gives_the_target_back_at_once(world: World) -> None:
    world.people(1)
    world.campaign(retry=RetryPlan(max_attempts=1))
    holder = world.holder()
    (first,) = world.claim(holder)
    assert not_sent(world.conn, holder, [first.uuid], NOON) == 1
    assert not_sent(world.conn, holder, [first.uuid], NOON) == 0
    (second,) = world.claim(holder)
    assert (second.target_id, second.n) == (first.target_id, 2)
    assert second.uuid != first.uuid


def test_the_clock_is_read_again_before_sending(world: World) -> None:
    world.people(1)
    world.campaign()
    (claimed,) = world.claim(world.holder())
    assert still_allowed(claimed, NOON)
    assert not still_allowed(claimed, claimed.legal_until)
    assert not still_allowed(claimed, NOON, paused={claimed.campaign_id})
    assert not still_allowed(claimed, NOON, opted_out={claimed.number})


def test_a_window_reaches_mobiles_by_the_campaigns_clock(world: World) -> None:
    world.people(3, zone=None)
    world.campaign(purpose="debt", window=("10:00", "19:00"))
    holder = world.holder()
    ten = dt.datetime(2025, 3, 4, 7, 0, tzinfo=dt.UTC)  # in Moscow
    assert world.claim(holder, ten - MINUTE) == []
    claimed = world.claim(holder, ten)
    assert len(claimed) == 3
    assert {c.legal_until for c in claimed} == {ten + 3 * HOUR}, "22:00 on Kamchatka"
    world.finish(holder, claimed[0], ten + 2 * HOUR, cause="NO_ANSWER")
    again = world.target(claimed[0]).due
    assert ten + 2 * HOUR < again < ten + 3 * HOUR, "the retry is planned by the same hours"


def test_a_base_in_one_region_is_called_by_its_clock(world: World) -> None:
    world.people(1, zone=None)
    world.campaign(window=("10:00", "19:00"), base_zone="Asia/Kamchatka")
    holder = world.holder()
    ten = dt.datetime(2025, 3, 3, 22, 0, tzinfo=dt.UTC)  # on Kamchatka
    assert world.claim(holder, ten - MINUTE) == []
    (claimed,) = world.claim(holder, ten)
    assert (claimed.zone, claimed.legal_until) == ("Asia/Kamchatka", ten + 9 * HOUR)
    assert claimed.local.date() == dt.date(2025, 3, 4)


def test_who_is_one_person_has_one_name_for_lots(world: World) -> None:
    world.people(2)
    world.campaign()
    world.conn.execute(text("UPDATE person SET same_as = 1 WHERE id = 2"))
    world.conn.execute(text("UPDATE target SET due = due + interval '9 days' WHERE contact_id = 1"))
    (second,) = world.claim(world.holder())
    assert (second.number, second.person_key) == ("+79160000002", "+79160000001")


def test_numbers_abroad_and_dear_ones_are_never_claimed_until_they_are_opened(world: World) -> None:
    world.people(3)
    dear, abroad = "+8816123456789", "+77011234567"
    for number, contact in ((dear, 1), (abroad, 2)):
        world.conn.execute(text("UPDATE contact SET phones = ARRAY[:n] WHERE id = :c"), {"n": number, "c": contact})
    campaign = world.campaign()
    holder = world.holder()
    opened = parse_destinations("RU, KZ")
    assert {one.number for one in world.claim(holder, destinations=opened)} == {abroad, "+79160000003"}
    denied = world.all("SELECT state, reason FROM target WHERE campaign_id = :c AND contact_id = 1", c=campaign)
    assert [(row.state, row.reason) for row in denied] == [("done", "destination_satellite")]
    world.conn.execute(text("UPDATE attempt SET open = false, disposition = 'not_sent', consumed = false"))
    world.conn.execute(text("UPDATE call SET state = 'not_sent'"))
    world.conn.execute(text("UPDATE target SET state = 'waiting' WHERE state = 'dialing'"))
    assert {one.number for one in world.claim(holder)} == {"+79160000003"}
    told = world.all("SELECT reason, reason_args FROM target WHERE contact_id = 2")
    assert [(row.reason, row.reason_args) for row in told] == [
        ("destination_abroad", {"number": abroad, "country": "KZ"})
    ]


def test_a_number_abroad_gives_way_to_the_next_one_of_the_person(world: World) -> None:
    world.people(1)
    world.conn.execute(text("UPDATE contact SET phones = ARRAY['+77011234567', '+79160000001']"))
    world.campaign()
    (claimed,) = world.claim(world.holder())
    assert claimed.number == "+79160000001"


def test_a_lunch_break_of_the_campaign_is_kept(world: World) -> None:
    world.people(1)
    world.campaign()
    window = {"from": "10:00", "to": "19:00", "breaks": [{"from": "12:00", "to": "13:00"}]}
    put = text('UPDATE campaign SET "window" = CAST(:w AS jsonb)')
    world.conn.execute(put, {"w": json.dumps(window)})
    holder = world.holder()
    assert world.claim(holder) == [], "it is noon in Moscow"
    row = world.all("SELECT due, reason FROM target")[0]
    assert (row.due, row.reason) == (NOON + HOUR, "window")
    (claimed,) = world.claim(holder, NOON + HOUR)
    assert claimed.legal_until == NOON + 7 * HOUR


def stumbling(monkeypatch: pytest.MonkeyPatch, module: object, name: str, number: str) -> None:
    """A function of a module breaks wherever this number is in what it is given."""
    sound = getattr(module, name)

    def stumble(*given: object, **more: object) -> object:
        if number in repr(given):
            raise KeyError(number)
        return sound(*given, **more)

    monkeypatch.setattr(module, name, stumble)


@pytest.mark.parametrize(("module", "name"), [(asking, "judge"), (intents, "endpoint")])
def test_a_contact_that_our_code_stumbles_at_is_denied_and_the_others_are_called(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, module: object, name: str
) -> None:
    world.people(3)
    world.campaign()
    holder = world.holder()
    stumbling(monkeypatch, module, name, "+79160000001")  # who stands first in the queue
    assert {one.number for one in world.claim(holder)} == {"+79160000002", "+79160000003"}
    row = world.all("SELECT * FROM target WHERE reason = 'contact_fault'")[0]
    assert (row.state, row.due, row.attempts) == ("waiting", NOON + HOUR, 0)
    assert f"target {row.id} is not called: KeyError at " in caplog.text
    assert "9160000001" not in caplog.text
    for language in ("ru", "en"):
        assert sentence(row.reason, row.reason_args, language)

    world.claim(holder, NOON + HOUR)
    world.claim(holder, NOON + 2 * HOUR)
    assert world.all("SELECT state, reason FROM target WHERE id = :id", id=row.id)[0] == ("done", "contact_fault")
    world.invariants()


def test_the_fault_of_a_contact_may_pass(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    with monkeypatch.context() as patch:
        stumbling(patch, asking, "judge", "+79160000001")
        assert world.claim(holder) == []
    assert world.claim(holder, NOON + HOUR - MINUTE) == []
    assert [one.number for one in world.claim(holder, NOON + HOUR)] == ["+79160000001"]


def test_a_database_that_breaks_off_in_the_gate_is_no_fault_of_a_contact(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.people(1)
    world.campaign()

    def broken(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(asking, "judge", broken)
    with pytest.raises(OperationalError):
        world.claim(world.holder())
