"""How fast scenarios run: steps of the interpreter, and `check` of a large document.

Run: python bench/scenario.py [--seconds N] [--json] [--beside DIR].  One process, one core, nothing but the pure
scenario room.  --beside: the folder `platform` of another version; both step in turn, and the ratio is what counts.
A step is one event taken by `resume` (or one `start`), with facts and the next instruction; the node after it and all
silent ones between are part of it.  The middle of several rounds counts; the quickest call stands beside it, for a
machine that does other things too.  Figures compare only on one machine.  The last line is JSON.
"""

import argparse
import datetime as dt
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import oklik.scenario as scenario_room
from oklik.scenario.check import check
from oklik.scenario.document import Scenario, from_json
from oklik.scenario.explore import explore
from oklik.scenario.flow import Collect, Digits, Event, Hangup, Instruction, NoInput, Played
from oklik.scenario.interpreter import resume, start

TODAY = dt.date(2026, 3, 2)
CONTACT = {"name": "Иванов Иван Иванович", "debt": "21001,50", "city": "Омск"}
ROUNDS = 7


def document(count: int) -> dict[str, Any]:
    """A survey of so many nodes: a text, a menu, a number, a condition, a variable, over and over."""
    nodes: dict[str, Any] = {}
    for index in range(count - 1):
        after = f"n{index + 1}" if index < count - 2 else "bye"
        nodes[f"n{index}"] = _node(index, after)
    nodes["bye"] = {"kind": "hangup", "text": "Спасибо, до свидания!"}
    return {
        "format": 1,
        "name": "bench",
        "title": "Замер",
        "languages": ["ru"],
        "purpose": "survey",
        "start": "n0",
        "columns": {
            "name": {"title": "ФИО", "type": "name"},
            "debt": {"title": "Сумма", "type": "money"},
            "city": {"title": "Город", "required": False},
        },
        "variables": {"stage": {"value": "начало"}},
        "nodes": nodes,
    }


def _node(index: int, after: str) -> dict[str, Any]:
    match index % 5:
        case 0:
            text = (
                f"Раздел {index}. {{{{ name | name }}}}, ещё несколько вопросов о сумме {{{{ debt | money('RUB') }}}}."
            )
            return {"kind": "play", "text": text, "exits": {"done": after}}
        case 1:
            options = {str(key): {"exit": "next", "label": f"Ответ {key}"} for key in range(1, 6)}
            asked = {"text": f"Вопрос {index}. Нажмите от одного до пяти.", "invalid": "Такой кнопки нет."}
            ways = {"next": after, "no_input": "bye"}
            return {"kind": "menu", "question": f"q{index}", "options": options, "exits": ways, **asked}
        case 2:
            limits = {"max_digits": 2, "min_value": 0, "max_value": 10}
            asked = {"text": f"Оцените от нуля до десяти, вопрос {index}.", "question": f"q{index}"}
            return {"kind": "ask", **asked, **limits, "exits": {"done": after, "no_input": after}}
        case 3:
            cases = [{"exit": "high", "conditions": [{"field": f"q{index - 1}", "op": "more", "value": "8"}]}]
            return {"kind": "branch", "cases": cases, "exits": {"high": after, "else": after}}
        case _:
            return {"kind": "set", "variable": "stage", "value": f"раздел {index}", "exits": {"done": after}}


def call(scenario: Scenario) -> int:
    """One call from its beginning to its end; each question is missed once and then answered.  Gives the steps."""
    step = start(scenario, CONTACT, TODAY)
    count = 1
    while step.instruction is not None and not isinstance(step.instruction, Hangup):
        step = resume(scenario, step.session, _answer(step.instruction, count))
        count += 1
    return count


_PLAYED, _SILENT, _KEY = Played(), NoInput(), Digits(keys="3")


def _answer(asked: Instruction, count: int) -> Event:
    if not isinstance(asked, Collect):
        return _PLAYED
    return _SILENT if count % 3 == 0 else _KEY


def steps_per_s(seconds: float) -> tuple[float, float]:
    """(the middle of the rounds, the quickest call)."""
    scenario = from_json(document(200))
    call(scenario)
    quickest = max(_rate(lambda: call(scenario), 0) for _ in range(300))
    return statistics.median(_rate(lambda: call(scenario), seconds / ROUNDS) for _ in range(ROUNDS)), quickest


def _rate(work: Callable[[], int], seconds: float) -> float:
    began, done, spent = time.process_time(), 0, 0.0
    while not done or spent < seconds:
        done += work()
        spent = time.process_time() - began
    return done / spent


def beside(other: Path, seconds: float) -> dict[str, Any]:
    """This version and another one in turns, each round in a process of its own; ratio: the middle of the rounds."""
    own: list[tuple[float, float]] = []
    others: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        own.append(_elsewhere(Path(scenario_room.__file__).parents[2], seconds))
        others.append(_elsewhere(other, seconds))
    return {
        "steps_per_s": round(statistics.median(rate for rate, _ in own)),
        "steps_per_s_quickest": round(max(best for _, best in own)),
        "other_steps_per_s": round(statistics.median(rate for rate, _ in others)),
        "other_steps_per_s_quickest": round(max(best for _, best in others)),
        "ratio": round(statistics.median(a[0] / b[0] for a, b in zip(own, others, strict=True)), 2),
        "ratio_quickest": round(max(best for _, best in own) / max(best for _, best in others), 2),
    }


def _elsewhere(platform: Path, seconds: float) -> tuple[float, float]:
    command = [sys.executable, __file__, "--only-steps", "--json", "--seconds", str(seconds)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(platform)}, check=True, capture_output=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["steps_per_s"], told["steps_per_s_quickest"]


def check_ms(count: int) -> tuple[float, float]:
    """(reading, checking) of a document just read, as a command does it: the middle of the rounds, in ms."""
    plain = document(count)
    figures: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        scenario = from_json(plain)
        read = time.process_time()
        issues = check(scenario)
        figures.append(((read - began) * 1000, (time.process_time() - read) * 1000))
        assert not [issue for issue in issues if issue.severity == "error"], issues[:3]
    return statistics.median(item[0] for item in figures), statistics.median(item[1] for item in figures)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=7.0, help="of stepping, in all")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    parser.add_argument("--beside", type=Path, metavar="DIR", help="the folder `platform` of another version")
    parser.add_argument("--only-steps", action="store_true", help="nothing but the interpreter")
    options = parser.parse_args()
    if options.beside is not None:
        print(json.dumps(beside(options.beside.resolve(), options.seconds / ROUNDS)))
        return
    rate, quickest = steps_per_s(options.seconds)
    if options.only_steps:
        print(json.dumps({"steps_per_s": round(rate), "steps_per_s_quickest": round(quickest)}))
        return
    read, checked = check_ms(1000)
    scenario = from_json(document(200))
    began = time.process_time()
    walked = explore(scenario, TODAY)
    figures = {
        "steps_per_s": round(rate),
        "steps_per_s_quickest": round(quickest),
        "read_1000_nodes_ms": round(read),
        "check_1000_nodes_ms": round(checked),
        "explore_200_nodes_s": round(time.process_time() - began, 2),
        "explore_states": walked.states,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if not options.json:
        print(f"interpreter: {figures['steps_per_s']} steps a second, at best {figures['steps_per_s_quickest']}")
        print(f"reading 1,000 nodes: {figures['read_1000_nodes_ms']} ms; check: {figures['check_1000_nodes_ms']} ms")
        print(f"explore: {figures['explore_200_nodes_s']} s for 200 nodes, {figures['explore_states']} states")
        print(f"peak memory: {figures['peak_mb']} MB")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
