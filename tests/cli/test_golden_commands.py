"""`oklik scenario simulate --save`, `golden`, `diff`: what they write and print, and their exit codes."""

import errno
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oklik.cli import app
from support.command import ROOT

READY = ROOT / "scenarios/debt-reminder/ru.yaml"
DEBTOR = json.dumps({"ФИО": "ИВАНОВ ИВАН ИВАНОВИЧ", "Сумма долга": "1500", "due": "01.12.2026"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "debt.yaml"
    path.write_text(READY.read_text("utf-8"), "utf-8")
    return path


def oklik(*arguments: object, **settings: str) -> Result:
    return CliRunner(env={"OKLIK_LANGUAGE": None, **settings}).invoke(app, ["scenario", *map(str, arguments)])


def save(file: Path, name: str, *more: object, keys: str = "1 2") -> Result:
    told = ("--contact", DEBTOR, "--keys", keys, "--today", "2026-11-24", "--save", name)
    return oklik("simulate", file, *told, *more)


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def refused(ended: Result) -> str:
    assert ended.exit_code == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    return line.removeprefix("oklik: ")


def test_a_saved_run_is_replayed(file: Path) -> None:
    golden = file.parent / "golden/debt.yaml"
    ended = save(file, " уже оплатил ")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[-1] == "== Сценарий пройден"
    assert ended.stderr == f"{golden}: прогон «уже оплатил» записан\n"
    lines = golden.read_text("utf-8").splitlines()
    assert lines[0] == "# Прогоны debt.yaml. Проверить: oklik scenario golden debt.yaml, записать заново — с --update"
    assert lines[1:5] == [
        "- name: уже оплатил",
        "  contact: {name: ИВАНОВ ИВАН ИВАНОВИЧ, debt: '1500', due: 01.12.2026}",
        "  today: '2026-11-24'",
        "  keys: 1 2",
    ]
    assert save(file, "не тот", "--json", keys="2").stdout.splitlines()[-1].startswith("{")
    ended = oklik("golden", file)
    assert (ended.exit_code, ended.stdout) == (0, f"{golden}: прогонов 2, все как записаны\n")
    assert [path.name for path in golden.parent.iterdir()] == ["debt.yaml"], "nothing is left beside it"


def test_what_goes_otherwise_is_told_and_written_anew_only_when_asked(file: Path) -> None:
    golden = file.parent / "golden/debt.yaml"
    save(file, "оплатил")
    save(file, "не тот", keys="2")
    edit(golden, "# Прогоны", "# Мои прогоны")
    edit(file, "Мы проверим поступление оплаты.", "Мы проверим оплату.")
    before = golden.read_bytes()
    ended = oklik("golden", file, "--language", "en")
    assert ended.exit_code == 1
    (line,) = ended.stdout.splitlines()
    assert line.startswith(f"{golden}: run “оплатил”: move 6, node paid: heard: was “Спасибо! Мы проверим пост")
    assert golden.read_bytes() == before
    ended = oklik("golden", file, "--update")
    assert (ended.exit_code, ended.stdout) == (0, f"{golden}: прогонов 2, записано заново 1\n")
    assert golden.read_text("utf-8").startswith("# Мои прогоны")
    assert oklik("golden", file).exit_code == 0


def test_a_run_of_the_same_name_is_replaced_only_when_asked(file: Path) -> None:
    golden = file.parent / "golden/debt.yaml"
    save(file, "а")
    save(file, "б", keys="2")
    before = golden.read_text("utf-8")
    assert refused(save(file, "а", keys="3")) == (
        f"--save а: в {golden} такой прогон уже есть; заменить его — с --update, или назовите иначе"
    )
    assert golden.read_text("utf-8") == before
    assert save(file, "а", "--update", keys="3").exit_code == 0
    after = golden.read_text("utf-8")
    assert [line for line in after.splitlines() if line.startswith("- name")] == ["- name: а", "- name: б"]
    assert "keys: '3'" in after


def test_a_run_that_comes_to_no_end_is_not_written(file: Path) -> None:
    golden = file.parent / "golden/debt.yaml"
    ended = save(file, "а", keys="!talked")
    assert ended.exit_code == 2
    assert "«!talked» стоит там, где ждут кнопок" in ended.stderr
    assert not golden.exists()
    save(file, "а")
    edit(golden, "keys: 1 2", "keys: 1 0 1")
    before = golden.read_bytes()
    for more in ((), ("--update",)):
        ended = oklik("golden", file, *more)
        assert ended.exit_code == 1
        assert "прогон «а»: до конца не проходит: «1» стоит там, где кончается перевод" in ended.stdout
        assert golden.read_bytes() == before


def test_bad_input_of_golden_runs_is_one_line(file: Path) -> None:
    golden = file.parent / "golden/debt.yaml"
    assert refused(oklik("simulate", file, "--update")) == "--update: нужен и --save НАЗВАНИЕ"
    assert refused(save(file, "  ")) == "--save: нужно название прогона, до 200 знаков"
    ended = oklik("golden", file, file.parent / "nowhere.yaml")
    assert ended.exit_code == 2
    assert ended.stdout.splitlines() == [
        f"{file}: сохранённых прогонов нет; записать первый: oklik scenario simulate … --save НАЗВАНИЕ",
        f"{file.parent}/nowhere.yaml: такого файла нет",
    ]
    golden.parent.mkdir()
    for text, says in (
        (b"- name: a\n  keys: 1\n", "golden/debt.yaml:1: 0.contact: поле не заполнено"),
        (b"\xff\xfe", "файл не в кодировке UTF-8"),
        (b"a: [\n", "это не YAML"),
    ):
        golden.write_bytes(text)
        ended = oklik("golden", file)
        assert ended.exit_code == 2
        (line,) = ended.stdout.splitlines()
        assert says in line
        assert says in refused(save(file, "а"))
        assert golden.read_bytes() == text


def test_a_disk_that_does_not_take_the_file_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, "а")
    before = (file.parent / "golden/debt.yaml").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ended = save(file, "б")
    assert ended.exit_code == 2
    assert ended.stderr == f"oklik: {file.parent}/golden/debt.yaml: прогон записать нельзя: на диске нет места\n"
    assert [(path.name, path.read_bytes()) for path in (file.parent / "golden").iterdir()] == [("debt.yaml", before)]


def test_versions_are_compared(file: Path) -> None:
    assert oklik("diff", READY, file).stdout == "различий нет\n"
    assert oklik("diff", READY, file, "--json").stdout == ""
    assert oklik("diff", READY, file).exit_code == 0
    edit(file, "timeout_s: 6", "timeout_s: 7")
    ended = oklik("diff", READY, file)
    assert (ended.exit_code, ended.stdout) == (1, "шаг intent, timeout_s: Ждать ответа, с: было 6, стало 7\n")
    ended = oklik("diff", READY, file, OKLIK_LANGUAGE="en")
    assert ended.stdout == "node intent, timeout_s: Wait, s: was 6, is 7\n"
    ended = oklik("diff", READY, file, "--json")
    assert ended.exit_code == 1
    told = json.loads(ended.stdout)
    assert {key: told[key] for key in ("node", "field", "code")} == {
        "node": "intent",
        "field": "timeout_s",
        "code": "setting_changed",
    }
    assert set(told["text"]) == {"ru", "en"}


def test_bad_input_of_a_comparison_is_one_line(file: Path) -> None:
    assert refused(oklik("diff", READY, file.parent / "no.yaml")).endswith("no.yaml: такого файла нет")
    assert refused(oklik("diff", READY, file, "--language", "de")) == "--language de: ru или en"
    edit(file, "format: 1", "format: 2")
    assert "обновите её" in refused(oklik("diff", READY, file))


def test_translations_are_shown_as_a_table(file: Path) -> None:
    edit(file, "languages: [ru]", "languages: [ru, en, tt]\nfallback: {tt: ru}")
    edit(file, "      Здравствуйте! Вам звонит", "      Вам звонит")
    ended = oklik("translations", file)
    assert ended.exit_code == 0
    head, ru, en, tt, *gaps = ended.stdout.splitlines()
    assert head.split("  ")[0] == "язык"
    assert ru.split()[-2:] == ["100", "%"]
    whole = int(ru.split()[1])
    assert en.split() == ["en", "0", "/", str(whole), "0", str(whole), "0", "%"]
    assert tt.split() == ["tt", "0", "/", str(whole), str(whole), "0", "0", "%"]
    assert len(gaps) == 2 * whole
    assert "en: шаг hello, text: перевода нет" in gaps
    assert "tt: шаг hello, text: перевода нет, его заменит ru" in gaps
    english = oklik("translations", file, "--language", "en").stdout
    assert english.startswith("language")
    assert "tt: node hello, text: not translated, ru stands in" in english
    told = [json.loads(line) for line in oklik("translations", file, "--json").stdout.splitlines()]
    assert [(one["language"], one["translated"], one["missing"]) for one in told] == [
        ("ru", whole, 0),
        ("en", 0, whole),
        ("tt", 0, 0),
    ]
    assert refused(oklik("translations", file.parent / "no.yaml")).endswith("no.yaml: такого файла нет")
