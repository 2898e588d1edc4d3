"""Private values on graphs where they might slip out before the right person has confirmed."""

from typing import Any

import pytest
from scenario_making import make

from oklik.scenario.check import check

SECRET = "{{ debt | money('RUB') }}"
END: dict[str, Any] = {"end": {"kind": "hangup", "outcome": "no_input"}}


def who(confirmed: str, other: str = "end", no_input: str = "end", **more: Any) -> dict[str, Any]:
    exits = {"confirmed": confirmed, "other": other, "wrong_number": "end", "no_input": no_input}
    return {"kind": "identify", "text": "Это вы?", "exits": exits, **more}


def say(text: str, to: str = "end") -> dict[str, Any]:
    return {"kind": "play", "text": text, "exits": {"done": to}}


def menu(exits: dict[str, str], **more: Any) -> dict[str, Any]:
    options = {str(key): {"exit": name} for key, name in enumerate(exits, 1)}
    return {"kind": "menu", "text": "Да?", "options": options, "exits": {**exits, "no_input": "end"}, **more}


LEAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no check at all": ({"a": say(SECRET)}, "a", "text"),
    "the check's own question": ({"a": who("end", text=f"Вы должны {SECRET}?")}, "a", "text"),
    "the check's reminder": ({"a": who("end", invalid=f"Долг {SECRET}.")}, "a", "invalid"),
    "a wrong exit": ({"a": who("end", other="b"), "b": say(SECRET)}, "b", "text"),
    "silence": ({"a": who("end", no_input="b"), "b": say(SECRET)}, "b", "text"),
    "a way round the check": ({"m": menu({"x": "a", "y": "b"}), "a": who("b"), "b": say(SECRET)}, "b", "text"),
    "back to the start and on": (
        {"a": who("b"), "b": menu({"x": "c", "y": "a"}), "c": menu({"x": "d"}), "d": say(SECRET), "z": say("", "d")}
        | {"a": who("b", other="c")},
        "d",
        "text",
    ),
    "a loop that comes back unconfirmed": (
        {"a": menu({"x": "w", "y": "s"}), "w": who("s", other="a"), "s": say(SECRET)},
        "s",
        "text",
    ),
    "the entrance of a loop": ({"s": say(SECRET, to="w"), "w": who("m"), "m": menu({"x": "s"})}, "s", "text"),
    "asked again and not confirmed": ({"a": who("b"), "b": who("end", other="c"), "c": say(SECRET)}, "c", "text"),
    "while waiting for an agent": (
        {"t": {"kind": "transfer", "group": "g", "waiting": SECRET, "exits": {"talked": "end", "no_agent": "end"}}},
        "t",
        "waiting",
    ),
    "a farewell": ({"h": {"kind": "hangup", "text": SECRET}}, "h", "text"),
    "a confirmation of opting out": ({"o": {"kind": "opt_out", "text": SECRET, "exits": {"done": "end"}}}, "o", "text"),
    "through a variable": (
        {
            "v": {"kind": "set", "variable": "stage", "value": "{{ debt }}", "exits": {"done": "s"}},
            "s": say("Итого {{ stage | money('RUB') }}"),
        },
        "s",
        "text",
    ),
    "through two variables": (
        {
            "v": {"kind": "set", "variable": "stage", "value": "{{ copy }}", "exits": {"done": "w"}},
            "w": {"kind": "set", "variable": "copy", "value": "x{{ debt }}", "exits": {"done": "s"}},
            "s": say("{{ stage }}"),
        },
        "s",
        "text",
    ),
    "a word chosen by a private column": (
        {"s": say("{{ name | gender('он', 'она', 'оно', column='sex') }}")},
        "s",
        "text",
    ),
}


def leaks(nodes: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    columns = {
        "name": {"title": "ФИО", "type": "name"},
        "debt": {"title": "Сумма долга", "type": "money", "private": True},
        "sex": {"title": "Пол", "private": True},
    }
    nodes = {
        name: {**node, "text": node.get("text") or "Да."} if node["kind"] == "play" else node
        for name, node in nodes.items()
    }
    issues = check(make({**nodes, **END}, columns=columns, variables={"stage": {}, "copy": {"value": "1"}}))
    return [(issue.node, issue.field) for issue in issues if issue.code == "private_before_confirmed"]


@pytest.mark.parametrize("name", LEAKS)
def test_leaks_are_found(name: str) -> None:
    nodes, node, field = LEAKS[name]
    assert leaks(nodes) == [(node, field)]


SAFE: dict[str, dict[str, Any]] = {
    "after the check": {"a": who("b"), "b": say(SECRET)},
    "round and round after the check": {"a": who("b"), "b": say(SECRET, to="c"), "c": menu({"x": "b", "y": "end"})},
    "confirmed at the second asking": {"a": who("b", other="c"), "c": menu({"x": "a"}), "b": say(SECRET)},
    "two checks, one after the other": {"a": who("b"), "b": who("c"), "c": say(SECRET)},
    "only the agent hears it": {
        "t": {"kind": "transfer", "group": "g", "whisper": SECRET, "exits": {"talked": "end", "no_agent": "end"}}
    },
    "a place nobody comes to": {"a": menu({"x": "end"}), "b": say(SECRET)},
    "reminders after the check": {"a": who("b"), "b": menu({"x": "end"}, invalid=SECRET, no_input=SECRET)},
}


@pytest.mark.parametrize("name", SAFE)
def test_what_is_safe_is_let_through(name: str) -> None:
    assert leaks(SAFE[name]) == []


def test_the_creditor_must_be_named_on_every_path_and_in_every_language() -> None:
    nodes = {
        "m": menu({"x": "h", "y": "w"}, text={"ru": "Да?", "en": "Yes?"}),
        "h": {"kind": "play", "text": {"ru": "Это «Ромашка».", "en": "Hello."}, "exits": {"done": "w"}},
        "w": who("s", text={"ru": "Это вы?", "en": "Is it you?"}),
        "s": {
            "kind": "play",
            "text": {"ru": f"Это «Ромашка», {SECRET}", "en": "{{ debt | money('USD') }}"},
            "exits": {"done": "end"},
        },
        **END,
    }
    scenario = make(nodes, purpose="debt", organization={"ru": "Ромашка", "en": "Camomile"}, languages=["ru", "en"])
    found = [(issue.node, issue.field) for issue in check(scenario) if issue.code == "creditor_not_named"]
    assert found == [("s", "text.en")]
