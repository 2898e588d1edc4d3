"""Lists over the API: files sent, looked into, imported; contacts found, edited, put into segments."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from campaigns.world import World
from lists.test_workbooks import xlsx
from oklik.campaigns import list_pages
from oklik.campaigns.list_imports import carry_out_import
from oklik.campaigns.list_uploads import KEPT_FOR, forget_old_uploads
from oklik.campaigns.tokens import Scope
from oklik.jobs.app import apply_schema
from oklik.scenario.document import to_json
from oklik.scenario.questions import questions
from oklik_web.app import create_app
from oklik_web.settings import WebSettings
from support.survey import survey
from web.conftest import NOW, Api

pytestmark = pytest.mark.integration

ROWS = [
    ["Выгрузка", None, None, None],
    ["ФИО", "Телефон", "Долг", "Город"],
    ["Иванов Иван", "8 (916) 123-45-67", 12500, "Омск"],
    ["Петрова-Ёлкина Анна", 79161234568.0, 300, "Пермь"],
    ["Без Номера", None, 5, None],
    ["Сидоров", "+7 916 123 45 69", 7000, "Омск"],
    ["Иванов Иван", "89161234567", 1, None],
]


@pytest.fixture(autouse=True)
def jobs(database_url: str) -> None:
    apply_schema(database_url)


def send(api: Api, path: Path, name: str = "список.xlsx", **more: str) -> Any:
    headers = api.headers({key.replace("_", "-"): value for key, value in more.items()})
    data = {"file": (io.BytesIO(path.read_bytes()), name)}
    return api.client.post("/api/v1/list-imports", data=data, headers=headers)


def imported(api: Api, engine: Engine, path: Path, name: str = "Март", **more: Any) -> int:
    """The id of a list made of a file."""
    number = send(api, path).json["id"]
    answer = api.post(f"/list-imports/{number}/start", {"name": name, "project": "p", **more})
    assert answer.status_code == 200, answer.json
    carry_out_import(engine, number, now=NOW)
    done = api.get(f"/list-imports/{number}").json
    assert done["state"] == "done", done
    return int(done["list_id"])


@pytest.fixture
def people(api: Api, engine: Engine, tmp_path: Path) -> int:
    return imported(api, engine, xlsx(tmp_path / "a", ROWS))


def phones(answer: Any) -> Sequence[str]:
    return [one["phones"][0] for one in answer.json["contacts"]]


def test_a_file_is_sent_looked_into_and_becomes_a_list(api: Api, engine: Engine, tmp_path: Path) -> None:
    sent = send(api, xlsx(tmp_path / "a", ROWS), "../../список.xlsx")
    assert sent.status_code == 200, sent.json
    assert sent.json["file"] == "список.xlsx"
    found = sent.json["inspection"]
    assert (found["header_row"], [one["use"] for one in found["columns"]]) == (2, ["plain", "phone", "plain", "zone"])
    assert found["rows"][2]["why"] == ["there is no phone number"]
    number = sent.json["id"]
    again = api.post(f"/list-imports/{number}/inspect", {"header_row": 2, "phones": ["Телефон"]})
    assert again.json["columns"] == found["columns"]
    started = api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p"})
    assert started.json["state"] == "waiting"
    with engine.connect() as conn:
        assert World(conn).all("SELECT task_name, args FROM procrastinate_jobs") == [
            ("oklik:import_list", {"import_id": number})
        ]
    carry_out_import(engine, number, now=NOW)
    done = api.get(f"/list-imports/{number}").json
    assert (done["state"], done["error"]) == ("done", None)
    assert {name: done["result"][name] for name in ("rows", "contacts", "rejected")} == {
        "rows": 5,
        "contacts": 3,
        "rejected": 2,
    }
    (line,) = api.get("/lists").json["lists"]
    assert (line["name"], line["contacts"], line["rejected"], line["searchable"]) == ("Март", 3, 2, True)
    with engine.connect() as conn:
        assert World(conn).all("SELECT * FROM list_upload_part") == []


def test_events_tell_how_far_it_is(api: Api, engine: Engine, tmp_path: Path) -> None:
    number = send(api, xlsx(tmp_path / "a", ROWS)).json["id"]
    api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p"})
    carry_out_import(engine, number, now=NOW)
    answer = api.get(f"/list-imports/{number}/events")
    assert answer.mimetype == "text/event-stream"
    name, data = answer.text.strip().split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["state"]) == ("event: state", "done")


def test_a_name_that_is_taken_is_refused_unless_the_list_is_to_be_brought_up_to_date(
    api: Api, engine: Engine, people: int, tmp_path: Path
) -> None:
    path = xlsx(tmp_path / "b", [*ROWS, ["Новый", "89161234570", 1, None]])
    number = send(api, path).json["id"]
    refused = api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "name")
    assert imported(api, engine, path, existing="update") == people
    assert api.get(f"/lists/{people}").json["contacts"] == 4


def test_two_new_files_do_not_become_one_list(api: Api, engine: Engine, tmp_path: Path) -> None:
    first, second = (send(api, xlsx(tmp_path / name, ROWS[:last])).json["id"] for name, last in (("a", 3), ("b", 4)))
    wanted = {"name": "Март", "project": "p"}
    assert api.post(f"/list-imports/{first}/start", wanted).status_code == 200
    refused = api.post(f"/list-imports/{second}/start", wanted)
    assert refused.status_code == 409 and refused.json["errors"][0]["field"] == "name"
    carry_out_import(engine, first, now=NOW)
    assert api.post(f"/list-imports/{second}/start", wanted).status_code == 409
    assert api.post(f"/list-imports/{second}/start", {**wanted, "existing": "update"}).status_code == 200


def test_what_is_no_list_is_refused_in_one_line_and_nothing_is_kept(api: Api, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"%PDF-1.7\n")
    answer = send(api, path, "отчёт.xlsx", Accept_Language="ru")
    assert answer.status_code == 422
    assert answer.json["detail"] == "отчёт.xlsx: это документ PDF: нужен файл xlsx, xls, ods или csv"
    with engine.connect() as conn:
        assert World(conn).all("SELECT * FROM list_import") == []
    assert api.client.post("/api/v1/list-imports", data={}, headers=api.headers({})).status_code in {415, 422}


def test_a_bad_file_ends_the_import_with_its_reason(api: Api, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("Имя;Телефон\n" + "Иван;89161234567\n" * 2000 + 'Пётр;"8916\n', "utf-8")
    number = send(api, path, "а.csv").json["id"]
    api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p"})
    carry_out_import(engine, number, now=NOW)
    done = api.get(f"/list-imports/{number}", Accept_Language="ru").json
    assert done["state"] == "failed"
    assert done["error"].startswith("а.csv, строка 2002: кавычка открыта")
    assert api.get("/lists").json["lists"] == []


def test_a_file_that_failed_is_kept_for_a_day(api: Api, engine: Engine, tmp_path: Path) -> None:
    number = send(api, xlsx(tmp_path / "a", ROWS)).json["id"]
    api.post(f"/list-imports/{number}/start", {"name": "Март", "mapping": {"header_row": 2, "phones": ["Нет такого"]}})
    carry_out_import(engine, number, now=NOW)
    assert api.get(f"/list-imports/{number}").json["state"] == "failed"
    with engine.begin() as conn:
        assert forget_old_uploads(conn, NOW) == 0
        assert forget_old_uploads(conn, NOW + KEPT_FOR + KEPT_FOR) == 1
        assert World(conn).all("SELECT * FROM list_upload_part") == []


def test_an_import_can_be_left(api: Api, engine: Engine, tmp_path: Path) -> None:
    number = send(api, xlsx(tmp_path / "a", ROWS)).json["id"]
    api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p"})
    assert api.post(f"/list-imports/{number}/cancel").json["state"] == "cancelled"
    carry_out_import(engine, number, now=NOW)
    assert api.get("/lists").json["lists"] == []
    assert api.post(f"/list-imports/{number}/cancel").status_code == 409


def test_the_same_key_sends_a_file_once(api: Api, tmp_path: Path) -> None:
    one, other = xlsx(tmp_path / "a", ROWS), xlsx(tmp_path / "b", ROWS[:4])
    first = send(api, one, Idempotency_Key="k").json["id"]
    assert send(api, one, Idempotency_Key="k").json["id"] == first
    assert send(api, other, Idempotency_Key="k").status_code == 409


def test_contacts_come_page_by_page_in_the_files_order(api: Api, people: int) -> None:
    first = api.get(f"/lists/{people}/contacts?limit=2")
    assert phones(first) == ["+79161234567", "+79161234568"]
    second = api.get(f"/lists/{people}/contacts?limit=2&after={first.json['next']}")
    assert (phones(second), second.json["next"]) == (["+79161234569"], None)
    assert phones(api.get(f"/lists/{people}/contacts?row=4")) == ["+79161234568", "+79161234569"]
    assert api.get(f"/lists/{people}/contacts?after=zzz").status_code == 422
    assert api.get("/lists/999/contacts").status_code == 404


FOUND = [
    ("иванов", ["+79161234567"]),
    ("ИВАН", ["+79161234567"]),
    ("елкина ан", ["+79161234568"]),
    ("8 (916) 123-45-69", ["+79161234569"]),
    ("+79161234568", ["+79161234568"]),
    ("4567", ["+79161234567"]),
    ("8916123456", ["+79161234567", "+79161234568", "+79161234569"]),
    ("омск", ["+79161234567", "+79161234569"]),
    ("никого", []),
    ("'; DROP TABLE contact; --", []),
    ("!!!", []),
    ("\\' & | :* <-> (", []),
]


def test_deleted_lists_hide_nobody_of_the_others(
    api: Api, engine: Engine, people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "MOST_FOUND", 2)
    kept = imported(api, engine, xlsx(tmp_path / "b", ROWS), name="Апрель")
    api.post(f"/lists/{people}/delete")
    found = api.post("/lists/search", {"text": "омск"})
    assert {one["list_id"] for one in found.json["contacts"]} == {kept} and len(found.json["contacts"]) == 2


def test_people_are_found_by_words_and_numbers(api: Api, people: int) -> None:
    for asked, found in FOUND:
        answer = api.post("/lists/search", {"text": asked, "list": people})
        assert (answer.status_code, phones(answer)) == (200, found), asked
        assert phones(api.post("/lists/search", {"text": asked})) == found


def test_a_list_without_words_is_found_by_a_whole_phone_and_gets_words(api: Api, engine: Engine, world: World) -> None:
    world.people(3)
    answer = api.post("/lists/search", {"text": "8 916 000-00-02"})
    assert (phones(answer), answer.json["partial"]) == (["+79160000002"], True)
    assert [row.task_name for row in world.all("SELECT task_name FROM procrastinate_jobs")] == ["oklik:index_list"]


def test_rows_that_were_not_taken_are_a_file_that_can_be_mended(api: Api, people: int) -> None:
    answer = api.get(f"/lists/{people}/bad-rows.xlsx", Accept_Language="ru")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    texts = [" ".join(str(cell) for cell in row if cell is not None) for row in rows]
    assert any("5 нет Нет номера телефона Без Номера" in one for one in texts), texts
    assert any("7 нет Тот же номер, что в строке 3" in one for one in texts), texts


def test_a_list_is_deleted_and_brought_back(api: Api, engine: Engine, people: int, tmp_path: Path) -> None:
    assert api.post(f"/lists/{people}/delete").json["deleted_at"] is not None
    assert api.get("/lists").json["lists"] == []
    assert api.get(f"/lists/{people}").status_code == 404
    assert phones(api.post("/lists/search", {"text": "иванов"})) == []
    other = imported(api, engine, xlsx(tmp_path / "b", ROWS))
    assert other != people
    (gone,) = api.get("/lists?deleted=true").json["lists"]
    assert gone["name"] == "Март"
    assert api.post(f"/lists/{people}/restore").json["name"] == f"Март ({people})"


def test_a_list_of_a_campaign_stays(api: Api, world: World) -> None:
    world.people(1)
    world.campaign()
    answer = api.post("/lists/1/delete", Accept_Language="ru")
    assert (answer.status_code, "«c0»" in answer.json["detail"]) == (409, True)


def contact_of(api: Api, list_id: int, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/lists/{list_id}/contacts").json["contacts"][place]
    return found


def test_a_cell_is_edited_and_the_edit_taken_back(api: Api, people: int) -> None:
    one = contact_of(api, people)
    done = api.post(f"/contacts/{one['id']}/cells", {"column": "ФИО", "value": "Ветров Пётр", "was": "Иванов Иван"})
    assert done.json["value"] == "Ветров Пётр"
    assert phones(api.post("/lists/search", {"text": "ветров"})) == ["+79161234567"]
    stale = api.post(f"/contacts/{one['id']}/cells", {"column": "ФИО", "value": "x", "was": "Иванов Иван"})
    assert stale.status_code == 409
    card = api.get(f"/contacts/{one['id']}").json
    assert [(e["column"], e["before"], e["after"], e["by"]) for e in card["edits"]] == [
        ("ФИО", "Иванов Иван", "Ветров Пётр", "token:crm")
    ]
    undone = api.post(f"/contacts/{one['id']}/cells/undo", {"edit": done.json["edit"]})
    assert undone.json["value"] == "Иванов Иван"
    assert api.post(f"/contacts/{one['id']}/cells/undo", {"edit": done.json["edit"]}).status_code == 409
    assert api.post(f"/contacts/{one['id']}/cells", {"column": "Нет", "value": "x"}).status_code == 422


def test_a_town_and_a_phone_change_where_and_who(api: Api, people: int) -> None:
    one = contact_of(api, people)
    moved = api.post(f"/contacts/{one['id']}/cells", {"column": "Город", "value": "Владивосток"})
    assert moved.json["zone"] == "Asia/Vladivostok"
    rung = api.post(f"/contacts/{one['id']}/cells", {"column": "Телефон", "value": "8-926-000-00-01"})
    assert rung.json["phones"] == ["+79260000001"]
    assert contact_of(api, people)["phones"] == ["+79260000001"]
    for bad, why in (("123", "short"), ("", "no phone"), ("89161234568", "in this list")):
        refused = api.post(f"/contacts/{one['id']}/cells", {"column": "Телефон", "value": bad})
        assert (refused.status_code, why in refused.json["detail"]) == (422, True), refused.json


def test_edits_stay_when_the_file_is_imported_again(api: Api, engine: Engine, people: int, tmp_path: Path) -> None:
    assert api.post(f"/lists/{people}/columns", {"name": "Заметка"}).json["added"] is True
    assert api.post(f"/lists/{people}/columns", {"name": "заметка "}).status_code == 422
    one = contact_of(api, people)
    api.post(f"/contacts/{one['id']}/cells", {"column": "Заметка", "value": "звонить утром"})
    api.post(f"/contacts/{one['id']}/cells", {"column": "Долг", "value": "1"})
    imported(api, engine, xlsx(tmp_path / "b", ROWS), existing="update")
    assert contact_of(api, people)["fields"]["Заметка"] == "звонить утром"
    assert contact_of(api, people)["fields"]["Долг"] == "1"
    assert [one["name"] for one in api.get(f"/lists/{people}").json["columns"]][-1] == "Заметка"
    mended = [list(row) for row in ROWS]
    mended[2][2] = 99
    imported(api, engine, xlsx(tmp_path / "c", mended), existing="update")
    assert contact_of(api, people)["fields"]["Долг"] == "99"


def test_segments_are_tried_saved_and_counted(api: Api, people: int) -> None:
    rich = {"conditions": [{"column": "Долг", "op": "more", "value": "5 000", "type": "money"}]}
    tried = api.post(f"/lists/{people}/segments/try", rich)
    assert (phones(tried), tried.json["next"]) == (["+79161234567", "+79161234569"], None)
    assert api.post(f"/lists/{people}/segments/count", rich).json == {"count": 2, "next": None}
    both = {"conditions": [*rich["conditions"], {"column": "ФИО", "op": "contains", "value": "иВаН"}], "name": "Важные"}
    kept = api.post(f"/lists/{people}/segments", both).json
    assert phones(api.get(f"/lists/{people}/contacts?segment={kept['id']}")) == ["+79161234567"]
    either = api.post(f"/lists/{people}/segments/try", {"conditions": both["conditions"], "match": "any"})
    assert phones(either) == ["+79161234567", "+79161234569"]
    assert [one["name"] for one in api.get(f"/lists/{people}/segments").json["segments"]] == ["Важные"]
    wrong = {"conditions": [{"column": "Долг", "op": "more", "value": "много", "type": "money"}]}
    assert api.post(f"/lists/{people}/segments/try", wrong).status_code == 422
    assert api.post(f"/segments/{kept['id']}/delete").status_code == 200
    assert api.get(f"/lists/{people}/contacts?segment={kept['id']}").status_code == 404


def test_a_call_under_way_keeps_its_values_and_the_next_one_says_the_new_ones(api: Api, world: World) -> None:
    world.people(2)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder, limit=1)
    world.all("UPDATE target SET prepared = 'mark' RETURNING id")
    mine, other = claimed.contact_id, 3 - claimed.contact_id
    for contact in (mine, other):
        done = api.post(f"/contacts/{contact}/cells", {"column": "Имя", "value": "Пётр"})
        assert done.status_code == 200, done.json
    assert claimed.fields["Имя"] == "Иван"
    assert world.all("SELECT prepared FROM target") == [(None,), (None,)], "speech of the old value is not used again"
    (later,) = world.claim(holder, limit=1)
    assert (later.contact_id, later.fields["Имя"]) == (other, "Пётр")
    moved = api.post(f"/contacts/{mine}/cells", {"column": "Телефон", "value": "89160000009"})
    assert moved.status_code == 422
    world.all('UPDATE contact_list SET columns = \'["Имя", "Телефон"]\' RETURNING id')
    refused = api.post(f"/contacts/{mine}/cells", {"column": "Телефон", "value": "89160000009"})
    assert "is being called" in refused.json["detail"]


def test_a_phone_is_changed_before_a_campaign_calls_it_and_the_gate_asks_of_the_new_one(api: Api, world: World) -> None:
    world.people(2)
    world.all('UPDATE contact_list SET columns = \'["Имя", "Телефон"]\' RETURNING id')
    world.campaign()
    world.all("UPDATE target SET prepared = 'mark', phone_index = 0 RETURNING id")
    api.post("/stop-list/add", {"numbers": ["+79160000777"]})

    def phone(contact: int, number: str) -> Any:
        return api.post(f"/contacts/{contact}/cells", {"column": "Телефон", "value": number})

    moved = phone(1, "8 916 000-00-09")
    assert (moved.status_code, moved.json["phones"]) == (200, ["+79160000009"])
    rows = (
        "SELECT p.key, t.prepared, t.state FROM target t JOIN person p ON p.id = t.person_id WHERE t.contact_id = :id"
    )
    assert world.all(rows, id=1) == [("+79160000009", None, "waiting")]
    assert phone(2, "+79160000777").status_code == 200
    holder = world.holder()
    (claimed,) = world.claim(holder)
    assert claimed.number == "+79160000009", "the other's new number is on the stop list"
    assert world.all("SELECT state, reason FROM target WHERE contact_id = 2") == [("done", "stop_list")]
    assert "is being called" in phone(1, "+79160000010").json["detail"]
    refused = phone(2, "+79160000011")
    assert (refused.status_code, "judged a call" in refused.json["detail"]) == (422, True)
    assert world.one("SELECT person_id FROM target WHERE contact_id = 2") == world.one(
        "SELECT id FROM person WHERE key = '+79160000777'"
    )


def test_a_column_can_be_left_out(api: Api, engine: Engine, tmp_path: Path) -> None:
    number = send(api, xlsx(tmp_path / "a", ROWS)).json["id"]
    mapping = {"without": ["Долг", "Город"]}
    found = api.post(f"/list-imports/{number}/inspect", mapping).json
    assert [one["use"] for one in found["columns"]] == ["plain", "phone", "skip", "skip"]
    assert "Долг" not in found["rows"][0]["cells"]
    api.post(f"/list-imports/{number}/start", {"name": "Март", "project": "p", "mapping": mapping})
    carry_out_import(engine, number, now=NOW)
    made = api.get(f"/list-imports/{number}").json["list_id"]
    assert [one["name"] for one in api.get(f"/lists/{made}").json["columns"]] == ["ФИО", "Телефон"]
    one = contact_of(api, made)
    assert set(one["fields"]) == {"ФИО", "Телефон"}
    assert one["zone"] is None, "its town was not read"
    assert api.post(f"/list-imports/{number}/inspect", {"without": ["Нет такого"]}).status_code in {404, 422}
    phones_out = send(api, xlsx(tmp_path / "b", ROWS)).json["id"]
    told = api.post(f"/list-imports/{phones_out}/inspect", {"without": ["Телефон"]}).json
    assert told["phones"] is False


def test_the_card_asks_in_the_scenarios_words(api: Api, world: World) -> None:
    scenario = survey()
    asked = next(one for one in questions(scenario) if one.title)
    world.people(1)
    world.says(to_json(scenario))
    world.campaign()
    (claimed,) = world.claim(world.holder())
    world.all(
        """INSERT INTO answer (attempt_uuid, question, value, label, at)
           VALUES (:uuid, :name, '5', '5', :at), (:uuid, 'unknown', '5', '5', :at) RETURNING 1""",
        uuid=claimed.uuid,
        name=asked.name,
        at=NOW,
    )
    (call,) = api.get("/contacts/1/calls").json["calls"]
    titles = {one["question"]: one["title"] for one in call["answers"]}
    assert titles == {asked.name: next(iter(asked.title.values())), "unknown": "unknown"}


def test_recordings_are_played_by_ranges_and_noted(
    engine: Engine, world: World, token_for: Any, tmp_path: Path, clock: Any
) -> None:
    world.people(1)
    world.campaign()
    holder = world.holder()
    (claimed,) = world.claim(holder)
    sound = tmp_path / "calls" / "2025" / "a.mp3"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(bytes(range(100)))
    (tmp_path / "secret").write_text("secret")
    world.all(
        """INSERT INTO call_recording (call_uuid, campaign_id, part, n, node, path, state, at)
           VALUES (:uuid, 1, 'call', 1, 'n', '2025/a.mp3', 'ready', :at),
               (:uuid, 1, 'call', 2, 'n', '../secret', 'ready', :at),
               (:uuid, 1, 'call', 3, 'n', '2025/a.mp3', 'deleted', :at) RETURNING id""",
        uuid=claimed.uuid,
        at=NOW,
    )
    world.all(
        """INSERT INTO answer (attempt_uuid, question, value, label, at)
           VALUES (:uuid, 'Оценка', '5', 'Отлично', :at) RETURNING 1""",
        uuid=claimed.uuid,
        at=NOW,
    )
    settings = WebSettings(recordings=str(tmp_path / "calls"), hash_rounds=1, hash_kib=32)
    api = Api(create_app(engine, settings, clock=clock).test_client(), token_for("listener", *Scope))
    whole = api.get("/recordings/1/audio")
    whole.close()
    assert (whole.status_code, whole.mimetype, whole.headers["Accept-Ranges"]) == (200, "audio/mpeg", "bytes")
    part = api.get("/recordings/1/audio", Range="bytes=10-19")
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    part.close()
    assert part.headers["Content-Range"] == "bytes 10-19/100"
    assert api.get("/recordings/1/audio", Range="bytes=200-").status_code == 416
    assert [api.get(f"/recordings/{n}/audio").status_code for n in (2, 3, 4)] == [404, 404, 404]
    assert world.one("SELECT count(*) FROM audit_entry WHERE action = 'recordings.listen'") == 1
    (call,) = api.get("/contacts/1/calls").json["calls"]
    assert [(one["question"], one["label"]) for one in call["answers"]] == [("Оценка", "Отлично")]
    assert [one["state"] for one in call["recordings"]] == ["ready", "ready", "deleted"]
    card = api.get("/contacts/1").json
    assert [one["campaign"] for one in card["campaigns"]] == ["c0"]
    assert api.get("/contacts/99").status_code == 404


def test_the_stop_list_is_shown_loaded_and_given_as_a_file(api: Api, world: World, tmp_path: Path) -> None:
    world.people(2)
    world.campaign()
    path = xlsx(tmp_path / "a", [["Телефон"], ["8 916 000-00-01"], ["89161234567"], ["12"]])
    data = {"file": (io.BytesIO(path.read_bytes()), "стоп.xlsx"), "reason": "жалоба № 5"}
    answer = api.client.post("/api/v1/stop-list/import", data=data, headers=api.headers({}))
    assert {**answer.json, "wrong": len(answer.json["wrong"])} == {
        "added": 2,
        "known": 0,
        "calls_ended": 1,
        "wrong": 1,
    }
    first = api.post("/stop-list/list", {"limit": 1}).json
    second = api.post("/stop-list/list", {"limit": 1, "after": first["next"]}).json
    assert second["next"] is None
    assert [one["number"] for one in (*first["numbers"], *second["numbers"])] == ["+79161234567", "+79160000001"]
    assert first["numbers"][0]["reason"] == "жалоба № 5"
    assert api.post("/stop-list/list", {"after": "zzz"}).status_code == 422
    given = api.get("/stop-list/export.xlsx")
    assert given.is_streamed
    assert given.content_length == len(given.data)
    sheet = openpyxl.load_workbook(io.BytesIO(given.data)).active
    assert sheet is not None
    assert {str(row[0].value) for row in sheet.iter_rows()} >= {"+79161234567", "+79160000001"}


READERS = {
    "a page of a list": (
        "ix_contact_list_row",
        """SELECT id FROM contact WHERE list_id = 1 AND (row_number, id) > (5, 0) ORDER BY row_number, id LIMIT 5""",
    ),
    "words of one list or all": (
        "ix_contact_words_words",
        "SELECT contact_id FROM contact_words WHERE words @@ '''иван'':*'::tsquery",
    ),
    "a page of the stop list": (
        "ix_suppression_added",
        """SELECT number FROM suppression WHERE (added_at, number) < ('2025-01-01', '+7')
           ORDER BY added_at DESC, number DESC LIMIT 5""",
    ),
    "edits of a contact": ("ix_contact_edit_contact_id", "SELECT * FROM contact_edit WHERE contact_id = 7"),
    "a list that goes": ("ix_list_import_list_id", "SELECT 1 FROM list_import WHERE list_id = 7"),
}


def test_every_index_has_a_reader(engine: Engine) -> None:
    with engine.connect() as conn:
        world = World(conn)
        for one in ("seqscan", "sort"):
            world.all(f"SELECT set_config('enable_{one}', 'off', true)")
        for what, (index, statement) in READERS.items():
            plan = "\n".join(row[0] for row in conn.exec_driver_sql(f"EXPLAIN {statement}"))
            assert index in plan, (what, plan)
