"""The encoder with one of its rules taken out: the fuzz must find each of them, or it would not find a mistake of ours.

A rule is taken out of the source's text, so each of these lines has to be there.  Some rules stand behind others and
are never reached while those hold; they are taken out together with what stands before them (`behind`), and that the
ones before do hold alone is a test of its own.
"""

import sys
from types import ModuleType
from typing import NamedTuple

from oklik.esl import commands, readback

_ANY = 'r"(?s).*"'


class Rule(NamedTuple):
    """A rule of a module (commands or readback): its text, what stands there without it.

    behind: names of rules without which it is never reached.
    """

    module: str
    old: str
    new: str
    behind: tuple[str, ...] = ()


def _grammar(name: str) -> Rule:
    text = commands._PATTERNS[name]
    if name == "endpoint":
        return Rule(
            "commands",
            "for name, pattern in _PATTERNS.items()}",
            "for name, pattern in (_PATTERNS | {'endpoint': '(?s).*'}).items()}",
        )
    return Rule("commands", f'"{name}": r"{text}"', f'"{name}": {_ANY}')


def _said(old: str, new: str, *behind: str) -> Rule:
    return Rule("commands", old, new, behind)


def _read(old: str, new: str, *behind: str) -> Rule:
    return Rule("readback", old, new, behind)


RULES: dict[str, Rule] = {
    **{f"grammar of {name}": _grammar(name) for name in commands._PATTERNS},
    "a field is matched as a whole": _said("pattern.fullmatch(value) is not None", "pattern.match(value) is not None"),
    "a field is matched from its beginning": _said(
        "pattern.fullmatch(value) is not None", "pattern.search(value) is not None"
    ),
    "a field is text": _said(
        "if not isinstance(value, str) or not _fits(_COMPILED[kind], value):",
        "if not _fits(_COMPILED[kind], str(value)):",
    ),
    "a password is matched as a whole": _said(
        '_COMPILED["password"].fullmatch(password)', '_COMPILED["password"].match(password)'
    ),
    "no step up in a path": _said(r"(?!\.{1,2}/)", ""),
    "a file has a length": _said(r"{1,100}){0,30}/[A-Za-z0-9_-]{1,100}\.wav", r"{1,100})*/[A-Za-z0-9_-]+\.wav"),
    "a file is a wav": _said(r"{1,100}\.wav", "{1,100}"),
    "a caller has 15 digits": _said('"caller id": r"\\+?[0-9]{1,15}"', '"caller id": r"\\+?[0-9]+"'),
    "a gateway begins with a letter": _said(
        '"gateway": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"', '"gateway": r"[A-Za-z0-9_.-]{1,64}"'
    ),
    "a user begins with a letter": _said(
        '_USER = r"[A-Za-z0-9+][A-Za-z0-9_.+-]{0,63}"', '_USER = r"[A-Za-z0-9_.+-]{1,64}"'
    ),
    "a host is a host": _said(
        '_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::[0-9]{1,5})?"', '_HOST = r"[^ ]+"'
    ),
    "a profile's leg has a host": _said("/{_USER}@{_HOST}", "/{_USER}(?:@{_HOST})?"),
    "a profile is no gateway": _said("(?!(?i:gateway)/)", ""),
    "a number is a number": _said(
        "if not isinstance(value, int) or isinstance(value, bool) or not", "if isinstance(value, bool) or not"
    ),
    "a number is no bool": _said("or isinstance(value, bool) or not", "or not"),
    "a number has a least value": _said("not low <= value <= high:", "not value <= high:"),
    "a number has a greatest value": _said("not low <= value <= high:", "not low <= value:"),
    "only so many are barred at once": _said("if not 1 <= len(uuids) <= BAR_AT_ONCE:", "if not 1 <= len(uuids):"),
    "none are barred": _said("if not 1 <= len(uuids) <= BAR_AT_ONCE:", "if not len(uuids) <= BAR_AT_ONCE:"),
    "a frame has no empty line": _said("if not all(lines) or not whole.isascii()", "if not whole.isascii()"),
    "a frame is ASCII": _said("not whole.isascii() or not", "not"),
    "a frame is printable": _said("or not whole.isprintable():", "or False:"),
    "a frame has a length": _said("if len(data) > MAX_FRAME:", "if False:"),
    "calls are read back": _said("opinion(data, meant)", "pass", "grammar of endpoint"),
    "one frame": _read("if not end or rest:", "if False:"),
    "plain bytes": _read("if _UNPRINTABLE.search(head):", "if False:"),
    "no headers but ours": _read('if headers != [f"Job-UUID: {job}"]:', "if False:"),
    "the verb": _read('if verb != "bgapi" or words[:3] !=', "if words[:3] !="),
    "the verb without the guard": _read('if verb != "bgapi originate ":', "if False:"),
    "the guard's script": _read('or words[:3] != ["lua", "oklik.lua", "dial"]:', "or False:"),
    "no word is empty": _read('or "" in words:', "or False:"),
    "no several calls": _read('or ":_:" in argument or', "or", "no several calls among the variables"),
    "no lists": _read('or "::" in argument or', "or"),
    "as many arguments": _read("if len(words) != 7 + every_key:", "if False:"),
    "the word for keys": _read('words[7:] == ["keys"]', "len(words) == 8"),
    "a further word is none": _read("!= 7 + every_key:", "not in {7, 8}:"),
    "numbers are whole": _read('if not word.isdigit() or (word[0] == "0" and word != "0"):', "if False:"),
    "numbers have no zeros before": _read('or (word[0] == "0" and word != "0"):', "or False:"),
    "the arguments that are meant": _read("if read != meant:", "if False:"),
    "characters of arguments": _read(
        "not _WORDS.fullmatch(argument) or", "", "characters of variables", "characters of a leg"
    ),
    "characters of variables": _read("if not _PAIRS.fullmatch(block) or", "if", "characters of arguments"),
    "no several calls among the variables": _read('or ":_:" in line:', "or False:", "no several calls"),
    "a variable is a pair": _read(
        'if not name or not value or "=" in value or name in variables:', "if False:", "characters of arguments"
    ),
    "no word for nothing": _read('if target.lower() == "undef":', "if False:"),
    "characters of a leg": _read("if not all(map(_TARGET.fullmatch, legs)):", "if False:", "characters of arguments"),
    "the originate that is meant": _read("if parse_originate(line) != expected:", "if parse_originate(line) is None:"),
}


def without(*names: str) -> tuple[ModuleType, ModuleType]:
    """Give commands and readback without these rules."""
    sources = {"commands": _source(commands), "readback": _source(readback)}
    for name in names:
        rule = RULES[name]
        if sources[rule.module].count(rule.old) != 1:
            raise LookupError(f"the rule {name!r} is not in the source as it is written here")
        sources[rule.module] = sources[rule.module].replace(rule.old, rule.new)
    opinion = _module("readback", sources["readback"])
    builder = _module("commands", sources["commands"].replace("from oklik.esl import readback\n", ""), readback=opinion)
    return builder, opinion


def _source(module: ModuleType) -> str:
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123  a path as text
        return file.read()


def _module(name: str, source: str, **names: object) -> ModuleType:
    made = ModuleType(f"mutant_{name}")
    sys.modules[made.__name__] = made  # NamedTuple looks its module up
    made.__dict__.update(names)
    exec(compile(source, made.__name__, "exec"), made.__dict__)
    return made
