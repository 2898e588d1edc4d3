"""Wrong usage is one line and exit code 2, like every other bad input; the help is not an error."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from oklik import __version__
from oklik.cli import app, main
from oklik.help_texts import HELP


def oklik(*arguments: str, language: str = "ru") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from oklik.cli import main; main()", *arguments]
    environment = os.environ | {"OKLIK_LANGUAGE": language}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=180, check=False)


RUN = ("run", "a.yaml", "b.xlsx", "--report", "r.xlsx")
WRONG = [
    (("run", "a.yaml", "b.xlsx"), "не указан параметр --report", "the option --report is missing"),
    (("run", "a.yaml"), "не указан аргумент contacts", "the argument contacts is missing"),
    ((*RUN, "--cps", "0"), "--cps 0: нужно не меньше 0.1", "--cps 0: must be at least 0.1"),
    ((*RUN, "--channels", "9999"), "--channels 9999: нужно не больше 5000", "--channels 9999: must be at most 5000"),
    ((*RUN, "--channels", "abc"), "--channels abc: нужно целое число", "--channels abc: must be a whole number"),
    ((*RUN, "--repot", "x"), "параметра --repot нет; может быть, --report", "no option --repot; perhaps --report"),
    ((*RUN, "--seed"), "--seed: нужно значение", "--seed: a value is expected"),
    ((*RUN, "--retry=1"), "--retry: значения здесь не бывает", "--retry: takes no value"),
    ((*RUN, "third"), "лишнее: third", "too much: third"),
    (("dance",), "команды dance нет; есть: run", "there is no command dance; there are: run"),
    (("scenario", "chek"), "команды chek нет; есть: check", "there is no command chek; there are: check"),
]


@pytest.mark.parametrize(("arguments", "russian", "english"), WRONG)
def test_wrong_usage_is_one_line_in_the_language_of_the_messages(
    arguments: tuple[str, ...],
    russian: str,
    english: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for language, start, said in (("ru", "команда задана неверно: ", russian), ("en", "wrong usage: ", english)):
        monkeypatch.setenv("OKLIK_LANGUAGE", language)
        monkeypatch.setattr(sys, "argv", ["oklik", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"oklik: {start}")
        assert said in line


def test_wrong_usage_of_the_command_itself() -> None:
    ended = oklik("run", "a.yaml", "b.xlsx")
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "oklik: команда задана неверно: не указан параметр --report (что можно: oklik --help)"
    ]


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    yield " ".join(words), command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*words, name))


def test_every_command_and_option_has_its_help_and_no_text_is_left_over() -> None:
    found = {words: {"", *(param.name for param in command.params)} for words, command in commands(get_command(app))}
    assert {words: set(texts) for words, texts in HELP.items()} == found
    for texts in HELP.values():
        for russian, english in texts.values():
            assert re.search("[а-яё]", russian)
            assert not re.search("[а-яё]", english)


@pytest.mark.parametrize("words", HELP)
def test_the_help_speaks_the_language_of_the_messages(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = {}
    for language in ("ru", "en"):
        monkeypatch.setenv("OKLIK_LANGUAGE", language)
        monkeypatch.setattr(sys, "argv", ["oklik", *words.split(), "--help"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        told[language] = capsys.readouterr().out
    assert not re.search("[а-яё]", told["en"])
    assert not re.search("Usage|Options|Arguments|Commands|ARGS|\\[OPTIONS|required|default|Show", told["ru"])
    assert "Параметры" in told["ru"]


@pytest.mark.parametrize("given", [("--language", "en"), ("--language=en",)])
def test_the_option_goes_before_the_setting(given: tuple[str, ...]) -> None:
    ended = oklik("run", *given, "--help")
    assert "Usage:" in ended.stdout
    assert "the option --report is missing" in oklik("run", "a.yaml", "b.xlsx", *given).stderr


def test_before_the_command_the_option_is_the_setting(tmp_path: Path) -> None:
    """For all commands and what they start, as OKLIK_LANGUAGE is."""
    assert "Usage:" in oklik("--language", "en", "--help").stdout
    said = oklik("--language", "en", "scenario", "diff", str(tmp_path / "none"), str(tmp_path / "none")).stderr
    assert "no such file" in said
    assert "--language xx: ru" in oklik("--language", "xx", "up").stderr


def test_every_command_has_the_option() -> None:
    without = [words for words, one in commands(get_command(app)) if "language" not in {p.name for p in one.params}]
    groups = {words for words, one in commands(get_command(app)) if hasattr(one, "commands") and words}
    assert set(without) == groups


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("up",), "OKLIK_SWITCH: esl://"),
        (("web",), "OKLIK_DATABASE_URL: postgresql://USER"),
        (("db", "upgrade"), "OKLIK_DATABASE_URL: postgresql://USER"),
        (("switch-conf", "x", "--sip-ip", "h", "--gateway", "a=b"), "--sip-ip: not an acceptable value"),
    ],
)
def test_commands_without_their_own_words_take_it_too(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKLIK_SWITCH", "nonsense")
    monkeypatch.setenv("OKLIK_DATABASE_URL", "nonsense")
    ended = oklik(*words, "--language", "en")
    assert ended.returncode == 2
    assert said in ended.stderr


def test_the_version_is_told() -> None:
    ended = oklik("--version")
    assert (ended.returncode, ended.stdout) == (0, f"oklik {__version__}\n")


def test_help_is_no_error() -> None:
    asked, bare = oklik("--help"), oklik()
    assert asked.returncode == 0
    assert "run" in asked.stdout
    assert "неверно" not in bare.stderr + bare.stdout
