"""A draft on a tester's phone, by a real dialer: dialed, heard step by step, judged at its end, and counted nowhere."""

from pathlib import Path

from sqlalchemy import Engine, text

from oklik.campaigns import call_orders, scenario_drafts, trial_calls
from oklik.campaigns.tester_phones import NamedPhone, add_phone
from oklik.jobs.app import apply_schema
from oklik.reports.trial_calls import trial_seen
from oklik.scenario.document import to_json
from oklik.speech.voices import Voice, default_voices
from patched.people import talkers
from support.stage import TUESDAY, one, prepare, staged, until
from support.survey import survey

PHONE = "+79039990001"


def order(engine: Engine) -> trial_calls.Ordered:
    """A draft of the survey is to ring the tester's phone."""
    document = to_json(survey())
    with engine.begin() as conn:
        project = conn.execute(text("INSERT INTO project (name) VALUES ('p') RETURNING id")).scalar_one()
        scenario = scenario_drafts.make(conn, project, "survey", document, "user:anna", TUESDAY)
        add_phone(conn, NamedPhone(PHONE, "Анна", "user:root", TUESDAY, "user:root", TUESDAY))
        trial = trial_calls.Trial(
            scenario_id=scenario,
            revision=1,
            document=document,
            contact={"name": "Ольга"},
            zone=None,
            number=PHONE,
            by="user:anna",
            office="Europe/Moscow",
            virtual=True,
        )
        return trial_calls.ring(conn, trial, lambda _conn, _version: Voice(default_voices()[0]).to_json(), TUESDAY)


def test_a_draft_is_heard_on_a_phone_of_ours(tmp_path: Path, database_url: str, engine: Engine) -> None:
    apply_schema(database_url)
    made = order(engine)
    keys = {PHONE: {"keys": ["1", "5"]}}
    with staged(tmp_path, database_url, population=talkers(numbers=keys), speed=20) as stage:
        dialer = stage.dialer(until_done=False)
        until(lambda: one(engine, "SELECT rule FROM call_order") == "preparing")
        assert stage.ledger("dial") == [], "nobody is rung before its speech is there"
        prepare(engine, made.campaign_id, tmp_path / "prompts")
        until(lambda: one(engine, "SELECT count(*) FROM call WHERE state = 'final'") == 1)
        dialer.signal(15)
        assert dialer.wait() == 0
        assert [line["number"] for line in stage.ledger("dial")] == [PHONE]
    with engine.connect() as conn:
        seen = call_orders.look(conn, made.order_id)
        call = trial_seen(conn, made.order_id, "ru")
    assert seen is not None and (seen.state, seen.leg) == ("done", "final")
    assert call.path[:3] == ("hello", "visit", "mark")
    assert [(one.node, one.value) for one in call.answers] == [("visit", "yes"), ("mark", "5")]
    assert (call.outcome, call.outcome_title) == ("completed", "Сценарий пройден")
    assert one(engine, "SELECT count(*) FROM attempt") == 0
    assert one(engine, "SELECT state FROM campaign") == "trial"
    assert one(engine, "SELECT count(*) FROM target WHERE state = 'waiting' AND attempts = 0") == 1
