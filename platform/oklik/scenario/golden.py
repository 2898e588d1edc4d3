"""Golden runs: calls of a scenario that were once looked at and found right, kept beside it to be played again.

A file holds the runs of one scenario, a list in YAML: who is called, when, what the person does; then, step by step,
what is said and asked, what was done and what became known, and how it ended.  The engine plays the first half again,
and what comes out otherwise than in the second half is told in sentences.  Where the files lie and who writes them is
the host's affair.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from oklik.scenario import reading
from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError, ScenarioError, Sentence, step_name
from oklik.scenario.faults import sentence
from oklik.scenario.flow import Event, Fact, Instruction
from oklik.scenario.kinds.base import Part
from oklik.scenario.simulate import KeysError, simulate
from oklik.scenario.textfile import Plain
from oklik.scenario.wording import apart, quoted, shown

# What every call has anyway is not written down: a step's node and exit tell of coming and going.
_PLAIN = ("entered", "left")
_NOT_ASKED = ("node", "parts", "waiting", "whisper")  # told by the step itself
_FIELDS: dict[str, Sentence] = {
    "prompt": {"ru": "слышно", "en": "heard"},
    "whisper": {"ru": "слышит оператор", "en": "the agent hears"},
    "asks": {"ru": "просит коммутатор", "en": "asks of the switch"},
    "event": {"ru": "произошло", "en": "happened"},
    "facts": {"ru": "записано", "en": "recorded"},
    "exit": {"ru": "исход", "en": "exit"},
}


class GoldenStep(Part):
    """One instruction of a call and what answered it, or a silent node that was passed.

    asks: the instruction without its texts.  facts: without those of entering and leaving nodes.  What is at its
    default is left out everywhere.
    """

    node: str
    prompt: str = ""
    whisper: str = ""
    asks: dict[str, Any] | None = None
    event: dict[str, Any] | None = None
    facts: tuple[dict[str, Any], ...] = ()
    exit: str | None = None


class GoldenRun(Part):
    """A call: contact by column name, the day, the keys as `simulate` takes them, and what came of it.

    time: HH:MM at the contact, noon where it is left out.  holiday: it is one there.  who: as `interpreter.start`.
    """

    name: str = Field(min_length=1, max_length=200)
    contact: dict[str, str]
    today: dt.date
    time: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    holiday: bool = False
    who: str = Field(default="", max_length=200)
    language: str | None = None
    keys: str = ""
    steps: tuple[GoldenStep, ...] = ()
    answers: dict[str, str] = Field(default={})
    ended: str | None = None


_RUNS: TypeAdapter[tuple[GoldenRun, ...]] = TypeAdapter(tuple[GoldenRun, ...])


# -- files ------------------------------------------------------------------------------------------------------


def read_runs(text: str, source: str) -> tuple[GoldenRun, ...]:
    """The runs in the text of a file.  Raises ScenarioError with the line and one sentence."""
    data, marks = reading.read(text, source)
    if not isinstance(data, list):
        raise ScenarioError(source, "", "", {"ru": "нужен список прогонов", "en": "a list of runs is expected"})
    try:
        runs = _RUNS.validate_python(data)
    except ValidationError as invalid:
        fault = invalid.errors(include_url=False)[0]
        place = tuple(str(step) for step in fault["loc"])
        raise ScenarioError(source, "", ".".join(place), sentence(fault), line=reading.line_of(marks, place)) from None
    names = [run.name for run in runs]
    for number, name in enumerate(names):
        if name in names[:number]:
            line = reading.line_of(marks, (str(number), "name"))
            told = {"ru": f"прогон «{name}» уже есть", "en": f"there is a run {name!r} already"}
            raise ScenarioError(source, "", f"{number}.name", told, line=line)
    return runs


def write_runs(runs: Sequence[GoldenRun], before: str = "", head: str = "") -> str:
    """The text of a file of runs.  before: what is there, its comment at the top is kept; head: that of a new file."""
    lines = before.splitlines(keepends=True)
    kept = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    comment = "".join(lines[:kept]) if before else f"# {head}\n"
    data = [run.model_dump(mode="json", exclude_defaults=True) for run in runs]
    return comment + yaml.dump(
        data, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
    )


# -- playing ----------------------------------------------------------------------------------------------------


def lines(scenario: Scenario, run: GoldenRun) -> Iterator[dict[str, Any]]:
    """The call of a run as `simulate` tells it today; raises as it does."""
    now = dt.datetime.combine(run.today, dt.time.fromisoformat(run.time or "12:00"))
    return simulate(scenario, run.contact, run.keys, now, run.language, holiday=run.holiday, who=run.who)


def play(scenario: Scenario, run: GoldenRun) -> GoldenRun:
    """The run as it goes today.  Raises KeysError and PromptError as `simulate`, ValueError for its language."""
    said = list(lines(scenario, run))
    last = said[-1]
    return run.model_copy(
        update={
            "steps": tuple(_step(line) for line in said),
            "answers": dict(last["answers"]),
            "ended": last.get("ended"),
        }
    )


def _step(line: Mapping[str, Any]) -> GoldenStep:
    asked, event = line["instruction"], line["event"]
    asks = {name: value for name, value in _brief(asked, Instruction).items() if name not in _NOT_ASKED}
    facts = [_brief(fact, Fact) for fact in line["facts"] if fact["type"] not in _PLAIN]
    return GoldenStep(
        node=line["node"],
        prompt=line["prompt"],
        whisper=line.get("whisper", ""),
        asks=asks or None,
        event=_brief(event, Event) or None,
        facts=tuple({name: value for name, value in fact.items() if name != "node"} for fact in facts),
        exit=line["exit"],
    )


def _brief(value: Mapping[str, Any] | None, family: Any) -> dict[str, Any]:
    """An instruction, event or fact without what is at its default: a field that comes later changes no file."""
    if value is None:
        return {}
    made = msgspec.convert(value, family)
    defaults = {
        field.encode_name: field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(made)
    }
    return {
        name: item
        for name, item in _written(value).items()
        if name == "type" or defaults[name] is msgspec.NODEFAULT or _written(defaults[name]) != item
    }


def _written(value: Any) -> Any:
    """The value as a file gives it back: a file knows lists, no tuples."""
    return msgspec.json.decode(msgspec.json.encode(value))


# -- comparing --------------------------------------------------------------------------------------------------


def differences(scenario: Scenario, run: GoldenRun) -> Iterator[Sentence]:
    """What a run gives otherwise today than is written, in sentences; nothing when it is the same."""
    try:
        now = play(scenario, run)
    except KeysError as error:
        yield {code: f"{_stops[code]}: {error.text[code]}" for code in ("ru", "en")}
        return
    except PromptError as error:
        yield {code: f"{_stops[code]}: {error.describe(code)}" for code in ("ru", "en")}
        return
    except ValueError:
        language = run.language
        yield {"ru": f"в сценарии нет языка «{language}»", "en": f"the scenario has no language {language!r}"}
        return
    if not run.steps:
        yield {"ru": "что должно выйти, ещё не записано", "en": "what is to come out is not written down yet"}
        return
    yield from _steps(run.steps, now.steps)
    for name, was, is_now in (
        ({"ru": "ответы", "en": "answers"}, run.answers, now.answers),
        ({"ru": "итог", "en": "ended"}, run.ended, now.ended),
    ):
        if was != is_now:
            yield _told(name, shown(was), shown(is_now))


_stops: Sentence = {"ru": "до конца не проходит", "en": "does not come to its end"}


def _steps(before: Sequence[GoldenStep], after: Sequence[GoldenStep]) -> Iterator[Sentence]:
    """Step by step until the ways part: from there on nothing can be compared."""
    for number, (old, new) in enumerate(zip(before, after, strict=False), 1):
        was_at, is_at = ({code: step_name(at.node, code) for code in ("ru", "en")} for at in (old, new))
        place = {"ru": f"ход {number}, шаг {is_at['ru']}", "en": f"move {number}, node {is_at['en']}"}
        if old.node != new.node:
            yield {
                "ru": f"ход {number}: был шаг «{was_at['ru']}», стал «{is_at['ru']}», дальше путь другой",
                "en": f"move {number}: was node “{was_at['en']}”, is “{is_at['en']}”, another way from here",
            }
            return
        for name, title in _FIELDS.items():
            was, now = getattr(old, name), getattr(new, name)
            if was != now:
                head = {code: f"{place[code]}: {title[code]}" for code in place}
                yield _told(head, *_apart(was, now))
    if len(before) != len(after):
        yield {
            "ru": f"ходов было {len(before)}, стало {len(after)}",
            "en": f"there were {len(before)} moves, there are {len(after)}",
        }


def _apart(was: Any, now: Any) -> tuple[Sentence, Sentence]:
    """Two values where they differ."""
    if isinstance(was, str) and isinstance(now, str) and was and now:
        was, now = apart(was, now)
        return quoted({"ru": was, "en": was}), quoted({"ru": now, "en": now})
    if isinstance(was, dict) and isinstance(now, dict) and was.get("type") == now.get("type"):
        names = [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]
        was, now = ({name: given.get(name) for name in names} for given in (was, now))
    return shown(was), shown(now)


def _told(head: Sentence, was: Sentence, now: Sentence) -> Sentence:
    return {
        "ru": f"{head['ru']}: было {was['ru']}, стало {now['ru']}",
        "en": f"{head['en']}: was {was['en']}, is {now['en']}",
    }
