"""What a call writes into the contact's column is in its row, and the next call to the same person goes by it."""

from pathlib import Path

from sqlalchemy import Engine

from oklik.scenario.document import load_text
from patched.people import talkers
from patched.test_campaign import assert_sound
from support.stage import make_campaign, one, rows, staged

CONTACTS = 3
SCENARIO = """\
format: 1
name: remembers
title: Помнит
languages: [ru]
purpose: survey
start: seen
columns:
  name: {title: Имя, type: text}
  stage: {title: Этап, required: false}
nodes:
  seen:
    kind: branch
    cases: [{exit: again, conditions: [{field: stage, op: filled}]}]
    exits: {again: again, else: first}
  first: {kind: set, column: stage, value: "уже звонили, {{ name }}", exits: {done: tell}}
  tell: {kind: subscenario, scenario: inner, exits: {done: bye}}
  again: {kind: play, text: "Помним: {{ stage }}.", exits: {done: bye}}
  bye: {kind: hangup}
subscenarios:
  inner:
    format: 1
    name: inner
    title: Внутри
    languages: [ru]
    purpose: survey
    start: say
    columns:
      stage: {title: Этап, required: false}
    nodes:
      say: {kind: play, text: "Записано: {{ stage }}.", message: true, after: "Спасибо.", exits: {done: back}}
      back: {kind: return}
"""
ENTERED = "SELECT node, count(*) FROM step WHERE fact ->> 'type' = 'entered' GROUP BY 1"


def test_the_next_call_goes_by_what_the_last_one_wrote(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", CONTACTS, scenario=load_text(SCENARIO, "remembers.yaml"))
    with staged(tmp_path, database_url, population=talkers()) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
    passed = ("seen", "first", "tell", "tell.say", "tell.back", "bye")
    assert dict(rows(engine, ENTERED)) == dict.fromkeys(passed, CONTACTS)
    assert rows(engine, "SELECT DISTINCT fields ->> 'Этап' FROM contact") == [("уже звонили, Иван",)]
    assert rows(engine, "SELECT DISTINCT header, before, after, kept FROM contact_change") == [
        ("Этап", None, "уже звонили, Иван", True)
    ]
    assert one(engine, "SELECT count(*) FROM attempt WHERE heard_percent = 100") == CONTACTS
    with engine.begin() as conn:
        conn.exec_driver_sql("UPDATE target SET state = 'waiting', disposition = NULL, attempts = 0")
        conn.exec_driver_sql("UPDATE attempt SET started_at = started_at - interval '40 days'")
        conn.exec_driver_sql("UPDATE campaign SET state = 'running', ended_at = NULL")
    with staged(tmp_path, database_url, population=talkers()) as stage:
        assert stage.dialer().wait() == 0
    assert dict(rows(engine, ENTERED))["again"] == CONTACTS
    assert dict(rows(engine, ENTERED))["first"] == CONTACTS
    assert one(engine, "SELECT count(*) FROM attempt WHERE fault IS NOT NULL") == 0
