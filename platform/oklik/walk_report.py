"""What `oklik scenario explore` tells a person: the report of a walk as lines, in Russian and English.

The walk itself is `scenario.explore`; its report as JSON is made of the same values.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from oklik.reports.words import disposition_names
from oklik.scenario.document import Scenario
from oklik.scenario.errors import step_name
from oklik.scenario.explore import Exploration, Finding, Way
from oklik.scenario.reading import Marks, place_of

_WORDS: dict[str, tuple[str, str]] = {
    "clean": ("звонки пройдены, ошибок нет", "the calls were walked, no mistakes"),
    "found": ("ошибок: {count}", "mistakes: {count}"),
    "nothing": ("ошибок не найдено, но пройдено не всё", "no mistakes found, but not everything was walked"),
    "counts": (
        "людей {contacts}, состояний {states}, событий {steps}, разных звонков {ways}, разных фраз {prompts}",
        "people {contacts}, states {states}, events {steps}, different calls {ways}, different phrases {prompts}",
    ),
    "more": ("более {count}", "more than {count}"),
    "longest": ("самый долгий звонок: около {time}", "longest call: about {time}"),
    "keys": ("кнопки: {keys}", "keys: {keys}"),
    "silence": ("ничего не нажимать", "press nothing"),
    "contact": ("контакт: {contact}", "contact: {contact}"),
    "nodes": ("шаги: {nodes}", "nodes: {nodes}"),
    "endings": ("чем кончались: {endings}", "how they ended: {endings}"),
    "never": ("сюда звонок не пришёл: {nodes}", "no call came here: {nodes}"),
    "not_taken": ("эти исходы не случились: {exits}", "exits never taken: {exits}"),
    "states": (
        "обход неполон: кончился запас состояний (--states)",
        "the walk is not complete: the limit of states was reached (--states)",
    ),
    "time": (
        "обход неполон: кончилось время (--seconds)",
        "the walk is not complete: the time was up (--seconds)",
    ),
    "thinned": (
        "сочетаний ответов слишком много, здесь проверены не все: {nodes}",
        "too many combinations of answers, not all were tried here: {nodes}",
    ),
    "step": ("шаг {node}", "node {node}"),
    "way": ("как прийти", "the way there"),
    "minutes": ("{minutes} мин {seconds} с", "{minutes} min {seconds} s"),
    "seconds": ("{seconds} с", "{seconds} s"),
}
_SHOWN = 12  # nodes of a list
_MANY = 10**12


def report(path: Path, scenario: Scenario, marks: Marks, walk: Exploration, language: str) -> Iterator[str]:
    """The lines for one file: the verdict first, every finding with the way to it, then what was walked."""
    say = _Speaker(language)
    verdict = "found" if walk.findings else "clean" if walk.complete else "nothing"
    yield f"{path}: {say(verdict, count=len(walk.findings))}"
    for finding in walk.findings:
        yield from _finding(path, scenario, marks, finding, say)
    ways = say("more", count=_MANY) if walk.ways >= _MANY else walk.ways
    counts = {"contacts": walk.contacts, "states": walk.states, "steps": walk.steps}
    yield "  " + say("counts", **counts, ways=ways, prompts=len(walk.prompts))
    if walk.longest is not None:
        yield "  " + say("longest", time=_time(walk.longest_s, say))
        yield from _way(walk.longest, say)
    names = disposition_names(language)
    endings = sorted(walk.endings.items(), key=lambda item: (-item[1], item[0]))
    yield "  " + say("endings", endings=", ".join(f"{names.get(code, code)} {count}" for code, count in endings))
    if walk.never_reached:
        yield "  " + say("never", nodes=_some(_called(walk.never_reached, language)))
    if walk.not_taken:
        exits = [f"{step_name(node, language)}: {exit_}" for node, exit_ in walk.not_taken]
        yield "  " + say("not_taken", exits=_some(exits))
    if walk.cut:
        yield "  " + say(walk.cut)
    if walk.thinned:
        yield "  " + say("thinned", nodes=_some(_called(walk.thinned, language)))


class _Speaker:
    """The words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return _WORDS[key][self.language == "en"].format(**values)


def _finding(path: Path, scenario: Scenario, marks: Marks, finding: Finding, say: _Speaker) -> Iterator[str]:
    known = finding.node in scenario.nodes
    place = place_of(str(path), marks, finding.node if known else None, () if known else ("start",))
    step = f"{say('step', node=step_name(finding.node, say.language))}: " if finding.node else ""
    yield f"{place}: {step}{finding.text[say.language]} [{finding.code}]"
    if finding.way is not None:
        yield f"    {say('way')}:"
        yield from _way(finding.way, say)


def _way(way: Way, say: _Speaker) -> Iterator[str]:
    yield "    " + (say("keys", keys=way.keys) if way.keys else say("silence"))
    if len(way.nodes) > 1:
        shown = " → ".join(_called(way.nodes[: 2 * _SHOWN], say.language)) + (
            " …" if len(way.nodes) > 2 * _SHOWN else ""
        )
        yield "    " + say("nodes", nodes=shown)
    date, _, clock = way.now.partition("T")
    yield f"    --today {date} --time {clock} --who {way.who}"
    if way.contact:
        yield "    " + say("contact", contact=json.dumps(way.contact, ensure_ascii=False))


def _time(seconds: float, say: _Speaker) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return say("minutes" if minutes else "seconds", minutes=minutes, seconds=rest)


def _called(nodes: Iterable[str], language: str) -> list[str]:
    return [step_name(node, language) for node in nodes]


def _some(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" … ({len(names)})" if len(names) > _SHOWN else "")
