"""`oklik scenario check` and `simulate`: lines for people and for programs, out of the pure scenario room."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oklik.failures import BadInput, check_file
from oklik.messages import LANGUAGES, why
from oklik.scenario.check import check
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario, ScenarioError, load_file
from oklik.scenario.errors import PromptError
from oklik.scenario.simulate import KeysError, simulate

_WORDS = {
    "ru": {"error": "ошибка", "warning": "замечание", "clean": "ошибок нет", "node": "шаг"},
    "en": {"error": "error", "warning": "warning", "clean": "no mistakes", "node": "node"},
}


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file.  Raises BadInput with its place and one sentence."""
    check_file(path)
    try:
        return load_file(path)
    except ScenarioError as error:
        raise BadInput.worded({language: error.describe(language) for language in LANGUAGES}) from None
    except OSError as error:
        raise BadInput("unreadable", option="", path=path, why=why(error)) from None


def check_files(files: Sequence[Path], language: str) -> Iterator[tuple[str, bool]]:
    """(line, is it an error) for every finding of every file; a clean file has one line that says so."""
    words = _WORDS[language]
    for path in files:
        try:
            scenario = read_scenario(path)
        except BadInput as error:
            yield error.text(language), True
            continue
        found = check(scenario)
        for issue in found:
            place = ", ".join(
                part for part in (f"{words['node']} {issue.node}" if issue.node else "", issue.field) if part
            )
            yield (
                f"{path}: {words[issue.severity]}: {place}: {issue.text[language]} [{issue.code}]",
                issue.severity == "error",
            )
        if not found:
            yield f"{path}: {words['clean']}", False


def simulate_file(
    path: Path, *, contact: str, keys: str, today: str | None, language: str | None, as_json: bool
) -> Iterator[str]:
    """The lines of a simulated call: JSON objects, or a dialogue to read.  Raises BadInput."""
    scenario = read_scenario(path)
    if language is not None and language not in scenario.languages:
        raise BadInput("speaks", given=language, path=path, known=", ".join(scenario.languages))
    fields = _fields(scenario, contact)
    day = _day(today)
    try:
        for line in simulate(scenario, fields, keys, day, language):
            yield json.dumps(line, ensure_ascii=False) if as_json else _spoken(line)
    except KeysError as error:
        raise BadInput("keys", detail=error) from None
    except PromptError as error:
        place = {"ru": f"{path}: шаг {error.node}, {error.field}", "en": f"{path}: node {error.node}, {error.field}"}
        raise BadInput.worded({code: f"{place[code]}: {error.text[code]}" for code in LANGUAGES}) from None


def _fields(scenario: Scenario, contact: str) -> dict[str, str]:
    try:
        # As text: an amount must not pass through a binary fraction.
        given: Any = json.loads(contact, parse_float=str, parse_int=str)
    except ValueError as error:
        raise BadInput("contact_json", detail=error) from None
    if not isinstance(given, Mapping) or not all(value is None or isinstance(value, str) for value in given.values()):
        raise BadInput("contact_object")
    headers = [str(name) for name in given]
    try:
        found = match(scenario, headers)
    except ColumnsMissing as error:
        raise BadInput.worded({code: f"--contact: {text}" for code, text in error.text.items()}) from None
    # A whole row of a list may be given: columns that the scenario does not use are left alone.
    return {name: given[header] or "" for name, header in found.items()}


def _day(today: str | None) -> dt.date:
    if today is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    try:
        return dt.date.fromisoformat(today)
    except ValueError:
        raise BadInput("today", given=today) from None


def _spoken(line: Mapping[str, Any]) -> str:
    event = line["event"]
    answer = ""
    if event is not None:
        answer = {
            "digits": "⌨ {keys}",
            "no_input": "…",
            "hung_up": "☎ ✕",
            "played": "",
            "transfer_ended": "⇄ {outcome}",
        }[event["type"]].format(**event)
    if line.get("ended") and not line["prompt"]:
        return f"== {line['ended']}"
    head = f"[{line['node']}] {line['prompt']}".rstrip()
    tail = " ".join(part for part in (answer, f"→ {line['exit']}" if line["exit"] else "") if part)
    end = f"\n== {line['ended']}" if line.get("ended") else ""
    return head + (f"\n    {tail}" if tail else "") + end
