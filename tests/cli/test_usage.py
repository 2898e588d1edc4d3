"""Wrong usage is one line and exit code 2, like every other bad input; the help is not an error."""

import os
import subprocess
import sys

import pytest


def oklik(*arguments: str, language: str = "ru") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from oklik.cli import main; main()", *arguments]
    environment = os.environ | {"OKLIK_LANGUAGE": language}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("run", "a.yaml", "b.xlsx"), "--report"),
        (("run", "a.yaml", "b.xlsx", "--report", "r.xlsx", "--cps", "0"), "--cps"),
        (("run", "a.yaml", "b.xlsx", "--report", "r.xlsx", "--channels", "abc"), "--channels"),
        (("dance",), "dance"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], named: str) -> None:
    ended = oklik(*arguments)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("oklik: команда задана неверно: ")
    assert named in ended.stderr
    assert oklik(*arguments, language="en").stderr.startswith("oklik: wrong usage: ")


def test_help_is_no_error() -> None:
    asked, bare = oklik("--help"), oklik()
    assert asked.returncode == 0
    assert "run" in asked.stdout
    assert "неверно" not in bare.stderr + bare.stdout
