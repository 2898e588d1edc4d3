"""Documents made to break a reader or a checker: by name, as the bytes of a file.

Run as a program it reads and checks each of them in one process and prints, as JSON, what came of it (see `Came`).
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

HEAD = {"format": 1, "name": "t", "title": "Т", "languages": ["ru"], "purpose": "informational"}
END = {"end": {"kind": "hangup"}}
PLAIN = (
    "format: 1\nname: t\ntitle: Т\nlanguages: [ru]\npurpose: informational\nstart: a\nnodes:\n  a: {kind: hangup}\n"
).encode()


def made(nodes: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({**HEAD, "start": next(iter(nodes)), "nodes": nodes, **more}, ensure_ascii=False).encode()


def chain(text: Any, count: int = 490, **more: Any) -> bytes:
    """So many nodes with the same text, one after the other."""
    nodes = {f"n{i}": {"kind": "play", "text": text, "exits": {"done": f"n{i + 1}"}} for i in range(count - 1)}
    return made({**nodes, f"n{count - 1}": {"kind": "hangup"}}, **more)


def many_answers() -> bytes:
    """Each of 240 answers can be one of 400 numbers, and each is said with its noun."""
    nodes: dict[str, Any] = {}
    for i in range(240):
        limits = {"question": f"q{i}", "max_digits": 3, "min_value": 1, "max_value": 400}
        nodes[f"m{i}"] = {"kind": "ask", "text": "?", **limits, "exits": {"done": f"p{i}", "no_input": "end"}}
        text = f"{{{{ q{i} | count('день') }}}} {{{{ q{i} | number }}}}"
        nodes[f"p{i}"] = {"kind": "play", "text": text, "exits": {"done": f"m{i + 1}" if i < 239 else "end"}}
    return made(nodes | END)


def doubled() -> bytes:
    """A value made of forty copies of the one before, a hundred times over."""
    nodes = {
        f"s{i}": {
            "kind": "set",
            "variable": f"v{i}",
            "value": f"{{{{ v{i - 1} }}}}" * 40 if i else "x" * 500,
            "exits": {"done": f"s{i + 1}" if i < 99 else "end"},
        }
        for i in range(100)
    }
    return made(nodes | END, variables={f"v{i}": {} for i in range(100)})


def growing() -> bytes:
    """A value that gets longer with each round, and 180 others that are made of it."""
    nodes: dict[str, Any] = {
        f"s{i}": {"kind": "set", "variable": f"v{i}", "value": "{{ g }}z", "exits": {"done": f"s{i + 1}"}}
        for i in range(180)
    }
    nodes["s180"] = {"kind": "set", "variable": "g", "value": "{{ g }}y", "exits": {"done": "m"}}
    nodes["m"] = {"kind": "menu", "text": "?", "options": {"1": {"exit": "s"}}, "exits": {"s": "s0", "no_input": "end"}}
    return made(nodes | END, variables={"g": {"value": "x"}, **{f"v{i}": {} for i in range(180)}})


def tangle() -> bytes:
    """Every node leads to eleven others and speaks an answer that was perhaps not given."""
    nodes = {
        f"n{i}": {
            "kind": "menu",
            "text": f"{{{{ q{(i + 750) % 1499} }}}}",
            "question": f"q{i}",
            "options": {key: {"exit": f"e{key}"} for key in "0123456789"},
            "exits": {f"e{key}": f"n{(i * 7 + int(key) * 13) % 1499}" for key in "0123456789"}
            | {"no_input": f"n{(i + 1) % 1499}"},
        }
        for i in range(1499)
    }
    return made(nodes)


def secrets() -> bytes:
    """990 branches on a private amount, each with a silent way of its own."""
    nodes: dict[str, Any] = {}
    for i in range(990):
        more = {"field": "debt", "op": "more", "value": str(i)}
        exits = {"x": f"b{i + 1}", "else": f"s{i}"}
        nodes[f"b{i}"] = {"kind": "branch", "cases": [{"exit": "x", "conditions": [more]}], "exits": exits}
        nodes[f"s{i}"] = {"kind": "set", "variable": "v", "value": "1", "exits": {"done": f"b{i + 1}"}}
    debt = {"debt": {"title": "Д", "type": "money", "private": True}}
    return made({**nodes, "b990": {"kind": "hangup"}}, variables={"v": {}}, columns=debt)


def call(name: str, to: str, **more: Any) -> dict[str, Any]:
    return {"kind": "subscenario", "scenario": name, "exits": {"done": to}, **more}


def called(nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document that is called."""
    data: dict[str, Any] = json.loads(made({**nodes, "back": {"kind": "return"}}, **more))
    return data


def bomb() -> bytes:
    """Each calls two others twice, eight deep."""
    inner = {
        f"{letter}{n}": called(
            {f"c{i}": call(f"{'ab'[i % 2]}{n + 1}", f"c{i + 1}" if i < 3 else "back") for i in range(4)}
        )
        for n in range(1, 8)
        for letter in "ab"
    }
    texts = {f"n{i}": {"kind": "play", "text": "Бум.", "exits": {"done": "back"}} for i in range(100)}
    return made({"x": call("a1", "end"), **END}, subscenarios={**inner, "a8": called(texts), "b8": called(texts)})


def in_a_circle() -> bytes:
    """A hundred scenarios, each calls the next."""
    inner = {f"s{n}": called({"x": call(f"s{(n + 1) % 99}", "back")}) for n in range(99)}
    return made({"x": call("s0", "end"), **END}, subscenarios=inner)


def nested() -> bytes:
    """A hundred scenarios, each inside the one before."""
    data = called({"a": {"kind": "play", "text": "Да.", "exits": {"done": "back"}}})
    for _ in range(100):
        data = called({"x": call("s", "back")}, subscenarios={"s": data})
    return made({"x": call("s", "end"), **END}, subscenarios={"s": data})


def often(text: str, times: int, count: int, **more: Any) -> bytes:
    """A scenario of so many texts that is called so many times."""
    texts = {f"n{i}": {"kind": "play", "text": text, "exits": {"done": f"n{i + 1}"}} for i in range(count)}
    inner = called({**texts, f"n{count}": {"kind": "return"}}, **more)
    calls = {f"x{i}": call("s", f"x{i + 1}" if i < times - 1 else "end") for i in range(times)}
    return made({**calls, **END}, subscenarios={"s": inner})


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))

# Nothing of these is a scenario.
REFUSED: dict[str, Callable[[], bytes]] = {
    "10 MB of one text": lambda: b"a: " + b"x" * 10_000_000,
    "10 MB of lines": lambda: b"x: 1\n" * 2_000_000,
    "10 MB of brackets": lambda: b"[" * 10_000_000,
    "10 MB of JSON brackets": lambda: b'{"a":' * 2_000_000,
    "100,000 nodes": lambda: made({f"n{i}": {"kind": "hangup"} for i in range(100_000)}),
    "100,000 nodes in YAML": lambda: PLAIN + b"".join(b"  n%d: {}\n" % i for i in range(100_000)),
    "45,000 empty nodes": lambda: made({f"n{i}": {} for i in range(45_000)}),
    "2001 nodes more than fit": lambda: made({f"n{i}": {"kind": "hangup"} for i in range(30_000)}),
    "30,000 bad names": lambda: made({f"N!{i}": {"kind": "hangup"} for i in range(30_000)}),
    "60,000 unknown fields": lambda: made({"a": {"kind": "hangup", **{f"x{i}": 1 for i in range(60_000)}}}),
    "a name of 900 KB": lambda: made(END, **{"k" * 900_000: 1}),
    "a kind of 900 KB": lambda: made({"a": {"kind": "k" * 900_000}}),
    "a value of 900 KB": lambda: made({"a": {"kind": "hangup", "outcome": "k" * 900_000}}),
    "a bomb of calls": bomb,
    "calls in a circle": in_a_circle,
    "scenarios in scenarios": nested,
    "30,000 nodes that nobody calls": lambda: made(
        END, subscenarios={f"s{n}": called({f"n{i}": {"kind": "nothing"} for i in range(300)}) for n in range(90)}
    ),
    "a scenario that is called too often": lambda: often("Да.", 150, 20),
    "billion laughs": LAUGHS.encode,
    "an alias in a cycle": lambda: b"a: &a\n  b: *a\n",
    "a merge key": lambda: PLAIN + b"base: &b {x: 1}\nc:\n  <<: *b\n",
    "a merge key without an alias": lambda: PLAIN.replace(b"{kind", b"{<<: {text: x}, kind"),
    "duplicate keys": lambda: PLAIN + b"name: u\n",
    "duplicate keys in JSON": lambda: made(END)[:-1] + b', "name": "u"}',
    "a tag of Python": lambda: PLAIN + b"layout: !!python/object/apply:os.system [ls]\n",
    "a tag of a date": lambda: PLAIN + b"layout: {a: !!timestamp 2026-01-01}\n",
    "a binary tag": lambda: PLAIN + b"layout: {a: !!binary aGk=}\n",
    "a list as a key": lambda: PLAIN + b"? [a]\n: 1\n",
    "NUL": lambda: PLAIN + b"\0",
    "NUL in the middle": lambda: PLAIN.replace(b"kind", b"ki\0nd"),
    "NUL escaped": lambda: made({"a": {"kind": "hangup", "text": "x\0"}}),
    "only NUL": lambda: b"\0" * 100_000,
    "a bell": lambda: made({"a": {"kind": "hangup", "text": "x\a"}}),
    "a line break in a name": lambda: PLAIN + b'"a\\nb": 1\n"a\\nb": 2\n',
    "half a surrogate": lambda: made({"a": {"kind": "hangup", "text": "x"}}).replace(b'"x"', b'"\\ud800"'),
    "half a surrogate in YAML": lambda: PLAIN + b'layout: {a: "\\ud800"}\n',
    "half a surrogate in bytes": lambda: PLAIN + b"layout: {a: \xed\xa0\x80}\n",
    "UTF-16": lambda: PLAIN.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda: PLAIN.decode().replace("Т", "T").encode("utf-16-le"),
    "UTF-32": lambda: PLAIN.decode().encode("utf-32"),
    "Windows-1251": lambda: PLAIN.decode().encode("cp1251"),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "an empty file": lambda: b"",
    "only a mark": lambda: b"\xef\xbb\xbf",
    "a huge number in JSON": lambda: made(END).replace(
        b'"format": 1', b'"format": 1, "layout": {"a": 1' + b"0" * 400 + b"}"
    ),
    "a number beyond Python": lambda: made(END).replace(b'"format": 1', b'"format": ' + b"9" * 10_000),
    "a huge exponent": lambda: made(END).replace(b'"format": 1', b'"format": 1, "layout": {"a": 1e999999999}'),
    "a huge limit": lambda: made(END, columns={"n": {"title": "N", "type": "number", "max": 1e300}}),
    "yes for a name": lambda: PLAIN.replace(b"start: a", b"start: true"),
    "no scenario but a list": lambda: b"- 1\n- 2\n",
    "many values": lambda: b"a: [" + b"1," * 150_000 + b"1]",
    "many values in JSON": lambda: b'{"a": [' + b"1," * 150_000 + b"1]}",
    "deep": lambda: PLAIN + b"layout: {a: " + b"[" * 30 + b"]" * 30 + b"}\n",
}

# These are scenarios, and the checker has much to look at.
READ: dict[str, Callable[[], bytes]] = {
    "a mark before the text": lambda: b"\xef\xbb\xbf" + PLAIN,
    "no as a language": lambda: PLAIN.replace(b"[ru]", b"[no]").replace(b"hangup}", b"hangup, text: {no: Hei}}"),
    "dates and times": lambda: PLAIN + b"layout: {a: 2026-01-01, b: 12:30:00, c: 0x1F, d: 1_000, e: .inf, f: 1e9}\n",
    "a number too large to be one": lambda: PLAIN + b"layout: {a: 1000000000000000000000}\n",
    "500 long texts": lambda: chain("Слово дней 1 дней " * 50),
    "500 texts of slots": lambda: chain("{{ a }}" * 250),
    "500 nouns to look up": lambda: chain(
        "".join(f"{{{{ k | number }}}} слов{i}ей " for i in range(60)), columns=NUMBER
    ),
    "500 filters that do not end": lambda: chain("{{ a | count('" * 140),
    "500 braces in braces": lambda: chain("{{" * 900),
    "500 blanks in braces": lambda: chain("{{" + " " * 1990 + "!"),
    "500 arguments in one": lambda: chain("{{ a | number(" + "1," * 900),
    "ten languages": lambda: chain("Да {{ k | number }}.", languages=TEN, columns=NUMBER),
    "values that are no values": lambda: made(
        {"a": {"kind": "set", "variable": "v", "value": "{{ " * 160, "exits": {"done": "end"}}} | END
    ),
    "cycles": lambda: made(
        {f"n{i}": {"kind": "play", "text": "Да.", "exits": {"done": f"n{(i * 7) % 1999}"}} for i in range(1999)}
    ),
    "long texts that come a hundred times": lambda: often("Слово дней 1 дней " * 50, 100, 16),
    "slots that come a hundred times": lambda: often("{{ a }}" * 250, 100, 16),
    "filters that do not end, a hundred times": lambda: often("{{ a | count('" * 140, 100, 16),
    "braces in braces, a hundred times": lambda: often("{{" * 900, 100, 16),
    "nouns that come a hundred times": lambda: often(
        "".join(f"{{{{ k | number }}}} слов{i}ей " for i in range(60)), 100, 16, columns=NUMBER
    ),
    "answers": many_answers,
    "doubled": doubled,
    "growing": growing,
    "tangle": tangle,
    "secrets": secrets,
}
NUMBER = {"k": {"title": "K", "type": "number"}}
TEN = ["ru", "en", "de", "fr", "es", "it", "pt", "pl", "tr", "kk"]


class Came(NamedTuple):
    """What came of a document: processor seconds, the most memory so far, a refusal in two languages or what the
    checker says.
    """

    seconds: float
    megabytes: int
    refusal: str
    lines: list[str]


def judge(content: bytes, folder: Path) -> tuple[str, list[str]]:
    """The refusal of a file ("" when it is read), and the lines of its issues, in both languages."""
    from oklik.scenario.check import check, describe
    from oklik.scenario.document import ScenarioError, load_file

    path = folder / ("s.json" if content[:1] == b"{" else "s.yaml")
    path.write_bytes(content)
    try:
        scenario = load_file(path)
    except ScenarioError as refusal:
        return "\0".join((refusal.describe("ru"), refusal.describe("en"))), []
    return "", [describe(issue, language) for issue in check(scenario) for language in ("ru", "en")]


def _peak_mb() -> int:
    """The most memory this program has had; not ru_maxrss, which remembers the process that started it."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Judge each document in a process whose memory is limited."""
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    came: dict[str, Came] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, make in {**REFUSED, **READ}.items():
            content = make()
            begun = time.process_time()
            refusal, lines = judge(content, Path(folder))
            peak = _peak_mb()
            came[name] = Came(round(time.process_time() - begun, 3), peak, refusal, lines)
    json.dump(came, sys.stdout)


if __name__ == "__main__":
    main()
