"""`oklik run` with people who call back: what they hear, and where the report shows it."""

from pathlib import Path

import openpyxl
import pytest

from support.command import SCENARIO, Desk, Ledger, Workshop, begin, end

pytestmark = pytest.mark.integration

BACK = """\
format: 1
name: back
title: Перезвонили
languages: [ru]
purpose: survey
start: question
columns:
  name: {title: Имя, type: text}
nodes:
  question:
    kind: menu
    text: "{{ name }}, спасибо, что перезвонили. Приедете? Да — один, нет — два."
    question: comes
    options:
      1: {exit: end, value: "yes", label: Да}
      2: {exit: end, value: "no", label: Нет}
    exits: {end: bye, no_input: bye}
  bye: {kind: hangup}
"""
PEOPLE = """\
outcomes: {answer: 0, no_answer: 0, busy: 1, unreachable: 0, invalid: 0, machine: 0, rejected: 0, line_fault: 0}
personas: {calm: {share: 1, calls_back: 1.0}}
return_calls: {after_s: [2, 5]}
"""


@pytest.mark.heavy
def test_those_who_call_back_are_in_the_report(desk: Desk, folder: Path) -> None:
    ledger = Ledger(desk.home)
    people, back, report = folder / "people.yaml", folder / "back.yaml", folder / "r.xlsx"
    people.write_text(PEOPLE, "utf-8")
    back.write_text(BACK, "utf-8")
    given = desk.run(desk.people(6, first=300), report, "--population", people, "--return-scenario", back)
    ended = end(begin(*given, "--caller-id", "74950000001", "--speed", 20, home=desk.home))
    assert ended.code == 0, ended.err
    # Some may have called twice: where we rang them once more at that moment, one of both calls finds us busy.
    assert 1 <= ended.summary["returned"] == len(ledger.taken())
    completed = ended.summary["dispositions"].get("completed", 0)
    assert completed >= 1
    book = openpyxl.load_workbook(report)
    head, *rows = book["Попытки"].iter_rows(values_only=True)
    by = [row[head.index("Кто звонил")] for row in rows]
    assert (by.count("Абонент"), by.count("Мы")) == (ended.summary["returned"], ended.summary["attempts"])
    head, *rows = book["Контакты"].iter_rows(values_only=True)
    told = {(row[head.index("Итог")], row[head.index("Звонил сам")]) for row in rows}
    assert ("Сценарий пройден", 1) in told
    texts = [str(cell) for row in book["Сводка"].iter_rows(values_only=True) for cell in row if cell]
    assert "Перезвонили сами" in texts
    assert f"звонков: {ended.summary['returned']}" in texts


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (BACK.replace("[ru]", "[ru, en]").replace("title: Перезвонили", "title: {ru: П, en: B}"), "back.yaml"),
        (
            BACK.replace("type: text}", "type: text, required: true}").replace("{title: Имя,", "{title: Нет такого,"),
            "Нет такого",
        ),
        (BACK.replace("kind: hangup", "kind: nothing"), "back.yaml"),
    ],
)
def test_a_wrong_return_scenario_stops_the_command(workshop: Workshop, folder: Path, wrong: str, told: str) -> None:
    back = folder / "back.yaml"
    back.write_text(wrong, "utf-8")
    (folder / "s.yaml").write_text(SCENARIO, "utf-8")
    (folder / "p.csv").write_text("Имя;Телефон\nЧеловек;+79163330001\n", "utf-8")
    given = ("run", folder / "s.yaml", folder / "p.csv", "--report", folder / "r.xlsx", "--return-scenario", back)
    ended = workshop.command(*given, home=folder / "home")
    assert ended.code == 2
    assert told in ended.err[-1]
    assert not (folder / "r.xlsx").exists()
