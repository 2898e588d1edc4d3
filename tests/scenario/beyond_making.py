"""Requests and plug-ins for tests: nodes, what may come of them, and every fault that the checker finds in them."""

from typing import Any

from scenario_making import CONTACT

from oklik.scenario.needs import HookShape

END = {"end": {"kind": "hangup"}}
BALANCE = {"path": "client.balance", "type": "money", "example": "1500.50"}
STATUS = {"path": "status", "type": "choice", "values": ["active", "closed"], "example": "active"}
REQUEST: dict[str, Any] = {
    "kind": "request",
    "method": "POST",
    "url": "https://crm.example.com/clients/{{ city }}/balance",
    "body": {"who": "{{ name }}", "debt": "{{ debt | number }}"},
    "answers": {"balance": BALANCE, "status": STATUS},
    "waiting": "Секунду.",
}
HOOK: dict[str, Any] = {
    "kind": "hook",
    "hook": "scoring.offer",
    "arguments": {"debt": "{{ debt }}"},
    "outcomes": ["discount", "nothing"],
    "answers": {"percent": {"type": "number", "min": 1, "max": 50, "example": "10"}},
}
SHAPE = HookShape(
    name="scoring.offer",
    exits=("discount", "nothing"),
    arguments={"debt": False, "city": True},
    answers={"percent": "number", "reason": "text"},
)
HOOKS = {"scoring.offer": SHAPE}

# As in test_scenario_kinds: what is looked at, node, contact, keys, exits taken, facts that must be there.
BEYOND_RUNS: dict[str, Any] = {
    "request": [
        (
            "as in the examples",
            REQUEST,
            CONTACT,
            "",
            ["ok"],
            [
                {"type": "variable_set", "name": "balance", "value": "1500.50"},
                {"type": "variable_set", "name": "status", "value": "active"},
                {"type": "requested", "node": "n", "ok": True, "status": 200},
            ],
        ),
        (
            "another value",
            REQUEST,
            CONTACT,
            "!ok:status=closed,balance=7",
            ["ok"],
            [{"type": "variable_set", "name": "status", "value": "closed"}],
        ),
        ("a wrong type", REQUEST, CONTACT, "!ok:balance=много", ["failed"], [{"type": "requested", "ok": False}]),
        ("an empty answer", REQUEST, CONTACT, "!ok:", ["failed"], []),
        ("no answer", REQUEST, CONTACT, ". !failed", ["failed"], [{"type": "requested", "fault": "failed"}]),
        (
            "nothing to send",
            REQUEST,
            {**CONTACT, "city": " .. "},
            "",
            ["failed"],
            [],
        ),
        ("left while waiting", REQUEST, CONTACT, "x", [], [{"type": "ended", "node": "n", "reason": "hung_up"}]),
    ],
    "hook": [
        (
            "the first exit",
            HOOK,
            CONTACT,
            "",
            ["discount"],
            [{"type": "variable_set", "name": "percent", "value": "10"}, {"type": "hook_run", "ok": True}],
        ),
        ("another exit", HOOK, CONTACT, "!nothing:percent=20", ["nothing"], [{"type": "hook_run", "ok": True}]),
        ("out of its limits", HOOK, CONTACT, "!discount:percent=51", ["failed"], [{"type": "hook_run", "ok": False}]),
        ("failed", HOOK, CONTACT, "!failed", ["failed"], [{"type": "hook_run", "fault": "failed"}]),
    ],
}


def asked(**more: Any) -> dict[str, Any]:
    return {"a": {**REQUEST, "exits": {"ok": "end", "failed": "end"}, **more}} | END


def run(**more: Any) -> dict[str, Any]:
    return {"a": {**HOOK, "exits": {"discount": "end", "nothing": "end", "failed": "end"}, **more}} | END


def answer(**more: Any) -> dict[str, Any]:
    return asked(answers={"x": {**BALANCE, **more}})


def url(path: str) -> dict[str, Any]:
    return asked(url=f"https://crm.example.com{path}")


# As in test_scenario_check: nodes, what else the scenario has, node and field of the issue.
BEYOND_BAD: dict[str, list[Any]] = {
    "answer_values_bad": [
        (asked(answers={"x": {**STATUS, "values": []}}), {}, "a", "answers.x.values"),
        (answer(values=["1"]), {}, "a", "answers.x.values"),
    ],
    "answer_example_bad": [
        (answer(example="много"), {}, "a", "answers.x.example"),
        (answer(max=1000), {}, "a", "answers.x.example"),
        (answer(default="12.345"), {}, "a", "answers.x.default"),
        (asked(answers={"x": {**STATUS, "example": "open"}}), {}, "a", "answers.x.example"),
    ],
    "limits_unfit": [(asked(answers={"x": {**STATUS, "max": 3}}), {}, "a", "answers.x.max")],
    "range_bad": [(answer(min=5, max=4), {}, "a", "answers.x.max")],
    "waiting_missing": [
        (asked(waiting=None, timeout_s=4), {}, "a", "waiting"),
        (run(timeout_s=3.5), {}, "a", "waiting"),
    ],
    "template_bad": [
        (url("/{{ city | money }}"), {}, "a", "url"),
        (asked(query={"q": "{{ city"}), {}, "a", "query.q"),
        (asked(headers={"X-City": "}} {{ city }}"}), {}, "a", "headers.X-City"),
        (asked(headers={"X-City": "{{ city | number }}"}), {}, "a", "headers.X-City"),
        (asked(body=["", {"deep": "{{ city | date }}"}]), {}, "a", "body.1.deep"),
        (asked(body="и {{ city | number }}"), {}, "a", "body"),
        (run(arguments={"debt": "{{ debt | money('RUB') }}"}), {}, "a", "arguments.debt"),
    ],
    "name_unknown": [
        (url("/{{ nobody }}"), {}, "a", "url"),
        (asked(query={"q": "{{ nobody }}"}), {}, "a", "query.q"),
        (asked(headers={"X-Who": "{{ nobody }}"}), {}, "a", "headers.X-Who"),
        (asked(body={"n": ["{{ nobody | number }}"]}), {}, "a", "body.n.0"),
        (run(arguments={"debt": "{{ nobody }}"}), {}, "a", "arguments.debt"),
    ],
    "url_bad": [
        (asked(url="https://crm.example.com:0/"), {}, "a", "url"),
        (asked(url="https://crm.example.com:65536"), {}, "a", "url"),
        (url("/clients/../admin"), {}, "a", "url"),
        (url("/clients/."), {}, "a", "url"),
        (url("/{ city }"), {}, "a", "url"),
        (url("/a b"), {}, "a", "url"),
        (url("/клиенты"), {}, "a", "url"),
        (url("/clients?city={{ city }}"), {}, "a", "url"),
    ],
    "request_plain": [(asked(url="http://1c.local:8080/"), {}, "a", "url")],
    "body_unfit": [(asked(method="GET"), {}, "a", "body")],
    "path_bad": [
        (answer(path="a["), {}, "a", "answers.x.path"),
        (answer(path="sort_by(a, &b)"), {}, "a", "answers.x.path"),
        (answer(path="[a, b]"), {}, "a", "answers.x.path"),
        (answer(path="to_string(a)"), {}, "a", "answers.x.path"),
    ],
    "secret_in_document": [
        (asked(headers={"Authorization": "Bearer 1"}), {}, "a", "headers.Authorization"),
        (asked(headers={"X-Api-Key": "1"}), {}, "a", "headers.X-Api-Key"),
        (asked(headers={"Cookie": "a=1"}), {}, "a", "headers.Cookie"),
    ],
    "header_bad": [
        (asked(headers={"Host": "other"}), {}, "a", "headers.Host"),
        (asked(headers={"Content-Length": "1"}), {}, "a", "headers.Content-Length"),
        (asked(headers={"Transfer-Encoding": "chunked"}), {}, "a", "headers.Transfer-Encoding"),
        (asked(headers={"Idempotency-Key": "1"}), {}, "a", "headers.Idempotency-Key"),
        (asked(credential="crm", credential_header="Host"), {}, "a", "credential_header"),
        (asked(headers={"X-One": "1", "x-one": "2"}), {}, "a", "headers"),
        (asked(headers={"X-One": "1"}, credential="crm", credential_header="x-one"), {}, "a", "headers"),
    ],
    "personal_sent": [
        (asked(), {}, "a", "body.debt"),
        (asked(query={"q": "{{ due }}"}), {}, "a", "query.q"),
    ],
    "money_not_private": [
        (asked(), {"purpose": "debt", "organization": "Пример"}, "a", "answers.balance.private"),
    ],
    "exit_dangling": [(asked(exits={"ok": "end"}), {}, "a", "exits.failed")],
    "endless_loop": [(asked(exits={"ok": "end", "failed": "a"}), {}, "a", None)],
    "private_branch": [
        (
            {
                **run(exits={"discount": "b", "nothing": "end", "failed": "end"}),
                "b": {"kind": "play", "text": "Да.", "exits": {"done": "end"}},
            },
            {},
            "a",
            "arguments.debt",
        ),
    ],
    "outcome_bad": [
        (run(outcomes=["discount", "nothing", "discount"]), {}, "a", "outcomes"),
        (run(outcomes=["discount", "nothing", "failed"]), {}, "a", "outcomes"),
    ],
    "hook_unknown": [(run(hook="scoring.other"), {}, "a", "hook")],
    "hook_argument": [
        (run(arguments={"debt": "1", "age": "2"}), {}, "a", "arguments.age"),
        (run(arguments={"city": "1"}), {}, "a", "arguments"),
    ],
    "hook_exit": [
        (run(outcomes=["discount"], exits={"discount": "end", "failed": "end"}), {}, "a", "outcomes"),
        (run(outcomes=["discount", "nothing", "more"]), {}, "a", "outcomes"),
    ],
    "hook_answer": [
        (run(answers={"x": {"type": "text", "example": "a"}}), {}, "a", "answers.x"),
        (run(answers={"x": {"type": "text", "example": "a", "value": "percent"}}), {}, "a", "answers.x.type"),
    ],
    # Text is for conditions; what comes in mid-call can be spoken only if it can be put together of words.
    "too_many_values": [
        (
            {
                **asked(
                    answers={"x": {"path": "x", "type": "text", "example": "a"}}, exits={"ok": "b", "failed": "end"}
                ),
                "b": {"kind": "play", "text": "{{ x }}", "exits": {"done": "end"}},
            },
            {},
            "b",
            "text",
        ),
    ],
    "value_unset": [
        (
            {
                **asked(exits={"ok": "b", "failed": "b"}),
                "b": {"kind": "play", "text": "{{ balance | money('RUB') }}", "exits": {"done": "end"}},
            },
            {},
            "b",
            "text",
        ),
    ],
    "private_before_confirmed": [
        (
            {
                **asked(answers={"x": {**BALANCE, "private": True}}, exits={"ok": "b", "failed": "end"}),
                "b": {"kind": "play", "text": "{{ x | money('RUB') }}", "exits": {"done": "end"}},
            },
            {},
            "b",
            "text",
        ),
    ],
}
