"""One connection to the event socket, from connect to its end.

Connecting and logging in are greenswitch's; what it does with the stream afterwards is replaced: our own framing,
a reader that takes whatever the network has, one writer that sends all waiting commands in one call, replies given to
their commands in order, a deadline on every one of them, and everybody who waits failed at once when the link breaks.
A link is used once; getting a new one after a cut is the driver's affair.

Only gevent's own primitives are used, so it works in a patched process and in a plain one.
"""

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import AsyncResult, Event
from greenswitch.esl import InboundESL, NotConnectedError

from oklik.esl import commands
from oklik.esl.framing import Frame, Framer, FramingLost, Kind
from oklik.telephony.port import SwitchError, SwitchLost, SwitchRefused, SwitchUnreachable, WaitTimeout

RECEIVE = 64 * 1024  # above 128 KB each buffer would be a mapping of its own, made and undone at every look
SENDING_MAX = 4 * 1024 * 1024  # unsent bytes after which the switch is taken for dead
BURST = 4  # pieces handled before other greenlets get their turn
BUSY_FRAMES_S = 200  # frames a second above which the reader lets news gather; about 20 calls a second
GATHER_S = 0.01  # for so long; the switch itself sends events by a poll of 20 ms
# Both and two looks of the watch are less than ten seconds.
PING_AFTER_S = 2.0  # of silence
DEAD_AFTER_S = 6.0  # a reply that is due and does not come: half open, or the switch hangs


class Reply:
    """The switch's answer to one command.  text: Reply-Text or the body of an api response."""

    __slots__ = ("headers", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.headers = {"Reply-Text": text}  # as greenswitch's authenticate() looks at it

    @property
    def ok(self) -> bool:
        """True unless it begins with -ERR or -USAGE."""
        return not self.text.startswith("-")

    @property
    def line(self) -> str:
        """The text's first line, for messages."""
        return self.text.strip().partition("\n")[0][:200]


OnReply = Callable[[Reply | SwitchError], None]


class _Expected:
    """A command whose reply has not come."""

    __slots__ = ("asked", "on_reply")

    def __init__(self, on_reply: OnReply | None) -> None:
        self.asked = time.monotonic()
        self.on_reply = on_reply


class _Load:
    """Whether much has come lately: frames of the last second or so."""

    __slots__ = ("_busy", "_frames", "_since")

    def __init__(self) -> None:
        self._busy = False
        self._frames = 0
        self._since = 0.0

    def busy(self, frames: int, now: float) -> bool:
        """Count these; True while there are more than BUSY_FRAMES_S a second."""
        self._frames += frames
        passed = now - self._since
        if passed >= 1.0:
            self._busy = self._frames > BUSY_FRAMES_S * passed
            self._frames, self._since = 0, now
        return self._busy


class Link(InboundESL):  # type: ignore[misc]  # greenswitch has no types
    """A logged-in connection.  on_event and on_lost run in the link's greenlets and must not block."""

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        *,
        on_event: Callable[[bytes], None],
        on_lost: Callable[["Link", str], None],
        timeout: float = 5.0,
    ) -> None:
        super().__init__(host, port, password, timeout)
        self.where = f"{host}:{port}"
        self.lost: str | None = None
        self.sock_file: Any = None
        self.sock: Any = None
        self._on_event = on_event
        self._on_lost = on_lost
        self._framer = Framer()
        self._expected: deque[_Expected] = deque()
        self._outgoing: list[bytes] = []
        self._outgoing_size = 0
        self._work = Event()
        self._heard = time.monotonic()
        self._replied = 0.0
        self._rejected = False
        self._ready = False
        self._greenlets: list[gevent.Greenlet] = []

    # -- opening: greenswitch's connect() and authenticate() call the overridden methods below --------------

    def open(self) -> None:
        """Connect and log in.  Raises SwitchUnreachable, SwitchRefused."""
        try:
            commands.auth(self.password)
            with gevent.Timeout(self.timeout, SwitchUnreachable(f"no event socket answers at {self.where}")):
                self.connect()
        except ValueError as error:  # greenswitch's word for a refused password, and ours for an impossible one
            self.cut("password refused")
            why = str(error) if isinstance(error, commands.BadField) else "the password was refused"
            raise SwitchRefused(f"the event socket at {self.where}: {why}", "password") from None
        except (NotConnectedError, SwitchLost, OSError) as error:
            self.cut("not connected")
            if self._rejected:
                raise SwitchRefused(
                    f"the event socket at {self.where} does not admit our address (apply-inbound-acl)", "acl"
                ) from None
            raise SwitchUnreachable(f"no switch at {self.where}: {_reason(error)}") from None
        except BaseException:
            self.cut("not connected")
            raise
        self._ready = True
        self._greenlets.append(gevent.spawn(self._watch))

    def start_event_handlers(self) -> None:
        """Our reader and writer instead of greenswitch's."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = time.monotonic()
        self._greenlets = [gevent.spawn(self._read), gevent.spawn(self._write)]

    def send(self, data: str) -> Reply:
        """greenswitch's way of sending a command and waiting; only its authenticate() comes here."""
        return self.ask(commands.auth(data.removeprefix("auth ")), self.timeout)

    # -- asking -----------------------------------------------------------------------------------------------

    def request(self, command: bytes, on_reply: OnReply | None = None) -> None:
        """Send a command; on_reply gets the answer, or SwitchLost.  Raises SwitchLost if the link is down."""
        if self.lost is not None or not self.connected:
            raise SwitchLost(self._lost_text())
        if self._outgoing_size > SENDING_MAX:
            self.cut("the switch does not take our commands")
            raise SwitchLost(self._lost_text())
        self._expected.append(_Expected(on_reply))
        self._outgoing.append(command)
        self._outgoing_size += len(command)
        self._work.set()

    def begin(self, command: bytes) -> AsyncResult:
        """Send a command; the result is its Reply.  For several at once."""
        result = AsyncResult()

        def answered(reply: Reply | SwitchError) -> None:
            if isinstance(reply, Reply):
                result.set(reply)
            else:
                result.set_exception(reply)

        self.request(command, answered)
        return result

    def ask(self, command: bytes, deadline_s: float = 5.0) -> Reply:
        """Send a command and wait for its reply.  Raises SwitchLost, WaitTimeout."""
        return self.collect(self.begin(command), deadline_s)

    def collect(self, begun: AsyncResult, deadline_s: float = 5.0) -> Reply:
        """The reply of a command begun before.  Raises SwitchLost, WaitTimeout."""
        try:
            reply: Reply = begun.get(timeout=deadline_s)
        except gevent.Timeout:
            # The command stays in the line of the expected: its late reply must not be given to the next one.
            raise WaitTimeout(f"the switch at {self.where} did not reply within {deadline_s:g} s") from None
        return reply

    # -- the greenlets ------------------------------------------------------------------------------------------

    def _read(self) -> None:
        reason = "closed by the switch"
        pieces = 0
        load = _Load()
        try:
            while True:
                data = self.sock.recv(RECEIVE)
                if not data:
                    break
                self._heard = time.monotonic()
                frames = self._framer.feed(data)
                for frame in frames:
                    self._handle(frame)
                pieces += 1
                if load.busy(len(frames), self._heard) and len(data) < RECEIVE:
                    gevent.sleep(GATHER_S)  # waking up for each frame alone costs more than all that is done with it
                elif pieces % BURST == 0:
                    gevent.sleep(0)
        except FramingLost as error:
            reason = f"its stream cannot be read: {error}"
        except OSError as error:
            reason = _reason(error)
        except Exception:
            reason = "an event of it could not be handled"
            raise
        finally:
            self.cut(reason)  # a dead reader must never leave a link that looks alive

    def _handle(self, frame: Frame) -> None:
        if frame.kind is Kind.JSON:
            self._on_event(frame.body)
        elif frame.kind is Kind.REPLY:
            self._answer(Reply(frame.reply_text()))
        elif frame.kind is Kind.API:
            self._answer(Reply(frame.text()))
        elif frame.kind is Kind.AUTH:
            self._auth_request_event.set()
        elif frame.kind is Kind.REJECTED:
            self._rejected = True
            self.connected = False
            self._auth_request_event.set()

    def _answer(self, reply: Reply) -> None:
        if not self._expected:
            self.cut("a reply that nobody asked for")
            return
        on_reply = self._expected.popleft().on_reply
        self._replied = self._heard
        if on_reply is not None:
            on_reply(reply)

    def _write(self) -> None:
        try:
            while self.lost is None:
                self._work.wait()
                self._work.clear()
                if self._outgoing:
                    data = b"".join(self._outgoing)
                    self._outgoing.clear()
                    self.sock.sendall(data)
                    self._outgoing_size = sum(map(len, self._outgoing))
        except OSError as error:
            self.cut(_reason(error))

    def _watch(self) -> None:
        """Find out that nobody is there any more: ask after a silence, and give up on an overdue reply."""
        ping = commands.exists("00000000-0000-0000-0000-000000000000")
        while self.lost is None:
            gevent.sleep(0.5)
            now = time.monotonic()
            if self._expected:
                # A large answer on its way counts as life; a switch that only sends events does not, nor a line so
                # slow that answers are buried under them.
                overdue = now - max(self._expected[0].asked, self._replied)
                if overdue > DEAD_AFTER_S and (now - self._heard > 1.0 or not self._framer.replying):
                    self.cut(f"no reply for {DEAD_AFTER_S:g} s")
            elif now - self._heard > PING_AFTER_S and self.lost is None:
                self.request(ping)

    # -- the end ------------------------------------------------------------------------------------------------

    def cut(self, reason: str) -> None:
        """End the link now: sockets closed, everybody who waits gets SwitchLost.  Again is no error."""
        if self.lost is not None:
            return
        self.lost = reason
        self.connected = False
        self._run = False
        self._auth_request_event.set()
        for closing in (self.sock, self.sock_file):
            if closing is not None:
                try:
                    closing.close()
                except OSError:
                    continue
        error = SwitchLost(self._lost_text())
        while self._expected:
            on_reply = self._expected.popleft().on_reply
            if on_reply is not None:
                on_reply(error)
        current = gevent.getcurrent()
        gevent.killall([one for one in self._greenlets if one is not current], block=False)
        if self._ready:
            self._on_lost(self, reason)

    def leave(self) -> None:
        """Say goodbye and close; does not wait for the background jobs that the switch waits for."""
        with contextlib.suppress(SwitchError):
            self.ask(commands.leave(), 2.0)
        self._ready = False
        self.cut("closed by us")

    def _lost_text(self) -> str:
        return f"the connection to the switch at {self.where} is down: {self.lost or 'not connected'}"


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
