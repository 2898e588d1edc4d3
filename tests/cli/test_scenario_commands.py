"""`oklik scenario check` and `simulate`: what they print for people and for programs, and their exit codes."""

import io
import itertools
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from oklik import scenario_commands
from oklik.cli import app
from oklik.scenario.document import load_text, to_json
from support.command import ROOT, SCENARIO

RU, EN = ROOT / "scenarios/debt-reminder/ru.yaml", ROOT / "scenarios/satisfaction-survey/en.yaml"
DEBTOR = {"name": "ИВАНОВ ИВАН ИВАНОВИЧ", "debt": "1500", "due": "01.12.2026", "contract": "1001"}


def oklik(*arguments: object, **settings: str) -> Result:
    return CliRunner(env={"OKLIK_LANGUAGE": None, **settings}).invoke(app, [str(one) for one in arguments])


def test_sound_scenarios_say_so():
    ended = oklik("scenario", "check", RU, EN)
    assert ended.exit_code == 0
    assert ended.stdout.splitlines() == [f"{RU}: ошибок нет", f"{EN}: ошибок нет"]
    assert oklik("scenario", "check", EN, "--language", "en").stdout.strip() == f"{EN}: no mistakes"


def test_how_long_a_text_may_be_is_an_option():
    ended = oklik("scenario", "check", EN, "--longest", "3")
    assert ended.exit_code == 0
    assert {line.rpartition(" ")[2] for line in ended.stdout.splitlines()} == {"[prompt_long]"}
    assert oklik("scenario", "check", EN, "--longest", "0").exit_code == 2


def test_mistakes_name_file_node_and_field(tmp_path: Path):
    broken, odd = tmp_path / "broken.yaml", tmp_path / "odd.yaml"
    broken.write_text("format: 1\nname: [\n", "utf-8")
    odd.write_text(SCENARIO.replace("Спасибо.", "Спасибо, {{ city }}."), "utf-8")
    ended = oklik("scenario", "check", broken, odd, EN, tmp_path / "nowhere.yaml")
    assert ended.exit_code == 2
    lines = ended.stdout.splitlines()
    assert lines[0].startswith(f"{broken}:")
    line = odd.read_text("utf-8").splitlines().index("    text: Спасибо, {{ city }}.") + 1
    assert lines[1].startswith(f"{odd}:{line}: ошибка: шаг bye, text: ")
    assert "city" in lines[1]
    assert lines[1].endswith(" [name_unknown]")
    assert lines[-2:] == [f"{EN}: ошибок нет", f"{tmp_path}/nowhere.yaml: такого файла нет"]


def test_findings_name_the_nearest_line(tmp_path: Path):
    """What is missing has no line of its own: that of the node, or of the column, stands for it."""
    written = SCENARIO.replace("end: bye, ", "").replace("type: text}", "type: text, min: 1}")
    file = tmp_path / "s.yaml"
    file.write_text(written, "utf-8")
    places = {line.rpartition(" ")[2]: line.split(":")[1] for line in check(file)}
    lines = written.splitlines()
    assert places["[exit_dangling]"] == str(next(n for n, line in enumerate(lines, 1) if "exits:" in line))
    assert places["[limits_unfit]"] == str(next(n for n, line in enumerate(lines, 1) if "min: 1" in line))


def test_json_has_no_lines(tmp_path: Path):
    file = tmp_path / "s.json"
    document = to_json(load_text(SCENARIO, "s.yaml"))
    document["nodes"]["bye"]["text"] = "Спасибо, {{ city }}."
    file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    line = check(file)[0]
    assert line.startswith(f"{file}: ошибка: шаг bye, text: ")


def check(file: Path) -> list[str]:
    return oklik("scenario", "check", file).stdout.splitlines()


def test_check_looks_for_the_recordings_that_are_kept(tmp_path: Path):
    shelf = tmp_path / "shelf"
    (shelf / "ru").mkdir(parents=True)
    (shelf / "ru" / "greeting.wav").write_bytes(b"sound")
    file = tmp_path / "s.yaml"
    recordings = "recordings: {hello.text: greeting, promised_someday.text: someday}\n"
    file.write_text(RU.read_text("utf-8") + recordings, "utf-8")
    fine, note = check(file)
    assert fine == f"{file}: ошибок нет"
    assert "не проверено" in note and "OKLIK_RECORDINGS" in note
    told = oklik("scenario", "check", file, OKLIK_RECORDINGS=str(shelf))
    assert told.exit_code == 0
    (line,) = told.stdout.splitlines()
    assert "Записи «ru/someday» нет" in line
    assert line.endswith("[recording_missing]")
    missing = oklik("scenario", "check", file, OKLIK_RECORDINGS=str(tmp_path / "nowhere"))
    assert missing.exit_code == 2
    assert "OKLIK_RECORDINGS" in missing.stderr


def test_a_simulation_for_programs():
    ended = oklik(
        "scenario",
        "simulate",
        RU,
        "--contact",
        json.dumps(DEBTOR),
        "--keys",
        "1 1 5#",
        "--today",
        "2026-11-24",
        "--json",
    )
    assert ended.exit_code == 0, ended.stderr
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {"node", "prompt", "event", "exit"} <= set(lines[0])
    assert "Иван Иванович" in lines[0]["prompt"] or "Иван Иванович" in lines[1]["prompt"]
    assert lines[-1]["answers"] == {"intent": "promise", "days": "5"}


def test_a_simulation_to_read():
    ended = oklik("scenario", "simulate", RU, "--contact", json.dumps(DEBTOR), "--keys", "2", "--today", "2026-11-24")
    assert ended.exit_code == 0, ended.stderr
    assert "⌨ 2" in ended.stdout
    assert "полторы" in ended.stdout or "тысяч" not in ended.stdout  # the debt is not told to another person
    assert ended.stdout.splitlines()[-1] == "== Не тот человек"


@pytest.mark.parametrize("keys", ["1 0 !no_agent", "1 1 5#", "1 2", "1 9", "- - -", "x", "2", "1 0 !talked"])
def test_a_simulation_to_read_speaks_the_language_of_the_messages(keys: str):
    arguments = ("scenario", "simulate", RU, "--contact", json.dumps(DEBTOR), "--keys", keys, "--today", "2026-11-24")
    told = {language: oklik(*arguments, OKLIK_LANGUAGE=language) for language in ("ru", "en")}
    last = {language: ended.stdout.splitlines()[-1] for language, ended in told.items()}
    assert last["ru"].startswith("== ")
    assert not set("abcdefghijklmnopqrstuvwxyz_") & set(last["ru"])
    assert last["en"].isascii()
    assert "_" not in last["en"]
    if "!" in keys:
        (transfer,) = [line for line in told["ru"].stdout.splitlines() if "⇄" in line]
        assert not re.search("[a-z]", transfer.partition("→")[0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--contact", "{"), "--contact: это не JSON: ошибка в строке 1, символ 2"),
        (("--contact", "[" * 100_000), "--contact: нужен объект"),
        (("--contact", json.dumps(DEBTOR | {"debt": "0"})), "columns.debt: «Сумма долга»: «0» меньше, чем 0.01"),
        (
            ("--contact", json.dumps(DEBTOR), "--keys", "!talked"),
            "--keys: «!talked» стоит там, где ждут кнопок: шаг who",
        ),
        (("--contact", json.dumps(DEBTOR), "--keys", "1 0 5"), "--keys: «5» стоит там, где кончается перевод"),
        (("--contact", "[1]"), "--contact: нужен объект"),
        (("--contact", "{}"), "--contact: "),
        (("--contact", json.dumps(DEBTOR | {"debt": "много"}), "--keys", "1"), "debt"),
        (("--contact", json.dumps(DEBTOR), "--keys", "?"), "--keys: «?» непонятно; можно: кнопки вроде 12#"),
        (("--contact", json.dumps(DEBTOR), "--today", "завтра"), "--today завтра: нужно ГГГГ-ММ-ДД"),
        (("--contact", json.dumps(DEBTOR), "--time", "полдень"), "--time полдень: нужно ЧЧ:ММ"),
        (("--contact", json.dumps(DEBTOR), "--today", "2026-11-24", "--time", "24:00"), "--time 24:00: нужно ЧЧ:ММ"),
        (("--contact", json.dumps(DEBTOR), "--language", "en"), "--language en"),
    ],
)
def test_bad_input_of_a_simulation_is_one_line(arguments: tuple[str, ...], says: str):
    ended = oklik("scenario", "simulate", RU, *arguments)
    assert ended.exit_code == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("oklik: ")
    assert says in line


TIMED = """
format: 1
name: timed
title: Проба
languages: [ru]
purpose: informational
start: lot
nodes:
  lot: {kind: split, question: v, ways: [{exit: a, label: A}, {exit: b, label: B}], exits: {a: h, b: h}}
  h: {kind: hours, schedule: [{from: 09:00, to: 18:00}], exits: {open: o, closed: c, holiday: f}}
  o: {kind: hangup, text: Открыто.}
  c: {kind: hangup, text: Закрыто.}
  f: {kind: hangup, text: Праздник.}
"""


@pytest.mark.parametrize(
    ("arguments", "heard"),
    [
        (("--today", "2026-11-24"), "Открыто."),  # a day alone is its noon
        (("--today", "2026-11-24", "--time", "17:59"), "Открыто."),
        (("--today", "2026-11-24", "--time", "18:00"), "Закрыто."),
        (("--today", "2026-05-09", "--time", "12:00"), "Праздник."),
        (("--time", "23:59"), ""),
    ],
)
def test_a_simulation_at_a_time_of_day(tmp_path: Path, arguments: tuple[str, ...], heard: str):
    file = tmp_path / "timed.yaml"
    file.write_text(TIMED)
    ended = oklik("scenario", "simulate", file, *arguments)
    assert ended.exit_code == 0, ended.stderr
    assert heard in ended.stdout
    assert heard or "Открыто" not in ended.stdout


def test_a_simulation_draws_the_lot_of_whoever_is_named(tmp_path: Path):
    file = tmp_path / "timed.yaml"
    file.write_text(TIMED)
    ways = [oklik("scenario", "simulate", file, "--who", str(who)).stdout.split()[2] for who in range(8)]
    assert set(ways) == {"a", "b"}


def test_a_whole_row_of_a_list_may_be_given() -> None:
    """Columns the scenario does not use are left alone, an empty cell is empty, an amount keeps all its digits."""
    contact = DEBTOR | {"city": "Омск", "contract": None}
    row = json.dumps(contact).replace(json.dumps(DEBTOR["debt"]), "123456789.56")
    ended = oklik("scenario", "simulate", RU, "--contact", row, "--keys", "1 2", "--json", "--today", "2026-11-24")
    assert ended.exit_code == 0
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert any("пятьдесят шесть копеек" in line["prompt"] for line in lines)
    assert [line["node"] for line in lines if line.get("ended")] == [lines[-1]["node"]]
    assert next(line for line in lines if line["node"] == "has_contract")["exit"] == "else"


def test_a_walk_through_sound_scenarios():
    ended = oklik("scenario", "explore", RU, EN, "--today", "2026-11-24")
    assert ended.exit_code == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == f"{RU}: звонки пройдены, ошибок нет"
    assert f"{EN}: звонки пройдены, ошибок нет" in lines
    assert sum("самый долгий звонок: около" in line for line in lines) == 2
    english = oklik("scenario", "explore", EN, "--language", "en", "--today", "2026-11-24")
    assert not re.search("[а-яА-Я]", english.stdout)
    assert english.stdout.startswith(f"{EN}: the calls were walked, no mistakes\n  people ")


def test_a_walk_for_programs():
    person = json.dumps({**DEBTOR, "contract": ""})
    ended = oklik("scenario", "explore", RU, "--contact", person, "--today", "2026-11-24", "--json")
    assert ended.exit_code == 0, ended.stderr
    (line,) = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (line["file"], line["contacts"], line["complete"]) == (str(RU), 1, True)
    assert line["never_reached"] == ["contract_number"]
    assert line["longest"]["contact"]["name"] == DEBTOR["name"]


def test_what_a_walk_finds_has_its_line_and_the_way_there(tmp_path: Path):
    odd = tmp_path / "odd.yaml"
    odd.write_text(SCENARIO.replace("end: bye, ", ""), "utf-8")
    ended = oklik("scenario", "explore", odd, RU, "--today", "2026-11-24")
    assert ended.exit_code == 1
    lines = ended.stdout.splitlines()
    assert lines[0] == f"{odd}: ошибок: 1"
    assert lines[1].startswith(f"{odd}:")
    assert lines[1].endswith(" [loose_end]")
    assert lines[2].strip() == "как прийти:"
    assert f"{RU}: звонки пройдены, ошибок нет" in lines
    cut = oklik("scenario", "explore", RU, "--states", "5", "--today", "2026-11-24")
    assert cut.exit_code == 0
    assert cut.stdout.startswith(f"{RU}: ошибок не найдено, но пройдено не всё")
    assert "--states" in cut.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((RU, "--language", "en"), "--language en"),
        ((RU, "--contact", "{"), "--contact: это не JSON"),
        ((RU, "--contact", "{}"), "--contact: "),
        ((RU, "--today", "завтра"), "--today завтра"),
        (("nowhere.yaml",), "nowhere.yaml"),
        ((RU, "--states", "0"), "states"),
    ],
)
def test_bad_input_of_a_walk_is_one_line(arguments: tuple[object, ...], says: str):
    ended = oklik("scenario", "explore", *arguments)
    assert ended.exit_code == 2
    assert says in ended.stderr
    assert not ended.stdout


def test_a_long_walk_shows_a_bar_on_a_terminal_and_stops_in_time(monkeypatch: pytest.MonkeyPatch):
    shown = io.StringIO()
    monkeypatch.setattr(scenario_commands, "Console", lambda **_: Console(file=shown, force_terminal=True, width=100))
    monkeypatch.setattr(scenario_commands, "MOMENT", 0.0)
    ended = oklik("scenario", "explore", EN, "--today", "2026-11-24")
    assert ended.exit_code == 0
    assert EN.name in shown.getvalue()
    monkeypatch.setattr(scenario_commands, "monotonic", itertools.count(step=15).__next__)
    cut = oklik("scenario", "explore", EN, "--today", "2026-11-24", "--language", "en")
    assert "the time was up (--seconds)" in cut.stdout


HOSTILE = {
    "large": b"a: " + b"x" * 10_000_000,
    "laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "tag": b"a: !!python/object/apply:os.system [ls]\n",
    "twice": b"a: 1\na: 2\n",
    "deep": b"[" * 100_000,
    "NUL": b"a: \0\n",
    "bell": b'a: "\\a"\n',
    "line break": b'"a\\nb": 1\n"a\\nb": 2\n',
    "UTF-16": "format: 1\nname: имя\n".encode("utf-16"),
    "surrogate": b'{"a": "\\ud800"}',
    "exponent": b'{"format": 1, "layout": {"a": 1e999}}',
    "nodes": b"format: 1\nnodes:\n" + b"".join(b"  n%d: {}\n" % i for i in range(40_000)),
    "kind": b"format: 1\nnodes: {a: {kind: " + b"k" * 900_000 + b"}}\n",
    "empty": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_hostile_file_is_refused_in_one_line(name: str, language: str, tmp_path: Path):
    file = tmp_path / "s.yaml"
    file.write_bytes(HOSTILE[name])
    ended = oklik("scenario", "check", file, "--language", language)
    assert ended.exit_code == 2
    assert not isinstance(ended.exception, Exception) or isinstance(ended.exception, SystemExit)
    (line,) = ended.output.splitlines()
    assert line.startswith(str(file))
    assert line.isprintable()
    assert len(line) < 900


CALLING = ROOT / "scenarios/examples/best-time.yaml"
BUYER = {"name": "ИВАНОВ ИВАН ИВАНОВИЧ"}


def test_a_scenario_calls_the_file_beside_it():
    assert oklik("scenario", "check", CALLING, CALLING.with_name("who-answers.yaml")).exit_code == 0
    lines = oklik("scenario", "simulate", CALLING, "--contact", json.dumps(BUYER), "--keys", "1 2").stdout.splitlines()
    assert lines[2].startswith("[who подсценария person] Здравствуйте! Это магазин «Пример».")
    assert "[confirm] Записано, будем звонить днём." in lines
    walked = oklik("scenario", "explore", CALLING, "--language", "ru")
    assert walked.exit_code == 0
    assert "person → who подсценария person → " in walked.stdout


def test_a_mistake_in_the_file_beside_is_told_with_its_line(tmp_path: Path):
    inner = tmp_path / "who-answers.yaml"
    inner.write_text(
        CALLING.with_name("who-answers.yaml").read_text("utf-8").replace("{{ caller }}", "{{ nobody }}"), "utf-8"
    )
    outer = tmp_path / "outer.yaml"
    outer.write_text(CALLING.read_text("utf-8"), "utf-8")
    ended = oklik("scenario", "check", outer)
    assert ended.exit_code == 2
    line = next(n for n, text in enumerate(inner.read_text("utf-8").splitlines(), 1) if "    text: >-" in text)
    assert ended.stdout.startswith(f"{inner}:{line}: ошибка: шаг who подсценария person, text: ")
