"""The connection: getting in or being told why not, replies in order, deadlines, and the end of a link."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import gevent
import pytest

from oklik.esl import commands
from oklik.telephony.freeswitch import connection
from oklik.telephony.freeswitch.connection import Link, Reply
from oklik.telephony.port import SwitchLost, SwitchRefused, SwitchUnreachable, WaitTimeout
from support.patience import LONG_S, TooSlow, in_time, slowness
from support.scripted import Scripted, api, event, reply

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.stop()


class Opened:
    def __init__(self, server: Scripted, *, password: str = "secret", timeout: float = 5.0) -> None:
        self.events: list[bytes] = []
        self.losses: list[str] = []
        self.link = Link(
            server.host,
            server.port,
            password,
            on_event=self.events.append,
            on_lost=lambda _, reason: self.losses.append(reason),
            timeout=timeout,
        )
        self.link.open()


@pytest.fixture
def opened(server: Scripted) -> Iterator[Opened]:
    one = Opened(server)
    yield one
    one.link.cut("end of the test")


QUESTION = "api uuid_exists 00000000-0000-0000-0000-000000000000"
UUID = "c0200000-0000-4000-8000-000000000002"
EXISTS = commands.exists(UUID)


# -- getting in -----------------------------------------------------------------------------------------------


def test_a_wrong_password_is_said_clearly_and_tried_once(server: Scripted) -> None:
    with pytest.raises(SwitchRefused, match="password was refused") as refused:
        Opened(server, password="wrong")
    assert "wrong" not in str(refused.value)
    assert refused.value.reason == "password"
    assert server.logins == 1


def test_a_password_that_would_forge_a_command_is_never_sent(server: Scripted) -> None:
    with pytest.raises(SwitchRefused):
        Opened(server, password="x\n\napi hupall")
    assert server.commands == []


def test_nobody_there(server: Scripted) -> None:
    server.stop()
    with pytest.raises(SwitchUnreachable, match=f"127.0.0.1:{server.port}.*refused"):
        Opened(server)


def test_an_address_that_is_not_admitted(server: Scripted) -> None:
    text = "Access Denied, go away.\n"
    server.greeting = f"Content-Type: text/rude-rejection\nContent-Length: {len(text)}\n\n{text}".encode()
    with pytest.raises(SwitchRefused, match="does not admit") as refused:
        Opened(server)
    assert refused.value.reason == "acl"


def test_something_else_listens_there(server: Scripted) -> None:
    server.greeting = b"SSH-2.0-OpenSSH_9.2\r\n\r\n\n\n"
    with pytest.raises(SwitchUnreachable):
        Opened(server, timeout=20.0)


def test_somebody_who_says_nothing(server: Scripted) -> None:
    server.greeting = None
    with pytest.raises(SwitchUnreachable, match="no event socket answers"):
        Opened(server, timeout=0.2)


def test_somebody_who_hangs_after_the_greeting(server: Scripted) -> None:
    server.deaf = True
    with pytest.raises(SwitchUnreachable):
        Opened(server, timeout=0.2)


# -- replies ----------------------------------------------------------------------------------------------------


def test_replies_go_to_their_commands_in_order(server: Scripted, opened: Opened) -> None:
    server.on_command = lambda command: event("HEARTBEAT") + api(command) + event("HEARTBEAT")
    sent = [commands.exists(f"c0200000-0000-4000-8000-{n:012d}") for n in range(300)]
    begun = [opened.link.begin(command) for command in sent]
    replies = [opened.link.collect(one).text for one in begun]
    assert replies == [command.decode().strip() for command in sent]
    assert len(opened.events) == 600


def test_commands_that_wait_leave_in_one_piece(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = []

    class Recorder:
        def __init__(self, sock: object) -> None:
            self._sock = sock

        def sendall(self, data: bytes) -> None:
            pieces.append(data)
            self._sock.sendall(data)

        def __getattr__(self, name: str) -> object:
            return getattr(self._sock, name)

    opened.link.sock = Recorder(opened.link.sock)
    for one in [opened.link.begin(EXISTS) for _ in range(50)]:
        opened.link.collect(one)
    assert len(pieces) == 1


def test_a_late_reply_is_not_given_to_the_next(server: Scripted, opened: Opened) -> None:
    server.on_command = lambda command: b""
    with pytest.raises(WaitTimeout, match=r"did not reply within 0\.05 s"):
        opened.link.ask(EXISTS, 0.05)
    begun = opened.link.begin(commands.version())
    server.seen("api version")
    server.say(api("the late one"), api("the second"))
    assert opened.link.collect(begun).text == "the second"


def test_error_replies_are_replies(server: Scripted, opened: Opened) -> None:
    server.on_command = lambda command: reply("-ERR invalid session id [x]")
    answer = opened.link.ask(commands.playback(UUID, ["/a.wav"], "q1"))
    assert not answer.ok
    assert answer.line == "-ERR invalid session id [x]"


# -- the end ------------------------------------------------------------------------------------------------------


def outcome(link: Link) -> object:
    try:
        return link.ask(EXISTS, 60.0)
    except SwitchLost as error:
        return error


@pytest.mark.seconds
def test_all_who_wait_fail_at_once_when_the_link_breaks(server: Scripted, opened: Opened) -> None:
    server.deaf = True
    greenlets = [gevent.spawn(outcome, opened.link) for _ in range(300)]
    server.seen("api uuid_exists", count=300)
    started = time.monotonic()
    server.drop()
    gevent.joinall(greenlets, timeout=LONG_S)
    spent = time.monotonic() - started
    assert {type(one.value) for one in greenlets} == {SwitchLost}
    assert len(opened.losses) == 1
    with pytest.raises(SwitchLost):
        opened.link.ask(EXISTS)
    assert opened.link.sock_file.closed
    assert opened.link.sock.closed
    in_time(spent, 0.1 * slowness(), "they wait a minute each")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"Content-Type: api/response\nContent-Length: -1\n\n",
        b"Content-Type: text/html\n\n",
        b"x" * 70_000,
        reply("+OK nobody asked"),
    ],
)
def test_a_stream_that_makes_no_sense_ends_the_link(server: Scripted, opened: Opened, rubbish: bytes) -> None:
    server.say(rubbish)
    with gevent.Timeout(LONG_S):
        while not opened.losses:
            gevent.sleep(0.01)
    assert not opened.link.connected


def test_an_error_of_ours_in_an_event_does_not_leave_a_dead_link_behind(server: Scripted) -> None:
    one = Opened(server)
    one.link._on_event = lambda body: 1 / 0
    with gevent.Timeout(LONG_S), pytest.raises(ZeroDivisionError):
        reader = one.link._greenlets[0]
        gevent.get_hub().NOT_ERROR += (ZeroDivisionError,)
        server.say(event("HEARTBEAT"))
        reader.get()
    assert one.losses == ["an event of it could not be handled"]


@pytest.mark.seconds
def test_a_switch_that_hangs_is_found_out(server: Scripted, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half open: nothing comes any more, nothing fails.  2 s, a question, 6 s for its answer, two looks."""
    assert connection.PING_AFTER_S + connection.DEAD_AFTER_S + 2 * 0.5 < 10.0
    monkeypatch.setattr(connection, "PING_AFTER_S", 0.3)
    monkeypatch.setattr(connection, "DEAD_AFTER_S", 0.6)
    server.deaf = True
    started = time.monotonic()
    with gevent.Timeout(LONG_S):
        while not opened.losses:
            gevent.sleep(0.02)
    spent = time.monotonic() - started
    assert "no reply" in opened.losses[0]
    in_time(spent, 2.5)


@pytest.mark.seconds
def test_answers_buried_under_events_are_no_life(
    server: Scripted, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of a few bytes a second brings an event for ever; half a large answer is another matter."""
    monkeypatch.setattr(connection, "DEAD_AFTER_S", 0.6)
    server.on_command = lambda command: b""
    opened.link.request(EXISTS)

    def trickle(frame: bytes) -> None:
        for place in range(60):
            if opened.losses:
                return
            server.say(frame[place : place + 1])
            gevent.sleep(0.03)

    answer = b"Content-Type: api/response\nContent-Length: 9999\n\n"
    server.say(answer)
    trickle(b"x" * 60)
    assert not opened.losses
    server.say(b"x" * (9999 - 60))
    opened.link.request(EXISTS)
    server.say(b"Content-Length: 9999\nContent-Type: text/event-json\n\n")
    trickle(b"x" * 60)
    assert opened.losses


@pytest.mark.seconds
def test_a_quiet_switch_that_answers_is_left_alone(
    server: Scripted, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PING_AFTER_S", 0.2)
    monkeypatch.setattr(connection, "DEAD_AFTER_S", 0.6)
    with gevent.Timeout(LONG_S):
        while server.commands.count(QUESTION) < 5 and not opened.losses:
            gevent.sleep(0.01)
    if opened.losses:
        raise TooSlow("this process stood still for as long as that; or answers are not heard, then it comes again")


def test_a_switch_that_takes_nothing_does_not_fill_our_memory(server: Scripted, opened: Opened) -> None:
    opened.link._work = SimpleNamespace(set=lambda: None)  # the writer never gets to it
    with pytest.raises(SwitchLost):
        for _ in range(1_000_000):
            opened.link.request(EXISTS)
    assert opened.link._outgoing_size < connection.SENDING_MAX + 1000


def test_leaving(server: Scripted, opened: Opened) -> None:
    opened.link.leave()
    assert server.commands[-1] == "exit"
    assert opened.losses == []
    assert isinstance(Reply("+OK"), Reply)
