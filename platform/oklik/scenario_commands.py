"""`oklik scenario check`, `simulate` and `explore`: lines for people and programs, out of the pure scenario room."""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
from rich.console import Console

from oklik.dialing.calendars import is_holiday
from oklik.display import Step, TerminalDisplay
from oklik.failures import BadInput, check_file
from oklik.installation import recordings_named
from oklik.messages import LANGUAGES, say, why
from oklik.reports.words import disposition_names
from oklik.scenario.beyond import word
from oklik.scenario.check import Issue, check, describe
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario, ScenarioError, load_marked
from oklik.scenario.errors import PromptError, step_name
from oklik.scenario.explore import Exploration, explore
from oklik.scenario.flow import HookEnded, Responded
from oklik.scenario.reading import Marks, place_of
from oklik.scenario.simulate import KeysError, simulate
from oklik.scenario.speech_time import LONGEST_S
from oklik.supplies import hooks_for
from oklik.walk_report import report

MOMENT = 1.0  # seconds of a walk before it shows a bar


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


def check_files(
    files: Sequence[Path], language: str, longest_s: float = LONGEST_S, recorded: Collection[str] | None = None
) -> Iterator[tuple[str, bool]]:
    """(line, is it an error) for every finding of every file; a clean file has one line that says so.

    longest_s: how many seconds a prompt may take.  recorded: the recordings that there are, None when none are kept.
    """
    for path in files:
        try:
            scenario, marks = read_marked(path)
        except BadInput as error:
            yield error.text(language), True
            continue
        found = check(scenario, longest_s, hooks=hooks_for(scenario), recorded=recorded)
        for issue in found:
            yield located(path, marks, issue, language), issue.severity == "error"
        if not found:
            yield say("clean", language, path=path), False


def any_recordings(files: Sequence[Path]) -> bool:
    """Whether one of these scenarios names a recording; of files that cannot be read, check_files tells."""
    for path in files:
        with suppress(BadInput):
            if recordings_named(read_marked(path)[0]):
                return True
    return False


def located(path: Path, marks: Marks, issue: Issue, language: str) -> str:
    """A finding as one line: `file:12: ошибка: шаг menu, text: sentence [code]`."""
    inner = tuple(issue.field.split(".")) if issue.field else ()
    return f"{place_of(str(path), marks, issue.node, inner)}: {describe(issue, language)}"


def simulate_file(
    path: Path,
    *,
    contact: str,
    keys: str,
    today: str | None,
    time: str | None,
    who: str,
    language: str | None,
    said: str,
    as_json: bool,
) -> Iterator[str]:
    """The lines of a simulated call: JSON objects, or a dialogue to read.  Raises BadInput.

    language: of the call; said: of the words around it.
    """
    scenario = read_scenario(path)
    if language is not None and language not in scenario.languages:
        raise BadInput("speaks", given=language, path=path, known=", ".join(scenario.languages))
    fields = contact_fields(scenario, contact)
    now = call_moment(today, time)
    try:
        for line in simulate(scenario, fields, keys, now, language, holiday=is_holiday(now.date()), who=who):
            yield json.dumps(line, ensure_ascii=False) if as_json else _spoken(line, scenario, said)
    except KeysError as error:
        raise BadInput("keys", detail=error.text) from None
    except PromptError as error:
        raise BadInput.worded({code: f"{path}: {error.describe(code)}" for code in LANGUAGES}) from None


def explore_files(
    files: Sequence[Path],
    *,
    contact: str | None,
    today: str | None,
    language: str | None,
    seconds: float,
    states: int,
    said: str,
    as_json: bool,
) -> Iterator[tuple[str, bool]]:
    """(line, was something found) of a walk through every file: JSON objects, or a report to read.  Raises BadInput.

    contact: one person instead of built ones; language: of the calls; said: of the words around them.
    """
    day = call_moment(today, None).date()
    read = [(path, *read_marked(path)) for path in files]
    for path, scenario, _ in read:
        if language is not None and language not in scenario.languages:
            raise BadInput("speaks", given=language, path=path, known=", ".join(scenario.languages))
    for path, scenario, marks in read:
        people = None if contact is None else [contact_fields(scenario, contact)]
        chosen = (language,) if language is not None else ()
        with _Watch(str(path), seconds) as watch:
            walk = explore(scenario, day, contacts=people, languages=chosen, max_states=states, watch=watch)
        if as_json:
            yield _as_json(path, walk), bool(walk.findings)
        else:
            for line in report(path, scenario, marks, walk, said):
                yield line, bool(walk.findings)


def _as_json(path: Path, walk: Exploration) -> str:
    return json.dumps({"file": str(path), **msgspec.to_builtins(walk)}, ensure_ascii=False)


class _Watch:
    """Stops a walk when its time is up, and shows a bar on a terminal when it takes more than a moment."""

    def __init__(self, title: str, seconds: float) -> None:
        self._title, self._seconds = title, seconds
        self._began = monotonic()
        self._console = Console(stderr=True)
        self._display: TerminalDisplay | None = None
        self._step: Step | None = None

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, *_: object) -> None:
        if self._step is not None and self._display is not None:
            self._step.end()
            self._display.close()

    def __call__(self, walked: int, known: int) -> bool:
        spent = monotonic() - self._began
        if self._step is None and spent > MOMENT and self._console.is_terminal:
            self._display = TerminalDisplay(self._console)
            self._step = self._display.step(self._title, None)
        if self._step is not None:
            self._step.at(walked, known)
        return spent < self._seconds


def contact_fields(scenario: Scenario, contact: str) -> dict[str, str]:
    """The columns of a contact given as a JSON object, under any of their headings.  Raises BadInput."""
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


def call_moment(today: str | None, time: str | None) -> dt.datetime:
    """The wall clock at the contact of a simulated call.  Raises BadInput."""
    now = dt.datetime.now(dt.UTC).astimezone().replace(tzinfo=None)
    try:
        day = now.date() if today is None else dt.date.fromisoformat(today)
    except ValueError:
        raise BadInput("today", given=today) from None
    if time is None:
        return now if today is None else dt.datetime.combine(day, dt.time(12))
    try:
        clock = dt.datetime.strptime(time, "%H:%M")  # noqa: DTZ007  only its hours and minutes are used
    except ValueError:
        raise BadInput("time", given=time) from None
    return dt.datetime.combine(day, clock.time())


def _spoken(line: Mapping[str, Any], scenario: Scenario, language: str) -> str:
    event = line["event"]
    answer = ""
    if event is not None:
        answer = {
            "digits": "⌨ {keys}",
            "no_input": "…",
            "recorded": "🎙 {seconds:g}",
            "hung_up": "🎙 {spoke_s:g} ☎ ✕" if event.get("spoke_s") else "☎ ✕",
            "played": "",
            "transfer_ended": "⇄ {title}",
            "responded": "⇄ {written}",
            "hook_ended": "ƒ {written}",
        }[event["type"]].format(**event, title=_title(scenario, line["node"], event, language), written=_written(event))
    over = f"== {disposition_names(language).get(line['ended'], line['ended'])}" if line.get("ended") else ""
    if over and not line["prompt"]:
        return over
    head = f"[{step_name(line['node'], language)}] {line['prompt']}".rstrip()
    tail = " ".join(part for part in (answer, f"→ {line['exit']}" if line["exit"] else "") if part)
    return head + (f"\n    {tail}" if tail else "") + (f"\n{over}" if over else "")


def _title(scenario: Scenario, node: str, event: Mapping[str, Any], language: str) -> str:
    """How a transfer ended, as its node calls that exit."""
    titles = {exit_.name: exit_.title[language] for exit_ in scenario.nodes[node].exits()}
    return titles.get(event.get("outcome", ""), "")


def _written(event: Mapping[str, Any]) -> str:
    """What came from beyond, as the keys of a simulation have it."""
    if event["type"] not in {"responded", "hook_ended"}:
        return ""
    known: Responded | HookEnded = msgspec.convert(event, Responded | HookEnded)
    return word(known)
