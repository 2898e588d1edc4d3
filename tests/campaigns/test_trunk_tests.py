"""Test calls of trunks as rows: one at a time, the gate's word, limits, what is told of them."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, text

from oklik.campaigns import gateways, lease, trunk_tests, trunks
from oklik.campaigns.budget import Spending
from oklik.campaigns.gateways import Filled, Seen
from oklik.campaigns.lease import Holder
from oklik.campaigns.tester_phones import NamedPhone, add_phone, confirm_phone
from oklik.campaigns.trunk_tests import Claimed, Ended, Press, TrialRefused
from oklik.campaigns.trunks import Change
from oklik.dialing.gateways import Dtmf, Login, best_dtmf
from support.postgres import *  # noqa: F403

pytestmark = pytest.mark.integration

NOW = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)
PHONE = "+79039990001"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        change = Change(dial_string="sofia/gateway/a/{number}", channels=2, cps=1.0, caller_ids=("+74950000001",))
        trunks.add_trunk(conn, "А", change, NOW)
        add_phone(conn, NamedPhone(PHONE, "Анна", "admin", NOW, "admin", NOW))
        yield conn


@pytest.fixture
def holder(conn: Connection) -> Holder:
    return lease.take(conn, "n1", owner="test", core_uuid="core")


def order(conn: Connection, number: str = PHONE, *, trunk: str = "А", now: dt.datetime = NOW) -> int:
    found = trunk_tests.order(conn, trunk, number, "ru", {"name": "x"}, "user:1", now)
    assert trunk_tests.unspoken(conn, found) == ("ru", {"name": "x"})
    trunk_tests.spoken(conn, found, now)
    return found


def claim(conn: Connection, holder: Holder, now: dt.datetime = NOW, **more: object) -> list[Claimed]:
    return trunk_tests.claim(conn, holder, now, now, virtual=True, **more)  # type: ignore[arg-type]


def seen(conn: Connection, number: int, now: dt.datetime = NOW) -> trunk_tests.Seen:
    found = trunk_tests.look(conn, number, now)
    assert found is not None
    return found


def test_a_test_from_its_order_to_its_end(conn: Connection, holder: Holder) -> None:
    number = order(conn)
    assert trunk_tests.waiting(conn)
    (one,) = claim(conn, holder)
    assert (one.endpoint, one.caller_id) == (f"sofia/gateway/a/{PHONE}", "+74950000001")
    row = conn.execute(text("SELECT kind, state, number FROM call WHERE uuid = :u"), {"u": one.uuid}).one()
    assert tuple(row) == ("test", "intent", PHONE)
    word = conn.execute(text("SELECT allowed, rule FROM verdict WHERE call_uuid = :u"), {"u": one.uuid}).one()
    assert tuple(word) == (True, "allowed"), "no leg without the gate's word"
    assert claim(conn, holder) == []
    trunk_tests.progress(conn, number, "ringing", NOW)
    trunk_tests.progress(conn, number, "answered", NOW + MINUTE)
    trunk_tests.progress(conn, number, "ringing", NOW)
    assert seen(conn, number).state == "answered", "never backwards"
    presses = [Press("5", ("inband", "rfc2833"), 1.5), Press("#", ("inband",), 4.0)]
    trunk_tests.heard(conn, number, presses)
    ended = Ended(cause="NORMAL_CLEARING", q850=16, hangup_by="us", talk_s=5.0)
    trunk_tests.end(conn, holder, one, ended, NOW, NOW + MINUTE)
    found = seen(conn, number)
    assert (found.state, found.over, found.cause, found.node) == ("done", True, "NORMAL_CLEARING", "n1")
    assert found.keys == tuple(presses)
    assert (found.ways, found.works) == (("inband", "rfc2833"), Dtmf.RFC2833)
    state = conn.execute(text("SELECT state, talk_s FROM call WHERE uuid = :u"), {"u": one.uuid}).one()
    assert tuple(state) == ("final", 5.0)
    assert [one.id for one in trunk_tests.recent(conn, found.trunk_id, NOW)] == [number]


def test_one_at_a_time_on_a_trunk(conn: Connection, holder: Holder) -> None:
    order(conn)
    with pytest.raises(TrialRefused) as told:
        order(conn)
    assert told.value.busy
    later = NOW + trunk_tests.WITHIN + MINUTE
    assert order(conn, now=later), "what nobody has served is over"
    (one,) = claim(conn, holder, later)
    with pytest.raises(TrialRefused):
        order(conn, now=later + trunk_tests.WITHIN + MINUTE)
    dead = later + 3 * trunk_tests.WITHIN + dt.timedelta(seconds=trunk_tests.LONGEST_S)
    assert seen(conn, one.id, dead).cause == "LOST", "whoever served it has died"
    assert order(conn, now=dead)


@pytest.mark.parametrize(
    ("number", "rule"),
    [("+79161111111", "not_a_tester"), ("112", "emergency"), ("+12425550100", "destination"), ("+74950000009", "")],
)
def test_the_gate_is_asked(conn: Connection, holder: Holder, number: str, rule: str) -> None:
    if not rule:  # on the stop list, though a tester's
        add_phone(conn, NamedPhone(number, "x", "x", NOW, "x", NOW))
        conn.execute(
            text("INSERT INTO suppression (number, source, added_at) VALUES (:n, 'test', :now)"),
            {"n": number, "now": NOW},
        )
    found = order(conn, number)
    assert claim(conn, holder) == []
    told = seen(conn, found)
    assert told.state == "denied"
    assert told.rule is not None
    assert told.sentence("ru")
    if not rule:
        assert told.rule == "stop_list"


def test_a_phone_that_nobody_has_confirmed_does_not_ring(conn: Connection, holder: Holder) -> None:
    add_phone(conn, NamedPhone("+79039990002", "Пётр", "user:2", NOW))
    found = order(conn, "+79039990002")
    assert claim(conn, holder) == []
    assert seen(conn, found).rule == "not_a_tester"
    confirm_phone(conn, "+79039990002", "user:1", NOW)
    order(conn, "+79039990002")
    assert len(claim(conn, holder)) == 1


def test_not_more_than_so_many_an_hour(conn: Connection, holder: Holder) -> None:
    for n in range(11):
        now = NOW + n * MINUTE
        number = order(conn, now=now)
        for one in claim(conn, holder, now):
            trunk_tests.end(conn, holder, one, Ended(cause="NORMAL_CLEARING"), now, now)
    assert seen(conn, number).rule == "tests_hour"


def test_a_trunks_money_is_spent_by_tests_too(conn: Connection, holder: Holder) -> None:
    trunks.set_trunk(conn, "А", Change(minute_price=Decimal(2), money_day=Decimal(9)), NOW)
    spending = Spending(call_minutes=3)
    first = order(conn)
    (one,) = claim(conn, holder, spending=spending)
    trunk_tests.end(conn, holder, one, Ended(cause="NORMAL_CLEARING", talk_s=130.0), NOW, NOW)
    second = order(conn)
    assert claim(conn, holder, spending=spending) == []
    assert (seen(conn, first).state, seen(conn, second).rule) == ("done", "budget_day")


def test_settings_that_have_not_reached_the_switch_are_waited_for(conn: Connection, holder: Holder) -> None:
    kept = gateways.save(conn, "Б", Filled(login=Login.ADDRESS, host="sip.example", channels=1, cps=1.0), NOW, "x")
    found = order(conn, trunk="Б")
    assert claim(conn, holder) == []
    told = Seen(trunk_id=kept.trunk_id, state="NOREG", up=True, sip_status=0, applied=kept.revision)
    gateways.publish(conn, "n1", [told], NOW)
    assert [one.id for one in claim(conn, holder)] == [found]
    assert seen(conn, found).dtmf == "rfc2833"


def test_speech_that_cannot_be_made_is_the_end(conn: Connection, holder: Holder) -> None:
    found = trunk_tests.order(conn, "А", PHONE, "ru", {}, "user:1", NOW)
    trunk_tests.spoken(conn, found, NOW, "no_speech: down")
    assert (seen(conn, found).state, seen(conn, found).fault) == ("failed", "no_speech: down")
    assert claim(conn, holder) == []
    with pytest.raises(TrialRefused):
        trunk_tests.order(conn, "нет", PHONE, "ru", {}, "user:1", NOW)


def test_which_way_is_the_best() -> None:
    assert best_dtmf(["inband", "info"]) is Dtmf.INFO
    assert best_dtmf(["other"]) is None
