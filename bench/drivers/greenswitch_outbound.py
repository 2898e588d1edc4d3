"""A driver written the way greenswitch's README shows, with nothing else in it; of `call_cost.py` and `peers.py`.

An outbound server whose application plays a prompt, asks for two digits and hangs up, and an inbound connection that
originates the calls.  No scenario, no database.  The other side is `outbound_peer.py`.
"""

import logging
import time
from typing import Any

import gevent
from gevent import monkey

monkey.patch_all()

import greenswitch  # noqa: E402
from greenswitch.esl import OutboundSession, OutboundSessionHasGoneAway  # noqa: E402

from drivers.lines import BETWEEN_MS, ENDS_WITHIN_S, MOST_MS, SILENCE, Tally, number, say, told  # noqa: E402

logging.disable(logging.CRITICAL)
PROMPT = "/var/lib/oklik/prompts/3f5a0c1e9b7d4a268c0f.wav"


class Survey:
    """One call."""

    tally = Tally(0)

    def __init__(self, session: OutboundSession) -> None:
        self.session = session

    def run(self) -> None:
        """As in the README: handle the call, then stop the session."""
        try:
            self.handle()
        except OutboundSessionHasGoneAway:
            self.tally.failed("gone")
        except Exception as error:  # noqa: BLE001  whatever goes wrong spoils the round and must be seen
            self.tally.failed(repr(error))
        finally:
            self.session.stop()

    def handle(self) -> None:
        """Prompt, two digits, hang up."""
        self.session.myevents()
        self.session.linger()
        self.session.answer()
        self.session.playback(PROMPT)
        digits = self.session.play_and_get_digits(
            "2", "2", "1", str(MOST_MS), "#", PROMPT, SILENCE, "answer_digit", r"\d+", str(BETWEEN_MS), ""
        )
        self.tally.ended(digits)
        self.session.hangup()


def make_round(inbound: Any, port: int, calls: int, rate: int) -> None:
    """Make so many calls, so many a second."""
    Survey.tally = Tally(calls)
    for n in range(calls):
        if n and n % rate == 0:
            gevent.sleep(1.0)
        inbound.send(
            f"bgapi originate {{ignore_early_media=true}}sofia/gateway/pstn/{number(n)} "
            f"&socket(127.0.0.1:{port} async full)"
        )
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not Survey.tally.complete and time.monotonic() < deadline:
        gevent.sleep(0.05)
    gevent.sleep(0.2)  # what still comes of the last call belongs to it
    Survey.tally.report()


def main() -> None:
    """Serve rounds until standard input closes."""
    ports = list(range(18_100, 18_200))  # it takes the first free one
    server = greenswitch.OutboundESLServer("127.0.0.1", ports, application=Survey, max_connections=10_000)
    gevent.spawn(server.listen)
    while not server.bound_port:
        gevent.sleep(0.01)
    inbound: Any = None
    for what, *words in told():
        if what == "peer":
            inbound = greenswitch.InboundESL(words[0], int(words[1]), words[2])
            inbound.connect()
            say(connected=True)
        else:
            make_round(inbound, server.bound_port, int(words[0]), int(words[1]))


main()
