"""`oklik scenario check` and `simulate`: lines for people and for programs, out of the pure scenario room."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oklik.failures import BadInput
from oklik.scenario.check import check
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario, ScenarioError, load_file
from oklik.scenario.errors import PromptError
from oklik.scenario.simulate import KeysError, simulate

_WORDS = {
    "ru": {"error": "ошибка", "warning": "замечание", "clean": "ошибок нет", "node": "шаг"},
    "en": {"error": "error", "warning": "warning", "clean": "no mistakes", "node": "node"},
}


def read_scenario(path: Path, language: str) -> Scenario:
    """The scenario in a file.  Raises BadInput with its place and one sentence in the language."""
    try:
        return load_file(path)
    except ScenarioError as error:
        raise BadInput(error.describe(language)) from None
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def check_files(files: Sequence[Path], language: str) -> Iterator[tuple[str, bool]]:
    """(line, is it an error) for every finding of every file; a clean file has one line that says so."""
    words = _WORDS[language]
    for path in files:
        try:
            scenario = read_scenario(path, language)
        except BadInput as error:
            yield str(error), True
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
    scenario = read_scenario(path, language if language in _WORDS else "ru")
    if language is not None and language not in scenario.languages:
        raise BadInput(f"--language {language}: {path} speaks {', '.join(scenario.languages)}")
    fields = _fields(scenario, contact)
    day = _day(today)
    try:
        for line in simulate(scenario, fields, keys, day, language):
            yield json.dumps(line, ensure_ascii=False) if as_json else _spoken(line)
    except KeysError as error:
        raise BadInput(f"--keys: {error}") from None
    except PromptError as error:
        raise BadInput(f"{path}: {error}") from None


def _fields(scenario: Scenario, contact: str) -> dict[str, str]:
    try:
        given: Any = json.loads(contact)
    except ValueError as error:
        raise BadInput(f"--contact: not JSON: {error}") from None
    if not isinstance(given, Mapping) or not all(isinstance(value, str | int | float) for value in given.values()):
        raise BadInput('--contact: an object of texts is expected, such as {"name": "Иванов Иван"}')
    headers = [str(name) for name in given]
    try:
        found = match(scenario, headers)
    except ColumnsMissing as error:
        raise BadInput(f"--contact: {error}") from None
    strangers = sorted(set(headers) - set(found.values()))
    if strangers:
        raise BadInput(
            f"--contact: {', '.join(strangers)}: not a column of the scenario ({', '.join(scenario.columns)})"
        )
    return {name: str(given[header]) for name, header in found.items()}


def _day(today: str | None) -> dt.date:
    if today is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    try:
        return dt.date.fromisoformat(today)
    except ValueError:
        raise BadInput(f"--today {today}: YYYY-MM-DD is expected") from None


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
    head = f"[{line['node']}] {line['prompt']}".rstrip()
    tail = " ".join(part for part in (answer, f"→ {line['exit']}" if line["exit"] else "") if part)
    end = f"\n== {line['ended']}" if line.get("ended") else ""
    return head + (f"\n    {tail}" if tail else "") + end
