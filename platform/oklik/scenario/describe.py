"""The reference of the scenario document, written from the same registries that the engine runs on.

    python -m oklik.scenario.describe docs/nodes.md docs/scenario.schema.json            writes them
    python -m oklik.scenario.describe --check docs/nodes.md docs/scenario.schema.json    exit code 1 when one is stale

A file that ends in .json gets the JSON Schema (`json_schema`), any other the reference as Markdown.
"""

import inspect
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from oklik.scenario.describe_issues import findings
from oklik.scenario.document import COLUMN_TYPES, Scenario
from oklik.scenario.json_schema import json_schema
from oklik.scenario.kinds import KINDS
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.simulate import INPUTS
from oklik.scenario.speech_time import LONGEST_S
from oklik.scenario.spoken import FILTERS
from oklik.scenario.spoken.grammar import CASE_NAMES, GENDER_NAMES, Case, Gender
from oklik.scenario.spoken.nouns import CURRENCIES
from oklik.scenario.spoken.prepositions import PREPOSITIONS

Schema = dict[str, Any]

_HEAD = """# Scenarios: reference of format 1

<!-- Written by `python -m oklik.scenario.describe`.  Change the code and run it again. -->

A scenario is a YAML or JSON document: the columns of the list that it needs, and nodes that lead to each other by their
exits. `oklik scenario check FILE` says what is wrong with one, `oklik scenario simulate FILE` plays it without a phone.
[`oklik scenario explore FILE`](explore.md) goes through all calls that can happen.
For editors there is a JSON Schema: [scenario.schema.json](scenario.schema.json). Fields are named here as in the
document; their titles are those of the editor, in Russian and English.

A *text* is a string in the scenario's first language, or a mapping from language to string:
`{ru: Здравствуйте!, en: Hello!}`.
"""

_COLUMN_TYPES = """A value that cannot be read as its column's filter wants it stops the contact before the call, with
the reason in the report. So does an amount or a number outside the limits of its column (`min`, `max`), whether it is
spoken or not: a debt of nothing is not to be called for.
"""

_SPOKEN = """Texts that are spoken may hold slots: `{{ name }}` or `{{ name | filter }}`, where name is a column, a
variable or the answer to a question. A slot takes one filter, its arguments are texts in quotes or numbers, and nothing
else is possible: no expressions, no code. Without a filter the value is said as it stands.

Fixed words are rendered once, values once per value, all before the call; they are played one after the other. A
question or exclamation mark after a slot is said with the value («Вы Иван Иванович?»), a comma or full stop is a pause.
Lone keys in a text are said as words: «нажмите 1», `press #`.

Cases are only heard in Russian: {cases}. Genders: {genders}. Currencies: {currencies}.

Some Russian prepositions change with the word that follows («в среду», but «во вторник»), so a filter can say them:
`preposition='в'` instead of «в» before the braces. There are {prepositions}; without a case the filter takes the one
that the preposition governs. In English the preposition is written before the braces.

Amounts and numbers are said up to 999 999 999 999, negative ones with «минус», and zero is said. A value beyond that,
or one that could be read in two ways, stops the contact before the call, with the reason in the report. A date in the
list may hold a time of day as well («24.11.2026 14:30»): `date` and `weekday` say the one half of it, `time` the other.

How a day or a time is put into a sentence: `Ждём вас {{ day | weekday(preposition='в') }}, {{ day | date('gen') }}, в
{{ day | time('acc') }}.` In English: `We expect you on {{ day | weekday }}, {{ day | date }}, at {{ day | time }}.`
With `near='words'` the day is said as the person would say it on the day of the call («завтра»).
"""

_CHECK = """`oklik scenario check FILE` prints a line for each finding, with its place and its code. Errors forbid
the launch, warnings do not. How long a prompt may be is set by `--longest SECONDS`, {longest} if it is left out; the
time is told by the length of the text.
"""

_SIMULATE = """`oklik scenario simulate FILE --contact '{"name": "Иванов Иван Иванович"}' --keys "1 5# x"` plays a call.
The keys are separated by blanks and are taken in order, where the scenario asks for them. When they run out, the person
says nothing more, and a transfer is answered.
"""


def reference() -> str:
    """The whole of docs/nodes.md."""
    schema = json_schema()
    scenario = {**schema, "properties": _only(schema, Scenario.model_fields)}
    parts: list[str] = [_HEAD, "## The document\n", *_fields(scenario)]
    for name, title in (("Column", "### A column"), ("Variable", "### A variable")):
        parts += [f"{title}\n", f"{schema['$defs'][name]['description']}\n", *_fields(schema["$defs"][name])]
    parts += ["### Column types\n", *_column_types(), _COLUMN_TYPES, "## Node kinds\n", *_common(schema)]
    for kind, node in KINDS.items():
        parts += _kind(kind, node, schema)
    parts += [
        "## What the checker finds\n",
        *_findings(),
        "## Spoken values\n",
        *_filters(),
        "## The keys of a simulated call\n",
        _SIMULATE,
    ]
    parts += _table(("Written", "What the person does"), ((_codes(form), english) for form, _, english in INPUTS))
    return "\n".join(parts).rstrip() + "\n"


# -- fields -----------------------------------------------------------------------------------------------------


def _common(schema: Schema) -> Iterator[str]:
    yield "Every node has a `kind` and may have:\n"
    yield from _fields({"properties": _only(schema["$defs"]["PlayNode"], ("title", "exits"))})


def _only(schema: Schema, names: Iterable[str]) -> Schema:
    return {name: schema["properties"][name] for name in names}


def _fields(schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    rows = []
    for name, field in schema["properties"].items():
        ours = field.get("x-oklik")
        if ours is None:
            continue  # kind: it is the heading
        title = f"{ours['title']['ru']} / {ours['title']['en']}"
        default = "**required**" if name in required else _default(field.get("default"))
        rows.append((f"`{name}`", title, ours["help"]["en"], _values(field), default))
    yield from _table(("Field", "Title", "Meaning", "Values", "Default"), rows)


def _default(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value not in (None, "", [], {}) else "none"


_PATTERNS = {
    "^[a-z][a-z0-9_-]{0,39}$": "a name: `a`–`z`, `0`–`9`, `-`, `_`",
    "^[a-z][a-z0-9_]{0,39}$": "a name: `a`–`z`, `0`–`9`, `_`",
    "^[a-z]{2}$": "a language: `ru`, `en` …",
    "^[0-9*#]$": "a key: `0`–`9`, `*`, `#`",
    r"^[a-z][a-z0-9_-]{0,39}(\.[a-z0-9_*#]{1,40}){1,4}$": "a text: `node.field`",
    "^[a-z0-9][a-z0-9_.-]{0,79}$": "the name of a recording: `a`–`z`, `0`–`9`, `-`, `_`, `.`",
    r"^(\+[0-9]{1,20}|[a-z][a-z0-9_]{0,39})$": "a phone (`+79161234567`) or the name of a column",
    "^[*#]?$": "`*`, `#` or nothing",
    "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": "a time of day: `09:30`",
    r"^\S(.{0,58}\S)?$": "a few words, up to 60 characters",
    "^[a-z][a-z0-9_.-]{0,59}$": "a name: `a`–`z`, `0`–`9`, `-`, `_`, `.`",
    r"^[A-Za-z0-9_.\[\]-]{1,60}$": "a name: letters, digits, `_`, `.`, `-`, `[`, `]`",
    "^[A-Za-z][A-Za-z0-9-]{0,59}$": "a header's name",
    r"^[\x20-\x7e]*$": "a string of ASCII characters",
    r"^\S(.*\S)?$": "a few words",
}


def _values(field: Schema) -> str:
    """What a field may hold, from its schema."""
    if "anyOf" in field:
        kinds = [item for item in field["anyOf"] if item.get("type") != "null"]
        return "a text" if len(kinds) == 2 else _values(kinds[0])
    if choices := field.get("x-oklik", {}).get("choices"):
        several = f"a list of up to {field['maxItems']}: " if "maxItems" in field else ""
        return several + ", ".join(
            f"`{value}` ({label['en'][0].lower()}{label['en'][1:]})" for value, label in choices.items()
        )
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("$ref", "").endswith("/JsonValue"):
        return "any JSON"
    if field.get("$ref") == "#":
        return "a scenario"
    if "$ref" in field:
        return _article(field["$ref"].rpartition("/")[2].lower())
    kind = field["type"]
    if kind == "boolean":
        return "`true`, `false`"
    if kind in ("integer", "number"):
        number = "a whole number" if kind == "integer" else "a number"
        low, high = field.get("minimum"), field.get("maximum")
        return number + (f", {low}–{high}" if high is not None else f" from {low}" if low is not None else "")
    if kind == "array":
        return f"a list of up to {field['maxItems']}: {_values(field['items'])}"
    if kind == "object":
        return _mapping(field)
    if field.get("pattern", "").startswith("^https?"):
        return "an address: `https://…`"
    if "pattern" in field:
        return _PATTERNS[field["pattern"]]
    return "a string" + (f", up to {field['maxLength']} characters" if "maxLength" in field else "")


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _mapping(field: Schema) -> str:
    if "patternProperties" not in field:
        return "anything"
    ((key, value),) = field["patternProperties"].items()
    what = "a node" if "oneOf" in value else _values(value)
    return f"a mapping from {_PATTERNS[key]} to {what}"


# -- kinds ------------------------------------------------------------------------------------------------------


def _kind(kind: str, node: type[NodeBase], schema: Schema) -> Iterator[str]:
    own = schema["$defs"][node.__name__]
    fields = {name: field for name, field in own["properties"].items() if name not in ("kind", "title", "exits")}
    yield f"### {kind}\n"
    yield f"**{node.kind_title['ru']} / {node.kind_title['en']}.** {_paragraph(inspect.getdoc(node))}\n"
    yield f"*{node.help_ru}*\n"
    yield from _fields({**own, "properties": fields})
    for part in _parts(fields):
        yield f"Each {part.lower()} of `{kind}`: {schema['$defs'][part]['description']}\n"
        yield from _fields(schema["$defs"][part])
        for inner in _parts(schema["$defs"][part]["properties"]):
            yield f"Each {inner.lower()} of {_article(part.lower())}: {schema['$defs'][inner]['description']}\n"
            yield from _fields(schema["$defs"][inner])
    yield from _exits(node)
    yield "```yaml\n" + yaml.safe_dump(node.example, allow_unicode=True, sort_keys=False, width=100) + "```\n"


def _parts(fields: Schema) -> list[str]:
    """The models that the fields hold."""
    inner = [item for field in fields.values() for item in (field.get("items"), *_mapped(field)) if item]
    return [item["$ref"].rpartition("/")[2] for item in inner if "$ref" in item]


def _mapped(field: Schema) -> Iterable[Schema]:
    values: Iterable[Schema] = field.get("patternProperties", {}).values()
    return values


def _exits(node: type[NodeBase]) -> Iterator[str]:
    exits = node.model_validate(node.example).exits()
    if not exits:
        yield f"Exits: {_paragraph(inspect.getdoc(node.exits)) if node.seam else 'none, the call ends here.'}\n"
        return
    yield f"Exits: {_paragraph(inspect.getdoc(node.exits))} In the example:\n"
    rows = [
        (
            f"`{exit_.name}`",
            f"{exit_.title['ru']} / {exit_.title['en']}",
            f"as `{exit_.shares}`" if exit_.shares else "**must be connected**",
        )
        for exit_ in exits
    ]
    yield from _table(("Exit", "Title", "Where it leads when it is left out"), rows)


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


# -- spoken values ----------------------------------------------------------------------------------------------


def _column_types() -> Iterator[str]:
    rows = []
    for name, (russian, english) in COLUMN_TYPES.items():
        filters = [f"`{word}`" for word, kind in FILTERS.items() if name in kind.columns]
        rows.append((f"`{name}`", f"{russian} / {english}", ", ".join(filters)))
    yield from _table(("Type", "Title", "Filters that can read it"), rows)


def _filters() -> Iterator[str]:
    cases = ", ".join(_names(CASE_NAMES, case) for case in Case)
    genders = ", ".join(_names(GENDER_NAMES, gender) for gender in Gender)
    currencies = ", ".join(f"`{code}`" for code in CURRENCIES)
    prepositions = ", ".join(f"«{word}» ({governed[0].name.lower()})" for word, governed in PREPOSITIONS.items())
    text = (
        _SPOKEN.replace("{prepositions}", prepositions)
        .replace("{cases}", cases)
        .replace("{genders}", genders)
        .replace("{currencies}", currencies)
    )
    yield text
    rows = [
        (f"`{kind.usage}`", kind.en, kind.ru, ", ".join(f"`{name}`" for name in COLUMN_TYPES if name in kind.columns))
        for kind in FILTERS.values()
    ]
    yield from _table(("Filter", "What it says", "По-русски", "Column types it reads"), rows)
    yield "How they sound on 2 March 2026:\n"
    examples = [example for kind in FILTERS.values() for example in kind.examples]
    rows = [(f"`{slot}`", value, language, spoken) for slot, value, language, spoken in examples]
    yield from _table(("Slot", "Value in the list", "Language", "Said"), rows)


def _names(table: dict[str, Any], wanted: object) -> str:
    return "/".join(f"`{name}`" for name, value in table.items() if value is wanted)


# -- the checker ------------------------------------------------------------------------------------------------


def _findings() -> Iterator[str]:
    yield _CHECK.replace("{longest}", f"{LONGEST_S:g}")
    rows = [
        (f"`{item.code}`", " or ".join(item.severities), "<br>".join(item.english), "<br>".join(item.russian))
        for item in findings()
    ]
    yield from _table(("Code", "Severity", "What it says", "По-русски"), rows)


# -- Markdown ---------------------------------------------------------------------------------------------------


def _codes(forms: str) -> str:
    return ", ".join(f"`{form}`" for form in forms.split())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [head, ["---"] * len(head), *rows]
    yield "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"


# -- the command ------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Write the files, or with --check compare them.  Returns the exit code."""
    files = [Path(word) for word in arguments if word != "--check"]
    if not files or any(word.startswith("-") for word in arguments if word != "--check"):
        sys.stderr.write("usage: python -m oklik.scenario.describe [--check] FILE...\n")
        return 2
    stale = []
    for file in files:
        text = reference() if file.suffix != ".json" else json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
        if "--check" not in arguments:
            file.write_text(text, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file))
    if stale:
        names = ", ".join(stale)
        sys.stderr.write(f"{names}: stale; run python -m oklik.scenario.describe {' '.join(map(str, files))}\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
