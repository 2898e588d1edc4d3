"""What somebody does with a call that is tried out, as moves of `trying`: taken where it is possible, refused in words.

An event is plain data, as buttons send it: {"kind": "key", "keys": "1"}, {"kind": "transfer", "outcome": "talked"}.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from oklik.scenario import beyond
from oklik.scenario.document import Scenario
from oklik.scenario.errors import Sentence
from oklik.scenario.flow import Collect, Hook, Record, Request, Transfer
from oklik.scenario.trying import Begun, Move, State

TITLES: dict[str, Sentence] = {
    "key": {"ru": "нажать кнопку", "en": "press a key"},
    "silence": {"ru": "промолчать", "en": "be silent"},
    "hangup": {"ru": "положить трубку", "en": "hang up"},
    "machine": {"ru": "автоответчик", "en": "an answering machine"},
    "transfer": {"ru": "чем кончился перевод на оператора", "en": "how the transfer ended"},
    "voice": {"ru": "сказать вслух", "en": "speak"},
    "request": {"ru": "что ответила другая система", "en": "what the other system answered"},
    "clock": {"ru": "перевести часы", "en": "put the clock forward"},
}
# As people call the ends of a transfer that the editor has buttons for.
_OUTCOMES = {"answered": "talked", "busy": "no_agent"}


class MoveRefused(ValueError):
    """This cannot be done now.  text: one line in "ru" and "en"."""

    def __init__(self, ru: str, en: str) -> None:
        self.text = {"ru": ru, "en": en}
        super().__init__(en)


def moved(
    scenario: Scenario, begun: Begun, moves: Sequence[Move], state: State, event: Mapping[str, Any]
) -> tuple[Begun, tuple[Move, ...]]:
    """The call after an event.  state: as it stands.  event: kind, and what belongs to it (see the module `events`).

    A clock that is put forward before the person has done anything begins the call at that time.
    Raises MoveRefused.
    """
    kind = event["kind"]
    if kind not in state.accepts:
        known = {code: ", ".join(TITLES[one][code] for one in state.accepts) or "—" for code in ("ru", "en")}
        raise MoveRefused(f"сейчас так нельзя; можно: {known['ru']}", f"not possible now; possible: {known['en']}")
    kept, typed = [move for move in moves if move.do != "typed"], state.typed
    if kind == "clock":
        if not kept and not typed:
            return msgspec.structs.replace(begun, now=event["now"], holiday=event["holiday"]), ()
        made = Move(do="clock", now=event["now"], holiday=event["holiday"])
        return begun, (*_with_typed(kept, typed), made)
    if kind == "machine":
        return begun, (*kept, Move(do="machine"))
    items = _items(scenario, state, event)
    if items is None:
        return begun, (*kept, Move(do="typed", items=typed + event["keys"]))
    return begun, (*kept, Move(do="items", items=items))


def _with_typed(kept: Sequence[Move], typed: str) -> list[Move]:
    return [*kept, Move(do="items", items=typed)] if typed else list(kept)


def _items(scenario: Scenario, state: State, event: Mapping[str, Any]) -> str | None:
    """The event as items of `simulate`; None: keys that are not enough yet."""
    asked, kind = state.asked, event["kind"]
    if kind == "key":
        return _keys(state, event["keys"])
    if kind == "hangup":
        heard = event.get("heard")
        heard = state.heard if heard is None else min(heard, state.heard)
        return " ".join([*["."] * heard, "x"])
    if kind == "silence":
        return state.typed or "-"
    if kind == "transfer":
        return f"!{_outcome(asked, event)}"
    if kind == "voice":
        most = asked.max_s if isinstance(asked, Record) else 0
        return f"~{min(event['seconds'], most):.3g}"
    return _beyond(scenario, state, event)


def _keys(state: State, keys: str) -> str | None:
    """Keys as one breath, if they are enough for what is asked."""
    asked = state.asked
    if isinstance(asked, Transfer):
        if keys != asked.leave_key:
            raise MoveRefused(
                f"здесь слушают только кнопку {asked.leave_key}", f"only the key {asked.leave_key} is listened to here"
            )
        return "!left"
    assert isinstance(asked, Collect)
    typed = state.typed + keys
    enough = len(typed) >= asked.max_digits or any(key in asked.terminators for key in typed)
    return typed if enough else None


def _outcome(asked: Any, event: Mapping[str, Any]) -> str:
    outcome = _OUTCOMES.get(event["outcome"], event["outcome"])
    if outcome == "left" and isinstance(asked, Transfer) and asked.leave_key is None:
        raise MoveRefused(
            "на этом шаге нет кнопки, чтобы не ждать (leave_key)", "this node has no key to leave (leave_key)"
        )
    return str(outcome)


def _beyond(scenario: Scenario, state: State, event: Mapping[str, Any]) -> str:
    """What another system answered: as in the example, with values of one's own, or a failure."""
    asked = state.asked
    assert isinstance(asked, Request | Hook)
    if not event.get("ok", True):
        return beyond.FAILED
    name = (event.get("exit") or _exits(scenario, asked)[0]) if isinstance(asked, Hook) else "ok"
    values: Mapping[str, str] = event.get("values") or {}
    strange = sorted(values.keys() - asked.wanted.keys())
    if strange:
        known = ", ".join(asked.wanted) or "—"
        raise MoveRefused(
            f"шаг не спрашивает {', '.join(strange)}; спрашивает: {known}",
            f"the node does not ask for {', '.join(strange)}; it asks for: {known}",
        )
    if isinstance(asked, Hook) and name not in _exits(scenario, asked):
        known = ", ".join(_exits(scenario, asked))
        raise MoveRefused(f"исхода «{name}» нет; есть: {known}", f"no exit {name!r}; there are: {known}")
    listed = ",".join(f"{key}={quote(value, safe='')}" for key, value in values.items())
    return f"!{name}:{listed}" if listed else f"!{name}"


def _exits(scenario: Scenario, asked: Hook) -> list[str]:
    return [exit_.name for exit_ in scenario.nodes[asked.node].exits() if exit_.name != "failed"]
