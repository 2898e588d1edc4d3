"""`python -m oklik` is the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import oklik

ROOM = str(Path(oklik.__file__).parents[1])  # the code that is being tested, wherever another one is installed


@pytest.mark.parametrize(
    ("arguments", "code", "said"), [(["--version"], 0, f"oklik {oklik.__version__}"), (["nonsense"], 2, "")]
)
def test_the_package_runs_as_a_module(arguments: list[str], code: int, said: str) -> None:
    command = [sys.executable, "-m", "oklik", *arguments]
    environment = {**os.environ, "PYTHONPATH": ROOM}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == code
    assert done.stdout.strip() == said
    assert ("oklik: " in done.stderr) == (code == 2)
    assert "Traceback" not in done.stderr
