"""Calls tried out by the API: what is accepted, what is heard, and that the simulator is the engine itself."""

import datetime as dt
import io
import subprocess
import wave
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from oklik.campaigns.tokens import Scope
from oklik.scenario.document import from_json, load_file, to_json
from oklik.scenario.simulate import simulate
from oklik_web import walking
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from web.conftest import Api, Stopped

READY = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def client(engine: Engine, clock: Stopped, tmp_path: Path) -> FlaskClient:
    settings = WebSettings(requests=500, per_s=5.0, prompts=str(tmp_path / "prompts"))
    return create_app(engine, settings, clock=clock).test_client()


def ready(code: str, language: str = "ru") -> dict[str, Any]:
    return to_json(load_file(READY / code / f"{language}.yaml"))


def node(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, **fields}


def scenario(**nodes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "tried",
        "title": "Проба",
        "languages": ["ru"],
        "purpose": "informational",
        "start": next(iter(nodes)),
        "nodes": {**nodes, "bye": {"kind": "hangup"}},
    }


TWO_TEXTS = scenario(
    one=node("play", text="Первый.", exits={"done": "two"}),
    two=node("play", text="Второй.", exits={"done": "menu"}),
    menu=node(
        "menu",
        text="Нажмите один или два.",
        question="choice",
        options={"1": {"exit": "yes"}, "2": {"exit": "no"}},
        exits={"yes": "code", "no": "bye", "no_input": "bye"},
    ),
    code=node(
        "ask",
        text="Наберите код.",
        question="code",
        min_digits=4,
        max_digits=6,
        exits={"done": "bye", "no_input": "bye"},
    ),
)


def begin(api: Api, document: Any, **more: Any) -> tuple[str, Any]:
    answer = api.post("/simulations", {"document": document, **more})
    assert answer.status_code == 200, answer.json
    return answer.json["id"], answer.json["state"]


def do(api: Api, call: str, kind: str, **more: Any) -> Any:
    answer = api.post(f"/simulations/{call}/events", {"event": {"kind": kind, **more}})
    assert answer.status_code == 200, answer.json
    return answer.json["state"]


def test_people_of_lists_are_for_who_may_read_lists(api: Api, client: FlaskClient, world: Any, token_for: Any) -> None:
    world.people(1)
    document = {**TWO_TEXTS, "columns": {"who": {"title": "Имя", "type": "name"}}}
    _, state = begin(api, document, contact_id=1)
    assert state["contact"]["who"]
    writer = Api(client, token_for("writer", Scope.SCENARIOS_READ))
    refused = writer.post("/simulations", {"document": document, "contact_id": 1})
    assert refused.status_code == 403 and refused.json["errors"][0]["field"] == "contact_id"
    world.conn.exec_driver_sql("UPDATE contact_list SET deleted_at = now()")
    assert api.post("/simulations", {"document": document, "contact_id": 1}).status_code == 422


def test_a_call_is_gone_through(api: Api) -> None:
    call, state = begin(api, TWO_TEXTS)
    assert [one["text"] for one in state["said"]] == ["Первый.", "Второй.", "Нажмите один или два."]
    assert (state["node"], state["path"]) == ("menu", ["one", "two", "menu"])
    assert state["accepts"] == ["key", "silence", "hangup", "machine", "clock"] and state["keys"] == "12"
    state = do(api, call, "key", keys="1")
    assert state["variables"]["choice"] == "1" and [one["text"] for one in state["said"]] == ["Наберите код."]
    for typed in ("7", "70", "700"):
        state = do(api, call, "key", keys=typed[-1])
        assert (state["typed"], state["said"], state["over"]) == (typed, [], False)
    state = do(api, call, "key", keys="1#")
    assert state["over"] and state["outcome"] == "completed" and state["accepts"] == []
    assert {"type": "answered", "node": "code", "question": "code"}.items() <= state["facts"][-2].items()
    assert state["events"] == "1 7001#"
    assert api.get(f"/simulations/{call}").json["state"]["path"] == state["path"]


def test_the_simulator_is_the_engine(api: Api) -> None:
    document = ready("debt-reminder-hard")
    call, state = begin(api, document, now="2025-03-04T12:00", language="ru")
    heard = [one["text"] for one in state["said"]]
    for kind, more in (("key", {"keys": "1"}), ("silence", {}), ("key", {"keys": "12"}), ("silence", {})):
        state = do(api, call, kind, **more)
        heard += [one["text"] for one in state["said"]]
    while not state["over"]:
        state = do(api, call, "silence")
        heard += [one["text"] for one in state["said"]]
    lines = list(
        simulate(from_json(document), state["contact"], state["events"], dt.datetime.fromisoformat("2025-03-04T12:00"))
    )
    assert [line["prompt"] for line in lines if line["instruction"] and line["prompt"]] == [one for one in heard if one]
    assert lines[-1]["ended"] == state["outcome"]


@pytest.mark.parametrize(("heard", "path"), [(0, ["one"]), (1, ["one", "two"]), (None, ["one", "two", "menu"])])
def test_who_hangs_up_may_do_so_in_the_middle(api: Api, heard: int | None, path: list[str]) -> None:
    call, _ = begin(api, TWO_TEXTS)
    state = do(api, call, "hangup", heard=heard)
    assert (state["path"], state["outcome"], state["over"]) == (path, "hung_up", True)


def test_what_is_not_possible_is_refused_with_what_is(api: Api) -> None:
    call, _ = begin(api, TWO_TEXTS)
    refused = api.post(f"/simulations/{call}/events", {"event": {"kind": "transfer"}})
    assert refused.status_code == 409 and "press a key" in refused.json["detail"]
    assert api.get(f"/simulations/{call}").json["state"]["events"] == ""
    do(api, call, "hangup")
    assert api.post(f"/simulations/{call}/events", {"event": {"kind": "silence"}}).status_code == 409


@pytest.mark.parametrize(
    ("outcome", "there"), [("answered", "talked"), ("busy", "sorry"), ("failed", "sorry"), ("talked", "talked")]
)
def test_a_transfer_ends_as_one_says(api: Api, outcome: str, there: str) -> None:
    document = scenario(
        agent=node("transfer", group="sales", waiting="Ждите.", exits={"talked": "talked", "no_agent": "sorry"}),
        talked=node("play", text="Спасибо.", exits={"done": "bye"}),
        sorry=node("play", text="Заняты.", exits={"done": "bye"}),
    )
    call, state = begin(api, document)
    assert "transfer" in state["accepts"]
    assert {one["code"] for one in state["outcomes"]} == {"talked", "no_agent", "failed"}
    assert do(api, call, "transfer", outcome=outcome)["path"] == ["agent", there, "bye"]
    refused = api.post(
        f"/simulations/{begin(api, document)[0]}/events", {"event": {"kind": "transfer", "outcome": "left"}}
    )
    assert refused.status_code == 409


def test_another_system_answers_as_one_says(api: Api) -> None:
    balance = to_json(load_file(READY / "examples" / "balance.yaml"))
    call, state = begin(api, balance)
    while "request" not in state["accepts"] and not state["over"]:
        state = do(api, call, "key", keys="1")
    assert state["wanted"]
    name = state["wanted"][0]
    refused = api.post(f"/simulations/{call}/events", {"event": {"kind": "request", "values": {"nothing": "1"}}})
    assert refused.status_code == 409
    again = begin(api, balance)
    while "request" not in again[1]["accepts"]:
        again = (again[0], do(api, again[0], "key", keys="1"))
    assert do(api, call, "request", values={name: "77"})["variables"][name] == "77"
    assert name not in do(api, again[0], "request", ok=False)["variables"]


def test_a_machine_gets_the_message_and_nothing_else(api: Api) -> None:
    document = scenario(
        menu=node("menu", text="1?", options={"1": {"exit": "yes"}}, exits={"yes": "told", "no_input": "bye"}),
        told=node("play", text="Вас ждёт заказ.", message=True, exits={"done": "bye"}),
    )
    call, _ = begin(api, document)
    state = do(api, call, "machine")
    assert (state["outcome"], [one["text"] for one in state["said"]]) == ("machine", ["Вас ждёт заказ."])
    again, _ = begin(api, document)
    assert "machine" not in do(api, again, "key", keys="9")["accepts"]


HOURS = scenario(
    menu=node("menu", text="1?", options={"1": {"exit": "yes"}}, exits={"yes": "hours", "no_input": "bye"}),
    hours=node(
        "hours",
        schedule=[{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00"}],
        exits={"open": "opened", "closed": "shut"},
    ),
    opened=node("play", text="Открыто.", exits={"done": "bye"}),
    shut=node("play", text="Закрыто.", exits={"done": "bye"}),
)


def test_the_clock_can_be_put_forward(api: Api) -> None:
    call, _ = begin(api, HOURS, now="2025-03-04T12:00")
    state = do(api, call, "clock", to="2025-03-04T19:30")
    assert state["now"] == "2025-03-04T19:30" and state["events"] == ""
    assert "shut" in do(api, call, "key", keys="1")["path"]
    middle, _ = begin(api, HOURS, now="2025-03-04T12:00")
    do(api, middle, "key", keys="7")
    assert do(api, middle, "clock", to="2025-03-04T19:30")["events"] is None
    assert "shut" in do(api, middle, "key", keys="1")["path"]


def test_a_contact_is_anybody(api: Api, world: Any) -> None:
    document = {
        **scenario(hello=node("play", text="Здравствуйте, {{ name }}!", exits={"done": "bye"})),
        "columns": {"name": {"title": "Имя"}},
    }
    world.people(1)
    assert "Иван" in begin(api, document, contact_id=1)[1]["said"][0]["text"]
    assert "Пётр" in begin(api, document, contact={"Имя": "Пётр"})[1]["said"][0]["text"]
    assert begin(api, document)[1]["said"][0]["text"]
    empty = begin(api, document, contact={})[1]
    assert empty["over"] and "Имя" in empty["fault"]
    assert api.post("/simulations", {"document": document, "contact_id": 99}).status_code == 422


def test_what_is_heard_has_a_sound(api: Api) -> None:
    call, state = begin(api, TWO_TEXTS)
    sound = api.client.get(state["said"][0]["audio"], headers=api.headers({}))
    assert sound.status_code == 200 and sound.mimetype == "audio/wav"
    with wave.open(io.BytesIO(sound.data)) as read:
        assert read.getframerate() == 8000 and read.getnframes() > 2000
    assert api.get(f"/simulations/{call}/said/99").status_code == 404


def test_a_call_is_forgotten_after_a_day(api: Api, clock: Stopped) -> None:
    call, _ = begin(api, TWO_TEXTS)
    clock.moment += dt.timedelta(days=1, minutes=1)
    begin(api, TWO_TEXTS)
    assert api.get(f"/simulations/{call}").status_code == 404


def test_a_draft_that_does_not_read_says_why(api: Api) -> None:
    refused = api.post("/simulations", {"document": scenario(one={"kind": "play"})})
    assert refused.status_code == 422 and refused.json["problems"][0]["node"] == "one"
    assert api.post("/simulations", {}).status_code == 422


def test_a_path_is_kept_as_a_golden_run(api: Api) -> None:
    made = api.post("/scenarios", {"name": "tried", "title": "Проба", "document": TWO_TEXTS}).json["id"]
    answer = api.post("/simulations", {"scenario": made}).json
    do(api, answer["id"], "key", keys="2")
    assert api.post(f"/simulations/{answer['id']}/golden", {"name": "отказ"}).status_code == 200
    (run,) = api.get(f"/scenarios/{made}/golden").json["runs"]
    assert (run["name"], run["keys"], run["same"], run["ended"]) == ("отказ", "2", True, "completed")
    changed = {**TWO_TEXTS, "nodes": {**TWO_TEXTS["nodes"], "bye": node("hangup", text="Пока!")}}
    body = {"revision": 1, "document": changed}
    api.client.put(f"/api/v1/scenarios/{made}/draft", json=body, headers=api.headers({}))
    (run,) = api.get(f"/scenarios/{made}/golden").json["runs"]
    assert not run["same"] and any("Пока" in line for line in run["differences"])
    assert api.client.delete(f"/api/v1/scenarios/{made}/golden/{run['id']}", headers=api.headers({})).status_code == 200
    assert api.get(f"/scenarios/{made}/golden").json["runs"] == []


def test_what_no_golden_run_can_hold_is_refused(api: Api) -> None:
    made = api.post("/scenarios", {"name": "tried", "title": "Проба", "document": TWO_TEXTS}).json["id"]
    call = api.post("/simulations", {"scenario": made}).json["id"]
    do(api, call, "machine")
    refused = api.post(f"/simulations/{call}/golden", {"name": "x"})
    assert refused.status_code == 422 and "machine" in refused.json["detail"]


def test_a_text_is_spoken_with_its_values(api: Api) -> None:
    voices = api.get("/voices").json["voices"]
    assert {"ru", "en"} <= set(voices[0]["languages"]) and voices[0]["local"]
    body = {"text": "К оплате {{ debt | money('RUB') }}.", "language": "ru"}
    example, own = (api.post("/speech", {**body, **more}) for more in ({}, {"values": {"debt": "5"}}))
    assert example.status_code == own.status_code == 200 and example.data != own.data
    assert api.post("/speech", {**body, "values": {"debt": "x"}}).status_code == 422
    assert api.post("/speech", {**body, "text": "{{ debt | nothing }}"}).status_code == 422
    assert api.post("/speech", {**body, "voice": "nobody"}).status_code == 422
    assert api.post("/speech", {**body, "language": "xx"}).status_code in (409, 422)


def test_all_calls_are_walked_through(api: Api) -> None:
    loose = scenario(
        menu=node("menu", text="1?", options={"1": {"exit": "yes"}}, exits={"no_input": "bye"}),
        alone=node("play", text="Никто не слышит.", exits={"done": "bye"}),
    )
    found = api.post("/scenarios/explore", {"document": loose}).json
    assert ("menu", "loose_end") in {(one["node"], one["code"]) for one in found["dead_ends"]}
    assert found["never_reached"] == ["alone"] and found["complete"] and found["longest"]["nodes"][0] == "menu"
    bad = api.post("/scenarios/explore", {"document": scenario(one={"kind": "play"})})
    assert bad.status_code == 422 and bad.json["problems"]


@pytest.mark.parametrize(
    "comes",
    [
        OSError(12, "Cannot allocate memory"),
        subprocess.TimeoutExpired("walking", 40),
        subprocess.CalledProcessError(-9, "walking"),
        b"",
        b'{"ways": "many"}',
    ],
    ids=["no process can be started", "it is still walking", "it was killed", "it said nothing", "it said nonsense"],
)
def test_a_walk_that_comes_to_no_end_is_told_so(
    api: Api, monkeypatch: pytest.MonkeyPatch, comes: Exception | bytes
) -> None:
    def walks(*_: Any, **__: Any) -> Any:
        if isinstance(comes, Exception):
            raise comes
        return subprocess.CompletedProcess("walking", 0, comes)

    monkeypatch.setattr(walking.subprocess, "run", walks)
    answer = api.post("/scenarios/explore", {"document": scenario(one=node("hangup"))})
    assert (answer.status_code, answer.json["detail"]) == (422, "the scenario could not be walked through")
