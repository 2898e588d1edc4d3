"""A driver on greenswitch's inbound connection: one greenlet a call, woken by the events it waits for.

Run: python -m drivers.greenswitch_inbound PROMPT five|all.  `five` asks for the kinds of events that it needs, `all`
for every event; what is done with them is the same.
"""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import AsyncResult  # noqa: E402
from greenswitch import InboundESL  # noqa: E402

from drivers.lines import ENDS_WITHIN_S, QUESTION, Tally, execute, originate, say, told, two_digits  # noqa: E402

logging.disable(logging.CRITICAL)
FIVE = "BACKGROUND_JOB CHANNEL_ANSWER CHANNEL_PARK CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE"


class Call:
    """One survey."""

    def __init__(self, esl: InboundESL, name: str) -> None:
        self._esl = esl
        self._name = name
        self._completed = AsyncResult()
        self.digits: str | None = None

    def run(self, prompt: str) -> None:
        """Prompt, two digits, hang up."""
        self._execute("playback", prompt)
        self.digits = self._execute("play_and_get_digits", two_digits(prompt)).get(f"variable_{QUESTION}")
        self._esl.send(f"sendmsg {self._name}\ncall-command: hangup\nhangup-cause: NORMAL_CLEARING")

    def _execute(self, application: str, argument: str) -> dict[str, str]:
        self._completed = AsyncResult()
        self._esl.send(execute(self._name, application, argument))
        headers: dict[str, str] = self._completed.get(timeout=ENDS_WITHIN_S)
        return headers

    def completed(self, headers: dict[str, str]) -> None:
        """An application has come to its end."""
        self._completed.set(headers)


class Driver:
    """All calls of a connection."""

    def __init__(self, prompt: str, kinds: str) -> None:
        self._prompt = prompt
        self._kinds = FIVE if kinds == "five" else "ALL"
        self._calls: dict[str, Call] = {}
        self._tally = Tally(0)
        self._esl: Any = None

    def connect(self, host: str, port: int, password: str) -> None:
        """Log in and listen."""
        self._esl = InboundESL(host, port, password)
        self._esl.connect()
        for kind, handler in {
            "CHANNEL_PARK": self._parked,
            "CHANNEL_EXECUTE_COMPLETE": self._completed,
            "CHANNEL_HANGUP_COMPLETE": self._ended,
            "BACKGROUND_JOB": self._job,
        }.items():
            self._esl.register_handle(kind, handler)
        self._esl.send(f"event plain {self._kinds}")

    def _parked(self, event: Any) -> None:
        call = self._calls.get(event.headers["Unique-ID"])
        if call is not None:
            gevent.spawn(call.run, self._prompt)

    def _completed(self, event: Any) -> None:
        call = self._calls.get(event.headers["Unique-ID"])
        if call is not None:
            call.completed(event.headers)

    def _ended(self, event: Any) -> None:
        call = self._calls.pop(event.headers["Unique-ID"], None)
        if call is not None:
            self._tally.ended(call.digits)

    def _job(self, event: Any) -> None:
        # greenswitch puts the body behind the value of the header before it
        if "-ERR" in event.headers["Content-Length"]:
            self._tally.failed(event.headers["Content-Length"])

    def round(self, calls: int, rate: int) -> None:
        """Make so many calls, so many a second."""
        self._tally = Tally(calls)
        self._calls.clear()
        for n in range(calls):
            if n and n % rate == 0:
                gevent.sleep(1.0)
            name = str(uuid.uuid4())
            self._calls[name] = Call(self._esl, name)
            self._esl.send(f"bgapi {originate(n, name)}")
        deadline = time.monotonic() + ENDS_WITHIN_S
        while not self._tally.complete and time.monotonic() < deadline:
            gevent.sleep(0.05)
        gevent.sleep(0.2)  # what still comes of the last call belongs to it
        self._tally.report()


def main() -> None:
    """Serve rounds until standard input closes."""
    driver = Driver(*sys.argv[1:])
    for what, *words in told():
        if what == "peer":
            driver.connect(words[0], int(words[1]), words[2])
            say(connected=True)
        else:
            driver.round(int(words[0]), int(words[1]))


main()
