"""A driver on Genesis' inbound connection, with uvloop as it offers: its Channel plays, asks and hangs up.

Run: python -m drivers.genesis_inbound PROMPT.  Not its Channel.create(), which dials with `api originate`: that holds
up the connection while somebody's phone rings, so that there could be no two calls at a time.  It dials with bgapi,
and the Channel is made of the event that tells of the parked call.  Its `hangup` is `api uuid_kill`.
"""

import asyncio
import logging
import sys
import uuid
from typing import Any

from genesis import Channel, Inbound, use_uvloop

from drivers.lines import (
    BETWEEN_MS,
    ENDS_WITHIN_S,
    MOST_MS,
    PATTERN,
    QUESTION,
    SILENCE,
    Tally,
    originate,
    say,
)

logging.disable(logging.CRITICAL)
KINDS = "BACKGROUND_JOB CHANNEL_ANSWER CHANNEL_PARK CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE"


class Driver:
    """All calls of a connection."""

    def __init__(self, esl: Inbound, prompt: str) -> None:
        self._esl = esl
        self._prompt = prompt
        self._digits: dict[str, object] = {}
        self._tally = Tally(0)
        esl.on("CHANNEL_PARK", self._parked)
        esl.on("CHANNEL_HANGUP_COMPLETE", self._ended)
        esl.on("BACKGROUND_JOB", self._job)

    async def _parked(self, event: Any) -> None:
        name = event["Unique-ID"]
        if name not in self._digits:
            return
        channel = Channel.from_snapshot(self._esl, event)
        await channel.playback(self._prompt)
        answer = await channel.play_and_get_digits(
            tries=1,
            timeout=MOST_MS,
            terminators="#",
            file=self._prompt,
            minimal=2,
            maximum=2,
            invalid_file=SILENCE,
            var_name=QUESTION,
            regexp=PATTERN,
            digit_timeout=BETWEEN_MS,
        )
        self._digits[name] = answer.get(f"variable_{QUESTION}")
        await channel.hangup()

    async def _ended(self, event: Any) -> None:
        name = event["Unique-ID"]
        if name in self._digits:
            self._tally.ended(self._digits.pop(name))

    async def _job(self, event: Any) -> None:
        if (event.body or "").startswith("-ERR"):
            self._tally.failed(event.body)

    async def round(self, calls: int, rate: int) -> None:
        """Make so many calls, so many a second."""
        self._tally = Tally(calls)
        self._digits.clear()
        for n in range(calls):
            if n and n % rate == 0:
                await asyncio.sleep(1.0)
            name = str(uuid.uuid4())
            self._digits[name] = None
            await self._esl.send(f"bgapi {originate(n, name)}")
        clock = asyncio.get_running_loop()
        deadline = clock.time() + ENDS_WITHIN_S
        while not self._tally.complete and clock.time() < deadline:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)  # what still comes of the last call belongs to it
        self._tally.report()


async def main() -> None:
    """Serve rounds until standard input closes."""
    loop = asyncio.get_running_loop()
    driver: Any = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, *words = line.split()
        if what == "peer":
            esl = Inbound(words[0], int(words[1]), words[2])
            await esl.start()
            driver = Driver(esl, sys.argv[1])
            await esl.send(f"event plain {KINDS}")
            say(connected=True)
        else:
            await driver.round(int(words[0]), int(words[1]))


use_uvloop()
asyncio.run(main())
