"""The texts of the pages: whole in both languages, all used and none missing, no words in templates themselves."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from oklik_web import navigation
from oklik_web.texts import text_in, topics

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "oklik_web" / "templates").rglob("*.html"))
CODE = [
    *(WEB / "oklik_web").rglob("*.py"),
    *(WEB / "oklik_web" / "static" / "pages").glob("*.js"),
    *(path for path in (WEB / "editor" / "src").rglob("*.ts*") if path.suffix in {".ts", ".tsx"}),
]
# t('topic.key'), and with a tail that is put together: t('topic.part_' ~ x), t(f"topic.{x}"), `topic.${x}`.
_KEY = re.compile(r"""["'`]([a-z][a-z0-9_]*)\.([a-z0-9_]*)(["'`]|\{|\$\{)""")
_TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_LETTER = re.compile(r"[A-Za-zА-Яа-яЁё]")
_SPOKEN = {"title", "placeholder", "alt", "aria-label", "aria-description", "label"}
BRAND = {"Oklik"}


def used() -> Iterator[tuple[str, str, bool, Path]]:
    """Topic, key or its beginning, whether it is whole, and the file."""
    for path in (*TEMPLATES, *CODE):
        if path.parent.name == "texts":
            continue
        for topic, key, end in _KEY.findall(path.read_text("utf-8")):
            whole = end in {'"', "'", "`"} and not key.endswith("_") and key != ""
            if topic in topics():
                yield topic, key, whole, path


def test_every_key_that_is_used_is_there() -> None:
    ours = set(topics())
    missing = {
        f"{path.name}: {topic}.{key}"
        for topic, key, whole, path in used()
        if whole and topic in ours and key not in topics()[topic] and _called(path, topic, key)
    }
    assert not missing
    for section in (*navigation.SECTIONS, *navigation.SETTINGS):
        assert text_in("ru", section.text)


def _called(path: Path, topic: str, key: str) -> bool:
    """Whether it stands in a call of t: other quoted words with a dot are codes of the audit and the like."""
    return bool(re.search(rf"""\bt\(\s*f?["'`]{topic}\.{key}["'`]""", path.read_text("utf-8")))


def test_every_key_that_is_there_is_used() -> None:
    seen: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for topic, key, whole, _ in used():
        (seen if whole else parts).setdefault(topic, set()).add(key)
    unused = {
        f"{topic}.{key}"
        for topic, texts in topics().items()
        for key in texts
        if key not in seen.get(topic, set()) and not any(key.startswith(part) for part in parts.get(topic, set()))
    }
    assert not unused


def test_every_text_is_in_both_languages_and_takes_the_same_values() -> None:
    for topic, texts in topics().items():
        for key, both in texts.items():
            russian, english = both
            assert russian.strip() and english.strip(), f"{topic}.{key}"
            assert _values(russian) == _values(english), f"{topic}.{key}"
            if not english.isascii() and re.search("[А-Яа-яЁё]", english):
                assert russian == english or key == "other_language", f"{topic}.{key}: English in Russian letters"
            for text, forms in ((russian, 3), (english, 2)):
                for plural in re.findall(r"\{\w+:([^}]*\|[^}]*)\}", text):
                    assert plural.count("|") == forms - 1, f"{topic}.{key}: {plural}"


def _values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


class _Words(HTMLParser):
    """Collects what a template says itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += [one.strip() for one in data.splitlines() if _LETTER.search(one)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _SPOKEN and value and _LETTER.search(value)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_words_of_its_own(path: Path) -> None:
    words = _Words()
    words.feed(_TAGS.sub("", path.read_text("utf-8")))
    words.close()
    assert [one for one in words.found if one.strip(" ·.") not in BRAND] == []


def test_a_word_in_a_template_would_be_found() -> None:
    words = _Words()
    words.feed(_TAGS.sub("", "<p title='Help'>{{ t('a.b') }} слово</p>"))
    assert words.found == ["Help", "слово"]


def test_plurals_and_numbers() -> None:
    def said(language: str, n: float) -> str:
        return text_in(language, "tokens.days", n=n)

    assert [said("ru", n) for n in (1, 2, 5, 11, 12, 21, 22, 25, 111, 0)] == [
        "1 день",
        "2 дня",
        "5 дней",
        "11 дней",
        "12 дней",
        "21 день",
        "22 дня",
        "25 дней",
        "111 дней",
        "0 дней",
    ]
    assert said("ru", 12_345) == "12\N{NO-BREAK SPACE}345 дней"
    assert (said("en", 1), said("en", 2), said("en", 12_345)) == ("1 day", "2 days", "12,345 days")


@pytest.mark.integration
def test_scripts_get_their_texts_in_the_language_of_the_request(client: FlaskClient) -> None:
    for language, word in (("ru", "Кампании"), ("en", "Campaigns")):
        told = client.get("/api/v1/texts/shell", headers={"Accept-Language": language}).json
        assert (told["language"], told["texts"]["campaigns"]) == (language, word)
    assert client.get("/api/v1/texts/nothing").status_code == 404


def test_every_action_of_the_audit_has_words() -> None:
    """An action's code in the log would say nothing to a supervisor."""
    written = re.compile(r"""\bnote\(\s*(?:[a-z_.]+, *[a-z_.()]+, *)?["']([a-z_]+\.[a-z_.]+)["']""")
    places = [*(WEB / "oklik_web").rglob("*.py"), *(WEB.parent / "platform" / "oklik").rglob("*.py")]
    actions = {one for path in places for one in written.findall(path.read_text("utf-8"))}
    assert len(actions) > 50
    assert not {one for one in actions if one.replace(".", "_") not in topics()["actions"]}


def test_every_detail_of_the_audit_has_words() -> None:
    """Keys that are written where something is noted."""
    keys = set()
    for path in CODE:
        if path.suffix == ".py":
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "note":
                    written = [one.keys for one in call.args if isinstance(one, ast.Dict)]
                    keys |= {key.value for part in written for key in part if isinstance(key, ast.Constant)}
    assert len(keys) > 40
    assert keys <= set(topics()["audit_details"])
