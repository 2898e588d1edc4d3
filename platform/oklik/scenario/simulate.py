"""A call without a phone: the same interpreter, with keys from a string instead of a person.

The keys are separated by blanks and are taken in order, where the scenario asks for them (INPUTS).  When they run out,
the person says nothing more, and a transfer is answered.  Nothing beyond the call is asked: requests and plug-ins give
the examples of the document, unless the keys say otherwise (`beyond`).
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from oklik.scenario import beyond
from oklik.scenario.document import Scenario
from oklik.scenario.errors import Sentence
from oklik.scenario.flow import (
    Answered,
    Collect,
    Digits,
    Ended,
    Event,
    Fact,
    Hangup,
    Hook,
    HungUp,
    Instruction,
    Left,
    NoInput,
    Play,
    Played,
    PlayRecording,
    Record,
    Recorded,
    RecordingEnd,
    Request,
    Say,
    Transfer,
    TransferEnded,
    TransferOutcome,
    VoiceAnswered,
)
from oklik.scenario.interpreter import resume, start
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.limits import within_limits
from oklik.scenario.spoken import join

__all__ = ["INPUTS", "Inputs", "KeysError", "describe_instruction", "simulate"]

# What the string of keys may hold: how it is written, and what the person does, in Russian and English.
INPUTS: tuple[tuple[str, str, str], ...] = (
    (
        "1  12#  *",
        "нажать эти кнопки подряд; лишние достанутся следующему вопросу, если он считает нажатое заранее",
        "press these keys in one breath; those too many go to the next question, if it takes keys pressed early",
    ),
    ("-", "молчать, пока не выйдет время", "press nothing until the time is up"),
    ("x  hangup", "положить трубку сейчас, на полуслове", "hang up now, in the middle of what is being said"),
    (".", "дослушать один текст до конца (нужно только перед x)", "listen to one text to its end (needed before x)"),
    (
        "~7  ~7x",
        "говорить 7 секунд, когда записывают (x: и положить трубку)",
        "speak 7 seconds when recorded (x: and hang up)",
    ),
    ("!talked  !no_agent  !failed  !left", "чем кончился перевод на оператора", "how a transfer to an agent ends"),
    (
        "!ok  !ok:name=value  !failed",
        "что ответила другая система: как в примере, с этими значениями, сбой; у своего алгоритма вместо ok его исход",
        "what a request brings: the examples, these values, a failure; a plug-in's exit in the place of ok",
    ),
)
POSSIBLE = "12#, -, ., x, ~7, !talked, !no_agent, !failed, !left, !ok, !ok:name=value"


_SPOKEN = re.compile(r"~[0-9]{1,3}(\.[0-9])?x?", re.ASCII)


class KeysError(ValueError):
    """The string of keys cannot be read, or does not fit where the call stands.  text: in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text: Sentence = {"ru": ru, "en": en}
        super().__init__(en)


def simulate(
    scenario: Scenario,
    contact: Mapping[str, str],
    keys: str,
    now: dt.date,
    language: str | None = None,
    *,
    holiday: bool = False,
    who: str = "",
) -> Iterator[dict[str, Any]]:
    """One JSON-able dict for each instruction of the call and each silent node passed, the hang-up last.

    node, kind; prompt: the text as it would be heard ("" for a silent node); instruction: as the host gets it (None for
    a silent node); event: what the person did; exit: by which exit the node was left then (None: it asks again, or the
    call ends here); answers: so far, by question; facts: of this step; ended: the reason, on the last one only.
    now, holiday, who: as `interpreter.start` has them.
    Raises KeysError, and PromptError where a text cannot be spoken.
    """
    inputs = Inputs(keys, scenario)
    within_limits(scenario, contact, language or scenario.languages[0])
    step = start(scenario, contact, now, language, holiday=holiday, who=who)
    answers: dict[str, str] = {}
    yield from _silent(scenario, step.facts, answers, after=None)
    begun, reason = step.facts, _reason(step.facts)  # what is known before the first word belongs to its line
    while step.instruction is not None:
        asked = step.instruction
        line = describe_instruction(scenario, asked)
        if isinstance(asked, Hangup):
            facts = [msgspec.to_builtins(fact) for fact in begun]
            yield {**line, "event": None, "exit": None, "answers": dict(answers), "facts": facts, "ended": reason}
            return
        event = inputs.next(asked, scenario.nodes[asked.node])
        step = resume(scenario, step.session, event)
        reason = _reason(step.facts)
        answers |= {fact.question: fact.value for fact in step.facts if isinstance(fact, Answered | VoiceAnswered)}
        gone = {"ended": reason} if step.instruction is None else {}
        yield {**line, "event": msgspec.to_builtins(event), **_outcome(asked.node, begun, step.facts, answers), **gone}
        begun = ()
        yield from _silent(scenario, step.facts, answers, after=asked.node)


def _reason(facts: tuple[Fact, ...]) -> str | None:
    return next((fact.reason for fact in facts if isinstance(fact, Ended)), None)


def _silent(
    scenario: Scenario, facts: tuple[Fact, ...], answers: Mapping[str, str], *, after: str | None
) -> Iterator[dict[str, Any]]:
    """Lines of the nodes that were passed without a word (a branch, a lot drawn), in order."""
    left = [fact for fact in facts if isinstance(fact, Left)]
    if left and left[0].node == after:
        left = left[1:]
    for fact in left:
        yield {
            "node": fact.node,
            "kind": scenario.nodes[fact.node].kind,
            "prompt": "",
            "instruction": None,
            "event": None,
            "exit": fact.exit,
            "answers": dict(answers),
            "facts": [],
        }


def describe_instruction(scenario: Scenario, asked: Instruction) -> dict[str, Any]:
    """The head of an instruction's line: node, kind, prompt, instruction, and what an agent would hear (whisper)."""
    said: tuple[Say, ...] = ()
    if isinstance(asked, Play | Collect | Record):
        said = asked.parts
    elif isinstance(asked, Transfer | Request | Hook):
        said = asked.waiting
    line = {
        "node": asked.node,
        "kind": scenario.nodes[asked.node].kind,
        "prompt": join(said),
        "instruction": msgspec.to_builtins(asked),
    }
    if isinstance(asked, Transfer) and asked.whisper:
        line["whisper"] = join(asked.whisper)
    return line


def _outcome(node: str, begun: tuple[Fact, ...], facts: tuple[Fact, ...], answers: Mapping[str, str]) -> dict[str, Any]:
    left = next((fact for fact in facts if isinstance(fact, Left)), None)
    return {
        "exit": left.exit if left is not None and left.node == node else None,
        "answers": dict(answers),
        "facts": [msgspec.to_builtins(fact) for fact in (*begun, *facts)],
    }


class Inputs:
    """What the person will do, in order."""

    def __init__(self, keys: str, scenario: Scenario) -> None:
        self._inputs = keys.split()
        self._scenario = scenario
        self._next = 0
        self._rest = ""  # keys of the last input that no question has taken yet
        for item in self._inputs:
            known = item in {"-", ".", "x", "hangup"} or item[1:] in {*TransferOutcome} or _SPOKEN.fullmatch(item)
            if not (known or set(item) <= set("0123456789*#") or beyond.possible(item, scenario.nodes.values())):
                raise KeysError(
                    f"«{item}» непонятно; можно: кнопки вроде {POSSIBLE}",
                    f"{item!r} is no input; possible: keys such as {POSSIBLE}",
                )

    def add(self, items: str) -> None:
        """What the person does next.  Raises KeysError."""
        self._inputs += Inputs(items, self._scenario)._inputs  # noqa: SLF001  one of its own kind

    def waits(self, asked: Instruction) -> bool:
        """Whether nothing is left that could answer an instruction which only a person or somebody beyond answers."""
        if isinstance(asked, Play | PlayRecording | Hangup) or (isinstance(asked, Collect) and asked.more):
            return False
        early = isinstance(asked, Collect) and asked.early and self._rest
        return not early and self._next >= len(self._inputs)

    def next(self, asked: Instruction, node: NodeBase) -> Event:
        """The event that answers an instruction.  Raises KeysError."""
        rest, self._rest = self._rest, ""
        if isinstance(asked, Collect) and asked.more:
            return self._press(rest, asked) if rest else NoInput()
        if isinstance(asked, Collect) and asked.early and rest:
            return self._early(rest, asked)
        item = self._inputs[self._next] if self._next < len(self._inputs) else None
        if item in {"x", "hangup"}:
            self._next += 1
            return HungUp()
        if isinstance(asked, Play | PlayRecording):
            self._rest = rest
            self._next += item == "."
            return Played()
        if isinstance(asked, Request | Hook):
            self._rest = rest
            return self._beyond(item, asked, node)
        if item == ".":  # nothing to listen to here: the pause is over
            self._next += 1
            return self.next(asked, node)
        if isinstance(asked, Transfer):
            return self._transfer(item, asked)
        if isinstance(asked, Record):
            return self._speak(item, asked)
        assert isinstance(asked, Collect)
        if item is None:
            return NoInput()
        self._next += 1
        if item.startswith(("!", "~")):
            raise KeysError(
                f"«{item}» стоит там, где ждут кнопок: шаг {asked.node}",
                f"{item} stands where keys are asked for, at node {asked.node}",
            )
        return NoInput() if item == "-" else self._press(item, asked)

    def _beyond(self, item: str | None, asked: Request | Hook, node: NodeBase) -> Event:
        """As the input says, if it is meant for this; else the usual, and the input waits for its turn."""
        if item == "." and asked.waiting:  # that was the text
            self._next += 1
            item = self._inputs[self._next] if self._next < len(self._inputs) else None
        try:
            event = None if item is None else beyond.meant(item, asked, node)
        except ValueError as error:
            raise KeysError(
                f"«{item}»: шаг {asked.node} не спрашивает {error}",
                f"{item}: node {asked.node} does not ask for {error}",
            ) from None
        self._next += event is not None
        return event or node.trials({})[0]

    def _transfer(self, item: str | None, asked: Transfer) -> Event:
        if item is None:
            return TransferEnded(outcome=TransferOutcome.TALKED)
        if item == asked.leave_key:
            item = "!left"
        if item[1:] not in {*TransferOutcome}:
            raise KeysError(
                f"«{item}» стоит там, где кончается перевод на оператора: шаг {asked.node}; "
                "нужно !talked, !no_agent, !failed или !left",
                f"{item} stands where a transfer ends, at node {asked.node}; say !talked, !no_agent, !failed or !left",
            )
        if item == "!left" and asked.leave_key is None:
            raise KeysError(
                f"«{item}»: на шаге {asked.node} нет кнопки, чтобы не ждать (leave_key)",
                f"{item}: node {asked.node} has no key to leave (leave_key)",
            )
        self._next += 1
        return TransferEnded(outcome=TransferOutcome(item[1:]))

    def _early(self, rest: str, asked: Collect) -> Event:
        """Keys that were pressed before this question: they begin its answer, and the next ones go on with it."""
        enough = len(rest) >= asked.max_digits or any(key in asked.terminators for key in rest)
        item = self._inputs[self._next] if self._next < len(self._inputs) else "-"
        if enough and item == "." and asked.parts and not asked.barge_in:
            self._next += 1  # the question is spoken all the same
            return self._press(rest, asked)
        if enough and (asked.barge_in or not asked.parts or item not in {"x", "hangup"}):
            item = "-"
        if item in {"x", "hangup"}:
            self._next += 1
            return HungUp()
        if not enough and set(item) <= set("0123456789*#"):
            self._next += 1
            return self._press(rest + item, asked)
        self._next += not enough and item == "-" and self._next < len(self._inputs)
        return self._press(rest, asked)

    def _speak(self, item: str | None, asked: Record) -> Recorded | HungUp:
        """Whoever has spoken presses the key that ends it, or falls silent, or the time runs out."""
        if item is not None and item != "-" and not item.startswith("~"):
            raise KeysError(
                f"«{item}» стоит там, где записывают голос: шаг {asked.node}; нужно ~7 (секунд) или -",
                f"{item} stands where a voice is recorded, at node {asked.node}; say ~7 (seconds) or -",
            )
        self._next += item is not None
        spoken = (item or "-").lstrip("~")
        seconds = 0.0 if spoken == "-" else min(float(spoken.removesuffix("x")), float(asked.max_s))
        if spoken.endswith("x"):
            return HungUp(spoke_s=seconds)
        by = RecordingEnd.SILENCE if asked.silence_s else RecordingEnd.LIMIT
        if seconds >= asked.max_s:
            by = RecordingEnd.LIMIT
        elif seconds and asked.end_keys:
            by = RecordingEnd.KEY
        return Recorded(seconds=seconds, by=by)

    def _press(self, item: str, asked: Collect) -> Digits:
        """What the switch makes of these keys: it stops at a terminator or when it has enough, and keeps the rest."""
        keys = ""
        for place, key in enumerate(item, start=1):
            if key in asked.terminators:
                self._rest = item[place:]
                break
            keys += key
            if len(keys) == asked.max_digits:
                self._rest = item[place:]
                break
        return Digits(keys=keys, complete=len(keys) >= asked.min_digits)
