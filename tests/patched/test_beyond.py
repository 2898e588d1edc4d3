"""Calls on the virtual switch that ask a real server and run a real plug-in, and go on by what these say."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent.pywsgi import WSGIServer
from sqlalchemy import Engine

from oklik.scenario.document import load_text
from patched.people import talkers
from patched.test_campaign import assert_sound
from support import plugin, stage
from support.stage import make_campaign, number, one, rows, staged

SCENARIO = """\
format: 1
name: balance
title: Баланс
languages: [ru]
purpose: survey
start: ask
columns:
  name: {title: Имя, type: text}
nodes:
  ask:
    kind: request
    method: POST
    url: http://localhost:PORT/balance/{{ name }}
    body: {who: "{{ name }}", n: 1}
    credential: crm
    timeout_s: 15
    waiting: Секунду, проверяю.
    answers:
      balance: {path: client.balance, type: money, min: -1000000, example: "1500.50"}
      status: {path: status, type: choice, values: [active, closed], example: active}
    exits: {ok: branch, failed: sorry}
  branch:
    kind: branch
    cases: [{exit: debt, conditions: [{field: balance, op: less, value: "0"}]}]
    exits: {debt: decide, else: fine}
  decide:
    kind: hook
    hook: HOOK
    arguments: ARGUMENTS
    outcomes: OUTCOMES
    timeout_s: SECONDS
    answers: ANSWERS
    exits: EXITS
  offer: {kind: play, text: "Ваш баланс {{ balance | money('RUB') }}.", exits: {done: bye}}
  fine: {kind: play, text: "Всё хорошо, на счёте {{ balance | money('RUB') }}.", exits: {done: bye}}
  sorry: {kind: hangup, outcome: declined}
  bye: {kind: hangup}
"""
OFFER = {
    "HOOK": "test.offer",
    "ARGUMENTS": '{debt: "1500"}',
    "OUTCOMES": "[discount, nothing]",
    "ANSWERS": '{percent: {type: number, example: "10"}}',
    "EXITS": "{discount: offer, nothing: bye, failed: sorry}",
    "SECONDS": "15",
}
LOOP = {
    "HOOK": "test.loop",
    "ARGUMENTS": "{}",
    "OUTCOMES": "[done]",
    "ANSWERS": "{}",
    "EXITS": "{done: offer, failed: sorry}",
    "SECONDS": "1.5",
}
PEOPLE = 4


class Crm:
    """Says what is owed, in turn, after a while."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.answers = [b'{"client": {"balance": -7.5}, "status": "active"}']
        self.wait_s = 0.0
        self._server = WSGIServer(("127.0.0.1", 0), self._serve, log=None)
        self._server.start()
        self.port = int(self._server.server_port)

    def _serve(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = json.loads(environ["wsgi.input"].read())
        names = {"path": "PATH_INFO", "key": "HTTP_IDEMPOTENCY_KEY", "secret": "HTTP_AUTHORIZATION"}
        self.seen.append({"body": body, **{name: environ.get(field) for name, field in names.items()}})
        answer = self.answers[(len(self.seen) - 1) % len(self.answers)]
        gevent.sleep(self.wait_s)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer]

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def crm() -> Iterator[Crm]:
    made = Crm()
    yield made
    made.stop()


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dialer's Python has the plug-in, its environment the credential."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    plugin.write(folder)
    path = os.pathsep.join((str(folder), stage.ENVIRONMENT["PYTHONPATH"]))
    more = {"PYTHONPATH": path, "OKLIK_CREDENTIAL_CRM": "Bearer s3cret"}
    monkeypatch.setattr(stage, "ENVIRONMENT", {**stage.ENVIRONMENT, **more})


def run(tmp_path: Path, database_url: str, engine: Engine, crm: Crm, parts: dict[str, str], **people: Any) -> str:
    """A campaign to its end; what the dialer said in its log."""
    text = SCENARIO.replace("PORT", str(crm.port))
    for name, part in parts.items():
        text = text.replace(name, part)
    make_campaign(engine, tmp_path / "prompts", PEOPLE, scenario=load_text(text, "balance.yaml"))
    with staged(tmp_path, database_url, population=talkers(**people), speed=5) as there:
        assert there.dialer(request_hosts=f"http://localhost:{crm.port}").wait() == 0
        assert_sound(engine, there)
        return there.said_in_log()


def ways(engine: Engine, node: str) -> list[str]:
    found = rows(engine, "SELECT fact->>'exit' FROM step WHERE fact->>'type' = 'left' AND fact->>'node' = :n", n=node)
    return sorted(way for (way,) in found)


@pytest.mark.usefixtures("plugged")
def test_a_call_goes_on_by_what_a_server_and_a_plug_in_say(
    tmp_path: Path, database_url: str, engine: Engine, crm: Crm
) -> None:
    crm.answers += [b'{"client": {"balance": 100}, "status": "active"}', b'{"client": {}}', b"<html>"]
    said = run(tmp_path, database_url, engine, crm, OFFER)
    assert ways(engine, "ask") == ["failed", "failed", "ok", "ok"]
    assert ways(engine, "branch") == ["debt", "else"]
    assert ways(engine, "decide") == ["discount"]
    assert ways(engine, "offer") == ["done"], "the sum that only the call told was spoken"
    assert one(engine, "SELECT fact->>'value' FROM step WHERE fact->>'name' = 'percent'") == "10"
    faults = rows(engine, "SELECT fact->>'fault' FROM step WHERE fact->>'type' = 'requested' AND fact->>'ok' = 'false'")
    assert sorted(faults) == [("balance: no value",), ("the answer is no JSON",)]
    assert {seen["path"] for seen in crm.seen} == {"/balance/Иван".encode().decode("latin-1")}
    assert {seen["secret"] for seen in crm.seen} == {"Bearer s3cret"}
    assert [seen["body"] for seen in crm.seen] == [{"who": "Иван", "n": 1}] * PEOPLE
    uuids = {str(uuid) for (uuid,) in rows(engine, "SELECT uuid FROM attempt")}
    assert {seen["key"] for seen in crm.seen} == {f"{uuid}-ask-1" for uuid in uuids}
    assert "s3cret" not in said


@pytest.mark.usefixtures("plugged")
def test_an_endless_plug_in_costs_its_own_call_and_no_other(
    tmp_path: Path, database_url: str, engine: Engine, crm: Crm
) -> None:
    said = run(tmp_path, database_url, engine, crm, LOOP)
    assert ways(engine, "decide") == ["failed"] * PEOPLE
    faults = rows(engine, "SELECT fact->>'fault' FROM step WHERE fact->>'type' = 'hook_run'")
    assert {fault for (fault,) in faults} <= {"it was killed after 1.5 s", "all processes for plug-ins are busy"}
    assert "killed after" in said


@pytest.mark.usefixtures("plugged")
def test_a_slow_server_is_given_up_and_a_person_who_leaves_is_noticed(
    tmp_path: Path, database_url: str, engine: Engine, crm: Crm
) -> None:
    crm.wait_s = 6.0
    leavers = {number(n): {"leaves_s": 3.0} for n in range(2)}
    run(tmp_path, database_url, engine, crm, {**OFFER, "timeout_s: 15": "timeout_s: 2"}, numbers=leavers)
    assert ways(engine, "ask") == ["failed"] * (PEOPLE - 2)
    left = rows(engine, "SELECT talk_s FROM call WHERE hangup_by = 'person'")
    assert len(left) == 2
    assert all(2.0 < talk_s < 5.0 for (talk_s,) in left), "campaign seconds: ten of them are given to the server"
