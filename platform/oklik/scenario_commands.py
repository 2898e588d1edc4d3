"""`oklik scenario check` and `simulate`: lines for people and for programs, out of the pure scenario room."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oklik.failures import BadInput, check_file
from oklik.messages import LANGUAGES, say, why
from oklik.reports.words import disposition_names
from oklik.scenario.check import Issue, check, describe
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario, ScenarioError, load_marked
from oklik.scenario.errors import PromptError
from oklik.scenario.reading import Marks, line_of
from oklik.scenario.simulate import KeysError, simulate
from oklik.scenario.speech_time import LONGEST_S


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file.  Raises BadInput with its place and one sentence."""
    return read_marked(path)[0]


def read_marked(path: Path) -> tuple[Scenario, Marks]:
    """The scenario in a file, and the lines of its parts.  Raises BadInput with its place and one sentence."""
    check_file(path)
    try:
        return load_marked(path)
    except ScenarioError as error:
        raise BadInput.worded({language: error.describe(language) for language in LANGUAGES}) from None
    except OSError as error:
        raise BadInput("unreadable", option="", path=path, why=why(error)) from None


def check_files(files: Sequence[Path], language: str, longest_s: float = LONGEST_S) -> Iterator[tuple[str, bool]]:
    """(line, is it an error) for every finding of every file; a clean file has one line that says so.

    longest_s: how many seconds a prompt may take.
    """
    for path in files:
        try:
            scenario, marks = read_marked(path)
        except BadInput as error:
            yield error.text(language), True
            continue
        found = check(scenario, longest_s)
        for issue in found:
            yield located(path, marks, issue, language), issue.severity == "error"
        if not found:
            yield say("clean", language, path=path), False


def located(path: Path, marks: Marks, issue: Issue, language: str) -> str:
    """A finding as one line: `file:12: ошибка: шаг menu, text: sentence [code]`."""
    inner = tuple(issue.field.split(".")) if issue.field else ()
    line = line_of(marks, ("nodes", issue.node, *inner) if issue.node else inner)
    return f"{path}{f':{line}' if line else ''}: {describe(issue, language)}"


def simulate_file(
    path: Path, *, contact: str, keys: str, today: str | None, language: str | None, said: str, as_json: bool
) -> Iterator[str]:
    """The lines of a simulated call: JSON objects, or a dialogue to read.  Raises BadInput.

    language: of the call; said: of the words around it.
    """
    scenario = read_scenario(path)
    if language is not None and language not in scenario.languages:
        raise BadInput("speaks", given=language, path=path, known=", ".join(scenario.languages))
    fields = _fields(scenario, contact)
    day = _day(today)
    try:
        for line in simulate(scenario, fields, keys, day, language):
            yield json.dumps(line, ensure_ascii=False) if as_json else _spoken(line, scenario, said)
    except KeysError as error:
        raise BadInput("keys", detail=error.text) from None
    except PromptError as error:
        raise BadInput.worded({code: f"{path}: {error.describe(code)}" for code in LANGUAGES}) from None


def _fields(scenario: Scenario, contact: str) -> dict[str, str]:
    try:
        # As text: an amount must not pass through a binary fraction.
        given: Any = json.loads(contact, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        raise BadInput("contact_json", line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets in brackets in brackets
        raise BadInput("contact_object") from None
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


def _spoken(line: Mapping[str, Any], scenario: Scenario, language: str) -> str:
    event = line["event"]
    answer = ""
    if event is not None:
        answer = {
            "digits": "⌨ {keys}",
            "no_input": "…",
            "hung_up": "☎ ✕",
            "played": "",
            "transfer_ended": "⇄ {title}",
        }[event["type"]].format(**event, title=_title(scenario, line["node"], event, language))
    over = f"== {disposition_names(language).get(line['ended'], line['ended'])}" if line.get("ended") else ""
    if over and not line["prompt"]:
        return over
    head = f"[{line['node']}] {line['prompt']}".rstrip()
    tail = " ".join(part for part in (answer, f"→ {line['exit']}" if line["exit"] else "") if part)
    return head + (f"\n    {tail}" if tail else "") + (f"\n{over}" if over else "")


def _title(scenario: Scenario, node: str, event: Mapping[str, Any], language: str) -> str:
    """How a transfer ended, as its node calls that exit."""
    titles = {exit_.name: exit_.title[language] for exit_ in scenario.nodes[node].exits()}
    return titles.get(event.get("outcome", ""), "")
