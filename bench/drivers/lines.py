"""What the drivers of `peers.py` share: the lines they are told and say, the words of the call, and its tally.

Told are "peer HOST PORT PASSWORD" and "round CALLS RATE"; said is one line of JSON for each.  A driver uses this
module and its own library, nothing of Oklik: it runs in the environment of the peers.
"""

import json
import sys
from collections.abc import Iterator

ENDS_WITHIN_S = 60.0  # after the last call has begun; then a round has failed
QUESTION = "mark"
EXPECTED = "12"
MOST_MS, BETWEEN_MS = 5000, 3000
PATTERN = "^[0-9#]+$"  # as of our own question: by it the people of the virtual switch know what to press
SILENCE = "silence_stream://10"
_OUT, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no line of ours


def say(**line: object) -> None:
    """One line of JSON."""
    _OUT.write(json.dumps(line) + "\n")
    _OUT.flush()


def told() -> Iterator[list[str]]:
    """The words of each line of standard input."""
    for line in iter(sys.stdin.readline, ""):
        yield line.split()


def number(n: int) -> str:
    """Whom the n-th call of a round is to reach."""
    return f"+7916{n:07d}"


def originate(n: int, uuid: str) -> str:
    """The command of the n-th call."""
    return f"originate {{origination_uuid={uuid},ignore_early_media=true}}sofia/gateway/pstn/{number(n)} &park()"


def two_digits(prompt: str) -> str:
    """The argument of play_and_get_digits."""
    return f"2 2 1 {MOST_MS} # {prompt} {SILENCE} {QUESTION} {PATTERN} {BETWEEN_MS}"


def execute(uuid: str, application: str, argument: str) -> str:
    """The message that starts an application, without the empty line at its end."""
    return f"sendmsg {uuid}\ncall-command: execute\nexecute-app-name: {application}\nexecute-app-arg: {argument}"


class Tally:
    """What became of a round's calls."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._finished = 0
        self._failed: list[str] = []

    def ended(self, digits: object) -> None:
        """A call is over, and these digits were taken."""
        if digits == EXPECTED:
            self._finished += 1
        else:
            self.failed(f"digits {digits!r}")

    def failed(self, why: str) -> None:
        """A call came to nothing."""
        self._failed.append(why)

    @property
    def complete(self) -> bool:
        """All calls are over."""
        return self._finished + len(self._failed) >= self._calls

    def report(self) -> None:
        """Say how many were finished, and why the first of the others were not."""
        say(finished=self._finished, failed=self._failed[:3])
