"""The other side of `call_cost.py`: a driver written the way greenswitch's README shows, with nothing else in it.

An outbound server whose application plays a prompt, asks for two digits and hangs up, and an inbound connection that
originates the calls.  No scenario, no database.  Says {"port"} when it listens and one line a finished round.
Reads lines from standard input: "peer HOST PORT", then "round CALLS RATE".
"""

import json
import logging
import sys
from typing import Any

import gevent
from gevent import monkey

monkey.patch_all()

import greenswitch  # noqa: E402
from greenswitch.esl import OutboundSession, OutboundSessionHasGoneAway  # noqa: E402

logging.disable(logging.CRITICAL)
PROMPT = "/var/lib/oklik/prompts/3f5a0c1e9b7d4a268c0f.wav"
finished: list[str] = []
failed: list[str] = []


class Survey:
    """One call."""

    def __init__(self, session: OutboundSession) -> None:
        self.session = session

    def run(self) -> None:
        """As in the README: handle the call, then stop the session."""
        try:
            self.handle()
        except OutboundSessionHasGoneAway:
            failed.append("gone")
        except Exception as error:  # noqa: BLE001  whatever goes wrong spoils the round and must be seen
            failed.append(repr(error))
        finally:
            self.session.stop()

    def handle(self) -> None:
        """Prompt, two digits, hang up."""
        self.session.myevents()
        self.session.linger()
        self.session.answer()
        self.session.playback(PROMPT)
        digits = self.session.play_and_get_digits(
            "2", "2", "1", "5000", "#", PROMPT, "silence_stream://10", "answer_digit", r"\d+", "3000", ""
        )
        finished.append(digits)
        self.session.hangup()


def say(**line: object) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve rounds until standard input closes."""
    ports = list(range(18_100, 18_200))  # it takes the first free one
    server = greenswitch.OutboundESLServer("127.0.0.1", ports, application=Survey, max_connections=10_000)
    gevent.spawn(server.listen)
    while not server.bound_port:
        gevent.sleep(0.01)
    port = server.bound_port
    say(port=port)
    inbound: Any = None
    for line in iter(sys.stdin.readline, ""):
        words = line.split()
        if words[0] == "peer":
            inbound = greenswitch.InboundESL(words[1], int(words[2]), "bench")
            inbound.connect()
            say(connected=True)
        else:
            calls, rate = int(words[1]), int(words[2])
            finished.clear()
            failed.clear()
            for n in range(calls):
                if n and n % rate == 0:
                    gevent.sleep(1.0)
                inbound.send(
                    f"bgapi originate {{ignore_early_media=true}}sofia/gateway/pstn/+7916{n:07d} "
                    f"&socket(127.0.0.1:{port} async full)"
                )
            while len(finished) + len(failed) < calls:
                gevent.sleep(0.05)
            gevent.sleep(0.2)
            say(finished=len(finished), failed=failed[:3])


main()
