"""The ledger sums to the list, whatever has happened, and says why nothing is dialed."""

import datetime as dt
import random
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from campaigns.world import DAY, HOUR, MINUTE, NOON, World
from oklik.campaigns import commands
from oklik.campaigns.commands import CommandKind
from oklik.campaigns.intents import Claimed
from oklik.campaigns.line_health import Health, forget, publish
from oklik.campaigns.opt_out import opt_out
from oklik.campaigns.pulse import Pulse, PulseState, beat
from oklik.campaigns.recheck import not_sent
from oklik.campaigns.record import record
from oklik.dialing import sentences
from oklik.dialing.rejections import Rejection
from oklik.dialing.retry import RetryPlan
from oklik.dialing.vocabulary import CallState
from oklik.reports.dialers import campaign_time
from oklik.reports.general_words import MANY
from oklik.reports.why import Entry, Ledger, why
from oklik.reports.why_words import SECTIONS, Section, advice, entry_words, title
from oklik.reports.words import KNOWN_REASONS

pytestmark = pytest.mark.integration

SECONDS = dt.timedelta(seconds=3)
WALL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def world(connection: Connection) -> World:
    made = World(connection)
    made.base()
    return made


def look(world: World, campaign: int = 1, now: dt.datetime = NOON) -> Ledger:
    found = why(world.conn, campaign, WALL, now)
    assert found.total == found.rows, [(one.section, one.code, one.count) for one in found.entries]
    contacts = world.one("SELECT count(*) FROM contact WHERE list_id = 1")
    assert found.rows == contacts + world.one("SELECT count(*) FROM rejected_row WHERE list_id = 1")
    for one in found.entries:
        assert 1 <= len(one.sample) <= 5
        assert len(one.sample) <= one.count
    return found


def only(found: Ledger, section: Section) -> Entry:
    (entry,) = found.of(section)
    return entry


def pulse(world: World, state: PulseState = PulseState.DIALING, *, ago: float = 1.0, **more: Any) -> None:
    trunks = more.pop("trunks", {1: (2, "dialing")})
    virtual = more.pop("virtual", False)
    told = Pulse(at=NOON, speed=more.pop("speed", 1.0), state=state, legs=2, channels=10, cps=5.0, trunks=trunks)
    beat(world.conn, "fs1", told, WALL - dt.timedelta(seconds=ago), virtual=virtual, **more)


def test_those_whose_time_has_come_wait_for_what_is_missing(world: World) -> None:
    world.people(7)
    campaign = world.campaign()
    assert only(look(world), Section.DUE).code == "no_dialer"
    assert "запустить дозвонщик" in look(world).headline("ru")
    assert "oklik up" in look(world).headline("ru", terminal=True)
    pulse(world)
    assert only(look(world), Section.DUE).code == "turn"
    pulse(world, trunks={1: (100, "no_line")})
    assert only(look(world), Section.DUE).code == "no_line"
    pulse(world, trunks={1: (3, "cps")})
    assert only(look(world), Section.DUE).code == "cps"
    pulse(world, trunks={1: (3, "breaker_open")})
    assert only(look(world), Section.DUE).code == "breaker_open"
    pulse(world, PulseState.NO_LINE)
    assert only(look(world), Section.DUE).code == "no_line"
    pulse(world, PulseState.SWITCH_AWAY)
    assert only(look(world), Section.DUE).code == "switch_away"
    pulse(world, ago=60)
    assert only(look(world), Section.DUE).code == "no_dialer", "it was there a minute ago"
    pulse(world, PulseState.GONE)
    assert only(look(world), Section.DUE).code == "no_dialer", "it has left in order"
    pulse(world, virtual=True)
    assert only(look(world), Section.DUE).code == "no_dialer", "a rehearsal's dialer calls nobody real"
    pulse(world, campaign_id=campaign + 1)
    assert only(look(world), Section.DUE).code == "no_dialer", "that one has another campaign"
    pulse(world)
    for state in ("paused", "draft"):
        world.all("UPDATE campaign SET state = :s RETURNING 1", s=state)
        assert only(look(world), Section.DUE).code == f"campaign_{state}"
    commands_of = {"ru": "oklik campaign resume", "en": "the campaign is paused"}
    world.all("UPDATE campaign SET state = 'paused' RETURNING 1")
    assert all(words in look(world).headline(language, terminal=True) for language, words in commands_of.items())
    world.all("UPDATE campaign SET held = 'recordings_closed' RETURNING 1")
    assert only(look(world), Section.DUE).code == "held"
    assert "папку записей" in look(world).headline("ru")
    entry = only(look(world), Section.DUE)
    assert (entry.count, entry.next_at, len(entry.sample)) == (7, None, 5)
    assert entry.sample[0].number.startswith("+7916•")
    assert entry.sample[0].number[-2:] != "••"


def shut(world: World, *trunks: int, node: str = "fs1", next_at: dt.datetime | None = NOON + MINUTE) -> None:
    publish(world.conn, node, [Health(one, "open", next_at, 12, 9) for one in trunks], NOON)


def test_an_open_breaker_has_its_own_entry_with_the_next_try(world: World) -> None:
    world.people(7)
    world.campaign()
    pulse(world)
    world.all("UPDATE target SET due = :d, reason = 'no_line' WHERE id <= 2 RETURNING 1", d=NOON + SECONDS)
    shut(world, 1, node="gone")
    assert {one.code: one.count for one in look(world).of(Section.DUE)} == {"turn": 5, "no_line": 2}
    shut(world, 1)
    entry = only(look(world), Section.DUE)
    assert (entry.code, entry.count, len(entry.sample), entry.next_at) == ("breaker_open", 7, 5, NOON + MINUTE)
    assert entry.args == {"trunk": "t", "faults": 9, "of": 12}
    assert "линия «t» отключена из-за отказов (9 из 12)" in look(world).headline("ru")
    shown = look(world).to_json("en")["entries"][0]
    assert shown["sentence"].startswith("The line “t” is shut off after faults (9 of 12)")
    assert "carrier" in shown["advice"]
    publish(world.conn, "fs1", [Health(1, "half_open", None, 12, 9)], NOON)
    assert only(look(world), Section.DUE).next_at is None, "it is being tried"
    publish(world.conn, "fs1", [Health(1, "ramp", None, 12, 9)], NOON)
    assert "breaker_open" not in {one.code for one in look(world).entries}
    shut(world, 1)
    world.all("UPDATE campaign SET state = 'paused' RETURNING 1")
    assert only(look(world), Section.DUE).code == "campaign_paused"


def test_only_those_whose_lines_are_shut_wait_for_a_breaker(world: World) -> None:
    world.people(9)
    campaign = world.campaign()
    other = world.one(
        "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('o', 'o{number}', 9, 9) RETURNING id"
    )
    world.all("INSERT INTO campaign_trunk VALUES (:c, :t) RETURNING 1", c=campaign, t=other)
    pulse(world)
    shut(world, 1)
    for ids, reason in (((1, 2, 3), "breaker_open"), ((4, 5), "no_line")):
        world.all(
            "UPDATE target SET due = :d, reason = :r WHERE id = ANY(:ids) RETURNING 1",
            d=NOON + SECONDS,
            r=reason,
            ids=list(ids),
        )
    for now in (NOON, NOON + MINUTE):  # whether or not they are looked at again by now
        found = {one.code: (one.count, one.next_at) for one in look(world, now=now).of(Section.DUE)}
        again = NOON + SECONDS if now == NOON else None
        assert found == {"breaker_open": (3, NOON + MINUTE), "no_line": (2, again), "turn": (4, None)}
    shut(world, other)
    assert only(look(world), Section.DUE).code == "breaker_open", "no line is left"
    forget(world.conn, "fs1")
    assert {one.code: one.count for one in look(world).of(Section.DUE)} == {"turn": 7, "no_line": 2}


def test_one_dialer_whose_line_works_is_enough(world: World) -> None:
    world.people(1)
    world.campaign()
    pulse(world)
    shut(world, 1)
    told = Pulse(at=NOON, speed=1.0, state=PulseState.IDLE, legs=0, channels=10, cps=5.0)
    beat(world.conn, "fs2", told, WALL, virtual=False)
    assert only(look(world), Section.DUE).code == "turn"
    shut(world, 1, node="fs2", next_at=NOON + 2 * MINUTE)
    assert only(look(world), Section.DUE).next_at == NOON + MINUTE


def test_a_second_dialer_with_a_free_line_is_enough(world: World) -> None:
    world.people(1)
    world.campaign()
    pulse(world, PulseState.NO_LINE)
    told = Pulse(at=NOON, speed=1.0, state=PulseState.IDLE, legs=0, channels=10, cps=5.0)
    beat(world.conn, "fs2", told, WALL - dt.timedelta(seconds=2), virtual=False)
    assert only(look(world), Section.DUE).code == "turn"


def test_every_place_a_row_can_stand_has_its_own_entry(world: World) -> None:
    world.people(20)
    campaign = world.campaign()
    pulse(world)
    put = "UPDATE target SET {} WHERE contact_id = ANY(:ids) RETURNING id"
    later = f"state = 'waiting', due = '{(NOON + HOUR).isoformat()}', reason = "
    for ids, change in (
        ([1], later + """'window', reason_args = '{"hours": "09:00–21:00"}'"""),
        ([2, 3], later + """'talks_day', reason_args = '{"limit": 1}'"""),
        ([4], later + """'retry', reason_args = '{"attempt": 1, "outcome": "busy"}'"""),
        ([5, 6], later + """'retry', reason_args = '{"attempt": 1, "outcome": "no_answer"}'"""),
        ([7], later + "'person_busy'"),
        ([8], later + "'promise_kept_until'"),
        ([9], later + "'some_new_rule'"),
        ([10], "state = 'preparing'"),
        ([11], "state = 'done', reason = 'stop_list'"),
        ([12], "state = 'done', reason = 'stop_list', disposition = 'no_answer'"),
        ([13], "state = 'done', reason = 'max_attempts', disposition = 'no_answer'"),
        ([14], "state = 'done', reason = 'reached', disposition = 'completed'"),
        ([15], "state = 'done', reason = 'stopped'"),
        ([16], "state = 'done', reason = 'paid', disposition = 'busy'"),
    ):
        world.all(put.format(change), ids=ids)
    world.all("DELETE FROM target WHERE contact_id = 20 RETURNING 1")
    world.all("""INSERT INTO rejected_row (list_id, row_number, code, detail, fields)
        VALUES (1, 100, 'letters', '8O16', '{}'), (1, 101, 'duplicate', '7', '{}') RETURNING 1""")
    found = look(world, campaign)
    told = {(one.section.value, one.code, one.args.get("outcome")): one.count for one in found.entries}
    assert told == {
        ("due", "turn", None): 3,
        ("window", "window", None): 1,
        ("capped", "talks_day", None): 2,
        ("retry", "retry", "busy"): 1,
        ("retry", "retry", "no_answer"): 2,
        ("person", "person_busy", None): 1,
        ("person", "promise_kept_until", None): 1,
        ("other", "some_new_rule", None): 1,
        ("preparing", "preparing", None): 1,
        ("barred", "stop_list", None): 2,
        ("barred", "paid", None): 1,
        ("unreached", "no_answer", None): 1,
        ("reached", "completed", None): 1,
        ("stopped", "stopped", None): 1,
        ("rejected", "letters", None): 1,
        ("rejected", "duplicate", None): 1,
        ("outside", "not_in_campaign", None): 1,
    }
    assert only(found, Section.WINDOW).next_at == NOON + HOUR
    assert [one.row for one in only(found, Section.OUTSIDE).sample] == [20]
    for language in ("ru", "en"):
        shown = found.to_json(language)
        assert sum(one["count"] for one in shown["entries"]) == shown["rows"] == 22
        sentences = {one["code"]: one["sentence"] for one in shown["entries"]}
        assert "some_new_rule" in sentences["some_new_rule"], "what is new here is named, not hidden"
        assert all(one["advice"] for one in shown["entries"])
    assert "09:00–21:00" in found.to_json("ru")["entries"][1]["sentence"]
    assert "«Занято»" in str(found.to_json("ru"))


def test_figures_that_differ_from_row_to_row_are_left_out(world: World) -> None:
    world.people(2)
    world.campaign()
    world.all("""UPDATE target SET due = due + interval '9 days', reason = 'window',
        reason_args = jsonb_build_object('hours', 'h' || contact_id) RETURNING 1""")
    entry = only(look(world), Section.WINDOW)
    assert entry.args == {"hours": MANY}
    assert entry.to_json("ru")["sentence"] == "У людей сейчас не время для звонков"


def test_values_are_told_by_their_column(world: World) -> None:
    world.people(5)
    world.campaign()
    world.all("""UPDATE target SET state = 'done', reason = 'value_unreadable',
        reason_args = jsonb_build_object('title', CASE WHEN contact_id < 4 THEN 'Долг' ELSE 'Срок' END,
            'value', 'v' || contact_id, 'expected', 'money') RETURNING 1""")
    told = {one.to_json("ru")["sentence"]: one.count for one in look(world).entries}
    assert told == {"В столбце «Долг» значения не читаются": 3, "В столбце «Срок» значения не читаются": 2}
    world.all("DELETE FROM target WHERE contact_id <> 1 RETURNING 1")
    sentence = look(world).entries[0].to_json("ru")["sentence"]
    assert sentence.startswith("«Долг»: не читается «v1», нужно: ")
    assert "?" not in sentence


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_sentence_of_many_has_gaps(language: str) -> None:
    for code in sorted(KNOWN_REASONS):
        for args in ({}, dict.fromkeys(sentences.needs(code), MANY)):
            told = entry_words(Section.OTHER, code, args, language)
            assert not re.search(r"[…?{]", told), (code, told)
            assert told != code
    for code in Rejection:
        for args in ({}, {"detail": MANY}):
            assert not re.search(r"[…?{]", entry_words(Section.REJECTED, code, args, language)), code
    assert "предел разговоров в сутки: 1" in entry_words(Section.CAPPED, "talks_day", {"limit": 1}, "ru").lower()


def test_calls_are_told_by_how_far_they_are(world: World) -> None:
    world.people(4)
    world.campaign()
    holder = world.holder()
    one, two, three, four = world.claim(holder, limit=4)
    record(world.conn, holder, states={two.uuid: {CallState.RINGING: NOON}, three.uuid: {CallState.ANSWERED: NOON}})
    record(world.conn, holder, states={four.uuid: {CallState.ANSWERED: NOON}})
    world.all(
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
           VALUES (gen_random_uuid(), 'agent', :a, 'fs1', 1, '', 'ringing', 'user/1', '', :now) RETURNING 1""",
        a=four.uuid,
        now=NOON,
    )
    found = look(world)
    states = {entry.code: entry.count for entry in found.of(Section.CALLING)}
    assert states == {"intent": 1, "ringing": 1, "answered": 1, "agent_rung": 1}
    assert found.headline("en") == "It is dialing: 4 on the line."
    world.people(1, first=50)
    world.all(
        """INSERT INTO target (campaign_id, contact_id, person_id, state, due)
           SELECT 1, id, person_id, 'waiting', :at FROM contact WHERE row_number = 51 RETURNING 1""",
        at=NOON,
    )
    assert look(world).headline("en").startswith("4 on the line, but no new calls: no dialer is running")
    pulse(world)
    assert look(world).headline("en") == "It is dialing: 4 on the line."
    world.all("UPDATE call SET state = 'answered' WHERE kind = 'agent' RETURNING 1")
    assert "with_agent" in {entry.code for entry in look(world).of(Section.CALLING)}
    assert one.uuid


def test_campaign_time_runs_on_from_the_last_beat_on_a_virtual_switch(world: World) -> None:
    world.people(1)
    real, rehearsed = world.campaign(), world.campaign(virtual=True)
    assert campaign_time(world.conn, real, WALL) == WALL
    assert campaign_time(world.conn, rehearsed, WALL) == WALL, "nobody has ever said another time"
    pulse(world, virtual=True, speed=60.0, ago=2)
    assert campaign_time(world.conn, rehearsed, WALL) == NOON + 2 * MINUTE
    pulse(world, PulseState.GONE, virtual=True, speed=60.0, ago=2)
    assert campaign_time(world.conn, rehearsed, WALL) == NOON, "the clock has stopped with its dialer"


def test_every_section_has_words() -> None:
    for language in ("ru", "en"):
        assert len({title(section, language) for section in SECTIONS}) == len(SECTIONS)
        assert all(advice(section, "anything", language) for section in SECTIONS)


STEPS = ("claim", "claim", "finish", "finish", "finish", "wait", "wait", "pause", "resume", "opt_out", "give_back")
STEPS += ("ring", "new_row", "refused_row", "strange", "speech", "stop")
ENDS: list[dict[str, Any]] = [
    {"cause": "NO_ANSWER"},
    {"cause": "USER_BUSY"},
    {"cause": "UNALLOCATED_NUMBER", "sip_status": 404},
    {"cause": "NORMAL_TEMPORARY_FAILURE", "sip_status": 503},
    {"cause": "LOST"},
    {"answered": True, "talk_s": 20.0, "ended_reason": "completed"},
    {"answered": True, "talk_s": 20.0, "call_later_s": 7200},
    {"answered": True, "talk_s": 20.0, "transfer": "no_agent"},
]


class Walk:
    """Any order of what can happen to a campaign."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance, self.now = world, random.Random(seed), NOON
        self.holder = world.holder()
        self.up: list[Claimed] = []
        self.rows = 1000

    def do(self, step: str) -> None:
        getattr(self, step)()

    def claim(self) -> None:
        self.up += self.world.claim(self.holder, self.now, limit=self.chance.randint(1, 4))

    def finish(self) -> None:
        if self.up:
            one = self.up.pop(self.chance.randrange(len(self.up)))
            self.world.finish(self.holder, one, self.now, **self.chance.choice(ENDS))

    def wait(self) -> None:
        self.now += self.chance.choice([MINUTE, 20 * MINUTE, HOUR, 7 * HOUR, DAY])

    def order(self, kind: CommandKind) -> None:
        number = commands.request(self.world.conn, self.chance.choice([1, 2]), kind, self.now)
        for one in commands.pending(self.world.conn):
            assert one.id == number
            if kind is CommandKind.STOP:
                commands.halt(self.world.conn, one, self.now)
            commands.carry_out(self.world.conn, one, self.now)

    def pause(self) -> None:
        self.order(CommandKind.PAUSE)

    def resume(self) -> None:
        self.order(CommandKind.RESUME)

    def stop(self) -> None:
        if self.chance.random() < 0.3:
            self.order(CommandKind.STOP)

    def opt_out(self) -> None:
        if self.up:
            one = self.chance.choice(self.up)
            opt_out(self.world.conn, one.uuid, one.number, self.now)

    def give_back(self) -> None:
        if self.up:
            not_sent(self.world.conn, self.holder, [self.up.pop().uuid], self.now)

    def ring(self) -> None:
        states = {one.uuid: {CallState.RINGING: self.now} for one in self.up}
        if states:
            record(self.world.conn, self.holder, states=states)

    def new_row(self) -> None:
        self.rows += 1
        self.world.people(1, first=self.rows)

    def refused_row(self) -> None:
        self.rows += 1
        self.world.all(
            "INSERT INTO rejected_row (list_id, row_number, code, detail, fields) VALUES (1, :n, 'letters', '', '{}') "
            "RETURNING 1",
            n=10 * self.rows,
        )

    def strange(self) -> None:
        self.any_waiting("reason = 'a_rule_of_tomorrow', due = due + interval '3 days'")

    def speech(self) -> None:
        self.any_waiting("state = 'preparing', reason = 'voice_down'")

    def any_waiting(self, change: str) -> None:
        self.world.all(
            f"UPDATE target SET {change} WHERE id = (SELECT min(id) FROM target WHERE state = 'waiting') RETURNING 1"
        )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=8, max_size=24), seed=st.integers(0, 9))
def test_it_sums_to_the_list_whatever_happens(engine: Engine, steps: list[str], seed: int) -> None:
    with engine.connect() as conn:
        world = World(conn)
        conn.execute(text("TRUNCATE project, person, trunk RESTART IDENTITY CASCADE"))  # rolled back at the end
        world.base()
        world.people(6, phones=2)
        ids = [world.campaign(), world.campaign(retry=RetryPlan(max_attempts=2))]
        walk = Walk(world, seed)
        for step in steps:
            walk.do(step)
            for campaign in ids:
                found = look(world, campaign, walk.now)
                told = Counter[str]()
                for one in found.entries:
                    told["dialing" if one.section is Section.CALLING else one.section] += one.count
                states = dict(
                    tuple(row)
                    for row in world.all(
                        "SELECT state, count(*) FROM target WHERE campaign_id = :c GROUP BY 1", c=campaign
                    )
                )
                assert told["dialing"] == states.get("dialing", 0)
                assert told[Section.PREPARING] == states.get("preparing", 0)
                done = (Section.BARRED, Section.REACHED, Section.UNREACHED, Section.STOPPED)
                assert sum(told[section] for section in done) == states.get("done", 0)
        conn.rollback()
