"""Feeds recorded events to the reader of one library, in this process.

Run: python -m drivers.parse LIBRARY FILE EVENTS.  FILE holds so many plain events as they come over the line.
Each line of standard input is a round: says {"us"}, microseconds of processor time an event, or fails if events were
lost.  Counted is the way from bytes to a parsed event in the library's own queue.
"""

import asyncio
import io
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from drivers import old_asyncio  # noqa: F401 - before switchio
from drivers.lines import say, told

logging.disable(logging.CRITICAL)
PIECE = 64 * 1024  # what is read at once, where a library is given pieces


def greenswitch(data: bytes) -> int:
    """Its receive_events, which reads lines from a file."""
    from greenswitch.esl import ESLProtocol

    protocol = ESLProtocol()
    protocol.connected = True
    protocol.sock_file = io.BytesIO(data)
    protocol.receive_events()
    found: int = protocol._esl_event_queue.qsize()  # noqa: SLF001 - it has no other place for them
    return found


def switchio(data: bytes) -> int:
    """Its asyncio protocol."""
    from switchio.protocol import InboundProtocol

    protocol = InboundProtocol("127.0.0.1", "", asyncio.new_event_loop())
    for at in range(0, len(data), PIECE):
        protocol.data_received(data[at : at + PIECE])
    found: int = protocol.event_queue.qsize()
    protocol.loop.close()
    return found


def genesis(data: bytes) -> int:
    """Its handler, which reads a stream."""
    from genesis.protocol import Protocol

    async def read() -> int:
        protocol = Protocol()
        protocol.reader = asyncio.StreamReader()
        protocol.reader.feed_data(data)
        protocol.reader.feed_eof()
        protocol.is_connected = True
        await protocol.handler()
        found: int = protocol.events.qsize()
        return found - 1  # the last one tells of the end

    return asyncio.run(read())


def main() -> None:
    """Measure until standard input closes."""
    library, file, count = sys.argv[1:]
    events = int(count)
    readers: dict[str, Callable[[bytes], int]] = {"greenswitch": greenswitch, "switchio": switchio, "genesis": genesis}
    data = Path(file).read_bytes()
    for _ in told():
        before = time.process_time()
        found = readers[library](data)
        spent = time.process_time() - before
        if found != events:
            sys.exit(f"{library} found {found} of {events} events: the figure would be worth nothing")
        say(us=spent * 1e6 / events)


main()
