"""A driver on switchio: an app whose coroutine waits for the events of its session, calls made by its Client.

Run: python -m drivers.switchio_app PROMPT.  switchio 0.1.0a1 is of 2017 and needs `old_asyncio` on this Python.  It
executes applications by uuid_broadcast only, which the virtual switch does not offer; so playback and the question go
by sendmsg over switchio's own connection.  Its Client.originate writes to the connection from the caller's thread,
which uvloop does not allow; the same is done here in the loop's.  The rest is switchio's: client, listener, sessions,
jobs, `recv` and `hangup` (api uuid_kill).  It asks for the events that its listener needs.
"""

import asyncio
import logging
import sys
import time
import warnings
from typing import Any

from drivers import old_asyncio  # noqa: F401 - before switchio
from drivers.lines import ENDS_WITHIN_S, QUESTION, Tally, execute, number, say, told, two_digits

warnings.simplefilter("ignore")

import switchio  # noqa: E402
from switchio.api import get_client  # noqa: E402
from switchio.commands import build_originate_cmd  # noqa: E402

logging.disable(logging.CRITICAL)
APP = "survey"
COMPLETE = "CHANNEL_EXECUTE_COMPLETE"


class Survey:
    """The app."""

    tally = Tally(0)

    @switchio.coroutine("CHANNEL_PARK", subscribe=(COMPLETE,))  # type: ignore[untyped-decorator]
    async def run(self, session: Any) -> None:
        """Prompt, two digits, hang up."""
        prompt = sys.argv[1]
        await self._execute(session, "playback", prompt)
        answer = await self._execute(session, "play_and_get_digits", two_digits(prompt))
        await session.hangup()
        Survey.tally.ended(answer.get(f"variable_{QUESTION}"))

    @staticmethod
    async def _execute(session: Any, application: str, argument: str) -> Any:
        session.con.protocol.sendrecv(execute(session.uuid, application, argument))
        return await session.recv(COMPLETE)


async def dial(client: Any, n: int) -> None:
    """What Client.originate does, in the thread of the connection's loop."""
    name = switchio.utils.uuid()
    headers = {client.call_tracking_header: name}
    command = build_originate_cmd(
        number(n), uuid_str=name, gateway="pstn", xheaders=headers, codec="PCMA", **{client.app_id_header: APP}
    )
    client.listener.register_job(await client.listener.event_loop._con.bgapi(command), sess_uuid=name, client_id=APP)  # noqa: SLF001


def make_round(client: Any, calls: int, rate: int) -> None:
    """Make so many calls, so many a second."""
    Survey.tally = Tally(calls)
    for n in range(calls):
        if n and n % rate == 0:
            time.sleep(1.0)
        asyncio.run_coroutine_threadsafe(dial(client, n), client.listener.event_loop.loop).result(ENDS_WITHIN_S)
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not Survey.tally.complete and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)  # what still comes of the last call belongs to it
    Survey.tally.report()


def main() -> None:
    """Serve rounds until standard input closes."""
    lines = told()
    _, host, port, password = next(lines)
    with get_client(host, port=port, auth=password, apps={APP: Survey}) as client:
        say(connected=True)
        for _, calls, rate in lines:
            make_round(client, int(calls), int(rate))


main()
