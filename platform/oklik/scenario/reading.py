"""From the text of a scenario file, YAML or JSON, to plain data: dicts, lists, strings, numbers.

The text may come from anywhere, so what could surprise is refused with its line: anchors and aliases, tags,
duplicate keys, control characters, too much text or depth.  Scalars follow YAML 1.2's core schema: `no` and `off` are
words, `12:30` and `010` are texts, and keys are always texts, so that the key `1` of a menu needs no quotes.
What the data means is the business of `document`.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from oklik.scenario.errors import ScenarioError, Sentence

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_NODES = 100_000
MAX_NUMBER = 10**18  # whatever is beyond is no number of a scenario, and not every program could read it back

Path = tuple[str, ...]
Marks = dict[Path, int]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
# Invisible characters that reorder or hide text on the screen of whoever reviews it.
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def read(text: str, source: str) -> tuple[Any, Marks]:
    """The data of a document and the line of every key path.  Raises ScenarioError."""
    marks: Marks = {}
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        _fail(source, None, f"файл больше {limit} КБ", f"the file is larger than {limit} KB")
    if text.lstrip("\ufeff \t\r\n").startswith("{") or source.endswith(".json"):
        data = _read_json(text.lstrip("\ufeff"), source)
    else:
        data, marks = _Builder(text.lstrip("\ufeff"), source).build()
    inspect(data, source, marks)
    return data, marks


def inspect(data: Any, source: str, marks: Marks | None = None) -> None:
    """Refuse what a file could not hold, and control characters, depth and size, in plain data from any origin."""
    for count, (path, value) in enumerate(walk(data)):
        if count > MAX_NODES:
            _fail(source, _line(marks or {}, path), "слишком много значений", "too many values")
        fault = _fault(path, value)
        if fault is not None:
            place = ".".join(part for part in path if part.isprintable()) if len(path) <= MAX_DEPTH else ""
            _fail(source, _line(marks or {}, path), fault["ru"], fault["en"], field=place)


def _fault(path: Path, value: Any) -> Sentence | None:
    """What is wrong with one value or with the key that it stands under."""
    if len(path) > MAX_DEPTH:
        return {"ru": "слишком глубокая вложенность", "en": "nested too deeply"}
    for text in (value, path[-1] if path else None):
        bad = _bad_character(text) if isinstance(text, str) else None
        if bad is not None:
            code = f"U+{ord(bad):04X}"
            return {"ru": f"недопустимый невидимый символ {code}", "en": f"forbidden invisible character {code}"}
    if isinstance(value, int | float):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            return {"ru": "слишком большое число", "en": "too large a number"}
    elif isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            return {"ru": "имена полей должны быть текстами", "en": "the names of fields must be texts"}
    elif value is not None and not isinstance(value, str | list | tuple):
        what = type(value).__name__
        return {"ru": f"такого значения в сценарии не бывает: {what}", "en": f"no scenario holds such a value: {what}"}
    return None


def _bad_character(text: str) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    for char in text:
        if char in _BIDI or (unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t"):
            return char
    return None


def walk(data: Any) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, without recursion and without copies: depth and size are what we guard against."""
    stack: list[Iterator[tuple[Path, Any]]] = [iter([((), data)])]
    while stack:
        for path, value in stack[-1]:
            yield path, value
            if isinstance(value, dict | list | tuple):
                stack.append(_items(path, value))
                break
        else:
            stack.pop()


def _items(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    named = value.items() if isinstance(value, dict) else enumerate(value)
    return (((*path, str(key)), item) for key, item in named)


def _line(marks: Marks, path: Path) -> int | None:
    """The line of a path, or of its nearest known parent."""
    while path:
        if path in marks:
            return marks[path]
        path = path[:-1]
    return None


line_of = _line


class Places(dict[Path, int]):
    """Marks of more than one file.  sources: the file of each node that is not in the first one."""

    def __init__(self, marks: Marks) -> None:
        super().__init__(marks)
        self.sources: dict[str, str] = {}


def place_of(path: str, marks: Marks, node: str | None, inner: Path = ()) -> str:
    """Where something stands: `file:12`.  node: by its name in the linked scenario, perhaps out of another file."""
    line = _line(marks, ("nodes", node, *inner) if node else inner)
    file = marks.sources.get(node, path) if node and isinstance(marks, Places) else path
    return f"{file}:{line}" if line else file


def grouped(marks: Marks, key: str) -> dict[str, Marks]:
    """For each name under a key the marks of what stands there, seen from there."""
    found: dict[str, Marks] = {}
    for path, line in marks.items():
        if len(path) > 1 and path[0] == key:
            found.setdefault(path[1], {})[path[2:]] = line
    return found


def _fail(source: str, line: int | None, ru: str, en: str, *, field: str = "") -> NoReturn:
    sentence: Sentence = {"ru": ru, "en": en}
    raise ScenarioError(source, "", field, sentence, line=line)


# -- JSON -----------------------------------------------------------------------------------------------------


def _read_json(text: str, source: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in items:
            if key in result:
                _fail(source, None, f"ключ «{key}» повторяется", f"key {key!r} is repeated")
            result[key] = value
        return result

    def constant(word: str) -> NoReturn:
        _fail(source, None, f"число {word} недопустимо", f"number {word} is not allowed")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        _fail(source, error.lineno, "это не JSON", f"not JSON: {error.msg}")
    except (RecursionError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        _fail(
            source,
            None,
            "слишком глубокая вложенность или слишком длинное число",
            "nested too deeply or too long a number",
        )


# -- YAML -----------------------------------------------------------------------------------------------------


class _Builder:
    """Builds data from the parser's events, one by one, so that nothing is expanded before it is judged."""

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._text = text
        self._marks: Marks = {}
        self._events: Iterator[Any] = iter(())

    def build(self) -> tuple[Any, Marks]:
        try:
            self._events = iter(yaml.parse(self._text, Loader=_LOADER))
            data = self._document()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
            _fail(self._source, mark.line + 1 if mark else None, "это не YAML: ошибка разметки", f"not YAML: {problem}")
        except UnicodeEncodeError:
            _fail(self._source, None, "недопустимый символ (половина суррогатной пары)", "lone surrogate in the text")
        return data, self._marks

    def _document(self) -> Any:
        data: Any = None
        seen = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self._refuse(event, "в файле больше одного документа", "more than one document in the file")
                data = self._value(next(self._events), ())
        if not seen:
            _fail(self._source, None, "файл пуст", "the file is empty")
        return data

    def _value(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                event, "якоря и ссылки YAML (& и *) не допускаются", "YAML anchors and aliases are not allowed"
            )
        if event.tag is not None:
            self._refuse(event, "теги YAML (!) не допускаются", "YAML tags are not allowed")
        if len(path) > MAX_DEPTH:
            self._refuse(event, "слишком глубокая вложенность", "nested too deeply")
        if len(self._marks) > MAX_NODES:
            self._refuse(event, "слишком много значений", "too many values")
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            place = (*path, str(len(items)))
            self._marks[place] = _line_number(event)
            items.append(self._value(event, place))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                self._refuse(event, "ключ должен быть простым словом", "a key must be a plain word")
            key: str = event.value
            if key in result:
                self._refuse(event, f"ключ «{key}» повторяется", f"key {key!r} is repeated")
            place = (*path, key)
            self._marks[place] = _line_number(event)
            result[key] = self._value(next(self._events), place)
        return result

    def _refuse(self, event: Any, ru: str, en: str) -> NoReturn:
        _fail(self._source, _line_number(event), ru, en)


def _line_number(event: Any) -> int:
    return int(event.start_mark.line) + 1


def scalar(text: str) -> Any:
    """What a plain scalar of YAML stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
