"""Every issue the checker can raise, each with a scenario that earns it, and scenarios that just do not."""

import ast
from pathlib import Path
from typing import Any

import pytest
from beyond_making import BEYOND_BAD, HOOKS
from scenario_making import COLUMNS, WHO, make

import oklik.scenario
from oklik.scenario.check import Issue, check, describe, has_errors
from oklik.scenario.describe_issues import findings
from oklik.scenario.kinds.base import Exit

END = {"end": {"kind": "hangup"}}
GONE = {"gone": {"kind": "hangup", "outcome": "no_input"}}
EXITS = {"confirmed": "end", "other": "gone", "wrong_number": "gone", "no_input": "gone"}


def say(text: Any, to: str = "end", **more: Any) -> dict[str, Any]:
    return {"kind": "play", "text": text, "exits": {"done": to}, **more}


def ask(**more: Any) -> dict[str, Any]:
    return {"kind": "ask", "text": "Число?", "question": "n", "exits": {"done": "told", "no_input": "gone"}, **more}


def menu(**more: Any) -> dict[str, Any]:
    return {
        "kind": "menu",
        "text": "Да — 1.",
        "options": {"1": {"exit": "x"}},
        "exits": {"x": "end", "no_input": "gone"},
        **more,
    }


def branch(**condition: Any) -> dict[str, Any]:
    case = {"exit": "x", "conditions": [{"field": "city", "op": "equals", "value": "Омск"} | condition]}
    return {"kind": "branch", "cases": [case], "exits": {"x": "end", "else": "end"}}


def hours(schedule: Any) -> dict[str, Any]:
    return {"kind": "hours", "schedule": schedule, "exits": {"open": "end", "closed": "end"}}


def split(*exits: str) -> dict[str, Any]:
    ways = [{"exit": name, "label": name} for name in exits]
    return {"kind": "split", "question": "q", "ways": ways, "exits": dict.fromkeys(exits, "end")}


def language(**how: Any) -> dict[str, Any]:
    return {"kind": "language", "exits": {"done": "end"}, **how}


def transfer(**how: Any) -> dict[str, Any]:
    return {"kind": "transfer", "exits": {"talked": "end", "no_agent": "gone"}, **how}


def told(text: str, **asking: Any) -> dict[str, Any]:
    return {"a": ask(**asking), "told": say(text)} | END | GONE


def one(node: dict[str, Any]) -> dict[str, Any]:
    return {"a": node} | END | GONE


IDENTIFY = {"kind": "identify", "text": "Вы {{ name | name }}?", "exits": {**EXITS, "confirmed": "told"}}
RECORD = {"kind": "record", "text": "Что?", "question": "n", "exits": {"done": "end", "no_input": "gone"}}
RATE = {"kind": "rate", "text": "Оценка?", "question": "n", "exits": {"done": "end", "no_input": "gone"}}
PAY = {
    "kind": "promise",
    "text": "Когда?",
    "confirm": "{{ promise_date | date }}?",
    "exits": {"promised": "end", "declined": "end", "no_input": "gone"},
}
CREDITOR = {"purpose": "debt", "organization": "«Пример-Финанс»"}
DEBT = CREDITOR | {"variables": {"phone": {"value": "8 800 000-12-34"}}}
PHONE = "Наш телефон: {{ phone | phone }}."

PLACE = "Вы {{ position | ordinal }} в очереди."
NUMBER = {"columns": {"k": {"title": "K", "type": "number"}}}

PARTED = {
    "a": branch(field="debt", op="more", value="1") | {"exits": {"x": "b", "else": "end"}},
    "b": say("Раз."),
} | END

# code: (nodes, what else the scenario has, node, field)
Bad = tuple[dict[str, Any], dict[str, Any], str | None, str | None]
CALL: dict[str, Any] = {"kind": "subscenario", "scenario": "who-answers", "exits": {"done": "end", "stranger": "end"}}


def called(**changes: Any) -> dict[str, Any]:
    return {"who-answers": {**WHO, **changes}}


BAD: dict[str, list[Bad]] = {
    "set_what": [
        (one({"kind": "set", "value": "1"}), {}, "a", None),
        (one({"kind": "set", "value": "1", "variable": "stage", "column": "city"}), {}, "a", None),
    ],
    "value_unfit": [(one({"kind": "set", "value": "много", "column": "debt"}), {}, "a", "value")],
    "subscenario_unknown": [(one({**CALL, "scenario": "nobody"}), {}, "a", "scenario")],
    "subscenario_unused": [(END, {"subscenarios": {"who": WHO}}, None, "subscenarios.who")],
    "column_clash": [
        (one(CALL), {"subscenarios": called(columns={"city": {"title": "Город", "type": "number"}})}, "a", "scenario"),
        (one(CALL), {"subscenarios": called(columns={"city": {"title": "Откуда"}})}, "a", "scenario"),
    ],
    "variable_clash": [
        (
            one(CALL),
            {"subscenarios": called(variables={"stage": {"value": "1"}}), "variables": {"stage": {"value": "2"}}},
            "a",
            "scenario",
        )
    ],
    "purpose_clash": [(one(CALL), {"subscenarios": called(purpose="advertising")}, "a", "scenario")],
    "type_unfit": [(one({**PAY, "debt": "city"}), {}, "a", "debt")],
    "digits_unasked": [
        (one({**IDENTIFY, "digits_of": "city"}), {}, "a", "digits_text"),
        (one({**IDENTIFY, "digits_text": "?"}), {}, "a", "digits_of"),
    ],
    "start_missing": [(END, {"start": "nowhere"}, None, "start")],
    "exit_dangling": [
        ({"a": {"kind": "play", "text": "Да."}}, {}, "a", "exits.done"),
        (one(branch() | {"exits": {"x": "end"}}), {}, "a", "exits.else"),
    ],
    "no_input_missing": [
        (one(menu(exits={"x": "end"})), {}, "a", "exits.no_input"),
        (
            one({**IDENTIFY, "exits": {"confirmed": "end", "other": "end", "wrong_number": "end"}}),
            {},
            "a",
            "exits.no_input",
        ),
    ],
    "no_agent_missing": [
        (one({"kind": "transfer", "group": "g", "exits": {"talked": "end"}}), {}, "a", "exits.no_agent")
    ],
    "transfer_target": [
        (one(transfer(group="g", number="+79161234567")), {}, "a", "number"),
        (one(transfer()), {}, "a", "group"),
    ],
    "number_bad": [(one(transfer(number="+7112")), {}, "a", "number")],
    "number_not_phone": [
        (one(transfer(number="city")), {}, "a", "number"),
        (
            {"q": ask(type="phone", exits={"done": "a", "no_input": "a"}), "a": transfer(number="n")} | END,
            {},
            "a",
            "number",
        ),
    ],
    "position_missing": [
        (one(transfer(group="g", position="Ждите.")), {}, "a", "position"),
        (
            one(transfer(group="g", position={"ru": "Вы {{ position | ordinal }}.", "en": "Wait."})),
            {"languages": ["ru", "en"]},
            "a",
            "position.en",
        ),
    ],
    "position_plain": [(one(transfer(group="g", position="Вы {{ position }}.")), {}, "a", "position")],
    "name_taken": [
        (one(transfer(group="g", position=PLACE)), {"variables": {"position": {"value": "1"}}}, "a", "position"),
        (one(transfer(group="g", position=PLACE)), {"columns": {"position": {"title": "Должность"}}}, "a", "position"),
    ],
    "position_idle": [(one(transfer(group="g", position=PLACE, wait_s=0)), {}, "a", "wait_s")],
    "exit_unknown": [(one(say("Да.") | {"exits": {"done": "end", "later": "end"}}), {}, "a", "exits.later")],
    "target_unknown": [({"a": say("Да.", to="nowhere")}, {}, "a", "exits.done")],
    "unreachable": [(END | {"island": say("Да.")}, {}, "island", None)],
    "endless_loop": [
        ({"a": say("Да.", to="b"), "b": say("Нет.", to="a")}, {}, "a", None),
        (one(menu(exits={"x": "end", "no_input": "a"})), {}, "a", None),
        (one({"kind": "transfer", "group": "g", "exits": {"talked": "end", "no_agent": "a"}}), {}, "a", None),
    ],
    "outcome_misleading": [
        (one(menu(exits={"x": "end", "no_input": "end"})), {}, "a", "exits.no_input"),
        # a lot that was drawn is no conversation
        (
            {"s": split("x", "y") | {"exits": {"x": "a", "y": "a"}}, "a": menu(exits={"x": "end", "no_input": "end"})}
            | END,
            {},
            "a",
            "exits.no_input",
        ),
    ],
    "name_unknown": [
        (one({**IDENTIFY, "digits_of": "contract", "digits_text": "?"}), {}, "a", "digits_of"),
        (one({**PAY, "debt": "owed"}), {}, "a", "debt"),
        (one(say("{{ nobody }}")), {}, "a", "text"),
        (one(branch(field="nobody")), {}, "a", "cases.0.conditions.0.field"),
        (one({"kind": "set", "variable": "nobody", "value": "1", "exits": {"done": "end"}}), {}, "a", "variable"),
        (
            one({"kind": "set", "variable": "stage", "value": "{{ nobody }}", "exits": {"done": "end"}}),
            {},
            "a",
            "value",
        ),
    ],
    "name_clash": [
        (one({**PAY, "date_question": "d", "amount_question": "d"}), {}, "a", "amount_question"),
        (one(ask(question="city", exits={"done": "end", "no_input": "end"})), {}, None, "city"),
        (one(ask(question="stage", exits={"done": "end", "no_input": "end"})), {}, None, "stage"),
    ],
    "language_unsupported": [(END, {"languages": ["de"]}, None, "languages")],
    "language_repeated": [(END, {"languages": ["ru", "ru"]}, None, "languages")],
    "language_unknown": [
        (one(say({"ru": "Да.", "en": "Yes."})), {}, "a", "text"),
        (one(language(language="en")), {}, "a", "language"),
        (one(language(text="1, 2", options={"1": "ru", "2": "en"})), {}, "a", "options.2"),
        (END, {"fallback": {"tt": "ru"}}, None, "fallback.tt"),
        (END, {"fallback": {"ru": "en"}}, None, "fallback.ru"),
    ],
    "recording_unknown": [
        (END, {"recordings": {"end.text": "bye"}}, None, "recordings.end.text"),
        (one(say("Да.")), {"recordings": {"b.text": "yes"}}, None, "recordings.b.text"),
    ],
    "fallback_circle": [
        (END, {"fallback": {"ru": "ru"}}, None, "fallback.ru"),
        (END, {"languages": ["ru", "en"], "fallback": {"ru": "en", "en": "ru"}}, None, "fallback.en"),
    ],
    "translation_missing": [
        (one(say("Да.")), {"languages": ["ru", "en"]}, "a", "text"),
        (
            one(menu(text={"ru": "Да — 1.", "en": "1."}, question="q", options={"1": {"exit": "x", "label": "Да"}})),
            {"languages": ["ru", "en"]},
            "a",
            "options.1.label",
        ),
    ],
    "template_bad": [
        (one(say("{{ name | shout }}")), {}, "a", "text"),
        (one(say("{{ name")), {}, "a", "text"),
        (
            one({"kind": "set", "variable": "stage", "value": "{{ name | name }}", "exits": {"done": "end"}}),
            {},
            "a",
            "value",
        ),
        (one(ask(label="{{ city }}", exits={"done": "end", "no_input": "end"})), {}, "a", "label"),
    ],
    "recording_missing": [
        (
            one(say("Да.")),
            {"recordings": {"a.text": "yes"}, "recorded": ["en/yes", "ru/no"]},
            None,
            "recordings.a.text",
        ),
        # A text with values is recorded piece by piece.
        (
            one(say("Ваш долг — {{ debt | money('RUB') }}. Спасибо.")),
            {"recordings": {"a.text": "debt"}, "recorded": ["ru/debt", "ru/debt.1"]},
            None,
            "recordings.a.text",
        ),
        (
            one(say({"ru": "Да.", "en": "Yes."})),
            {"languages": ["ru", "en"], "recordings": {"a.text": "yes"}, "recorded": ["ru/yes"]},
            None,
            "recordings.a.text",
        ),
    ],
    "answer_not_read_back": [
        (one(ask(confirm="Верно?", exits={"done": "end", "no_input": "gone"})), {}, "a", "confirm"),
        (one({**PAY, "amount_text": "Сколько?"}), {}, "a", "confirm"),
        (one({**PAY, "confirm": "Вы обещаете?"}), {}, "a", "confirm"),
    ],
    "prompt_long": [
        (one(say("Да. " * 200)), {}, "a", "text"),
        # A value is as long as what is said of it, not as its braces.
        (one(say("{{ debt | money('RUB') }}, " * 30)), {}, "a", "text"),
    ],
    "noun_unfit": [
        (one(say("Осталось {{ k | number }} дней.")), NUMBER, "a", "text"),
        (one(say("Осталось {{ k | number }} рабочих дней.")), NUMBER, "a", "text"),
        (told("Через {{ n }} дней.", max_digits=2, min_value=4, max_value=14), {}, "told", "text"),
        (told("Через {{ n }} рублей.", max_digits=1), {}, "told", "text"),
        (one(say("Остался 1 дней.")), {}, "a", "text"),
        (one(say("{{ k | number }} days left.")), NUMBER | {"languages": ["en"]}, "a", "text"),
        (one(say("You have 1 parties.")), {"languages": ["en"]}, "a", "text"),
    ],
    "noun_repeated": [
        (one(say("{{ k | count('день') }} дней")), NUMBER, "a", "text"),
        (one(say("{{ k | money('RUB') }} рублей")), NUMBER, "a", "text"),
        (one(say("{{ k | count('day') }} days")), NUMBER | {"languages": ["en"]}, "a", "text"),
    ],
    "read_before_set": [
        (one(branch(field="stage")), {}, "a", "cases.0.conditions.0.field"),
        (
            {"a": ask(exits={"done": "told", "no_input": "told"}), "told": branch(field="n", op="more", value="1")}
            | END,
            {},
            "told",
            "cases.0.conditions.0.field",
        ),
        (
            one({"kind": "set", "variable": "stage", "value": "x {{ m }}", "exits": {"done": "end"}}),
            {"variables": {"m": {}, "stage": {}}},
            "a",
            "value",
        ),
    ],
    "phone_missing": [
        (one(say("«Пример-Финанс», вы должны нам.", message=True)), CREDITOR, None, "nodes"),
        # Where only an agent hears it, the person does not.
        (
            one({"kind": "transfer", "group": "g", "whisper": PHONE, "exits": {"talked": "end", "no_agent": "gone"}}),
            DEBT,
            None,
            "nodes",
        ),
        (END | {"island": say(PHONE)}, DEBT, None, "nodes"),
        (one(say("Срок 31.12.2026, 1 день.")), CREDITOR, None, "nodes"),
    ],
    "phone_not_named": [
        (
            {
                "h": say("«Пример-Финанс». Вы должны нам.", message=True, to="a"),
                "a": menu(exits={"x": "p", "no_input": "gone"}),
                "p": say(PHONE),
            }
            | END
            | GONE,
            DEBT,
            "gone",
            None,
        ),
        (
            {"a": IDENTIFY, "told": say("«Пример-Финанс», долг {{ debt | money('RUB') }}", to="b")}
            | {"b": menu(exits={"x": "p", "no_input": "end"}), "p": say(PHONE)}
            | END
            | GONE,
            DEBT,
            "end",
            None,
        ),
    ],
    "filter_missing": [(one(say("{{ debt }}")), {}, "a", "text")],
    "filter_unfit": [(one(say("{{ name | money('RUB') }}")), {}, "a", "text")],
    "value_optional": [(one(say("{{ city }}")), {}, "a", "text")],
    "value_unset": [
        (
            {"a": ask(exits={"done": "told", "no_input": "told"}), "told": say("{{ n | number }}")} | END,
            {},
            "told",
            "text",
        ),
        (one(say("{{ stage }}")), {}, "a", "text"),
    ],
    "too_many_values": [
        (told("{{ n | number }}", max_digits=5), {}, "told", "text"),
        (told("{{ n | number }}", max_digits=12, type="number"), {}, "told", "text"),
        (told("{{ n }}", max_digits=4, min_value=1, max_value=401), {}, "told", "text"),
        (
            {"b": ask(question="m", max_digits=2, exits={"done": "a", "no_input": "gone"})}
            | told("{{ n | number }} {{ m | number }}", max_digits=2),
            {},
            "told",
            "text",
        ),
    ],
    "value_unspeakable": [
        (told("{{ n | date }}", max_digits=2), {}, "told", "text"),
        (told("{{ n | date }}", type="amount", max_digits=6), {}, "told", "text"),
        (told("{{ n | money('RUB') }}", type="date"), {}, "told", "text"),
    ],
    "record_endless": [(one({**RECORD, "end_key": None, "silence_s": 0}), {}, "a", "end_key")],
    "record_long": [
        (one({**RECORD, "max_s": 300, "takes": 3, "review": "Заново — 2."}), {}, "a", "max_s"),
    ],
    "private_before_confirmed": [(one(say("{{ debt | money('RUB') }}")), {}, "a", "text")],
    "private_branch": [
        (one({**PAY, "debt": "debt"}), {}, "a", "debt"),
        (PARTED, {}, "a", "cases.0.conditions.0.field"),
        # A variable that is set without a sound, and tells what was not to be told two steps later.
        (
            {
                "a": branch(field="debt", op="more", value="1") | {"exits": {"x": "rich", "else": "b"}},
                "rich": {"kind": "set", "variable": "stage", "value": "1", "exits": {"done": "b"}},
                "b": branch(field="stage", op="filled", value="") | {"exits": {"x": "one", "else": "end"}},
                "one": say("Раз."),
            }
            | END,
            {},
            "a",
            "cases.0.conditions.0.field",
        ),
    ],
    "money_not_private": [
        (END, DEBT | {"columns": {"debt": {"title": "Долг", "type": "money"}}}, None, "columns.debt.private")
    ],
    "limits_unfit": [
        (END, {"columns": {"due": {"title": "Срок", "type": "date", "min": 1}}}, None, "columns.due.min"),
        (END, {"columns": {"city": {"title": "Город", "max": 1}}}, None, "columns.city.max"),
    ],
    "creditor_missing": [(END, {"purpose": "debt"}, None, "organization")],
    "creditor_not_named": [
        ({"a": IDENTIFY, "told": say("Долг {{ debt | money('RUB') }}")} | END | GONE, DEBT, "told", "text"),
        (one(say("Вы должны нам.", message=True)), DEBT, "a", "text"),
    ],
    "opt_out_missing": [(END, {"purpose": "advertising"}, None, "nodes")],
    "keys_clash": [
        (one({**RECORD, "review": "Заново — 2.", "keep_key": "2"}), {}, "a", "keep_key"),
        (one({**IDENTIFY, "exits": EXITS, "no": "1"}), {}, "a", "no"),
        (one(menu(repeat_key="1")), {}, "a", "repeat_key"),
        (one(language(text="Да.", options={"1": "ru"}, repeat_key="1")), {}, "a", "repeat_key"),
        (one(ask(repeat_key="#", exits={"done": "end", "no_input": "end"})), {}, "a", "repeat_key"),
        (one(ask(type="amount", repeat_key="*")), {}, "a", "repeat_key"),
        (one(ask(type="amount", terminator="*")), {}, "a", "terminator"),
        (one({**RATE, "repeat_key": "9"}), {}, "a", "repeat_key"),
        (one({**PAY, "decline_key": "0"}), {}, "a", "decline_key"),
        (one({**PAY, "repeat_key": "*"}), {}, "a", "repeat_key"),
        (one({**IDENTIFY, "digits_of": "city", "digits_text": "?", "repeat_key": "9"}), {}, "a", "repeat_key"),
    ],
    "menu_empty": [(one(menu(options={}, exits={"no_input": "gone"})), {}, "a", "options")],
    "exit_reserved": [
        (one(menu(options={"1": {"exit": "no_input"}}, exits={"no_input": "gone"})), {}, "a", "options.1.exit")
    ],
    "label_missing": [(one(menu(question="q")), {}, "a", "options.1.label")],
    "range_bad": [
        (one({**RECORD, "max_s": 5, "min_s": 5}), {}, "a", "min_s"),
        (one(hours([{"from": "09:00", "to": "09:00"}])), {}, "a", "schedule.0.to"),
        (one(hours([{"from": "24:00", "to": "09:00"}])), {}, "a", "schedule.0.to"),
        (
            one({**branch(), "cases": [{"exit": "x", "hours": [{"from": "09:00", "to": "09:00"}]}]}),
            {},
            "a",
            "cases.0.hours.0.to",
        ),
        (told("Да.", min_digits=3, max_digits=2), {}, "a", "max_digits"),
        (told("Да.", min_value=9, max_value=3), {}, "a", "max_value"),
        (told("Да.", max_digits=1, max_value=10), {}, "a", "max_digits"),
        (told("Да.", max_digits=1, min_value=10, max_value=11), {}, "a", "max_value"),
        (told("Да.", max_digits=1, min_value=10), {}, "a", "min_value"),
        (one({**PAY, "min_amount": 5, "max_amount": 4}), {}, "a", "max_amount"),
        (one({**PAY, "min_amount": 10**8}), {}, "a", "min_amount"),
        (one({**PAY, "max_amount": 10**8}), {}, "a", "max_amount"),
        (END, {"columns": {"n": {"title": "N", "type": "number", "min": 2, "max": 1}}}, None, "columns.n.max"),
        (told("Да.", type="date", earliest_days=2, latest_days=1), {}, "a", "latest_days"),
        (one({**RATE, "low": 5}), {}, "a", "high"),
        (one({**PAY, "min_amount": 10, "max_amount": 9}), {}, "a", "max_amount"),
        (one({**PAY, "min_amount": 10**8}), {}, "a", "min_amount"),
    ],
    "branch_empty": [
        (one({"kind": "branch", "cases": [], "exits": {"else": "end"}}), {}, "a", "cases"),
        (
            one({"kind": "branch", "cases": [{"exit": "x", "conditions": []}], "exits": {"x": "end", "else": "end"}}),
            {},
            "a",
            "cases.0",
        ),
    ],
    "schedule_empty": [(one(hours([])), {}, "a", "schedule")],
    "split_single": [(one(split("x")), {}, "a", "ways")],
    "way_repeated": [(one(split("x", "x")), {}, "a", "ways.1.exit")],
    "mark_empty": [(one({"kind": "mark", "exits": {"done": "end"}}), {}, "a", "tags")],
    "language_how": [
        (one(language()), {}, "a", None),
        (one(language(language="ru", column="city")), {}, "a", None),
    ],
    "text_missing": [(one(language(options={"1": "ru"})), {}, "a", "text")],
    "question_unfit": [(one(language(language="ru", question="q")), {}, "a", "question")],
    "condition_value_bad": [
        (one(branch(field="debt", op="more", value="много")), {}, "a", "cases.0.conditions.0.value"),
        (one(branch(field="due", op="less", value="скоро")), {}, "a", "cases.0.conditions.0.value"),
        (one(branch(op="one_of", value="")), {}, "a", "cases.0.conditions.0.values"),
        (one(branch(value=" ")), {}, "a", "cases.0.conditions.0.value"),
    ],
}


for _code, _cases in BEYOND_BAD.items():
    BAD[_code] = [*BAD.get(_code, ()), *_cases]


def found(nodes: dict[str, Any], changes: dict[str, Any]) -> list[Issue]:
    """recorded: the files that there are; all else belongs to the scenario."""
    document = {name: value for name, value in changes.items() if name != "recorded"}
    return check(make(nodes, **document), hooks=HOOKS, recorded=changes.get("recorded"))


@pytest.mark.parametrize("code", BAD)
def test_each_issue(code: str) -> None:
    for nodes, changes, node, field in BAD[code]:
        issues = found(nodes, changes)
        assert (node, field) in [(issue.node, issue.field) for issue in issues if issue.code == code], issues
        for issue in issues:
            assert issue.text["ru"] != issue.text["en"]
            assert "\n" not in describe(issue, "ru") + describe(issue, "en")


def codes_in_source() -> set[str]:
    """Every code written in the room: third argument of error and warning, keyword `code`, third item of a yield."""
    found: set[str] = set()
    for path in Path(oklik.scenario.__path__[0]).glob("**/*.py"):
        if path.parent.name == "spoken":
            continue
        for item in ast.walk(ast.parse(path.read_text())):
            places: list[ast.expr] = []
            if isinstance(item, ast.Call):
                name = getattr(item.func, "id", "")
                if name in {"error", "warning"}:
                    places = item.args[2:3]
                elif name in {"Issue", "Exit"}:
                    places = [word.value for word in item.keywords if word.arg in {"code", "missing"}]
            elif isinstance(item, ast.Yield) and isinstance(item.value, ast.Tuple):
                places = item.value.elts[2:3]
            found |= {place.value for place in places if isinstance(place, ast.Constant)}
    return found | {Exit(name="x", title={}).missing}


def test_no_issue_is_without_a_test() -> None:
    assert codes_in_source() == set(BAD)


def test_the_reference_has_every_code_with_its_severities_and_sentences() -> None:
    listed = {item.code: item for item in findings()}
    assert listed.keys() == BAD.keys()
    assert all(item.english and item.russian and item.severities for item in listed.values())
    for code, cases in BAD.items():
        for nodes, changes, _, _ in cases:
            raised = {issue.severity for issue in found(nodes, changes) if issue.code == code}
            assert raised <= set(listed[code].severities)
    assert set(listed["private_branch"].severities) == {"error", "warning"}
    assert listed["exit_dangling"].english[:1] == ("Exit “…” leads nowhere: connect it to the next node",)


GOOD_TEXTS = {
    "Осталось {{ k | count('день') }} до конца срока.": {},
    "Заказ {{ k | number }} корпус 2, а 1 сентября и 5 дня недели.": {},
    "В {{ k | number }}. Дней немного, {{ k | number }} если нажмёте 1, часов нет.": {},
    "До 21 декабря осталось {{ k | number }} и 11 дней, 1 день, 1 раз, 101 рубль.": {},
    "{{ k | digits }} рублей и {{ k | money('RUB') }} процентов.": {},
    "Press 1 always, {{ k | number }} is less, 1 day or 2 days.": {"languages": ["en"]},
}


@pytest.mark.parametrize("text", GOOD_TEXTS)
def test_nouns_that_may_stand_there(text: str) -> None:
    assert check(make({"a": say(text)} | END, **NUMBER, **GOOD_TEXTS[text])) == []


def test_what_to_write_instead_is_said() -> None:
    issue = check(make(one(say("Осталось {{ k | number }} рабочих недель.")), **NUMBER))[0]
    assert "{{ k | count('рабочая неделя') }}" in issue.text["ru"]
    issue = check(make(one(say("Долг {{ k | number }} рублей.")), **NUMBER))[0]
    assert "{{ k | money('RUB') }}" in issue.text["en"]


def test_how_long_a_prompt_may_be_can_be_set() -> None:
    scenario = make({"a": say("Да. " * 30)} | END)  # about nine seconds
    assert check(scenario) == check(scenario, 10) == []
    assert [issue.code for issue in check(scenario, 8)] == ["prompt_long"]


PIECES = ("ru/debt.1", "ru/debt.2")


@pytest.mark.parametrize(
    ("recorded", "missing"),
    [
        (None, []),  # nobody knows what there is
        ((), list(PIECES)),
        (("ru/debt",), list(PIECES)),
        (PIECES[:1], [PIECES[1]]),
        (PIECES, []),
    ],
)
def test_recordings_are_looked_for_piece_by_piece(recorded: tuple[str, ...] | None, missing: list[str]) -> None:
    nodes = one(say("Ваш долг — {{ debt | money('RUB') }}. Спасибо."))
    issues = check(make(nodes, recordings={"a.text": "debt"}), recorded=recorded)
    found = [issue.text["ru"] for issue in issues if issue.code == "recording_missing"]
    assert found == [f"Записи «{name}» нет: это прозвучит синтезированным голосом" for name in missing]


def test_a_language_that_another_stands_in_for_needs_no_recording_of_its_own() -> None:
    fields = {"languages": ["ru", "tt"], "fallback": {"tt": "ru"}, "recordings": {"a.text": "yes"}}
    issues = check(make(one(say("Да.")), **fields), recorded=("ru/yes",))
    assert not [issue for issue in issues if issue.code == "recording_missing"]


def test_an_answer_read_back_is_no_finding() -> None:
    nodes = one(ask(confirm="Вы ввели {{ n | digits }}?", exits={"done": "end", "no_input": "gone"}))
    assert not [issue for issue in check(make(nodes)) if issue.code == "answer_not_read_back"]


def test_the_line_of_an_issue_is_one_line() -> None:
    issues = check(make({"a": branch(field="due", op="less", value="1\n2")} | END))
    assert [issue.code for issue in issues] == ["condition_value_bad"]
    assert "\n" not in describe(issues[0], "ru") + describe(issues[0], "en")


GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a loop through a key": (
        one(menu(options={"1": {"exit": "x"}, "*": {"exit": "r"}}, exits={"x": "end", "r": "a", "no_input": "gone"})),
        {},
    ),
    "an answer within limits": (told("{{ n | count('день') }}", max_digits=2, min_value=1, max_value=14), {}),
    "nouns that fit every answer": (told("Через {{ n }} дней.", max_digits=2, min_value=5, max_value=20), {}),
    "an answer that may be missing is looked for": (
        {"a": ask(exits={"done": "told", "no_input": "told"}), "told": branch(field="n", op="filled", value="")} | END,
        {},
    ),
    "400 values": (told("{{ n | number }}", max_digits=3, min_value=1, max_value=400), {}),
    "digits of any length": (told("{{ n | digits }}", max_digits=20), {}),
    "an optional column behind a test": (
        {"a": branch(op="filled", value="") | {"exits": {"x": "b", "else": "end"}}, "b": say("{{ city }}")} | END,
        {},
    ),
    "an optional column behind the opposite test": (
        {"a": branch(op="empty", value="") | {"exits": {"x": "end", "else": "b"}}, "b": say("{{ city }}")} | END,
        {},
    ),
    "private after the check": ({"a": IDENTIFY, "told": say("{{ debt | money('RUB') }}")} | END | GONE, {}),
    "creditor in the same breath": (
        {"a": IDENTIFY, "told": say("«Пример-Финанс»: {{ debt | money('RUB') }}. " + PHONE, message=True)} | END | GONE,
        DEBT,
    ),
    "creditor before, declined words around": (
        {
            "h": say("Это компания Пример-Финанс, 8 800 000-12-34.", to="a"),
            "a": IDENTIFY,
            "told": say("{{ debt | money('RUB') }}"),
        }
        | END
        | GONE,
        DEBT,
    ),
    "a private branch whose ways sound the same": (
        {
            "a": branch(field="debt", op="more", value="1") | {"exits": {"x": "rich", "else": "b"}},
            "rich": {"kind": "set", "variable": "stage", "value": "1", "exits": {"done": "b"}},
            "b": IDENTIFY,
            "told": say("Стадия. 8 800 000-12-34."),
        }
        | END
        | GONE,
        CREDITOR,
    ),
    "limits": (END, {"columns": {"n": {"title": "N", "type": "number", "min": -2.5, "max": -2.5}}}),
    "a variable with a first value": (one(say("{{ stage }}")), {"variables": {"stage": {"value": "один"}}}),
    "a conversation that ends in silence": (
        {"a": ask(exits={"done": "told", "no_input": "gone"}), "told": menu(exits={"x": "end", "no_input": "end"})}
        | END
        | GONE,
        {},
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_where_nothing_is_wrong(name: str) -> None:
    nodes, changes = GOOD[name]
    assert [issue for issue in found(nodes, changes) if issue.node != "gone"] == []


def test_errors_come_first_and_in_the_order_of_the_call() -> None:
    nodes = {"z": say("{{ city }}", to="y"), "y": say("{{ nobody }}", to="a"), "a": say("{{ nobody }}")} | END
    issues = check(make(nodes))
    assert [(issue.severity, issue.node) for issue in issues] == [("error", "y"), ("error", "a"), ("warning", "z")]
    assert has_errors(issues)
    assert not has_errors(issues[2:])


def test_the_line_that_is_printed() -> None:
    issue = check(make(one(say("{{ name | shout }}"))))[0]
    assert describe(issue, "ru").startswith("ошибка: шаг a, text: Ошибка в тексте, символ 11: ")
    assert describe(issue, "en").startswith("error: node a, text: Error in the text, at character 11: ")
    assert describe(issue, "ru").endswith(" [template_bad]")
    (island,) = check(make(END | {"island": say("Да.")}))
    assert describe(island, "ru") == "замечание: шаг island: К этому шагу не ведёт ни один путь [unreachable]"


@pytest.mark.parametrize("purpose", ["debt", "informational", "appointment"])
def test_a_private_branch_forbids_the_launch_where_it_gives_a_debt_away(purpose: str) -> None:
    issues = check(make(PARTED, purpose=purpose, organization="«Пример-Финанс»"))
    assert [issue.severity for issue in issues if issue.code == "private_branch"] == [
        "error" if purpose == "debt" else "warning"
    ]


@pytest.mark.parametrize(
    "broken",
    [{"confirmed": "tolt"}, {"confirmd": "told"}, {}],
    ids=["no such node", "no such exit", "leads nowhere"],
)
def test_one_broken_exit_is_not_told_as_many_faults(broken: dict[str, str]) -> None:
    """Behind the exit everything seems out of reach, and the ends seem misleading, for want of that one way."""
    exits = {name: to for name, to in EXITS.items() if name != "confirmed"} | {"no_input": "end"} | broken
    islands = {f"n{i}": say("Да.", to=f"n{i + 1}") for i in range(15)} | {"n15": say("Да.")}
    issues = check(make({"a": {**IDENTIFY, "exits": exits}, "told": say("Да.", to="n0")} | islands | END | GONE))
    assert {issue.code for issue in issues} <= {"target_unknown", "exit_unknown", "exit_dangling"}
    assert 1 <= len(issues) <= 2


def test_translations_are_checked_one_by_one() -> None:
    nodes = one(say({"ru": "{{ due | date }}", "en": "{{ due | date"}))
    issues = check(make(nodes, languages=["ru", "en"], columns={"due": {**COLUMNS["due"], "private": False}}))
    assert [(issue.code, issue.field) for issue in issues if issue.node == "a"] == [("template_bad", "text.en")]
