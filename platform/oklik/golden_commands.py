"""`oklik scenario golden` and `simulate --save`: golden runs in the folder `golden` beside their scenario.

What a run is and what it is compared by is the business of `scenario.golden`.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from oklik.dialing.calendars import is_holiday
from oklik.failures import BadInput
from oklik.messages import LANGUAGES, say, why
from oklik.scenario.document import Scenario, ScenarioError
from oklik.scenario.errors import PromptError
from oklik.scenario.golden import GoldenRun, differences, play, read_runs, write_runs
from oklik.scenario.simulate import KeysError
from oklik.scenario_commands import call_moment, contact_fields, read_scenario

SAME, DIFFERENT, BAD = 0, 1, 2


def golden_path(scenario: Path) -> Path:
    """Where the runs of a scenario lie: golden/NAME.yaml in its folder."""
    return scenario.parent / "golden" / f"{scenario.stem}.yaml"


def place_for(scenario: Path, name: str, *, update: bool) -> Path:
    """The file that a run will be saved to.  Raises BadInput where it is not to be written."""
    path = golden_path(scenario)
    if not 1 <= len(name.strip()) <= 200:
        raise BadInput("golden_name")
    if not update and any(run.name == name.strip() for run in _read(path)):
        raise BadInput("golden_taken", name=name.strip(), path=path)
    return path


def save_run(
    file: Path,
    *,
    name: str,
    contact: str,
    keys: str,
    today: str | None,
    time: str | None,
    who: str,
    language: str | None,
    said: str,
) -> str:
    """Play a call and keep it as a golden run, in the place of one of that name.  Returns a line that says so.

    Raises BadInput.
    """
    scenario, path, name = read_scenario(file), golden_path(file), name.strip()
    fields, now = contact_fields(scenario, contact), call_moment(today, time)
    at = None if today is not None and time is None else f"{now:%H:%M}"
    begun = GoldenRun(
        name=name,
        contact=fields,
        today=now.date(),
        time=at,
        holiday=is_holiday(now.date()),
        who=who,
        language=language,
        keys=keys,
    )
    try:
        run = play(scenario, begun)
    except KeysError as error:
        raise BadInput("keys", detail=error.text) from None
    except (PromptError, ValidationError) as error:
        raise BadInput("golden_unwritten", path=path, why=error) from None
    runs = list(_read(path))
    place = next((number for number, other in enumerate(runs) if other.name == name), len(runs))
    runs[place : place + 1] = [run]
    _write(path, runs, say("golden_head", said, name=file.name))
    return say("golden_saved", said, path=path, name=name)


def replay_files(files: Sequence[Path], language: str, *, update: bool) -> Iterator[tuple[str, int]]:
    """(line, SAME, DIFFERENT or BAD) for every scenario and every difference of its runs; update writes them anew."""
    for file in files:
        try:
            scenario, path = read_scenario(file), golden_path(file)
            runs = _read(path)
            if not runs:
                yield say("golden_none", language, path=file), SAME
            elif update:
                yield from _update(scenario, file, runs, language)
            else:
                found = [(run.name, told[language]) for run in runs for told in differences(scenario, run)]
                for name, difference in found:
                    yield say("golden_run", language, path=path, name=name, difference=difference), DIFFERENT
                if not found:
                    yield say("golden_same", language, path=path, n=len(runs)), SAME
        except BadInput as error:
            yield error.text(language), BAD


def _update(scenario: Scenario, file: Path, runs: Sequence[GoldenRun], language: str) -> Iterator[tuple[str, int]]:
    path, now, ended = golden_path(file), [], SAME
    for run in runs:
        try:
            now.append(play(scenario, run))
        except ValueError:  # it does not come to its end: what was written stays, and why is said
            now.append(run)
            ended = DIFFERENT
            for told in differences(scenario, run):
                yield say("golden_run", language, path=path, name=run.name, difference=told[language]), DIFFERENT
    changed = sum(old != new for old, new in zip(runs, now, strict=True))
    if changed:
        _write(path, now, say("golden_head", language, name=file.name))
    yield say("golden_updated", language, path=path, n=len(runs), changed=changed), ended


def _read(path: Path) -> tuple[GoldenRun, ...]:
    """The runs in a file; none where there is no file.  Raises BadInput."""
    try:
        return read_runs(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadInput("unreadable", option="", path=path, why=why(error)) from None
    except UnicodeDecodeError:
        told = {"ru": "файл не в кодировке UTF-8", "en": "the file is not UTF-8"}
        raise BadInput("unreadable", option="", path=path, why=told) from None
    except ScenarioError as error:
        raise BadInput.worded({language: error.describe(language) for language in LANGUAGES}) from None


def _write(path: Path, runs: Sequence[GoldenRun], head: str) -> None:
    """Put the file there whole or not at all, and only if it can be read again.  Raises BadInput."""
    before = path.read_text("utf-8") if path.exists() else ""
    text = write_runs(runs, before, head)
    try:
        read_runs(text, str(path))
    except ScenarioError as error:
        raise BadInput("golden_unwritten", path=path, why=error.text) from None
    part = None
    try:
        path.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
            part = Path(file.name)
            file.write(text)
        part.chmod(path.stat().st_mode & 0o777 if before else 0o644)
        part.replace(path)
    except OSError as error:
        if part is not None:
            with suppress(OSError):
                part.unlink()
        raise BadInput("golden_unwritten", path=path, why=why(error)) from None
