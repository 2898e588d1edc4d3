"""Scenarios by the API: drafts that nobody loses, versions that never change, judgement in plain sentences."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from oklik.campaigns import scenario_drafts
from oklik.campaigns.tokens import Scope
from web.conftest import NOW, Api

HELLO = {
    "format": 1,
    "name": "delivery",
    "title": {"ru": "Доставка", "en": "Delivery"},
    "languages": ["ru"],
    "purpose": "informational",
    "start": "hello",
    "nodes": {
        "hello": {"kind": "play", "text": "Здравствуйте!", "exits": {"done": "bye"}},
        "bye": {"kind": "hangup"},
    },
}


def changed(**nodes: Any) -> dict[str, Any]:
    return {**HELLO, "nodes": {**HELLO["nodes"], **nodes}}  # type: ignore[dict-item]


@pytest.fixture
def made(api: Api) -> int:
    answer = api.post("/scenarios", {"name": "delivery", "title": "Доставка", "document": HELLO})
    assert answer.status_code == 200, answer.json
    return int(answer.json["id"])


@pytest.fixture
def other(client: FlaskClient, token_for: Callable[..., str]) -> Api:
    return Api(client, token_for("second", *Scope))


def put(api: Api, scenario: int, revision: int, document: Any, **more: Any) -> Any:
    body = {"revision": revision, "document": document, **more}
    return api.client.put(f"/api/v1/scenarios/{scenario}/draft", json=body, headers=api.headers({}))


def test_a_scenario_is_made_listed_and_given(api: Api, made: int) -> None:
    (listed,) = api.get("/scenarios").json["scenarios"]
    assert (listed["id"], listed["name"], listed["title"]) == (made, "delivery", "Delivery")
    assert listed["draft"]["revision"] == 1 and listed["draft"]["by"] == "token:crm"
    assert (listed["version"], listed["used_by"]) == (None, 0)
    given = api.get(f"/scenarios/{made}").json
    assert given["draft"]["document"] == HELLO and given["versions"] == []


def test_a_change_is_saved_judged_and_kept(api: Api, made: int) -> None:
    said = put(api, made, 1, changed(menu={"kind": "menu", "text": "1 или 2", "options": {"1": {"exit": "yes"}}})).json
    assert said["revision"] == 2 and said["problems"] == []
    assert {"menu_empty", "exit_dangling"} & {issue["code"] for issue in said["issues"] if issue["node"] == "menu"}
    assert [way["name"] for way in said["exits"]["menu"]] == ["yes", "no_input", "invalid"]
    assert put(api, made, 2, changed()).json["revision"] == 3
    assert [one["revision"] for one in api.get(f"/scenarios/{made}/revisions").json["revisions"]] == [3, 2, 1]
    assert "menu" in api.get(f"/scenarios/{made}/revisions/2").json["document"]["nodes"]


def test_the_same_document_again_makes_no_revision(api: Api, made: int) -> None:
    assert put(api, made, 1, HELLO).json["revision"] == 1


def test_two_tabs_lose_nothing(api: Api, other: Api, made: int) -> None:
    theirs = changed(one={"kind": "hangup"})
    assert put(other, made, 1, theirs).json["revision"] == 2
    mine = changed(two={"kind": "hangup"})
    refused = put(api, made, 1, mine)
    assert refused.status_code == 409
    assert refused.json["mine"] == mine
    assert refused.json["theirs"]["revision"] == 2 and refused.json["theirs"]["by"] == "token:second"
    assert refused.json["theirs"]["document"] == theirs
    assert api.get(f"/scenarios/{made}").json["draft"]["document"] == theirs
    assert put(api, made, 1, mine, overwrite=True).json["revision"] == 3
    assert api.get(f"/scenarios/{made}/revisions/2").json["document"] == theirs


def test_a_saved_change_sent_again_is_no_conflict(api: Api, made: int) -> None:
    mine = changed(two={"kind": "hangup"})
    assert [put(api, made, 1, mine).json["revision"] for _ in range(2)] == [2, 2]


def test_what_does_not_read_is_kept_and_the_rest_is_judged(api: Api, made: int) -> None:
    draft = changed(new={"kind": "play"}, odd={"kind": "hangup", "text": "{{ unknown }}"})
    said = put(api, made, 1, draft).json
    (problem,) = said["problems"]
    assert (problem["node"], problem["field"]) == ("new", "text")
    assert ("odd", "name_unknown") in {(issue["node"], issue["code"]) for issue in said["issues"]}
    assert "new" not in {issue["node"] for issue in said["issues"]}
    assert [way["name"] for way in said["exits"]["new"]] == ["done"]
    assert api.get(f"/scenarios/{made}").json["draft"]["document"] == draft


def test_every_field_that_does_not_read_is_told(api: Api) -> None:
    draft = changed(new={"kind": "play"}, menu={"kind": "menu", "text": "?", "options": {"1": {}}})
    said = api.post("/scenarios/check", {"document": draft}).json
    assert {(one["node"], one["field"]) for one in said["problems"]} == {("new", "text"), ("menu", "options.1.exit")}


@pytest.mark.parametrize("document", [{}, {"nodes": []}, {"format": 7}, {"nodes": {"a": None}}, {"nodes": {"a": 1}}])
def test_any_object_is_a_draft(api: Api, made: int, document: Any) -> None:
    said = put(api, made, 1, document)
    assert said.status_code == 200 and said.json["problems"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": "\0"}, "null character"),
        ({"a": float("inf")}, "infinite"),
        ({"a": [0] * 100_001}, "more than 100000 values"),
        ({"a": "x" * 1_100_000}, "larger than 1024 KB"),
        ({"nodes": {str(n): {"kind": "hangup"} for n in range(100_000)}}, "more than 100000 values"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(api: Api, made: int, document: Any, words: str) -> None:
    refused = put(api, made, 1, document)
    assert refused.status_code == 422
    assert words in refused.json["detail"]
    assert api.get(f"/scenarios/{made}").json["draft"]["revision"] == 1


def test_half_a_character_is_refused(api: Api, made: int) -> None:
    body = json.dumps({"revision": 1, "document": {"a": "\ud800"}})
    headers = api.headers({"Content-Type": "application/json"})
    refused = api.client.put(f"/api/v1/scenarios/{made}/draft", data=body, headers=headers)
    assert refused.status_code == 422, refused.json


def test_a_body_beyond_all_measure_is_refused_unread(api: Api, made: int) -> None:
    refused = put(api, made, 1, {"a": "x" * 13_000_000})
    assert refused.status_code == 413 and "12582912" in refused.json["detail"]


def test_old_revisions_are_thinned_and_never_the_newest(api: Api, made: int, engine: Engine) -> None:
    now = NOW
    with engine.begin() as conn:
        for revision in range(1, 52):
            now += dt.timedelta(minutes=20) if revision != 30 else dt.timedelta(days=2)
            document = changed(**{f"n{revision}": {"kind": "hangup"}})
            assert scenario_drafts.save(conn, made, revision, document, "user:x", now) == revision + 1
    left = [one["revision"] for one in api.get(f"/scenarios/{made}/revisions").json["revisions"]]
    assert left[:22] == list(range(52, 30, -1))  # all of a day
    assert 8 <= len(left[22:]) <= 12  # then one an hour


def test_a_draft_with_errors_is_not_published(api: Api, made: int) -> None:
    put(api, made, 1, changed(bye={"kind": "play", "text": "Пока!", "exits": {"done": "nowhere"}}))
    refused = api.post(f"/scenarios/{made}/publish", {"revision": 2})
    assert refused.status_code == 422 and refused.json["problems"] == []
    assert refused.json["issues"][0]["code"] == "target_unknown"
    put(api, made, 2, changed(menu={"kind": "menu", "text": "?", "options": {}}, new={"kind": "play"}))
    refused = api.post(f"/scenarios/{made}/publish", {"revision": 3})
    assert refused.status_code == 422
    assert refused.json["problems"][0]["node"] == "new" and refused.json["issues"]
    assert api.get(f"/scenarios/{made}").json["versions"] == []


def test_a_draft_becomes_a_version(api: Api, made: int) -> None:
    assert api.post(f"/scenarios/{made}/publish", {"revision": 1, "note": "первая"}).json == {"number": 1, "new": True}
    assert api.post(f"/scenarios/{made}/publish", {"revision": 1}).json == {"number": 1, "new": False}
    (version,) = api.get(f"/scenarios/{made}").json["versions"]
    assert (version["number"], version["by"], version["note"], version["revision"]) == (1, "token:crm", "первая", 1)
    assert api.get("/scenarios").json["scenarios"][0]["draft"]["published"] is True
    put(api, made, 1, changed(bye={"kind": "hangup", "text": "Пока!"}))
    assert api.get("/scenarios").json["scenarios"][0]["draft"]["published"] is False
    assert api.post(f"/scenarios/{made}/publish", {"revision": 1}).status_code == 409
    assert api.post(f"/scenarios/{made}/publish", {"revision": 2}).json["number"] == 2
    given = api.get(f"/scenarios/{made}/versions/1").json
    assert given["document"]["nodes"]["bye"] == {"kind": "hangup"}


def test_an_old_text_published_again_is_what_is_called_with(api: Api, engine: Engine, made: int) -> None:
    turned = changed(bye={"kind": "hangup", "text": "Пока!"})
    for revision, document in enumerate((turned, HELLO), start=1):
        api.post(f"/scenarios/{made}/publish", {"revision": revision})
        put(api, made, revision, document)
    again = api.post(f"/scenarios/{made}/publish", {"revision": 3}).json
    assert again == {"number": 3, "new": True}
    assert api.post(f"/scenarios/{made}/publish", {"revision": 3}).json == {"number": 3, "new": False}
    assert api.get(f"/scenarios/{made}/versions/3").json["document"]["nodes"] == HELLO["nodes"]
    assert api.get(f"/scenarios/{made}").json["versions"][0]["number"] == 3


def test_a_version_keeps_its_scenarios_name(api: Api, made: int) -> None:
    put(api, made, 1, {**HELLO, "name": "other"})
    refused = api.post(f"/scenarios/{made}/publish", {"revision": 2})
    assert refused.status_code == 422 and refused.json["issues"][0]["code"] == "name_differs"


def test_a_running_campaign_keeps_its_version(api: Api, world: Any, made: int) -> None:
    api.post(f"/scenarios/{made}/publish", {"revision": 1})
    world.people(1)
    campaign = world.campaign()
    pin = "SELECT id FROM scenario_version WHERE scenario_id = :id ORDER BY number LIMIT 1"
    first = world.one(pin, id=made)
    world.conn.execute(text("UPDATE campaign SET scenario_version_id = :v WHERE id = :c"), {"v": first, "c": campaign})
    before = world.one("SELECT CAST(document AS text) FROM scenario_version WHERE id = :v", v=first)
    put(api, made, 1, changed(bye={"kind": "hangup", "text": "Пока!"}))
    api.post(f"/scenarios/{made}/publish", {"revision": 2})
    assert world.one("SELECT scenario_version_id FROM campaign WHERE id = :c", c=campaign) == first
    assert world.one("SELECT CAST(document AS text) FROM scenario_version WHERE id = :v", v=first) == before
    numbers = {one["number"]: one["used_by"] for one in api.get(f"/scenarios/{made}").json["versions"]}
    assert numbers == {1: 1, 2: 0}


def test_a_scenario_published_elsewhere_can_be_edited(api: Api, engine: Engine) -> None:
    from oklik.campaigns.publish_scenario import publish_scenario
    from oklik.scenario.document import from_json

    with engine.begin() as conn:
        project = conn.execute(text("INSERT INTO project (name) VALUES ('p') RETURNING id")).scalar_one()
        publish_scenario(conn, project, from_json(HELLO), NOW)
    (listed,) = api.get("/scenarios").json["scenarios"]
    assert listed["draft"] is None and listed["version"] == 1
    given = api.get(f"/scenarios/{listed['id']}").json
    assert given["draft"]["revision"] == 0 and given["draft"]["document"]["nodes"] == HELLO["nodes"]
    assert put(api, listed["id"], 0, changed(x={"kind": "hangup"})).json["revision"] == 1


def test_versions_differ_in_words(api: Api, made: int) -> None:
    api.post(f"/scenarios/{made}/publish", {"revision": 1})
    put(api, made, 1, changed(bye={"kind": "hangup", "text": "Пока!"}))
    (line,) = api.get(f"/scenarios/{made}/diff?from=1&to=draft").json["lines"]
    assert line["node"] == "bye" and "Пока" in line["sentence"]
    assert api.get(f"/scenarios/{made}/diff?from=7").status_code == 404


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_file_brings_back_the_same_scenario(api: Api, made: int, form: str) -> None:
    odd = changed(bye={"kind": "hangup", "text": "010\nyes: no # да «12:30»"})
    put(api, made, 1, odd)
    file = api.get(f"/scenarios/{made}/export?format={form}")
    assert file.status_code == 200 and f'filename="delivery.{form}"' in file.headers["Content-Disposition"]
    back = api.post("/scenarios/import", {"text": file.get_data(as_text=True)}).json
    assert back["document"] == odd and back["problems"] == []


@pytest.mark.parametrize("bad", ["- 1", "{", "a: &x 1", "!!python/object:os.system {}", "a: 1\na: 2"])
def test_a_file_that_holds_no_scenario_is_told_so(api: Api, bad: str) -> None:
    said = api.post("/scenarios/import", {"text": bad})
    assert said.status_code == 200 and said.json["document"] is None and said.json["problems"]


def test_scenarios_begin_blank_or_as_ready_ones(api: Api) -> None:
    ready = api.get("/scenario-templates").json["templates"]
    assert {"delivery", "debt-reminder", "csat"} <= {one["code"] for one in ready}
    assert all(one["title"] and one["description"] and one["languages"] == ["ru", "en"] for one in ready)
    for name, more in (("blank", {}), ("copy", {"template": "csat", "language": "ru"})):
        made = api.post("/scenarios", {"name": name, "title": "Мой", **more}).json["id"]
        draft = api.get(f"/scenarios/{made}").json["draft"]["document"]
        assert (draft["name"], draft["title"]) == (name, "Мой")
        assert api.post("/scenarios/check", {"document": draft}).json["problems"] == []
        assert api.post(f"/scenarios/{made}/publish", {"revision": 1}).status_code == 200
    assert api.post("/scenarios", {"name": "x", "title": "x", "template": "nothing"}).status_code == 422


@pytest.mark.parametrize("name", ["Имя", "../etc", "UP", "a b", "1a", "a" * 41])
def test_a_name_is_a_word(api: Api, name: str) -> None:
    assert api.post("/scenarios", {"name": name, "title": "x"}).status_code == 422


def test_a_name_is_taken_once(api: Api, made: int) -> None:
    assert api.post("/scenarios", {"name": "delivery", "title": "x"}).status_code == 409


def test_the_check_fits_a_list(api: Api, world: Any) -> None:
    document = {**HELLO, "columns": {"debt": {"title": "Долг", "type": "money"}}}
    said = api.post("/scenarios/check", {"document": document, "list": 1}).json
    assert "columns_missing" in {issue["code"] for issue in said["issues"]}
    assert api.post("/scenarios/check", {"document": document, "list": 99}).status_code == 422


def test_node_kinds_come_from_the_kinds(api: Api) -> None:
    from oklik.scenario.kinds import KINDS

    told = api.get("/node-kinds", Accept_Language="ru").json
    assert list(told["kinds"]) == list(KINDS)
    assert [kind for group in told["groups"] for kind in group["kinds"]] == list(KINDS)
    menu = told["kinds"]["menu"]
    assert menu["exits"]["from"] == "options" and menu["exits"]["each"] == "exit"
    assert menu["schema"]["properties"]["options"]["x-oklik"]["widget"] == "options"
    english = api.get("/node-kinds").json["kinds"]["menu"]
    assert english["title"] == "Menu" and english["schema"]["properties"]["options"]["title"] == "Keys"


def test_each_view_asks_for_its_scope(client: FlaskClient, token_for: Callable[..., str], made: int) -> None:
    reader = Api(client, token_for("reader", Scope.SCENARIOS_READ))
    writer = Api(client, token_for("writer", Scope.SCENARIOS_WRITE))
    assert reader.get("/scenarios").status_code == 200
    assert put(reader, made, 1, HELLO).status_code == 403
    assert reader.post("/scenarios", {"name": "x", "title": "x"}).status_code == 403
    assert put(writer, made, 1, HELLO).status_code == 200
    assert writer.post(f"/scenarios/{made}/publish", {"revision": 1}).status_code == 403
    assert writer.get("/scenarios").status_code == 403


def test_a_test_call_can_be_ordered_in_a_campaign_of_the_scenario(api: Api, world: Any, made: int) -> None:
    api.post(f"/scenarios/{made}/publish", {"revision": 1})
    world.people(1)
    campaign = world.campaign()
    body = {"phone": "8 916 123-45-67", "campaign": campaign}
    assert api.post(f"/scenarios/{made}/test-call", body).status_code == 422, "it plays another scenario"
    first = world.one("SELECT id FROM scenario_version WHERE scenario_id = :id", id=made)
    world.conn.execute(text("UPDATE campaign SET scenario_version_id = :v WHERE id = :c"), {"v": first, "c": campaign})
    ordered = api.post(f"/scenarios/{made}/test-call", body).json
    assert (ordered["campaign"], ordered["version"], ordered["draft"]) == (campaign, 1, True)
    told = api.get(f"/calls/{ordered['order']}").json
    assert (told["kind"], told["number"], told["by"]) == ("test", "+79161234567", "token:crm")
    put(api, made, 1, changed(x={"kind": "hangup"}))
    assert api.post(f"/scenarios/{made}/test-call", body).json["draft"] is False
    assert api.post(f"/scenarios/{made}/test-call", {"phone": "nobody"}).status_code == 422
    assert api.post("/scenarios/99/test-call", body).status_code == 404
