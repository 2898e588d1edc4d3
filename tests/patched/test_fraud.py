"""Whole calls that end in a transfer to a fraudster's number; the switch's ledger says what was dialed."""

from pathlib import Path

from sqlalchemy import Engine, text

from oklik.dialing.destinations import HOME
from oklik.dialing.phones import read_phones
from oklik.scenario.document import load_text
from patched.people import TALKERS, talkers
from patched.test_campaign import assert_sound
from support.fraud import FRAUD
from support.stage import make_campaign, number, one, rows, staged

SCENARIO = """\
format: 1
name: fraud
title: Перевод
languages: [ru]
purpose: survey
start: whom
columns:
  name: {title: Имя, type: text}
  manager: {title: Менеджер, type: phone, required: false}
nodes:
  whom:
    kind: ask
    text: "С кем вас соединить?"
    question: typed
    type: phone
    any_phone: true
    tries: 1
    exits: {done: keep, no_input: connect}
  keep: {kind: set, column: manager, value: "{{ typed }}", exits: {done: connect}}
  connect: {kind: transfer, number: manager, wait_s: 0, exits: {talked: bye, no_agent: bye, failed: bye}}
  bye: {kind: hangup}
"""
GOOD = "+74951112233"


def test_no_transfer_rings_one(tmp_path: Path, database_url: str, engine: Engine) -> None:
    """Half of the people have the number in their column, the others key it in; two an honest one."""
    numbers = [*FRAUD[::6], GOOD]
    contacts = 2 * len(numbers)
    make_campaign(engine, tmp_path / "prompts", contacts, scenario=load_text(SCENARIO, "fraud.yaml"), seconds=0.1)
    keyed = {number(2 * n): {"keys": [f"{one[1:]}#"]} for n, one in enumerate(numbers)}
    silent = {number(2 * n + 1): {"keys": ["-"]} for n in range(len(numbers))}
    with engine.begin() as conn:
        conn.execute(text("UPDATE trunk SET channels = 200, cps = 200"))
        conn.execute(
            text(
                """UPDATE contact SET fields = fields || jsonb_build_object('Менеджер', r.number)
                   FROM unnest(CAST(:phones AS text[]), CAST(:numbers AS text[])) AS r(phone, number)
                   WHERE contact.phones[1] = r.phone"""
            ),
            {"phones": list(silent), "numbers": numbers},
        )
    outside = {**TALKERS["agents"], "endpoints": ["sofia/gateway/pstn/+74951112233"]}
    people = talkers(numbers={**keyed, **silent}, agents=outside)
    with staged(tmp_path, database_url, population=people, speed=20, channels=150, cps=150.0) as stage:
        assert stage.dialer().wait() == 0
        assert_sound(engine, stage)
        dialed = stage.dials()
    own = {number(n) for n in range(contacts)}
    legs = {line: times for line, times in dialed.items() if line not in own}
    assert not {line for line in legs if HOME.refuses(line) is not None}
    assert legs[GOOD] >= 1, "it does ring who may be rung"
    assert not {*legs} & {*FRAUD}
    asked = one(engine, "SELECT count(*) FROM step WHERE fact->>'type' = 'transferred'")
    assert asked >= contacts * 0.9, "the scenario did ask for them"
    refused = dict(rows(engine, "SELECT rule, count(*) FROM verdict WHERE NOT allowed GROUP BY 1"))
    assert sum(refused.values()) >= len(read_all(numbers)) // 2, refused


def read_all(numbers: list[str]) -> list[str]:
    """Those that are phones by their form, so that the gate is asked at all."""
    return [found for number_ in numbers for found in read_phones(number_).numbers]
