"""Who works in the browser never sees a terminal: no text for pages or problems names a command or its options."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from oklik.dialing import rejections, sentences
from oklik.dialing.rejections import Rejection
from oklik.reports.why_words import FINISHED, SECTIONS, advice
from oklik_web.texts import topics
from support.command import ROOT
from web.pages import Browser, account

COMMANDS = "call|campaign|consent|dialer|jobs|machines|numbering|people|phone|prompts|run|scenario|stoplist|switch-conf"
COMMANDS += "|token|trunk|up|user|voices|web"
TERMINAL = re.compile(rf"(?<![\w-])--[a-z]|\boklik (?:{COMMANDS})\b")
ROOMS = ("campaigns", "dialing", "reports", "scenario", "speech", "telephony/gateways", "outside", "agents")
FOR_TERMINALS = {"_COMMANDS", "_COMMANDS_OF"}  # tables of what is said to who sits at one


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of a module that may be shown: no docstrings, no `command=`, no tables for terminals, no SQL."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        told = node.value if isinstance(node, ast.keyword) and node.arg in {"command", "application"} else None
        if isinstance(node, ast.AnnAssign | ast.Assign):
            names = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            told = node.value if any(getattr(one, "id", "") in FOR_TERMINALS for one in names) else told
        if told is not None:
            skipped |= {id(inner) for inner in ast.walk(told)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def shown(text: str) -> bool:
    """Whether it is a sentence for people: SQL and messages of tools are not."""
    return "hashtext(" not in text and not text.startswith(("usage:", "--")) and "UPDATE " not in text


@pytest.mark.parametrize("room", [*ROOMS, "web"])
def test_no_text_names_a_command(room: str) -> None:
    folder = ROOT / "web" / "oklik_web" if room == "web" else ROOT / "platform" / "oklik" / room
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:80]}"
        for path in sorted(folder.rglob("*.py"))
        for line, text in strings(path)
        if TERMINAL.search(text) and shown(text) and path.name not in {"server.py", "__main__.py", "describe.py"}
    ]
    assert not found


def test_neither_do_templates_scripts_and_the_editor() -> None:
    files = [*(ROOT / "web" / "oklik_web" / "templates").rglob("*.html")]
    files += [*(ROOT / "web" / "oklik_web" / "static" / "pages").glob("*.js")]
    files += [path for path in (ROOT / "web" / "editor" / "src").rglob("*.ts*") if path.suffix in {".ts", ".tsx"}]
    commands = re.compile(rf"\boklik (?:{COMMANDS})\b")
    assert not [str(path) for path in files if commands.search(path.read_text("utf-8"))]


def test_the_words_themselves() -> None:
    for language in ("ru", "en"):
        texts = [both[language == "en"] for topic in topics().values() for both in topic.values()]
        texts += [sentences.sentence(code, {}, language) for code in sentences.CODES]
        texts += [rejections.sentence(code, "x", language) for code in Rejection]
        for code in ("no_dialer", "leaving", "held", "campaign_paused", "bankrupt", "never_open", "other"):
            texts += [advice(section, code, language) for section in SECTIONS]
            told = advice(SECTIONS[1], code, language, terminal=True)
            assert code in {"other"} or TERMINAL.search(told) or SECTIONS[1] in FINISHED, (
                "commands are told at a terminal"
            )
        assert not [text for text in texts if TERMINAL.search(text)]


@pytest.mark.integration
def test_no_page_names_a_command(browser: Browser, engine: Engine) -> None:
    browser.client.application.config["OKLIK"].rate.most = 10_000
    first = browser.get("/login").get_data(as_text=True) + browser.get("/first-admin").get_data(as_text=True)
    assert not TERMINAL.search(_words(first))
    account(engine, "anna", "admin")
    browser.sign_in("anna")
    seen = 0
    rules = browser.client.application.url_map.iter_rules()
    places = [str(rule) for rule in rules if not rule.arguments and "GET" in (rule.methods or ())]
    for language in ("ru", "en"):
        browser.get("/profile")
        browser.post("/language", language=language, next="/")
        for place in places:
            answer = browser.client.get(place)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen += 1
                found = TERMINAL.search(_words(answer.get_data(as_text=True)))
                assert not found, (place, found)
    assert seen > 30


def _words(page: str) -> str:
    return re.sub(r"<(script|style)\b.*?</\1>|--tblr-[a-z-]+", " ", page, flags=re.DOTALL)
