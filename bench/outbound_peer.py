"""The switch's part for `drivers/greenswitch_outbound.py`: for each originate it connects there and plays one call.

The frames are those of a real FreeSWITCH (tests/transcripts), with the call's own UUID put in, so that the driver
gets what it would get there; times are those of the virtual switch's calls in the same benchmark.  Our virtual
switch does not offer the outbound socket, which the dialer does not use.
"""

import asyncio
import contextlib
import json
import sys
import uuid

from recorded import frames

RECORDED_INBOUND = b"c0200000-0000-4000-8000-000000000001"
RECORDED_OUTBOUND = b"9fc2b851-3ba5-46b5-8e01-5e3c17c05734"
RING_S, PROMPT_S, KEY_S, STEP_S = 0.2, 0.5, 0.2, 0.02
OK = b"Content-Type: command/reply\nReply-Text: +OK\n\n"


def event(name: str, application: str = "") -> bytes:
    """The recorded event of that name (and application), with a mark where the UUID goes."""
    for frame in frames("02-answered-plain.txt"):
        if f"Event-Name: {name}\n".encode() in frame and (
            not application or f"\nApplication: {application}\n".encode() in frame
        ):
            return frame
    raise LookupError(f"{name} {application} is not in the transcript")


def two_digits(frame: bytes) -> bytes:
    """The recorded answer was one digit."""
    head, length, rest = frame.partition(b"Content-Length: ")
    size, newline, body = rest.partition(b"\n")
    longer = body.replace(b"variable_answer_digit: 1\n", b"variable_answer_digit: 12\n")
    return head + length + str(int(size) + len(longer) - len(body)).encode() + newline + longer


CONNECT = frames("08-outbound-async-full.txt")[0]
ANSWER = [event("CHANNEL_EXECUTE", "park"), event("CHANNEL_ANSWER"), event("CHANNEL_EXECUTE_COMPLETE", "park")]
PLAY = [event("CHANNEL_EXECUTE", "playback"), event("PLAYBACK_START")]
PLAYED = [event("PLAYBACK_STOP"), event("CHANNEL_EXECUTE_COMPLETE", "playback")]
ASK = [event("CHANNEL_EXECUTE", "play_and_get_digits"), event("PLAYBACK_START")]
KEY = [event("DTMF")]
ASKED = [event("PLAYBACK_STOP"), two_digits(event("CHANNEL_EXECUTE_COMPLETE", "play_and_get_digits"))]
HANGUP = [event("CHANNEL_HANGUP"), event("CHANNEL_UNPARK"), event("CHANNEL_HANGUP_COMPLETE")]
NOTICE = b"Content-Type: text/disconnect-notice\nContent-Disposition: disconnect\nContent-Length: 0\n\n"


class Call:
    """One call on its own connection to the driver."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._uuid = str(uuid.uuid4()).encode()
        self._writer = writer

    def _send(self, *what: bytes) -> None:
        for frame in what:
            own = frame.replace(RECORDED_INBOUND, self._uuid).replace(RECORDED_OUTBOUND, self._uuid)
            self._writer.write(own)

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer commands until the driver has hung up."""
        while command := await self._command(reader):
            if command.startswith("connect"):
                self._send(CONNECT)
            elif "execute-app-name: answer" in command:
                self._send(OK)
                await asyncio.sleep(STEP_S)
                self._send(*ANSWER)
            elif "execute-app-name: playback" in command:
                self._send(OK)
                await asyncio.sleep(STEP_S)
                self._send(*PLAY)
                await asyncio.sleep(PROMPT_S)
                self._send(*PLAYED)
            elif "execute-app-name: play_and_get_digits" in command:
                self._send(OK)
                await asyncio.sleep(STEP_S)
                self._send(*ASK)
                await asyncio.sleep(PROMPT_S + KEY_S)
                self._send(*KEY)
                await asyncio.sleep(KEY_S)
                self._send(*KEY, *ASKED)
            elif "execute-app-name: hangup" in command:
                self._send(OK, *HANGUP, NOTICE)
                break
            else:
                self._send(OK)
        self._writer.close()

    @staticmethod
    async def _command(reader: asyncio.StreamReader) -> str:
        try:
            return (await reader.readuntil(b"\n\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""


async def place(port: int) -> None:
    """Ring, then connect to the driver."""
    await asyncio.sleep(RING_S)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        await Call(writer).run(reader)


async def control(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The inbound event socket: auth and bgapi originate."""
    calls = set()
    writer.write(b"Content-Type: auth/request\n\n")
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            command = (await reader.readuntil(b"\n\n")).decode()
            if command.startswith("bgapi"):
                port = int(command.partition("&socket(127.0.0.1:")[2].split()[0])
                job = uuid.uuid4()
                reply = f"Content-Type: command/reply\nReply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n"
                writer.write(reply.encode())
                task = asyncio.ensure_future(place(port))
                calls.add(task)
                task.add_done_callback(calls.discard)
            else:
                writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")


async def main() -> None:
    """Serve until standard input closes."""
    server = await asyncio.start_server(control, "127.0.0.1", 0)
    sys.stdout.write(json.dumps({"host": "127.0.0.1", "port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    await stop.wait()


asyncio.run(main())
